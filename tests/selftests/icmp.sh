#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# ICMP errors about media: what a socket would make of them, and no more.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_families.sh"

# Types and codes by family.
declare -A UNREACHABLE=([4]="3 3" [6]="1 4") EXCEEDED=([4]="11 0" [6]="3 0")
declare -A PARAMETER=([4]="12 0" [6]="4 1") TOO_BIG=([4]="3 4" [6]="2 0")
declare -A ECHO=([4]="8 0" [6]="128 0")

# The least that IPv6 takes.
MTU=1280

# error FAMILY OPTIONS... "TYPE CODE": the callee tells the border of a packet of endpoint 2.
error()
{
	local family=$1
	shift

	# shellcheck disable=SC2068 # words
	in_b "$selftests/icmp_send" $@ ${CALLEE[$family]} ${FAR[$family]} \
		${FAR[$family]} 30000 ${CALLEE[$family]} 4000
}

# told: "ENDPOINT TYPE CODE MTU" of each event, on one line.
told()
{
	jq -r 'select(.event == "icmp") | "\(.endpoint) \(.icmp.type) \(.icmp.code) \(.icmp.mtu)"' \
		"$TMP/events" | xargs
}

assert_told()
{
	assert_becomes "$*" "ICMP events" told
}

# ICMP errors that endpoints 1 and 2 have got.
assert_errors()
{
	assert_session "$*" 1 endpoints.{0,1}.tx.icmp
}

# Sequence number of the next datagram.
next=0

# media FAMILY COUNT OPTIONS...: N datagrams arrive, so many of them in fragments.
media()
{
	local family=$1 count=$2
	shift 2

	a_to_b_in_fragments "$count" "$family" "$family" -q $next "$@"
	next=$((next + N))
}

errors_of()
{
	local f=$1

	call "$f" "$f"
	monitor
	# Nobody listens: the callee's kernel says so.
	in_a datagrams send -n 1 ${CALLER[$f]} 4000 ${NEAR[$f]} 30000
	assert_errors 0 1
	assert_told "2 ${UNREACHABLE[$f]} null"
	sleep 1.1
	error "$f" "${EXCEEDED[$f]}"
	assert_errors 0 2
	assert_told "2 ${UNREACHABLE[$f]} null 2 ${EXCEEDED[$f]} null"
	sleep 1.1
	error "$f" "${PARAMETER[$f]}"
	assert_errors 0 3
	assert_told "2 ${UNREACHABLE[$f]} null 2 ${EXCEEDED[$f]} null 2 ${PARAMETER[$f]} null"
}

# Proves: errors are counted where the packet left, and told.
errors_are_counted_and_told()
{
	errors_of 4
}

errors_are_counted_and_told_of_ipv6()
{
	errors_of 6
}

# Proves: a flood of errors is counted, and told once in a second.
events_are_limited()
{
	local started events

	call 4 4
	monitor
	in_a rtp_tool send 10.0.1.2:4000 10.0.1.1:30000
	assert_told "2 3 3 null"
	assert_errors 0 1
	started=$(date +%s%N)
	in_b sh -c "for i in 1 2 3 4 5; do
		$selftests/icmp_send 11 0 ${CALLEE[4]} ${FAR[4]} ${FAR[4]} 30000 ${CALLEE[4]} 4000
	done"
	assert_errors 0 6
	# The first may come after a second already, so may one for each second that it took.
	events=$(told | wc -w)
	[ $((events / 4)) -le $((2 + ($(date +%s%N) - started) / 1000000000)) ] ||
		fail "told too often: $(told)"
}

path_mtu_of()
{
	local f=$1

	at_exit "ip -n $R -$f route flush cache"
	call "$f" "$f"
	monitor
	media "$f" 0 -l 1400
	error "$f" -m $MTU "${TOO_BIG[$f]}"
	assert_errors 0 1
	assert_told "2 ${TOO_BIG[$f]} $MTU"
	media "$f" $N -l 1400
	media "$f" 0 -l 1000
	# Of that route only.
	ip -n "$R" -$f route flush cache
	media "$f" 0 -l 1400
}

# Proves: what is too big for the path leaves in fragments as soon as that is known.
the_path_mtu_is_obeyed()
{
	path_mtu_of 4
}

the_path_mtu_is_obeyed_over_ipv6()
{
	path_mtu_of 6
}

# forged FAMILY QUOTED-SOURCE PORT QUOTED-DESTINATION PORT
forged()
{
	local family=$1
	shift

	# shellcheck disable=SC2086 # words
	in_b "$selftests/icmp_send" ${UNREACHABLE[$family]} ${CALLEE[$family]} ${FAR[$family]} "$@"
}

forged_of()
{
	local f=$1 other=${CALLEE[$1]%2}9

	at_exit "ip -n $R -$f route flush cache"
	call "$f" "$f"
	monitor
	media "$f" 0 -l 1400
	# To another port, another address; from a port without endpoint, from outside of the range,
	# and from an endpoint that has sent nothing.
	forged "$f" ${FAR[$f]} 30000 ${CALLEE[$f]} 4001
	forged "$f" ${FAR[$f]} 30000 "$other" 4000
	forged "$f" ${FAR[$f]} 30002 ${CALLEE[$f]} 4000
	forged "$f" ${FAR[$f]} 40000 ${CALLEE[$f]} 4000
	forged "$f" ${NEAR[$f]} 30000 ${CALLER[$f]} 4000
	error "$f" -b -m $MTU "${TOO_BIG[$f]}"
	error "$f" -f "${UNREACHABLE[$f]}"
	error "$f" "${ECHO[$f]}"
	# What is right comes last: nothing before it was counted.
	error "$f" "${EXCEEDED[$f]}"
	assert_told "2 ${EXCEEDED[$f]} null"
	assert_errors 0 1
	media "$f" 0 -l 1400
}

# Proves: what no packet of ours can have caused changes nothing.
forged_errors_change_nothing()
{
	forged_of 4
}

forged_errors_change_nothing_of_ipv6()
{
	forged_of 6
}

need jq python3
families_up
run errors_are_counted_and_told \
	errors_are_counted_and_told_of_ipv6 \
	events_are_limited \
	the_path_mtu_is_obeyed \
	the_path_mtu_is_obeyed_over_ipv6 \
	forged_errors_change_nothing \
	forged_errors_change_nothing_of_ipv6
