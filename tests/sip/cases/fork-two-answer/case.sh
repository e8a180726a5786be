# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/13.2.2.4c
route="to: [ one, two, three ], strategy: parallel"

check()
{
	assert_requests callee.msg ACK 1
	assert_requests callee2.msg ACK 1
	assert_requests callee2.msg BYE 1
	assert_requests callee3.msg ACK 1
	assert_requests callee3.msg BYE 1
	assert_count caller.msg '^received SIP/2.0 200 OK' 2 3
}
