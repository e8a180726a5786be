#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Quality of media: what RTCP of the remote reports, and our own figures beside tshark's.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

NTP=0102030405060708 # of a sender report, of which a receiver returns the middle
LSR=03040506
A1=a1000001 B1=b1000001

session_mux()
{
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 component mux forward 2 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 component mux forward 1
}

# says a|b HEX...: datagrams of these octets.
says()
{
	local who=$1
	shift
	printf '%s\n' "$@" >"$TMP/says"
	"${who}_sends" -X "$TMP/says"
}

# report_block FRACTION LOST JITTER LSR DLSR: of the caller's stream, in hexadecimal digits.
report_block()
{
	echo "81c90007${B1}${A1}${1}${2}00000001${3}${4}${5}"
}

# Proves: what the remote reports of what it is sent is there as it said it, the last word counts;
# before it there is nothing.
reports_are_read()
{
	local two

	session_mux
	assert_session "null null null null" 1 \
		endpoints.1.rx.{report_lost,report_fraction,report_jitter_us,rtt_us}
	says b "$(report_block 40 000003 000000a0 00000000 00000000)"
	assert_session "3 0.25 20000 null" 1 \
		endpoints.1.rx.{report_lost,report_fraction,report_jitter_us,rtt_us}
	says b "$(report_block 00 ffffff 00000008 00000000 00000000)"
	assert_session "-1 0.0 1000" 1 \
		endpoints.1.rx.{report_lost,report_fraction,report_jitter_us}
	# Of a stream of another clock, and of one that nobody sends beside it.
	in_r sipctl session set 1 endpoint 2 clock 48000
	two="82c9000d${B1}0badf00d0100000900000001000000010000000000000000"
	two+="${A1}80000005000000010000bb800000000000000000"
	says b "$two"
	assert_session "9" 1 endpoints.1.rx.report_lost
	says a "80c80006${A1}${NTP}000000ff0000000200000003"
	says b "$two"
	assert_session "5 0.5 1000000" 1 \
		endpoints.1.rx.{report_lost,report_fraction,report_jitter_us}
}

# Proves: what is encrypted, or cut short, tells nothing.
what_is_no_report_is_not_read()
{
	session_mux
	says b "$(report_block 40 000003 000000a0 00000000 00000000)8000000100112233445566778899" \
		"81c90006${B1}${A1}4000000300000001000000a00000000000000000" "80c90001${B1}"
	assert_session "3 null" 1 endpoints.1.rx.{packets,report_lost}
}

# Proves: the round trip is the time from a sender report's leaving to the report on it, less what
# the remote says that it waited (RFC 3550 s.6.4.1); by a sender report that is not the last, too.
round_trip_is_measured()
{
	local rtt first

	session_mux
	says a "80c80006${A1}${NTP}000000ff0000000200000003"
	sleep 0.5
	# It waited for 1/4 s.
	says b "$(report_block 00 000000 00000000 $LSR 00004000)"
	first=$(rtt)
	[ "$first" -ge 250000 ] && [ "$first" -le 20000000 ] || fail "round trip: $first us"
	# None: that of nothing known; one before it was sent.
	says b "$(report_block 00 000000 00000000 00000001 00000000)" \
		"$(report_block 00 000000 00000000 $LSR 7fffffff)"
	assert_session "3 $first" 1 endpoints.1.rx.{packets,rtt_us}
	says a "80c80006${A1}0000000900000000000000ff0000000200000003"
	says b "$(report_block 00 000000 00000000 $LSR 00008000)"
	rtt=$(rtt)
	[ "$rtt" != "$first" ] || fail "not measured again"
	[ "$rtt" -le 40000000 ] || fail "round trip: $rtt us"
}

rtt()
{
	wait_for rtt_is_known
	session 1 endpoints.1.rx.rtt_us
}

rtt_is_known()
{
	[ "$(session 1 endpoints.1.rx.rtt_us)" != null ]
}

# assert_as_tshark SSRC PACKETS LOST FIGURES: of that stream tshark says so, in $TMP/streams, and so do
# our figures, with a jitter between the least and the greatest that tshark has seen.
assert_as_tshark()
{
	local line ours seen lost min max

	line=$(grep "0x$1" "$TMP/streams")
	# Start, end, two addresses and ports, SSRC, codec, packets, lost (%), three deltas, jitter.
	read -r _ _ _ _ _ _ _ _ seen lost _ _ _ _ min _ max _ <<<"$line"
	assert_eq "$2 $3" "$seen $lost" "packets and lost in: $line"
	ours=$4
	assert_eq "$((0x$1)) $3" "${ours% *}" "SSRC and lost"
	awk -v ours="${ours##* }" -v min="$min" -v max="$max" \
		'BEGIN { exit !(ours >= min * 1000 - 500 && ours <= max * 1000 + 500) }' ||
		fail "jitter ${ours##* } us, tshark's is from $min to $max ms"
}

# Proves: packets, SSRC, lost and jitter as tshark has them, of a stream with losses, duplicates,
# changes of order and a wrap, and of the one that follows it with another SSRC.
figures_are_those_of_tshark()
{
	local first second figures=(endpoints.0.rx.{ssrc,lost,jitter_us})

	ip netns exec "$R" tcpdump -i ra -U -s 300 -B 8192 -w "$TMP/a.pcap" udp port 30000 \
		2>"$TMP/tcpdump.log" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q 'listening on' "$TMP/tcpdump.log"
	session_mux
	a_sends -r 50 -j 12000 -p 8 -s 0x1234abcd -q 65500 \
		-i 0-49,52,51,53-80,80,85-99,98,97,100-139
	assert_session "138 3 1 8" 1 endpoints.0.rx.{packets,duplicate,reordered,payload_type}
	first=$(session 1 "${figures[@]}")
	a_sends -r 50 -j 5000 -p 8 -s 0x00005678 -q 100 -i 0-19,25-49
	assert_session "183 1" 1 endpoints.0.rx.{packets,ssrc_changes}
	second=$(session 1 "${figures[@]}")
	captured() { [ "$(tcpdump -n -r "$TMP/a.pcap" 2>/dev/null | wc -l)" = 183 ]; }
	wait_for captured
	tshark -r "$TMP/a.pcap" -d udp.port==30000,rtp -q -z rtp,streams >"$TMP/streams" 2>/dev/null
	assert_as_tshark 1234ABCD 138 2 "$first"
	assert_as_tshark 00005678 45 5 "$second"
}

need tcpdump tshark
media_up
run reports_are_read what_is_no_report_is_not_read round_trip_is_measured \
	figures_are_those_of_tshark
