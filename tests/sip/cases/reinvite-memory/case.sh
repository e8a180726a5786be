# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Transactions apart, a call whose session has been changed 400 times takes no more memory than after
# the first 200.
expect_ended_by=caller
t1=50
# Else the ring of recent messages is still filling up.
trace="messages: $((256 * shards))K, flows: 64"

# changes_are NUMBER: so many have been acknowledged, and the first INVITE; transactions are over.
changes_are()
{
	[ "$(grep -c '^ACK sip' callee.msg)" -gt "$1" ] &&
		[ "$(control status | json "sum(d['transactions'].values())")" = 0 ]
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
	until_true $patience changes_are 200 || fail "the first 200 changes do not end"
	before=$(memory_kb)
	until_true $patience changes_are 400 || fail "the other changes do not end"
	after=$(memory_kb)
	wait_phones
	# Freed memory is kept back there; what is lost is told at the end.
	[ "$mode" = asan ] || [ "$((after - before))" -le 32 ] ||
		fail "memory has grown from $before kB to $after kB"
	echo "memory: $before kB after 200 changes, $after kB after 400"
}
