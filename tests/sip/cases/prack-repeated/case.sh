# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
check()
{
	assert_requests callee.msg PRACK 1
	assert_count caller.msg 'received SIP/2.0 183' 2 10
	control call ladder "$(call_field id)" >ladder
	[ "$(json "sum(e['retransmission'] for e in d['events'] if e['to'] == 0 and e['label'].startswith('183'))" <ladder)" -ge 1 ] ||
		fail "the ladder does not show the repetitions: $(<ladder)"
}
