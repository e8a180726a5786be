# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/22.1a
expect_ended_by=caller
next_hop="credentials: { user: sbc, password: secret, realm: carrier }"

check()
{
	assert_count callee.msg 'received BYE' 1 20
	! grep -q 'uthorization' callee.msg || fail "credentials went to a stranger's realm"
	why_says "$(call_field id)" '401 from 10.0.2.2:5060 to the BYE: no credentials are for realm evil'
}
