# SPDX-License-Identifier: GPL-2.0-or-later
"""Media of baresip and linphonec through sipfast.ko: what is heard, and what holding a call stops."""
import sys
import time

from border import SIPD, expect, sh, wait_for
from calls import answer, two
from phones import AUDIO, Baresip, Linphone

PACKETS = 50  # of RTP in a second, at 20 ms
TALKING = 5  # seconds that are compared
SILENCE = 2  # seconds


def _media(border):
    return border.call()["media"][0]


def _received(border):
    """Packets that the kernel has taken of the caller and of the callee."""
    media = _media(border)
    return media["a_rx_packets"], media["b_rx_packets"]


def _wait_more(border, seconds):
    """Until both have sent so much more."""
    before = _received(border)
    wait_for("both have sent for %d s after %s" % (seconds, before), lambda: all(
        now >= then + seconds * PACKETS for now, then in zip(_received(border), before)))


class _Capture:
    """Of what leaves for a phone."""

    def __init__(self, border, name, phone):
        self.phone, self.path = phone, border.path(name + ".pcap")
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
    _wait_more(border, TALKING)
    for capture in captures:
        capture.stop()
    return captures


def _hold(border, phone, other):
    """The other one (0: caller, 1: callee) says nothing then; afterwards both do."""
    def is_silent():
        before, end = _received(border)[other], time.monotonic() + SILENCE
        wait_for("the time is over", lambda: time.monotonic() > end)
        return _received(border)[other] == before
    phone.hold()
    wait_for("it is held", lambda: _media(border)["held"])
    wait_for("who is on hold is silent", is_silent)
    expect("it is still held", _media(border)["held"])
    phone.resume()
    wait_for("it is no more held", lambda: not _media(border)["held"])
    _wait_more(border, 1)


def kernel_talk_and_hold(border):
    """What either says is what the other one hears, before and after each has held the call."""
    alice, bob = two(border, Baresip, Linphone)
    answer(border, alice, bob)
    before = _talk(border, "before", alice, bob)
    _hold(border, alice, 1)
    _hold(border, bob, 0)
    after = _talk(border, "after", alice, bob)
    alice.hangup()
    alice.wait_closed()
    bob.wait_closed()
    border.wait_ended(200, "caller")
    media = _media(border)
    expect("nothing was lost", (media["a_lost"], media["b_lost"]) == (0, 0), media)
    for heard_by_alice, heard_by_bob in before, after:
        heard_by_alice.compare(bob)
        heard_by_bob.compare(alice)
