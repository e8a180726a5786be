#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is known of those who send over TCP by what servers answer; what is followed when there are
# too many connections.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"
. "$(dirname "$0")/lib_tcp.sh"

# Proves: wrong credentials ban over TCP, too, a first 401 never does, and another phone goes on.
wrong_credentials()
{
	begin enforce -a REGISTER=401 -A REGISTER=403
	assert_eq 401:9 "$(port=5097 send -m REGISTER -n 9)"
	assert_eq "" "$(bans)"
	port=5097 send -m REGISTER -a -n 9 -w 1 >/dev/null
	assert_eq "10.0.1.2:5097 wrong credentials" "$(bans)"
	assert_eq 403:1 "$(port=5096 send -m REGISTER -a)"
}

# Proves: a nonce that is no longer good is no failure, however its response is cut.
stale_nonces()
{
	begin enforce -a REGISTER=401 -A REGISTER=401 -s
	assert_eq 401:12 "$(port=5097 send -m REGISTER -a -n 12 -w 20)"
	in_r ip link set ra mtu 576
	in_r ethtool -K ra tso off gso off >/dev/null
	assert_eq 401:12 "$(port=5096 send -m REGISTER -c "$(printf '%0450d' 0)" -a -n 12 -w 20)"
	assert_eq "" "$(bans)"
}

# Proves: so do requests that are refused; responses are found however they are cut.
refused_requests()
{
	begin enforce -a '*=404'
	in_r sipctl kernel policy set ban-refused 20 unknown source other off
	in_r ip link set ra mtu 576
	in_r ethtool -K ra tso off gso off >/dev/null
	assert_eq 404:19 "$(port=5095 send -n 19)"
	assert_eq "" "$(bans)"
	port=5095 send -n 3 -w 1 >/dev/null
	assert_eq "10.0.1.2:5095 refused requests" "$(bans)"
}

# Proves: a dialog that the server has accepted is known: what belongs to it has other limits.
known_dialogs()
{
	begin enforce
	in_r sipctl kernel policy set unknown source dialog 1/s burst 1
	assert_eq 200:1 "$(send -m INVITE -c call@host -w 20)"
	assert_eq 200:5 "$(send -m INVITE -n 5 -c call@host -t served -w 20)"
	assert_match 'unknown INVITE accept=6' "$(cells_since)"
	[[ $(cells_since) != *limit-source=[2-9]* ]] || fail "$(cells_since)"
}

# Proves: of a source that is banned nothing passes on the connection that it has, and it has no
# other.
a_ban_of_who_is_connected()
{
	begin enforce
	talk OPTIONS
	in_r sipctl ban add 10.0.1.2
	say OPTIONS
	assert_fails in_a timeout 2 "$selftests/sip_tcp_peer" send 10.0.1.2 0 10.0.1.1 5060
	assert_served 1 OPTIONS
	in_r sipctl ban del 10.0.1.2
	# Its TCP has repeated what it was to send.
	wait_for -t 60 has_talked
	assert_served 2 OPTIONS
}

# Proves: when there are too many connections the idlest makes room; its messages pass, limited; and
# all that are there are followed when they go on.
the_idlest_is_evicted()
{
	begin enforce
	in_r sipctl kernel policy set max-connections 20
	no_limits
	talk OPTIONS
	many 30
	assert_eq 20 "$(connections)"
	assert_eq 11 "$(count tcp-evicted)"
	talk OPTIONS
	assert_eq 1 "$(count tcp-unfollowed)"
	in_r sipctl kernel policy set unknown source in-dialog 1/s burst 1
	talk OPTIONS
	talk OPTIONS
	assert_match 'unknown none limit-source=[1-9]' "$(cells_since)"
}

# Proves: made-up sources that only begin connections push out none that is there.
syns_evict_nobody()
{
	begin enforce
	no_limits
	in_r sipctl kernel policy set max-connections 200
	many 100
	# Where they are answered to.
	ip -n "$R" route add 10.9.0.0/16 via 10.0.1.2
	in_a "$selftests/sip_tcp_peer" syns -n 5000 10.9 10.0.1.1 5060
	talk OPTIONS
	[ "$(count tcp-evicted)" -ge 1000 ] || fail "$(count tcp-evicted) were evicted"
	assert_eq 0 "$(count tcp-unfollowed)"
	[ "$(connections)" -ge 101 ] || fail "$(connections) connections"
	[ "$(connections)" -le 152 ] || fail "$(connections) connections"
}

# Proves: connections are no longer there when they have ended, however they have.
ends()
{
	begin enforce
	no_limits
	assert_eq 200:1 "$(send)"
	assert_eq 200:1 "$(send -H)"
	wait_for no_connections
	assert_eq 200:1 "$(send -r)"
	# A RST alone is not believed: what has ended so is the first to go.
	[ "$(connections)" -le 1 ] || fail "$(connections) connections"
	port=5094 send -m INVITE
	port=5094 send -m INVITE
	assert_served 2 INVITE
	assert_eq 0 "$(count tcp-lost)"
}

run wrong_credentials stale_nonces refused_requests known_dialogs a_ban_of_who_is_connected \
	the_idlest_is_evicted syns_evict_nobody ends
