# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/9.2a
expect_code=487

check()
{
	why_says "$(call_field id)" 'The caller gave up while it rang'
	flows_are '.method == "CANCEL" and .code == 200' 2
	flows_are '.method == "INVITE" and .code == 487 and .acked' 2
}
