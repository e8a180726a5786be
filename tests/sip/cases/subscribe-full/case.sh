# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
config="subscriptions: { max: 1 }"
expect_calls=0

check()
{
	subscriptions_are 0 || fail "a subscription is left: $(control status)"
	flows_are '.code == 503 and (.note | test("^As many subscriptions as are allowed"))' 1
}
