# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_calls=0

check()
{
	subscriptions_are 0 || fail "a subscription is left: $(control status)"
	assert_requests caller.msg NOTIFY 2
	assert_requests callee.msg SUBSCRIBE 1
	assert_count caller.msg '^received SIP/2.0 200' 1 1
}
