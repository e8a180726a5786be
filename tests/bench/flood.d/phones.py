# SPDX-License-Identifier: GPL-2.0-or-later
"""Real callers of the flood benchmark, and whom they call: SIPp, in the guest.

5 calls a second begin, each lasts 4 s: 20 are in progress. 2 a second come from a trunk, whom the
server trusts, 1 from a phone that has called before, 2 from phones that nobody has seen before.
"""
import os
import signal
import subprocess

from servers import ROOT, wait_until

import attack

TRUNK, PHONE, STRANGERS, CALLEE = "10.0.1.2", "10.0.1.10", "10.0.1.20", "10.0.2.2"
SERVER = "10.0.1.1:5060"
HOLD_MS = 4000
CPUS = ",".join(str(cpu) for cpu in range(os.cpu_count()) if cpu != attack.CPU)

COUNTS = {"attempted": "TotalCallCreated", "failed": "FailedCall(C)",
          "retransmissions": "Retransmissions(C)", "succeeded": "SuccessfulCall(C)",
          "current": "CurrentCall"}


class Phone:
    """SIPp with its counts, in a namespace."""

    def __init__(self, directory, name, ns, arguments):
        self.name = name
        self.counts_path = os.path.join(directory, f"{name}.csv")
        self.errors_path = os.path.join(directory, f"{name}.err")
        with open(os.path.join(directory, f"{name}.log"), "w") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", CPUS, "ip", "netns", "exec", ns, "sipp", *arguments, "-nostdin",
                 "-trace_err", "-error_file", self.errors_path, "-trace_stat", "-stf",
                 self.counts_path, "-fd", "1",
                 "-watchdog_interval", "0"], stdout=log, stderr=log, cwd=directory)

    def counts(self):
        """What it wrote last, which is every second; nothing before the first."""
        try:
            with open(self.counts_path) as f:
                rows = [line.rstrip("\n").split(";") for line in f if line.endswith("\n")]
        except FileNotFoundError:
            rows = []
        if len(rows) < 2:
            return dict.fromkeys(COUNTS, 0)
        row = dict(zip(rows[0], rows[-1]))
        return {name: int(row[column]) for name, column in COUNTS.items()}

    def complaints(self):
        """The first of them."""
        with open(self.errors_path, errors="replace") as f:
            return f.read(1500)

    def stop(self):
        """No new calls; those in progress go on to their end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)

    def kill(self):
        self.process.kill()
        self.process.wait()


def caller(directory, name, address, rate, *arguments):
    return Phone(directory, name, "a",
                 ["-sf", os.path.join(ROOT, "tests/bench/uac.xml"), SERVER, "-i", address,
                  "-s", "bench", "-r", str(rate), "-default_behaviors", "all,-abortunexp",
                  "-recv_timeout", "40000", "-max_invite_retrans", "7", *arguments])


class Phones:
    """All of them; "with" ends them."""

    def __init__(self, directory):
        self.directory = directory
        self.callers = []
        self.callee = Phone(directory, "callee", "b",
                            ["-sf", os.path.join(ROOT, "tests/selftests/sipp/callee.xml"),
                             "-i", CALLEE, "-p", "5060"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for phone in [*self.callers, self.callee]:
            phone.kill()

    def warm_up(self):
        """As many calls as are remembered in the long run: memory grows no more afterwards."""
        phone = caller(self.directory, "warm-up", TRUNK, 40, "-p", "5060", "-m", "200", "-d", "0")
        self.callers.append(phone)
        wait_until("warming up", lambda: phone.process.poll() is not None, 240)
        self.callers.remove(phone)
        if phone.process.returncode:
            raise RuntimeError(f"calls fail without an attack: {phone.counts()}")

    def start(self):
        hold = ("-d", str(HOLD_MS))
        self.callers += [
            caller(self.directory, "trunk", TRUNK, 2, "-p", "5060", *hold),
            caller(self.directory, "known", PHONE, 1, "-p", "5060", *hold),
            caller(self.directory, "strangers", STRANGERS, 2, "-t", "un",
                   "-max_socket", "1000", *hold)]
        wait_until("calls of each", lambda: all(phone.counts()["succeeded"] >= 4
                                                for phone in self.callers), 240, every=0.5)

    def counts(self):
        each = [phone.counts() for phone in self.callers]
        return {name: sum(counts[name] for counts in each) for name in COUNTS}

    def finish(self):
        """The counts when all calls have ended, by caller."""
        for phone in self.callers:
            phone.stop()
        wait_until("end of calls",
                   lambda: all(phone.process.poll() is not None for phone in self.callers), 240,
                   every=0.2)
        for phone in self.callers:
            if phone.counts()["failed"]:
                print(f"{phone.name}: {phone.complaints()}", flush=True)
        return {phone.name: phone.counts() for phone in self.callers}
