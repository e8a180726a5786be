# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/22.2a 7616/3.4a 7616/3.4b 7616/3.4c
expect_ended_by=caller
next_hop="credentials: { user: sbc, password-file: $PWD/trunk.key, realm: carrier }"

start_servers()
{
	echo secret >trunk.key
	chmod 600 trunk.key
}

check()
{
	assert_requests callee.msg INVITE 2
	assert_requests caller.msg INVITE 0
	assert_count callee.msg 'received BYE' 2 20
	why_says "$(call_field id)" '401 from 10.0.2.2:5060 to the INVITE: answered as sbc of carrier, by MD5' \
		'407 from 10.0.2.2:5060 to the BYE: answered as sbc of carrier, by MD5'
	plain call ladder --messages "$(call_field id)" >ladder || fail "no ladder"
	! grep -q 'response="[0-9a-f]' ladder || fail "the ladder shows credentials"
}
