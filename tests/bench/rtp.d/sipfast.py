# SPDX-License-Identifier: GPL-2.0-or-later
"""sipfast in the RTP benchmark: forwarding, setting up sessions, memory."""
import json
import os
import time

import flows
import icount
import net
from cases import Case, LocalFloor


def load_module():
    """For all namespaces; those without a range do not notice."""
    if not os.path.isdir("/sys/module/sipfast"):
        net.run("modprobe", "nf_defrag_ipv6")
        net.run("insmod", os.environ["SIPFAST_KO"])


def sipctl(*words):
    return json.loads(net.run("sipctl", "-j", *words, ns="r"))


def add_range(address, base):
    host = f"[{address}]" if ":" in address else address
    sipctl("kernel", "range", "add", f"{host}:{base}-{base + flows.PORTS_PER_ADDRESS - 1}")


class Sessions:
    """Sessions of a caller's endpoint and some callees', on ranges of their own."""

    def __init__(self, count, copies=1, near6=False, far6=False, hooks="auto"):
        self.count, self.copies, self.near6, self.far6 = count, copies, near6, far6
        load_module()
        self.configure(hooks)
        for i in range(0, count * copies, flows.FLOWS_PER_ADDRESS):
            for side, device, base, ipv6 in ((1, "ra", flows.NEAR, near6),
                                             (2, "rb", flows.FAR, far6)):
                address = flows.border(side, i, ipv6)
                if i:
                    net.run("ip", "addr", "add", address + ("/64" if ipv6 else "/24"),
                            "dev", device, ns="r")
                add_range(address, base)
        self.check_hooks(hooks)

    def configure(self, hooks):
        endpoints = (self.copies + 1) * self.count
        sipctl("kernel", "config", "set", "hooks", hooks, "max-sessions", str(self.count + 1000),
               "max-endpoints", str(endpoints + 1000))

    @staticmethod
    def check_hooks(hooks):
        status = sipctl("kernel", "status")
        taken = (set(status["devices"]) - {"lo"}, status["prerouting"])
        expected = {"auto": ({"ra", "rb"}, False), "prerouting": (set(), True)}[hooks]
        if taken != expected:
            raise net.Failure(f"hooks {hooks}: packets are taken at {taken}, not {expected}")

    def far(self, i):
        """Flows that leave for what arrives of session i."""
        return [flows.relayed(i + copy * self.count, self.far6) for copy in range(self.copies)]

    def lines(self):
        result = []
        for i in range(self.count):
            near = flows.sent(i, self.near6)
            parties = [flows.reverse(near), *self.far(i)]
            result.append(" ".join(f"{f.src} {f.sport} {f.dst} {f.dport}" for f in parties) + "\n")
        return "".join(result)

    def add(self, *options):
        added = int(net.run("sessions", *options, stdin=self.lines(), ns="r"))
        if added != self.count or sipctl("kernel", "status")["sessions"] != self.count:
            raise net.Failure(f"{added} of {self.count} sessions were added")


def forwarded():
    stats = sipctl("kernel", "stats", "-a")["counters"]
    return {counter["name"]: counter["packets"] for counter in stats}["forwarded"]


class Sipfast(Case):
    """Sessions of two endpoints, addresses and ports rewritten, source checked, accounted."""

    hooks = "auto"
    nsessions = None  # default: one per flow
    near6 = far6 = False

    @property
    def ipv6(self):
        return self.near6 or self.far6

    def flow_numbers(self):
        """Which sessions the flows use: evenly spread ones."""
        step = (self.nsessions or self.nflows) // self.nflows
        return range(0, step * self.nflows, step)

    def flows(self):
        return [flows.sent(i, self.near6) for i in self.flow_numbers()]

    def expected(self):
        return [flow for i in self.flow_numbers() for flow in self.sessions.far(i)]

    def set_up(self):
        self.sessions = Sessions(self.nsessions or self.nflows, self.copies, self.near6,
                                 self.far6, self.hooks)
        self.sessions.add(*(["-r"] if self.rewrites else []))

    def counters(self):
        return {"forwarded": forwarded()}

    def grows(self, sent):
        return {"forwarded": sent * self.copies}


class NotMedia(LocalFloor):
    """To ports of an address with media, outside of its range."""

    floor = "floor-local"
    hooks = "auto"

    def flows(self):
        return [f._replace(dport=f.dport - flows.PORTS_PER_ADDRESS // 2) for f in super().flows()]

    def set_up(self):
        super().set_up()
        Sessions(self.nflows, hooks=self.hooks).add()

    def counters(self):
        return {"forwarded": forwarded()}

    def grows(self, sent):
        return {"forwarded": 0}


def free_memory():
    """Octets that are not in use, nor could be free at once."""
    with open("/proc/sys/vm/drop_caches", "w") as f:
        f.write("3\n")
    time.sleep(1)
    with open("/proc/meminfo") as f:
        return int(next(line for line in f if line.startswith("MemFree:")).split()[1]) * 1024


class Memory(Case):
    """What an endpoint takes of the kernel's memory, everything included."""

    floor = None
    count = 100000

    def run(self, rounds, packets, record):
        try:
            net.up(False)
            sessions = Sessions(self.count)
            before = free_memory()
            sessions.add()
            record(octets=before - free_memory(), endpoints=2 * self.count)
        finally:
            net.down()


class Setup(Case):
    """Sessions added over netlink, one request each."""

    floor = None
    count = 1000

    def run(self, rounds, packets, record):
        try:
            net.up(False)
            sessions = Sessions(self.count)
            for _ in range(rounds):
                with icount.counted() as cost:
                    sessions.add("-m")
                record(sessions=self.count, **cost)
                sipctl("session", "flush")
        finally:
            net.down()
