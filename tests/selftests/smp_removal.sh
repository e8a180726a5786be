#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What media needs goes away while it comes on several CPUs: the module, a namespace, devices, and
# anything in any order.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_smp.sh"

RATE=300 # packets per second and CPU

# in_both_directions_more_than COUNT
in_both_directions_more_than()
{
	local a b

	read -r a b < <(session 1 endpoints.{0,1}.rx.packets)
	[ "$a" -gt "$1" ] && [ "$b" -gt "$1" ]
}

# Session 1 with media in both directions, each sent by a CPU.
call_begins()
{
	session_ab 1
	receive in-a in_a -n 0 10.0.1.2:4000
	receive in-b in_b -n 0 10.0.2.2:4000
	counters_mark
	both_flow $RATE
}

# All that was sent since then was forwarded, and has arrived as it was.
call_ends_whole()
{
	local a b

	a=$(flow_stop a)
	b=$(flow_stop b)
	assert_counters forwarded=$((a + b))
	stop in-a in-b
	assert_intact in-a "$b"
	assert_intact in-b "$a"
}

# --- the module ----------------------------------------------------------------------------------

LOADS=3

# Proves: the module can be taken out while packets of several CPUs are in it, and leaves nothing.
the_module_goes()
{
	local i

	taken_mark
	both_flow $RATE
	for ((i = 0; i < LOADS; i++)); do
		session_ab 1
		wait_for in_both_directions_more_than 100
		module_unload
		assert_eq "" "$(in_r cat /proc/sys/net/ipv4/ip_local_reserved_ports)" "reserved ports"
		module_load
		assert_fails in_r sipctl session show 1
		in_r sipctl kernel range add $RANGE_A
		in_r sipctl kernel range add $RANGE_B
	done
	assert_taken 0 "$(flow_stop a)"
	assert_taken 1 "$(flow_stop b)"
}

# --- a namespace -----------------------------------------------------------------------------------

NAMESPACES=2

of_side_border()
{
	ip netns exec "$X" sipctl -j session show 1 | json session.endpoints.{0,1}.rx.packets
}

side_border_forwards()
{
	local a b

	read -r a b < <(of_side_border)
	[ "$a" -gt 100 ] && [ "$b" -gt 100 ]
}

# Proves: a namespace with sessions that several CPUs are in can be deleted, and the media of another
# one does not notice.
a_namespace_goes()
{
	local i

	call_begins
	for ((i = 0; i < NAMESPACES; i++)); do
		side_border
		on_cpu 1 flow c "$A" -e -r $RATE 10.0.3.2:4000 10.0.3.1:30000
		on_cpu 0 flow d "$B" -e -r $RATE 10.0.4.2:4000 10.0.4.1:30000
		wait_for side_border_forwards
		ip netns del "$X"
		wait_for device_gone "$A" a1
		wait_for device_gone "$B" b1
		# The senders have met an error.
		wait_for test -s "$TMP/c.sent"
		wait_for test -s "$TMP/d.sent"
	done
	call_ends_whole
	no_device_waits
}

# --- devices ---------------------------------------------------------------------------------------

DEVICES=3

# The way to 10.0.5.2, where endpoint 2 sends to and is sent to from.
device_comes()
{
	link "$B" c0 10.0.4.2/24 "$R" rc 10.0.4.1/24
	wait_for link_is_up "$R" rc
	ip -n "$R" route replace 10.0.5.2/32 via 10.0.4.2
	ip -n "$B" route replace 10.0.5.1/32 via 10.0.4.1 src 10.0.5.2
}

# Proves: a device that several CPUs send to and receive from goes at once, media finds the next one
# of its kind, and each packet is forwarded or counted.
a_device_goes()
{
	local i a

	ip -n "$R" addr add 10.0.5.1/32 dev lo
	at_exit "ip -n $R addr del 10.0.5.1/32 dev lo"
	ip -n "$B" addr add 10.0.5.2/32 dev lo
	at_exit "ip -n $B addr del 10.0.5.2/32 dev lo"
	in_r sipctl kernel range add 10.0.5.1:30000-30999
	at_exit "in_r sipctl kernel range del 10.0.5.1:30000-30999"
	session_add 1 \
		endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 forward 2 \
		endpoint 2 local 10.0.5.1:30000 remote 10.0.5.2:4000 forward 1
	receive in-b in_b -n 0 10.0.5.2:4000
	counters_mark
	on_cpu 0 flow a "$A" -r $RATE 10.0.1.2:4000 10.0.1.1:30000
	at_exit "ip -n $R link del rc 2>/dev/null"
	for ((i = 0; i < DEVICES; i++)); do
		device_comes
		on_cpu 1 flow b "$B" -e -r $RATE 10.0.5.2:4000 10.0.5.1:30000
		came=$(session 1 endpoints.1.rx.packets)
		wait_for in_both_directions_more_than $((came + 100))
		timeout $PATIENCE ip -n "$R" link del rc || fail "the device cannot go"
		flow_stop b >/dev/null
	done
	a=$(flow_stop a)
	stop in-b
	assert_device_count "$a"
	no_device_waits
}

# assert_device_count SENT: all of it came to endpoint 1, and left or was counted.
assert_device_count()
{
	local back sent dropped

	assert_session "$1 0" 1 endpoints.0.rx.{packets,lost}
	read -r back sent dropped < <(session 1 endpoints.1.{rx.packets,tx.packets,tx.dropped})
	assert_eq "$1" $((sent + dropped)) "packets of endpoint 2 sent or dropped"
	assert_settled $(($1 + back))
	assert_got in-b corrupt=0 duplicate=0
	echo "# $(counters_since)"
	[ "$(counter drop-no-route)" -gt "${counted[drop-no-route]}" ] ||
		fail "the device was never away"
}

# --- anything ----------------------------------------------------------------------------------------

# What the fuzzer deletes comes back. Ends with the namespace's name.
objects_come_back()
{
	set +e
	trap - ERR
	while in_r true; do
		in_r sipctl kernel range add $RANGE_A
		in_r sipctl kernel range add $RANGE_B
		in_r sipctl session add 100 \
			endpoint 1 local 10.0.1.1:30000 remote 10.0.1.2:4000 learn window forward 2 \
			endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 learn once forward 1
	done >/dev/null 2>&1
}

# Proves: whatever is asked for, while each CPU has packets in hand, media passes afterwards.
anything_goes()
{
	local back

	both_flow $RATE
	objects_come_back &
	back=$!
	at_exit "kill $back 2>/dev/null"
	in_r nl_fuzz -s "${NL_FUZZ_SEED:-$RANDOM$RANDOM}" -t "${NL_FUZZ_SECONDS:-4}" -k
	kill $back
	wait $back || true
	flow_stop a >/dev/null
	flow_stop b >/dev/null

	in_r sipctl session flush
	in_r sipctl kernel config set hooks auto max-sessions 1000 max-endpoints 1000
	in_r sipctl kernel range add $RANGE_A 2>/dev/null || true
	in_r sipctl kernel range add $RANGE_B 2>/dev/null || true
	call_begins
	wait_for in_both_directions_more_than 100
	call_ends_whole
}

if module_loaded; then
	skip_all "the module is in use"
fi
need_cpus
need nl_fuzz
media_up
came=0
run the_module_goes \
	a_namespace_goes \
	a_device_goes \
	anything_goes
