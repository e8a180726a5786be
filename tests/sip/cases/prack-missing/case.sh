# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_code=504
expect_ended_by=sipd

check()
{
	assert_count caller.msg 'received SIP/2.0 183' 3 7
	why_says "$(call_field id)" 'no PRACK from the caller for the 183 with RSeq'
}
