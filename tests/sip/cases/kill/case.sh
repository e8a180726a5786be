# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_ended_by=operator

drive()
{
	start_callee
	start_caller
	until_true $patience call_is established || fail "the call is not established"
	control call kill "$(call_field id)" >/dev/null || fail "sipctl call kill failed"
	wait_phones
}

check()
{
	why_says "$(call_field id)" 'An operator ended it, with "sipctl call kill"'
}
