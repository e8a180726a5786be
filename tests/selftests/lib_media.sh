# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests that send media; sourced after lib.sh. The border has two ranges,
# $RANGE_A of 10.0.1.1 and $RANGE_B of 10.0.2.1; see rtp_tool for what sends and receives.

RANGE_A=10.0.1.1:30000-30999
RANGE_B=10.0.2.1:30000-30999

# The module, the topology and the ranges, for the whole script.
media_up()
{
	need rtp_tool json sipctl
	need_module
	topology_up
	in_r sipctl kernel range add $RANGE_A
	in_r sipctl kernel range add $RANGE_B
	MAC_RA=$(mac "$R" ra)
	# Learned neighbours: the first datagram of a test is as good as the others.
	in_a ping -c 1 -q 10.0.1.1 >/dev/null
	in_b ping -c 1 -q 10.0.2.1 >/dev/null
	in_r ping -c 1 -q 10.0.1.2 >/dev/null
	in_r ping -c 1 -q 10.0.2.2 >/dev/null
}

# --- a border and devices that go ---------------------------------------------------------------

# side_border: namespace $X with a border of its own, 10.0.3.1, between a1 10.0.3.2 of the caller
# and b1 10.0.4.2 of the callee.
side_border()
{
	X=side-$$
	ip netns add "$X"
	at_exit "ip netns del $X 2>/dev/null"
	link "$A" a1 10.0.3.2/24 "$X" xa 10.0.3.1/24
	link "$B" b1 10.0.4.2/24 "$X" xb 10.0.4.1/24
	wait_for link_is_up "$X" xa
	wait_for link_is_up "$X" xb
	ip netns exec "$X" sipctl kernel range add 10.0.3.1:30000-30999
	ip netns exec "$X" sipctl kernel range add 10.0.4.1:30000-30999
	ip netns exec "$X" sipctl session add 1 timeout 1h \
		endpoint 1 local 10.0.3.1:30000 remote 10.0.3.2:4000 forward 2 \
		endpoint 2 local 10.0.4.1:30000 remote 10.0.4.2:4000 forward 1
}

device_gone()
{
	! ip -n "$1" link show "$2"
}

# The kernel says so of one that does not go for 10 s.
no_device_waits()
{
	if dmesg | grep 'unregister_netdevice: waiting'; then
		fail "a device cannot go"
	fi
}

# --- sessions ----------------------------------------------------------------------------------

# session_add ID WORDS...: as "sipctl session add"; deleted with the test.
session_add()
{
	at_exit "in_r sipctl session del $1 2>/dev/null"
	in_r sipctl session add "$@"
}

# session_ab ID [WORDS...]: caller 10.0.1.2:4000 and callee 10.0.2.2:4000 by ports 30000 of the
# border; the words follow endpoint 2.
session_ab()
{
	local id=$1
	shift
	session_add "$id" \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 forward 1 "$@"
}

# session ID PATH...: values from "sipctl session show", on one line; see json.
session()
{
	local id=$1
	shift
	in_r sipctl -j session show "$id" | json "${@/#/session.}"
}

# assert_session EXPECTED ID PATH...: soon, or the test fails.
assert_session()
{
	local expected=$1
	shift

	assert_becomes "$expected" "session $*" session "$@"
}

session_gone()
{
	! in_r sipctl session show "$1"
}

# monitor: what happens to sessions from now on, as lines of JSON in $TMP/events.
monitor()
{
	ip netns exec "$R" sipctl -j session monitor >"$TMP/events" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q '"ready"' "$TMP/events"
}

# Packets received by each endpoint, then sent by each.
# shellcheck disable=SC2034 # for the scripts
RX_TX=('endpoints.*.'{rx,tx}.packets)

# --- the kernel's counters ---------------------------------------------------------------------

# counter NAME
counter()
{
	local name value

	while read -r name value; do
		[ "$name" != "$1" ] || echo "$value"
	done < <(packet_counters)
}

declare -A counted
# NAME NUMBER a line: those of packets, without the table of SIP messages.
packet_counters()
{
	in_r sipctl kernel stats -a | sed '/^$/,$d'
}

counters_mark()
{
	local name value

	while read -r name value; do
		counted[$name]=$value
	done < <(packet_counters)
}

# What has changed since counters_mark, as NAME=NUMBER words in the kernel's order.
counters_since()
{
	local name value since=

	while read -r name value; do
		[ "$value" = "${counted[$name]}" ] || since+=" $name=$((value - counted[$name]))"
	done < <(packet_counters)
	echo "${since# }"
}

# assert_counters "[NAME=NUMBER...]", in the order of the kernel's list: soon these, and no other,
# have gone up by so much since counters_mark.
assert_counters()
{
	assert_becomes "$*" counters counters_since
}

# --- datagrams ---------------------------------------------------------------------------------

# receive NAME IN OPTIONS... ADDRESS:PORT: a receiver in the background, in namespace in_a, in_r or
# in_b. It is bound when this returns.
receive()
{
	local name=$1 where=$2 pid
	shift 2
	[ ! -e "$TMP/$name" ] || rm "$TMP/$name"
	pid=$("$where" rtp_tool recv -b -o "$TMP/$name" "$@")
	echo "$pid" >"$TMP/$name.pid"
	at_exit "kill $pid 2>/dev/null"
}

# Ends the receivers that wait for no number, once they have taken what is there.
stop()
{
	local name

	for name; do
		kill "$(<"$TMP/$name.pid")"
	done
}

# ended NAME: waits until that receiver has ended.
ended()
{
	local deadline=$((SECONDS + PATIENCE))

	until [ -e "$TMP/$1" ]; do
		[ $SECONDS -lt $deadline ] || fail "receiver $1 goes on; counters: $(counters_since)"
		nap
	done
}

# got NAME KEY: what the receiver says, when it has ended.
got()
{
	local key value

	ended "$1"
	while read -r key value; do
		[ "$key" != "$2" ] || echo "$value"
	done <"$TMP/$1"
}

# assert_got NAME KEY=VALUE...
assert_got()
{
	local name=$1 pair key value actual=
	local -A results
	shift

	ended "$name"
	while read -r key value; do
		results[$key]=$value
	done <"$TMP/$name"
	for pair; do
		key=${pair%%=*}
		actual+=" $key=${results[$key]-nothing}"
	done
	assert_eq "$*" "${actual# }" "receiver $name"
}

# Every datagram came once, and as it was sent: assert_intact NAME COUNT [KEY=VALUE...]
assert_intact()
{
	local name=$1 count=$2
	shift 2
	assert_got "$name" "packets=$count" corrupt=0 lost=0 duplicate=0 "$@"
}

# From the caller's port 4000 to the border's 30000, and the other way round.
a_sends()
{
	in_a rtp_tool send "$@" 10.0.1.2:4000 10.0.1.1:30000
}

b_sends()
{
	in_b rtp_tool send "$@" 10.0.2.2:4000 10.0.2.1:30000
}

# The same, of datagrams built by hand.
a_builds()
{
	a_sends -D a0 -M "$MAC_RA" "$@"
}

# flow NAME IN OPTIONS... SOURCE DESTINATION: a sender in the background, until flow_stop.
flow()
{
	local name=$1 namespace=$2
	shift 2
	ip netns exec "$namespace" rtp_tool send -n 0 "$@" >"$TMP/$name.sent" 2>"$TMP/$name.err" &
	echo $! >"$TMP/$name.pid"
	at_exit "kill $! 2>/dev/null"
}

# Ends a sender, and prints how much it has sent.
flow_stop()
{
	local pid
	pid=$(<"$TMP/$1.pid")

	kill "$pid" 2>/dev/null || true
	wait_for_end "$pid" "sender $1"
	[ -s "$TMP/$1.sent" ] || fail "sender $1 has not said how much it has sent: $(<"$TMP/$1.err")"
	cat "$TMP/$1.sent"
}

# --- what the border's stack says ----------------------------------------------------------------

# snmp PROTOCOL NAME: a counter of /proc/net/snmp, such as Icmp OutMsgs.
snmp()
{
	local protocol keys values i

	while read -r protocol keys && read -r protocol values; do
		[ "$protocol" = "$1:" ] || continue
		read -ra keys <<<"$keys"
		read -ra values <<<"$values"
		for ((i = 0; i < ${#keys[@]}; i++)); do
			[ "${keys[i]}" != "$2" ] || echo "${values[i]}"
		done
	done < <(in_r cat /proc/net/snmp)
}

icmp_mark()
{
	icmp_before=$(snmp Icmp OutMsgs)
}

assert_icmp_sent()
{
	assert_eq "$1" "$(($(snmp Icmp OutMsgs) - icmp_before))" "ICMP messages sent"
}
