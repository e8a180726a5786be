# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
next_hop="redirect: recurse"
expect_code=502

check()
{
	assert_requests callee.msg INVITE 1
	assert_requests callee2.msg INVITE 1
	note_in_ladder 'not redirected to sip:bob@10.0.2.2: .*loop'
}
