# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 6665/4.2.2b
expect_calls=0

check()
{
	subscriptions_are 0 || fail "a subscription is left: $(control status)"
}
