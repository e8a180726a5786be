#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Calls in number through the whole system leave nothing behind.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

CALLS=500
RATE=20 # calls per second
HOLD=3000 # milliseconds
PACKETS=15 # of RTP in a call, each way; they take less than a second

# The caller's half of a conversation, for SIPp to play; the callee echoes it.
record_media()
{
	ip netns exec "$A" tcpdump -i lo -U -w "$TMP/media.pcap" udp port 4444 2>"$TMP/tcpdump.log" &
	local tcpdump=$!
	at_exit "kill $tcpdump 2>/dev/null"
	wait_for grep -q 'listening on' "$TMP/tcpdump.log"
	receive echo in_a -n $PACKETS 127.0.0.1:4444
	in_a rtp_tool send -n $PACKETS -r 20 127.0.0.1:4445 127.0.0.1:4444
	assert_intact echo $PACKETS
	recorded() { [ "$(tcpdump -n -r "$TMP/media.pcap" 2>/dev/null | wc -l)" = $PACKETS ]; }
	wait_for recorded
	kill "$tcpdump"
}

# Proves: no call of 500 fails, each packet of each call is forwarded both ways, and afterwards sipd
# has as many calls, transactions, sessions and file descriptors as before: none.
no_call_fails_and_nothing_is_left()
{
	local fds

	record_media
	sipd_start
	fds=$(count_fds)
	counters_mark
	# SIPp echoes what comes to the media port.
	sed 's/\[auto_media_port+100\]/[media_port]/' "$sipp_files/callee.xml" >"$TMP/echo.xml"
	callee_start "$TMP/echo.xml" -rtp_echo
	caller_start "$sipp_files/caller_talks.xml" -m $CALLS -r $RATE -d $HOLD
	assert_ends "$(<"$TMP/caller.pid")" caller $((2 * CALLS))
	assert_counters forwarded=$((CALLS * PACKETS * 2)) learned=$((CALLS * 2))
	assert_in_hand "0 0 0 0"
	assert_eq "$CALLS 0" "$(ctl_json status calls.{total,failed})" "calls in all, and failed"
	assert_eq "0 0" "$(in_r sipctl -j kernel status | json sessions endpoints)" \
		"sessions and endpoints in the kernel"
	assert_eq "$fds" "$(count_fds)" "file descriptors of sipd"
	assert_eq "0 0" "$(ctl_json status 'realms.*.ports_used')" "media ports in use"
	ctl status >/dev/null
}

need tcpdump ss
# No call is ended for its silence, however long SIPp takes to hang up.
system_up 30000-30999 "t1: 100ms, media: 600s"
run no_call_fails_and_nothing_is_left
