# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The first trunk does not take our credentials: that is not the caller's business, the next one is called.
# Shows: 3261/22.2b
route="to: [ one, two ]"
trunk="credentials: { user: sbc, password: wrong }"

check()
{
	assert_requests callee.msg INVITE 2
	assert_requests callee2.msg INVITE 1
	refute_in caller.msg '^(WWW|Proxy)-Authenticate:'
	why_says "$(call_field id)" 'trunk one refused our credentials'
}
