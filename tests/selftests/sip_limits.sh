#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Limits of sources, prefixes and of all together; what is shed when the server is too slow.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"

# policy WORDS...: for the test.
policy()
{
	in_r sipctl kernel policy set "$@"
}

# With a module of its own: buckets are full.
begin()
{
	inspect_up enforce
	serve "$@"
	cells_mark
}

# is_burst BURST SINCE COUNT [RATE]: COUNT is BURST and what a second gives, RATE or 1, for each one
# since SINCE at most.
is_burst()
{
	local most=$(($1 + (SECONDS - $2 + 1) * ${4:-1}))

	[ "$3" -ge "$1" ] && [ "$3" -le $most ] || fail "$3 have passed, not $1 to $most"
}

# answered_is_burst BURST OPTIONS...: what send OPTIONS has as answers, all of them 200.
answered_is_burst()
{
	local burst=$1 since=$SECONDS answered
	shift

	answered=$(send "$@" -w 2)
	assert_match '^200:[0-9]+$' "$answered"
	is_burst "$burst" $since "${answered#200:}"
}

# Proves: a source has its burst and then its rate, of each group of messages by itself.
a_source_has_its_rate()
{
	begin
	policy unknown source dialog 1/s burst 5 unknown source register 1/s burst 3
	answered_is_burst 5 -m INVITE -n 19
	answered_is_burst 3 -m REGISTER -n 19
	assert_eq 200:9 "$(send -m OPTIONS -n 9)"
	assert_match "^unknown INVITE accept=[0-9]+, unknown INVITE limit-source=[0-9]+,\
 unknown OPTIONS accept=9, unknown REGISTER accept=[0-9]+, unknown REGISTER limit-source=[0-9]+$" \
		"$(cells_since)"
	wait_for passes REGISTER
}

# passes METHOD: one more does.
passes()
{
	[ "$(send -m "$1" -w 0.3)" = 200:1 ]
}

# counted_are COUNT: that many OPTIONS have had a verdict, in $passed and $limited.
counted_are()
{
	local cells

	cells=$(cells_since)
	[[ $cells =~ ^unknown\ OPTIONS\ accept=([0-9]+),\ unknown\ OPTIONS\ limit-prefix=([0-9]+)$ ]] ||
		return 1
	passed=${BASH_REMATCH[1]} limited=${BASH_REMATCH[2]}
	[ $((passed + limited)) -eq "$1" ]
}

# Proves: all ports and addresses of a prefix have a bucket together, other prefixes another.
a_prefix_has_its_rate()
{
	local since passed limited

	begin -a '*=0'
	policy unknown source other off unknown prefix other 1/s burst 10 unknown global other off
	since=$SECONDS
	send -n 40 -S 10.0.1 -w 0.1
	wait_for counted_are 40
	is_burst 10 $since "$passed"
	send -n 8 -S 10.0.7.9 -w 0.1
	wait_for counted_are 48
	is_burst 18 $since "$passed"
	assert_served "$passed"
}

# Proves: registered and trusted sources have limits of their own, or none.
classes_have_their_own()
{
	begin
	policy unknown source dialog 1/s burst 2 registered source register 1/s burst 4
	answered_is_burst 2 -m INVITE -n 18
	in_r sipctl kernel source add 10.0.1.2:5060 class registered
	answered_is_burst 4 -m REGISTER -n 18
	in_r sipctl kernel source add 10.0.1.2 class trusted
	in_r sipctl kernel source del 10.0.1.2:5060
	assert_eq 200:8 "$(send -m INVITE -n 8)"
}

# strangers_come PREFIX OPTIONS...: a new one with each message, until the test ends.
strangers_come()
{
	ip netns exec "$A" "$selftests/sip_peer" send -n 1000000 -i 0.01 -S "$@" \
		10.0.1.2 5070 10.0.1.1 5060 >"$TMP/strangers.log" 2>&1 &
	strangers=$!
	at_exit strangers_go
	wait_for strangers_are_held_back 1
}

strangers_go()
{
	kill $strangers 2>/dev/null || true
	wait $strangers 2>/dev/null || true
}

# strangers_are_held_back COUNT: so many at least.
strangers_are_held_back()
{
	[[ $(cells_since) =~ not-repeated=([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$1" ]
}

# Proves: while too many strangers come, one who repeats himself gets through, and who does not
# does not; known sources feel nothing of it.
strangers_must_repeat_themselves()
{
	local before

	begin -a '*=0'
	policy unknown global dialog 5/s burst 10
	in_r sipctl kernel source add 10.0.1.2:5062 class registered
	strangers_come 10.9 -m INVITE
	before=$(cells_since | sed 's/.*unknown INVITE accept=\([0-9]*\).*/\1/')
	assert_served "$before" INVITE
	send -m INVITE -b honest -c honest -w 0.3
	assert_served 0 'INVITE honest'
	send -m INVITE -b honest -c honest -w 0.3
	assert_served 1 'INVITE honest'
	port=5062 send -m INVITE -n 10 -w 0.3
	assert_served $((before + 11)) INVITE
}

# Proves: what strangers send takes no tokens that a phone of the same prefix needs.
the_crowd_takes_no_tokens()
{
	begin
	policy unknown global dialog 5/s burst 10 unknown prefix dialog 2/s burst 20
	strangers_come 10.0.1 -m INVITE
	wait_for strangers_are_held_back 60
	send -m INVITE -b honest -c honest -w 0.3
	assert_eq 200:1 "$(send -m INVITE -b honest -c honest)"
	[[ $(cells_since) != *limit-prefix* ]] || fail "$(cells_since)"
}

# Proves: what only looks as if it were of a dialog is held back, too, if it has but its Call-ID or
# its tag; what is of one is not.
made_up_dialogs_are_a_crowd()
{
	begin
	policy unknown global in-dialog 5/s burst 10
	assert_eq 200:1 "$(send -m INVITE -c honest)"
	strangers_come 10.9 -m BYE -t tag
	assert_eq 200:2 "$(send -m BYE -t served -c honest -n 2)"
	assert_eq "" "$(send -m BYE -t tag -c honest -w 0.5)"
	assert_eq "" "$(send -m BYE -t served -c other -w 0.5)"
}

# Proves: what many say alike is no repetition of what one has said.
the_crowd_does_not_repeat_itself_together()
{
	begin -a '*=0'
	policy unknown global in-dialog 5/s burst 10
	strangers_come 10.9 -m ACK -b same -c same
	send -m ACK -b honest -c honest -w 0.3
	assert_served 0 'ACK honest'
	send -m ACK -b honest -c honest -w 0.3
	assert_served 1 'ACK honest'
}

# Proves: nor does who sends keepalives as many take what others need.
keepalives_are_counted_alone()
{
	begin -a '*=0'
	policy unknown global in-dialog 5/s burst 10
	printf '\r\n\r\n' >"$TMP/keepalive"
	strangers=
	ip netns exec "$A" "$selftests/sip_peer" send -n 1000000 -i 0.01 -S 10.9 \
		-f "$TMP/keepalive" -r 1000000 10.0.1.2 5070 10.0.1.1 5060 >"$TMP/strangers.log" 2>&1 &
	strangers=$!
	at_exit strangers_go
	wait_for limited_are 100
	send -m ACK -b honest -c honest -w 0.3
	assert_served 1 'ACK honest'
}

# limited_are COUNT: so many have met the limit of all.
limited_are()
{
	[[ $(cells_since) =~ limit-global=([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge "$1" ]
}

# Proves: who has a dialog cannot let others, whom he makes up, speak in it.
a_dialog_is_of_its_peer()
{
	begin
	policy unknown global in-dialog 5/s burst 10
	assert_eq 200:1 "$(send -m INVITE -c honest)"
	strangers_come 10.9 -m BYE -t served -c honest
	assert_eq 200:1 "$(send -m BYE -t served -c honest)"
}

# Proves: what was sent while a limit was slow does not count for a faster one.
a_limit_is_raised()
{
	begin
	policy unknown source dialog 1/s burst 1000 unknown prefix dialog off unknown global dialog off
	assert_eq 200:200 "$(send -m INVITE -n 200 -i 20)"
	policy unknown source dialog 10/s burst 30
	wait_for passes INVITE
}

# Proves: of one source what is more than its limit makes no crowd, unless it is very much.
one_source_is_no_crowd()
{
	begin -a '*=0'
	policy unknown source dialog 1/s burst 2
	send -m INVITE -n 50 -i 0.01 -w 0.1
	# One more for each second that it takes.
	assert_match '^unknown INVITE accept=[0-9]+, unknown INVITE limit-source=[0-9]+$' "$(cells_since)"
	send -m INVITE -n 1000 -w 0.1
	assert_match 'not-repeated=' "$(cells_since)"
}

# Proves: the crowd of one group is not that of another, and is gone when nobody comes for a while.
the_crowd_goes()
{
	begin
	policy unknown global dialog 5/s burst 10
	strangers_come 10.9 -m INVITE
	assert_eq 200:1 "$(send -m OPTIONS)"
	assert_eq "" "$(send -m INVITE -w 0.5)"
	strangers_go
	wait_for passes INVITE
}

# Proves: a server whose queue is full gets no new dialogs, which are answered with 503, but what
# belongs to dialogs, at the limit of answers only drops.
a_full_queue_sheds()
{
	local since rejected

	begin -b 32768 -p 1000000
	policy shed dialogs 20% shed registers 50% shed others 60% reject 3/s \
		unknown source in-dialog off unknown source other off unknown source dialog off \
		unknown global other off
	monitor
	send -m MESSAGE -n 40 -w 0.1
	since=$SECONDS
	rejected=$(send -m INVITE -s 600 -n 30 -w 1)
	assert_match '^503:[0-9]+$' "$rejected"
	rejected=${rejected#503:}
	is_burst 3 $since "$rejected" 3
	assert_eq "" "$(send -m REGISTER -n 2 -w 1)"
	assert_match 'unknown REGISTER overload=2' "$(cells_since)"
	assert_match "unknown INVITE overload=$((30 - rejected)), unknown INVITE rejected=$rejected" "$(cells_since)"
	send -m BYE -t tag -n 2 -w 0.1
	assert_match 'unknown BYE accept=2' "$(cells_since)"
	wait_for grep -q overload "$TMP/events"
}

# monitor: events go to $TMP/events.
monitor()
{
	ip netns exec "$R" sipctl -j kernel monitor >"$TMP/events" 2>&1 &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for grep -q '"ready"' "$TMP/events"
}

# told_load PERCENT: the server says so from now on, again and again, as it is true for 3 s: before
# all others, as on a slow host what else begins takes as long.
told_load()
{
	in_r sipctl kernel listener set $LISTENER load "$1"
	nice -n -15 ip netns exec "$R" bash -c \
		"while sleep 0.5; do sipctl kernel listener set $LISTENER load $1; done" &
	teller=$!
	at_exit "kill $teller 2>/dev/null; wait $teller 2>/dev/null"
}

no_more_told()
{
	kill $teller
	wait $teller 2>/dev/null || true
}

# Proves: what the server says of its load sheds, too, for as long as it says so.
told_load_sheds()
{
	begin
	told_load 60
	assert_eq 503:1 "$(send -m INVITE -s 600)"
	assert_eq 200:1 "$(send -m REGISTER)"
	in_r sipctl kernel source add 10.0.1.2 class trusted
	assert_eq 200:1 "$(send -m INVITE)"
	no_more_told
	told_load 99
	assert_eq 503:1 "$(send -m INVITE -s 600)"
	in_r sipctl kernel source del 10.0.1.2
	no_more_told
	wait_for passes INVITE
}

# Proves: what the server has begun to answer is not refused when it comes again.
what_is_begun_is_not_refused()
{
	begin -a INVITE=100
	assert_eq 100:1 "$(send -m INVITE -b begun -c begun -s 600)"
	told_load 60
	assert_eq "" "$(send -m INVITE -b begun -c begun -s 600 -w 1)"
	assert_eq 503:1 "$(send -m INVITE -s 600)"
}

# Proves: the 503 is what RFC 3261 asks for, goes to where the request came from, and is shorter.
the_503_is_right()
{
	local response

	begin
	told_load 60
	ip netns exec "$A" tcpdump -U -i a0 -n -s 0 -w "$TMP/503.pcap" udp and src 10.0.1.1 2>/dev/null &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null"
	wait_for [ -s "$TMP/503.pcap" ]
	assert_eq 503:1 "$(send -m INVITE -s 600 -c call@host -b xyz)"
	wait_for grep -qa Retry-After "$TMP/503.pcap"
	response=$(tr -d '\0' <"$TMP/503.pcap")
	assert_match 'Via: SIP/2.0/UDP 10.0.1.2:5060;branch=z9hG4bKxyz;rport=5060;received=10.0.1.2' \
		"$response"
	assert_match 'To: <sip:100@10.0.1.1>;tag=[0-9a-f]{16}' "$response"
	assert_match 'Call-ID: call@host' "$response"
	assert_match 'CSeq: 1 INVITE' "$response"
	assert_match 'Retry-After: 10' "$response"
	assert_match 'Content-Length: 0' "$response"
	# Too short to be answered with something that is no longer.
	printf '%s\r\n' 'INVITE sip:a@b SIP/2.0' 'v:SIP/2.0/UDP c;branch=z9hG4bKd;rport' \
		'f:<sip:a@b>;tag=1' 't:<sip:a@b>' 'i:e' 'CSeq:1 INVITE' '' >"$TMP/short"
	cells_mark
	assert_eq "" "$(send -f "$TMP/short" -w 1)"
	assert_cells "unknown INVITE overload=1"
}

# Each test has a module of its own, all have this.
topology_up
run a_source_has_its_rate a_prefix_has_its_rate classes_have_their_own \
	strangers_must_repeat_themselves the_crowd_takes_no_tokens made_up_dialogs_are_a_crowd \
	the_crowd_does_not_repeat_itself_together keepalives_are_counted_alone \
	a_dialog_is_of_its_peer a_limit_is_raised one_source_is_no_crowd the_crowd_goes \
	a_full_queue_sheds told_load_sheds what_is_begun_is_not_refused the_503_is_right
