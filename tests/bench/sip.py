#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP benchmark: sipd's B2BUA beside Kamailio's stateful proxy, in one run.

Everything runs on loopback in a network namespace of its own: SIPp as caller and callee, the
server under test between them. CPU is what the kernel charged to the server's threads
(/proc/PID/task/*/schedstat), memory its proportional set size (for Kamailio also what its shared
memory pool says is in use). Writes build/bench/sip.json and prints a table.

usage: sip.py [--quick] [--rate N] [--seconds N]
"""
import argparse
import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SERVER, CALLER, CALLEE = "127.0.0.1:5060", "127.0.0.2:5060", "127.0.0.3:5060"
CALLEE_SIDE = "127.0.0.4:5060"


def host(address):
    return address.split(":")[0]


def wait_until(what, condition, seconds=30, every=0.05):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"bench-sip: {what}: not within {seconds} s")
        time.sleep(every)


def answers_options():
    """Does the server answer an OPTIONS?"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((host(CALLER), 0))
        s.settimeout(0.3)
        me = "%s:%d" % s.getsockname()
        s.sendto((f"OPTIONS sip:{SERVER} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bK{time.time_ns()}\r\n"
                  f"From: <sip:b@{me}>;tag=1\r\nTo: <sip:{SERVER}>\r\nCall-ID: {time.time_ns()}\r\n"
                  "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode(),
                 (host(SERVER), 5060))
        try:
            return s.recv(4096).startswith(b"SIP/2.0 200")
        except (socket.timeout, ConnectionError):
            return False


class Server:
    """A server under test, started in its own session."""

    def __init__(self, directory, command):
        self.log = open(os.path.join(directory, "server.log"), "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log,
                                        stdin=subprocess.DEVNULL, start_new_session=True)
        wait_until("start of " + command[0], answers_options)

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

    def memory(self):
        """Octets of proportional set size."""
        total = 0
        for pid in self.pids():
            with open(f"/proc/{pid}/smaps_rollup") as f:
                total += int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1)) * 1024
        return total

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


class Sipd(Server):
    def __init__(self, directory, t1="500ms"):
        self.socket = os.path.join(directory, "sipd.sock")
        path = os.path.join(directory, "sipd.yaml")
        with open(path, "w") as f:
            f.write(f"""media: none
control: {{ socket: {self.socket} }}
timers: {{ t1: {t1} }}
realms:
  - name: callers
    listen: [ "udp:{SERVER}" ]
    next-hop: {{ realm: callees, address: "{CALLEE}" }}
  - name: callees
    listen: [ "udp:{CALLEE_SIDE}" ]
""")
        super().__init__(directory, [os.path.join(ROOT, "build/sipd"), "-f", path])

    def status(self):
        out = subprocess.run([os.path.join(ROOT, "build/sipctl"), "-j", "-s", self.socket, "status"],
                             stdout=subprocess.PIPE, text=True, check=False).stdout
        return json.loads(out)

    def transactions(self):
        return sum(self.status()["transactions"].values())


class Kamailio(Server):
    def __init__(self, directory):
        self.ctl = os.path.join(directory, "kamailio.ctl")
        with open(os.path.join(ROOT, "tests/bench/kamailio-proxy.cfg")) as f:
            text = f.read()
        for word, value in (("PROXY", SERVER), ("UAS", CALLEE), ("CTL", self.ctl)):
            text = text.replace(word, value)
        path = os.path.join(directory, "kamailio.cfg")
        with open(path, "w") as f:
            f.write(text)
        super().__init__(directory, ["kamailio", "-f", path, "-DD", "-E", "-m", "512", "-M", "16",
                                     "-Y", directory, "-P", os.path.join(directory, "pid")])

    def pool(self):
        """Octets in use in the shared memory pool."""
        out = subprocess.run(["kamcmd", "-s", "unix:" + self.ctl, "core.shmmem"],
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        return int(re.search(r"used: (\d+)", out).group(1))

    def transactions(self):
        out = subprocess.run(["kamcmd", "-s", "unix:" + self.ctl, "tm.stats"],
                             stdout=subprocess.PIPE, text=True, check=True).stdout
        return int(re.search(r"current: (\d+)", out).group(1))


def sipp(directory, name, arguments):
    log = open(os.path.join(directory, f"sipp-{name}.log"), "w")
    return subprocess.Popen(["sipp", *arguments, "-nostdin", "-trace_err", "-error_file",
                             os.path.join(directory, f"sipp-{name}.err"), "-trace_stat", "-stf",
                             os.path.join(directory, f"sipp-{name}.csv"), "-fd", "1"],
                            stdout=log, stderr=log, cwd=directory)


def callee(directory):
    return sipp(directory, "uas", ["-sn", "uas", "-i", host(CALLEE), "-p", "5060"])


def caller(directory, rate, calls, hold_ms, *more):
    return sipp(directory, "uac", ["-sf", os.path.join(ROOT, "tests/bench/uac.xml"), SERVER, "-i", host(CALLER), "-p", "5060", "-s",
                                   "bench", "-r", str(rate), "-m", str(calls), "-l", "200000",
                                   "-d", str(hold_ms), *more])


def failed_calls(directory):
    with open(os.path.join(directory, "sipp-uac.csv")) as f:
        rows = [line.rstrip("\n").split(";") for line in f]
    return int(dict(zip(rows[0], rows[-1]))["FailedCall(C)"])


def end(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def calls_case(make_server, name, directory, options):
    """Complete calls: CPU per call, until their last transaction is gone."""
    calls = options.rate * options.seconds
    uas = callee(directory)
    server = make_server(directory)
    before = server.cpu_ms()
    uac = caller(directory, options.rate, calls, 0)
    uac.wait(timeout=options.seconds * 4 + 120)
    wait_until("end of transactions", lambda: server.transactions() == 0, 90, every=1)
    cpu = server.cpu_ms() - before
    end(uas)
    server.stop()
    return {"case": name, "calls": calls, "rate": options.rate, "failed": failed_calls(directory),
            "cpu_ms_per_call": round(cpu / calls, 4)}


def silent_case(directory, options):
    """The next hop swallows everything: every call ends by timer B."""
    calls = options.rate * min(options.seconds, 10)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind((host(CALLEE), 5060))
        server = Sipd(directory)
        before = server.cpu_ms()
        uac = caller(directory, options.rate, calls, 0, "-timeout_error", "-recv_timeout", "120000")
        peak = 0
        while uac.poll() is None:
            peak = max(peak, server.status()["calls"]["active"])
            time.sleep(2)
        wait_until("end of transactions", lambda: server.transactions() == 0, 90, every=1)
        cpu = server.cpu_ms() - before
        counts = server.status()["calls"]
        server.stop()
    return {"case": "sipd-b2bua-silent-next-hop", "calls": calls, "rate": options.rate,
            "calls_in_progress_peak": peak, "calls_left": counts["active"],
            "cpu_ms_per_call": round(cpu / calls, 4)}


def established_case(directory, calls):
    """Memory of calls in progress, once their transactions are gone."""
    uas = callee(directory)
    server = Sipd(directory, t1="100ms")
    empty = server.memory()
    uac = caller(directory, 500, calls, 3600000)
    wait_until("calls", lambda: server.status()["calls"]["active"] == calls, 300)
    wait_until("end of transactions", lambda: server.transactions() == 0, 90, every=1)
    used = server.memory() - empty
    end(uac)
    end(uas)
    server.stop()
    return {"case": "sipd-established-call", "calls": calls,
            "bytes_per_call": round(used / calls)}


OPTIONS_SCENARIO = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="options">
<send><![CDATA[
OPTIONS sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:bench@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 OPTIONS
Contact: <sip:bench@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv response="200"/>
</scenario>
"""


def lingering_case(make_server, name, directory, count):
    """Memory of transactions that are answered and wait for retransmissions (timer J)."""
    scenario = os.path.join(directory, "options.xml")
    with open(scenario, "w") as f:
        f.write(OPTIONS_SCENARIO)
    server = make_server(directory)
    measure = server.pool if isinstance(server, Kamailio) else server.memory
    before, present = measure(), server.transactions()
    uac = sipp(directory, "uac", ["-sf", scenario, SERVER, "-i", host(CALLER), "-p", "5060",
                                  "-r", "2000", "-m", str(count), "-l", "100000"])
    uac.wait(timeout=120)
    lingering = server.transactions() - present
    used = measure() - before
    server.stop()
    return {"case": name, "transactions": lingering, "failed": failed_calls(directory),
            "bytes_per_transaction": round(used / max(lingering, 1))}


def main():
    parser = argparse.ArgumentParser(description="SIP benchmark")
    parser.add_argument("--quick", action="store_true", help="a tenth of the calls")
    parser.add_argument("--rate", type=int, default=1000, help="calls per second")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--out", default=os.path.join(ROOT, "build/bench/sip.json"))
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.inside:
        os.execvp("unshare", ["unshare", "-n", sys.executable, os.path.abspath(__file__),
                              *sys.argv[1:], "--inside"])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (300000, 300000))
    many = 20000
    if options.quick:
        options.seconds, many = max(options.seconds // 10, 1), 2000

    cases = [
        lambda d: calls_case(Sipd, "sipd-b2bua", d, options),
        lambda d: calls_case(Kamailio, "kamailio-proxy", d, options),
        lambda d: silent_case(d, options),
        lambda d: established_case(d, many),
        lambda d: lingering_case(Sipd, "sipd-lingering-transaction", d, many),
        lambda d: lingering_case(Kamailio, "kamailio-lingering-transaction", d, many // 4),
    ]
    results = []
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="bench-sip.") as directory:
            result = case(directory)
        results.append(result)
        figures = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in result.items()
                            if key != "case")
        print(f"{result['case']:32} {figures}", flush=True)
    os.makedirs(os.path.dirname(options.out), exist_ok=True)
    with open(options.out, "w") as f:
        json.dump({"date": time.strftime("%Y-%m-%d"), "kernel": os.uname().release,
                   "results": results}, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    main()
