#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real media, SIPp's recordings of audio and digits, and muxed video of our making: all of it comes
# out as it went in, but for what was asked to change: over IPv4, over IPv6, and from IPv4 to IPv6.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_families.sh"

RECORDINGS=/usr/share/sip-tester
SSRC=5eed5eed

# payloads FILE...: UDP payloads of captures of IPv4, a line of hexadecimal digits each. tshark could
# do it, much slower.
payloads()
{
	local file
	for file; do
		tcpdump -n -r "$file" -x 2>/dev/null
	done | awk 'function end() { if (hex) print substr(hex, 57); hex = "" }
		/^\t0x/ { sub(/^.*: */, ""); gsub(/ /, ""); hex = hex $0; next }
		{ end() }
		END { end() }'
}

# The families of the caller and the callee.
WAYS=("4 4" "6 6" "4 6")

# on_every_way COMMAND...: the families are put behind the command.
on_every_way()
{
	local way

	for way in "${WAYS[@]}"; do
		echo "# from IPv${way% *} to IPv${way#* }"
		"$@" $way
	done
}

# play FILE NEAR FAR: sends it by the caller, and waits until the callee has all, in $TMP/b.hex.
play()
{
	local n
	n=$(wc -l <"$1")
	receive b in_b -x "$TMP/b.hex" -n "$n" "$(host "$3" ${CALLEE[$3]}):4000"
	in_a rtp_tool send -r 1000 -X "$1" "$(host "$2" ${CALLER[$2]}):4000" \
		"$(host "$2" ${NEAR[$2]}):30000"
	assert_got b packets="$n"
}

# session_to FORWARD NEAR FAR: session NEARFAR, of a muxed stream with telephone events.
session_to()
{
	session_add "$2$3" \
		endpoint 1 local "$(host "$2" ${NEAR[$2]}):30000" \
			remote "$(host "$2" ${CALLER[$2]}):4000" component mux dtmf 101 forward "$1" \
		endpoint 2 local "$(host "$3" ${FAR[$3]}):30000" \
			remote "$(host "$3" ${CALLEE[$3]}):4000" component mux forward 1
}

play_audio()
{
	session_to 2 "$1" "$2"
	play "$TMP/audio" "$1" "$2"
	cmp "$TMP/audio" "$TMP/b.hex"
	assert_session "$(wc -l <"$TMP/audio") 0 0 8" "$1$2" \
		endpoints.0.rx.{packets,lost,duplicate,payload_type}
	in_r sipctl session del "$1$2"
}

# Proves: seconds of A-law pass bit by bit.
audio_passes()
{
	payloads $RECORDINGS/g711a.pcap >"$TMP/audio"
	on_every_way play_audio
}

# fields PCAP PORT: what tshark reads of RTP, a line per packet.
fields()
{
	tshark -r "$1" -d udp.port=="$2",rtp -T fields -e rtp.p_type -e rtp.marker -e rtp.seq \
		-e rtp.timestamp -e rtp.ssrc -e rtp.payload 2>/dev/null
}

play_rewritten_audio()
{
	session_to 2,pt=8:97,ssrc=0x$SSRC,seq=+10000,timestamp=+4294967000 "$1" "$2"
	play "$TMP/audio" "$1" "$2"
	in_r sipctl session del "$1$2"
}

# Proves: the same rewritten is what tshark reads of the original but for what was asked for.
audio_is_rewritten()
{
	local n way

	payloads $RECORDINGS/g711a.pcap >"$TMP/audio"
	n=$(wc -l <"$TMP/audio")
	ip netns exec "$B" tcpdump -i b0 -U -s 2000 -B 8192 -w "$TMP/b.pcap" udp port 4000 \
		2>"$TMP/tcpdump.log" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q 'listening on' "$TMP/tcpdump.log"
	on_every_way play_rewritten_audio
	captured() { [ "$(tcpdump -n -r "$TMP/b.pcap" 2>/dev/null | wc -l)" = $((n * ${#WAYS[@]})) ]; }
	wait_for captured
	fields $RECORDINGS/g711a.pcap 2006 | awk -v ssrc=0x$SSRC -v OFS='\t' '{
		$1 = 97; $3 = ($3 + 10000) % 65536; $5 = ssrc
		$4 = sprintf("%.0f", ($4 + 4294967000) % 4294967296)
		print }' >"$TMP/expected"
	assert_eq "$n" "$(wc -l <"$TMP/expected")" "packets that tshark read"
	fields "$TMP/b.pcap" 4000 >"$TMP/actual"
	for way in "${WAYS[@]}"; do
		cat "$TMP/expected"
	done | cmp - "$TMP/actual"
}

play_digits()
{
	session_to 2,pt=101:96 "$1" "$2"
	play "$TMP/digits" "$1" "$2"
	# The second octet, with and without marker.
	sed -e 's/^80e5/80e0/; s/^8065/8060/' "$TMP/digits" | cmp - "$TMP/b.hex"
	in_r sipctl session del "$1$2"
}

# What was told of digits: SESSION DIGIT MILLISECONDS each, sorted.
digits_told()
{
	json event id dtmf.digit dtmf.duration_ms <"$TMP/events" | sed -n 's/^dtmf //p' | sort
}

# Proves: digits pass bit by bit beside their type being renamed, and each is told once.
digits_pass_and_are_told()
{
	local way digit

	payloads $RECORDINGS/dtmf_2833_*.pcap | sort -s -k1.9,1.16 >"$TMP/digits"
	monitor
	on_every_way play_digits
	for way in "${WAYS[@]}"; do
		for digit in '#' '*' {0..9}; do
			echo "${way/ /} $digit 280"
		done
	done | sort >"$TMP/expected"
	all_told() { [ "$(digits_told | wc -l)" = "$(wc -l <"$TMP/expected")" ]; }
	wait_for all_told
	digits_told | diff "$TMP/expected" -
}

# Video of 30 frames of two to five packets with a header extension (RFC 8285), a retransmission
# stream's feedback, and RTCP on the same port: SR with SDES, NACK, PLI, FIR and REMB. SSRC1 is
# its source, SSRC2 that of what it reports on.
video()
{
	awk -v ssrc1="$1" -v ssrc2=0b0b0b0b 'BEGIN {
		for (frame = 0; frame < 30; frame++) {
			n = 2 + frame % 4
			for (i = 0; i < n; i++) {
				printf "90%02x%04x%08x%sbede0002", (i == n - 1 ? 224 : 96),
					(65500 + seq++) % 65536, frame * 3000, ssrc1
				printf "10%02x22%02x%02x000000", frame, seq, i
				for (k = 0; k < 200 + 37 * i; k++)
					printf "%02x", (k * 7 + seq) % 256
				printf "\n"
			}
			if (frame % 10 == 5) {
				printf "80c80006%s%08x00000000%08x%08x%08x", ssrc1, frame,
					frame * 3000, seq, seq * 200
				printf "81ca0003%s0102763100000000\n", ssrc1
				printf "81cd0003%s%s1234abcd", ssrc1, ssrc2
				printf "81ce0002%s%s", ssrc1, ssrc2
				printf "84ce0004%s00000000%s%02x000000", ssrc1, ssrc2, frame
				printf "8fce0005%s0000000052454d4201123456%s\n", ssrc1, ssrc2
			}
		}
	}'
}

play_video()
{
	session_to 2 "$1" "$2"
	play "$TMP/video" "$1" "$2"
	cmp "$TMP/video" "$TMP/b.hex"
	in_r sipctl session set "$1$2" endpoint 1 forward 2,ssrc=0x$SSRC
	play "$TMP/video" "$1" "$2"
	cmp "$TMP/rewritten" "$TMP/b.hex"
	in_r sipctl session del "$1$2"
}

# Proves: muxed video and its feedback pass bit by bit; with another SSRC wherever it stands.
video_passes_with_its_feedback()
{
	video a1a1a1a1 >"$TMP/video"
	video $SSRC >"$TMP/rewritten"
	on_every_way play_video
}

need tcpdump tshark
[ -e $RECORDINGS/g711a.pcap ] || skip_all "SIPp's recordings are missing"
families_up
run audio_passes audio_is_rewritten digits_pass_and_are_told video_passes_with_its_feedback
