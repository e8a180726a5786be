# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.7e
route="to: [ one, two, three ], strategy: parallel"

check()
{
	assert_requests callee.msg CANCEL 1
	assert_requests callee3.msg CANCEL 1
	assert_requests callee2.msg ACK 1
	note_in_ladder 'route \^bob\$: one with two with three'
	note_in_ladder 'two: answered'
}
