# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests of SIP inspection; sourced after lib.sh. A server listens on the border, at
# $LISTENER, and writes what reaches it to $TMP/served; the caller sends. See sip_peer.

# shellcheck disable=SC2154 # lib.sh sets them

LISTENER=udp:10.0.1.1:5060

# The module, the topology and a listener in mode MODE, for the whole script or for a test.
inspect_up()
{
	need json sipctl python3
	need_module
	topology_up
	in_r sipctl kernel listener add $LISTENER mode "$1"
	in_a ping -c 1 -q 10.0.1.1 >/dev/null
}

server_is_bound()
{
	in_r ss -Hlnu src 10.0.1.1:5060 | grep -q .
}

# serve OPTIONS...: until the test ends.
serve()
{
	ip netns exec "$R" "$selftests/sip_peer" serve -o "$TMP/served" "$@" 10.0.1.1 5060 \
		>"$TMP/server.log" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for server_is_bound
}

# send OPTIONS...: from the caller's port 5060 unless $port says another. Prints what was answered.
send()
{
	in_a "$selftests/sip_peer" send "$@" 10.0.1.2 "${port:-5060}" 10.0.1.1 5060 | sed 's/^sent [0-9]* answered //'
}

# served [METHOD]: how many messages have reached the server.
served()
{
	grep -c "^${1:-}" "$TMP/served" || true
}

# cells: "CLASS KIND VERDICT=COUNT" of all that is not 0, on one line in order; what would have
# been done has a "~" before it.
cells()
{
	in_r sipctl -j kernel stats |
		json sip.*.{kind,class,verdict,observed,messages} | xargs -n 1 |
		awk '{ cell[NR] = $1 } END {
			n = NR / 5
			for (i = 1; i <= n && NR >= 5; i++)
				print cell[n + i], cell[i], \
					(cell[3 * n + i] == "true" ? "~" : "") cell[2 * n + i] "=" cell[4 * n + i]
		}' | sort | paste -sd, - | sed 's/,/, /g'
}

# cells_mark; ...; assert_cells "CLASS KIND VERDICT=COUNT, ...": exactly this was counted since.
cells_mark()
{
	marked=$(cells)
}

assert_cells()
{
	assert_eq "$1" "$(cells_since)" "messages"
}

cells_since()
{
	awk -v before="$marked" -v after="$(cells)" 'BEGIN {
		n = split(before, cells, ", ")
		for (i = 1; i <= n; i++) {
			split(cells[i], parts, "=")
			old[parts[1]] = parts[2]
		}
		n = split(after, cells, ", ")
		for (i = 1; i <= n; i++) {
			split(cells[i], parts, "=")
			if (parts[2] > old[parts[1]])
				printf "%s%s=%d", sep, parts[1], parts[2] - old[parts[1]]
			if (parts[2] > old[parts[1]])
				sep = ", "
		}
	}'
}
