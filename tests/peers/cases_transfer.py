# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls that a phone transfers to a third one."""
from border import expect, wait_for
from calls import answer, start, two
from phones import Baresip, Linphone


def _three(border, caller, callee):
    """Alice talks to bob; carol is there, too."""
    alice, bob = two(border, caller, callee, access="transfer: handle")
    carol = start(border, Linphone, "carol")
    carol.wait_registered()
    answer(border, alice, bob)
    return alice, bob, carol


def _active(border, count):
    wait_for("%d calls are left" % count, lambda: border.ctl("status")["calls"]["active"] == count)


def _blind(border, caller, callee, transferor):
    alice, bob, carol = _three(border, caller, callee)
    phone, left = (alice, bob) if transferor == "alice" else (bob, alice)
    phone.transfer(carol.uri)
    carol.wait_incoming()
    carol.answer()
    carol.wait_established()
    phone.wait_closed()
    _active(border, 1)
    border.wait_call("established")
    call = border.call()
    expect("the new call is carol's", "sip:carol@" in call["to"], call)
    carol.hangup()
    left.wait_closed()
    border.wait_call("ended")


def linphone_transfers(border):
    """linphonec, who has called, transfers baresip to another linphonec (REFER)."""
    _blind(border, Linphone, Baresip, "alice")


def linphone_called_transfers(border):
    """linphonec, who was called, transfers baresip to another linphonec."""
    _blind(border, Baresip, Linphone, "bob")


def baresip_transfers(border):
    """baresip, who has called, transfers linphonec to another linphonec."""
    _blind(border, Baresip, Linphone, "alice")


def baresip_called_transfers(border):
    """baresip, who was called, transfers linphonec to another linphonec."""
    _blind(border, Linphone, Baresip, "bob")


def linphone_transfers_attended(border):
    """linphonec asks carol first, then joins baresip and her (REFER with Replaces)."""
    alice, bob, carol = _three(border, Linphone, Baresip)
    alice.hold()
    alice.dial(carol.uri)
    carol.wait_incoming()
    carol.answer()
    carol.wait_established()
    alice.wait_established(2)
    alice.join(1, 2)
    alice.wait_closed_count(2)
    _active(border, 1)
    border.wait_call("established")
    carol.hangup()
    bob.wait_closed()
