# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls between phones that have registered with sipd, baresip and linphonec."""
from border import expect, wait_for
from calls import HOLD, TALK, answer, directions, ring, two
from phones import Baresip, Linphone


def _call(border, caller, callee, caller_by="udp", callee_by="udp", hangs_up="alice"):
    alice, bob = two(border, caller, callee, caller_by, callee_by)
    answer(border, alice, bob)
    shown = border.call()
    expect("from and to", alice.aor in shown["from"] and bob.aor in shown["to"], shown)
    (alice if hangs_up == "alice" else bob).hangup()
    alice.wait_closed()
    bob.wait_closed()
    border.wait_ended(200, "caller" if hangs_up == "alice" else "callee")
    border.ladder_has("INVITE", "INVITE", "180", "200", "ACK", "BYE", "200")


def baresip_calls_linphone(border):
    """Established, seen by both and by sipctl; the caller hangs up."""
    _call(border, Baresip, Linphone)


def linphone_calls_baresip(border):
    """Established, seen by both and by sipctl; the callee hangs up."""
    _call(border, Linphone, Baresip, hangs_up="bob")


def baresip_tls_calls_linphone_udp(border):
    """Over TLS on one side and UDP on the other; the callee hangs up."""
    _call(border, Baresip, Linphone, "tls", "udp", "bob")


def linphone_udp_calls_baresip_tls(border):
    """The same the other way round."""
    _call(border, Linphone, Baresip, "udp", "tls")


def linphone_tls_calls_baresip_tcp(border):
    """TLS to TCP."""
    _call(border, Linphone, Baresip, "tls", "tcp")


def baresip_tcp_calls_linphone_tls(border):
    """TCP to TLS."""
    _call(border, Baresip, Linphone, "tcp", "tls", "bob")


def _cancel(border, caller, callee):
    alice, bob = two(border, caller, callee)
    ring(border, alice, bob)
    alice.cancel()
    alice.wait_closed()
    bob.wait_closed()
    border.wait_ended(487, "caller")
    border.ladder_has("INVITE", "180", "CANCEL", "487", "ACK")


def baresip_cancels(border):
    """baresip hangs up while linphonec rings."""
    _cancel(border, Baresip, Linphone)


def linphone_cancels(border):
    """linphonec hangs up while baresip rings."""
    _cancel(border, Linphone, Baresip)


def _decline(border, caller, callee, code):
    alice, bob = two(border, caller, callee)
    ring(border, alice, bob)
    bob.decline()
    alice.wait_closed()
    border.wait_ended(code)
    border.ladder_has("INVITE", "180", str(code), "ACK")


def baresip_declines(border):
    """baresip does not take linphonec's call, who learns that it is busy."""
    _decline(border, Linphone, Baresip, 486)


def linphone_declines(border):
    """linphonec declines baresip's call."""
    _decline(border, Baresip, Linphone, 603)


def _hold(border, caller, callee, holder):
    alice, bob = two(border, caller, callee)
    answer(border, alice, bob)
    phone, other = (alice, bob) if holder == "alice" else (bob, alice)
    wait_for("both have said what they can", lambda: directions(border) == TALK)
    phone.hold()
    wait_for("it is held", lambda: directions(border) == TALK + HOLD)
    other.wait_held()
    phone.resume()
    wait_for("it is no more held", lambda: directions(border) == TALK + HOLD + TALK)
    other.wait_resumed()
    expect("there is one call", border.ctl("status")["calls"]["total"] == 1)
    alice.hangup()
    alice.wait_closed()
    bob.wait_closed()
    border.wait_ended(200, "caller")


def baresip_holds(border):
    """baresip, who has called, puts linphonec on hold and takes the call back."""
    _hold(border, Baresip, Linphone, "alice")


def linphone_holds(border):
    """linphonec, who has called, puts baresip on hold and takes the call back."""
    _hold(border, Linphone, Baresip, "alice")


def baresip_called_holds(border):
    """baresip, who was called, puts linphonec on hold and takes the call back."""
    _hold(border, Linphone, Baresip, "bob")


def linphone_called_holds(border):
    """linphonec, who was called, puts baresip on hold and takes the call back."""
    _hold(border, Baresip, Linphone, "bob")


def linphone_tls_calls_linphone_tls(border):
    """Both by TLS; nobody says anything that is not encrypted."""
    _call(border, Linphone, Linphone, "tls", "tls")
    expect("no other transport was used",
           {flow["transport"] for flow in border.flows()} == {"TLS"}, border.flows())
