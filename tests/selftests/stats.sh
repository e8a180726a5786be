#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The statistics of an endpoint are those of RFC 3550.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

# What an endpoint says of a stream.
STREAM=(endpoints.0.rx.{packets,lost,duplicate,reordered})

# assert_stream "PACKETS LOST DUPLICATE REORDERED" SEND-OPTIONS...: of a new session. What is
# wrong with a stream is forwarded as it came.
assert_stream()
{
	local expected=$1
	shift
	session_ab 1
	receive b in_b -n "${expected%% *}" 10.0.2.2:4000
	a_sends "$@"
	assert_got b "packets=${expected%% *}" corrupt=0
	assert_session "$expected" 1 "${STREAM[@]}"
	in_r sipctl session del 1
}

# Proves: a stream in order has lost nothing, whatever number it starts with.
nothing_is_wrong()
{
	assert_stream "200 0 0 0" -n 200 -q 0
	assert_stream "200 0 0 0" -n 200 -q 65535
}

# Proves: what is left out is lost, single packets and runs alike, but not what came before the first.
loss()
{
	assert_stream "185 15 0 0" -i 10-19,21-99,105-157,167-209
	# A gap of 2999 is still one stream; RFC 3550 A.1 has 3000 as the limit.
	assert_stream "20 2998 0 0" -i 0-9,3008-3017
}

# Proves: what comes twice is counted as a duplicate, and as received (RFC 3550 A.3): loss goes below 0.
duplicates()
{
	assert_stream "105 -5 5 0" -i 0-10,10,10-50,50,50,50-99
	# Late and twice.
	assert_stream "102 -1 1 1" -i 0-49,51-60,50,50,61-100
}

# Proves: what comes after a higher number is reordered and not lost, nor a duplicate.
reordering()
{
	assert_stream "100 0 0 1" -i 0-9,11,10,12-99
	assert_stream "100 0 0 10" -i 0-9,20-29,10-19,30-99
	# A hole that is filled in part.
	assert_stream "98 2 0 1" -i 0-9,13,11,14-99
}

# Proves: sequence numbers go on after 65535, also with holes and late packets there.
the_sequence_wraps()
{
	assert_stream "200 0 0 0" -q 65436 -n 200
	assert_stream "95 5 0 0" -q 65500 -i 0-33,39-99
	assert_stream "100 0 0 2" -q 65500 -i 0-34,37,35,36,38-99
	assert_stream "101 -1 1 0" -q 65500 -i 0-36,36-99
}

# Proves: two rounds through all numbers are counted as such.
the_sequence_wraps_twice()
{
	local list=0-9 i

	for ((i = 2000; i <= 140000; i += 2000)); do
		list+=,$i-$((i + 9))
	done
	assert_stream "710 $((140010 - 710)) 0 0" -q 60000 -i $list
}

# Proves: loss, SSRC and payload type are those of the present SSRC, counts go on.
the_ssrc_changes()
{
	session_ab 1
	a_sends -s 0x1111 -p 8 -q 100 -i 0-49,60-99
	assert_session "90 10 0 0 4369 8" 1 "${STREAM[@]}" endpoints.0.rx.{ssrc,payload_type}
	a_sends -s 0x2222 -p 18 -q 50000 -i 0-9,12-49,49,51,50,52-59
	assert_session "149 1 1 1 8738 18" 1 "${STREAM[@]}" endpoints.0.rx.{ssrc,payload_type}
}

# Proves: a source that starts anew with other numbers is followed from the second packet on (RFC 3550
# A.1), and its first one is nobody's.
the_sequence_jumps()
{
	session_ab 1
	a_sends -q 1000 -n 50
	a_sends -q 30000 -n 50
	assert_session "100 0 0 0" 1 "${STREAM[@]}"
}

# capture FILE: of what comes to the border's port 30000, until captured.
capture()
{
	ip netns exec "$R" tcpdump -i ra -Q in -U -s 2000 -B 8192 -w "$1" udp dst port 30000 \
		2>"$TMP/tcpdump.log" &
	tcpdump=$!
	at_exit "kill $tcpdump 2>/dev/null"
	wait_for grep -q 'listening on' "$TMP/tcpdump.log"
}

# captured FILE PACKETS: once it has so many.
captured()
{
	has_all() { [ "$(tcpdump -n -r "$1" 2>/dev/null | wc -l)" = "$2" ]; }
	wait_for has_all "$@"
	kill $tcpdump
}

# tshark_streams FILE: SOURCE-PORT SSRC PACKETS LOST, and the extremes of jitter in microseconds.
tshark_streams()
{
	# ... Min Jitter, Mean Jitter, Max Jitter, in milliseconds; then perhaps a mark.
	tshark -r "$1" -q -d udp.port==30000,rtp -z rtp,streams 2>/dev/null | awk '/0x/ {
		n = NF - ($NF == "X")
		print $4, $7, $9, $10, int($(n - 2) * 1000), int($n * 1000) }'
}

# next_stream PORT SSRC "PACKETS LOST DUPLICATE REORDERED" SEND-OPTIONS...: what another stream adds
# to session 1. Counts go on; loss is that of the present stream. Notes, as tshark_streams would,
# what is to be compared, and the jitter.
next_stream()
{
	local port=$1 ssrc=$2 counts i
	read -ra counts <<<"$3"
	shift 3

	in_a rtp_tool send -s "$ssrc" "$@" "10.0.1.2:$port" 10.0.1.1:30000
	for i in 0 2 3; do
		so_far[i]=$((so_far[i] + counts[i]))
	done
	so_far[1]=${counts[1]}
	assert_session "${so_far[*]} $ssrc" 1 "${STREAM[@]}" endpoints.0.rx.ssrc
	printf '%d 0x%08X %d %d %d\n' "$port" "$ssrc" "${counts[0]}" "${counts[1]}" \
		"$(session 1 endpoints.0.rx.jitter_us)" >>"$TMP/streams"
}

# assert_tshark_agrees FILE: with what next_stream has noted.
assert_tshark_agrees()
{
	local ssrc jitter low high

	sort "$TMP/streams" >"$TMP/ours"
	tshark_streams "$1" | sort >"$TMP/theirs"
	diff <(cut -d ' ' -f 1-4 "$TMP/ours") <(cut -d ' ' -f 1-4 "$TMP/theirs")
	while read -r _ ssrc _ _ jitter _ _ _ _ low high; do
		[ "$jitter" -ge $((low - 1000)) ] && [ "$jitter" -le $((high + 1000)) ] ||
			fail "$ssrc: jitter $jitter us, tshark says $low to $high us"
	done < <(paste -d ' ' "$TMP/ours" "$TMP/theirs")
}

# Proves: a source that starts anew, with another SSRC or with the same and other numbers and times,
# is counted from there on, and each stream as tshark counts it. That a stream has the SSRC of the one
# before tshark must not know: its port is another. What is reordered at a wrap, see
# the_sequence_wraps, tshark takes for another round.
tshark_counts_the_same()
{
	local so_far=(0 0 0 0)

	session_ab 1
	in_r sipctl session set 1 endpoint 1 source accept
	capture "$TMP/streams.pcap"
	next_stream 4000 1 "200 0 0 0" -q 65436 -n 200
	next_stream 4000 2 "185 15 0 0" -q 65400 -i 10-19,21-99,105-157,167-209
	next_stream 4000 3 "105 -5 5 0" -i 0-10,10,10-50,50,50,50-99
	next_stream 4000 4 "100 0 0 10" -i 0-9,20-29,10-19,30-99
	next_stream 4000 5 "102 -1 1 1" -i 0-49,51-60,50,50,61-100
	next_stream 4000 6 "20 2998 0 0" -i 0-9,3008-3017
	# The same SSRC, numbers and timestamps far ahead; then both back.
	next_stream 4001 6 "45 5 0 0" -q 10000 -i 20000-20019,20025-20049
	next_stream 4002 6 "50 0 0 0" -q 5 -n 50
	# Of the one before, once more.
	next_stream 4001 5 "60 0 0 0" -q 50000 -n 60
	captured "$TMP/streams.pcap" "${so_far[0]}"
	assert_tshark_agrees "$TMP/streams.pcap"
}

# Proves: octets are those of UDP payload, and idle time begins with the last packet.
octets_and_idle_time()
{
	local before

	session_ab 1
	assert_session null 1 endpoints.0.rx.idle_ms
	a_sends -n 100 -l 12-111
	assert_session $((100 * 123 / 2)) 1 endpoints.0.rx.octets
	idle_for_a_second() { [ "$(session 1 endpoints.0.rx.idle_ms)" -gt 1000 ]; }
	wait_for idle_for_a_second
	before=$(session 1 endpoints.0.rx.idle_ms)
	# It is less than a second since the last one, unless the host is slow.
	idle_anew() { a_sends -n 1 -q 100; [ "$(session 1 endpoints.0.rx.idle_ms)" -lt "$before" ]; }
	wait_for idle_anew
}

# jitter_of CLOCK: the last of "TIME RTP-TIMESTAMP" lines by RFC 3550 A.8, in microseconds.
jitter_of()
{
	awk -v clock="$1" '{
		transit = $1 * clock - $2
		if (NR > 1) {
			d = transit - last
			jitter += ((d < 0 ? -d : d) - jitter) / 16
		}
		last = transit
	} END { printf "%d", jitter * 1e6 / clock }'
}

# assert_jitter CLOCK SEND-OPTIONS...: the kernel's jitter of a stream with uneven gaps is what others
# compute from a capture of it: an implementation of RFC 3550 A.8 in floating point, within 1 ms or a
# tenth, and the extremes that "tshark -z rtp,streams" prints, within 1 ms.
assert_jitter()
{
	local clock=$1 pcap=$TMP/jitter.pcap jitter expected low high
	shift

	session_ab 1
	in_r sipctl session set 1 endpoint 1 clock "$clock"
	capture "$pcap"
	a_sends "$@"
	assert_session 150 1 endpoints.0.rx.packets
	captured "$pcap" 150
	jitter=$(session 1 endpoints.0.rx.jitter_us)
	in_r sipctl session del 1

	expected=$(tshark -r "$pcap" -d udp.port==30000,rtp -T fields -e frame.time_epoch \
		-e rtp.timestamp 2>/dev/null | jitter_of "$clock")
	[ $((jitter - expected)) -le $((expected / 10 + 1000)) ] &&
		[ $((expected - jitter)) -le $((expected / 10 + 1000)) ] ||
		fail "jitter $jitter us, the capture's is $expected us"
	# tshark knows the clock of static payload types only.
	[ "$clock" = 8000 ] || return 0
	read -r _ _ _ _ low high < <(tshark_streams "$pcap")
	[ "$jitter" -ge $((low - 1000)) ] && [ "$jitter" -le $((high + 1000)) ] ||
		fail "jitter $jitter us, tshark says $low to $high us"
	[ "$high" -gt 2000 ] || fail "the stream was too even: $high us"
}

jitter_of_a_static_payload_type()
{
	assert_jitter 8000 -n 150 -r 100 -j 20000 -t 80
}

# Proves: the clock rate that userspace gives is used for dynamic payload types.
jitter_of_a_dynamic_payload_type()
{
	assert_jitter 48000 -n 150 -r 100 -j 20000 -t 480 -p 111
}

# Proves: a session that goes away tells its last numbers.
del_returns_the_final_numbers()
{
	local last

	session_ab 1
	a_sends -i 0-9,20-29
	assert_session 20 1 endpoints.0.rx.packets
	last=$(in_r sipctl -j session del 1 | jq -r '[.. | objects | select(.rx?) | .rx.packets,
		.rx.lost, .tx.packets | tostring] | join(" ")')
	assert_eq "20 10 0 0 0 20" "$last" "final statistics"
}

need jq tcpdump tshark
media_up
run nothing_is_wrong \
	loss \
	duplicates \
	reordering \
	the_sequence_wraps \
	the_sequence_wraps_twice \
	the_ssrc_changes \
	the_sequence_jumps \
	tshark_counts_the_same \
	octets_and_idle_time \
	jitter_of_a_static_payload_type \
	jitter_of_a_dynamic_payload_type \
	del_returns_the_final_numbers
