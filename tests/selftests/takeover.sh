#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The media of calls outlives sipd.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

CALLS=3
RATE=50 # RTP packets per second, each way

in_order()
{
	xargs -r -n 1 | sort | xargs
}

# Of the kernel's sessions of sipd, or of anybody with another argument.
kernel_sessions()
{
	in_r sipctl -j session list owner "${1:-sipd}" | json 'sessions.*.id' | in_order
}

orphans()
{
	ctl_json 'call orphans' 'orphans.*.session_id' | in_order
}

# The calls' local addresses in the kernel.
kernel_locals()
{
	in_r sipctl -j session list owner sipd | json 'sessions.*.endpoints.*.local' | in_order
}

# media_start INDEX A-LOCAL B-LOCAL A-REMOTE B-REMOTE: RTP both ways, and receivers of it.
media_start()
{
	receive "in-a$1" in_a "$4"
	receive "in-b$1" in_b "$5"
	flow "a$1" "$A" -r $RATE -s "0xa$1" "$4" "$2"
	flow "b$1" "$B" -r $RATE -s "0xb$1" "$5" "$3"
}

# media_stop INDEX: every packet must have arrived.
media_stop()
{
	local a b

	a=$(flow_stop "a$1")
	b=$(flow_stop "b$1")
	stop "in-a$1" "in-b$1"
	assert_intact "in-b$1" "$a"
	assert_intact "in-a$1" "$b"
}

packets_flow()
{
	local before

	before=$(counter forwarded)
	more() { [ "$(counter forwarded)" -gt $((before + 50)) ]; }
	wait_for more
}

OPERATOR=4711

# Calls with media, and a session that is none of sipd's.
calls_up()
{
	local id i=1

	sipd_start
	callee_start "$sipp_files/callee.xml"
	caller_start "$sipp_files/caller_waits.xml" -m $CALLS -r 10
	wait_for established $CALLS
	for id in $(call_ids); do
		# shellcheck disable=SC2046
		media_start $i $(call_addresses "$id")
		i=$((i + 1))
	done
	in_r sipctl kernel range add 10.0.1.1:31000-31009
	at_exit "in_r sipctl kernel range del 10.0.1.1:31000-31009"
	session_add $OPERATOR endpoint 1 local 10.0.1.1:31000 remote 10.0.1.2:5000 forward 1
	packets_flow
}

# Proves: killed, sipd leaves its calls' media flowing without the loss of a packet; the next one
# says that it is not well, lists what it has no call for, keeps its hands off these ports, and
# deletes the sessions when told, and no others.
media_outlives_sipd()
{
	local i before kept

	calls_up
	before=$(kernel_sessions)
	assert_eq $CALLS "$(wc -w <<<"$before")" "sessions of calls"
	kept=$(kernel_locals)

	kill -KILL "$sipd"
	wait "$sipd" 2>/dev/null || true
	assert_eq "$before" "$(kernel_sessions)" "sessions without sipd"
	packets_flow

	sipd_start
	status=0
	ctl status >"$TMP/status" || status=$?
	assert_eq 3 $status "exit status of sipctl status"
	assert_match "^degraded +$CALLS kernel sessions belong to no call" \
		"$(grep '^degraded' "$TMP/status")"
	assert_eq "$before" "$(orphans)" "orphans"

	# Twice as many ports as the first calls took: these calls take all others.
	phone caller2 "$A" 10.0.1.2 -sf "$sipp_files/caller_waits.xml" -p 5062 -mp 5000 10.0.1.1:5060 \
		-m $CALLS -r 10
	wait_for established $CALLS
	assert_eq $((2 * $(wc -w <<<"$kept"))) "$(kernel_locals | xargs -n 1 | sort -u | wc -l)" \
		"different ports of old and new calls"

	packets_flow
	for ((i = 1; i <= CALLS; i++)); do
		media_stop $i
	done

	ctl call orphans clear >/dev/null
	assert_eq "" "$(orphans)" "orphans when cleared"
	assert_eq $CALLS "$(kernel_sessions | wc -w)" "sessions of new calls"
	assert_eq $OPERATOR "$(kernel_sessions operator)" "the operator's session"
	ctl status >/dev/null
	for i in $(call_ids); do
		ctl call kill "$i" >/dev/null
	done
	phone_done caller2
	# The status counts the operator's session, too.
	assert_in_hand "0 0 0 1"
	assert_eq $OPERATOR "$(kernel_sessions operator)" "the operator's session"
}

# Proves: a sipd that is told to go ends its calls, and leaves no session.
an_orderly_end_leaves_no_session()
{
	sipd_start
	callee_start "$sipp_files/callee.xml"
	caller_start "$sipp_files/caller_waits.xml" -m $CALLS -r 10
	wait_for established $CALLS
	kill "$sipd"
	assert_ends "$sipd" sipd
	assert_eq "" "$(kernel_sessions)" "sessions"
	phone_done caller
}

need ss
# Half of the calls have no media, however long this takes.
system_up 30000-30011 "t1: 100ms, media: 600s"
run media_outlives_sipd \
	an_orderly_end_leaves_no_session
