# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests of learning (latching, RFC 7362), by the families of lib_families.sh, which is
# sourced before. Host 2 of the caller's network is the caller; others need not exist.

# session_learning WORDS...: session 1. Endpoint 1 learns from the caller, and the words belong to
# it. It is the second in the list.
LEARNER=endpoints.1
session_learning()
{
	session_add 1 \
		endpoint 2 local "$(at_b 1:30000)" remote "$(at_b 2:4000)" forward 1 \
		endpoint 1 local "$(at_a 1:30000)" forward 2 "$@"
}

# prefix_at_a NUMBER/LENGTH: of the caller's network, LENGTH as of IPv4.
prefix_at_a()
{
	local length=${1#*/}

	# shellcheck disable=SC2154 # lib_families.sh has it
	[ "$family" = 4 ] || length=$((length + 96))
	echo "$(at_a "${1%/*}")/$length"
}

# from NUMBER:PORT OPTIONS...: datagrams to endpoint 1.
from()
{
	local source
	source=$(at_a "$1")
	shift
	from_address "$source" "$@"
}

from_address()
{
	local source=$1
	shift
	in_a rtp_tool send -D a0 -M "$MAC_RA" "$@" "$source" "$(at_a 1:30000)"
}

# assert_remote NUMBER:PORT PACKETS BAD-SOURCES: of endpoint 1.
assert_remote()
{
	assert_session "$(at_a "$1") true $2 $3" 1 \
		$LEARNER.{remote,learned} $LEARNER.rx.{packets,bad_source}
}

# assert_learned NUMBER:PORT...: soon, what was learned since "monitor", in this order.
assert_learned()
{
	local expected="" source

	for source; do
		expected+="1 1 $(at_a "$source"), "
	done
	wait_for learned_are "$expected"
}

learned_are()
{
	local event rest learned=""

	while read -r event rest; do
		[ "$event" != learned ] || learned+="$rest, "
	done < <(json event id endpoint remote <"$TMP/events")
	[ "$learned" = "$1" ]
}
