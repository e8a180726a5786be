#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fragments, narrow links and aggregates, in all combinations of families.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_families.sh"

in_fragments()
{
	a_to_b_in_fragments 0 "$1" "$2" -F 1300 -l 1372
	a_to_b_in_fragments $N "$1" "$2" -F 1300 -l 4000
}

# Proves: what comes in fragments is put together, and leaves in as many as the way out takes.
fragments_cross_families()
{
	at_exit "ip -n $A link set a0 mtu 1500"
	ip -n "$A" link set a0 mtu 1390
	counters_mark
	in_all in_fragments
	assert_counters forwarded=$((4 * 2 * N))
}

# The most that fits 1300 octets with the headers of each family.
declare -A fits=([4]=$((1300 - 28)) [6]=$((1300 - 48)))

narrow()
{
	a_to_b_in_fragments 0 "$1" "$2" -l ${fits[$2]}
	a_to_b_in_fragments $N "$1" "$2" -l $((fits[$2] + 1))
}

# Proves: what is too big for the way out leaves in fragments, and what just fits does not.
a_narrow_way_out()
{
	at_exit "ip -n $R link set rb mtu 1500"
	ip -n "$R" link set rb mtu 1300
	counters_mark
	in_all narrow
	assert_counters forwarded=$((4 * 2 * N))
}

aggregated()
{
	a_to_b "$1" "$2" -G
	assert_match "^$N from .* length 172$" "$got"
	assert_session "$N 0" 1 endpoints.0.rx.{packets,lost}
}

# Proves: aggregates are taken apart, whoever makes the checksums of the parts.
aggregates_are_taken_apart()
{
	local rb

	at_exit "in_r ethtool -K rb tx on >/dev/null"
	for rb in on off; do
		in_r ethtool -K rb tx $rb >/dev/null
		counters_mark
		in_all aggregated
		assert_counters forwarded=$((4 * N))
	done
}

need ethtool
families_up
run fragments_cross_families \
	a_narrow_way_out \
	aggregates_are_taken_apart
