# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
route="to: [ one, two, three ]"

check()
{
	# The 503 is acknowledged before the next try.
	assert_order callee.msg '^sent SIP/2.0 503' '^received ACK'
	assert_requests callee3.msg INVITE 1
	note_in_ladder 'one: 503'
	note_in_ladder 'two: 500'
	note_in_ladder 'three: answered'
}
