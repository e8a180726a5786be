#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The caller can receive from his offer on (RFC 3264 s.5.1), and from nobody but the callee.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

RATE=50 # RTP packets per second
PHONE_A=10.0.1.2:4100 BORDER_A=10.0.1.1:30000
PHONE_B=10.0.2.2:4100 BORDER_B=10.0.2.1:30000
STRANGER_A=10.0.1.3:4100 STRANGER_B=10.0.2.3:4100

ringing()
{
	[ "$(ctl_json 'call list' 'calls.*.state')" = early ]
}

# A call whose callee rings until callee_answers, and has its number in $call.
call_rings()
{
	sipd_start
	rm -f "$TMP"/*.call
	sed '0,/]]>/{ s/183 Session Progress/180 Ringing/; /^Content-Type/d; /^[vosctma]=/d }' \
		"$sipp_files/callee_early.xml" >"$TMP/rings.xml"
	callee_start "$TMP/rings.xml" -m 1
	caller_start "$sipp_files/caller_waits.xml" -m 1
	wait_for ringing
	call=$(call_ids)
	counters_mark
}

callee_answers()
{
	tell "${PHONE_B%:*}"
	wait_for established 1
}

stranger_sends()
{
	in_b rtp_tool send -n 20 $STRANGER_B $BORDER_B
}

# Proves: what the callee sends from where his answer will say, before he gives it, arrives at the
# caller; nothing of somebody else's does, neither before nor after that.
early_media_arrives()
{
	call_rings
	receive caller-hears in_a -n 100 $PHONE_A
	stranger_sends
	assert_counters drop-bad-source=20
	in_b rtp_tool send -n 100 -r $RATE $PHONE_B $BORDER_B
	stranger_sends
	assert_intact caller-hears 100
	assert_counters forwarded=100 drop-bad-source=40 learned=1
	ringing || fail "the callee did not wait"
	ctl call kill "$call" >/dev/null
}

# Proves: not a packet is lost before the answer, while it comes or right behind it; from then on the
# caller is heard, too.
no_packet_is_lost_at_the_answer()
{
	local b

	call_rings
	receive caller-hears in_a $PHONE_A
	receive callee-hears in_b -n 20 $PHONE_B
	flow b "$B" -r $RATE $PHONE_B $BORDER_B
	heard() { [ "$(counter forwarded)" -ge $((counted[forwarded] + $1)) ]; }
	wait_for heard 20
	ringing || fail "the callee did not wait"
	callee_answers
	assert_eq "$BORDER_A $BORDER_B $PHONE_A $PHONE_B" "$(call_addresses "$call")" "addresses"
	b=$(counter forwarded)
	wait_for heard $((b - counted[forwarded] + 20))
	in_a rtp_tool send -n 20 -r $RATE $PHONE_A $BORDER_A
	assert_intact callee-hears 20
	b=$(flow_stop b)
	stop caller-hears
	assert_intact caller-hears "$b"
	stranger_sends
	in_a rtp_tool send $STRANGER_A $BORDER_A
	assert_counters forwarded=$((b + 20)) drop-bad-source=21 learned=3
	ctl call kill "$call" >/dev/null
	phone_done caller
	phone_done callee
	assert_in_hand "0 0 0 0"
}

# Proves: a call that is not answered leaves no session, and tells how much came before that.
an_unanswered_call_leaves_nothing()
{
	call_rings
	receive caller-hears in_a -n 10 $PHONE_A
	in_b rtp_tool send -n 10 $PHONE_B $BORDER_B
	assert_intact caller-hears 10
	ctl call kill "$call" >/dev/null
	assert_in_hand "0 0 0 0"
	assert_eq 0 "$(in_r sipctl -j kernel status | json endpoints)" "endpoints in the kernel"
	assert_eq "10 0" "$(ctl_json "call show $call" media.0.{b_rx_packets,a_rx_packets})" \
		"packets of the callee, and the caller"
	in_b rtp_tool send -n 10 $PHONE_B $BORDER_B
	assert_counters forwarded=10 drop-no-endpoint=10 learned=1
}

need ss
system_up 30000-30001 "t1: 100ms"
in_a ip addr add ${STRANGER_A%:*}/24 dev a0
in_b ip addr add ${STRANGER_B%:*}/24 dev b0
run early_media_arrives \
	no_packet_is_lost_at_the_answer \
	an_unanswered_call_leaves_nothing
