# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Shows: 3261/8.1.1.1a 3261/22.1c 3261/22.1d 3261/22.1e 3261/22.2b 3261/8.2.2.1b
# Shows: 3327/5.3c
# Calls between users of a domain: who may call, and where to.
# Shows: 6665/4.2.1.3a
config=$domain
expect_calls=any

# Of a user who has several.
phones_are_told_apart()
{
	local id
	for id in $(control call list --all | json "' '.join(c['id'] for c in d['calls'])"); do
		plain call why "$id"
	done >why
	grep -qE "refusal +sip:bo@$caller_ip:[0-9]+: 486 Busy Here" why ||
		fail "it is not told which phone was busy: $(<why)"
	grep -qE "Called as well: sip:bo@$caller_ip:[0-9]+" why ||
		fail "it is not told which phone was next: $(<why)"
}

drive()
{
	add_users
	ip address add 10.0.1.9/32 dev lo
	registrar calls refused_calls cancelled_calls q_order path_calls
	phones_are_told_apart
	plain flow list -a --code 404 | grep -q 'there is no such user' ||
		fail "404 is not explained: $(plain flow list -a --code 404)"
}
