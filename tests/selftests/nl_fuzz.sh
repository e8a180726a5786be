#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Requests that nobody means, from many at once, while packets come and devices go: the module
# answers and the kernel says nothing. NL_FUZZ_SECONDS makes it longer, NL_FUZZ_SEED the same.
. "$(dirname "$0")/lib.sh"

need nl_fuzz sipctl json
need_module

seconds=${NL_FUZZ_SECONDS:-8}
seed=${NL_FUZZ_SEED:-$RANDOM$RANDOM}

# namespace NAME: with IPv4 and IPv6 on its loopback.
namespace()
{
	ip netns add "$1"
	at_exit "ip netns del $1 2>/dev/null"
	ip -n "$1" link set lo up
}

# Devices that come and go, and with them what hangs on them. Ends with the namespace's name.
devices_come_and_go()
{
	while ip -n "$1" link add fuzz0 type veth peer name fuzz1 &&
		ip -n "$1" addr add 10.9.0.1/24 dev fuzz0 &&
		ip -n "$1" link set fuzz0 up &&
		ip -n "$1" link set fuzz1 name fuzz2 &&
		ip -n "$1" link set fuzz2 up &&
		ip -n "$1" link del fuzz0; do
		:
	done 2>/dev/null
}

every_request_is_answered()
{
	namespace "$R"
	in_r sipctl -j session monitor >"$TMP/events" &
	at_exit "kill $! 2>/dev/null"
	devices_come_and_go "$R" &
	at_exit "kill $! 2>/dev/null"
	in_r nl_fuzz -s "$seed" -t "$seconds"
	assert_eq '0 0 0' "$(in_r sipctl -j kernel status | json ranges sessions endpoints)"
	grep -q '"event":"learned"' "$TMP/events" || fail "no event came"
}

# With all that is in it, while requests and packets go on.
a_namespace_goes_with_all_it_has()
{
	local fuzzer

	namespace "$A"
	ip netns exec "$A" nl_fuzz -s "$((seed + 1))" -t 3 -k >"$TMP/said" &
	fuzzer=$!
	devices_come_and_go "$A" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q seed "$TMP/said"
	# Its name goes now, itself with the last process in it.
	ip netns del "$A"
	wait $fuzzer || fail "$(cat "$TMP/said")"
}

run every_request_is_answered a_namespace_goes_with_all_it_has
