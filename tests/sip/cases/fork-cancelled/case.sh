# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.10a 3261/9.1h
route="to: [ one, two, three ], strategy: parallel"
expect_code=487
expect_ended_by=caller

check()
{
	assert_requests callee.msg CANCEL 1
	assert_requests callee2.msg CANCEL 1
	assert_requests callee3.msg CANCEL 1
}
