# SPDX-License-Identifier: GPL-2.0-or-later
"""What the benchmark of SIP inspection measures, in the guest.

Messages go from a to r. What is accepted ends on its way to a socket of r, what is dropped at
ingress; so do they in the floors, which know nothing of the module.
"""
import socket
import tempfile
import time

import flows
import net
from cases import Case
from flows import Flow
from messages import MESSAGES
from sipfast import add_range, load_module, sipctl

SIP, ELSEWHERE = 5060, 7000
FRAGMENT = 1480
MANY = ("1000000/s", "burst", "1000000")

NFT_CHAIN = """
table netdev t {
    chain c {
        type filter hook ingress device ra priority 0; policy %s;
    }
}"""


class Message(Case):
    """A message, to where it ends without the module."""

    floor = None
    message = "invite"
    port = SIP
    in_pieces = False
    nflows = 200  # each from an address of its own
    sinks = ("local",)
    sink = "local"
    pause = 0  # seconds before each round
    repeated = False  # each message of a round is the same
    bound = None  # instructions above the floor that are allowed

    def flows(self):
        sources = [f"fd00:9::{i + 1:x}" if self.ipv6 else f"10.9.{i // 200}.{1 + i % 200}"
                   for i in range(self.nflows)]
        return [Flow(source, SIP, flows.border(1, 0, self.ipv6), self.port) for source in sources]

    def send(self, **how):
        time.sleep(self.pause)
        options = ["-f", str(FRAGMENT)] if self.in_pieces else []
        options += ["-r"] if self.repeated else []
        with tempfile.NamedTemporaryFile("w", newline="") as f:
            f.write(MESSAGES[self.message])
            f.flush()
            return super().send(sender=("sipgen", *options), content=(f.name,), **how)

    def prepare(self):
        """Its counters prove it."""


class Floor(Message):
    """Without the module. Proves what is sent."""

    def prepare(self):
        first = flows.sequence["va"]
        tap = net.packet_socket("r", "ra")
        try:
            sent = self.send()
            if not self.in_pieces:
                self.prove(tap, first, sent)
        finally:
            tap.close()

    def prove(self, tap, first, count):
        found = flows.captured(tap, count, parse=flows.parse_udp)
        expected = [(flow, self.text(first, i).encode()) for i, flow in enumerate(self.flows())]
        if found != expected:
            raise net.Failure(f"sent: {found[:1]}, expected: {expected[:1]}")

    def text(self, number, flow):
        """As sipgen fills it in."""
        text = MESSAGES[self.message]
        for size in (9, 6):
            digits = str(number * self.nflows + flow).zfill(size)[-size:]
            text = text.replace("#" * size, digits)
        return text


class DropFloor(Floor):
    """Dropped at ingress, by an nft chain that has nothing but a policy."""

    copies = 0

    def set_up(self):
        net.nft("r", NFT_CHAIN % "drop")

    def counters(self):
        with net.inside("r"), open("/proc/thread-self/net/dev") as f:
            device = next(line for line in f if line.split()[0] == "ra:")
        return {"received": int(device.split()[1 + 1])}

    def grows(self, sent):
        return {"received": sent}


def address_of(flow, port):
    host = f"[{flow.dst}]" if ":" in flow.dst else flow.dst
    return f"udp:{host}:{port}"


def add_sources(lines):
    added = int(net.run("sources", stdin="".join(line + "\n" for line in lines), ns="r"))
    if added != len(lines):
        raise net.Failure(f"{added} of {len(lines)} sources were added")


def others(ipv6):
    """1000 sources that send nothing: phones, each behind a port, and trunks."""
    prefix, length = ("fd00:50::", 128) if ipv6 else ("10.50.{}.", 32)

    def host(i):
        return f"{prefix}{i:x}" if ipv6 else prefix.format(i // 250) + str(1 + i % 250)

    return ([f"{host(i)} {length} {SIP + i} registered" for i in range(900)]
            + [f"{host(i)} {length} 0 trusted" for i in range(900, 1000)])


def bans(count):
    return [f"10.{100 + i // 62500}.{i // 250 % 250}.{1 + i % 250} 32 0 banned"
            for i in range(count)]


def speak(flow):
    """A server answers somebody, so that one dialog is known, as nearly always."""
    family = socket.AF_INET6 if ":" in flow.dst else socket.AF_INET
    with net.inside("r"), socket.socket(family, socket.SOCK_DGRAM) as server:
        server.bind((flow.dst, SIP))
        server.sendto(MESSAGES["180"].replace("#", "0").encode(),
                      (flows.peer(1, family == socket.AF_INET6), SIP))


class Inspected(Message):
    """A listener in mode enforce, 1000 sources and a dialog; limits are in use, but high."""

    verdict = "unknown INVITE accept"
    first_verdict = None  # of the first messages of each round, if it is another
    nfirst = 0  # how many
    source = ""  # what senders are said to be, {} their address; see sources.c
    nbans = 0
    policy = ()

    @property
    def floor(self):
        family = "-ipv6" if self.ipv6 else ""
        name = "in-pieces" if self.in_pieces else self.message
        return f"floor-{name}{family}" if self.copies else f"floor-dropped{family}"

    def listener(self):
        return address_of(self.flows()[0], SIP)

    def set_up(self):
        load_module()
        sipctl("kernel", "listener", "add", self.listener(), "mode", "enforce")
        speak(self.flows()[0])
        settings = []
        for group in ("dialog", "register", "other", "in-dialog"):
            for class_, scope in (("unknown", "source"), ("unknown", "prefix"),
                                  ("unknown", "global"), ("registered", "source")):
                settings += [class_, scope, group, *MANY]
        sipctl("kernel", "policy", "set", *settings)
        if self.policy:
            sipctl("kernel", "policy", "set", *self.policy)
        said = {self.source.format(flow.src) for flow in self.flows()} - {""}
        add_sources(others(self.ipv6) + bans(self.nbans) + sorted(said))

    def counters(self):
        """By "CLASS KIND VERDICT"; what is expected, and all others together."""
        counts = {self.verdict: 0, "others": 0}
        if self.first_verdict:
            counts[self.first_verdict] = 0
        for cell in sipctl("kernel", "stats")["sip"]:
            name = f"{cell['class']} {cell['kind']} {cell['verdict']}"
            counts[name if name in counts and not cell["observed"] else "others"] += \
                cell["messages"]
        return counts

    def grows(self, sent):
        grown = {self.verdict: sent - self.nfirst, "others": 0}
        if self.first_verdict:
            grown.update({self.first_verdict: self.nfirst, "arrived": self.nfirst})
        return grown


class Dropped(Inspected):
    copies = 0


class Rejected(Dropped):
    """Answered with 503, as the server says that it has too much to do."""

    verdict = "unknown INVITE rejected"
    sinks = ("va", "local")
    policy = ("reject", MANY[0])

    def set_up(self):
        super().set_up()
        net.run("ip", "route", "add", "10.9.0.0/16", "via", flows.peer(1), ns="r")

    def send(self, **how):
        sipctl("kernel", "listener", "set", self.listener(), "load", "60")
        return super().send(**how)

    def counters(self):
        return dict(super().counters(), answered=self.built_sinks["va"].arrived())

    def grows(self, sent):
        return dict(super().grows(sent), answered=sent)


class Unrelated(Message):
    """To another port of the address, with or without what is beside it."""

    port = ELSEWHERE
    listens = True
    has_ranges = False
    beside_nft = False

    def set_up(self):
        if self.beside_nft:
            net.nft("r", NFT_CHAIN % "accept")
        if self.has_ranges or self.listens:
            load_module()
        if self.has_ranges:
            add_range(flows.border(1), flows.NEAR)
        if self.listens:
            sipctl("kernel", "listener", "add", address_of(self.flows()[0], SIP), "mode",
                   "enforce")

    def counters(self):
        if not self.listens:
            return {}
        return {"inspected": sum(cell["messages"] for cell in sipctl("kernel", "stats")["sip"])}

    def grows(self, sent):
        return {"inspected": 0} if self.listens else {}
