# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.6i
# Shows: 3263/4.3a
. "$here/lib_proxy.sh"
. "$here/cases/dns-failover/case.sh"
scenarios=$here/cases/dns-failover
. "$here/lib_proxy.sh"

drive()
{
	until_true $patience is_resolved || fail "the name is not resolved: $(control status)"
	start_callee
	start_caller
	wait_phones
}

check()
{
	assert_requests callee.msg INVITE 1
	[ "$(control status | json "[a['address'] for a in d['dns']['failed_addresses']]")" = \
		"['$silent_ip:5062']" ] || fail "status does not show who failed"
}
