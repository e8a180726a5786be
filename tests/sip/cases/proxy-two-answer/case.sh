# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.7a
. "$here/lib_proxy.sh"
route="to: [ one, two ], strategy: parallel, mode: proxy"

check()
{
	assert_requests callee.msg ACK 1
	assert_requests callee2.msg ACK 1
	assert_requests callee2.msg BYE 1
	flow_says 'two: 200 after the final response, sent on'
}
