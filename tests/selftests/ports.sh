#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ports belong to the module or to sockets, never to both.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

range_add()
{
	at_exit "in_r sipctl kernel range del $1 2>/dev/null"
	in_r sipctl kernel range add "$1"
}

# bound WORDS...: a socket in the border, as long as the test; its PID is in $holder.
bound()
{
	holder=$(in_r rtp_tool bind -b "$@")
	at_exit "kill $holder 2>/dev/null"
}

gone()
{
	[ ! -e "/proc/$1" ]
}

let_go()
{
	kill "$holder"
	wait_for gone "$holder"
}

# refused_by WORDS...: a range is refused because of this socket, and is taken without it.
refused_by()
{
	bound "$@"
	assert_fails in_r sipctl kernel range add 10.0.1.1:20000-20010
	assert_match 'socket' "$output" "the refusal because of a socket bound to $*"
	let_go
	range_add 10.0.1.1:20000-20010
	in_r sipctl kernel range del 10.0.1.1:20000-20010
}

# not_refused_by WORDS...: this socket is in nobody's way.
not_refused_by()
{
	bound "$@"
	range_add 10.0.1.1:20000-20010
	in_r sipctl kernel range del 10.0.1.1:20000-20010
	let_go
}

# Proves: a range is refused if any socket gets packets that are sent to it, at its ends and inside.
a_bound_socket_keeps_its_port()
{
	refused_by 10.0.1.1 20000
	refused_by 10.0.1.1 20005
	refused_by 10.0.1.1 20010
	refused_by 0.0.0.0 20010
	refused_by -6 :: 20000
	refused_by -6 ::ffff:10.0.1.1 20005
}

# Proves: and only then.
other_sockets_do_not_matter()
{
	not_refused_by 10.0.1.1 19999
	not_refused_by 0.0.0.0 20011
	not_refused_by 10.0.2.1 20005
	not_refused_by 127.0.0.1 20005
	not_refused_by -6 -s :: 20005
	not_refused_by -6 ::ffff:10.0.2.1 20005
}

# Proves: a socket of another namespace is in nobody's way.
sockets_elsewhere_do_not_matter()
{
	holder=$(in_a rtp_tool bind -b 0.0.0.0 20005)
	at_exit "kill $holder 2>/dev/null"
	range_add 10.0.1.1:20000-20010
}

# ephemeral COUNT: so many ports that the kernel chooses.
ephemeral()
{
	in_r rtp_tool bind -c "$1" 10.0.1.1 0 | sort -n | uniq
}

# Proves: the kernel does not hand out ports of a range, even when hardly any others are left, and
# when none are; it has them back when the range is gone.
no_ephemeral_port_lies_in_a_range()
{
	at_exit "in_r sysctl -qw net.ipv4.ip_local_port_range='32768 60999'"
	in_r sysctl -qw net.ipv4.ip_local_port_range='40000 40099'
	range_add 10.0.1.1:40010-40099
	assert_eq "$(seq -s ' ' 40000 40009)" "$(ephemeral 10 | xargs)" "ports chosen"
	assert_fails in_r rtp_tool bind -c 11 10.0.1.1 0
	in_r sysctl -qw net.ipv4.ip_local_port_range='40010 40099'
	assert_fails in_r rtp_tool bind 10.0.1.1 0
	in_r sipctl kernel range del 10.0.1.1:40010-40099
	assert_eq 90 "$(ephemeral 90 | wc -l)" "ports chosen without a range"
}

reserved()
{
	in_r cat /proc/sys/net/ipv4/ip_local_reserved_ports
}

# Proves: what the administrator had reserved stays so, whatever comes and goes.
reserved_ports_are_restored()
{
	local before

	at_exit "in_r sysctl -qw net.ipv4.ip_local_reserved_ports=30000-30999"
	in_r sysctl -qw net.ipv4.ip_local_reserved_ports=8080,20005,20500-20600,30000-30999
	before=$(reserved)
	range_add 10.0.1.1:20000-20550
	assert_eq 8080,20000-20600,30000-30999 "$(reserved)" "with a range"
	range_add 10.0.2.1:20100-20110
	in_r sipctl kernel range del 10.0.1.1:20000-20550
	assert_eq 8080,20005,20100-20110,20500-20600,30000-30999 "$(reserved)" "with another one"
	in_r sipctl kernel range del 10.0.2.1:20100-20110
	assert_eq "$before" "$(reserved)" "afterwards"
}

# Proves: ports that two addresses share stay reserved until both are given back.
two_ranges_share_ports()
{
	range_add 10.0.1.1:20000-20010
	range_add 10.0.2.1:20005-20015
	assert_eq 20000-20015,30000-30999 "$(reserved)" "two ranges"
	in_r sipctl kernel range del 10.0.1.1:20000-20010
	assert_eq 20005-20015,30000-30999 "$(reserved)" "one range"
	in_r sipctl kernel range del 10.0.2.1:20005-20015
	assert_eq 30000-30999 "$(reserved)" "none"
}

# Proves: a program that asks for a port of a range by its number gets it; that is how STUN and DTLS
# find their way up.
a_socket_may_be_bound_afterwards()
{
	range_add 10.0.1.1:20000-20010
	bound 10.0.1.1 20005
	let_go
}

media_up
run a_bound_socket_keeps_its_port \
	other_sockets_do_not_matter \
	sockets_elsewhere_do_not_matter \
	no_ephemeral_port_lies_in_a_range \
	reserved_ports_are_restored \
	two_ranges_share_ports \
	a_socket_may_be_bound_afterwards
