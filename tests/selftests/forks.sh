#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Several callees, one after the other or at once: the caller hears one of them, the right one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

# "one" is the first callee, and so on; each has SIP at its port 5060 and media at 4100.
declare -A ip=([one]=10.0.2.2 [two]=10.0.2.3 [three]=10.0.2.4)
PHONE_A=10.0.1.2:4100 BORDER_A=10.0.1.1:30000

# Adds a route to all of them, with these keys, to the configuration.
route()
{
	rm -f "$TMP"/*.port "$TMP"/*.call
	cat "$TMP/sipd.yaml.base" - >"$TMP/sipd.yaml" <<YAML
trunks:
  - { name: one, realm: core, address: "${ip[one]}:5060" }
  - { name: two, realm: core, address: "${ip[two]}:5060" }
  - { name: three, realm: core, address: "${ip[three]}:5060" }
routes:
  - { to: [ one, two, three ], $1 }
YAML
}

# callee NAME SCENARIO
callee()
{
	phone "$1" "$B" "${ip[$1]}" -sf "$2" -p 5060 -mp 4000 -m 1
	wait_for port_is_bound in_b "${ip[$1]}:5060"
}

has_port()
{
	[ -s "$TMP/${ip[$1]}.port" ]
}

# The border's port that a callee was offered.
border_b()
{
	wait_for has_port "$1"
	echo "10.0.2.1:$(<"$TMP/${ip[$1]}.port")"
}

state_is()
{
	[ "$(ctl_json 'call list' 'calls.*.state')" = "$1" ]
}

ladder_says()
{
	ctl call ladder "$(call_ids)" | grep -q "$1"
}

# says NAME COUNT: to where it was told.
says()
{
	in_b rtp_tool send -n "$2" "${ip[$1]}:4100" "$(border_b "$1")"
}

caller_calls()
{
	# Every callee may ring, or have something to say.
	sed 's,^<recv response="180" optional="true"/>,&<recv response="183" optional="true"/>'\
'<recv response="183" optional="true"/><recv response="183" optional="true"/>,' \
		"$sipp_files/caller_waits.xml" >"$TMP/caller.xml"
	caller_start "$TMP/caller.xml" -m 1
}

# The call stands with that one: both ways, and nobody else is in it.
assert_talks_to()
{
	local name

	established 1 || fail "there is no call"
	assert_eq "$BORDER_A $(border_b "$1") $PHONE_A ${ip[$1]}:4100" \
		"$(call_addresses "$(call_ids)")" "addresses"
	assert_eq 4 "$(in_r sipctl -j kernel status | json endpoints)" "endpoints in the kernel"
	counters_mark
	receive caller-hears in_a -n 100 $PHONE_A
	receive callee-hears in_b -n 50 "${ip[$1]}:4100"
	for name in one two three; do
		[ "$name" = "$1" ] || ! has_port "$name" || says "$name" 20
	done
	says "$1" 100
	in_a rtp_tool send -n 50 $PHONE_A $BORDER_A
	assert_intact caller-hears 100
	assert_intact callee-hears 50
	assert_counters forwarded=150 drop-no-endpoint="$2" learned=2
}

hang_up()
{
	ctl call kill "$(call_ids)" >/dev/null
	phone_done caller
	assert_in_hand "0 0 0 0"
	assert_eq 0 "$(in_r sipctl -j kernel status | json endpoints)" "endpoints in the kernel"
}

# hold NAME...: they read nothing and say nothing. go_on NAME...: what waits for them is read now.
hold()
{
	local name
	for name; do
		kill -STOP "$(<"$TMP/$name.pid")"
	done
}

go_on()
{
	local name
	for name; do
		kill -CONT "$(<"$TMP/$name.pid")"
	done
}

# Proves: of three that ring and speak early the first one is heard; the one who answers is, from then
# on, and what the others send still is not.
early_media_of_one_then_the_answer_of_another()
{
	route "strategy: parallel"
	sipd_start
	for name in one two three; do
		callee $name "$sipp_files/callee_early.xml"
	done
	hold one three
	caller_calls
	wait_for state_is early
	go_on one three
	wait_for ladder_says 'one: early media not heard'
	wait_for ladder_says 'three: early media not heard'
	counters_mark
	receive caller-hears in_a -n 100 $PHONE_A
	says one 20
	says two 100
	says three 20
	assert_intact caller-hears 100
	assert_counters forwarded=100 drop-no-endpoint=40 learned=1
	tell "${ip[three]}"
	wait_for established 1
	assert_talks_to three 40
	hang_up
	phone_done three
}

# Proves: what the first one says before he refuses is heard, and nothing of it after that; the next
# one is called, and is heard.
the_first_one_speaks_and_fails()
{
	route "failover: [ 5xx ]"
	sipd_start
	sed 's/SIP.2.0 200 OK/SIP\/2.0 503 Service Unavailable/;/<recv request="BYE"/,/^.*<.send>/d' \
		"$sipp_files/callee_early.xml" >"$TMP/fails.xml"
	callee one "$TMP/fails.xml"
	callee two "$sipp_files/callee_early.xml"
	caller_calls
	wait_for state_is early
	counters_mark
	receive caller-hears in_a -n 50 $PHONE_A
	says one 50
	assert_intact caller-hears 50
	assert_counters forwarded=50 learned=1
	tell "${ip[one]}"
	tell "${ip[two]}"
	wait_for established 1
	ladder_says 'one: 503' || fail "the ladder does not say why"
	assert_talks_to two 20
	hang_up
	phone_done one
	phone_done two
}

need ss
system_up 30000-30005 "t1: 200ms"
in_b ip addr add ${ip[two]}/24 dev b0
in_b ip addr add ${ip[three]}/24 dev b0
cp "$TMP/sipd.yaml" "$TMP/sipd.yaml.base"
run early_media_of_one_then_the_answer_of_another \
	the_first_one_speaks_and_fails
