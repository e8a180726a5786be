# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3428/4a 3428/4b 3428/7b 3428/4c
expect_calls=0

check()
{
	flows_are '.method == "MESSAGE" and .code == 202 and .end == "answered"' 2
	# Both transactions are found by one id, and the one that came says which way it went on.
	flows_are '.direction == "in" and (.note | test("^next-hop of realm access: 10.0.2.2.*202 from"))' 1
	id=$(jq -r '.flows[0].call' flows)
	flows_are ".call == \"$id\"" 2
	plain flow ladder "$id" >ladder || fail "no ladder"
	[ "$(grep -c 'MESSAGE' ladder)" -ge 2 ] || fail "the ladder lacks messages: $(<ladder)"
	[ "$(control status | json "d['outside_calls']['requests']")" = 1 ] || fail "not counted"
}
