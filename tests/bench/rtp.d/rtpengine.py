# SPDX-License-Identifier: GPL-2.0-or-later
"""rtpengine in the RTP benchmark: its daemon, its ng protocol, and forwarding by it."""
import os
import re
import socket
import subprocess
import time

import flows
import icount
import net
from cases import Case

NG = ("127.0.0.1", 2223)
LOG = "/run/rtpengine.log"
LIST = "/proc/rtpengine/0/list"


def encode(value):
    """Bencode."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(encode(item) for item in value) + b"e"
    return b"d" + b"".join(encode(key) + encode(value[key]) for key in sorted(value)) + b"e"


def sdp(address, port):
    return (f"v=0\r\no=- 1 1 IN IP4 {address}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n")


def offer(i, call="call"):
    return {"command": "offer", "call-id": f"{call}{i}", "from-tag": f"f{i}",
            "sdp": sdp(flows.peer(1), flows.port(flows.FROM, i)), "direction": ["a", "b"],
            "ICE": "remove", "replace": ["origin"], "flags": ["trust-address"]}


def answer(i, call="call"):
    return {"command": "answer", "call-id": f"{call}{i}", "from-tag": f"f{i}",
            "to-tag": f"t{i}", "sdp": sdp(flows.peer(2), flows.port(flows.TO, i)),
            "ICE": "remove", "replace": ["origin"], "flags": ["trust-address"]}


class Daemon:
    """rtpengine in r, with or without its kernel module's table 0."""

    def __init__(self, in_kernel):
        if in_kernel:
            load_module()
        table = ["--table=0", "--no-fallback"] if in_kernel else ["--table=-1"]
        with open(LOG, "w") as log:
            self.process = subprocess.Popen(
                ["ip", "netns", "exec", "r", "prlimit", "--nofile=200000", "rtpengine", *table,
                 "--interface=a/10.0.1.1", "--interface=b/10.0.2.1",
                 f"--listen-ng={NG[0]}:{NG[1]}", "--port-min=20000", "--port-max=59999",
                 "--foreground", "--log-stderr", "--log-level=4", "--endpoint-learning=immediate",
                 "--pidfile=/run/rtpengine.pid"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        with net.inside("r"):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.connect(NG)
        self.socket.settimeout(1)
        self.cookie = 0
        try:
            net.wait_until("start of rtpengine", self.answers)
        except net.Failure:
            self.stop()
            raise

    def answers(self):
        if self.process.poll() is not None:
            with open(LOG) as f:
                raise net.Failure(f"rtpengine has ended: {f.read()[-500:]}")
        try:
            return b"4:pong" in self.ask({"command": "ping"})
        except OSError:
            return False

    def ask(self, request):
        """The answer, still encoded."""
        self.cookie += 1
        cookie = b"%d_%d " % (os.getpid(), self.cookie)
        self.socket.send(cookie + encode(request))
        while True:
            got = self.socket.recv(65536)
            if got.startswith(cookie):
                return got[len(cookie):]

    def port(self, request):
        """Of the media line in the answer to an offer or answer."""
        got = self.ask(request)
        found = re.search(rb"m=audio (\d+) ", got)
        if not found or b"6:result2:ok" not in got:
            raise net.Failure(f"rtpengine: {got}")
        return int(found.group(1))

    def stop(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=60)


def load_module():
    if not os.path.isdir("/sys/module/xt_RTPENGINE"):
        for name in ("x_tables", "nft_compat"):
            net.run("modprobe", name)
        net.run("insmod", os.environ["RTPENGINE_KO"])
    if not os.path.isdir("/proc/rtpengine/0"):
        with open("/proc/rtpengine/control", "w") as f:
            f.write("add 0\n")
    net.run("iptables", "-I", "INPUT", "-p", "udp", "-j", "RTPENGINE", "--id", "0", ns="r")


def packets_in_kernel():
    """What the module has forwarded, and for how many streams."""
    with open(LIST) as f:
        found = re.findall(r"^ +stats: +\d+ bytes, +(\d+) packets, +(\d+) errors", f.read(), re.M)
    return sum(int(packets) for packets, _ in found), len(found)


class Rtpengine(Case):
    """In userspace."""

    in_kernel = False
    # The daemon's turn: without it, its sockets would overflow.
    gap_us = 10000
    daemon = None

    def set_up(self):
        self.daemon = Daemon(self.in_kernel)
        self.to_b = [self.daemon.port(offer(i)) for i in range(self.nflows)]
        self.to_a = [self.daemon.port(answer(i)) for i in range(self.nflows)]

    def flows(self):
        return [flows.sent(i)._replace(dport=port) for i, port in enumerate(self.to_a)]

    def expected(self):
        return [flows.relayed(i)._replace(sport=port) for i, port in enumerate(self.to_b)]

    def tear_down(self):
        if self.daemon:
            self.daemon.stop()


class RtpengineKernel(Rtpengine):
    """In the kernel: streams go there once the daemon has seen packets of both sides."""

    in_kernel = True

    def prepare(self):
        for _ in range(2):
            flows.prove(self)
            flows.send("vb", [flows.reverse(f) for f in self.expected()], gap_us=self.gap_us)
            time.sleep(3)
        streams = packets_in_kernel()[1]
        if streams < 2 * self.nflows:
            raise net.Failure(f"{streams} streams in the kernel, of {2 * self.nflows}")
        self.gap_us = 0
        flows.prove(self)

    def counters(self):
        return {"forwarded in the kernel": packets_in_kernel()[0]}

    def grows(self, sent):
        return {"forwarded in the kernel": sent}


def requests(round_number, count):
    """Offer and answer of each call, as ngplay takes them."""
    result = []
    for i in range(count):
        for request in (offer, answer):
            text = (f"{round_number}-{request.__name__}-{i} ".encode()
                    + encode(request(i, f"round{round_number}-")))
            result.append(f"{len(text)}\n{text.decode()}")
    return "".join(result)


class Setup(Case):
    """Calls set up by an offer and an answer each."""

    floor = None
    count = 500
    daemon = None

    def run(self, rounds, packets, record):
        try:
            net.up(False)
            self.daemon = Daemon(in_kernel=True)
            for n in range(rounds):
                calls = requests(n, self.count)
                with icount.counted() as cost:
                    done = net.run("ngplay", "-m", *map(str, NG), stdin=calls, ns="r")
                if int(done) != 2 * self.count:
                    raise net.Failure(f"{done} requests answered of {2 * self.count}")
                record(sessions=self.count, **cost)
        finally:
            if self.daemon:
                self.daemon.stop()
            net.down()
