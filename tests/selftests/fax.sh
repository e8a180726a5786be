#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# T.38 fax through the whole system: calls that go over to it, begin with it, or are refused it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

# What the call's first stream is, once that is answered: "image 10.0.1.1:30002 10.0.2.1:30002".
stream()
{
	ctl_json "call show $call" media.0.{type,a_local,b_local}
}

stream_is()
{
	[[ $(stream) == "$1 "* ]]
}

# call_with CALLER CALLEE: SIPp's scenarios. The call is in $call.
call_with()
{
	sipd_start
	callee_start "$2" -m 1
	caller_start "$1" -m 1
	wait_for established 1
	call=$(call_ids)
}

# send_page FROM PORT TO PORT: where the border awaits the caller's, and the callee's fax.
send_page()
{
	local caller status=0

	fax page "$TMP/page.tif"
	rm -f "$TMP/received.tif"
	in_b fax receive 10.0.2.2 4200 "$3" "$4" "$TMP/received.tif" >"$TMP/receiver" &
	caller=$!
	at_exit "kill $caller 2>/dev/null"
	in_a fax send 10.0.1.2 4200 "$1" "$2" "$TMP/page.tif" >"$TMP/sender" || status=$?
	wait_for_end $caller "the receiver of the fax" $PHONE_CALLS_PATIENCE
	wait $caller || status=$?
	[ $status = 0 ] || fail "sender: $(xargs <"$TMP/sender"), receiver: $(xargs <"$TMP/receiver")"
	fax same "$TMP/page.tif" "$TMP/received.tif"
}

# A number that "fax" has told: said FILE KEY.
said()
{
	sed -n "s/^$2 //p" "$TMP/$1"
}

# page_arrives: in the call as it is, and every datagram of it is counted.
page_arrives()
{
	local type a b session
	local -A sent

	read -r type a b < <(stream)
	assert_eq image "$type" "type of the stream"
	session=$(in_r sipctl -j session list | json sessions.0.id)
	counters_mark
	send_page "${a%:*}" "${a#*:}" "${b%:*}" "${b#*:}"
	sent=([a]=$(said sender sent) [b]=$(said receiver sent))
	assert_session "transparent transparent ${sent[a]} ${sent[b]} null" "$session" \
		endpoints.{0,1}.component endpoints.{0,1}.rx.packets endpoints.0.rx.lost
	assert_counters forwarded=$((sent[a] + sent[b])) learned=2
	assert_eq "${sent[a]} ${sent[b]} null null" \
		"$(ctl_json "call show $call" media.0.{a_rx_packets,b_rx_packets,a_lost,b_jitter_us})" \
		"what sipctl call show says"
	echo "# ${sent[a]} and ${sent[b]} datagrams at $(said sender rate) bit/s"
}

hang_up()
{
	ctl call kill "$call" >/dev/null
	phone_done caller
	phone_done callee
	assert_eq "0 0 0 0" "$(ctl_json status calls.active sessions.kernel 'realms.*.ports_used')" \
		"calls, sessions and ports in use"
}

# Proves: a call goes over to T.38, terminals that nobody here wrote send a page through sipd and the
# module, and it arrives dot by dot.
a_page_arrives()
{
	call_with "$sipp_files/caller_faxes.xml" "$sipp_files/callee_faxes.xml"
	wait_for stream_is image
	page_arrives
	hang_up
}

# as_first SCENARIO: the same with T.38 in the first INVITE.
as_first()
{
	sed 's,^m=audio .*,m=image 4200 udptl t38,; s,^a=rtpmap.*,a=T38FaxVersion:0,' "$1"
}

# Proves: so it does in a call that begins with T.38.
a_call_begins_with_fax()
{
	as_first "$sipp_files/caller_waits.xml" >"$TMP/caller.xml"
	as_first "$sipp_files/callee.xml" >"$TMP/callee.xml"
	call_with "$TMP/caller.xml" "$TMP/callee.xml"
	page_arrives
	hang_up
}

refused()
{
	ctl call ladder "$call" | grep -q 488
}

# Proves: while T.38 is offered, and when the other side has refused it, audio flows as before; not a
# packet is lost.
a_refused_fax_leaves_the_audio()
{
	local sent type a b

	call_with "$sipp_files/caller_faxes.xml" "$sipp_files/callee_refuses_fax.xml"
	read -r type a b < <(stream)
	assert_eq audio "$type" "type of the stream"
	counters_mark
	receive callee-hears in_b -n 0 10.0.2.2:4100
	flow talk "$A" -r 50 10.0.1.2:4100 "$a"
	wait_for refused
	sent=$(flow_stop talk)
	stop callee-hears
	assert_got callee-hears packets="$sent" lost=0 duplicate=0
	assert_counters forwarded="$sent" learned=1
	assert_eq "audio $a $b" "$(stream)" "the stream after the refusal"
	hang_up
}

need ss fax
# SIPp takes a repeated 200 for the answer to its re-INVITE: on a busy host nothing may come twice.
system_up 30000-30999 "t1: 4s"
run a_page_arrives a_call_begins_with_fax a_refused_fax_leaves_the_audio
