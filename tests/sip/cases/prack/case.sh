# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
check()
{
	local id detail
	id=$(call_field id)
	control call ladder "$id" >ladder
	[ "$(json "len([e for e in d['events'] if e['label'] == 'PRACK'])" <ladder)" = 4 ] ||
		fail "the ladder does not show each PRACK twice: $(<ladder)"
	for detail in 'SDP audio PCMU sendrecv, RSeq 17$' '^CSeq [0-9]+ PRACK, RAck 18 1 INVITE$'; do
		jq -r '.events[].detail' ladder | grep -qE "$detail" ||
			fail "the ladder does not tell $detail: $(<ladder)"
	done
	assert_requests callee.msg PRACK 2
}
