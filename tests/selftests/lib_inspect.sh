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
	remember_evidence
	in_r sipctl kernel listener add $LISTENER mode "$1"
	in_a ping -c 1 -q 10.0.1.1 >/dev/null
}

# What leads to a ban counts however slow the host is.
remember_evidence()
{
	in_r sipctl kernel policy set window 10m
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

# scan PORT SCANNER OPTIONS...: in the background, from the caller's port, until scans_end: they mostly
# wait.
scans=()
scan()
{
	local port=$1 scanner=$2
	shift 2

	in_a timeout $PATIENCE "$scanner" -P "$port" "$@" >"$TMP/scan.$port" 2>&1 </dev/null &
	scans+=($!)
	at_exit "kill $! 2>/dev/null; rm -f $TMP/scan.$port"
}

# What they have found is in $TMP/scan.PORT.
scans_end()
{
	local pid

	for pid in "${scans[@]}"; do
		wait "$pid" || true
	done
	sed 's/^/# /' "$TMP"/scan.*
}

# late_garbage COUNT: files with INVITEs in which only a line behind the User-Agent is wrong, as options
# of send in garbage.
late_garbage()
{
	local i

	garbage=()
	for ((i = 0; i < $1; i++)); do
		printf '%s\r\n' "INVITE sip:100@10.0.1.1 SIP/2.0" \
			"Via: SIP/2.0/UDP 10.0.1.2:5060;branch=z9hG4bK-late-$BASHPID-$RANDOM-$i;rport" \
			"Max-Forwards: 70" "From: <sip:late@10.0.1.2>;tag=late$i" \
			"To: <sip:100@10.0.1.1>" "Call-ID: late-$RANDOM-$i" "CSeq: 1 INVITE" \
			"Contact: <sip:late@10.0.1.2>" "User-Agent: Example" "Content-Length: x" "" \
			>"$TMP/late.$i"
		garbage+=(-f "$TMP/late.$i")
	done
}

# served [PATTERN]: how many messages have reached the server, such as those of a method.
served()
{
	grep -c "^${1:-}" "$TMP/served" || true
}

# assert_served COUNT [PATTERN]: soon so many have.
assert_served()
{
	assert_becomes "$1" "messages that reached the server" served "${2:-}"
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
