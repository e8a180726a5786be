# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 4028/7.2a 4028/7.4b
timers="session-expires: 2s, min-se: 1s"
access_more="session-timers: request"
core_more="session-timers: off"
expect_ended_by=callee

check()
{
	local version
	version=$(grep -a '^o=bob' caller.msg | sort -u | wc -l)
	[ "$version" = 1 ] || fail "o= has changed: $(grep -a '^o=bob' caller.msg)"
	why_says "$(call_field id)" 'session timer of the caller: 2 s, refreshed by sipd'
}
