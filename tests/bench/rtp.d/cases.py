# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways of forwarding that the RTP benchmark compares, in the guest."""
import json
import os

import flows
import net


class Case:
    """One packet per flow in, one out.

    A case is set up, proven (the right packets arrive, unharmed), and measured: its counters must
    then have grown by exactly as many packets as were sent.
    """

    ipv6 = False  # of the topology
    floor = "floor"
    sink = "vb"  # device where packets end
    copies = 1  # packets out for one in
    gap_us = 0  # pause between batches, for who is scheduled
    packets = 20000

    def __init__(self, nflows=200):
        self.nflows = nflows

    def flows(self):
        return [flows.sent(i) for i in range(self.nflows)]

    def expected(self):
        return [flows.relayed(i) for i in range(self.nflows)]

    def set_up(self):
        """Before the settling of the topology."""

    def sinks(self):
        """All devices that need one."""
        return {"va", "vb"}

    def prepare(self):
        """Traffic that the case needs to become what it is."""
        flows.prove(self)

    def counters(self):
        """Name -> packets; each must grow by the packets sent, unless grows() says otherwise."""
        return {}

    def grows(self, sent):
        return {name: sent for name in self.counters()}

    def tear_down(self):
        pass


class Floor(Case):
    """Sender, veth and the sink: what every case pays."""

    sink = "ra"

    def sinks(self):
        return {"ra"}

    def expected(self):
        return self.flows()


class IpForward(Case):
    def flows(self):
        return [flows.Flow(flows.peer(1), flows.port(flows.FROM, i),
                           flows.peer(2), flows.port(flows.TO, i)) for i in range(self.nflows)]

    def expected(self):
        return self.flows()


class NftFwd(Case):
    """fwd at ingress, the least it can be asked: every frame goes out as it came."""

    def expected(self):
        return self.flows()

    def set_up(self):
        net.sysctl("r", "net.ipv4.ip_forward=0")
        net.nft("r", """
table netdev t {
    chain c {
        type filter hook ingress device ra priority 0;
        fwd to rb
    }
}""")


class NftNat(Case):
    """DNAT and SNAT by conntrack."""

    flowtable = ""
    offload = ""

    def expected(self):
        return [flows.Flow(flows.border(2), f.sport, flows.peer(2), flows.port(flows.TO, i))
                for i, f in enumerate(self.flows())]

    def set_up(self):
        ports = ", ".join(f"{flows.port(flows.NEAR, i)} : {flows.port(flows.TO, i)}"
                          for i in range(self.nflows))
        net.nft("r", f"""
table ip n {{
    counter slow {{ }}
    map to {{ type inet_service : inet_service; elements = {{ {ports} }}; }}
    {self.flowtable}
    chain before {{
        type nat hook prerouting priority -100;
        iif ra udp dport 30000-59999 dnat to {flows.peer(2)} : udp dport map @to
    }}
    {self.offload}
    chain after {{
        type nat hook postrouting priority 100;
        oif rb ip daddr {flows.peer(2)} snat to {flows.border(2)}
    }}
}}""")
        net.sysctl("r", "net.netfilter.nf_conntrack_udp_timeout=1000000",
                   "net.netfilter.nf_conntrack_udp_timeout_stream=1000000")

    def prepare(self):
        flows.prove(self)
        replies = [flows.reverse(f) for f in self.expected()]
        flows.send("vb", "rb", replies, "-w", 2 * self.nflows)
        flows.send("va", "ra", self.flows(), "-w", 2 * self.nflows)
        tracked = net.kernel_file("/proc/sys/net/netfilter/nf_conntrack_count", "r")
        if int(tracked) != self.nflows:
            raise net.Failure(f"{tracked.strip()} connections are tracked, not {self.nflows}")


class NftFlowtable(NftNat):
    flowtable = "flowtable f { hook ingress priority 0; devices = { ra, rb }; }"
    offload = """chain through {
        type filter hook forward priority 0;
        counter name slow
        ip protocol udp ct state established flow add @f
    }"""

    def set_up(self):
        super().set_up()
        net.sysctl("r", "net.netfilter.nf_flowtable_udp_timeout=1000000")

    def counters(self):
        return {"past the flowtable": net.nft_counter("r", "ip", "n", "slow")}

    def grows(self, sent):
        return {"past the flowtable": 0}


class Sipfast(Case):
    """Sessions of two endpoints, addresses and ports rewritten, source checked, accounted."""

    nsessions = None  # default: one per flow
    hook = None

    def sessions(self):
        return self.nsessions or self.nflows

    def flow_numbers(self):
        """Which sessions the flows use: they are spread evenly."""
        step = self.sessions() // self.nflows
        return range(0, step * self.nflows, step)

    def flows(self):
        return [flows.sent(i) for i in self.flow_numbers()]

    def expected(self):
        return [flows.relayed(i) for i in self.flow_numbers()]

    def set_up(self):
        last = self.sessions() - 1
        for i in range(flows.FLOWS_PER_ADDRESS, last + flows.FLOWS_PER_ADDRESS,
                       flows.FLOWS_PER_ADDRESS):
            if i <= last:
                net.run("ip", "addr", "add", flows.border(1, i) + "/24", "dev", "ra", ns="r")
                net.run("ip", "addr", "add", flows.border(2, i) + "/24", "dev", "rb", ns="r")
        for i in range(0, last + 1, flows.FLOWS_PER_ADDRESS):
            for side, base in ((1, flows.NEAR), (2, flows.FAR)):
                net.run("sipctl", "kernel", "range", "add", f"{flows.border(side, i)}:"
                        f"{base}-{base + flows.PORTS_PER_ADDRESS - 1}", ns="r")
        self.add_sessions()

    def add_sessions(self, *options):
        lines = []
        for i in range(self.sessions()):
            near, far = flows.sent(i), flows.relayed(i)
            lines.append(f"{near.dst} {near.dport} {near.src} {near.sport} "
                         f"{far.src} {far.sport} {far.dst} {far.dport}\n")
        added = int(net.run("sessions", *options, stdin="".join(lines), ns="r"))
        if added != self.sessions():
            raise net.Failure(f"{added} of {self.sessions()} sessions were added")

    def counters(self):
        stats = json.loads(net.run("sipctl", "-j", "kernel", "stats", "-a", ns="r"))
        packets = {counter["name"]: counter["packets"] for counter in stats["counters"]}
        return {"forwarded": packets["forwarded"]}


def load_module():
    """sipfast.ko; the guest's kernel is thrown away with it."""
    if not os.path.isdir("/sys/module/sipfast"):
        net.run("insmod", os.environ["SIPFAST_KO"])
