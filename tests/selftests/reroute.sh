#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Routes, neighbours, devices and addresses change in the middle of a call: media goes where the
# kernel would send anything else, from the next packet on.
#
# A second link between border and callee, of rc (10.0.3.1) and c0 (10.0.3.2).
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_families.sh"

two_links_up()
{
	families_up
	link "$B" c0 10.0.3.2/24 "$R" rc 10.0.3.1/24
	enable_ipv6 "$B" c0 fd00:3::2
	enable_ipv6 "$R" rc fd00:3::1
	# What comes by the other link is as welcome.
	in_b sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.b0.rp_filter=0 \
		net.ipv4.conf.c0.rp_filter=0
	in_r ping -c 1 -q 10.0.3.2 >/dev/null
}

# Sequence number of the next datagram: one stream, most of which goes the quick way.
next=0

# media_by DEVICE OTHER: N datagrams come to the callee's device, and none to the other.
media_by()
{
	counters_mark
	receive right in_b -n $N -D "$1" 10.0.2.2:4000
	receive wrong in_b -n 0 -D "$2" 10.0.2.2:4000
	a_sends -n $N -q $next
	assert_intact right $N sources=10.0.2.1:30000 udp_bad=0 fragments=0
	stop wrong
	assert_got wrong packets=0
	assert_counters forwarded=$N
	next=$((next + N))
}

# N datagrams reach the callee's socket, by whatever way: only what is for its MAC address does.
media_arrives()
{
	counters_mark
	receive b in_b -n $N 10.0.2.2:4000
	a_sends -n $N -q $next "$@"
	assert_intact b $N sources=10.0.2.1:30000
	assert_counters forwarded=$N
	next=$((next + N))
}

# N datagrams find no way.
media_is_dropped()
{
	counters_mark
	a_sends -n $N -q $next
	assert_counters drop-no-route=$N
	next=$((next + N))
}

# Proves: a better route, and one that a rule finds, is taken, and left when it goes.
routes_change()
{
	session_ab 1
	at_exit "ip -n $R rule del to 10.0.2.2 2>/dev/null; ip -n $R route flush table 77"
	at_exit "ip -n $R route del 10.0.2.2/32 2>/dev/null"
	media_by b0 c0
	in_r ip route add 10.0.2.2/32 via 10.0.3.2 dev rc
	media_by c0 b0
	in_r ip route del 10.0.2.2/32
	media_by b0 c0
	in_r ip route add 10.0.2.2/32 via 10.0.3.2 dev rc table 77
	media_by b0 c0
	in_r ip rule add to 10.0.2.2 lookup 77
	media_by c0 b0
	in_r ip rule del to 10.0.2.2
	media_by b0 c0
}

# Proves: the next hop of a route of IPv4 may be of IPv6.
the_next_hop_is_of_ipv6()
{
	session_ab 1
	at_exit "ip -n $R route del 10.0.2.2/32 2>/dev/null"
	media_by b0 c0
	in_r ip route add 10.0.2.2/32 via inet6 fd00:3::2 dev rc
	media_by c0 b0
	in_r ip route del 10.0.2.2/32
	media_by b0 c0
}

# Proves: the way changes between two packets, none is lost and none comes twice.
no_packet_is_lost_with_a_route()
{
	local i sent

	session_ab 1
	at_exit "ip -n $R route del 10.0.2.2/32 2>/dev/null"
	receive b in_b -n 0 10.0.2.2:4000
	counters_mark
	flow a "$A" -r 300 10.0.1.2:4000 10.0.1.1:30000
	for ((i = 0; i < 10; i++)); do
		in_r ip route add 10.0.2.2/32 via 10.0.3.2 dev rc
		in_r ip route del 10.0.2.2/32
	done
	sent=$(flow_stop a)
	assert_counters forwarded="$sent"
	stop b
	assert_intact b "$sent" sources=10.0.2.1:30000
}

# Proves: without a route to a host there is no way out, until there is one again.
routes_that_lead_nowhere()
{
	local kind

	session_ab 1
	at_exit "ip -n $R route del 10.0.2.2/32 2>/dev/null"
	media_by b0 c0
	for kind in blackhole unreachable prohibit; do
		in_r ip route add $kind 10.0.2.2/32
		media_is_dropped
		in_r ip route del $kind 10.0.2.2/32
		media_by b0 c0
	done
	assert_session $((3 * N)) 1 endpoints.1.tx.dropped
}

# neighbour_is STATE
neighbour_is()
{
	in_r ip neigh show 10.0.2.2 dev rb | grep -q "$1"
}

# Proves: another MAC address of the neighbour is the one that counts, whoever tells of it.
neighbours_change()
{
	local old

	old=$(mac "$B" b0)
	at_exit "in_b ip link set b0 address $old
		ip -n $R neigh del 10.0.2.2 dev rb
		in_r sysctl -qw net.ipv4.neigh.rb.locktime=100"
	in_r sysctl -qw net.ipv4.neigh.rb.locktime=0
	session_ab 1
	media_arrives
	# As the administrator says.
	in_b ip link set b0 address 02:00:00:00:00:01
	in_r ip neigh replace 10.0.2.2 lladdr 02:00:00:00:00:01 dev rb nud reachable
	media_arrives
	# As it says itself, by ARP.
	in_b ip link set b0 address 02:00:00:00:00:02
	in_b ip neigh flush dev b0
	in_b ping -c 1 -q 10.0.2.1 >/dev/null
	media_arrives
	# As is found out.
	in_b ip link set b0 address 02:00:00:00:00:03
	in_r ip neigh flush dev rb
	media_arrives
	wait_for neighbour_is REACHABLE
	media_arrives
}

# Proves: media has a neighbour that was not heard of for a while looked after.
stale_neighbours_are_confirmed()
{
	in_r sysctl -qw net.ipv4.neigh.rb.delay_first_probe_time=1
	at_exit "in_r sysctl -qw net.ipv4.neigh.rb.delay_first_probe_time=5"
	session_ab 1
	media_arrives
	in_r ip neigh change 10.0.2.2 dev rb nud stale
	neighbour_is STALE
	media_arrives
	wait_for neighbour_is REACHABLE
	media_arrives
}

# Proves: a device that goes down takes its routes along, and brings them back.
a_device_goes_down()
{
	session_ab 1
	at_exit "ip -n $R link set rb up; in_r ping -c 1 -q 10.0.2.2 >/dev/null"
	at_exit "ip -n $R addr replace ${FAR[6]}/64 dev rb nodad"
	media_by b0 c0
	in_r ip link set rb down
	media_is_dropped
	in_r ip route add 10.0.2.2/32 via 10.0.3.2 dev rc
	media_by c0 b0
	in_r ip route del 10.0.2.2/32
	in_r ip link set rb up
	wait_for link_is_up "$R" rb
	media_by b0 c0
}

# Proves: nothing leaves from an address that the host has no more.
an_address_goes()
{
	session_ab 1
	at_exit "ip -n $R addr del 10.0.2.9/24 dev rb 2>/dev/null"
	at_exit "ip -n $R addr replace 10.0.2.1/24 dev rb"
	# The route stays with the other address.
	in_r sysctl -qw net.ipv4.conf.rb.promote_secondaries=1
	media_by b0 c0
	in_r ip addr add 10.0.2.9/24 dev rb
	media_by b0 c0
	in_r ip addr del 10.0.2.1/24 dev rb
	media_is_dropped
	in_r ip addr add 10.0.2.1/24 dev rb
	media_by b0 c0
	in_r ip addr del 10.0.2.9/24 dev rb
	media_by b0 c0
}

# Proves: a device that takes less than before gets less at once.
the_mtu_changes()
{
	local before

	session_ab 1
	at_exit "ip -n $R link set rb mtu 1500"
	media_arrives -l 1400
	before=$(reassembled 4)
	ip -n "$R" link set rb mtu 1300
	media_arrives -l 1400
	assert_eq $N $(($(reassembled 4) - before)) "packets in fragments"
	ip -n "$R" link set rb mtu 1500
	media_by b0 c0
}

# received DEVICE: packets of IPv6 that came to that of the callee.
received6()
{
	in_b awk '$1 == "Ip6InReceives" { print $2 }' /proc/net/dev_snmp6/"$1"
}

# media6_by DEVICE OTHER: as media_by; there may be packets of neighbour discovery.
media6_by()
{
	local before other

	before=$(received6 "$1")
	other=$(received6 "$2")
	a_to_b 6 6 -q $next
	[ $(($(received6 "$1") - before)) -ge $N ] || fail "not all came by $1"
	[ $(($(received6 "$2") - other)) -lt $((N / 2)) ] || fail "some came by $2"
	next=$((next + N))
}

# Proves: the same of IPv6.
routes_of_ipv6_change()
{
	call 6 6
	at_exit "ip -n $R route del ${CALLEE[6]}/128 2>/dev/null"
	media6_by b0 c0
	in_r ip route add ${CALLEE[6]}/128 via fd00:3::2 dev rc
	media6_by c0 b0
	in_r ip route replace unreachable ${CALLEE[6]}/128
	counters_mark
	in_a datagrams send -n $N -q $next ${CALLER[6]} 4000 ${NEAR[6]} 30000
	assert_counters drop-no-route=$N
	in_r ip route del ${CALLEE[6]}/128
	media6_by b0 c0
}

two_links_up
run routes_change \
	the_next_hop_is_of_ipv6 \
	no_packet_is_lost_with_a_route \
	routes_that_lead_nowhere \
	neighbours_change \
	stale_neighbours_are_confirmed \
	a_device_goes_down \
	an_address_goes \
	the_mtu_changes \
	routes_of_ipv6_change
