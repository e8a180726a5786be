# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 3261 s.18.1.1: the next hop takes no TCP, so UDP carries what is large, too; the second call
# does not ask again.
like basic
core_also=tcp:$sipd_core_ip:5060
callee_address=$callee_ip:5060
expect_calls=2
enlarge basic

drive()
{
	start_callee -m 2
	start_caller -m 2 -l 1
	wait_phones
}

check()
{
	[ "$(grep -c "TCP connection to $callee_ip:5060: Connection refused" sipd.log)" -le "$shards" ] ||
		fail "TCP is tried for each call"
	grep -q "TCP connection to $callee_ip:5060: Connection refused" sipd.log ||
		fail "TCP is not tried"
}
