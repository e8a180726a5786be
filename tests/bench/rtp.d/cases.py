# SPDX-License-Identifier: GPL-2.0-or-later
"""What the RTP benchmark measures, in the guest: the base of cases, and the kernel's own ways."""
import flows
import icount
import net


class Case:
    """Packets of some flows go in, and leave to a sink.

    A case is set up, proven (the right packets arrive, unharmed), and measured in rounds: its
    counters must then have grown by exactly as many packets as were sent.
    """

    floor = "floor"  # the case whose cost is not the forwarder's
    ipv6 = False  # addresses of both families
    sinks = ("va", "vb")  # devices, or "local": on the way to a socket of r
    sink = "vb"  # where the packets end
    copies = 1  # packets out for one in
    rewrites = False  # of the RTP header
    gap_us = 0  # pause between batches, for who has to be scheduled
    nflows = 200

    def __init__(self, **settings):
        for name, value in settings.items():
            getattr(self, name)  # exists
            setattr(self, name, value)

    def flows(self):
        return [flows.sent(i) for i in range(self.nflows)]

    def expected(self):
        """What arrives: for each flow, its copies."""
        return [flows.relayed(i) for i in range(self.nflows)]

    def set_up(self):
        """Before the topology settles."""

    def prepare(self):
        """Traffic that the case needs to become what it is."""
        flows.prove(self)

    def counters(self):
        """Name -> packets."""
        return {}

    def grows(self, sent):
        """Name -> by how much it does, when so many packets were sent."""
        return {}

    def tear_down(self):
        pass

    def send(self, **how):
        """As flows.send(), from a."""
        return flows.send("va", self.flows(), gap_us=self.gap_us, **how)

    def count(self):
        return dict(self.counters(), arrived=self.arrived())

    def measure(self, packets, before, record):
        """One round; the counters after it."""
        with icount.counted() as cost:
            sent = self.send(packets=packets)
        after = self.count()
        grown = {name: after[name] - before[name] for name in after}
        expected = dict({"arrived": sent * self.copies}, **self.grows(sent))
        if grown != expected:
            raise net.Failure(f"{sent} packets sent; grown: {grown}, expected: {expected}")
        record(packets=packets, **cost)
        return after

    def arrived(self):
        return self.built_sinks[self.sink].arrived()

    def run(self, rounds, packets, record):
        try:
            net.up(self.ipv6)
            self.built_sinks = {where: net.Sink(where) for where in self.sinks}
            self.set_up()
            net.settle()
            self.prepare()
            counts = self.count()
            for _ in range(rounds):
                counts = self.measure(packets, counts, record)
        finally:
            self.tear_down()
            net.down()


class Floor(Case):
    """Sender, veth and the sink: what every case pays."""

    floor = None
    sinks = ("ra",)
    sink = "ra"

    def flows(self):
        return [flows.sent(i, self.ipv6) for i in range(self.nflows)]

    def expected(self):
        return self.flows()


class LocalFloor(Case):
    """To a port of r itself, up to where a socket would be looked for."""

    floor = None
    sinks = ("local",)
    sink = "local"
    beside_nft = False  # an nft chain without rules is at ingress already

    def set_up(self):
        if self.beside_nft:
            net.nft("r", """
table netdev t {
    chain c {
        type filter hook ingress device ra priority 0;
    }
}""")

    def prepare(self):
        """Nothing leaves that could be looked at."""


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
        net.sysctl("r", ipv4__ip_forward=0)
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
        net.sysctl("r", netfilter__nf_conntrack_udp_timeout=1000000,
                   netfilter__nf_conntrack_udp_timeout_stream=1000000)

    def prepare(self):
        flows.prove(self)
        flows.send("vb", [flows.reverse(f) for f in self.expected()], rounds=2)
        flows.send("va", self.flows(), rounds=2)
        with net.inside("r"), open("/proc/sys/net/netfilter/nf_conntrack_count") as f:
            tracked = int(f.read())
        if tracked != self.nflows:
            raise net.Failure(f"{tracked} connections are tracked, not {self.nflows}")


class NftFlowtable(NftNat):
    """The same, past conntrack and routing once a connection is established."""

    flowtable = "flowtable f { hook ingress priority 0; devices = { ra, rb }; }"
    offload = """chain through {
        type filter hook forward priority 0;
        counter name slow
        ip protocol udp ct state established flow add @f
    }"""

    def set_up(self):
        super().set_up()
        net.sysctl("r", netfilter__nf_flowtable_udp_timeout=1000000)

    def prepare(self):
        super().prepare()
        flows.prove(self)

    def counters(self):
        return {"not by the flowtable": net.nft_counter("r", "ip", "n", "slow")}

    def grows(self, sent):
        return {"not by the flowtable": 0}
