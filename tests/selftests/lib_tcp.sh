# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests of SIP over TCP; sourced after lib_inspect.sh. As there, but the server listens
# on TCP. See sip_tcp_peer.

# shellcheck disable=SC2034,SC2154 # lib_inspect.sh and scripts use them
LISTENER=tcp:10.0.1.1:5060

# begin MODE [OPTIONS]: the module, the topology, the listener and the server, for the test.
begin()
{
	need ethtool tc
	inspect_up "$1"
	shift
	# Acknowledged at once, as senders wait for it.
	ip -n "$R" route change 10.0.1.0/24 dev ra quickack 1
	serve_tcp 10.0.1.1 "$@"
	cells_mark
}

tcp_is_bound()
{
	in_r ss -Hlnt sport = 5060 | grep -q .
}

# serve_tcp ADDRESS OPTIONS...: until the test ends.
serve_tcp()
{
	local address=$1
	shift
	ip netns exec "$R" "$selftests/sip_tcp_peer" serve -o "$TMP/served" "$@" "$address" 5060 \
		>"$TMP/server.log" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for tcp_is_bound
}

# send OPTIONS...: from the caller. Prints what was answered, and how the other side has ended it.
send()
{
	in_a "$selftests/sip_tcp_peer" send "$@" 10.0.1.2 "${port:-0}" 10.0.1.1 5060
}

# As begin enforce, over IPv6.
topology6()
{
	LISTENER="tcp:[2001:db8::1]:5060"
	need json sipctl python3
	need_module
	topology_up
	in_a sysctl -qw net.ipv6.conf.a0.disable_ipv6=0
	in_r sysctl -qw net.ipv6.conf.ra.disable_ipv6=0
	ip -n "$A" addr add 2001:db8::2/64 dev a0 nodad
	ip -n "$R" addr add 2001:db8::1/64 dev ra nodad
	remember_evidence
	in_r sipctl kernel listener add "$LISTENER" mode enforce
	serve_tcp 2001:db8::1
	cells_mark
}

send6()
{
	in_a "$selftests/sip_tcp_peer" send "$@" 2001:db8::2 0 2001:db8::1 5060
}

# many COUNT: so many connections that stay open, each with a message that was answered.
many()
{
	no_limits
	rm -f "$TMP/many"
	ip netns exec "$A" bash -c "ulimit -n 20000; exec '$selftests/sip_tcp_peer' many -n $1 \
		10.0.1.2 10.0.1.1 5060" >"$TMP/many" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for -t 120 grep -q ready "$TMP/many"
}

# talk METHOD: a message on the one connection that stays open as long as the test runs.
talk()
{
	if [ -z "${talker:-}" ]; then
		mkfifo "$TMP/talk"
		ip netns exec "$A" "$selftests/sip_tcp_peer" talk 10.0.1.2 0 10.0.1.1 5060 \
			<"$TMP/talk" >"$TMP/talked" 2>&1 &
		talker=$!
		talks=0
		exec {talk_fd}>"$TMP/talk"
		at_exit "exec {talk_fd}>&-; kill $talker 2>/dev/null; wait $talker 2>/dev/null; rm -f $TMP/talk"
	fi
	say "$1"
	wait_for has_talked
}

# The same, when there is that connection, without waiting for the answer.
say()
{
	talks=$((talks + 1))
	echo "$1" >&"$talk_fd"
}

has_talked()
{
	[ "$(wc -l <"$TMP/talked")" = "$talks" ]
}

mode()
{
	in_r sipctl kernel listener set "$LISTENER" mode "$1"
}

# For tests of something else.
no_limits()
{
	local group
	for group in dialog register other in-dialog connect; do
		in_r sipctl kernel policy set unknown source $group off unknown prefix $group off \
			unknown global $group off
	done
}

# count NAME: a counter of the namespace.
count()
{
	in_r sipctl -a kernel stats | awk -v name="$1" '$1 == name { print $2 }'
}

connections()
{
	in_r sipctl -j kernel listener list | json listeners.0.connections
}

no_connections()
{
	[ "$(connections)" = 0 ]
}

bans()
{
	in_r sipctl -j ban list | json bans.*.source bans.*.reason
}

# assert_messages PATTERN: as assert_cells, without connections: SYNs are repeated by chance.
assert_messages()
{
	local cells
	cells=$(cells_since)
	cells=$(sed -E 's/(^|, )unknown none (accept|not-repeated)=[0-9]+//; s/^, //' <<<"$cells")
	assert_match "^${1//./\\.}\$" "$cells" messages
}
