# SPDX-License-Identifier: GPL-2.0-or-later
"""What happens beside the calls that are measured, and must not change what they cost or how long
they take: calls in progress, a next hop that is silent, a dead DNS server, TCP peers that send one
octet a second."""
import glob
import os
import socket
import threading

INVITE = ("INVITE sip:slow@127.0.0.6 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.8:5060;branch=z9hG4bK%d\r\n"
          "From: <sip:slow@127.0.0.8>;tag=%d\r\n")
# A second realm for the disturbance, its callers' host, and where its calls go.
REALM, CALLER, HOP, DNS = "127.0.0.6", "127.0.0.8", "127.0.0.7:5060", "127.0.0.9:53"


class Nothing:
    """Alone."""
    NAME = "alone"
    CONFIG = ""         # more of sipd's
    RATE = 0            # calls per second to REALM
    COUNT_OF_CALLS = 0  # in progress

    def begin(self):
        pass

    def end(self):
        pass


class Calls(Nothing):
    """In progress, all the time."""

    def __init__(self, count):
        self.NAME, self.COUNT_OF_CALLS = "beside-%d-calls" % count, count


class Sink(Nothing):
    """Swallows what comes, and says nothing."""
    ADDRESS = HOP

    def begin(self):
        host, port = self.ADDRESS.split(":")
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, int(port)))

    def end(self):
        self.socket.close()


class SilentHop(Sink):
    NAME = "beside-silent-next-hop"
    RATE = 50
    CONFIG = ('  - {{ name: silent, listen: [ "udp:{0}:5060" ], '
              'next-hop: {{ realm: callees, address: "{1}" }} }}\n').format(REALM, HOP)


class DeadDns(Sink):
    NAME = "beside-dead-dns-server"
    ADDRESS = DNS
    RATE = 50
    CONFIG = ('  - {{ name: named, listen: [ "udp:{0}:5060" ], '
              'next-hop: {{ realm: callees, uri: "sip:callee.example" }} }}\n'
              'dns: {{ servers: [ "{1}" ] }}\n').format(REALM, DNS)


class SlowPeers(Nothing):
    """Each sends one octet a second of a request that does not end."""
    NAME = "beside-slow-tcp-peers"
    COUNT = 200
    CONFIG = '  - {{ name: slow, listen: [ "tcp:{}:5060" ] }}\n'.format(REALM)

    def begin(self):
        self.stop = threading.Event()
        self.peers = [socket.create_connection((REALM, 5060), 10, (CALLER, 0))
                      for _ in range(self.COUNT)]
        self.thread = threading.Thread(target=self.send, daemon=True)
        self.thread.start()

    def send(self):
        texts = [(INVITE % (i, i)).encode() for i in range(self.COUNT)]
        for at in range(10 ** 9):
            if self.stop.wait(1):
                return
            for peer, text in zip(self.peers, texts):
                try:
                    peer.send(text[at:at + 1] or b"x")
                except OSError:
                    # sipd may end such a connection.
                    pass

    def end(self):
        self.stop.set()
        self.thread.join()
        for peer in self.peers:
            peer.close()


KINDS = Nothing(), Calls(10000), SilentHop(), DeadDns(), SlowPeers()


def setup_ms(directory, shares=(0.5, 0.99)):
    """Times from INVITE to 200 that SIPp wrote with -trace_rtt: of each share of the calls."""
    times = []
    for path in glob.glob(os.path.join(directory, "uac_*_rtt.csv")):
        with open(path) as f:
            times += [float(line.split(";")[1]) for line in f if line[0].isdigit()]
    times.sort()
    return [round(times[int(share * (len(times) - 1))], 1) for share in shares]
