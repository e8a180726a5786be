# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 4028/7.1b 4028/7.3a 4028/7.4a 4028/7.4c
timers="session-expires: 2s, min-se: 1s"
core_more="session-timers: request"
expect_ended_by=caller

drive()
{
	start_callee
	start_caller
	until_true $patience call_is established || fail "no call is established"
	control call show "$(call_field id)" >shown || fail "call show: status $?"
	[ "$(json "d['legs'][1]['session_timer']['interval']" <shown)" = 3 ] ||
		fail "call show knows no session timer of 3 s: $(<shown)"
	plain call show "$(call_field id)" | grep -q '3s, refreshed by sipd' ||
		fail "call show does not tell of the session timer"
	wait_phones
}

check()
{
	assert_requests callee.msg UPDATE 2
	assert_requests caller.msg UPDATE 0
	why_says "$(call_field id)" '422 from the callee.* 3 s at least' \
		'session timer of the callee: 3 s, refreshed by sipd'
}
