# SPDX-License-Identifier: GPL-2.0-or-later
"""Text from phone to phone, outside of calls."""
from border import expect
from calls import start
from phones import Linphone


def linphone_messages(border):
    """MESSAGE (RFC 3428) from one linphonec to another: it is challenged, and arrives."""
    border.start_sipd(rest="subscriptions: { max: 100 }")
    alice, bob = start(border, Linphone, "alice"), start(border, Linphone, "bob")
    for phone in alice, bob:
        phone.wait_registered()
    alice.command("chat %s Thursday at seven" % bob.uri)
    bob.wait_says("Thursday at seven")
    flow = border.wait_flow("MESSAGE", 200, peer=bob.address)
    expect("it went to bob", flow["direction"] == "out", flow)
