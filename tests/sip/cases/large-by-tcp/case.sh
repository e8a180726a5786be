# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 3261 s.18.1.1: above 1300 octets TCP is taken, where the next hop's transport is left open.
# Shows: 3261/18.1.1a
like tcp-reset
core=udp
core_also=tcp:$sipd_core_ip:5060
callee_address=$callee_ip:5060
resets=0
enlarge busy

check()
{
	until_true $patience has_ended $callee_pid || fail "the callee goes on: $(<callee.log)"
	wait $callee_pid || fail "the callee has failed: $(<callee.log)"
	[ "$(awk '/^INVITE/ { print ($3 > 1300) }' callee.log)" = 1 ] || fail "$(<callee.log)"
}
