# SPDX-License-Identifier: GPL-2.0-or-later
"""Client of /dev/packet_source: RTP from inside the kernel, timed."""
import array
import fcntl
import os
import socket
import struct

import flows
import net

DEVICE = "/dev/packet_source"
# struct source_run: interface, burst, slice, slices, pointer to the times; see packet_source.c.
RUN = struct.Struct("=IIIIQ")
SOURCE_RUN = 1 << 30 | RUN.size << 16 | ord("S") << 8 | 1


def load_module():
    if not os.path.exists(DEVICE):
        net.run("insmod", os.environ["PACKET_SOURCE_KO"])


def mac(device):
    return bytes.fromhex(net.MAC[device].replace(":", ""))


def checksum(data):
    return ~flows.ones_complement_sum(data) & 0xffff


def frame(flow, i):
    """The next one of flow i, from va to ra."""
    sequence = flows.sequence["va"]
    rtp = struct.pack("!BBHII", 2 << 6, 0, sequence & 0xffff, sequence * 160,
                      flows.FIRST_SSRC + i) + flows.MEDIA
    addresses = socket.inet_aton(flow.src) + socket.inet_aton(flow.dst)
    size = 8 + len(rtp)
    udp = struct.pack("!HHHH", flow.sport, flow.dport, size, 0) + rtp
    pseudo = addresses + struct.pack("!HH", socket.IPPROTO_UDP, size)
    udp = udp[:6] + struct.pack("!H", checksum(pseudo + udp) or 0xffff) + udp[8:]
    ip = struct.pack("!BBHIBBH", 4 << 4 | 5, 0, 20 + size, 0, 64, socket.IPPROTO_UDP, 0)
    ip = ip[:10] + struct.pack("!H", checksum(ip + addresses)) + addresses
    return mac("ra") + mac("va") + b"\x08\x00" + ip + udp


def send(sent, burst, size, count):
    """Sends count slices of size packets, in bursts, of these flows; ns per packet of each."""
    if size % len(sent) or size % burst:
        raise ValueError("a slice is no multiple of a round or of a burst")
    times = array.array("Q", [0] * count)
    with net.inside("a"), open(DEVICE, "wb", buffering=0) as device:
        for i, flow in enumerate(sent):
            device.write(frame(flow, i))
        fcntl.ioctl(device, SOURCE_RUN, RUN.pack(socket.if_nametoindex("va"), burst, size, count,
                                                 times.buffer_info()[0]))
    flows.sequence["va"] += size * count // len(sent)
    return [time / size for time in times]
