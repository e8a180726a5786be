# SPDX-License-Identifier: GPL-2.0-or-later
"""Media of baresip and linphonec through sipfast.ko: what is heard, and what holding a call stops."""
import sys

from border import ADDRESSES, SIPD, expect, sh, wait_for
from calls import answer, two
from phones import AUDIO, Baresip, Linphone

PACKETS = 50 # of RTP in a second, at 20 ms
TALKING = 6 # seconds that are compared


def _media(border):
    return border.call()["media"][0]


def _received(border):
    """Packets that the kernel has taken of the caller and of the callee."""
    media = _media(border)
    return media["a_rx_packets"], media["b_rx_packets"]


def _wait_more(border, what, *sides):
    """Until these sides (0: caller, 1: callee) have sent so much more."""
    before = _received(border)
    wait_for("%s (more than %s)" % (what, before), lambda: all(
        _received(border)[side] >= before[side] + TALKING * PACKETS for side in sides))


class _Capture:
    """Of what leaves for a phone."""

    def __init__(self, border, name, phone):
        self.border, self.phone, self.path = border, phone, border.path(name + ".pcap")
        self.process = border.start("tcpdump-" + name, "tcpdump", "-i", "to-" + phone.place, "-U",
                                    "-w", self.path, "udp and dst " + phone.address)
        wait_for("tcpdump listens", lambda: "listening on" in border.said("tcpdump-" + name))

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def compare(self, other):
        """What was said must have been heard."""
        heard = self.path + ".wav"
        sh(sys.executable, AUDIO, "decode", self.path, SIPD, self.phone.address, heard)
        print(other.name, "->", self.phone.name,
              sh(sys.executable, AUDIO, "compare", other.audio, heard, str(TALKING - 2)), flush=True)


def _talk(border, name, alice, bob):
    """Captures of what either hears for a while."""
    captures = _Capture(border, name + "-alice", alice), _Capture(border, name + "-bob", bob)
    _wait_more(border, "both talk", 0, 1)
    for capture in captures:
        capture.stop()
    return captures


def _talk_hold_talk(border, caller, callee, holder):
    alice, bob = two(border, caller, callee)
    answer(border, alice, bob)
    before = _talk(border, "before", alice, bob)
    phone, silent = (alice, 1) if holder == "alice" else (bob, 0)
    phone.hold()
    wait_for("it is held", lambda: _media(border)["held"])
    print(_media(border))
    still = _received(border)[silent]
    print(still)
    phone.resume()
    wait_for("it is no more held", lambda: not _media(border)["held"])
    after = _talk(border, "after", alice, bob)
    alice.hangup()
    alice.wait_closed()
    bob.wait_closed()
    border.wait_ended(200, "caller")
    print(border.call())
    for heard_by_alice, heard_by_bob in before, after:
        heard_by_alice.compare(bob)
        heard_by_bob.compare(alice)


def kernel_baresip_calls_linphone(border):
    """What either says is what the other one hears, before baresip holds the call and after it."""
    _talk_hold_talk(border, Baresip, Linphone, "alice")


def kernel_linphone_calls_baresip(border):
    """The same where linphonec calls and holds."""
    _talk_hold_talk(border, Linphone, Baresip, "alice")
