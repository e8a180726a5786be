# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 4028/10a 3326/2a
timers="session-expires: 30s, min-se: 1s"
expect_ended_by="session timer"

check()
{
	why_says "$(call_field id)" 'session timer of the caller: 2 s, refreshed by it' \
		'session timer of the caller expired: no refresh from it for 1 s'
}
