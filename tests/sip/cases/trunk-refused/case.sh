# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The first trunk does not take our credentials: that is not the caller's business, the next one is called. No call
# shows them for a while, as an operator is told.
# Shows: 3261/22.2b
route="to: [ one, two ]"
trunk="credentials: { user: sbc, password: wrong }"

check()
{
	assert_requests callee.msg INVITE 2
	assert_requests callee2.msg INVITE 1
	refute_in caller.msg '^(WWW|Proxy)-Authenticate:'
	why_says "$(call_field id)" 'trunk one refused our credentials' 'none are shown to it for 60 s'
	plain trunk list >trunks
	grep -qE '^one .* refused ' trunks || fail "trunk list: $(<trunks)"
	plain trunk show one >trunk
	grep -qE '^credentials +refused in a call; calls go without them for another [0-9.]+ ?s$' trunk ||
		fail "trunk show: $(<trunk)"
	control status | grep -q 'trunk one refuses the credentials' || fail "status does not tell of it"
	plain trunk enable one
	plain trunk list >trunks
	grep -qE '^one .* enabled ' trunks || fail "trunk list after enable: $(<trunks)"
}
