# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 6665/4.1.2.2a 6665/4.1.2.3a 6665/4.2.2a
expect_calls=0

check()
{
	subscriptions_are 0 || fail "a subscription is left: $(control status)"
	flows_are '.method == "NOTIFY" and .code == 200 and .end == "answered"' 6
	flows_are '.method == "SUBSCRIBE" and .code == 200 and .end == "answered"' 6
	# All of it is found by one id.
	flows_are ".call == \"$(jq -r '.flows[0].call' flows)\"" 12
}
