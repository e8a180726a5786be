# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.6b 3261/16.6f 3261/17a 5658/3a
. "$here/lib_proxy.sh"

check()
{
	assert_requests callee.msg ACK 1
	assert_requests callee.msg BYE 1
	flow_says 'proxied by next-hop of realm access: .*: next hop: 200'
	flows_are '.method == "BYE" and .code == 200' 2
	[ "$(control status | json "d['calls']['proxied'] >= 0")" = True ] || fail "no count"
}
