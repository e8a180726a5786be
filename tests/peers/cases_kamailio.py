# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio: the carrier that sipd's calls go to and come from, and the edge that phones are behind."""
import os

from border import expect, is_bound, wait_for
from kamailio import Kamailio
from phones import MD5_ONLY, Baresip, Linphone

SIPP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sipp")
ROUTES = """trunks:
  - { name: carrier, realm: core, address: "10.0.2.2"%s }
routes:
  - { match: "^(carol|both)$", to: [ carrier ] }
"""


def _carrier(border, *defines, trunk=""):
    """Alice, who is sipd's, and carol, who is Kamailio's."""
    carrier = Kamailio(border, "carrier", *defines)
    border.start_sipd(rest=ROUTES % trunk)
    border.add_user("alice@example.com", "secret-alice")
    alice = Linphone(border, "alice", "alice", "secret-alice")
    carol = Baresip(border, "carol", "carol", "secret-carol", domain="carrier.test",
                    proxy="sip:10.0.2.2")
    alice.wait_registered()
    wait_for("carol is registered with Kamailio", carol.is_registered)
    return carrier, alice, carol


def kamailio_is_called(border):
    """Through sipd and Kamailio to a phone of the carrier's; requests in the call take that way."""
    carrier, alice, carol = _carrier(border)
    alice.dial("sip:carol@carrier.test")
    carol.wait_incoming()
    alice.wait_ringing()
    carol.answer()
    alice.wait_established()
    border.wait_call("established")
    alice.hold()
    alice.resume()
    carol.hangup()
    alice.wait_closed()
    border.wait_ended(200, "callee")
    border.ladder_has("INVITE", "180", "200", "ACK", "INVITE", "200", "ACK", "BYE", "200")
    expect("the ACKs and the BYE went through Kamailio", carrier.got("ACK") >= 2 and
           carrier.got("BYE") == 1, carrier.said())


def kamailio_calls(border):
    """A phone of the carrier's calls one of sipd's, through Kamailio; the caller hangs up."""
    carrier, alice, carol = _carrier(border)
    carol.dial(alice.uri)
    alice.wait_incoming()
    carol.wait_ringing()
    alice.answer()
    carol.wait_established()
    border.wait_call("established")
    carol.hangup()
    alice.wait_closed()
    border.wait_ended(200, "caller")
    expect("the BYE went through Kamailio", carrier.got("BYE") == 1, carrier.said())


def _challenged(border, password):
    carrier, alice, carol = _carrier(
        border, "WITH_CHALLENGE", trunk=", credentials: { user: trunk, password: %s }" % password)
    alice.dial("sip:carol@carrier.test")
    return carrier, alice, carol


def kamailio_challenges(border):
    """Kamailio wants a password for calls (407): sipd has one for this trunk; the call goes on."""
    carrier, alice, carol = _challenged(border, "secret-trunk")
    carol.wait_incoming()
    carol.answer()
    alice.wait_established()
    alice.hangup()
    carol.wait_closed()
    border.wait_ended(200, "caller")
    expect("INVITE came twice, BYE once", carrier.got("INVITE") == 2 and carrier.got("BYE") == 1,
           carrier.said())


def kamailio_challenges_once(border):
    """The second call comes with a password for the nonce of the first one, and is not challenged."""
    carrier, alice, carol = _challenged(border, "secret-trunk")
    for calls in 1, 2:
        if calls == 2:
            alice.dial("sip:carol@carrier.test")
        carol.wait_event("CALL_INCOMING", calls)
        carol.answer()
        border.wait_call("established")
        alice.hangup()
        wait_for("%d calls have ended" % calls,
                 lambda: [c["state"] for c in border.calls()] == ["ended"] * calls)
    expect("INVITE came three times", carrier.got("INVITE") == 3, carrier.said())


def kamailio_challenges_in_vain(border):
    """The password is wrong: sipd tries it once, and the call has failed; the phone is not asked."""
    carrier, _, _ = _challenged(border, "wrong")
    border.wait_ended(500, "sipd")
    expect("INVITE came twice", carrier.got("INVITE") == 2, carrier.said())
    expect("sipctl tells", "trunk carrier refused our credentials" in
           border.plain("call", "why", border.calls()[0]["id"]))


# --- registration -------------------------------------------------------------------------------

def _registration(border):
    return border.ctl("trunk", "show", "carrier")["registration"]


def _registering(border, password, register="", defines=()):
    carrier = Kamailio(border, "carrier", *defines)
    border.start_sipd(rest="""trunks:
  - { name: carrier, realm: core, uri: "sip:10.0.2.2",
      credentials: { user: trunk, password: %s }, register: { domain: carrier.test%s } }
  - { name: phone, realm: access, address: "10.0.1.2:5070" }
routes:
  - { match: "^trunk$", from-realm: core, to: [ phone ] }
""" % (password, register))
    return carrier


def _wait_registration(border, state):
    wait_for("the registration is " + state, lambda: _registration(border)["state"] == state)


def kamailio_registers_trunk(border):
    """sipd registers with Kamailio, calls to its number come, until the trunk is disabled."""
    carrier = _registering(border, "secret-trunk")
    _wait_registration(border, "registered")
    expect("with one challenge", carrier.got("REGISTER") == 2, carrier.said())
    expect("for an hour", 3500000 < _registration(border)["expires_ms"] <= 3600000)
    phone = _sipp(border, 5070, "answers.xml", "alice", "10.0.1.2")
    carol = Baresip(border, "carol", "carol", "secret-carol", domain="carrier.test",
                    proxy="sip:10.0.2.2")
    wait_for("carol is registered with Kamailio", carol.is_registered)
    carol.dial("sip:trunk@carrier.test")
    carol.wait_established()
    carol.hangup()
    _is_well("who is called", phone)
    border.wait_ended(200, "caller")
    border.ctl("trunk", "disable", "carrier")
    _wait_registration(border, "off")
    carol.dial("sip:trunk@carrier.test")
    carol.wait_event("CALL_CLOSED", 2)
    expect("Kamailio knows it no more", len(border.calls()) == 1, border.calls())


def kamailio_refuses_trunk(border):
    """Another password: two REGISTERs, and no more for a long time."""
    carrier = _registering(border, "wrong", ", refused-retry: 1h")
    _wait_registration(border, "refused")
    expect("it is shown once", carrier.got("REGISTER") == 2, carrier.said())
    expect("not again for an hour", _registration(border)["next_ms"] > 3500000)


def kamailio_comes_back(border):
    """Kamailio goes and begins anew, without what it knew: sipd registers with it once more."""
    carrier = _registering(border, "secret-trunk", ", retry: 1s, max-retry: 2s", ["WITH_BRIEF"])
    _wait_registration(border, "registered")
    call_id = _registration(border)["call_id"]
    carrier.process.terminate()
    carrier.process.wait()
    wait_for("it has run out", lambda: _registration(border)["state"] != "registered")
    Kamailio(border, "carrier")
    _wait_registration(border, "registered")
    expect("it is the same registration", _registration(border)["call_id"] == call_id)


def kamailio_has_nobody(border):
    """Who is not registered with Kamailio: its 404 comes to the caller."""
    border.start_sipd(rest=ROUTES % "")
    Kamailio(border, "carrier")
    border.add_user("alice@example.com", "secret-alice")
    alice = Linphone(border, "alice", "alice", "secret-alice")
    alice.wait_registered()
    alice.dial("sip:carol@carrier.test")
    alice.wait_closed()
    border.wait_ended(404)


def _sipp(border, port, scenario, namespace="carrier", address="10.0.2.3"):
    name = "sipp-%d" % port
    phone = border.start(
        name, "sipp", "-sf", os.path.join(SIPP, scenario), "-i", address, "-p", str(port), "-m", "1",
        "-nostdin", "-timeout", "60", "-timeout_error", "-trace_err", "-error_file",
        border.path(name + ".err"), "-trace_msg", "-message_file", border.path(name + ".msg"),
        namespace=namespace)
    wait_for("SIPp listens", lambda: is_bound(namespace, "%s:%d" % (address, port)))
    return phone


def _fork(border, *scenarios):
    """Kamailio calls two phones of SIPp at once."""
    carrier, alice, _ = _carrier(border)
    phones = [_sipp(border, port, scenario) for port, scenario in zip((5070, 5080), scenarios)]
    alice.dial("sip:both@carrier.test")
    alice.wait_established()
    border.wait_call("established")
    return alice, phones


def _is_well(name, process):
    expect("%s ends well" % name, process.wait(60) == 0)


def kamailio_forks(border):
    """Kamailio calls two at once: one answers, the other one is cancelled, and the call is one."""
    alice, phones = _fork(border, "cancelled.xml", "answers.xml")
    _is_well("who was cancelled", phones[0])
    alice.hangup()
    alice.wait_closed()
    _is_well("who has answered", phones[1])
    border.wait_ended(200, "caller")


def kamailio_forks_both_answer(border):
    """Both answer, one in spite of the CANCEL: it gets its ACK, and a BYE (RFC 3261 s.13.2.2.4)."""
    alice, phones = _fork(border, "crosses.xml", "answers.xml")
    _is_well("who was late", phones[0])
    border.wait_call("established")
    alice.hangup()
    alice.wait_closed()
    _is_well("who was first", phones[1])
    border.wait_ended(200, "caller")


# --- in front of sipd ---------------------------------------------------------------------------

def _edge(border):
    """Alice is registered directly, bob through Kamailio."""
    border.start_sipd(old="")
    edge = Kamailio(border, "edge")
    border.add_user("alice@example.com", "secret-alice")
    border.add_user("bob@" + MD5_ONLY, "secret-bob")
    alice = Linphone(border, "alice", "alice", "secret-alice")
    bob = Baresip(border, "bob", "bob", "secret-bob", domain=MD5_ONLY, proxy="sip:10.0.4.2")
    alice.wait_registered()
    bob.wait_registered()
    binding, = bob.bindings()
    expect("its path is Kamailio", "10.0.4.2" in binding["path"], binding)
    return edge, alice, bob


def kamailio_path(border):
    """A phone registers through Kamailio, which adds a Path (RFC 3327); calls to it go along it."""
    edge, alice, bob = _edge(border)
    alice.dial(bob.uri)
    bob.wait_incoming()
    bob.answer()
    alice.wait_established()
    border.wait_call("established")
    expect("the INVITE went through Kamailio", edge.got("INVITE") == 1, edge.said())
    bob.hangup()
    alice.wait_closed()
    border.wait_ended(200, "callee")
    expect("the ACK and the BYE, too", edge.got("ACK") == 1 and edge.got("BYE") == 1, edge.said())


def kamailio_edge_calls(border):
    """The phone behind Kamailio calls; the BYE of the other side takes the way back."""
    edge, alice, bob = _edge(border)
    bob.dial(alice.uri)
    alice.wait_incoming()
    alice.answer()
    bob.wait_established()
    border.wait_call("established")
    alice.hangup()
    bob.wait_closed()
    border.wait_ended(200, "callee")
    # The one that was challenged, and the one with the password.
    expect("all went through Kamailio", edge.got("INVITE") == 2 and edge.got("BYE") == 1,
           edge.said())
