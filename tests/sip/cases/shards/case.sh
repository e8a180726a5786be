# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# 40 calls on four shards: that one of them gets none is less likely than a broken machine.
shards=4
calls="max: 40"
expect_calls=40

active_is()
{
	[ "$(control status | json "d['calls']['active']")" = "$1" ]
}

established_are()
{
	[ "$(control call list |
		json "sum(c['state'] == 'established' for c in d['calls'])")" = "$1" ]
}

check_spread()
{
	local status
	status=$(control status)
	echo "$status" | json "len(d['shards'])" | grep -qx 4 || fail "there are not four shards"
	echo "$status" | json "sum(s['active'] for s in d['shards'])" | grep -qx 40 ||
		fail "the shards do not have 40 calls together"
	echo "$status" | json "min(s['active'] for s in d['shards']) > 0" | grep -qx True ||
		fail "a shard has no call"
	# There is one caller's address, and no module: the kernel gives all to one shard.
	echo "$status" | json "d['messages']['handed_over'] > 40" | grep -qx True ||
		fail "nothing was handed over"
	echo "$status" | json "d['messages']['handover_dropped']" | grep -qx 0 ||
		fail "messages were dropped on their way to their shard"
	echo "$status" | json "'calls allowed are in use' in d['degraded'][0]" | grep -qx True ||
		fail "sipctl status does not say that it is full"
	"$sipctl" -s "$PWD/sipd.sock" status | awk '/^SHARD /, 0 { sum += $2; rows++ }
		END { exit !(rows == 5 && sum == 40) }' ||
		fail "sipctl status has no table of the four shards"
}

# All of them, each once, newest first; each can be shown, and what is ambiguous is refused.
check_list()
{
	control call list >list
	json "len({c['id'] for c in d['calls']})" <list | grep -qx 40 ||
		fail "the list has not 40 calls"
	json "d['calls'] == sorted(d['calls'], key=lambda c: -c['start'])" <list | grep -qx True ||
		fail "the list is not ordered"
	json "'\n'.join(c['id'] for c in d['calls'])" <list >ids
	local id
	while read -r id; do
		control call show "$id" | json "d['id']" | grep -qx "$id" ||
			fail "call $id cannot be shown"
	done < <(head -n 4 ids)
	control call ladder "$(head -n 1 ids)" | json "len(d['events']) > 5" | grep -qx True ||
		fail "the ladder is empty"
	# 40 ids begin with 16 letters: two with the same one are in different shards, or in one.
	! control call kill "$(cut -c1 ids | sort | uniq -d | head -n 1)" 2>said ||
		fail "an ambiguous id is killed"
	grep -q 'several calls begin with' said || fail "an ambiguous id is not told: $(<said)"
}

kill_all()
{
	local id
	while read -r id; do
		control call kill "$id" >killed || fail "call $id cannot be killed"
		grep -q "\"id\":\"$id\"" killed || fail "another call than $id was killed"
	done <ids
}

drive()
{
	# Many questions to sipd are asked meanwhile.
	start_callee -m 40 -timeout $((4 * patience))
	start_caller -m 40 -l 40 -r 40 -timeout $((4 * patience))
	until_true $patience established_are 40 || fail "not all calls are established"
	check_spread
	check_list
	# There is no room for one more, whatever its shard.
	start_phone second "$here/cases/full/second.xml" $caller_ip 5070 $caller_media_ip \
		$sipd_ip:5060
	wait "${phones[second]}" || fail "one call more is not refused as it should be"
	unset 'phones[second]'
	kill_all
	wait_phones
	until_true $patience active_is 0 || fail "calls are left"
	# Each shard keeps a quarter of the 100 that keep-finished says.
	[ "$(control call list --all | json "len(d['calls'])")" = \
		"$(control status | json "sum(min(25, s['total']) for s in d['shards'])")" ] ||
		fail "not as many ended calls are kept as keep-finished says"
}
