# SPDX-License-Identifier: GPL-2.0-or-later
"""What calls between two phones are made of."""
import re

from border import expect
from phones import MD5_ONLY, Baresip


def start(border, kind, name, transport="udp"):
    """A phone, which registers."""
    domain = MD5_ONLY if kind is Baresip else "example.com"
    border.add_user("%s@%s" % (name, domain), "secret-" + name)
    return kind(border, name, name, "secret-" + name, domain=domain, transport=transport)


def two(border, caller, callee, caller_by="udp", callee_by="udp", **how):
    """Alice and bob, who are registered."""
    if Baresip in (caller, callee):
        how["old"] = ""
    border.start_sipd(**how)
    phones = start(border, caller, "alice", caller_by), start(border, callee, "bob", callee_by)
    for phone in phones:
        phone.wait_registered()
    return phones


def ring(border, alice, bob):
    alice.dial(bob.uri)
    bob.wait_incoming()
    alice.wait_ringing()
    expect("it rings", border.call_is("early"), border.calls())


def answer(border, alice, bob):
    ring(border, alice, bob)
    bob.answer()
    alice.wait_established()
    bob.wait_established()
    border.wait_call("established")


def directions(border):
    """Of the streams in all SDP of the newest call, in their order."""
    ladder = border.plain("call", "ladder", border.calls()[0]["id"])
    return re.findall("sendrecv|sendonly|recvonly|inactive", ladder)


# An offer from one side to sipd, and on to the other; the answer back to sipd, and on.
TALK = ["sendrecv"] * 4
HOLD = ["sendonly"] * 2 + ["recvonly"] * 2
