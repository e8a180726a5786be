# SPDX-License-Identifier: GPL-2.0-or-later
"""Flows of the RTP benchmark: who sends what to whom, and what has to arrive.

Flow i goes from a's port FROM to r's port NEAR; r sends it out of its port FAR to b's port TO.
"""
import select
import socket
import struct
import time
from collections import namedtuple

import net

Flow = namedtuple("Flow", "src sport dst dport")
Rtp = namedtuple("Rtp", "payload_type sequence timestamp ssrc")

FROM, NEAR, FAR, TO = 20000, 30000, 25000, 35000
FLOWS_PER_ADDRESS = 15000
PORTS_PER_ADDRESS = 2 * FLOWS_PER_ADDRESS
FIRST_SSRC = 0x11110000
MEDIA = b"\xd5" * 160

# Next sequence number of what each device sends; a case has the same flows all the time.
sequence = {"va": 1, "vb": 1}


def port(base, i):
    """Even ports, as RTP takes them."""
    return base + 2 * (i % FLOWS_PER_ADDRESS)


def border(side, i=0, ipv6=False):
    """Address of r for flow i, on side 1 (a) or 2 (b)."""
    number = 1 + 10 * (i // FLOWS_PER_ADDRESS)
    return f"fd00:{side}::{number}" if ipv6 else f"10.0.{side}.{number}"


def peer(side, ipv6=False):
    return f"fd00:{side}::2" if ipv6 else f"10.0.{side}.2"


def sent(i, ipv6=False):
    return Flow(peer(1, ipv6), port(FROM, i), border(1, i, ipv6), port(NEAR, i))


def relayed(i, ipv6=False):
    return Flow(border(2, i, ipv6), port(FAR, i), peer(2, ipv6), port(TO, i))


def reverse(flow):
    return Flow(flow.dst, flow.dport, flow.src, flow.sport)


def text(flows):
    return "".join(f"{f.src} {f.sport} {f.dst} {f.dport}\n" for f in flows)


def send(device, flows, packets=0, rounds=1, gap_us=0, sender=("rtpgen",), content=()):
    """Sends rounds packets of each flow, then counts packets more; how many have left.

    sender is the program and its options, content its arguments behind the MAC.
    """
    far = {"va": "ra", "vb": "rb"}[device]
    before = rounds * len(flows)
    done = net.run(*sender, "-w", str(before), "-n", str(packets), "-g", str(gap_us),
                   "-s", str(sequence[device]), device, net.MAC[far], *content,
                   stdin=text(flows), ns=net.NAMESPACE[device])
    sequence[device] += rounds + -(-packets // len(flows))
    return int(done)


def ones_complement_sum(data):
    data += b"\0" * (len(data) % 2)
    return sum(struct.unpack(f"!{len(data) // 2}H", data)) % 0xffff


def checksum_good(addresses, udp):
    """Right, or left to the device to complete (only the pseudo header is summed)."""
    pseudo = addresses + struct.pack("!II", len(udp), socket.IPPROTO_UDP)
    check, = struct.unpack_from("!H", udp, 6)
    return (ones_complement_sum(pseudo + udp) == 0
            or check % 0xffff == ones_complement_sum(pseudo))


def parse_udp(frame):
    """Flow and payload of a frame; None if it is no UDP; Failure if its checksum is wrong."""
    kind, = struct.unpack_from("!H", frame, 12)
    if kind == 0x0800 and frame[23] == socket.IPPROTO_UDP:
        family, addresses, datagram = socket.AF_INET, frame[26:34], frame[34:]
    elif kind == 0x86dd and frame[20] == socket.IPPROTO_UDP:
        family, addresses, datagram = socket.AF_INET6, frame[22:54], frame[54:]
    else:
        return None
    half = len(addresses) // 2
    sport, dport, length, check = struct.unpack_from("!HHHH", datagram)
    flow = Flow(socket.inet_ntop(family, addresses[:half]), sport,
                socket.inet_ntop(family, addresses[half:]), dport)
    datagram = datagram[:length]
    if (check or family == socket.AF_INET6) and not checksum_good(addresses, datagram):
        raise net.Failure(f"{flow}: bad checksum")
    return flow, datagram[8:]


def parse_rtp(frame):
    """Flow and RTP header of a frame; None if it is no UDP; Failure if it came to harm."""
    found = parse_udp(frame)
    if not found:
        return None
    flow, payload = found
    if payload[12:] != MEDIA or payload[0] != 2 << 6:
        raise net.Failure(f"{flow}: payload changed")
    return flow, Rtp(*struct.unpack_from("!BHII", payload, 1))


def captured(tap, count, seconds=30, parse=parse_rtp):
    """Up to count datagrams from a packet socket, within seconds."""
    found, deadline = [], time.monotonic() + seconds
    while len(found) < count and time.monotonic() < deadline:
        select.select([tap], [], [], 1)
        try:
            while True:
                datagram = parse(tap.recv(2048))
                if datagram:
                    found.append(datagram)
        except BlockingIOError:
            pass
    return found


def rewritten(rtp):
    """What the sessions program asks for with -r."""
    return Rtp(8, (rtp.sequence + 1000) & 0xffff, rtp.timestamp + 1000000,
               rtp.ssrc - FIRST_SSRC + 0x22220000)


def prove(case):
    """Sends one packet of each flow and compares each that arrives with what was to arrive."""
    first = sequence["va"]
    missing = set()
    for i, flow in enumerate(case.expected()):
        rtp = Rtp(0, first & 0xffff, first * 160, FIRST_SSRC + i // case.copies)
        missing.add((flow, rewritten(rtp) if case.rewrites else rtp))
    total = len(missing)
    tap = net.packet_socket(net.NAMESPACE[case.sink], case.sink)
    try:
        send("va", case.flows(), gap_us=case.gap_us)
        found = captured(tap, total)
    finally:
        tap.close()
    for datagram in found:
        if datagram not in missing:
            raise net.Failure(f"arrived twice, or wrongly: {datagram}")
        missing.remove(datagram)
    if missing:
        raise net.Failure(f"{len(missing)} of {total} did not arrive, such as "
                          f"{next(iter(missing))}")
