#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A phone that vanishes in the middle of a call, without a word: silence ends the call.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

# A call with RTP both ways; its ID in $call. There is one port for it, so that RTP can flow before
# the call is there, and it is never silent for longer than it should be.
call_up()
{
	flow a "$A" -r 50 10.0.1.2:4100 10.0.1.1:30000
	flow b "$B" -r 50 10.0.2.2:4100 10.0.2.1:30000
	sipd_start
	callee_start "$sipp_files/callee.xml" -m 1
	caller_start "$sipp_files/caller_waits.xml" -m 1
	wait_for established 1
	call=$(call_ids)
	heard_on_both_sides()
	{
		local a b

		read -r a b < <(ctl_json "call show $call" media.0.{a,b}_rx_packets)
		[ "$a" -gt 10 ] && [ "$b" -gt 10 ]
	}
	wait_for heard_on_both_sides
}

ended()
{
	[ "$(ctl_json "call show $call" state)" = ended ]
}

# What has ended the call is on record; nothing else is left of it.
assert_ended_by_silence()
{
	wait_for ended
	assert_eq "ended 200 media timeout" \
		"$(ctl_json "call show $call" state code ended_by)" "how the call ended"
	assert_match 'sipd ended it: media silent for 2 s' "$(ctl call why "$call")" "why it ended"
	assert_in_hand "0 0 0 0"
	assert_eq "0 0" "$(in_r sipctl -j kernel status | json sessions endpoints)" \
		"sessions and endpoints in the kernel"
	assert_eq "0 0" "$(ctl_json status 'realms.*.ports_used')" "media ports in use"
	ctl status >/dev/null
}

# Proves: the other side is told by a BYE, and the one that is gone is not waited for longer than
# RFC 3261 says.
the_caller_vanishes()
{
	call_up
	phone_vanishes caller
	flow_stop a >/dev/null
	flow_stop b >/dev/null
	phone_done callee
	assert_ended_by_silence
}

the_callee_vanishes()
{
	call_up
	phone_vanishes callee
	flow_stop a >/dev/null
	flow_stop b >/dev/null
	phone_done caller
	assert_ended_by_silence
}

both_vanish()
{
	call_up
	phone_vanishes caller
	phone_vanishes callee
	flow_stop a >/dev/null
	flow_stop b >/dev/null
	assert_ended_by_silence
}

# Proves: one who only listens does not end the call, nor does silence that is shorter.
one_way_media_is_enough()
{
	call_up
	flow_stop a >/dev/null
	long_enough() { [ "$(ctl_json "call show $call" talk_ms)" -gt 5000 ]; }
	wait_for long_enough
	established 1 || fail "the call has ended"
	flow_stop b >/dev/null
	phone_done caller
	phone_done callee
	assert_ended_by_silence
}

need ss
system_up 30000-30001 "t1: 50ms, media: 2s"
run the_caller_vanishes \
	the_callee_vanishes \
	both_vanish \
	one_way_media_is_enough
