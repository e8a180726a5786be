#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How much a namespace may have, who pays for it in memory, and that all of it is given back.
. "$(dirname "$0")/lib.sh"

need nl_many sipctl json jq
need_module

# With a range of 40000 ports on the loopback; goes with the test.
namespace_up()
{
	ip netns add "$R"
	at_exit "ip netns del $R 2>/dev/null"
	ip -n "$R" link set lo up
	in_r sipctl kernel range add 127.0.0.1:20000-59999
}

# fails STATUS SAID COMMAND...
fails()
{
	local want=$1 said=$2 status=0
	shift 2
	output=$(in_r "$@" 2>&1) || status=$?
	assert_eq "$want" "$status" "exit status of $*"
	assert_eq "$said" "$output" "message of $*"
}

counts()
{
	in_r sipctl -j kernel status | json sessions endpoints
}

sessions_are_limited()
{
	namespace_up
	in_r sipctl kernel config set max-sessions 3
	fails 1 'added 3, then ENOSPC: The namespace holds as many sessions as it may' nl_many 1 5
	assert_eq '3 6' "$(counts)"
	fails 1 'sipctl: session add: The namespace holds as many sessions as it may, session 9, see "sipctl kernel status"' \
		sipctl session add 9 endpoint 1 local 127.0.0.1:30000
	in_r sipctl session del 2
	in_r sipctl session add 9 endpoint 1 local 127.0.0.1:30000
	# Less than there are: they stay, and can be changed.
	in_r sipctl kernel config set max-sessions 1
	in_r sipctl session set 9 endpoint 2 local 127.0.0.1:30002
	assert_eq '3 6' "$(counts)"
	assert_match 'sessions +3 of 1' "$(in_r sipctl kernel status)"
}

endpoints_are_limited()
{
	namespace_up
	in_r sipctl kernel config set max-endpoints 5
	fails 1 'added 2, then ENOSPC: The namespace holds as many endpoints as it may' nl_many 1 5
	assert_eq '2 4' "$(counts)"
	in_r sipctl session set 1 endpoint 3 local 127.0.0.1:30000
	assert_fails in_r sipctl session set 1 endpoint 4 local 127.0.0.1:30002
	assert_eq '2 5' "$(counts)"
	in_r sipctl session flush
	assert_eq '0 0' "$(counts)"
	assert_eq 'added 2' "$(in_r nl_many 1 2)"
}

limits_are_of_one_namespace()
{
	namespace_up
	in_r sipctl kernel config set max-sessions 1 max-endpoints 2
	ip netns add "$A"
	at_exit "ip netns del $A"
	ip -n "$A" link set lo up
	in_a sipctl kernel range add 127.0.0.1:20000-29999
	assert_eq 'added 10' "$(in_a nl_many 1 10)"
}

settings_are_shown_as_they_were_set()
{
	local most

	namespace_up
	most=$(in_r sipctl -j kernel config show | json sessions_max endpoints_max)
	assert_match '^[0-9]{5,} [0-9]{5,}$' "$most"
	in_r sipctl kernel config set max-sessions 5 hooks listed lo none0
	assert_eq 'hooks          listed lo none0
max-sessions   5
max-endpoints  '"${most#* }" "$(in_r sipctl kernel config show)"
	in_r sipctl kernel config set max-endpoints 7 hooks auto
	assert_eq '{"schema":1,"sessions_max":5,"endpoints_max":7,"hooks":"auto","devices":[]}' \
		"$(in_r sipctl -j kernel config show | jq -c .)"
	in_r sipctl kernel config set hooks prerouting
	assert_eq '{"schema":1,"ranges":1,"sessions":0,"endpoints":0,"devices":[],"prerouting":true,"sessions_max":5,"endpoints_max":7,"hooks":"prerouting"}' \
		"$(in_r sipctl -j kernel status | jq -c 'del(.version, .warnings)')"
	in_r sipctl kernel config set hooks listed lo
	assert_match 'hooks +listed, prerouting, lo$' "$(in_r sipctl kernel status)"
	assert_eq 'lo' "$(in_r sipctl __complete -- kernel config set hooks listed | grep -x lo)"
}

settings_are_refused_with_reasons()
{
	namespace_up
	fails 2 'sipctl: kernel config set: bad hooks "lo", configuration, give auto, prerouting or listed with devices' \
		sipctl kernel config set hooks lo
	fails 2 'sipctl: kernel config set: too few arguments, give: sipctl kernel config set [hooks auto|prerouting|listed DEV...] [max-sessions N] [max-endpoints N]' \
		sipctl kernel config set
	assert_fails in_r sipctl kernel config set max-sessions 4294967295
	assert_match '^sipctl: kernel config set: .*, config, max-sessions, give less$' "$output"
	assert_fails in_r setpriv --reuid 65534 --clear-groups --bounding-set -all \
		"$(command -v sipctl)" kernel config set max-sessions 5
	assert_match 'Operation not permitted.*CAP_NET_ADMIN$' "$output"
	in_r setpriv --reuid 65534 --clear-groups "$(command -v sipctl)" kernel config show >/dev/null
}

# --- memory ------------------------------------------------------------------------------------

# A control group of the test's own: $cgroup.
cgroup_up()
{
	local root=$TMP/cgroup

	mkdir "$root"
	mount -t cgroup2 none "$root" || skip "no cgroup2"
	at_exit "umount '$root'; rmdir '$root'"
	grep -qw memory "$root/cgroup.controllers" || skip "memory has no cgroup2 controller here"
	echo +memory >"$root/cgroup.subtree_control"
	cgroup=$root/sipfast-$$
	mkdir "$cgroup"
	at_exit "rmdir '$cgroup'"
}

# Runs it in the group, in the border's namespace.
in_cgroup()
{
	ip netns exec "$R" bash -c "echo \$\$ >'$cgroup/cgroup.procs'; exec \"\$@\"" bash "$@"
}

# In KiB. What is in use is known to some hundred.
charged()
{
	echo $(($(<"$cgroup/memory.current") / 1024))
}

charged_less_than()
{
	[ "$(charged)" -lt "$1" ]
}

# What programs and the namespace need once.
charge_once()
{
	in_cgroup nl_many 1 100 >/dev/null
	in_r sipctl session flush
}

memory_is_charged_to_who_adds()
{
	local before more

	! kernel_has_kasan || skip "objects are bigger with KASAN"
	namespace_up
	cgroup_up
	charge_once
	before=$(charged)
	assert_eq 'added 4000' "$(in_cgroup nl_many 1 4000)"
	more=$(($(charged) - before))
	echo "# 8000 endpoints of 4000 sessions: $more KiB"
	[ $more -gt 4000 ] || fail "only $more KiB were charged"
	[ $more -lt 8500 ] || fail "$more KiB were charged"
	# Whoever deletes: it goes back to who paid.
	in_r sipctl session flush
	wait_for charged_less_than $((before + 800))
}

memory_is_given_back_with_the_namespace()
{
	local before

	namespace_up
	cgroup_up
	charge_once
	before=$(charged)
	assert_eq 'added 4000' "$(in_cgroup nl_many 1 4000)"
	[ "$(charged)" -gt $((before + 4000)) ] || fail "only $(charged) KiB are charged"
	ip netns del "$R"
	wait_for charged_less_than $((before + 800))
}

# In the worst case the kernel ends the program; others go on, and what was added is good.
memory_ends_with_the_group()
{
	local before added

	! kernel_has_kasan || skip "objects are bigger with KASAN"
	namespace_up
	cgroup_up
	charge_once
	before=$(charged)
	echo $(((before + 3000) * 1024)) >"$cgroup/memory.max"
	in_cgroup nl_many 1 19000 >"$TMP/said" 2>&1 || true
	added=$(in_r sipctl -j kernel status | json sessions)
	echo "# $added were added: $(cat "$TMP/said")"
	[ "$added" -gt 500 ] && [ "$added" -lt 6000 ] || fail "$added sessions in 3000 KiB"
	assert_eq "$added" "$(in_r sipctl -j session list | jq '[.sessions[] |
		select((.endpoints | length) == 2)] | length')" "whole sessions"
	assert_eq 'added 1' "$(in_r nl_many 19500 1)"
	in_r sipctl session flush
	wait_for charged_less_than $((before + 800))
	echo max >"$cgroup/memory.max"
	assert_eq 'added 100' "$(in_cgroup nl_many 1 100)"
}

run sessions_are_limited \
	endpoints_are_limited \
	limits_are_of_one_namespace \
	settings_are_shown_as_they_were_set \
	settings_are_refused_with_reasons \
	memory_is_charged_to_who_adds \
	memory_is_given_back_with_the_namespace \
	memory_ends_with_the_group
