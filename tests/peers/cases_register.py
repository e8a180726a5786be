# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones register with sipd, over every transport and with every digest that they know."""
import re

from border import expect, make_ca, wait_for
from phones import MD5_ONLY, Baresip, Linphone

# Registrations last so short that a test sees them renewed.
BRIEF = "min-expires: 1s, max-expires: 6s"


def _start(border, domain="example.com"):
    border.start_sipd({"example.com": BRIEF}, old=BRIEF if domain == MD5_ONLY else None)
    border.add_user("alice@" + domain, "secret1")


def _uses(border, algorithm):
    """The last REGISTER that sipd has accepted."""
    said = border.messages(border.wait_flow("REGISTER", 200)["id"])
    credentials, = [line for line in said.splitlines() if re.search("Authorization: *Digest", line)]
    # RFC 7616 s.3.4: no algorithm is MD5.
    expect("it has proved itself by " + algorithm, "algorithm=" + algorithm in credentials or
           algorithm == "MD5" and "algorithm" not in credentials, credentials)


def _register(border, kind, transport, algorithm, domain="example.com"):
    _start(border, domain)
    phone = kind(border, "alice", "alice", "secret1", domain=domain, transport=transport)
    phone.wait_registered()
    _uses(border, algorithm)
    first, = phone.bindings()
    expect("it came by " + transport, border.ctl("status")["connections"]["accepted"] ==
           (transport != "udp"), border.ctl("status"))

    def renewed():
        now = phone.bindings()
        return now and now[0]["cseq"] > first["cseq"] and now
    again = wait_for("it registers again", renewed)
    expect("it is the same binding", [b["call_id"] for b in again] == [first["call_id"]], again)
    phone.unregister()
    # It does not just run out.
    wait_for("it takes its contact back", lambda: "expires=0" in _last_request(border))
    wait_for("nobody is registered", lambda: not phone.bindings())


def _last_request(border):
    return border.messages(border.flows("--method", "REGISTER")[0]["id"]).replace(
        "Expires: 0", "expires=0")


def linphone_registers_udp(border):
    """linphonec registers by UDP with SHA-256, renews that, and unregisters."""
    _register(border, Linphone, "udp", "SHA-256")


def linphone_registers_tcp(border):
    """The same by TCP."""
    _register(border, Linphone, "tcp", "SHA-256")


def linphone_registers_tls(border):
    """The same by TLS, where it checks sipd's certificate and its name."""
    _register(border, Linphone, "tls", "SHA-256")


def linphone_registers_md5(border):
    """linphonec in a domain that offers only MD5."""
    _register(border, Linphone, "udp", "MD5", MD5_ONLY)


def baresip_registers_udp(border):
    """baresip registers by UDP with MD5, the only digest that it knows, renews, and unregisters."""
    _register(border, Baresip, "udp", "MD5", MD5_ONLY)


def baresip_registers_tcp(border):
    """The same by TCP."""
    _register(border, Baresip, "tcp", "MD5", MD5_ONLY)


def baresip_registers_tls(border):
    """The same by TLS. This baresip does not check the certificate, whatever sip_cafile says."""
    _register(border, Baresip, "tls", "MD5", MD5_ONLY)


def _wrong_password(border, kind, domain):
    _start(border, domain)
    phone = kind(border, "alice", "alice", "wrong", domain=domain)
    phone.wait_refused()
    border.wait_flow("REGISTER", 401)
    expect("nobody is registered", not phone.bindings())
    expect("nobody was let in", not border.flows("--method", "REGISTER", "--code", "200"))


def linphone_wrong_password(border):
    """linphonec with a wrong password is refused, and says so."""
    _wrong_password(border, Linphone, "example.com")


def baresip_wrong_password(border):
    """baresip with a wrong password is refused, and says so."""
    _wrong_password(border, Baresip, MD5_ONLY)


def baresip_sha256_first(border):
    """baresip 1.0 does not go on to the MD5 that is offered behind SHA-256; it says so."""
    _start(border)
    phone = Baresip(border, "alice", "alice", "secret1")
    expect("it says why", "not implemented" in phone.wait_refused())
    expect("nobody is registered", not phone.bindings())


def linphone_unknown_ca(border):
    """linphonec says nothing to a sipd whose certificate it cannot check."""
    _start(border)
    make_ca("other")
    phone = Linphone(border, "alice", "alice", "secret1", transport="tls", ca="other.pem")
    phone.wait_refused()
    expect("nothing was said", not border.flows("--method", "REGISTER"))
