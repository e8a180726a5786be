#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A call on hold, where nobody sends.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

is_held()
{
	[ "$(ctl_json "call show $(call_ids)" media.0.held)" = true ]
}

# So that no silence ends the session, as the kernel knows.
is_held_for_the_kernel()
{
	is_held && [ "$(in_r sipctl -j session list | json sessions.0.timeout_ms)" = 0 ]
}

# Proves: silence does not end a call while it is on hold (6 s, where 3 s would), and does again
# when it has been taken back.
a_held_call_may_be_silent()
{
	sipd_start
	# shellcheck disable=SC2154 # lib_sipd.sh sets it
	callee_start "$sipp_files/callee_held.xml" -m 1
	caller_start "$sipp_files/caller_holds.xml" -m 1
	wait_for is_held_for_the_kernel
	call=$(call_ids)
	phone_done caller
	phone_done callee
	assert_eq "ended 200 media timeout" \
		"$(ctl_json "call show $call" state code ended_by)" "how the call ended"
	[ "$(ctl_json "call show $call" talk_ms)" -ge 9000 ] || { ctl call ladder "$call"; fail "ended on hold"; }
	assert_in_hand "0 0 0 0"
}

need ss
system_up 30000-30001 "t1: 100ms, media: 3s"
run a_held_call_may_be_silent
