#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Media on several CPUs at the same time, while sessions change: no packet is lost, doubled or left
# out of the books.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_smp.sh"

RATE=400 # packets per second and CPU
BURST=6000 # packets of each CPU that are sent at once, so that CPUs meet

# Ports of flow I: of the border, and of those who send to and receive from it.
near()
{
	echo $((30000 + 2 * $1))
}

far()
{
	echo $((4000 + 2 * $1))
}

# flows COMMAND: for each flow, with its number.
flows()
{
	local i

	for ((i = 0; i < FLOWS; i++)); do
		"$@" $i
	done
}

# Flow I is sent by CPU I, to a port of its own.
flow_start()
{
	on_cpu "$1" from_a "a$1" -r $RATE -s $(($1 + 1)) \
		"10.0.1.2:$(far "$1")" "10.0.1.1:$(near "$1")"
}

# Ends all flows; leaves what each has sent in ${sent[]}, and the sum in $sum.
flows_stop()
{
	local i

	sum=0
	for ((i = 0; i < FLOWS; i++)); do
		sent[i]=$(flow_stop "a$i")
		sum=$((sum + sent[i]))
	done
}

# burst I PORT BORDER-PORT: from CPU I, as fast as it can. Sequence numbers differ, by so much that
# the next burst's are not reached, and so little that all are of one stream (RFC 3550 A.1).
burst()
{
	on_cpu "$1" in_background "burst$1" "$A" rtp_tool send -D a0 -M "$MAC_RA" -n $BURST \
		-s $(($1 + 1)) -q $(($1 * 8000)) "10.0.1.2:$2" "10.0.1.1:$3"
}

# Waits for the bursts of all CPUs; leaves what was sent as flows_stop does.
bursts_end()
{
	local i

	sum=$((FLOWS * BURST))
	for ((i = 0; i < FLOWS; i++)); do
		done_well "burst$i"
		sent[i]=$BURST
	done
}

# assert_each_cpu_took TIMES: the packets of its flow, each so often at least: 2 when each was
# forwarded, and so taken again when it arrived.
assert_each_cpu_took()
{
	local i

	for ((i = 0; i < FLOWS; i++)); do
		assert_taken $i $(($1 * sent[i]))
	done
}

# --- the CPUs share a session ------------------------------------------------------------------

collected()
{
	echo endpoint $(($1 + 1)) local "10.0.1.1:$(near "$1")" remote "10.0.1.2:$(far "$1")" \
		forward 9
}

burst_to_its_own()
{
	burst "$1" "$(far "$1")" "$(near "$1")"
}

burst_to_the_first()
{
	burst "$1" 4000 30000
}

# Proves: what comes to several endpoints on several CPUs, and leaves from one, is all there.
CPUs_meet_at_the_endpoint_that_sends()
{
	local counts

	# shellcheck disable=SC2046
	session_add 1 $(flows collected) \
		endpoint 9 local 10.0.2.1:30000 remote 10.0.2.2:4000 forward 1
	receive in-b in_b -n 0 10.0.2.2:4000
	receive in-a in_a -n 0 10.0.1.2:4000
	counters_mark
	taken_mark
	on_cpu 1 from_b b -r $RATE -s 99 10.0.2.2:4000 10.0.2.1:30000
	flows burst_to_its_own
	bursts_end
	back=$(flow_stop b)
	assert_settled $((sum + back))
	assert_counters forwarded=$((sum + back))
	assert_each_cpu_took 2
	read -ra counts < <(session 1 endpoints.*.rx.packets)
	assert_eq "${sent[*]} $back" "${counts[*]}" "packets received by endpoint"
	assert_session "$back $sum $((sum * 172))" 1 endpoints.{0,$FLOWS}.tx.packets \
		endpoints.$FLOWS.tx.octets
	assert_eq 0 "$(session 1 endpoints.*.rx.lost | xargs -n 1 | sort -u)" "packets lost"
	stop in-a in-b
	assert_intact in-b "$sum" ssrcs=$FLOWS
	assert_intact in-a "$back" ssrcs=1
}

# Proves: what comes to one endpoint on several CPUs is all there.
CPUs_meet_at_the_endpoint_that_receives()
{
	session_ab 1
	receive b in_b -n 0 10.0.2.2:4000
	counters_mark
	taken_mark
	flows burst_to_the_first
	bursts_end
	assert_counters forwarded="$sum"
	assert_each_cpu_took 2
	assert_session "$sum $((sum * 172)) $sum" 1 endpoints.0.rx.{packets,octets} \
		endpoints.1.tx.packets
	stop b
	assert_intact b "$sum" ssrcs=$FLOWS
}

# --- and the session changes ---------------------------------------------------------------------

# state TEXT PORT: of an endpoint 1 that sends to endpoint 2, whose remote is at PORT; see nl_text.h.
state()
{
	echo "session{id=1 endpoint{id=1 forward{to=2 $1}} endpoint{id=2 raddr=10.0.2.2 rport=$2}}"
}

# Proves: each packet sees a change whole, on whatever CPU; none is lost, none doubled.
a_session_changes()
{
	session_ab 1
	in_r nl_change 1 "$(state "ssrc=1000 dscp=10" 4000)" ""
	receive b0 in_b -n 0 -v "$TMP/b0.list" 10.0.2.2:4000
	receive b1 in_b -n 0 -v "$TMP/b1.list" 10.0.2.2:4001
	counters_mark
	taken_mark
	in_background change "$R" nl_change 0 \
		"$(state "ssrc=1001 dscp=11" 4001)" "$(state "ssrc=1000 dscp=10" 4000)"
	changes() { [ "$(session 1 endpoints.1.remote)" = 10.0.2.2:4001 ]; }
	wait_for changes
	flows burst_to_the_first
	bursts_end
	kill "$(<"$TMP/change.pid")"
	done_well change
	assert_counters forwarded="$sum"
	assert_each_cpu_took 2
	assert_session "$sum $sum" 1 endpoints.0.rx.packets endpoints.1.tx.packets
	stop b0 b1
	assert_got b0 ssrcs=1 tos=40
	assert_got b1 ssrcs=1 tos=44
	assert_eq "000003e8" "$(cut -d' ' -f1 "$TMP/b0.list" | sort -u)" "SSRC at the first"
	assert_eq "000003e9" "$(cut -d' ' -f1 "$TMP/b1.list" | sort -u)" "SSRC at the second"
	assert_eq "$sum" "$(cut -d' ' -f2 "$TMP"/b[01].list | sort -u | wc -l)" "different packets"
	assert_eq "$sum" "$(($(got b0 packets) + $(got b1 packets)))" "packets at both receivers"
	[ "$(got b0 packets)" -ge 500 ] && [ "$(got b1 packets)" -ge 500 ] ||
		fail "the receivers got $(got b0 packets) and $(got b1 packets)"
}

# Proves: an endpoint that comes and goes costs the call nothing, and what it is not given any more
# is counted.
an_endpoint_comes_and_goes()
{
	local copies with without

	with="session{id=1 endpoint{id=1 forward{to=2} forward{to=3}}"
	with+=" endpoint{id=3 laddr=10.0.2.1 lport=30002 raddr=10.0.2.2 rport=4002}}"
	without="session{id=1 endpoint{id=3 delete}}"
	session_ab 1
	receive b in_b -n 0 10.0.2.2:4000
	receive copy in_b -n 0 10.0.2.2:4002
	counters_mark
	taken_mark
	in_background change "$R" nl_change 0 "$with" "$without"
	comes() { [ "$(session 1 endpoints.*.id)" = "1 2 3" ]; }
	wait_for comes
	flows burst_to_the_first
	bursts_end
	kill "$(<"$TMP/change.pid")"
	done_well change
	assert_each_cpu_took 2
	assert_session "$sum $sum 0" 1 endpoints.0.rx.packets endpoints.1.tx.{packets,dropped}
	stop b copy
	assert_intact b "$sum" ssrcs=$FLOWS
	assert_got copy corrupt=0 duplicate=0
	copies=$(got copy packets)
	[ "$copies" -gt 100 ] || fail "only $copies copies"
	assert_eq $((sum + copies)) $(($(counter forwarded) - counted[forwarded])) "forwarded"
	echo "# $(counters_since)"
}

# add_and_delete I: sessions of flow I, by the next CPU, until it is killed.
add_and_delete()
{
	local id=$(($1 + 1)) near far first second

	near=$(near "$1")
	far=$(far "$1")
	first="endpoint{id=1 laddr=10.0.1.1 lport=$near raddr=10.0.1.2 rport=$far forward{to=2}}"
	second="endpoint{id=2 laddr=10.0.2.1 lport=$near raddr=10.0.2.2 rport=$far}"
	on_cpu $((($1 + 1) % CPUS)) in_background "change$1" "$R" nl_change -a 0 \
		"session{id=$id $first $second}" "session{id=$id}"
}

receive_flow()
{
	receive "b$1" in_b -n 0 "10.0.2.2:$(far "$1")"
}

# Have so many been forwarded, and as many come for no endpoint?
both_happened()
{
	[ $(($(counter forwarded) - counted[forwarded])) -gt "$1" ] &&
		[ $(($(counter drop-no-endpoint) - counted[drop-no-endpoint])) -gt "$1" ]
}

# Proves: each packet for sessions that come and go is forwarded or counted as for no endpoint.
sessions_come_and_go()
{
	local i forwarded=0

	flows receive_flow
	counters_mark
	taken_mark
	flows flow_start
	flows add_and_delete
	wait_for both_happened 200
	flows_stop
	for ((i = 0; i < FLOWS; i++)); do
		kill "$(<"$TMP/change$i.pid")"
		done_well "change$i"
	done
	assert_settled "$sum"
	assert_each_cpu_took 1
	for ((i = 0; i < FLOWS; i++)); do
		stop "b$i"
		assert_got "b$i" corrupt=0 duplicate=0
		forwarded=$((forwarded + $(got "b$i" packets)))
	done
	[ $forwarded -gt 200 ] && [ $forwarded -lt $sum ] || fail "$forwarded of $sum were forwarded"
	assert_counters forwarded=$forwarded drop-no-endpoint=$((sum - forwarded))
	assert_eq "0 0" "$(in_r sipctl -j kernel status | json sessions endpoints)" "what is left"
}

# --- learning ------------------------------------------------------------------------------------

ROUNDS=5

# From an address of its own each, to the first port.
flow_start_race()
{
	on_cpu "$1" from_a "a$1" -r 2000 -s $(($1 + 1)) "10.0.1.2:$(far "$1")" 10.0.1.1:30000
}

raced()
{
	local packets bad

	read -r packets bad < <(session 1 endpoints.0.rx.{packets,bad_source})
	[ "$packets" -gt 10 ] && [ "$bad" -gt 10 ]
}

# Proves: of sources on different CPUs that are all there when a session is made, one is learned;
# nothing of the others passes, and all of it is counted.
sources_race()
{
	local i forwarded=0 bad=0 remotes='' packets rejected

	receive b in_b -n 0 -v "$TMP/b.list" 10.0.2.2:4000
	counters_mark
	taken_mark
	flows flow_start_race
	for ((i = 0; i < ROUNDS; i++)); do
		in_r sipctl session add 1 endpoint 1 local 10.0.1.1:30000 learn once forward 2 \
			endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000
		wait_for raced
		remotes+=" $(session 1 endpoints.0.remote)"
		read -r packets rejected < <(in_r sipctl -j session del 1 |
			jq -r '[.. | objects | select(.rx?)][0].rx |
				"\(.packets) \(.bad_source)"')
		forwarded=$((forwarded + packets))
		bad=$((bad + rejected))
	done
	flows_stop
	echo "# learned:$remotes"
	assert_counters forwarded=$forwarded \
		drop-no-endpoint=$((sum - forwarded - bad)) drop-bad-source=$bad learned=$ROUNDS
	assert_each_cpu_took 1
	stop b
	assert_got b packets=$forwarded corrupt=0 duplicate=0
	# The SSRC changes between two sessions only.
	[ "$(cut -d' ' -f1 "$TMP/b.list" | uniq | wc -l)" -le $ROUNDS ] ||
		fail "several sources have passed in one session"
}

# --- others --------------------------------------------------------------------------------------

# Proves: whatever another namespace is asked for costs this one no packet.
another_namespace_is_fuzzed()
{
	local other=other-$$

	ip netns add $other
	at_exit "ip netns del $other"
	ip -n $other link set lo up
	session_ab 1
	receive in-b in_b -n 0 10.0.2.2:4000
	receive in-a in_a -n 0 10.0.1.2:4000
	counters_mark
	both_flow $RATE
	ip netns exec $other nl_fuzz -s "${NL_FUZZ_SEED:-$RANDOM$RANDOM}" -t 4
	sum=$(flow_stop a)
	back=$(flow_stop b)
	assert_counters forwarded=$((sum + back))
	assert_session "$sum 0 $back 0" 1 endpoints.0.rx.{packets,lost} endpoints.1.rx.{packets,lost}
	stop in-a in-b
	assert_intact in-b "$sum"
	assert_intact in-a "$back"
}

need_cpus
need jq nl_change nl_fuzz
media_up
sent=() sum=0 back=0
run CPUs_meet_at_the_endpoint_that_sends \
	CPUs_meet_at_the_endpoint_that_receives \
	a_session_changes \
	an_endpoint_comes_and_goes \
	sessions_come_and_go \
	sources_race \
	another_namespace_is_fuzzed
