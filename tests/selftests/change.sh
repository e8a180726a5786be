#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sessions change while packets flow: each packet sees the session before or after a change.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

RATE=500 # packets per second
CHANGES=50

# steps COUNT COMMAND...: runs it for the steps 1 to COUNT, with packets in between.
steps()
{
	local count=$1 i before
	shift

	more() { [ "$(counter forwarded)" -gt "$before" ]; }
	for ((i = 1; i <= count; i++)); do
		before=$(counter forwarded)
		"$@" "$i"
		wait_for more
	done
}

# Lines of the receivers' lists given, less those that are there once.
not_exactly_once()
{
	cat "$@" | sort | uniq -c | awk '$1 != 1' | wc -l
}

switch_remote()
{
	in_r sipctl session set 1 endpoint 2 remote 10.0.2.2:$((4000 + $1 % 2))
}

# Proves: a remote that is switched under traffic costs no packet and doubles none.
the_remote_is_switched()
{
	local sent got0 got1 i

	session_ab 1
	receive b0 in_b -v "$TMP/b0.list" 10.0.2.2:4000
	receive b1 in_b -v "$TMP/b1.list" 10.0.2.2:4001
	counters_mark
	flow a "$A" -r $RATE 10.0.1.2:4000 10.0.1.1:30000
	for ((i = 1; i <= CHANGES; i++)); do
		switch_remote $i
	done
	sent=$(flow_stop a)
	assert_counters forwarded="$sent"
	stop b0 b1
	assert_got b0 corrupt=0 duplicate=0
	assert_got b1 corrupt=0 duplicate=0
	got0=$(got b0 packets)
	got1=$(got b1 packets)
	assert_eq "$sent" "$((got0 + got1))" "packets at both receivers"
	assert_eq 0 "$(not_exactly_once "$TMP"/b[01].list)" "packets not received exactly once"
	[ "$got0" -ge $((CHANGES / 2)) ] && [ "$got1" -ge $((CHANGES / 2)) ] ||
		fail "the receivers got $got0 and $got1"
	assert_session "$sent 0 $sent 0" 1 endpoints.0.rx.{packets,lost} endpoints.1.tx.{packets,dropped}
}

toggle_copy()
{
	if [ $(($1 % 2)) = 1 ]; then
		in_r sipctl session set 1 endpoint 1 forward 2,3 \
			endpoint 3 local 10.0.2.1:30002 remote 10.0.2.2:4002
	else
		in_r sipctl session set 1 endpoint 3 delete
	fi
}

# Proves: a copy can be added and removed, and the call does not notice.
an_endpoint_comes_and_goes()
{
	local sent copies

	session_ab 1
	receive b in_b 10.0.2.2:4000
	receive copy in_b 10.0.2.2:4002
	counters_mark
	flow a "$A" -r $RATE 10.0.1.2:4000 10.0.1.1:30000
	steps 10 toggle_copy
	sent=$(flow_stop a)
	assert_session "$sent 0 $sent" 1 endpoints.0.rx.{packets,lost} endpoints.1.tx.packets
	stop b copy
	assert_intact b "$sent"
	assert_got copy corrupt=0 duplicate=0
	copies=$(got copy packets)
	[ "$copies" -ge 5 ] || fail "only $copies copies"
	assert_counters forwarded=$((sent + copies))
}

# Both ends at once: another remote, another DSCP, another way of learning.
change_both()
{
	local i=$1

	in_r sipctl session set 1 \
		endpoint 1 learn once remote 10.0.1.2:$((4000 + i)) dscp $((i % 64)) \
		endpoint 2 remote 10.0.2.2:$((4000 + i % 2)) dscp $((i % 64))
}

# Proves: learning that starts anew under traffic costs no packet either.
learning_restarts_under_traffic()
{
	local sent

	session_ab 1
	receive b0 in_b -v "$TMP/b0.list" 10.0.2.2:4000
	receive b1 in_b -v "$TMP/b1.list" 10.0.2.2:4001
	counters_mark
	flow a "$A" -r $RATE 10.0.1.2:4000 10.0.1.1:30000
	steps 10 change_both
	sent=$(flow_stop a)
	assert_counters forwarded="$sent" learned=10
	stop b0 b1
	assert_eq "$sent" "$(($(got b0 packets) + $(got b1 packets)))" "packets at both receivers"
	assert_eq 0 "$(not_exactly_once "$TMP"/b[01].list)" "packets not received exactly once"
	assert_session 10.0.1.2:4000 1 endpoints.0.remote
}

delete_and_add()
{
	in_r sipctl session del 1
	session_ab 1
}

# Proves: each packet to a session that goes and comes back is either forwarded or counted as unknown.
the_session_goes_and_comes_back()
{
	local sent b

	session_ab 1
	receive b in_b 10.0.2.2:4000
	counters_mark
	flow a "$A" -r $RATE 10.0.1.2:4000 10.0.1.1:30000
	steps 10 delete_and_add
	sent=$(flow_stop a)
	assert_session 0 1 endpoints.0.tx.dropped
	stop b
	assert_got b corrupt=0 duplicate=0
	b=$(got b packets)
	if [ "$b" = "$sent" ]; then
		assert_counters forwarded="$sent"
	else
		assert_counters forwarded="$b" drop-no-endpoint=$((sent - b))
	fi
}

# Proves: a change that is refused is refused as a whole.
a_refused_change_changes_nothing()
{
	session_ab 1
	receive b in_b -n 20 10.0.2.2:4000
	a_sends -n 10
	assert_fails in_r sipctl session set 1 endpoint 2 remote 10.0.2.2:4001 dscp 46 \
		endpoint 1 forward 9
	assert_fails in_r sipctl session set 1 endpoint 2 remote 10.0.2.2:4001 \
		endpoint 3 local 10.0.2.1:29999
	a_sends -n 10 -q 10
	assert_intact b 20 tos=0
	assert_session "1 2 10.0.2.2:4000 20" 1 'endpoints.*.id' endpoints.1.{remote,tx.packets}
}

# state TEXT PORT: of an endpoint 1 that sends to endpoint 2, whose remote is at PORT; see nl_text.h.
state()
{
	echo "session{id=1 endpoint{id=1 forward{to=2 $1}} endpoint{id=2 raddr=10.0.2.2 rport=$2}}"
}

# Proves: of thousands of changes of where, how and as what media leaves, each is seen whole by every
# packet; none is lost, none doubled.
thousands_of_changes()
{
	local sent

	session_ab 1
	in_r nl_change 1 "$(state "ssrc=1000 dscp=10" 4000)" ""
	receive b0 in_b -v "$TMP/b0.list" 10.0.2.2:4000
	receive b1 in_b -v "$TMP/b1.list" 10.0.2.2:4001
	counters_mark
	flow a "$A" -r $RATE 10.0.1.2:4000 10.0.1.1:30000
	in_r nl_change 3000 "$(state "ssrc=1001 dscp=11" 4001)" "$(state "ssrc=1000 dscp=10" 4000)"
	sent=$(flow_stop a)
	assert_counters forwarded="$sent"
	stop b0 b1
	assert_got b0 ssrcs=1 duplicate=0 tos=40
	assert_got b1 ssrcs=1 duplicate=0 tos=44
	assert_eq "000003e8" "$(cut -d' ' -f1 "$TMP/b0.list" | sort -u)" "SSRC at the first"
	assert_eq "000003e9" "$(cut -d' ' -f1 "$TMP/b1.list" | sort -u)" "SSRC at the second"
	assert_eq "$sent" "$(($(got b0 packets) + $(got b1 packets)))" "packets at both receivers"
	assert_eq 0 "$(cut -d' ' -f2 "$TMP"/b[01].list | sort | uniq -d | wc -l)" "doubled packets"
	[ "$(got b0 packets)" -ge 50 ] && [ "$(got b1 packets)" -ge 50 ] ||
		fail "the receivers got $(got b0 packets) and $(got b1 packets)"
}

need nl_change
media_up
run thousands_of_changes \
	the_remote_is_switched \
	an_endpoint_comes_and_goes \
	learning_restarts_under_traffic \
	the_session_goes_and_comes_back \
	a_refused_change_changes_nothing
