#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Timeouts at their real values, on a virtual clock (scripts/uml --time-travel): hours pass in
# seconds. Only commands take time of their own.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

MINUTE=60 HOUR=3600 DAY=86400

clock_is_virtual()
{
	grep -q time-travel /sys/devices/system/clocksource/clocksource0/current_clocksource
}

there()
{
	in_r sipctl session show "$1" >/dev/null || fail "session $1 is gone"
}

gone()
{
	session_gone "$1" >/dev/null 2>&1 ||
		fail "session $1 is still there, idle for $(session "$1" idle_ms) ms"
}

# ends_after SECONDS: a session with that timeout lives for so long after its last packet, and not a
# second longer.
ends_after()
{
	monitor
	session_ab 1 timeout "${1}s"
	sleep $(($1 / 2))
	there 1
	a_sends -n 10
	sleep $(($1 - 5))
	there 1
	sleep 6
	gone 1
	idle=$(jq -r 'select(.event == "timeout") | .session.idle_ms' "$TMP/events")
	[ "$idle" -ge "${1}000" ] && [ "$idle" -lt $(($1 * 1000 + 1000)) ] ||
		fail "the session of $1 s ended after $idle ms"
}

# Proves: five minutes of silence, the usual timeout, end a session.
silence_of_five_minutes_ends_a_session()
{
	ends_after $((5 * MINUTE))
}

# Proves: so does a day; nothing overflows.
silence_of_a_day_ends_a_session()
{
	ends_after $DAY
}

# Proves: a packet every four minutes is enough for a timeout of five, for two hours.
a_packet_now_and_then_is_enough()
{
	local i

	session_ab 1 timeout $((5 * MINUTE))s
	for ((i = 0; i < 2 * HOUR / (4 * MINUTE); i++)); do
		sleep $((4 * MINUTE))
		b_sends
	done
	there 1
	assert_session "$i" 1 endpoints.1.rx.packets
	sleep $((5 * MINUTE - 5))
	there 1
	sleep 6
	gone 1
}

# Proves: a party on hold that sends RTCP and no RTP keeps its session for an hour, and silence
# counts from the last RTCP.
rtcp_alone_is_enough()
{
	session_ab 1 timeout $((5 * MINUTE))s component mux
	in_r sipctl session set 1 endpoint 1 component mux
	a_sends -n 10
	flow hold "$A" -k rtcp -r 1 10.0.1.2:4000 10.0.1.1:30000
	sleep $HOUR
	flow_stop hold >/dev/null
	sleep $((5 * MINUTE - 5))
	there 1
	sleep 6
	gone 1
}

# Proves: a call on hold, whose timeout sipd takes away, outlives a day of silence; when it is taken
# back the timeout counts from then on.
hold_does_not_trip_the_timeout()
{
	session_ab 1 timeout $((5 * MINUTE))s
	a_sends -n 10
	sleep $((4 * MINUTE))
	in_r sipctl session set 1 timeout never
	sleep $DAY
	there 1
	in_r sipctl session set 1 timeout $((5 * MINUTE))s
	sleep $((5 * MINUTE - 5))
	there 1
	sleep 6
	gone 1
}

# moves FROM-PORT SEQUENCE: the caller's datagrams come from that port of its address, with the
# numbers that follow.
moves()
{
	in_a rtp_tool send -s 1 -n 10 -q "$2" "10.0.1.2:$1" 10.0.1.1:30000
}

# learns_for SECONDS [WORDS...]: so long after the session was made a source that moves is
# followed, and not a second longer.
learns_for()
{
	local window=$1
	shift
	session_add 1 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 forward 1 \
		endpoint 1 local 10.0.1.1:30000 forward 2 learn window "$@"
	moves 4000 0
	sleep $((window / 2))
	moves 5000 10
	sleep $((window - window / 2 - 3))
	moves 6000 20
	assert_session "10.0.1.2:6000 30 0" 1 endpoints.1.remote endpoints.1.rx.{packets,bad_source}
	sleep 5
	moves 7000 30
	assert_session "10.0.1.2:6000 30 10" 1 endpoints.1.remote \
		endpoints.1.rx.{packets,bad_source}
}

# Proves: a remote that moves is followed for ten seconds when nothing else is said.
a_window_of_ten_seconds_ends()
{
	learns_for 10
}

# Proves: and for ten minutes, the most, when that is said.
a_window_of_ten_minutes_ends()
{
	learns_for $((10 * MINUTE)) for $((10 * MINUTE))s
}

clock_is_virtual || skip_all "the clock is real"
need jq
media_up
run silence_of_five_minutes_ends_a_session \
	silence_of_a_day_ends_a_session \
	a_packet_now_and_then_is_enough \
	rtcp_alone_is_enough \
	hold_does_not_trip_the_timeout \
	a_window_of_ten_seconds_ends \
	a_window_of_ten_minutes_ends
