# SPDX-License-Identifier: GPL-2.0-or-later
"""sipsak: what monitoring and those who are curious send."""
import re
import subprocess

from border import ADDRESSES, SIPD, expect, wait_for, within
from phones import MD5_ONLY

ALICE = ADDRESSES["alice"]


def _sipsak(border, *words, status=0):
    """What it says; it must end so."""
    command = within("alice", "sipsak", "-vv", "-H", ALICE, "-p", SIPD, *words)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    said = done.stdout.decode(errors="replace")
    expect("%s ends with %s" % (" ".join(command), status), status in (done.returncode, None),
           "(%d)\n%s" % (done.returncode, said))
    return said


def sipsak_pings(border):
    """OPTIONS to sipd itself by UDP and TCP."""
    border.start_sipd()
    for transport in "udp", "tcp":
        said = _sipsak(border, "-E", transport, "-s", "sip:sip.example.com")
        expect("it lists what it can", "Allow: INVITE" in said, said)
        flow = border.flows("--method", "OPTIONS")[0]
        expect("it is seen", flow["transport"] == transport.upper() and flow["code"] == 200, flow)


def sipsak_registers(border):
    """REGISTER with digest, MD5 as it knows no other; a wrong password is refused; * removes all."""
    border.start_sipd(old="")
    border.add_user("alice@" + MD5_ONLY, "secret1")
    words = ["-U", "-u", "alice", "-s", "sip:alice@" + MD5_ONLY]
    contact = "sip:alice@%s:5070" % ALICE
    _sipsak(border, *words, "-C", contact, "-x", "600", "-a", "wrong", status=2)
    expect("nobody is registered", not border.registered("alice"))
    _sipsak(border, *words, "-C", contact, "-x", "600", "-a", "secret1")
    binding, = border.registered("alice")
    expect("the contact is its", binding["contact"] == contact, binding)
    expect("for as long as it wants", 590000 < binding["expires_ms"] <= 600000, binding)
    _sipsak(border, *words, "-C", "*", "-x", "0", "-a", "secret1")
    expect("nobody is registered", not border.registered("alice"))


def sipsak_traces(border):
    """OPTIONS with Max-Forwards from 0 on, until one is answered."""
    border.start_sipd()
    said = _sipsak(border, "-T", "-s", "sip:alice@example.com")
    expect("it reaches sipd", re.search("0: .*200 OK", said), said)
    flows = border.flows("--method", "OPTIONS")
    expect("with the first", [f["code"] for f in flows] == [200], flows)


def sipsak_floods(border):
    """OPTIONS as fast as it can; each that the socket has room for is answered."""
    border.start_sipd()
    _sipsak(border, "-F", "-e", "2000", "-s", "sip:sip.example.com")

    def all_answered():
        messages = border.ctl("status")["messages"]
        return messages["rx"] == messages["tx"] > 100
    wait_for("sipd has answered them", all_answered)
    expect("none was malformed", not border.ctl("status")["messages"]["malformed"])
    _sipsak(border, "-s", "sip:sip.example.com")


def sipsak_trash(border):
    """Requests with more and more octets replaced at random: whatever they are, sipd goes on."""
    border.start_sipd()
    for _ in range(10):
        _sipsak(border, "-R", "-t", "60", "--timer-t1=20", "-s", "sip:sip.example.com", status=None)
    expect("they were trash", border.ctl("status")["messages"]["malformed"] > 5)
    _sipsak(border, "-s", "sip:sip.example.com")
