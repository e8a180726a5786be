#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a forward changes of media: RTP's header and payload, RTCP to match, DSCP and TTL.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

# An SSRC of the caller, and what the callee sees instead; and of the callee.
A1=a1000001 A2=a2000002 B1=b1000001

# rewriting FORWARD: caller and callee, and how the caller's media is forwarded.
rewriting()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 component mux forward "$1" \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 component mux forward 1
}

# a_says HEX..., b_says HEX...: datagrams of these octets.
a_says()
{
	printf '%s\n' "$@" >"$TMP/a.says"
	a_sends -X "$TMP/a.says"
}

b_says()
{
	printf '%s\n' "$@" >"$TMP/b.says"
	b_sends -X "$TMP/b.says"
}

# assert_heard NAME HEX...: what that receiver, which writes $TMP/NAME.hex, got in the end.
assert_heard()
{
	local name=$1
	shift
	ended "$name"
	assert_eq "$(printf '%s\n' "$@")" "$(<"$TMP/$name.hex")" "datagrams at $name"
}

# b_hears COUNT, a_hears COUNT: receivers that write down all of it.
b_hears()
{
	receive b in_b -x "$TMP/b.hex" -n "$1" 10.0.2.2:4000
}

a_hears()
{
	receive a in_a -x "$TMP/a.hex" -n "$1" 10.0.1.2:4000
}

# A packet socket that sees all that comes to a device, and so makes clones.
look_on()
{
	local pid

	pid=$(in_r rtp_tool recv -b -D "$1" 192.0.2.99:9)
	at_exit "kill $pid 2>/dev/null"
}

# Proves: what is asked for changes, modulo its size, and nothing else; extension and CSRCs stay.
headers_are_rewritten()
{
	rewriting 2,pt=0:96,pt=101:100,ssrc=0x$A2,seq=+1000,timestamp=+160000
	b_hears 4
	a_says "8000fff0fffffff0${A1}0102" "80e5000000000000${A1}0a0b0c0d" \
		"9108000100000001${A1}c0c0c0c0abcd000111111111ff" "8061000200000002${A1}"
	assert_heard b "806003d8000270f0${A2}0102" "80e403e800027100${A2}0a0b0c0d" \
		"910803e900027101${A2}c0c0c0c0abcd000111111111ff" "806103ea00027102${A2}"
}

# Proves: of several copies each goes its own way, while somebody looks on, who holds a clone.
copies_do_not_see_each_other()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 \
			forward 2,ssrc=1 forward 3 forward 4,mode=silence,seq=+1 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 \
		endpoint 3 local 10.0.2.1:30002 remote 10.0.2.2:4002 \
		endpoint 4 local 10.0.2.1:30004 remote 10.0.2.2:4004
	look_on ra
	b_hears 1
	receive c in_b -x "$TMP/c.hex" -n 1 10.0.2.2:4002
	receive d in_b -x "$TMP/d.hex" -n 1 10.0.2.2:4004
	a_says "8008000100000001${A1}01020304"
	assert_heard b "800800010000000100000001""01020304"
	assert_heard c "8008000100000001${A1}01020304"
	assert_heard d "8008000200000001${A1}d5d5d5d5"
	assert_session "1 1 1" 1 endpoints.{1,2,3}.tx.packets
}

# Proves: what came as one big packet, whose parts share pages, is rewritten part by part, and the
# copy beside it is not.
aggregates_are_rewritten()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2,ssrc=7,mode=silence,3 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 \
		endpoint 3 local 10.0.2.1:30002 remote 10.0.2.2:4002
	receive b in_b -D b0 -v "$TMP/b.list" -n 64 10.0.2.2:4000
	receive c in_b -n 64 10.0.2.2:4002
	a_sends -n 64 -G 8
	assert_got b packets=64 ssrcs=1 lost=0 duplicate=0 udp_bad=0 ip_bad=0
	assert_eq 00000007 "$(cut -d' ' -f1 "$TMP/b.list" | sort -u)" "SSRC of what was rewritten"
	assert_intact c 64
}

# Proves: checksums are right whatever changed: looked at where they arrive, octets and all.
checksums_follow()
{
	rewriting 2,ssrc=0x$A2,seq=+65535,timestamp=+4294967295,pt=0:127
	receive b in_b -D b0 -n 300 10.0.2.2:4000
	a_builds -n 300 -l 12-311 -q 65400
	assert_got b packets=300 ssrcs=1 lost=0 duplicate=0 udp_bad=0 ip_bad=0
	in_r sipctl session set 1 endpoint 1 forward 2,mode=silence
	receive b in_b -D b0 -n 300 10.0.2.2:4000
	a_builds -n 300 -l 12-311 -q 65400
	assert_got b packets=300 lost=0 udp_bad=0 ip_bad=0
	# None is none after it, too.
	in_r sipctl session set 1 endpoint 1 forward 2,ssrc=7
	receive b in_b -D b0 -n 5 10.0.2.2:4000
	a_builds -n 5 -c none
	assert_got b packets=5 udp_bad=0 udp_none=5
}

# Proves: silence of the four payload types that have one; others don't leave, and RTCP does.
silence_is_silent()
{
	local rtcp="80c90001$A1"

	rewriting 2,mode=silence,pt=8:0
	counters_mark
	b_hears 5
	a_says "8000000100000001${A1}0102" "8088000200000002${A1}0102" "800a000300000003${A1}0102" \
		"8060000400000004${A1}0102" "a08b000500000005${A1}01020304000002" "$rtcp" \
		"8003000700000007${A1}0102"
	assert_heard b "8000000100000001${A1}ffff" "8080000200000002${A1}d5d5" \
		"800a000300000003${A1}0000" "a08b000500000005${A1}00000000000002" "$rtcp"
	assert_session "7 5 2" 1 endpoints.0.rx.packets endpoints.1.tx.{packets,blocked}
	assert_counters forwarded=5 blocked=2
}

# Proves: what is blocked is accounted, keeps the session alive and does not leave; RTCP does.
block_lets_nothing_out_but_rtcp()
{
	rewriting 2,mode=block
	counters_mark
	b_hears 1
	a_sends -n 20
	a_says "80c90001$A1"
	assert_heard b "80c90001$A1"
	assert_session "21 1 20 0" 1 endpoints.0.rx.packets endpoints.1.tx.{packets,blocked,dropped}
	assert_counters forwarded=1 blocked=20
}

# Proves: DSCP and TTL of a forward go before those of the endpoint it leaves from.
dscp_and_ttl_of_a_forward()
{
	rewriting 2,dscp=46,ttl=9
	in_r sipctl session set 1 endpoint 2 dscp 10 ttl 33
	receive b in_b -n 2 10.0.2.2:4000
	a_sends -n 2
	assert_intact b 2 tos=184 ttl=9
	in_r sipctl session set 1 endpoint 1 forward 2
	receive b in_b -n 2 10.0.2.2:4000
	a_sends -n 2
	assert_intact b 2 tos=40 ttl=33
}

NTP=0102030405060708

# Proves: a sender report leaves with the SSRC and the time base of the RTP that leaves; what comes
# back is about what was sent (RFC 3550 s.6.4).
rtcp_matches_both_ways()
{
	local block=00000000

	rewriting 2,ssrc=0x$A2,seq=+1000,timestamp=+256
	b_hears 2
	a_says "8000ff0000000001${A1}01" \
		"80c80006${A1}${NTP}000000ff0000000200000003""81ca0003${A1}01026162""00000000"
	assert_heard b "800002e800000101${A2}01" \
		"80c80006${A2}${NTP}000001ff0000000200000003""81ca0003${A2}01026162""00000000"
	# The callee counts cycles from 0x02e8, which was 0xff00 here: 0x00000300 there is 0xff18.
	a_hears 3
	b_says "81c90007${B1}${A2}10000001""00000300${block}0000000000000000" \
		"81c90007${B1}${A2}10000001""00010000${block}0000000000000000""81cd0003${B1}${A2}03000001" \
		"81ce0002${B1}${A2}"
	assert_heard a "81c90007${B1}${A1}10000001""0000ff18${block}0000000000000000" \
		"81c90007${B1}${A1}10000001""0001fc18${block}0000000000000000""81cd0003${B1}${A1}ff180001" \
		"81ce0002${B1}${A1}"
}

# Proves: the same with RTCP on ports of its own, which is rewritten by their own forwards.
rtcp_of_its_own_port()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 component rtcp forward 2,ssrc=0x$A2 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 component rtcp forward 1
	b_hears 1
	a_says "80c90001$A1"
	assert_heard b "80c90001$A2"
	a_hears 1
	b_says "81c90007${B1}${A2}1000000100000300000000000000000000000000"
	assert_heard a "81c90007${B1}${A1}1000000100000300000000000000000000000000"
}

# Proves: what is not whole, SRTCP for one, is neither changed nor a danger.
rtcp_that_cannot_be_read_stays()
{
	local srtcp="80c80001${A1}00112233445566778899aabbccddeeff01"

	rewriting 2,ssrc=0x$A2,seq=+1,timestamp=+1
	counters_mark
	b_hears 4
	a_says "$srtcp" "80c90001${A1}8fca" "80c80000" "80ca" "8000000100000001${A1}" "9fcb0001${A1}"
	assert_heard b "$srtcp" "80c90001${A1}8fca" "8000000200000002${A2}" "9fcb0001${A2}"
	assert_counters forwarded=4 drop-malformed=2
}

media_up
run headers_are_rewritten copies_do_not_see_each_other aggregates_are_rewritten \
	checksums_follow silence_is_silent block_lets_nothing_out_but_rtcp \
	dscp_and_ttl_of_a_forward rtcp_matches_both_ways rtcp_of_its_own_port \
	rtcp_that_cannot_be_read_stays
