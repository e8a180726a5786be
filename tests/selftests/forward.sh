#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is forwarded arrives: every datagram, every bit of it, from where it should seem to come.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

N=200 # datagrams

# Proves: counts at the receivers, of the kernel and of each endpoint are what was sent, payload and
# header arrive bit for bit, and each side only ever sees the border's address.
rtp_goes_both_ways()
{
	session_ab 1
	counters_mark
	receive a in_a -n $N 10.0.1.2:4000
	receive b in_b -n $((2 * N)) 10.0.2.2:4000
	a_sends -n $((2 * N)) -s 1
	b_sends -n $N -s 2 -l 60
	assert_intact a $N rtp=$N octets=$((60 * N)) sources=10.0.1.1:30000 ssrcs=1
	assert_intact b $((2 * N)) rtp=$((2 * N)) octets=$((172 * 2 * N)) sources=10.0.2.1:30000
	assert_counters forwarded=$((3 * N))
	assert_session "$((2 * N)) $N $N $((2 * N))" 1 "${RX_TX[@]}"
	assert_session "$((172 * 2 * N)) $((60 * N))" 1 endpoints.0.{rx,tx}.octets
	assert_session "1 0 0 0 0 0 0" 1 \
		endpoints.0.rx.{ssrc,payload_type,lost,bad_source,malformed,duplicate} \
		endpoints.0.tx.dropped
}

# Proves: what leaves has the DSCP and TTL of the endpoint, and keeps the ECN bits it came with.
dscp_and_ttl_are_the_endpoints()
{
	session_ab 1 dscp 46 ttl 32
	receive b in_b -n $N 10.0.2.2:4000
	receive a in_a -n 1 10.0.1.2:4000
	a_sends -n $N -O 0x63
	b_sends -O 0xb8
	assert_intact b $N ttl=32 tos=$((46 << 2 | 3))
	assert_intact a 1 tos=0
}

# Proves: each component takes what belongs to it, and RTCP does not disturb the numbers of RTP.
rtcp_has_its_own_endpoints()
{
	session_ab 1 \
		endpoint 3 local 10.0.1.1:30001 remote 10.0.1.2:4001 component rtcp forward 4 \
		endpoint 4 local 10.0.2.1:30001 remote 10.0.2.2:4001 component rtcp forward 3
	counters_mark
	receive b in_b -n 5 10.0.2.2:4000
	receive b-rtcp in_b -n 10 10.0.2.2:4001
	receive a-rtcp in_a -n 7 10.0.1.2:4001
	in_a rtp_tool send -k rtcp -n 10 10.0.1.2:4001 10.0.1.1:30001
	in_b rtp_tool send -k rtcp -n 7 10.0.2.2:4001 10.0.2.1:30001
	# RTP where RTCP is expected is no RTCP.
	in_a rtp_tool send -n 3 10.0.1.2:4001 10.0.1.1:30001
	# RTCP where RTP is expected is told apart.
	a_sends -n 4
	a_sends -k rtcp
	assert_intact b-rtcp 10 rtcp=10 sources=10.0.2.1:30001
	assert_intact a-rtcp 7 rtcp=7 sources=10.0.1.1:30001
	assert_intact b 5 rtp=4 rtcp=1
	assert_counters forwarded=22 drop-malformed=3
	assert_session "5 10 0" 1 endpoints.{0,2}.rx.packets endpoints.0.rx.lost
	assert_session 3 1 endpoints.2.rx.malformed
}

# Proves: a muxed endpoint (RFC 5761) carries both.
# Shows: 5761/4a
rtp_and_rtcp_share_a_port()
{
	session_ab 1 component mux
	in_r sipctl session set 1 endpoint 1 component mux
	counters_mark
	receive b in_b -n 60 10.0.2.2:4000
	a_sends -n 50
	a_sends -n 10 -k rtcp -l 80
	assert_intact b 60 rtp=50 rtcp=10
	assert_counters forwarded=60
	assert_session "60 0" 1 endpoints.0.rx.{packets,lost}
}

# forwards_to COUNT: endpoint 1 sends to so many remotes, 10.0.2.2:4001 and up.
forwards_to()
{
	local count=$1 words=() to=2 i
	# All copies fit into a device's backlog of 1000, however late they are taken out.
	local n=100

	for ((i = 1; i <= count; i++)); do
		words+=(endpoint $((i + 1)) local 10.0.2.1:$((30000 + i)) remote 10.0.2.2:$((4000 + i)))
		receive "b$i" in_b -n $n 10.0.2.2:$((4000 + i))
	done
	for ((i = 3; i <= count + 1; i++)); do
		to+=,$i
	done
	session_add 1 endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward $to "${words[@]}"
	counters_mark
	# What a tap holds is shared: it must not be changed by any of the copies.
	receive tap in_r -n $n -D ra 10.0.1.1:30000
	a_sends -n $n -l 160-200
	for ((i = 1; i <= count; i++)); do
		assert_intact "b$i" $n sources=10.0.2.1:$((30000 + i))
	done
	assert_intact tap $n sources=10.0.1.2:4000 ip_bad=0
	assert_counters forwarded=$((count * n))
	assert_session "$n $(yes 0 | head -n "$((count + 1))" | xargs) $(yes $n | head -n "$count" | xargs)" \
		1 "${RX_TX[@]}"
}

# Proves: a copy for each, and the copies are independent.
two_forwards_make_two_copies()
{
	forwards_to 2
}

eight_forwards_make_eight_copies()
{
	forwards_to 8
}

# Proves: an endpoint without forwards takes what it gets, and nothing leaves.
no_forward_consumes()
{
	session_add 1 endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000
	counters_mark
	a_sends -n 20
	assert_counters consumed=20
	assert_session "20 0" 1 "${RX_TX[@]}"
}

# Proves: as long as the other side is not known, its part is dropped and counted.
no_remote_no_way_out()
{
	session_add 1 endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2 \
		endpoint 2 local 10.0.2.1:30000
	counters_mark
	a_sends -n 20
	assert_counters drop-no-remote=20
	assert_session "20 0 20" 1 endpoints.0.rx.packets endpoints.1.tx.{packets,dropped}
}

# Proves: the border itself may be a remote, by its own address and by a loopback one.
the_remote_is_the_border_itself()
{
	local remote

	for remote in 10.0.2.1:5000 127.0.0.1:5000; do
		session_add 1 endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2 \
			endpoint 2 local 10.0.2.1:30000 remote $remote
		counters_mark
		receive r in_r -n $N $remote
		a_sends -n $N -l 100-200
		assert_intact r $N sources=10.0.2.1:30000
		assert_counters forwarded=$N
		in_r sipctl session del 1
	done
}

# Proves: a session may send to a media port of another one on the same host, in both directions.
two_sessions_are_chained()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2 \
		endpoint 2 local 10.0.1.1:30002 remote 10.0.2.1:30002 forward 1
	session_add 2 \
		endpoint 1 local 10.0.2.1:30002 remote 10.0.1.1:30002 forward 2 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 forward 1
	counters_mark
	receive a in_a -n $N 10.0.1.2:4000
	receive b in_b -n $N 10.0.2.2:4000
	a_sends -n $N
	b_sends -n $N
	assert_intact a $N sources=10.0.1.1:30000
	assert_intact b $N sources=10.0.2.1:30000
	assert_counters forwarded=$((4 * N))
	assert_session "$N $N $N $N" 1 "${RX_TX[@]}"
	assert_session "$N $N $N $N" 2 "${RX_TX[@]}"
}

# Proves: endpoints that send to each other in a ring do not keep a packet for ever; its TTL falls.
a_ring_ends()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 source accept forward 2 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.1.1:30000 ttl 255
	counters_mark
	a_sends -n 10 -T 64
	assert_counters forwarded=630 drop-ttl=10
}

# Proves: every length from the shortest RTP packet to the longest of a link arrives unchanged.
all_sizes()
{
	session_ab 1
	receive b in_b -n 1461 10.0.2.2:4000
	a_sends -n 1461 -l 12-1472
	assert_intact b 1461 length=12-1472
}

# reassembled: how many packets b has put together.
reassembled()
{
	in_b awk '$1 == "Ip:" && !name { for (i = 2; i <= NF; i++) if ($i == "ReasmOKs") name = i; next }
		$1 == "Ip:" { print $name }' /proc/net/snmp
}

# Proves: what does not fit the link is sent in fragments, what just fits is not.
too_big_for_the_way_out()
{
	local before

	session_ab 1
	ip -n "$R" link set rb mtu 1000
	at_exit "ip -n $R link set rb mtu 1500"
	counters_mark
	before=$(reassembled)
	receive b in_b -n 50 10.0.2.2:4000
	a_sends -n 20 -l 972
	a_sends -n 30 -l 973-1472 -q 20
	assert_intact b 50
	assert_eq 30 $(($(reassembled) - before)) "packets in fragments"
	assert_counters forwarded=50
	assert_session "50 0" 1 endpoints.1.tx.{packets,dropped}
}

# As session_ab, but the sum of the ports is another one behind the border, as that of the addresses
# is: a checksum that takes no notice of either is wrong.
session_uneven()
{
	session_ab 1
	in_r sipctl session set 1 endpoint 2 remote 10.0.2.2:4321
}

# Proves: checksums are right whoever has to compute them: the sender, the border's own device for a
# sender that left it out, or no one at all (RFC 768).
checksums_are_right()
{
	local a rb udp

	session_uneven
	at_exit "in_a ethtool -K a0 tx on >/dev/null; in_r ethtool -K rb tx on >/dev/null"
	for a in off on; do
		for rb in off on; do
			in_a ethtool -K a0 tx $a >/dev/null
			in_r ethtool -K rb tx $rb >/dev/null
			udp=udp_good
			[ $a$rb != onon ] || udp=udp_partial
			receive b in_b -n $N -D b0 10.0.2.2:4321
			a_sends -n $N -l 12-300
			assert_intact b $N ip_bad=0 udp_bad=0 udp_none=0 $udp=$N
		done
	done
	receive b in_b -n $N -D b0 10.0.2.2:4321
	a_builds -n $N -l 12-300 -c none
	assert_intact b $N ip_bad=0 udp_bad=0 udp_none=$N
}

# Proves: damage done before the border can still be seen behind it.
a_wrong_checksum_stays_wrong()
{
	session_uneven
	receive b in_b -n $N -D b0 10.0.2.2:4321
	a_builds -n $N -l 12-300 -c bad
	assert_intact b $N ip_bad=0 udp_bad=$N
}

# Proves: IP options and octets behind the datagram do not get through; what they surround does.
options_and_padding_are_removed()
{
	session_uneven
	counters_mark
	receive b in_b -n 60 -D b0 10.0.2.2:4321
	a_builds -n 20 -o 4
	a_builds -n 20 -o 40 -q 20
	a_builds -n 20 -P 18 -q 40
	assert_intact b 60 ip_bad=0 ip_options=0 trailing=0 udp_good=60 length=172
	assert_counters forwarded=60
}

# Proves: lengths that contradict each other are dropped and counted; a UDP length below what IP
# brings is the one that counts.
lengths_must_fit()
{
	session_ab 1
	counters_mark
	receive b in_b -n 20 -D b0 10.0.2.2:4000
	a_builds -n 20 -c none -U 108
	a_builds -n 5 -U 0
	a_builds -n 5 -U 7
	a_builds -n 5 -U 181
	# Shorter than a UDP header, and than IP says: the stack itself drops these.
	a_builds -n 5 -I 24
	a_builds -n 5 -C 100
	assert_got b packets=20 length=100 ip_bad=0 trailing=0
	assert_counters forwarded=20 drop-udp-length=15
	assert_session "20 2000" 1 endpoints.0.rx.{packets,octets}
}

# Proves: a UDP length that takes in what is behind the IP packet is refused, in the middle of a
# stream, too.
padding_is_no_payload()
{
	session_ab 1
	counters_mark
	receive b in_b -n 60 -D b0 10.0.2.2:4000
	a_builds -n 20
	a_builds -n 5 -q 20 -P 18 -U 198
	a_builds -n 20 -q 20 -P 18
	a_builds -n 20 -q 40
	assert_intact b 60 ip_bad=0 trailing=0 udp_good=60 length=172
	assert_counters forwarded=60 drop-udp-length=5
}

# Proves: fragments are put together, in whatever number, and leave whole.
fragments_are_put_together()
{
	session_uneven
	counters_mark
	receive b in_b -n 30 -D b0 10.0.2.2:4321
	a_builds -n 10 -l 1000 -F 400
	a_builds -n 10 -l 1000 -F 504 -q 10
	a_builds -n 10 -l 100 -F 8 -q 20
	assert_intact b 30 ip_bad=0 fragments=0 udp_good=30
	assert_counters forwarded=30
	assert_session "30 0" 1 endpoints.0.rx.{packets,lost}
}

# Proves: what a sender handed to the kernel as one (UDP_SEGMENT) is treated packet by packet.
segments_are_taken_apart()
{
	session_ab 1
	counters_mark
	receive b in_b -n 400 10.0.2.2:4000
	a_sends -n 400 -G 40
	assert_intact b 400 length=172
	assert_counters forwarded=400
	assert_session "400 0" 1 endpoints.0.rx.{packets,lost}
}

# Proves: another program's view: tcpdump sees each forwarded packet, tshark finds nothing wrong.
tshark_finds_nothing_wrong()
{
	local bad

	session_uneven
	in_a ethtool -K a0 tx off >/dev/null
	at_exit "in_a ethtool -K a0 tx on >/dev/null"
	ip netns exec "$B" tcpdump -i b0 -U -s 2000 -B 8192 -w "$TMP/b.pcap" udp port 4321 2>"$TMP/tcpdump.log" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q 'listening on' "$TMP/tcpdump.log"
	receive b in_b -n 150 10.0.2.2:4321
	a_sends -n 50 -l 172-221
	a_builds -n 50 -q 50 -o 8
	a_builds -n 50 -q 100 -P 8
	assert_intact b 150
	captured() { [ "$(tcpdump -n -r "$TMP/b.pcap" 2>/dev/null | wc -l)" = 150 ]; }
	wait_for captured
	bad=$(tshark -r "$TMP/b.pcap" -d udp.port==4321,rtp -o udp.check_checksum:TRUE \
		-o ip.check_checksum:TRUE -T fields -e ip.src -e udp.srcport -e rtp.version \
		-e ip.checksum.status -e udp.checksum.status -e _ws.expert.severity \
		-E separator=, 2>/dev/null | sort | uniq -c | xargs)
	# 1: the checksum is good.
	assert_eq "150 10.0.2.1,30000,2,1,1," "$bad" "what tshark saw"
}

need ethtool tcpdump tshark
media_up
run rtp_goes_both_ways \
	dscp_and_ttl_are_the_endpoints \
	rtcp_has_its_own_endpoints \
	rtp_and_rtcp_share_a_port \
	two_forwards_make_two_copies \
	eight_forwards_make_eight_copies \
	no_forward_consumes \
	no_remote_no_way_out \
	the_remote_is_the_border_itself \
	two_sessions_are_chained \
	a_ring_ends \
	all_sizes \
	too_big_for_the_way_out \
	checksums_are_right \
	a_wrong_checksum_stays_wrong \
	options_and_padding_are_removed \
	lengths_must_fit \
	padding_is_no_payload \
	fragments_are_put_together \
	segments_are_taken_apart \
	tshark_finds_nothing_wrong
