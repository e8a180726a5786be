# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.7e
like fork-first-wins
. "$here/lib_proxy.sh"
route="to: [ one, two, three ], strategy: parallel, mode: proxy"

check()
{
	assert_requests callee.msg CANCEL 1
	assert_requests callee3.msg CANCEL 1
	assert_requests callee2.msg ACK 1
	assert_requests callee.msg ACK 1
	flow_says 'proxied by route \^bob\$: two: 200'
	flows_are '.method == "INVITE" and .code == 487 and .acked' 2
}
