# SPDX-License-Identifier: GPL-2.0-or-later
"""What the flood benchmark measures, in the guest: calls through a server, and an attack.

Windows without and with the attack take turns, so that both have the same share of a busy host. The
server stays on CPU 0, the attackers on CPU 1, which also takes what they send: a veth hands a
packet to the CPU that sends it. While nobody attacks, that CPU is as busy, with packets for another
station, so that the emulator of CPU 0 has the same company.
"""
import os
import tempfile
import time

from attack import ATTACKS, BATCH, CPU, NOBODY
from phones import CALLEE, PHONE, SERVER, STRANGERS, TRUNK, Phones
from servers import ROOT, Server, answers_options, kamailio_command, wait_until

import net
from sipfast import load_module, sipctl

SERVER_CPU = 0
# Of a window's messages, for each of their flows: more than are sent. No message comes in two.
NUMBERS = 10000000


def answers():
    with net.inside("a"):
        return answers_options(SERVER, TRUNK)


def start(directory, command):
    return Server(directory, ["taskset", "-c", str(SERVER_CPU), "ip", "netns", "exec", "r",
                              *command], answers)


def sipd(directory, inspect):
    load_module()
    path = os.path.join(directory, "sipd.yaml")
    with open(path, "w") as f:
        # What is kept of calls that are over takes memory as they come, attack or not: here little.
        f.write(f"""media: kernel
control: {{ socket: {directory}/sipd.sock }}
calls: {{ keep-finished: 10 }}
trace: {{ flows: 100, messages: 256K }}
realms:
  - name: access
    listen: [ "udp:{SERVER}" ]
    inspect: "{inspect}"
    media: {{ address: 10.0.1.1, ports: 20000-39999 }}
    next-hop: {{ realm: core, address: "{CALLEE}:5060" }}
  - name: core
    listen: [ "udp:10.0.2.1:5060" ]
    media: {{ address: 10.0.2.1, ports: 20000-39999 }}
    next-hop: {{ realm: access, address: "{TRUNK}:5060" }}
""")
    server = start(directory, [os.path.join(ROOT, "build/sipd"), "-f", path])
    # A host that takes the machine's CPU away makes the server look busy. Calls may wait for it.
    sipctl("kernel", "policy", "set", "reject", "off", "shed", "dialogs", "100%",
           "shed", "registers", "100%", "shed", "others", "100%")
    return server


def kamailio(directory, *defines):
    return start(directory, kamailio_command(directory, SERVER, CALLEE + ":5060",
                                             os.path.join(directory, "kamailio.ctl"), defines,
                                             TRUNK=TRUNK))


def cpu_ms(cpu):
    """All there was of a CPU, and what it idled."""
    with open("/proc/stat") as f:
        words = next(line for line in f if line.startswith(f"cpu{cpu} ")).split()
    ticks = [int(word) for word in words[1:9]]
    return {"all": sum(ticks) * 10, "idle": (ticks[3] + ticks[4]) * 10}


def received(cpu):
    """Packets that a CPU has taken."""
    with open("/proc/net/softnet_stat") as f:
        return int(f.read().splitlines()[cpu].split()[0], 16)


def verdicts():
    """Messages by what became of them; in mode observe, what would have."""
    counts = {}
    for cell in sipctl("kernel", "stats")["sip"]:
        name = ("~" if cell["observed"] else "") + cell["verdict"]
        if cell["verdict"] == "accept":
            name += " " + cell["class"] + " " + cell["kind"]
        counts[name] = counts.get(name, 0) + cell["messages"]
    return counts


def socket_drops():
    """Datagrams for which a socket had no room."""
    with net.inside("r"), open("/proc/thread-self/net/snmp") as f:
        names, values = (line.split() for line in f if line.startswith("Udp:"))
    return int(values[names.index("RcvbufErrors")])


class Sample:
    """What is compared between a window's begin and end."""

    def __init__(self, server, phones, has_module):
        self.time = time.monotonic()
        self.server_ms = server.cpu_ms()
        self.attackers = cpu_ms(CPU)
        self.received = received(SERVER_CPU)
        self.memory = server.memory(("Pss_Anon", "Pss_Shmem"))
        self.drops = socket_drops()
        self.sent = packets_sent()
        self.counts = phones.counts()
        self.verdicts = verdicts() if has_module else {}

    def since(self, before):
        seconds = self.time - before.time
        all_ms = self.attackers["all"] - before.attackers["all"]
        idle_ms = self.attackers["idle"] - before.attackers["idle"]
        return {
            "seconds": round(seconds, 2),
            "sent_per_second": round((self.sent - before.sent) / seconds),
            "server_ms_per_second": round((self.server_ms - before.server_ms) / seconds, 2),
            "attackers_busy_percent": round(100 * (1 - idle_ms / all_ms), 1),
            "received_by_server_cpu": self.received - before.received,
            "memory_before": before.memory, "memory_after": self.memory,
            "socket_drops": self.drops - before.drops,
            "calls": {name: self.counts[name] - before.counts[name] for name in
                      ("attempted", "failed", "retransmissions")},
            "verdicts": {name: count - before.verdicts.get(name, 0)
                         for name, count in self.verdicts.items()
                         if count != before.verdicts.get(name, 0)},
        }


def packets_sent():
    """By attackers and callers."""
    with net.inside("a"), open("/proc/thread-self/net/dev") as f:
        return int(next(line for line in f if line.split()[0] == "va:").split()[10])


class Flood:
    """A server, and windows without and with an attack."""

    floor = None

    def __init__(self, serve, attack, has_module=False, rounds=None, must_hold=False,
                 believed=False):
        self.serve, self.attack = serve, attack
        self.has_module, self.rounds = has_module, rounds
        self.must_hold, self.believed = must_hold, believed

    def run(self, rounds, packets, record):
        """packets: seconds of a window."""
        self.windows = 0
        try:
            net.up(False)
            net.ip_batch([f"addr add {address}/24 dev va" for address in (PHONE, STRANGERS)], "a")
            # What is answered goes back to where it came from, whatever its source.
            net.run("ip", "route", "add", "default", "via", TRUNK, ns="r")
            net.run("ip", "route", "add", "default", "via", "10.0.2.1", ns="b")
            with tempfile.TemporaryDirectory(prefix="flood.") as directory:
                self.measure(directory, self.rounds or rounds, packets, record)
        finally:
            net.down()

    def measure(self, directory, rounds, seconds, record):
        with Phones(directory) as phones:
            server = self.serve(directory)
            try:
                self.warm_up(directory, phones)
                phones.start()
                for _ in range(rounds):
                    self.window(directory, server, phones, None, seconds, record)
                    self.window(directory, server, phones, ATTACKS[self.attack], seconds, record)
                record(kind="calls", calls=phones.finish())
            finally:
                server.stop()

    @staticmethod
    def warm_up(directory, phones):
        """Memory that the server will need anyhow is its own afterwards."""
        phones.warm_up()
        BATCH.start(directory, "-w", "200").wait()

    def window(self, directory, server, phones, attack, seconds, record):
        who = (attack or ATTACKS["new"])
        self.windows += 1
        already = packets_sent()
        sender = who.start(directory, "-e", "-s", str(self.windows * NUMBERS),
                           mac=net.MAC["ra"] if attack else NOBODY)
        wait_until("beginning of packets", lambda: packets_sent() > already + 1000)
        before = Sample(server, phones, self.has_module)
        time.sleep(seconds)
        after = Sample(server, phones, self.has_module)
        sender.terminate()
        if sender.wait():
            raise net.Failure("the sender failed")
        record(kind="attack" if attack else "calm", **after.since(before))
