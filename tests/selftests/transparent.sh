#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Transparent endpoints carry any UDP payload, and read nothing from it: T.38, and what looks like
# RTP, RTCP, STUN or DTLS.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_families.sh"
. "$(dirname "$0")/lib_learning.sh"

# payloads MOST: lines of hexadecimal digits, of 1 octet to MOST of them.
payloads()
{
	python3 - "$1" <<-'PY'
		import sys

		most = int(sys.argv[1])
		def put(head, length):
		    body = bytes((i * 7 + length) & 0xff for i in range(length))
		    print((bytes(head) + body[len(head):])[:length].hex())

		# Every first octet: what demultiplexing (RFC 7983) would go by.
		for first in range(256):
		    put([first], 1)
		    put([first, 0xc8], 2 + first % 60)
		# CSRCs, extensions and lengths of RTCP that do not fit; RTCP that does, compound.
		for head in ([0x8f, 0], [0x90, 0], [0x9f, 0x80], [0x80, 0xc8, 0xff, 0xff],
		             [0x81, 0xc9, 0, 7], [0x80, 0xc8, 0, 6], [0x80, 0xcb, 0, 0], [0x81, 0xca, 0, 2]):
		    for length in (*range(1, 40), 71, 72, 73, most):
		        put(head, length)
		# STUN with its cookie; a handshake of DTLS; RTP; telephone events.
		for head in ([0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42], [1, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42],
		             [22, 0xfe, 0xfd, 0, 0, 0, 0, 0], [0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4],
		             [0x80, 101, 0, 2, 0, 0, 0, 160, 1, 2, 3, 4, 5, 0x8a, 1, 0x40]):
		    for length in (20, 28, 172, most):
		        put(head, length)
		# UDPTL, its sequence number everywhere that it could be taken for something.
		for seq in (0, 1, 1023, 1024, 5120, 16383, 32767, 32768, 32968, 33000, 40959, 49151, 65535):
		    put([seq >> 8, seq & 255, 3, 0, 6, 0x80, 0, 0], 48)
		for length in (most - 1, most):
		    put([0xff], length)
	PY
}

# session_fax NEAR FAR: session 1, of endpoints that are transparent.
session_fax()
{
	call "$1" "$2"
	in_r sipctl session set 1 endpoint 1 component transparent endpoint 2 component transparent
}

# The most that goes from any family to any other one in one piece.
MOST=1452

# pass_all NEAR FAR: all of it, in both directions at once.
pass_all()
{
	local n octets

	n=$(wc -l <"$TMP/payloads")
	octets=$(($(tr -d '\n' <"$TMP/payloads" | wc -c) / 2))
	in_r sipctl session set 1 endpoint 1 component transparent endpoint 2 component transparent
	counters_mark
	receive a in_a -x "$TMP/a.hex" -n "$n" "$(host "$1" ${CALLER[$1]}):4000"
	receive b in_b -x "$TMP/b.hex" -n "$n" "$(host "$2" ${CALLEE[$2]}):4000"
	in_a rtp_tool send -r 2000 -X "$TMP/payloads" "$(host "$1" ${CALLER[$1]}):4000" \
		"$(host "$1" ${NEAR[$1]}):30000" &
	in_b rtp_tool send -r 2000 -X "$TMP/payloads" "$(host "$2" ${CALLEE[$2]}):4000" \
		"$(host "$2" ${FAR[$2]}):30000"
	assert_ends $! "the caller's sender"
	assert_got a packets="$n" sources="$(host "$1" ${NEAR[$1]}):30000"
	assert_got b packets="$n" sources="$(host "$2" ${FAR[$2]}):30000" tos=$((46 << 2))
	cmp "$TMP/payloads" "$TMP/a.hex"
	cmp "$TMP/payloads" "$TMP/b.hex"
	assert_counters forwarded=$((2 * n))
	assert_session "$n $n $n $n" 1 "${RX_TX[@]}"
	assert_session "$octets $octets 0 null null null null null null" 1 \
		endpoints.{0,1}.rx.octets endpoints.0.rx.{malformed,lost,jitter_us,ssrc,duplicate} \
		endpoints.0.rx.{ssrc_changes,report_lost}
}

# Proves: whatever it looks like, every octet of it arrives, in both directions, and is counted as
# packets and octets; nothing goes up, is malformed, or taken for loss.
any_payload_passes()
{
	payloads $MOST >"$TMP/payloads"
	in_all pass_all
}

# Proves: the same when packets are taken from the stack at PRE_ROUTING only.
any_payload_passes_at_prerouting()
{
	at_exit "in_r sipctl kernel config set hooks auto"
	in_r sipctl kernel config set hooks prerouting
	payloads $MOST >"$TMP/payloads"
	in_all pass_all
}

# Proves: a datagram of the whole MTU passes, what is more comes and leaves in fragments, an empty one
# is one as well.
from_nothing_to_more_than_the_mtu()
{
	session_fax 4 4
	counters_mark
	receive b in_b -n 4 10.0.2.2:4000
	a_sends -l 0
	a_sends -l 1472
	a_sends -l 1473
	a_sends -l 9000
	assert_got b packets=4 octets=$((1472 + 1473 + 9000)) length=0-9000 corrupt=0
	assert_counters forwarded=4
	assert_session "4 0" 1 endpoints.0.rx.{packets,malformed}
}

# Proves: a socket on the port gets no STUN and no DTLS from a transparent endpoint; it goes on.
nothing_goes_up()
{
	session_fax 4 4
	receive r in_r -n 0 10.0.1.1:30000
	receive b in_b -n 9 10.0.2.2:4000
	counters_mark
	a_sends -k stun -l 20 -n 4
	a_sends -k dtls -n 5
	assert_got b packets=9 stun=4 dtls=5 corrupt=0
	stop r
	assert_got r packets=0
	assert_counters forwarded=9
}

# Proves: it has one port; what comes to the one above is for nobody, and silently dropped.
the_next_port_is_nobodys()
{
	session_fax 4 4
	counters_mark
	icmp_mark
	in_a rtp_tool send -k rtcp -n 3 10.0.1.2:4001 10.0.1.1:30001
	assert_counters drop-no-endpoint=3
	assert_icmp_sent 0
}

# session_latching WORDS...: endpoint 1 learns, and the words belong to it.
session_latching()
{
	session_learning component transparent learn once "$@"
}

# Proves: the first packet's source becomes the remote, whatever it says, if it is where the call's
# media is expected from; who comes later cannot take over.
latching_is_that_of_rtp()
{
	session_latching from "$(prefix_at_a 0/30)"
	monitor
	counters_mark
	from 4:5000 -n 50 -S 24
	from abroad:4000 -n 5
	assert_session "null false 55" 1 $LEARNER.{remote,learned} $LEARNER.rx.bad_source
	from 2:7777 -x 000103 -l 40 -n 3
	assert_remote 2:7777 3 55
	from 3:7777 -x 000203 -l 40 -n 7
	from 2:7778 -n 7
	assert_remote 2:7777 3 69
	assert_learned 2:7777
	assert_counters forwarded=3 drop-bad-source=69 learned=1
	receive a in_a -n 2 "$(at_a 2:7777)"
	callee_sends -n 2
	assert_got a packets=2
}

# Proves: in a window nobody takes over by numbers that would do as RTP: they are not read. The
# remote that was given may.
a_window_lets_only_the_given_remote_back()
{
	session_learning component transparent learn window for 1m remote "$(at_a 2:4000)"
	from 2:7000 -s 1 -n 10
	assert_remote 2:7000 10 0
	sleep 0.2
	from 2:8000 -s 1 -n 10 -q 10
	assert_remote 2:7000 10 10
	from 2:4000 -n 1
	assert_remote 2:4000 11 10
}

# Proves: what is not from the remote is dropped, and one that accepts takes it.
strict_and_accept_are_those_of_rtp()
{
	session_fax "$family" "$family"
	counters_mark
	receive b in_b -n 9 "$(at_b 2:4000)"
	from 2:4002 -l 1 -n 5
	from abroad:9 -n 6
	caller_sends -l 1 -n 2
	in_r sipctl session set 1 endpoint 1 source accept
	from abroad:9 -n 7
	assert_got b packets=9
	assert_counters forwarded=9 drop-bad-source=11
}

timeouts_told()
{
	json event session.id session.endpoints.0.rx.packets <"$TMP/events" | sed -n 's/^timeout //p'
}

# Proves: silence of a transparent session ends it, and its packets do not let it be silent.
silence_ends_it()
{
	session_fax 4 4
	in_r sipctl session set 1 timeout 3s
	monitor
	for _ in 1 2 3 4 5 6 7 8; do
		a_sends -l 1
		sleep 0.5
	done
	assert_session 8 1 endpoints.0.rx.packets
	wait_for session_gone 1
	assert_becomes "1 8" timeout timeouts_told
}

# Proves: inactive and resumed are told of it.
silence_is_told()
{
	session_fax 4 4
	monitor
	in_r sipctl session set 1 endpoint 1 inactive 200ms
	wait_for grep -q inactive "$TMP/events"
	a_sends -l 1
	wait_for grep -q resumed "$TMP/events"
}

# Proves: a forward may block it, and that is all; nothing else is taken.
a_forward_may_block()
{
	session_fax 4 4
	in_r sipctl session set 1 endpoint 1 forward 2,mode=block
	counters_mark
	a_sends -n 3
	a_sends -k rtcp -n 4
	a_sends -l 1 -n 5
	assert_counters blocked=12
	assert_fails in_r sipctl session set 1 endpoint 1 forward 2,ssrc=1
	assert_match "A transparent endpoint's forwards change nothing, session 1, endpoint 1" "$output"
	assert_fails in_r sipctl session set 1 endpoint 1 forward 2,mode=silence
	assert_session "transparent block" 1 endpoints.0.component endpoints.0.rewrites.0.mode
}

# Proves: each of its forwards sends a copy, to RTP endpoints as well.
copies_are_made()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 component transparent forward 2,3 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 \
		endpoint 3 local 10.0.2.1:30002 remote 10.0.2.2:4002
	counters_mark
	receive b in_b -n 20 10.0.2.2:4000
	receive c in_b -n 20 10.0.2.2:4002
	a_sends -k stun -l 40-60 -n 20
	assert_got b packets=20 corrupt=0
	assert_got c packets=20 corrupt=0
	assert_counters forwarded=40
}

# Proves: a stream that becomes transparent, and RTP again, is that at once; what RTP had counted is
# there again.
it_comes_and_goes()
{
	session_ab 1
	a_sends -n 10 -s 1
	assert_session "10 1" 1 endpoints.0.rx.packets endpoints.0.rx.ssrc
	a_sends -l 1
	assert_session "10 1" 1 endpoints.0.rx.{packets,malformed}
	in_r sipctl session set 1 endpoint 1 component transparent
	a_sends -l 1
	a_sends -k rtcp
	a_sends -n 10 -q 500 -s 1
	assert_session "22 1 null null" 1 endpoints.0.rx.{packets,malformed,ssrc,lost}
	in_r sipctl session set 1 endpoint 1 component rtp
	a_sends -n 10 -q 10 -s 1
	a_sends -l 1
	assert_session "32 2 1 0" 1 endpoints.0.rx.{packets,malformed,ssrc,lost}
}

# Proves: no datagram is lost or dropped while the sides of a call change between RTP and T.38 on
# other ports, each in one request.
changes_are_atomic()
{
	local i sent

	session_ab 1
	counters_mark
	receive b in_b -n 0 10.0.2.2:4000
	flow a "$A" -r 300 10.0.1.2:4000 10.0.1.1:30000
	for ((i = 0; i < 20; i++)); do
		in_r sipctl session set 1 endpoint 2 delete \
			endpoint 3 local 10.0.2.1:30002 remote 10.0.2.2:4000 \
				component transparent forward 1 \
			endpoint 1 component transparent forward 3
		in_r sipctl session set 1 endpoint 3 delete \
			endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 forward 1 \
			endpoint 1 component rtp forward 2
	done
	sent=$(flow_stop a)
	assert_counters forwarded="$sent"
	stop b
	assert_got b packets="$sent" corrupt=0 lost=0 duplicate=0
}

need python3
families_up
in_each_family latching_is_that_of_rtp \
	a_window_lets_only_the_given_remote_back \
	strict_and_accept_are_those_of_rtp
run any_payload_passes \
	any_payload_passes_at_prerouting \
	from_nothing_to_more_than_the_mtu \
	nothing_goes_up \
	the_next_port_is_nobodys \
	silence_ends_it \
	silence_is_told \
	a_forward_may_block \
	copies_are_made \
	it_comes_and_goes \
	changes_are_atomic \
	"${tests[@]}"
