#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ranges of ports: "sipctl kernel range", what it says, and what the rest of the kernel sees.
. "$(dirname "$0")/lib.sh"

need sipctl jq python3
need_module
ip netns add "$R"
at_exit "ip netns del $R"
ip -n "$R" link set lo up

range()
{
	in_r sipctl kernel range "$@"
}

# A range that goes with the test.
range_add()
{
	range add "$1"
	at_exit "in_r sipctl kernel range del $1 2>/dev/null"
}

# range_fails STATUS SAID ARGS...
range_fails()
{
	local want=$1 said=$2 status=0
	shift 2
	output=$(in_r sipctl kernel range "$@" 2>&1) || status=$?
	assert_eq "$want" "$status" "exit status of $*"
	assert_eq "sipctl: kernel range $said" "$output" "message of $*"
}

reserved()
{
	in_r cat /proc/sys/net/ipv4/ip_local_reserved_ports
}

ranges_are_listed()
{
	assert_eq 'RANGE  PORTS  ENDPOINTS  UNKNOWN' "$(range list)"
	range_add 127.0.0.1:30000-30999
	range_add 127.0.0.1:31000-31000
	range_add 127.0.0.2:30000-30999
	assert_eq '127.0.0.1:30000-30999   1000          0        0
127.0.0.1:31000-31000      1          0        0
127.0.0.2:30000-30999   1000          0        0' "$(range list | tail -n +2 | sort)"
	assert_eq '{"address":"127.0.0.1","port_min":31000,"port_max":31000,"endpoints":0,"unknown":0}' \
		"$(in_r sipctl -j kernel range list | jq -c '.ranges[] | select(.port_min == 31000)')"
	range del 127.0.0.1:31000-31000
	assert_eq '["127.0.0.1","127.0.0.2"]' \
		"$(in_r sipctl -j kernel range list | jq -c '[.ranges[].address] | sort')"
}

ranges_of_ipv6_are_listed()
{
	range_add '[::1]:30000-30999'
	range_add 127.0.0.1:30000-30999
	range_add '[::1]:31000-31000'
	assert_eq '127.0.0.1:30000-30999   1000          0        0
[::1]:30000-30999       1000          0        0
[::1]:31000-31000          1          0        0' "$(range list | tail -n +2 | sort)"
	assert_eq '{"address":"::1","port_min":31000,"port_max":31000,"endpoints":0,"unknown":0}' \
		"$(in_r sipctl -j kernel range list | jq -c '.ranges[] | select(.port_min == 31000)')"
	assert_eq '127.0.0.1:30000-30999 [::1]:30000-30999 [::1]:31000-31000' \
		"$(in_r sipctl __complete -- kernel range del | sort | xargs)"
	range_fails 1 'add: The range overlaps one that exists, [::1]:30999-31999, see "sipctl kernel range list"' \
		add '[::1]:30999-31999'
	range_fails 1 'add: The address is not local: add it to an interface first, [2001:db8::9]:30000-30999, see "ip address"' \
		add '[2001:db8::9]:30000-30999'
	range del '[::1]:31000-31000'
	assert_eq '["127.0.0.1","::1"]' \
		"$(in_r sipctl -j kernel range list | jq -c '[.ranges[].address] | sort')"
}

words_that_are_no_range_are_refused()
{
	local word give='give ADDRESS:MIN-MAX such as '
	give+='10.0.1.1:30000-39999 or [2001:db8::1]:30000-39999'

	for word in 127.0.0.1 127.0.0.1:30000 127.0.0.1:0-9 127.0.0.1:10-9 127.0.0.1:1-65536 \
		localhost:1-2 :1-2 ::1:1-2 '[::1]' 127.0.0.1:1-2-3 '127.0.0.1: 1-2'; do
		range_fails 2 "add: bad range \"$word\", ports, $give" add "$word"
	done
	assert_eq '[]' "$(in_r sipctl -j kernel range list | jq -c .ranges)"
}

a_range_is_refused_where_one_is()
{
	range_add 127.0.0.1:30000-30999
	range_fails 1 'add: The range overlaps one that exists, 127.0.0.1:30999-31999, see "sipctl kernel range list"' \
		add 127.0.0.1:30999-31999
	range_fails 4 'del: There is no such range, 127.0.0.1:30000-30998, see "sipctl kernel range list"' \
		del 127.0.0.1:30000-30998
}

a_range_is_refused_on_a_foreign_address()
{
	range_fails 1 'add: The address is not local: add it to an interface first, 10.9.9.9:30000-30999, see "ip address"' \
		add 10.9.9.9:30000-30999
}

a_range_is_refused_where_a_socket_is()
{
	local address

	for address in 127.0.0.1 0.0.0.0; do
		ip netns exec "$R" python3 -c '
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 30500))
print("bound", flush=True)
time.sleep(600)' "$address" >"$TMP/bound" &
		at_exit "kill $! 2>/dev/null"
		wait_for grep -q bound "$TMP/bound"
		assert_fails range add 127.0.0.1:30000-30999
		assert_match 'see "ss -unap"$' "$output"
		kill $!
		wait $! || true
		rm "$TMP/bound"
	done
	range_add 127.0.0.1:30000-30999
}

a_range_with_endpoints_stays()
{
	range_add 127.0.0.1:30000-30999
	in_r sipctl session add 1 endpoint 1 local 127.0.0.1:30000
	at_exit "in_r sipctl session flush"
	assert_eq 1 "$(in_r sipctl -j kernel range list | jq '.ranges[0].endpoints')"
	range_fails 1 'del: Endpoints live in the range: delete their sessions first, 127.0.0.1:30000-30999, see "sipctl session list"' \
		del 127.0.0.1:30000-30999
	in_r sipctl session del 1
	range del 127.0.0.1:30000-30999
	assert_eq '[]' "$(in_r sipctl -j kernel range list | jq -c .ranges)"
}

its_ports_are_reserved_while_it_is_there()
{
	assert_eq '' "$(reserved)"
	range_add 127.0.0.1:40000-40099
	assert_eq '40000-40099' "$(reserved)"
	range del 127.0.0.1:40000-40099
	assert_eq '' "$(reserved)"
}

# However many sockets ask the kernel for a port, none gets one of a range.
ephemeral_ports_are_others()
{
	in_r sysctl -qw net.ipv4.ip_local_port_range='40000 40199'
	range_add 127.0.0.1:40000-40099
	in_r python3 -c '
import socket
held = []
for _ in range(60):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 0))
    held.append(s)
    assert s.getsockname()[1] >= 40100, s.getsockname()'
}

run ranges_are_listed \
	ranges_of_ipv6_are_listed \
	words_that_are_no_range_are_refused \
	a_range_is_refused_where_one_is \
	a_range_is_refused_on_a_foreign_address \
	a_range_is_refused_where_a_socket_is \
	a_range_with_endpoints_stays \
	its_ports_are_reserved_while_it_is_there \
	ephemeral_ports_are_others
