# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

drive()
{
	start_callee
	start_caller
	until_true $patience call_is established || fail "the call is not established"
	stop_sipd
	wait_phones
}

check_record()
{
	:
}

back_to_start()
{
	start_sipd
	[ "$(control status | json "d['calls']['total']")" = 0 ] || fail "a new sipd has old calls"
}
