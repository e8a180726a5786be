# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 5626: phones that are reached by the connection that they have registered over, and by no other.
# Shows: 5626/4.4.1a 5626/4.4.2 5626/5.3a 5626/7a 5626/7b 5626/7c 5626/5.4a 5626/6a 5626/6b 5626/6c 5626/6f
# Shows: 3581/4b 5626/8a 5626/5.3b
config=$domain
expect_calls=any
access_also="tcp:$sipd_ip:5060"

drive()
{
	add_users
	flows tcp bound not_asked_for by_proxy gone replaced two_flows breaks by_contact calls_others stun rport
}

check()
{
	# Found to be gone before there was a call, and when it broke under one.
	control flow list --all >flows || fail "no flows"
	why_says "$(jq -r '[.flows[] | select(.method == "INVITE" and .code == 480)][-1].id' flows)" \
		'the connection is gone until it registers again'
	why_says "$(control call list --all | json "[c['id'] for c in d['calls'] if c['code'] == 480][0]")" \
		'cannot be reached'
}
