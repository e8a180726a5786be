#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where media is taken: at the ingress of every device that hands packets to IP, whatever becomes
# of devices.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"

N=20

# --- what the tests share ----------------------------------------------------------------------

# Devices that packets are taken from, by name, and "prerouting" if that is.
devices()
{
	in_r sipctl -j kernel status |
		jq -r '.. | objects | select(has("prerouting"))
			| (.devices | sort[]), (select(.prerouting) | "prerouting")' | xargs
}

assert_devices()
{
	assert_eq "$*" "$(devices)" devices
}

# add NS NAME WORDS...: a device, as "ip link add".
add()
{
	local ns=$1 name=$2
	shift 2

	ip -n "$ns" link add name "$name" "$@" || skip "the kernel cannot: ip link add $*"
	at_exit "ip -n $ns link del $name 2>/dev/null"
}

# Sequence number of the next datagram: one stream, most of which goes the quick way.
next=0

# N datagrams in both directions, each once.
media_passes()
{
	counters_mark
	receive a in_a -n $N 10.0.1.2:4000
	receive b in_b -n $N 10.0.2.2:4000
	a_sends -n $N -q $next
	b_sends -n $N -q $next
	assert_intact a $N sources=10.0.1.1:30000
	assert_intact b $N sources=10.0.2.1:30000
	assert_counters forwarded=$((2 * N))
	next=$((next + N))
}

# address_to DEVICE-OF-A DEVICE-OF-R: the addresses of the link between them move there.
address_to()
{
	local dev

	for dev in $(ip -n "$A" -o addr show to 10.0.1.2 | awk '{ print $2 }'); do
		ip -n "$A" addr flush dev "$dev"
	done
	for dev in $(ip -n "$R" -o addr show to 10.0.1.1 | awk '{ print $2 }'); do
		ip -n "$R" addr flush dev "$dev"
	done
	ip -n "$A" addr add 10.0.1.2/24 dev "$1"
	ip -n "$R" addr add 10.0.1.1/24 dev "$2"
	ip -n "$A" link set "$1" up
	ip -n "$R" link set "$2" up
	ip -n "$A" route replace default via 10.0.1.1
	ip -n "$A" neigh flush dev "$1"
	# Learned neighbours, as in media_up.
	wait_for in_a ping -c 1 -q -W 1 10.0.1.1
	in_r ping -c 1 -q 10.0.1.2 >/dev/null
}

# --- which devices -------------------------------------------------------------------------------

# Proves: devices come, go and change names; what another namespace has is none of ours.
devices_come_and_go()
{
	assert_devices lo ra rb
	add "$R" d0 type dummy
	assert_devices d0 lo ra rb
	in_r ip link set d0 name d1
	assert_devices d1 lo ra rb
	in_r ip link set d1 netns "$B"
	assert_devices lo ra rb
	in_b ip link set d1 netns "$R"
	assert_devices d1 lo ra rb
	in_r ip link del d1
	assert_devices lo ra rb
	add "$A" d2 type dummy
	assert_devices lo ra rb
}

# ports_of KIND WORDS...: a device of that kind takes the packets of its ports.
ports_of()
{
	add "$R" m0 type "$@"
	assert_devices d0 lo m0 ra rb
	in_r ip link set d0 master m0
	assert_devices lo m0 ra rb
	in_r ip link set d0 nomaster
	assert_devices d0 lo m0 ra rb
	in_r ip link set d0 master m0
	in_r ip link del m0
	assert_devices d0 lo ra rb
}

ports_of_a_bridge()
{
	add "$R" d0 type dummy
	ports_of bridge
}

ports_of_a_bond()
{
	add "$R" d0 type dummy
	ports_of bond mode active-backup
}

ports_of_a_team()
{
	add "$R" d0 type dummy
	ports_of team
}

# Proves: a port that goes to another namespace, and so leaves its master, is left there.
a_port_goes_to_another_namespace()
{
	local kind

	for kind in bridge bond; do
		add "$R" d0 type dummy
		add "$R" m0 type $kind
		in_r ip link set d0 master m0
		in_r ip link set d0 netns "$B"
		assert_devices lo m0 ra rb
		in_b ip link del d0
		in_r ip link del m0
		assert_devices lo ra rb
	done
}

# Proves: the packets of a VRF's devices are taken before it has them.
slaves_of_a_vrf()
{
	add "$R" d0 type dummy
	add "$R" v0 type vrf table 10
	assert_devices d0 lo ra rb v0
	in_r ip link set d0 master v0
	assert_devices d0 lo ra rb v0
	in_r ip link set d0 netns "$B"
	assert_devices lo ra rb v0
	in_b ip link del d0
	in_r ip link del v0
	assert_devices lo ra rb
}

# --- hooks ---------------------------------------------------------------------------------------

# Proves: hooks are where the configuration says, and media passes in each.
hooks_follow_the_configuration()
{
	session_ab 1
	at_exit "in_r sipctl kernel config set hooks auto"
	in_r sipctl kernel config set hooks prerouting
	assert_devices prerouting
	media_passes
	in_r sipctl kernel config set hooks listed ra none0
	assert_devices ra prerouting
	media_passes
	add "$R" d0 type dummy
	assert_devices ra prerouting
	in_r ip link set d0 name none0
	assert_devices none0 ra prerouting
	in_r ip link set none0 name d0
	assert_devices ra prerouting
	in_r ip link del d0
	in_r sipctl kernel config set hooks auto
	assert_devices lo ra rb
	media_passes
}

# Proves: no packet is lost or taken twice while hooks change.
hooks_change_under_traffic()
{
	local i sent

	session_ab 1
	at_exit "in_r sipctl kernel config set hooks auto"
	counters_mark
	receive b in_b -n 0 10.0.2.2:4000
	flow a "$A" -r 300 10.0.1.2:4000 10.0.1.1:30000
	for ((i = 0; i < 4; i++)); do
		in_r sipctl kernel config set hooks prerouting
		in_r sipctl kernel config set hooks listed ra
		in_r sipctl kernel config set hooks auto
	done
	sent=$(flow_stop a)
	assert_counters forwarded="$sent"
	stop b
	assert_intact b "$sent"
}

# --- media passes --------------------------------------------------------------------------------

# vlans PROTOCOL...: both ends of the link get a VLAN in a VLAN, the first one outside.
vlans()
{
	local a=a0 r=ra id=10 protocol

	for protocol; do
		add "$A" a0.$id link $a type vlan id $id protocol "$protocol"
		add "$R" ra.$id link $r type vlan id $id protocol "$protocol"
		a=a0.$id
		r=ra.$id
		ip -n "$A" link set $a up
		ip -n "$R" link set $r up
		id=$((id + 1))
	done
	at_exit "address_to a0 ra"
	address_to $a $r
}

media_in_a_vlan()
{
	vlans 802.1Q
	session_ab 1
	assert_devices lo ra ra.10 rb
	media_passes
}

# Proves: the same of one VLAN inside another (802.1ad).
media_in_a_vlan_in_a_vlan()
{
	vlans 802.1ad 802.1Q
	session_ab 1
	assert_devices lo ra ra.10 ra.11 rb
	media_passes
}

media_on_a_bridge()
{
	add "$R" br0 type bridge
	at_exit "ip -n $R link set ra nomaster; address_to a0 ra"
	in_r ip link set ra master br0
	address_to a0 br0
	session_ab 1
	assert_devices br0 lo rb
	media_passes
}

# Proves: a macvlan has packets of its own, by their address on the link.
media_on_a_macvlan()
{
	add "$R" mv0 link ra type macvlan
	at_exit "ip -n $R link del mv0; address_to a0 ra"
	address_to a0 mv0
	session_ab 1
	assert_devices lo mv0 ra rb
	media_passes
}

# The other link of a bond of two, between a1 and rc.
second_link()
{
	ip link add a1 netns "$A" type veth peer name rc netns "$R"
	at_exit "ip -n $R link del rc 2>/dev/null"
}

active_is()
{
	ip -n "$R" -d link show bond0 | grep -qw "active_slave $1" &&
		ip -n "$A" -d link show bond0 | grep -qw "active_slave $2"
}

# Proves: a bond that loses a link goes on with the other.
media_on_a_bond()
{
	local ns first second

	add "$R" bond0 type bond mode active-backup miimon 50
	add "$A" bond0 type bond mode active-backup miimon 50
	second_link
	at_exit "ip -n $A link set a0 nomaster up; ip -n $R link set ra nomaster up
		address_to a0 ra"
	for ns in "$A a0 a1" "$R ra rc"; do
		read -r ns first second <<<"$ns"
		ip -n "$ns" link set "$first" down
		ip -n "$ns" link set "$first" master bond0
		ip -n "$ns" link set "$second" master bond0
		ip -n "$ns" link set bond0 up
	done
	wait_for active_is ra a0
	address_to bond0 bond0
	session_ab 1
	assert_devices bond0 lo rb
	media_passes
	in_r ip link set ra down
	wait_for active_is rc a1
	media_passes
}

# Proves: a range may be of an address of the host that belongs to no link.
addresses_of_no_link()
{
	local dev

	add "$R" d0 type dummy
	in_r ip link set d0 up
	for dev in lo d0; do
		in_r ip addr add 10.0.9.1/32 dev $dev
		in_r sipctl kernel range add 10.0.9.1:30000-30999
		session_add 1 \
			endpoint 1 local 10.0.9.1:30000 remote 10.0.1.2:4000 forward 2 \
			endpoint 2 local 10.0.9.1:30002 remote 10.0.2.2:4000 forward 1
		receive a in_a -n $N 10.0.1.2:4000
		receive b in_b -n $N 10.0.2.2:4000
		in_a rtp_tool send -n $N 10.0.1.2:4000 10.0.9.1:30000
		in_b rtp_tool send -n $N 10.0.2.2:4000 10.0.9.1:30002
		assert_intact a $N sources=10.0.9.1:30000
		assert_intact b $N sources=10.0.9.1:30002
		in_r sipctl session del 1
		in_r sipctl kernel range del 10.0.9.1:30000-30999
		in_r ip addr del 10.0.9.1/32 dev $dev
	done
}

# --- under traffic -------------------------------------------------------------------------------

some_came()
{
	[ "$(session 1 endpoints.0.rx.packets)" -gt "$1" ] &&
		[ "$(session 1 endpoints.1.rx.packets)" -gt "$1" ]
}

# Proves: a device that vanishes while media comes and leaves by it is let go at once, and media
# finds the next one of its kind.
a_device_vanishes_under_traffic()
{
	local i kernel came

	ip -n "$R" addr add 10.0.3.1/24 dev rb
	at_exit "ip -n $R addr del 10.0.3.1/24 dev rb"
	in_r sipctl kernel range add 10.0.3.1:30000-30999
	at_exit "in_r sipctl kernel range del 10.0.3.1:30000-30999"
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2 \
		endpoint 2 local 10.0.3.1:30000 remote 10.0.3.2:4000 forward 1
	receive a in_a -n 0 10.0.1.2:4000
	ip -n "$B" addr add 10.0.3.2/32 dev lo
	at_exit "ip -n $B addr del 10.0.3.2/32 dev lo"
	flow a "$A" -r 200 10.0.1.2:4000 10.0.1.1:30000
	for ((i = 0; i < 3; i++)); do
		link "$B" c0 10.0.4.2/24 "$R" rc 10.0.4.1/24
		at_exit "ip -n $R link del rc 2>/dev/null"
		ip -n "$R" route replace 10.0.3.2/32 dev rc
		ip -n "$B" route replace 10.0.3.1/32 dev c0
		assert_devices lo ra rb rc
		came=$(session 1 endpoints.1.rx.packets)
		flow b "$B" -e -r 200 10.0.3.2:4000 10.0.3.1:30000
		wait_for some_came "$came"
		timeout $PATIENCE ip -n "$R" link del rc
		assert_devices lo ra rb
		flow_stop b >/dev/null
	done
	flow_stop a >/dev/null
	kernel=$(dmesg | awk -v mark="$mark" 'index($0, mark) { n = 0 }
		/unregister_netdevice: waiting/ { n++ } END { print n + 0 }')
	assert_eq 0 "$kernel" "complaints that the device is in use"
}

need jq
media_up
run devices_come_and_go \
	ports_of_a_bridge \
	ports_of_a_bond \
	ports_of_a_team \
	a_port_goes_to_another_namespace \
	slaves_of_a_vrf \
	hooks_follow_the_configuration \
	hooks_change_under_traffic \
	media_in_a_vlan \
	media_in_a_vlan_in_a_vlan \
	media_on_a_bridge \
	media_on_a_macvlan \
	media_on_a_bond \
	addresses_of_no_link \
	a_device_vanishes_under_traffic
