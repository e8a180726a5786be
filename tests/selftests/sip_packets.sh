#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SIP in packets that the host takes though few would send them: who is banned does not get by in
# them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"

FROM=10.0.1.2 TO=10.0.1.1

begin()
{
	inspect_up enforce
	serve
}

begin6()
{
	LISTENER="udp:[2001:db8::1]:5060" FROM=2001:db8::2 TO=2001:db8::1
	need json sipctl python3
	need_module
	topology_up
	in_a sysctl -qw net.ipv6.conf.a0.disable_ipv6=0
	in_r sysctl -qw net.ipv6.conf.ra.disable_ipv6=0
	ip -n "$A" addr replace $FROM/64 dev a0 nodad
	ip -n "$R" addr replace $TO/64 dev ra nodad
	in_a ping -c 1 -q $TO >/dev/null
	in_r sipctl kernel listener add "$LISTENER" mode enforce
	ip netns exec "$R" "$selftests/sip_peer" serve -o "$TMP/served" $TO 5060 \
		>"$TMP/server.log" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for is_bound6
}

is_bound6()
{
	in_r ss -Hlnu src "[$TO]:5060" | grep -q .
}

# frame OPTIONS...: from the caller, to the border's MAC address unless $mac says another.
frame()
{
	in_a "$selftests/sip_frame" "$@" a0 \
		"${mac:-$(ip -n "$R" -o link show ra | sed 's/.*ether \([^ ]*\).*/\1/')}" \
		$FROM 5060 $TO 5060
}

# is_stopped COUNTED OPTIONS...: such a frame reaches the server while nothing is inspected, and does
# not when its sender is banned, which COUNTED shows.
is_stopped()
{
	local counted=$1
	shift

	in_r sipctl kernel listener set "$LISTENER" mode off
	frame "$@"
	assert_served 1
	in_r sipctl kernel listener set "$LISTENER" mode enforce
	in_r sipctl ban add $FROM
	cells_mark
	frame "$@"
	wait_for "$counted"
	in_r sipctl ban del $FROM
	frame "$@"
	# What came before it would be there.
	assert_served "${reaches:-2}"
}

is_counted_as_banned()
{
	[ "$(cells_since)" = "banned none banned=1" ]
}

is_counted_as_dropped()
{
	in_r sipctl kernel stats | grep -q udp-length
}

# Proves: what the link's frames for all carry is for UDP, too.
frames_for_all()
{
	begin
	mac=ff:ff:ff:ff:ff:ff is_stopped is_counted_as_banned
}

# Proves: UDP is found behind as many headers as IPv6 may have.
many_extension_headers()
{
	begin6
	is_stopped is_counted_as_banned -e 40
}

# Proves: a datagram that says that it has no length, which Linux takes for the packet's, does not
# get by.
no_udp_length()
{
	begin6
	reaches=1 is_stopped is_counted_as_dropped -l 0
}

# Each test has a module of its own, all have this.
topology_up
run frames_for_all many_extension_headers no_udp_length
