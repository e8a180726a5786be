# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# sipd as a proxy: it hides nothing, and knows no calls.

next_hop="mode: proxy"
hides=no
expect_calls=0

# flow_says REGEXP: it stands in the flow of the INVITE that came in last.
flow_says()
{
	control flow list --all --method INVITE >flows || fail "flow list: status $?"
	jq -r '[.flows[] | select(.direction == "in")][0].note' flows >note
	grep -qE "$1" note || fail "the flow does not say '$1': $(<note)"
}
