#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who is banned by what he does, and who is not; scanners as they come.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"

begin()
{
	inspect_up enforce
	serve "$@"
}

# bans: what is banned, as "SOURCE REASON, ...".
bans()
{
	in_r sipctl -j ban list | json bans.*.source bans.*.reason
}

# Proves: wrong credentials ban the port after some, a first 401 never does, and another phone
# behind the same address goes on.
wrong_credentials()
{
	begin -a REGISTER=401 -A REGISTER=403
	assert_eq 401:9 "$(send -m REGISTER -n 9)"
	assert_eq "" "$(bans)"
	assert_eq 403:6 "$(send -m REGISTER -a -n 6 -i 20)"
	assert_eq "10.0.1.2:5060 wrong credentials" "$(bans)"
	assert_eq "" "$(send -m REGISTER -a -n 6 -w 1)"
	assert_eq 403:1 "$(port=5061 send -m REGISTER -a)"
}

# Proves: of a registered source a 401 to credentials is a failure, a 403 is none: that may be for what
# is asked for in its name.
failures_of_registered_ones()
{
	begin -A '*=401,OPTIONS=403'
	in_r sipctl kernel source add 10.0.1.2:5061 class registered
	assert_eq 403:12 "$(port=5061 send -m OPTIONS -a -n 12 -i 20)"
	assert_eq "" "$(bans)"
	assert_eq 401:6 "$(port=5061 send -m REGISTER -a -n 6 -i 20)"
	assert_eq "10.0.1.2:5061 wrong credentials" "$(bans)"
}

# Proves: what a rule bans for is dropped of a registered source, but it is not banned for it, as anybody
# can say it over UDP in its name.
a_rule_bans_no_registered_source()
{
	begin
	in_r sipctl kernel source add 10.0.1.2:5061 class registered
	in_r sipctl kernel rule add 900 ban user-agent "*Evil*" class unknown,registered
	assert_eq "" "$(port=5061 send -u 'Evil phone' -n 3 -w 1)"
	assert_served 0
	assert_eq "" "$(bans)"
	assert_eq 200:1 "$(port=5061 send)"
	assert_eq "" "$(port=5062 send -u 'Evil phone' -w 1)"
	assert_eq "10.0.1.2:5062 rule" "$(bans)"
}

# Proves: who is trusted when he was banned already is served.
trust_lifts_a_ban()
{
	begin
	in_r sipctl kernel rule add 900 ban user-agent "*Evil*"
	assert_eq "" "$(send -u 'Evil phone' -w 1)"
	assert_eq "" "$(send -w 1)"
	in_r sipctl kernel source add 10.0.1.0/24 class trusted
	assert_eq 200:1 "$(send)"
	in_r sipctl kernel source add 10.0.1.0/24 class registered
	assert_eq "" "$(send -w 1)"
	in_r sipctl kernel source add 10.0.1.2 class trusted
	assert_eq 200:1 "$(send)"
}

# Proves: who asks for many numbers that are none is banned, a registered or trusted one is not.
refused_requests()
{
	begin -a '*=404'
	in_r sipctl kernel policy set ban-refused 20 unknown source other off unknown global other off
	assert_eq 404:19 "$(send -m OPTIONS -n 19 -i 20)"
	assert_eq "" "$(bans)"
	assert_eq 404:1 "$(send -m OPTIONS)"
	assert_eq "10.0.1.2:5060 refused requests" "$(bans)"
	assert_eq "" "$(send -m OPTIONS -n 10 -w 1)"
	in_r sipctl kernel source add 10.0.1.2:5061 class registered
	in_r sipctl kernel source add 10.0.1.2 class trusted
	assert_eq 404:30 "$(port=5061 send -m OPTIONS -n 30 -i 20)"
	assert_eq 404:30 "$(port=5062 send -m OPTIONS -n 30 -i 20)"
	assert_eq "10.0.1.2:5060 refused requests" "$(bans)"
}

# Proves: who has the answers sent to another port is banned where he sends from, with all of his
# address but what is known.
answers_to_another_port()
{
	begin -a '*=404'
	in_r sipctl kernel policy set ban-refused 20 unknown source other off unknown global other off
	in_r sipctl kernel source add 10.0.1.2:5061 class registered
	send -m OPTIONS -V 5099 -n 19 -i 0.01 -w 0.1
	assert_served 19
	assert_eq "" "$(bans)"
	send -m OPTIONS -V 5099 -w 0.1
	assert_becomes "10.0.1.2 refused requests" "who is banned" bans
	assert_eq "" "$(send -m OPTIONS -w 1)"
	assert_eq 404:1 "$(port=5061 send -m OPTIONS)"
}

# Proves: a right password with a nonce that is no longer good is no failure.
stale_nonces()
{
	begin -a REGISTER=401 -A REGISTER=401 -s
	assert_eq 401:1 "$(send -m REGISTER)"
	assert_eq 401:12 "$(send -m REGISTER -a -n 12 -i 20)"
	assert_eq "" "$(bans)"
}

# Proves: what is no SIP is let through and ends in a ban, or is dropped if the policy says so.
malformed_messages()
{
	begin -a '*=0'
	in_r sipctl kernel policy set ban-malformed 5
	printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' >"$TMP/http"
	cells_mark
	send -f "$TMP/http" -r 7 -w 0.2
	assert_eq "10.0.1.2:5060 malformed messages" "$(bans)"
	assert_cells "banned none banned=2, unknown none accept=5"
	in_r sipctl kernel policy set malformed drop ban-malformed never
	cells_mark
	port=5061 send -f "$TMP/http" -r 3 -w 0.2
	assert_cells "unknown none malformed=3"
}

# Proves: of who has behaved so far it is not read what is wrong in a later line, as long as the server
# does not mind; when it refuses that, or when he exceeds his limit, it is, and counts.
malformed_in_later_lines()
{
	begin -a '*=200'
	in_r sipctl kernel policy set ban-malformed 5 unknown global dialog off
	assert_eq 200:1 "$(send -m OPTIONS -u Example)"
	late_garbage 8
	assert_eq 200:8 "$(send "${garbage[@]}")"
	assert_eq "" "$(bans)"
	clean_up
	begin -a '*=400,OPTIONS=200'
	in_r sipctl kernel policy set ban-malformed 5 unknown global dialog off
	assert_eq 200:1 "$(send -m OPTIONS -u Example)"
	late_garbage 1
	assert_eq 400:1 "$(send "${garbage[@]}")"
	late_garbage 9
	assert_eq 400:5 "$(send "${garbage[@]}" -w 3)"
	assert_eq "10.0.1.2:5060 malformed messages" "$(bans)"
	clean_up
	begin -a '*=0,OPTIONS=200'
	in_r sipctl kernel policy set ban-malformed 5 unknown source dialog 1/s burst 10 \
		unknown global dialog off
	assert_eq 200:1 "$(send -m OPTIONS -u Example)"
	late_garbage 30
	send "${garbage[@]}" -w 0.2
	assert_eq "10.0.1.2:5060 malformed messages" "$(bans)"
}

# Proves: nor are credentials read before the server has refused something; from then on they count.
credentials_in_later_lines()
{
	begin -a '*=200' -A '*=403'
	in_r sipctl kernel policy set ban-failures 3
	assert_eq 200:1 "$(send -m OPTIONS -u Example)"
	assert_eq 403:4 "$(send -m REGISTER -u Example -a -n 4 -i 20)"
	assert_eq "10.0.1.2:5060 wrong credentials" "$(bans)"
	assert_eq "" "$(send -m REGISTER -u Example -a -n 5 -w 1)"
}

# Proves: keep-alive messages of line ends, of NULs and by STUN are no offence.
keepalives()
{
	begin -a '*=0'
	in_r sipctl kernel policy set ban-malformed 1
	printf '\r\n\r\n' >"$TMP/crlf"
	printf '\0\0\0\0' >"$TMP/nul"
	printf '\0\1\0\0\41\22\244\102abcdefghijkl' >"$TMP/stun"
	cells_mark
	send -f "$TMP/crlf" -f "$TMP/nul" -f "$TMP/stun" -r 4 -w 0.2
	assert_cells "unknown none keepalive=12"
	assert_eq "" "$(bans)"
}

# Proves: when enough ports of an address are banned, all of it is.
an_address_of_many_ports()
{
	begin -a '*=0'
	in_r sipctl kernel policy set ban-malformed 1 ban-ports 3
	echo nonsense >"$TMP/nonsense"
	for port in 5061 5062 5063; do
		port=$port send -f "$TMP/nonsense" -w 0
	done
	assert_eq "" "$(port=5064 send -w 1)"
	assert_match '(^| )10.0.1.2 ' "$(bans) "
}

# Proves: in mode observe nobody is kept out, and what would be banned is told.
observing()
{
	begin -a '*=0'
	in_r sipctl kernel listener set $LISTENER mode observe
	in_r sipctl kernel policy set ban-malformed 1
	echo nonsense >"$TMP/nonsense"
	cells_mark
	send -f "$TMP/nonsense" -r 3 -w 0.2
	assert_cells "banned none ~banned=2, unknown none accept=1"
	# It holds for nobody else.
	in_r sipctl kernel listener set $LISTENER mode enforce
	send -m OPTIONS -w 0.1
	assert_served 1 OPTIONS
}

# connects SECONDS: from the caller's address to the listener over TCP, within that time.
connects()
{
	in_a timeout "$1" bash -c ': <>/dev/tcp/10.0.1.1/5060' 2>/dev/null
}

# Proves: over TCP a banned source cannot connect, nor one that does it too often; others can.
connections()
{
	inspect_up enforce
	in_r sipctl kernel listener add tcp:10.0.1.1:5060 mode enforce
	in_r sipctl kernel policy set unknown source connect 1/s burst 3
	ip netns exec "$R" python3 -m http.server --bind 10.0.1.1 5060 >"$TMP/http.log" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for tcp_is_bound
	cells_mark
	in_r sipctl ban add 10.0.1.2
	assert_fails connects 2
	in_r sipctl ban del 10.0.1.2
	connects $PATIENCE
	connects $PATIENCE
	connects $PATIENCE
	# On a slow host a SYN may come again.
	assert_match 'banned none banned=[1-9], unknown none accept=[3-9]' "$(cells_since)"
	# The first segments of most are dropped; they come again, as messages over UDP do.
	in_a timeout $PATIENCE bash -c 'for i in {1..9}; do : <>/dev/tcp/10.0.1.1/5060 & done; wait' &
	at_exit "kill $! 2>/dev/null"
	wait_for connections_are_limited
	in_r sipctl kernel source add 10.0.1.2 class trusted
	connects $PATIENCE
	connects $PATIENCE
}

connections_are_limited()
{
	[[ $(cells_since) =~ unknown\ none\ limit-source=[1-9] ]]
}

tcp_is_bound()
{
	in_r ss -Hlnt src 10.0.1.1:5060 | grep -q .
}

# Proves: svmap, svwar and svcrack find nothing and are banned at once; so they are when they call
# themselves something else, by what they do.
scanners()
{
	need svmap svwar svcrack
	begin -a '*=404,OPTIONS=200,REGISTER=401' -A '*=403'
	scan 5070 svmap 10.0.1.1
	scan 5071 svwar 10.0.1.1 -e 100-140 -m REGISTER
	scan 5072 svcrack 10.0.1.1 -u 100 -r 1000-1040
	scans_end
	assert_served 0
	assert_match '10.0.1.2:507[0-9].*10.0.1.2:507[0-9].*10.0.1.2:507[0-9].*rule rule rule' \
		"$(bans)"
	assert_eq 200:1 "$(port=6000 send -m OPTIONS)"
}

# Each test has a module of its own, all have this.
topology_up
run wrong_credentials failures_of_registered_ones a_rule_bans_no_registered_source \
	trust_lifts_a_ban refused_requests answers_to_another_port \
	stale_nonces malformed_messages malformed_in_later_lines credentials_in_later_lines \
	keepalives an_address_of_many_ports observing connections scanners
