#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is told of media: silence and its end, another SSRC, rejected sources, telephone events.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

# told NAME FILTER: what jq makes of the events of this name, on one line.
told()
{
	jq -r "select(.event == \"$1\") | $2" "$TMP/events" | xargs
}

# assert_told EXPECTED NAME FILTER: soon.
assert_told()
{
	assert_becomes "$1" "$2 events" told "$2" "$3"
}

# Proves: silence of an endpoint is told once, and how long it was when it ends; silence from the
# beginning, too; of an endpoint that was not asked about, nothing.
silence_and_its_end_are_told()
{
	local gap before

	monitor
	session_ab 1 inactive 2s
	in_r sipctl session set 1 endpoint 1 inactive 400ms endpoint 2 inactive never
	assert_told "1 0" inactive '"\(.endpoint) \(.rx.packets)"'
	a_sends -n 5
	assert_told "1 1" resumed '"\(.endpoint) \(.rx.packets)"'
	assert_told "1 0 1 5" inactive '"\(.endpoint) \(.rx.packets)"'
	a_sends -n 1
	assert_told "1 1 1 6" resumed '"\(.endpoint) \(.rx.packets)"'
	for gap in $(told resumed .gap_ms); do
		[ "$gap" -ge 400 ] && [ "$gap" -le 60000 ] || fail "a gap of $gap ms"
	done
	assert_told "1 0 1 5 1 6" inactive '"\(.endpoint) \(.rx.packets)"'
	# Once it is not asked for any more, there are no more.
	in_r sipctl session set 1 endpoint 1 inactive never
	before=$(told inactive .endpoint)
	a_sends -n 1
	assert_session 7 1 endpoints.0.rx.packets
	sleep 1
	assert_eq "$before" "$(told inactive .endpoint)" "inactive endpoints"
}

some_came()
{
	[ "$(session 1 endpoints.0.rx.packets)" != 0 ]
}

# Proves: RTCP is a sign of life, of an endpoint and of its session; without it the session goes.
rtcp_keeps_a_session_alive()
{
	local sent

	monitor
	session_add 1 endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 component mux
	flow a "$A" -k rtcp -r 10 10.0.1.2:4000 10.0.1.1:30000
	wait_for some_came
	in_r sipctl session set 1 timeout 2s endpoint 1 inactive 1500ms
	sleep 4
	assert_eq "" "$(told inactive .endpoint)" "inactive endpoints"
	sent=$(flow_stop a)
	wait_for session_gone 1
	assert_told "$sent" timeout .session.endpoints[0].rx.packets
	assert_told 1 inactive .endpoint
}

# Proves: a session on hold lives on without media, and the timeout counts from its end.
hold_does_not_time_out()
{
	session_ab 1
	a_sends
	in_r sipctl session set 1 timeout 4s
	in_r sipctl session set 1 timeout never
	sleep 5
	in_r sipctl session set 1 timeout 1m
	sleep 0.5
	assert_session "1 60000" 1 endpoints.0.rx.packets timeout_ms
	in_r sipctl session set 1 timeout 600ms
	wait_for session_gone 1
}

# Proves: another SSRC is told with the one before, and counted.
another_ssrc_is_told()
{
	session_ab 1
	monitor
	a_sends -n 3 -s 7
	assert_session "7 0" 1 endpoints.0.rx.{ssrc,ssrc_changes}
	a_sends -n 3 -s 8
	a_sends -n 3 -s 7
	assert_told "7 8 1 8 7 1" ssrc '"\(.old_ssrc) \(.rx.ssrc) \(.rx.lost + 1)"'
	assert_session "7 2" 1 endpoints.0.rx.{ssrc,ssrc_changes}
}

# Proves: who changes his SSRC with every datagram is told of a few times, the rest is counted.
floods_of_events_are_limited()
{
	local i events lost

	for ((i = 0; i < 200; i++)); do
		printf '8000%04x00000000%08x\n' $i $((i + 1))
	done >"$TMP/changes"
	session_ab 1
	monitor
	counters_mark
	a_sends -X "$TMP/changes"
	assert_session "200 199" 1 endpoints.0.rx.{packets,ssrc_changes}
	lost=$(counter event-lost)
	lost=$((lost - counted[event-lost]))
	events=$((199 - lost))
	[ "$events" -ge 20 ] && [ "$events" -le 100 ] || fail "$events of 199 were told"
	counted_events() { [ "$(told ssrc .endpoint | wc -w)" = "$events" ]; }
	wait_for counted_events
}

# Proves: that sources are rejected is told once in a second, with the first of them.
rejected_sources_are_told()
{
	session_ab 1
	monitor
	in_a rtp_tool send -n 20 -S 20 -D a0 -M "$MAC_RA" 10.0.1.10:5000 10.0.1.1:30000
	assert_session 20 1 endpoints.0.rx.bad_source
	assert_told "10.0.1.10:5000" rejected .source
	sleep 1.2
	in_a rtp_tool send -n 1 10.0.1.2:4001 10.0.1.1:30000
	assert_told "10.0.1.10:5000 10.0.1.2:4001" rejected .source
}

# event TIMESTAMP DIGIT DURATION [END]: a datagram of payload type 101, in hexadecimal.
event()
{
	printf '8065%04x%08x00000001%02x%02x%04x\n' $((seq++)) "$1" "$2" $((${4:+128} + 10)) "$3"
}

# Proves: a digit is told once, with its duration, ends thrice or never, in time or out of order.
digits_are_told_once()
{
	local seq=0

	{
		event 0 1 160; event 0 1 320; event 0 1 800 end; event 0 1 800 end; event 0 1 800 end
		# No end, and a digit of which only ends came.
		event 4000 2 160; event 4000 2 640
		event 8000 11 400 end; event 8000 11 400 end
		event 4000 2 640
		# No end, and then audio.
		event 12000 15 1600
		printf '8000%04x%08x00000001ff\n' $((seq++)) $((12000 + 1600 + 4000))
	} >"$TMP/digits"
	session_ab 1
	in_r sipctl session set 1 endpoint 1 dtmf 101
	monitor
	a_sends -X "$TMP/digits"
	assert_told "1 -10 100 2 -10 80 # -10 50 D -10 200" dtmf \
		'.dtmf | "\(.digit) \(.volume) \(.duration_ms)"'
	assert_session "12 0 101" 1 endpoints.0.rx.packets 'endpoints.0.rx.payload_types.*'
}

media_up
need jq
run silence_and_its_end_are_told rtcp_keeps_a_session_alive hold_does_not_time_out \
	another_ssrc_is_told floods_of_events_are_limited rejected_sources_are_told \
	digits_are_told_once
