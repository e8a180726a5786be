#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is addressed to no endpoint: silence inside a range, business as usual outside of it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

# Packets that found no endpoint in the caller's range.
unknown()
{
	local address count

	while read -r address count; do
		[ "$address" != 10.0.1.1 ] || echo "$count"
	done < <(in_r sipctl -j kernel range list | json ranges.{0,1}.{address,unknown} | xargs -n 2)
}

# Proves: no ICMP, whatever the packet holds, and each is counted, by the namespace and by the range.
a_range_is_silent()
{
	local before

	before=$(unknown)
	counters_mark
	icmp_mark
	a_sends -n 100
	a_sends -n 10 -l 0
	a_sends -n 10 -k stun
	in_a rtp_tool send -n 20 10.0.1.2:4000 10.0.1.1:30999
	assert_counters drop-no-endpoint=140
	assert_eq 140 "$(($(unknown) - before))" "the range's own counter"
	assert_icmp_sent 0
}

# Proves: one port below and above the range the stack answers as ever, and nothing is counted.
outside_of_a_range_there_is_icmp()
{
	counters_mark
	icmp_mark
	in_a rtp_tool send -n 7 10.0.1.2:4000 10.0.1.1:29999
	in_a rtp_tool send -n 5 10.0.1.2:4000 10.0.1.1:31000
	assert_counters
	assert_icmp_sent 12
}

# Proves: a port is silent from the moment a range has it until the moment it is given back.
silence_ends_with_the_range()
{
	icmp_mark
	in_a rtp_tool send -n 3 10.0.1.2:4000 10.0.1.1:40000
	assert_icmp_sent 3
	in_r sipctl kernel range add 10.0.1.1:40000-40000
	in_a rtp_tool send -n 3 10.0.1.2:4000 10.0.1.1:40000
	assert_icmp_sent 3
	in_r sipctl kernel range del 10.0.1.1:40000-40000
	in_a rtp_tool send -n 3 10.0.1.2:4000 10.0.1.1:40000
	assert_icmp_sent 6
}

# Proves: sockets beside the range get all that is theirs, on the same address and on another one.
sockets_are_not_disturbed()
{
	ip -n "$R" addr add 10.0.1.9/24 dev ra
	at_exit "ip -n $R addr del 10.0.1.9/24 dev ra"
	counters_mark
	receive below in_r -n 200 10.0.1.1:29999
	receive above in_r -n 200 10.0.1.1:31000
	receive other in_r -n 200 10.0.1.9:30000
	in_a rtp_tool send -n 200 10.0.1.2:4000 10.0.1.1:29999
	in_a rtp_tool send -n 200 10.0.1.2:4000 10.0.1.1:31000
	in_a rtp_tool send -n 200 10.0.1.2:4000 10.0.1.9:30000
	assert_intact below 200
	assert_intact above 200
	assert_intact other 200
	assert_counters
}

# Proves: other protocols to the same address, and TCP to the same port, are none of the module's.
other_protocols_are_not_disturbed()
{
	counters_mark
	in_a ping -c 3 -i 0.01 -q 10.0.1.1 >/dev/null
	assert_fails in_a bash -c ': </dev/tcp/10.0.1.1/30000'
	assert_match 'Connection refused' "$output" 'TCP to a port of the range'
	assert_counters
}

# Proves: what the border only routes is not looked at, though its port is one of the range.
routed_packets_are_not_disturbed()
{
	in_r sysctl -qw net.ipv4.ip_forward=1
	at_exit "in_r sysctl -qw net.ipv4.ip_forward=0"
	counters_mark
	receive b in_b -n 200 10.0.2.2:30000
	in_a rtp_tool send -n 200 10.0.1.2:4000 10.0.2.2:30000
	assert_intact b 200 sources=10.0.1.2:4000 ttl=63
	assert_counters
}

# Proves: fragments that are not for a range are put together as ever.
fragments_are_not_disturbed()
{
	counters_mark
	receive r in_r -n 20 10.0.1.1:5000
	in_a rtp_tool send -n 20 -l 1000 -F 400 -D a0 -M "$MAC_RA" 10.0.1.2:4000 10.0.1.1:5000
	assert_intact r 20 length=1000
	assert_counters
}

# Proves: another namespace with the same address and port is another world.
other_namespaces_are_not_disturbed()
{
	counters_mark
	ip -n "$B" addr add 10.0.1.1/32 dev lo
	at_exit "ip -n $B addr del 10.0.1.1/32 dev lo"
	receive b in_b -n 50 10.0.1.1:30000
	in_b rtp_tool send -n 50 127.0.0.1:4000 10.0.1.1:30000
	assert_intact b 50
	assert_counters
}

media_up
# Exact counts.
in_r sysctl -qw net.ipv4.icmp_ratelimit=0
run a_range_is_silent \
	outside_of_a_range_there_is_icmp \
	silence_ends_with_the_range \
	sockets_are_not_disturbed \
	other_protocols_are_not_disturbed \
	routed_packets_are_not_disturbed \
	fragments_are_not_disturbed \
	other_namespaces_are_not_disturbed
