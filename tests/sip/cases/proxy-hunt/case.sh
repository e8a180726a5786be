# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.6g
like hunt-overloaded
. "$here/lib_proxy.sh"
route="to: [ one, two, three ], mode: proxy"

check()
{
	assert_order callee.msg '^sent SIP/2.0 503' '^received ACK'
	assert_requests callee3.msg INVITE 1
	flow_says 'three: 200'
}
