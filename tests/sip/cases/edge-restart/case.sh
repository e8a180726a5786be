# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# A Service-Route outlives sipd, however that ends, as long as the phone is registered; every shard
# knows it then.
like edge
shards=4

restart()
{
	kill -"$1" "$sipd_pid"
	wait "$sipd_pid"
	start_sipd
}

# What is on its way to the disk when sipd is killed may be lost.
is_written()
{
	[ "$(control status | json "d['store']['waiting']")" = 0 ]
}

drive()
{
	edge refused register call
	until_true $patience is_written || fail "nothing is written"
	restart KILL
	edge call foreign
	restart TERM
	edge call unregister refused
	until_true $patience is_written || fail "nothing is written"
	restart KILL
	edge refused
}
