#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What becomes of messages over TCP that must not reach the server, and of who sends them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"
. "$(dirname "$0")/lib_tcp.sh"

# monitor: events go to $TMP/events.
monitor()
{
	ip netns exec "$R" sipctl -j kernel monitor >"$TMP/events" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for grep -q '"ready"' "$TMP/events"
}

# Proves: a rule that drops ends the connection at both sides, and no other; a message before it
# that was let through is one that others were, too.
a_rule_resets()
{
	begin enforce
	monitor
	in_r sipctl kernel rule add 900 drop user-agent 'bad*'
	talk OPTIONS
	assert_eq " reset" "$(send -u 'bad phone' -w 20)"
	wait_for grep -q ^reset "$TMP/served"
	assert_eq " reset" "$(send -m INVITE -s 3000 -g 500 -u 'bad phone' -w 20)"
	talk OPTIONS
	assert_served 2 OPTIONS
	assert_served 0 INVITE
	assert_messages "unknown INVITE rule=1, unknown OPTIONS accept=2, unknown OPTIONS rule=1"
	assert_eq 2 "$(count tcp-reset)"
	assert_eq 1 "$(connections)"
	wait_for has_lines 2 '"rule"' "$TMP/events"
}

has_lines()
{
	[ "$(grep -c "$2" "$3")" = "$1" ]
}

# Proves: a rule that bans does, too, and what comes later is dropped.
a_rule_bans()
{
	begin enforce
	port=5099 send -u 'friendly-scanner' -w 1
	assert_match '^10.0.1.2:5099 rule' "$(bans)"
	wait_for grep -q ^reset "$TMP/served"
	assert_eq 200:1 "$(send)"
	assert_match 'banned none banned=[1-9]' "$(cells_since)"
}

# Proves: in mode observe the same messages pass, and are counted.
rules_observed()
{
	begin observe
	in_r sipctl kernel rule add 900 drop user-agent 'bad*'
	assert_eq 200:3 "$(send -n 3 -u 'bad phone')"
	assert_messages "unknown OPTIONS ~rule=3"
	assert_eq 0 "$(count tcp-reset)"
}

# Proves: what exceeds a limit is delivered later, once, in order, and counted as held back once
# each time that it is; what is in the same segment before it is delivered at once.
limits_hold_back()
{
	begin enforce
	in_r sipctl kernel policy set unknown source dialog 5/s burst 5
	assert_eq 200:20 "$(send -m INVITE -n 20 -w 30)"
	assert_served 20 INVITE
	assert_match 'unknown INVITE accept=20, unknown INVITE limit-source=([1-9]|1[0-5])(,|$)' \
		"$(cells_since)"
	[ "$(count drop-tcp-held)" -gt 0 ] || fail "nothing was held back"
	# In the order in which they were sent.
	assert_eq "$(grep ^INVITE "$TMP/served" | cut -d ' ' -f 2)" \
		"$(grep ^INVITE "$TMP/served" | cut -d ' ' -f 2 | sort -t - -k 2n)"
}

# Proves: so is a message that began in a segment before, and one cut anywhere.
limits_hold_back_what_is_cut()
{
	begin enforce
	in_r sipctl kernel policy set unknown source register 10/s burst 2 unknown prefix register 20/s
	assert_eq 200:8 "$(send -m REGISTER -n 8 -s 4000 -g 700 -w 30)"
	assert_match 'unknown REGISTER accept=8, unknown REGISTER limit-source=[1-9]' \
		"$(cells_since)"
	assert_eq 0 "$(count tcp-lost)"
}

# Proves: while too many strangers come, one who connects gets through, as TCP repeats what is held.
strangers_hold_nobody_up()
{
	begin enforce
	in_r sipctl kernel policy set unknown global other 20/s burst 1 unknown source other off
	assert_eq 200:4 "$(send -n 4 -w 60)"
	assert_match 'not-repeated=[1-9]' "$(cells_since)"
}

# Proves: what is shed is not answered by the kernel but delivered when the server can.
overload_holds_back()
{
	begin enforce
	talk OPTIONS
	until is_overloaded; do
		# What the server says of its load is true for three seconds.
		in_r sipctl kernel listener set $LISTENER load 99
		say OPTIONS
		wait_for is_held_or_answered
	done
	in_r sipctl kernel listener set $LISTENER load 0
	wait_for has_talked
	assert_match "unknown OPTIONS accept=$talks, unknown OPTIONS overload=1" "$(cells_since)"
	assert_eq "$talks" "$(grep -cx 200 "$TMP/talked")"
}

is_overloaded()
{
	[[ $(cells_since) == *overload=1* ]]
}

is_held_or_answered()
{
	is_overloaded || has_talked
}

# Proves: messages that are malformed lead to a ban; dropped by the policy, they end the connection.
malformed_messages()
{
	begin enforce -a '*=0'
	in_r sipctl kernel policy set ban-malformed 5
	printf '%s\r\n' 'OPTIONS sip:a@b SIP/2.0' 'Via: SIP/2.0/TCP c;branch=z9hG4bKd' \
		'Call-ID: x' 'Content-Length: 0' '' >"$TMP/bad"
	port=5098 send -f "$TMP/bad" -f "$TMP/bad" -f "$TMP/bad" -w 0.1
	assert_eq "" "$(bans)"
	port=5098 send -f "$TMP/bad" -f "$TMP/bad" -f "$TMP/bad" -w 0.1
	assert_eq "10.0.1.2:5098 malformed messages" "$(bans)"
	assert_match 'unknown OPTIONS accept=[56]' "$(cells_since)"
	in_r sipctl kernel policy set malformed drop ban-malformed never
	assert_eq " reset" "$(send -f "$TMP/bad" -w 20)"
	assert_match 'unknown OPTIONS malformed=1' "$(cells_since)"
}

# Proves: what is no SIP is, and so is each segment that follows where nothing can be told apart.
no_sip_at_all()
{
	begin enforce
	monitor
	in_r sipctl kernel policy set ban-malformed 4
	printf 'GET / HTTP/1.1\r\nHost: x\r\n\r\n' >"$TMP/http"
	send -f "$TMP/http" -w 5
	assert_eq "" "$(bans)"
	assert_eq 1 "$(count tcp-lost)"
	wait_for grep -q 'GET / HTTP' "$TMP/events"
	# Without a Content-Length nobody knows where it ends (RFC 3261 s.18.3).
	printf '%s\r\n' 'OPTIONS sip:a@b SIP/2.0' 'Via: SIP/2.0/TCP c;branch=z9hG4bKd' \
		'From: <sip:a@b>;tag=1' 'To: <sip:a@b>' 'Call-ID: x' 'CSeq: 1 OPTIONS' '' >"$TMP/endless"
	send -f "$TMP/endless" -w 5
	assert_eq 2 "$(count tcp-lost)"
	assert_eq "" "$(bans)"
}

run a_rule_resets a_rule_bans rules_observed limits_hold_back limits_hold_back_what_is_cut \
	strangers_hold_nobody_up overload_holds_back malformed_messages no_sip_at_all
