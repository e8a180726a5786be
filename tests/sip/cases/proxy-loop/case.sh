# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.3b 5393/4.2a
. "$here/lib_proxy.sh"
config="trunks:
  - { name: round, realm: core, address: $callee_ip }
routes:
  - { match: bob, to: [ round ], mode: proxy }"

# The next hop sends back what it gets.
start_servers()
{
	python3 "$here/boomerang" $callee_ip $sipd_core_ip &
	until_true $patience is_bound $callee_ip:5060 || fail "no boomerang"
}

check()
{
	# Out, round, out again; the second time round it has been there before.
	flows_are '.direction == "out" and .code == 482' 2 --method INVITE
	flow_says 'a loop|482'
}
