# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands and the topology of the RTP benchmark, in the guest.

    +-------+              +------------------------------+              +-------+
    | a  va |--------------| ra           r            rb |--------------| vb  b |
    +-------+              +------------------------------+              +-------+
    10.0.1.2   10.0.1.1, more by need       10.0.2.1, more by need   10.0.2.2
    fd00:1::2  fd00:1::1                    fd00:2::1                fd00:2::2

Neighbours are permanent: nothing but the flows is sent.
"""
import contextlib
import ctypes
import json
import socket
import subprocess
import time

MAC = {"va": "02:00:00:00:01:02", "ra": "02:00:00:00:01:01",
       "vb": "02:00:00:00:02:02", "rb": "02:00:00:00:02:01"}
NAMESPACE = {"va": "a", "ra": "r", "rb": "r", "vb": "b"}

# Link-up invalidates cached routes, at most a second later.
SETTLE_SECONDS = 1.5

SO_RCVBUFFORCE = 33
ETH_P_ALL = 3


class Failure(Exception):
    """A case that did not do what it is to measure."""


def run(*command, stdin=None, ns=None):
    """Output of a command, in a namespace; Failure with its messages if it fails."""
    if ns:
        command = ("ip", "netns", "exec", ns, *command)
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(command)}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def wait_until(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def ip_batch(lines, ns=None):
    run("ip", *(["-n", ns] if ns else []), "-batch", "-", stdin="\n".join(lines) + "\n")


def nft(ns, rules):
    run("nft", "-f", "-", stdin=rules, ns=ns)


@contextlib.contextmanager
def inside(ns):
    """Sockets that this thread opens meanwhile, and /proc/sys/net, are of the namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net") as home, open(f"/run/netns/{ns}") as there:
        if libc.setns(there.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(home.fileno(), 0)


def sysctl(ns, **settings):
    """Names with __ for the dots."""
    with inside(ns):
        for name, value in settings.items():
            with open("/proc/sys/net/" + name.replace("__", "/"), "w") as f:
                f.write(f"{value}\n")


def nft_counter(ns, family, table, name):
    """Packets."""
    found = json.loads(run("nft", "-j", "list", "counter", family, table, name, ns=ns))
    return found["nftables"][1]["counter"]["packets"]


class Sink:
    """Counts and drops UDP at ingress of a device, or ("local") on its way to a socket of r."""

    def __init__(self, where):
        self.ns = NAMESPACE.get(where, "r")
        self.family = "inet" if where == "local" else "netdev"
        self.table = f"sink_{where}"
        hook = "input" if where == "local" else f"ingress device {where}"
        nft(self.ns, f"""
table {self.family} {self.table} {{
    counter arrived {{ }}
    chain c {{
        type filter hook {hook} priority -500;
        meta l4proto udp counter name arrived drop
    }}
}}""")

    def arrived(self):
        return nft_counter(self.ns, self.family, self.table, "arrived")


def addresses(side, near, number, ipv6):
    """Commands for a device and the address of its peer; number is 1 for r, 2 for a and b."""
    device, peer = near
    networks = [(f"10.0.{side}.", "/24")] + ([(f"fd00:{side}::", "/64")] if ipv6 else [])
    lines = [f"link set {device} up"]
    for prefix, length in networks:
        lines += [f"addr add {prefix}{number}{length} dev {device}",
                  f"neigh replace {prefix}{3 - number} lladdr {MAC[peer]} nud permanent "
                  f"dev {device}"]
    return lines


def up(ipv6):
    """Builds the topology."""
    ip_batch([f"netns add {ns}" for ns in "arb"])
    for ns in "arb":
        if ipv6:
            sysctl(ns, ipv6__conf__default__accept_dad=0,
                   ipv6__conf__default__router_solicitations=0)
        else:
            sysctl(ns, ipv6__conf__all__disable_ipv6=1, ipv6__conf__default__disable_ipv6=1)
        sysctl(ns, ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0)
    ip_batch([f"link add {near} netns {NAMESPACE[near]} address {MAC[near]} type veth "
              f"peer name {far} netns r address {MAC[far]}"
              for near, far in (("va", "ra"), ("vb", "rb"))])
    ip_batch(["link set lo up"] + addresses(1, ("va", "ra"), 2, ipv6), "a")
    ip_batch(["link set lo up"] + addresses(1, ("ra", "va"), 1, ipv6)
             + addresses(2, ("rb", "vb"), 1, ipv6), "r")
    ip_batch(["link set lo up"] + addresses(2, ("vb", "rb"), 2, ipv6), "b")
    sysctl("r", ipv4__ip_forward=1)
    if ipv6:
        sysctl("r", ipv6__conf__all__forwarding=1)


def settle():
    time.sleep(SETTLE_SECONDS)


def down():
    """What is left over after a failure fails the next case."""
    with contextlib.suppress(Failure):
        ip_batch([f"netns del {ns}" for ns in "arb"])


def packet_socket(ns, device):
    with inside(ns):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        s.bind((device, ETH_P_ALL))
    s.setblocking(False)
    return s
