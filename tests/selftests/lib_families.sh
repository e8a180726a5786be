# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests of IPv6 media, and of media from one family to the other; sourced after
# lib_media.sh.

# shellcheck disable=SC2034,SC2154 # lib.sh sets one, the scripts use the other
N=20

# Addresses by family: of the caller, the border on both sides, and the callee.
declare -A CALLER=([4]=10.0.1.2 [6]=fd00:1::2) NEAR=([4]=10.0.1.1 [6]=fd00:1::1)
declare -A CALLEE=([4]=10.0.2.2 [6]=fd00:2::2) FAR=([4]=10.0.2.1 [6]=fd00:2::1)

# host FAMILY ADDRESS: as sipctl writes it before a port.
host()
{
	if [ "$1" = 6 ]; then
		echo "[$2]"
	else
		echo "$2"
	fi
}

# enable_ipv6 NS DEV ADDRESS
enable_ipv6()
{
	ip netns exec "$1" sysctl -qw "net.ipv6.conf.$2.disable_ipv6=0" "net.ipv6.conf.$2.accept_dad=0"
	ip -n "$1" addr add "$3/64" dev "$2" nodad
}

families_up()
{
	media_up
	enable_ipv6 "$A" a0 ${CALLER[6]}
	enable_ipv6 "$R" ra ${NEAR[6]}
	enable_ipv6 "$R" rb ${FAR[6]}
	enable_ipv6 "$B" b0 ${CALLEE[6]}
	in_r sipctl kernel range add "[${NEAR[6]}]:30000-30999"
	in_r sipctl kernel range add "[${FAR[6]}]:30000-30999"
	in_r ping -6 -c 1 -q ${CALLER[6]} >/dev/null
	in_r ping -6 -c 1 -q ${CALLEE[6]} >/dev/null
}

# call NEAR-FAMILY FAR-FAMILY: session 1, for the test.
call()
{
	session_add 1 \
		endpoint 1 local "$(host "$1" ${NEAR[$1]}):30000" \
			remote "$(host "$1" ${CALLER[$1]}):4000" forward 2 \
		endpoint 2 local "$(host "$2" ${FAR[$2]}):30000" \
			remote "$(host "$2" ${CALLEE[$2]}):4000" dscp 46 forward 1
}

# listen NAME NS ADDRESS [OPTIONS...]: waits for datagrams at port 4000; see heard.
listen()
{
	local name=$1 ns=$2 address=$3
	shift 3

	rm -f "$TMP/$name".*
	{
		ip netns exec "$ns" datagrams recv "$@" "$address" 4000 >"$TMP/$name.text"
		echo $? >"$TMP/$name.status"
	} &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q bound "$TMP/$name.text"
}

# heard NAME: what came, once all came as it was sent.
heard()
{
	wait_for test -s "$TMP/$1.status"
	sed 1d "$TMP/$1.text" >&2
	assert_eq 0 "$(cat "$TMP/$1.status")" "what $1 received: $(sed 1d "$TMP/$1.text")"
	sed 1d "$TMP/$1.text"
}

# a_to_b NEAR FAR OPTIONS...: the caller sends, the callee must get it all. What it got is in $got.
a_to_b()
{
	local near=$1 far=$2
	shift 2

	listen b "$B" ${CALLEE[$far]} -n $N
	in_a datagrams send -n $N "$@" ${CALLER[$near]} 4000 ${NEAR[$near]} 30000
	got=$(heard b)
}

# reassembled FAMILY: how many packets the callee has put together.
reassembled()
{
	if [ "$1" = 6 ]; then
		in_b awk '$1 == "Ip6ReasmOKs" { print $2 }' /proc/net/snmp6
	else
		in_b awk '$1 == "Ip:" && !name {
				for (i = 2; i <= NF; i++)
					if ($i == "ReasmOKs")
						name = i
				next
			}
			$1 == "Ip:" { print $name }' /proc/net/snmp
	fi
}

# a_to_b_in_fragments COUNT NEAR FAR OPTIONS...: as a_to_b; so many of the datagrams come in
# fragments.
a_to_b_in_fragments()
{
	local count=$1 far=$3 before
	shift

	before=$(reassembled "$far")
	a_to_b "$@"
	assert_eq "$count" $(($(reassembled "$far") - before)) "packets in fragments"
}

# in_all COMMAND...: in every combination of families, each with a call of its own; the families are
# put behind the command.
in_all()
{
	local near far

	for near in 4 6; do
		for far in 4 6; do
			call $near $far
			echo "# from IPv$near to IPv$far"
			"$@" $near $far
			in_r sipctl session del 1
		done
	done
}

# --- tests that run with each family ----------------------------------------------------------

# Of the running test.
family=4

# The networks of the caller and the callee, and an address in neither.
declare -A NET_A=([4]=10.0.1. [6]=fd00:1::) NET_B=([4]=10.0.2. [6]=fd00:2::)
declare -A ABROAD=([4]=192.0.2.1 [6]=2001:db8::1)

# in_each_family TEST...: makes TEST_over_IPv4 and TEST_over_IPv6 of each; they are in $tests, for
# "run".
tests=()
in_each_family()
{
	local test version

	for test; do
		for version in 4 6; do
			eval "${test}_over_IPv$version() { family=$version; $test; }"
			tests+=("${test}_over_IPv$version")
		done
	done
}

# in_net NETWORK NUMBER[:PORT]: the address of that number, or "abroad".
in_net()
{
	local number=${2%%:*} address

	if [ "$number" = abroad ]; then
		address=${ABROAD[$family]}
	elif [ "$family" = 6 ]; then
		printf -v address %s%x "$1" "$number"
	else
		address=$1$number
	fi
	if [ "$number" = "$2" ]; then
		echo "$address"
	elif [ "$family" = 6 ]; then
		echo "[$address]:${2#*:}"
	else
		echo "$address:${2#*:}"
	fi
}

# at_a NUMBER[:PORT], at_b NUMBER[:PORT]: in the caller's network, in the callee's. The border has
# number 1, the hosts are 2.
at_a()
{
	in_net ${NET_A[$family]} "$1"
}

at_b()
{
	in_net ${NET_B[$family]} "$1"
}

# caller_sends OPTIONS..., callee_sends OPTIONS...: from port 4000 to the border's port 30000.
caller_sends()
{
	in_a rtp_tool send "$@" "$(at_a 2:4000)" "$(at_a 1:30000)"
}

callee_sends()
{
	in_b rtp_tool send "$@" "$(at_b 2:4000)" "$(at_b 1:30000)"
}
