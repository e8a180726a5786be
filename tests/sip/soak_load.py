# SPDX-License-Identifier: GPL-2.0-or-later
"""All kinds of load, each by SIPp or a thread of its own: see soak."""
import csv
import glob
import os
import re
import signal
import socket
import struct
import subprocess
import threading
import time

from soak_sipd import HOSTILE, SIPD

# (name, case of cases/, seconds between two, transport, user in the place of bob, callees)
SIPP = (
    ("proxied calls", "proxy-basic", 1, "udp", "bob", None),
    ("calls", "basic", 1, "udp", "bob", None),
    ("hold", "hold-by-caller", 2, "udp", "bob", None),
    ("hold by the callee", "hold-by-callee", 2, "udp", "bob", None),
    ("re-INVITE refused", "reinvite-refused", 2, "udp", "bob", None),
    ("forked in parallel", "fork-first-wins", 2, "udp", "forked", (101, 102, 103)),
    ("forked one by one", "hunt-overloaded", 2, "udp", "hunted", (104, 105, 106)),
    ("cancelled", "cancel-ringing", 2, "udp", "bob", None),
    ("refused", "busy", 2, "udp", "bob", None),
    ("blind transfers", "transfer-by-caller", 3, "udp", "bob", (0, 108)),
    ("PRACK", "prack", 2, "udp", "bob", None),
    ("subscriptions", "subscribe", 3, "udp", "bob", None),
    ("MESSAGE", "message", 1, "udp", "bob", None),
    ("callers that vanish", "caller-vanishes", 4, "udp", "bob", None),
    ("callees that vanish", "callee-vanishes", 4, "udp", "bob", None),
    ("calls by TCP", "basic", 2, "tcp", "bob", None),
    ("calls of the transferor", "transfer-attended", 0, "udp", "bob", (0, 107)),
)
# Scenarios of these programs; each is a kind.
REGISTRAR = ("algorithms", "wrong_passwords", "nonces", "others", "star", "several", "calls",
             "q_order", "messages", "refresh")
TREATMENT = ("busy", "no_answer", "disturbed")
PATIENCE = 30
SDP = ("v=0\r\no=- 1 1 IN IP4 10.0.1.12\r\ns=-\r\nc=IN IP4 10.0.1.12\r\nt=0 0\r\n"
       "m=audio 6000 RTP/AVP 0\r\n")


class Kind:
    def __init__(self, name):
        self.name = name
        self.done = self.failed = 0
        self.reasons = []

    def count(self, good, reason=""):
        if good:
            self.done += 1
        else:
            self.failed += 1
            self.reasons = (self.reasons + [reason])[-5:]

    def why(self):
        return "%d done, %d failed\n%s" % (self.done, self.failed, "\n".join(self.reasons))


class SippKind(Kind):
    """Callees that stay, and a caller for as long as the load lasts."""

    def __init__(self, load, index, name, case, period, transport, user, callees):
        super().__init__(name)
        self.load, self.case, self.period, self.user = load, case, period * load.pace, user
        self.transport, self.port = transport, 5060 + index
        self.caller_ip = "10.0.1.%d" % (20 + index)
        self.callee_ips = ["10.0.2.%d" % (n or 20 + index) for n in callees or (0,)]
        self.realm = "r%d" % index
        self.runs = 0
        self.caller = None

    def realm_config(self):
        mode = ", mode: proxy" if self.case.startswith("proxy-") else ""
        return (self.realm, ["%s:%s:%d" % (self.transport, SIPD, self.port)],
                'address: "%s:%s:5060"%s' % (self.transport, self.callee_ips[0], mode))

    def phone(self, name, scenario, address, more):
        base = os.path.join(self.load.directory, "%s-%s" % (self.realm, name))
        text = subprocess.run([os.path.join(self.load.here, "expand"), scenario, "t1=100",
                               "t1x8=800", "to=dora"], check=True, capture_output=True,
                              text=True).stdout
        with open(base + ".xml", "w") as f:
            f.write(text.replace("sip:bob@[remote_ip]", "sip:%s@[remote_ip]" % self.user))
        with open(base + ".out", "w") as out:
            return subprocess.Popen(
                ["sipp", "-sf", base + ".xml", "-i", address, "-p", "5060", "-mi", address,
                 "-nostdin", "-cid_str", "%scall-%%u-%%p-%s" % (name[0], self.realm),
                 "-t", "t1" if self.transport == "tcp" else "u1", "-timer_resol", "20",
                 "-default_behaviors", "all,-abortunexp", "-watchdog_interval", "0",
                 "-max_retrans", "100", "-trace_err", "-error_file", base + ".err", *more],
                stdout=out, stderr=out)

    def prepare(self):
        for number, address in enumerate(self.callee_ips):
            name = "callee" + (str(number + 1) if number else "")
            scenario = os.path.join(self.load.here, "cases", self.case, name + ".xml")
            self.load.callees.append(self.phone(name, scenario, address, []))

    def start(self, seconds):
        if not self.period:
            return
        self.runs += 1
        self.stat = os.path.join(self.load.directory, "%s-%d.csv" % (self.realm, self.runs))
        period = self.period * 1000
        scenario = os.path.join(self.load.here, "cases", self.case, "caller.xml")
        self.caller = self.phone("caller", scenario, self.caller_ip, [
            "%s:%d" % (SIPD, self.port), "-r", "1", "-rp", str(int(period)),
            "-m", str(max(1, int(seconds * 1000 / period))), "-recv_timeout",
            str(PATIENCE * 1000), "-trace_stat", "-stf", self.stat, "-fd", "10"])

    def stop(self):
        if not self.caller:
            return
        try:
            self.caller.wait(max(1, self.load.deadline + PATIENCE - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.caller.kill()
            self.caller.wait()
            self.count(False, "the caller has not ended")
        with open(self.stat) as f:
            last = list(csv.DictReader(f, delimiter=";"))[-1]
        self.done += int(last["SuccessfulCall(C)"])
        self.failed += int(last["FailedCall(C)"])
        for path in glob.glob(os.path.join(self.load.directory, self.realm + "-*.err")):
            with open(path, errors="replace") as f:
                self.reasons += [os.path.basename(path) + ": " + f.read()[-600:]]


class TurnKind(Kind):
    """A scenario of the users of sipd's domain, who can do one thing at a time."""

    def prepare(self):
        pass

    def start(self, seconds):
        pass

    def stop(self):
        pass


class LoopKind(Kind):
    """Something again and again, @pause seconds apart, until the load ends."""

    def __init__(self, load, name, action, pause):
        super().__init__(name)
        self.load, self.action, self.pause = load, action, pause * load.pace

    def prepare(self):
        pass

    def start(self, seconds):
        self.thread = threading.Thread(target=self.loop, daemon=True)
        self.thread.start()

    def loop(self):
        while time.monotonic() < self.load.deadline:
            try:
                self.action(self)
            except (OSError, subprocess.SubprocessError) as error:
                self.count(False, repr(error))
            time.sleep(max(0, min(self.pause, self.load.deadline - time.monotonic())))

    def stop(self):
        self.thread.join(3 * PATIENCE)
        if self.thread.is_alive():
            self.count(False, "it has not ended")

    def program(self, *words, kind=None):
        done = subprocess.run(words, capture_output=True, text=True, timeout=2 * PATIENCE)
        (kind or self).count(done.returncode == 0, (done.stdout + done.stderr)[-1500:])


class Load:
    def __init__(self, here, directory, sipd, pace):
        self.here, self.directory, self.sipd, self.pace = here, directory, sipd, pace
        self.callees = []
        self.lock = threading.Lock()
        self.deadline = 0
        self.sipp = [SippKind(self, i, *line) for i, line in enumerate(SIPP)]
        self.kinds = [k for k in self.sipp if k.period] + [
            LoopKind(self, "users", self.users, 0.5),
            LoopKind(self, "attended transfers", self.attended, 3),
            LoopKind(self, "hostile messages", self.hostile, 20),
            LoopKind(self, "connections of callees that break", self.reset_by_callee, 3),
            LoopKind(self, "connections of callers that break", self.reset_by_caller, 2),
        ]
        self.turns = [TurnKind("users: " + name) for name in REGISTRAR + TREATMENT]
        self.kinds += self.turns
        self.invites = 0

    def realms(self):
        bob = 'address: "udp:%s:5060"'
        transferred = self.sipp[-1].callee_ips[0]
        return [k.realm_config() for k in self.sipp] + [
            ("hostile", ["udp:10.0.1.4:5060"], bob % "10.0.2.4"),
            ("transfers", ["udp:10.0.1.5:5060"], bob % transferred),
            ("users", ["udp:10.0.1.6:5060"], bob % "10.0.2.6"),
            ("resetting", ["udp:%s:5100" % SIPD], 'address: "tcp:10.0.2.7:5060"'),
            ("reset", ["tcp:%s:5101" % SIPD], bob % self.sipp[1].callee_ips[0]),
        ]

    def prepare(self):
        for kind in self.sipp:
            kind.prepare()

    def start(self, seconds):
        self.deadline = time.monotonic() + seconds
        for kind in self.kinds:
            kind.start(seconds)

    def stop(self):
        for kind in self.kinds:
            kind.stop()

    def forget(self):
        """What has been counted up to now."""
        for kind in self.kinds:
            kind.done = kind.failed = 0
            kind.reasons = []

    def end(self):
        for callee in self.callees:
            callee.send_signal(signal.SIGKILL)
            callee.wait()

    def tool(self, name):
        return os.path.join(self.here, name)

    # --- what is no SIPp scenario

    def users(self, kind):
        turn = self.turns[(kind.done + kind.failed) % len(self.turns)]
        name = turn.name.split()[1]
        agent = [self.tool("registrar"), "10.0.1.6", str(PATIENCE)]
        if name in TREATMENT:
            agent = [self.tool("treatment"), *agent[1:], self.sipd.sipctl, self.sipd.socket]
        kind.program(*agent, name, kind=turn)
        for user in "al", "bo", "cy", "di":
            # Who is not registered cannot be removed.
            subprocess.run([self.sipd.sipctl, "-s", self.sipd.socket, "reg", "remove",
                            user + "@example.com"], capture_output=True)
        kind.count(True)

    def attended(self, kind):
        kind.program(self.tool("transferor"), "10.0.1.10", "10.0.1.5", str(PATIENCE), "1",
                     "attended")

    def hostile(self, kind):
        # The answers are other ones where example.com is a domain of sipd's.
        kind.program(self.tool("hostile"), "--show", HOSTILE, "10.0.1.4", str(PATIENCE))

    def reset_by_callee(self, kind):
        """The call goes on by a second connection, and is refused."""
        callee = subprocess.Popen([self.tool("refusing-callee"), "10.0.2.7", "1"],
                                  stdout=subprocess.PIPE, text=True)
        callee.stdout.readline()
        caller = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        caller.bind(("10.0.1.11", 0))
        caller.settimeout(PATIENCE)
        invite = self.invite(caller, "UDP")
        caller.sendto(invite.encode(), (SIPD, 5100))
        text = b""
        while not re.match(rb"SIP/2.0 [2-6]", text):
            text = caller.recv(65536)
        kind.count(b" 486 " in text[:16], text.decode())
        to = re.search(r"^To:.*", text.decode(), re.M).group(0).strip()
        ack = re.sub("(?m)^To:.*\r$", to + "\r", invite.split("Content-Type")[0])
        caller.sendto((ack.replace("INVITE", "ACK") + "Content-Length: 0\r\n\r\n").encode(),
                      (SIPD, 5100))
        caller.close()
        try:
            callee.wait(PATIENCE)
        finally:
            callee.kill()
            callee.wait()
            callee.stdout.close()

    def reset_by_caller(self, kind):
        """In the middle of a message, and of a call, which sipd then has to end."""
        for whole in False, True:
            caller = socket.create_connection((SIPD, 5101), PATIENCE, ("10.0.1.12", 0))
            invite = self.invite(caller, "TCP").encode()
            caller.sendall(invite if whole else invite[:-20])
            text = b""
            while whole and b"SIP/2.0 180" not in text:
                text += caller.recv(65536)
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            caller.close()
        kind.count(True)

    def invite(self, caller, transport):
        with self.lock:
            self.invites += 1
            number = self.invites
        at = "%s:%d" % caller.getsockname()
        return ("INVITE sip:bob@%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK-reset-%d\r\n"
                "From: <sip:alice@%s>;tag=%d\r\nTo: <sip:bob@%s>\r\nCall-ID: reset-%d\r\n"
                "CSeq: 1 INVITE\r\nContact: <sip:alice@%s>\r\nMax-Forwards: 70\r\n"
                "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s" % (
                    SIPD, transport, at, number, at, number, SIPD, number, at,
                    len(SDP), SDP))
