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

FROM, NEAR, FAR, TO = 20000, 30000, 25000, 35000
FLOWS_PER_ADDRESS = 15000
PORTS_PER_ADDRESS = 2 * FLOWS_PER_ADDRESS
FIRST_SSRC = 0x11110000
MEDIA = b"\xd5" * 160


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


def send(device, to_device, flows, *options):
    """Sends by rtpgen; how many packets have left."""
    lines = "".join(f"{f.src} {f.sport} {f.dst} {f.dport}\n" for f in flows)
    return int(net.run("rtpgen", *map(str, options), device, net.MAC[to_device], stdin=lines,
                       ns=net.NAMESPACE[device]))


def ones_complement_sum(data):
    data += b"\0" * (len(data) % 2)
    return sum(struct.unpack(f"!{len(data) // 2}H", data)) % 0xffff


def checksum_good(addresses, udp):
    """Right, or left to the device to complete (only the pseudo header is summed)."""
    pseudo = addresses + struct.pack("!II", len(udp), socket.IPPROTO_UDP)
    check, = struct.unpack_from("!H", udp, 6)
    return (ones_complement_sum(pseudo + udp) == 0
            or check % 0xffff == ones_complement_sum(pseudo))


def parse(frame):
    """Flow, SSRC and what is wrong with a frame; None if it is no UDP."""
    kind, = struct.unpack_from("!H", frame, 12)
    if kind == 0x0800 and frame[23] == 17:
        family, addresses, udp = socket.AF_INET, frame[26:34], frame[34:]
    elif kind == 0x86dd and frame[20] == 17:
        family, addresses, udp = socket.AF_INET6, frame[22:54], frame[54:]
    else:
        return None
    half = len(addresses) // 2
    sport, dport, length, check = struct.unpack_from("!HHHH", udp)
    trouble = None
    if length != 180 or udp[20:180] != MEDIA:
        trouble = "payload changed"
    elif (check or family == socket.AF_INET6) and not checksum_good(addresses, udp[:length]):
        trouble = "bad checksum"
    ssrc, = struct.unpack_from("!I", udp, 16)
    return (Flow(socket.inet_ntop(family, addresses[:half]), sport,
                 socket.inet_ntop(family, addresses[half:]), dport), ssrc, trouble)


def captured(tap, count, seconds=30):
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


def prove(case):
    """Sends one packet of each flow and compares each that arrives with what was to arrive."""
    flows, expected = case.flows(), case.expected()
    copies = len(expected) // len(flows)
    tap = net.packet_socket(net.NAMESPACE[case.sink], case.sink)
    try:
        send("va", "ra", flows, "-g", case.gap_us)
        found = captured(tap, len(expected))
    finally:
        tap.close()
    missing = {(flow, FIRST_SSRC + i // copies) for i, flow in enumerate(expected)}
    for flow, ssrc, trouble in found:
        if trouble:
            raise net.Failure(f"{flow}: {trouble}")
        if (flow, ssrc) not in missing:
            raise net.Failure(f"arrived twice, or wrongly: {flow} SSRC {ssrc:#x}")
        missing.remove((flow, ssrc))
    if missing:
        raise net.Failure(f"{len(missing)} of {len(expected)} flows did not arrive, such as "
                          f"{next(iter(missing))}")
