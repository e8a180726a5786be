# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers under test, for the benchmarks that have calls through them."""
import os
import re
import signal
import socket
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def host(address):
    return address.split(":")[0]


def wait_until(what, condition, seconds=30, every=0.05):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"{os.path.basename(sys.argv[0])}: {what}: not within {seconds} s")
        time.sleep(every)


def answers_options(server, client):
    """Does the server answer an OPTIONS from the client's host?"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((host(client), 0))
        s.settimeout(0.3)
        me = "%s:%d" % s.getsockname()
        s.sendto((f"OPTIONS sip:{server} SIP/2.0\r\n"
                  f"Via: SIP/2.0/UDP {me};branch=z9hG4bK{time.time_ns()}\r\n"
                  f"From: <sip:b@{me}>;tag=1\r\nTo: <sip:{server}>\r\n"
                  f"Call-ID: {time.time_ns()}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
                  "Content-Length: 0\r\n\r\n").encode(), (host(server), 5060))
        try:
            return s.recv(4096).startswith(b"SIP/2.0 200")
        except (socket.timeout, ConnectionError):
            return False


class Server:
    """A server under test, started in its own session."""

    def __init__(self, directory, command, answers):
        self.log = open(os.path.join(directory, "server.log"), "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        wait_until("start of " + command[0], answers)

    def pids(self):
        listing = subprocess.run(["ps", "-s", str(self.process.pid), "-o", "pid="],
                                 stdout=subprocess.PIPE, text=True, check=True).stdout
        return [int(pid) for pid in listing.split()]

    def cpu_ms(self):
        total = 0
        for pid in self.pids():
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/schedstat") as f:
                    total += int(f.read().split()[0])
        return total / 1e6

    def memory(self, kinds=("Pss",)):
        """Octets of proportional set size; Pss_Anon and Pss_Shmem leave out what is in files."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += sum(int(kb) * 1024 for kind, kb in
                             re.findall(r"^(\w+):\s+(\d+)", f.read(), re.M) if kind in kinds)
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def kamailio_command(directory, server, callee, ctl, defines=(), **words):
    """Of Kamailio as a proxy at the server's address; writes its configuration."""
    with open(os.path.join(ROOT, "tests/bench/kamailio-proxy.cfg")) as f:
        text = f.read()
    for word, value in (("PROXY", server), ("UAS", callee), ("CTL", ctl),
                        *words.items()):
        text = text.replace(word, value)
    path = os.path.join(directory, "kamailio.cfg")
    with open(path, "w") as f:
        f.write(text)
    return ["kamailio", "-f", path, "-DD", "-E", "-m", "512", "-M", "16", "-Y", directory,
            "-P", os.path.join(directory, "pid"),
            *(word for define in defines for word in ("-A", define))]
