# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/9.1b
expect_code=487

check()
{
	# SIPp would have taken a CANCEL that came too early as the one it waits for.
	assert_order callee.msg 'sent.*SIP/2.0 180' 'received.*CANCEL'
}
