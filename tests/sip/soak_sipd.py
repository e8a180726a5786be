# SPDX-License-Identifier: GPL-2.0-or-later
"""The sipd under load, and what it has: see soak."""
import glob
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

SIPD, CORE = "10.0.1.1", "10.0.2.1"
USERS = (("al", "secret1"), ("bo", "secret2"), ("off", "secret3"), ("cy", "secret4"),
         ("di", "secret5"))
HOSTILE = "10.0.1.3"
BATCH = 64  # datagrams, of transport/udp.c
FIRST_PORT, PORTS = 20000, 1000  # of a realm's media
CONFIG = """media: {media}
control: {{ socket: {directory}/sipd.sock }}
timers: {{ t1: 100ms, t2: 400ms, t4: 500ms, failover: 500ms }}
calls: {{ keep-finished: 100 }}
trace: {{ flows: 1000, messages: 1M }}
connections: {{ connect: 5s, idle: 10s }}
shards: 2
store: {{ path: {directory}/sipd.db }}
realms:
{realms}  - name: core
    listen: [ "udp:{core}:5060", "tcp:{core}:5060" ]
{core_media}trunks:
  - {{ name: one, realm: core, address: "10.0.2.101:5060" }}
  - {{ name: two, realm: core, address: "10.0.2.102:5060" }}
  - {{ name: three, realm: core, address: "10.0.2.103:5060" }}
  - {{ name: four, realm: core, address: "10.0.2.104:5060" }}
  - {{ name: five, realm: core, address: "10.0.2.105:5060" }}
  - {{ name: six, realm: core, address: "10.0.2.106:5060" }}
  - {{ name: carol, realm: core, address: "10.0.2.107:5060" }}
  - {{ name: dora, realm: core, address: "10.0.2.108:5060" }}
  - {{ name: carrier, realm: core, address: "10.0.2.8:5060" }}
  - {{ name: vmserver, realm: core, address: "10.0.2.9:5060" }}
routes:
  - {{ match: "^forked$", to: [ one, two, three ], strategy: parallel }}
  - {{ match: "^hunted$", to: [ four, five, six ] }}
  - {{ match: "^[+]44", to: [ carrier ] }}
  - {{ match: "^carol$", to: [ carol ] }}
  - {{ match: "^dora$", to: [ dora ] }}
domains:
  - {{ name: example.com, realm: users, registrar: true, voicemail: 'sip:vm@10.0.2.9' }}
"""


class Sipd:
    # What is there only while something is under way.
    PASSING = ("calls.active", "transactions.client", "transactions.server", "subscriptions",
               "connections", "proxied", "sessions", "endpoints", "ports")

    def __init__(self, build, directory, kernel):
        self.program, self.sipctl = os.path.join(build, "sipd"), os.path.join(build, "sipctl")
        self.directory = directory
        self.socket = os.path.join(directory, "sipd.sock")
        self.calls = 0
        self.kernel = kernel

    def media(self, address, number):
        """Line of a realm's configuration, if the kernel relays its media."""
        first = FIRST_PORT + PORTS * number
        return "    media: {{ address: {}, ports: {}-{} }}\n".format(
            address, first, first + PORTS - 1) if self.kernel else ""

    def start(self, realms):
        """@realms: (name, listen addresses, next hop)"""
        text = "".join(
            "  - name: %s\n    listen: [ %s ]\n    next-hop: { realm: core, %s }\n%s" % (
                name, ", ".join('"%s"' % l for l in listen), hop, self.media(SIPD, number))
            for number, (name, listen, hop) in enumerate(realms))
        with open(os.path.join(self.directory, "sipd.yaml"), "w") as f:
            f.write(CONFIG.format(realms=text, core=CORE, directory=self.directory,
                                  media="kernel" if self.kernel else "none",
                                  core_media=self.media(CORE, len(realms))))
        # The whole prefix is here.
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "address", "add", "10.0.0.1/16", "dev", "lo"], check=True)
        # Of a run before, with -k.
        for path in glob.glob(os.path.join(self.directory, "sipd.db*")):
            os.remove(path)
        log = os.path.join(self.directory, "sipd.log")
        with open(log, "w") as f:
            self.process = subprocess.Popen([self.program, "-f", f.name[:-3] + "yaml"], stdout=f,
                                            stderr=f)
        while "sipd: ready" not in open(log).read():
            if self.process.poll() is not None:
                sys.exit("sipd has ended: " + open(log).read())
            time.sleep(0.05)
        for user, password in USERS:
            self.control("user", "add", user + "@example.com", stdin=password + "\n")
        self.control("user", "disable", "off@example.com")

    def fill(self):
        """Makes sipd touch all of the memory that it receives a batch of datagrams into: each shard
        finds as many of the largest size as it takes at a time."""
        self.process.send_signal(signal.SIGSTOP)
        for _ in range(32):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as source:
                source.bind((HOSTILE, 0))
                for _ in range(BATCH // 8):
                    source.sendto(bytes(65507), (SIPD, 5060))
        self.process.send_signal(signal.SIGCONT)

    def control(self, *words, stdin=""):
        done = subprocess.run([self.sipctl, "-s", self.socket, "-j", *words], input=stdin,
                              capture_output=True, text=True)
        # Degraded is an answer, too.
        if done.returncode not in (0, 3):
            sys.exit("sipctl %s: %s" % (" ".join(words), done.stderr))
        return done.stdout

    def status(self):
        if self.process.poll() is not None:
            sys.exit("sipd has ended with %d: %s" % (
                self.process.returncode,
                open(os.path.join(self.directory, "sipd.log")).read()[-4000:]))
        return json.loads(self.control("status"))

    def numbers(self):
        """What has to be the same at the end, and its memory in kB."""
        s = self.status()
        memory = open("/proc/%d/status" % self.process.pid).read()
        self.calls = s["calls"]["total"] + s["calls"]["proxied_total"]
        held = {
            "sessions": s["sessions"]["kernel"],
            "ports": sum(realm["ports_used"] for realm in s["realms"]),
        }
        if self.kernel:
            in_kernel = json.loads(self.control("kernel", "status"))
            held["sessions"] += in_kernel["sessions"]
            held["endpoints"] = in_kernel["endpoints"]
        return held | {
            "memory": int(re.search(r"RssAnon:\s*(\d+)", memory).group(1)),
            "fds": self.fds(),
            "calls.active": s["calls"]["active"], "calls.early": s["calls"]["early"],
            "proxied": s["calls"]["proxied"], "calls.kept": s["calls"]["finished_kept"],
            "transactions.client": s["transactions"]["client"],
            "transactions.server": s["transactions"]["server"],
            "subscriptions": s["outside_calls"]["subscriptions"],
            "connections": s["connections"]["open"],
            "registrations": s["registrar"]["registrations"],
        }

    def fds(self):
        """sipctl's connection may not have been closed yet."""
        def count():
            time.sleep(0.05)
            return len(os.listdir("/proc/%d/fd" % self.process.pid))
        return min(count() for _ in range(5))

    def totals(self):
        """What grows, and must have grown."""
        s = self.status()
        return {
            "calls": s["calls"]["total"], "calls that failed": s["calls"]["failed"],
            "proxied calls": s["calls"]["proxied_total"],
            "requests outside calls": s["outside_calls"]["requests"],
            "registrations written": s["store"]["written"],
            "malformed messages": s["messages"]["malformed"],
            "retransmissions": s["messages"]["retransmitted"],
            "connections accepted": s["connections"]["accepted"],
            "connections opened": s["connections"]["opened"],
            "connections broken": s["connections"]["broken"],
            "messages between shards": s["messages"]["handed_over"],
        }

    def stop(self):
        """What was wrong about it, or nothing."""
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "it does not end"
        with open(os.path.join(self.directory, "sipd.log"), errors="replace") as f:
            errors = "".join(re.findall(r"^<[0-3]>.*\n", f.read(), re.M))
        return errors or (status and "it has ended with %d" % status)
