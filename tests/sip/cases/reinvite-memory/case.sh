# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# A call whose session is changed 2000 times takes no more memory than after the first 1000.
expect_ended_by=caller
# A transaction lives on for 64 * T1: as many do after the first changes as after all.
t1=20
# Else the ring of recent messages is still filling up.
trace="messages: $((256 * shards))K, flows: 64"

# changes_are NUMBER: so many have been acknowledged, and the first INVITE.
changes_are()
{
	[ "$(grep -c '^ACK sip' callee.msg)" -gt "$1" ]
}

# Of what is no file's.
memory_kb()
{
	awk '/^RssAnon:/ { print $2 }' "/proc/$sipd_pid/status"
}

drive()
{
	local before after
	start_callee
	start_caller
	until_true $patience changes_are 1000 || fail "the first 1000 changes do not come"
	before=$(memory_kb)
	until_true $patience changes_are 2000 || fail "the other changes do not come"
	after=$(memory_kb)
	wait_phones
	# Freed memory is kept back there; what is lost is told at the end.
	[ "$mode" = asan ] || [ "$((after - before))" -le 64 ] ||
		fail "memory has grown from $before kB to $after kB"
	echo "memory: $before kB after 1000 changes, $after kB after 2000"
}
