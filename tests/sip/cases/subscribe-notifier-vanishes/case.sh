# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 6665/4.1.2.2c 6665/4.2.1.4a
expect_calls=0

check()
{
	until_true $patience subscriptions_are 0
}
