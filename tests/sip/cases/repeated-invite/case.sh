# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
check()
{
	assert_requests callee.msg INVITE 1
	# 100, 180, and the last of them again, perhaps more than once: a slow SIPp repeats too.
	assert_count caller.msg 'received.*SIP/2.0 1[08]0' 3 8
}
