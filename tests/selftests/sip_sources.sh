#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How many sources the module can know, what they cost, and who makes room under attack.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"

MAX=1048576
MILLION=1000000
BANNED=3

# A sanitizer makes each of them several times as big and as slow.
if kernel_has_kasan; then
	MILLION=20000
fi

begin()
{
	inspect_up enforce
	serve -a '*=0'
}

# Octets of kernel memory in use for objects and tables.
kernel_memory()
{
	awk '/^(Slab|VmallocUsed):/ { sum += $2 } END { print sum * 1024 }' /proc/meminfo
}

memory_is_given_back()
{
	[ $(($(kernel_memory) - before)) -lt $((8 << 20)) ]
}

# Proves: a million sources can be known, for less than 256 octets each; they count as one does;
# one more than the limit is refused; and their memory is given back.
a_million_sources()
{
	local before each

	begin
	before=$(kernel_memory)
	assert_eq "added $MILLION" "$(in_r nl_sources 11.0.0.0 $MILLION $BANNED)"
	each=$((($(kernel_memory) - before) / MILLION))
	echo "# $each octets of kernel memory each"
	kernel_has_kasan || [ $each -lt 256 ] || fail "$each octets of kernel memory each"
	cells_mark
	send -n 20 -S 11.0.7 -w 0.1 >/dev/null
	send -n 3 -w 0.1 >/dev/null
	assert_served 3
	assert_cells "banned none banned=20, unknown OPTIONS accept=3"
	if [ $MILLION = 1000000 ]; then
		assert_eq "added $((MAX - MILLION)), then ENOSPC: There are as many sources as the policy allows" \
			"$(in_r nl_sources 12.0.0.0 100000 $BANNED || true)"
	fi
	in_r sipctl ban del all
	wait_for memory_is_given_back
	send -n 2 -S 11.0.7 -w 0.1 >/dev/null
	assert_served 5
}

# Proves: when everybody must be banned, the oldest of the module's own bans make room for new
# ones; what an operator said stays, and the limit is never exceeded.
bans_make_room()
{
	begin
	in_r sipctl kernel policy set max-sources 200 ban-malformed 1 ban-ports never
	in_r sipctl ban add 10.0.1.77 reason "by hand"
	in_r sipctl kernel source add 10.0.1.2 class trusted
	echo nonsense >"$TMP/nonsense"
	send -f "$TMP/nonsense" -r 1000 -S 10.9 -w 0.1 >/dev/null
	assert_eq 200 "$(in_r sipctl -j kernel source list | jq '.sources | length')"
	in_r sipctl -j ban list >"$TMP/bans"
	assert_eq 1 "$(jq '[.bans[] | select(.source == "10.0.1.77" and .reason == "by hand")] | length' \
		"$TMP/bans")"
	assert_eq 198 "$(jq '[.bans[] | select(.by == "kernel")] | length' "$TMP/bans")"
	# Nothing of an operator makes room for what he adds, but bans of the module do.
	in_r sipctl ban add 10.0.1.78
	assert_eq 200 "$(in_r sipctl -j kernel source list | jq '.sources | length')"
	cells_mark
	send -w 0.1 >/dev/null
	assert_cells "trusted OPTIONS accept=1"
}

need jq nl_sources
# Each test has a module of its own, all have this.
topology_up
run a_million_sources bans_make_room
