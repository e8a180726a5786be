#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions end, and so do namespaces, devices, routes and the module itself, in any order.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

# Proves: a session without packets is deleted after its timeout, and who listens is told its last
# numbers.
an_idle_session_ends()
{
	local text

	monitor
	counters_mark
	session_ab 1
	a_sends -n 10
	in_r sipctl session set 1 timeout 500ms
	wait_for session_gone 1
	assert_counters forwarded=10 timeout=1
	told() { grep -q '"id": *1,' "$TMP/events"; }
	wait_for told
	text=$(jq -r 'select(.session.id == 1) | [.event, .session.timeout_ms,
		.session.endpoints[0].rx.packets, .session.endpoints[1].tx.packets,
		.session.idle_ms >= 500 | tostring] | join(" ")' "$TMP/events")
	assert_eq "timeout 500 10 10 true" "$text" event
	# Its ports are free again.
	session_ab 2
}

# Proves: packets of one direction alone keep a session alive; it ends when they do.
a_busy_session_does_not_end()
{
	session_ab 1 timeout 3s
	counters_mark
	flow b "$B" -r 50 10.0.2.2:4000 10.0.2.1:30000
	old_enough() { [ "$(session 1 age_ms)" -gt 7000 ]; }
	wait_for old_enough
	assert_counters forwarded="$(flow_stop b)"
	wait_for session_gone 1
}

# Proves: packets that are rejected do not keep a session alive.
rejected_packets_do_not_count()
{
	session_ab 1 timeout 1s
	flow a "$A" -r 50 10.0.1.2:4444 10.0.1.1:30000
	wait_for session_gone 1
}

# Proves: a timeout can be changed and switched off.
the_timeout_changes()
{
	local seconds

	session_ab 1 timeout 1h
	in_r sipctl session set 1 timeout 300ms
	wait_for session_gone 1
	# The first time, unless the host is slow.
	for seconds in 2 10 60; do
		session_ab 1 timeout ${seconds}s
		! in_r sipctl session set 1 timeout never || break
	done
	session_add 2 timeout $((seconds + 1))s endpoint 1 local 10.0.1.1:30100
	wait_for session_gone 2
	in_r sipctl session show 1 >/dev/null
}

# Proves: a range with endpoints cannot be deleted, one without can.
a_range_in_use_stays()
{
	local range=10.0.1.1:20000-20010

	in_r sipctl kernel range add $range
	at_exit "in_r sipctl kernel range del $range 2>/dev/null"
	session_add 1 endpoint 1 local 10.0.1.1:20005
	assert_fails in_r sipctl kernel range del $range
	assert_match 'Endpoints live in the range' "$output"
	in_r sipctl session del 1
	in_r sipctl kernel range del $range
}

both_sides_flow()
{
	local counts

	read -ra counts < <(session 1 'endpoints.*.rx.packets')
	[ "${counts[0]}" -gt 100 ] && [ "${counts[1]}" -gt 100 ]
}

# Proves: the module can be taken out while packets flow both ways, and put back.
the_module_goes_under_traffic()
{
	local i

	session_ab 1
	flow a "$A" 10.0.1.2:4000 10.0.1.1:30000
	flow b "$B" 10.0.2.2:4000 10.0.2.1:30000
	for i in 1 2 3; do
		wait_for both_sides_flow
		module_unload
		module_load
		assert_fails in_r sipctl session show 1
		in_r sipctl kernel range add $RANGE_A
		in_r sipctl kernel range add $RANGE_B
		session_ab 1
	done
	flow_stop a >/dev/null
	flow_stop b >/dev/null
}

# Proves: it takes along what was left: sessions, ranges, reserved ports.
the_module_leaves_nothing()
{
	session_ab 1
	module_unload
	assert_eq "" "$(in_r cat /proc/sys/net/ipv4/ip_local_reserved_ports)" "reserved ports"
	icmp_mark
	a_sends
	assert_icmp_sent 1
	module_load
	in_r sipctl kernel range add $RANGE_A
	in_r sipctl kernel range add $RANGE_B
}

# Proves: a namespace with sessions, cached routes and packets on their way can be deleted, and nothing
# holds it back: its devices, and those of a namespace deleted after it, go.
a_namespace_ends_under_traffic()
{
	local _

	for _ in 1 2 3; do
		side_border
		receive b in_b 10.0.4.2:4000
		flow a "$A" -e 10.0.3.2:4000 10.0.3.1:30000
		flow b2 "$B" -e 10.0.4.2:4000 10.0.4.1:30000
		enough() { [ "$(ip netns exec "$X" sipctl -j session show 1 |
			json session.endpoints.0.rx.packets)" -gt 100 ]; }
		wait_for enough
		ip netns del "$X"
		wait_for device_gone "$A" a1
		wait_for device_gone "$B" b1
		# The senders have met an error.
		wait_for test -s "$TMP/a.sent"
		wait_for test -s "$TMP/b2.sent"
		stop b
		assert_got b corrupt=0 duplicate=0
	done
	no_device_waits
}

# Proves: a device goes at once though routes through it are cached by endpoints, and packets that
# have nowhere to go are dropped and counted from then on.
a_device_goes()
{
	local _

	for _ in 1 2 3; do
		link "$B" b1 10.0.4.2/24 "$R" rx 10.0.4.1/24
		wait_for link_is_up "$R" rx
		session_ab 1
		in_r sipctl session set 1 endpoint 2 remote 10.0.4.2:4000
		receive b in_b -n 10 10.0.4.2:4000
		a_sends -n 10
		assert_intact b 10
		timeout $PATIENCE ip -n "$R" link del rx || fail "the device cannot go"
		counters_mark
		a_sends -n 5
		assert_counters drop-no-route=5
		in_r sipctl session del 1
	done
	no_device_waits
}

# Proves: packets take another route from the moment the routing table says so.
a_route_changes()
{
	link "$B" b1 10.0.4.2/24 "$R" rx 10.0.4.1/24
	at_exit "ip -n $R link del rx"
	wait_for link_is_up "$R" rx
	ip -n "$B" addr add 10.0.5.5/32 dev lo
	at_exit "ip -n $B addr del 10.0.5.5/32 dev lo"
	ip -n "$R" route add 10.0.5.5 via 10.0.2.2
	at_exit "ip -n $R route del 10.0.5.5 2>/dev/null"
	session_ab 1
	in_r sipctl session set 1 endpoint 2 remote 10.0.5.5:4000
	receive first in_b -n 50 -D b0 10.0.5.5:4000
	receive second in_b -n 50 -D b1 10.0.5.5:4000
	a_sends -n 50
	assert_intact first 50
	ip -n "$R" route replace 10.0.5.5 via 10.0.4.2
	a_sends -n 50 -q 50
	assert_intact second 50 sources=10.0.2.1:30000
	# The address is the border's own now, and no longer.
	counters_mark
	ip -n "$R" route replace blackhole 10.0.5.5
	a_sends -n 5 -q 100
	assert_counters drop-no-route=5
}

# Proves: the next hop's new link address is used as soon as the neighbour table has it.
a_neighbour_changes()
{
	local old new=02:00:00:00:be:ef

	old=$(mac "$B" b0)
	session_ab 1
	receive b in_b -n 100 10.0.2.2:4000
	a_sends -n 50
	ip -n "$B" link set b0 address $new
	at_exit "ip -n $B link set b0 address $old; ip -n $R neigh del 10.0.2.2 dev rb"
	ip -n "$R" neigh replace 10.0.2.2 lladdr $new dev rb nud reachable
	a_sends -n 50 -q 50
	assert_intact b 100
}

if module_loaded; then
	skip_all "the module is in use"
fi
need jq
media_up
run an_idle_session_ends \
	a_busy_session_does_not_end \
	rejected_packets_do_not_count \
	the_timeout_changes \
	a_range_in_use_stays \
	a_namespace_ends_under_traffic \
	a_device_goes \
	a_route_changes \
	a_neighbour_changes \
	the_module_goes_under_traffic \
	the_module_leaves_nothing
