#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What sipd tells the module to be protected by, and shards that get their messages by the kernel.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"
. "$(dirname "$0")/lib_inspect.sh"

begin()
{
	system_up 30000-30999 "t1: 200ms"
	sed -i "s/^    listen: .*10.0.1.1.*/    inspect: enforce\n&/" "$TMP/sipd.yaml"
}

listeners()
{
	in_r sipctl -j kernel listener list | json listeners.*.{listener,mode,workers} | xargs -n 1 |
		sort | paste -sd' '
}

sources()
{
	in_r sipctl -j kernel source list "$@" | json sources.*.source | xargs -n 1 | sort |
		paste -sd' '
}

# The caller hangs up; there is no media.
hangs_up()
{
	sed '/play_pcap_audio/d' "$sipp_files/caller_talks.xml" >"$TMP/caller.xml"
}

calls()
{
	hangs_up
	callee_start "$sipp_files/callee.xml"
	caller_start "$TMP/caller.xml" -m "$1" -r 20 -d 300
	phone_done caller
	assert_in_hand "0 0 0 0"
}

# Proves: listeners come and go with sipd, peers are trusted, who has called is known for a while.
sipd_registers_itself()
{
	begin
	sipd_start
	assert_eq "1 1 enforce observe udp:10.0.1.1:5060 udp:10.0.2.1:5060" \
		"$(listeners | sed 's/^0 0/1 1/')"
	assert_eq "10.0.1.2 10.0.2.2" "$(sources trusted | sed 's,/32,,g')"
	# From a port of its own: the peer's address is trusted, which is more.
	calls 5
	phone_vanishes callee
	callee_start "$sipp_files/callee.xml"
	phone stranger "$A" 10.0.1.9 -sf "$TMP/caller.xml" -p 5060 -mp 4000 10.0.1.1:5060 \
		-m 3 -r 10 -d 300
	phone_done stranger
	assert_becomes 10.0.1.9:5060 "who is known" sources registered
	kill $sipd
	assert_ends $sipd sipd
	assert_eq "" "$(listeners)"
}

# Proves: a sipd that was killed leaves its listeners, which the next one takes over.
a_killed_sipd_leaves_its_listeners()
{
	begin
	sipd_start
	kill -KILL $sipd
	wait $sipd || true
	assert_match 'udp:10.0.1.1:5060' "$(listeners)"
	sed -i 's/inspect: enforce/inspect: "off"/' "$TMP/sipd.yaml"
	sipd_start
	assert_match 'observe off udp' "$(listeners)"
	assert_fails grep "not protected" "$TMP/sipd.log"
}

# Proves: with four shards the kernel gives each message to the one that it is for.
the_kernel_knows_the_shards()
{
	begin
	echo "shards: 4" >>"$TMP/sipd.yaml"
	sipd_start
	calls 40
	assert_eq "40 0 0" "$(ctl_json status calls.total calls.failed messages.handed_over)"
	# Each of them has had some.
	assert_match '^[1-9][0-9]* [1-9][0-9]* [1-9][0-9]* [1-9][0-9]*$' \
		"$(ctl_json status 'shards.*.total')"
}

trusted_are()
{
	[ "$(sources trusted | sed 's,/32,,g')" = "$1" ]
}

dnsmasq_answers()
{
	[ -n "$(in_b ss -Hlnu src 10.0.2.2:53)" ]
}

# Leaves its PID in $dnsmasq; it reads $TMP/hosts anew at SIGHUP.
dnsmasq_start()
{
	ip netns exec "$B" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
		--listen-address=10.0.2.2 --bind-interfaces --user=root --pid-file= --local-ttl=1 \
		--local=/test/ --addn-hosts="$TMP/hosts" >"$TMP/dnsmasq.err" 2>&1 &
	dnsmasq=$!
	at_exit "kill $dnsmasq 2>/dev/null; wait $dnsmasq 2>/dev/null"
	wait_for dnsmasq_answers
}

# Proves: a peer with a name is trusted at all of its addresses, and no longer at those that it loses;
# with several shards, too; calls find it, their media as well.
names_are_trusted()
{
	need dnsmasq
	begin
	printf '10.0.2.2 peer.test\n10.0.2.9 peer.test\n' >"$TMP/hosts"
	dnsmasq_start
	sed -i 's/address: "10.0.2.2:5060"/uri: "sip:peer.test:5060"/' "$TMP/sipd.yaml"
	printf 'dns: { servers: [ 10.0.2.2 ], min-ttl: 1s }\nshards: 4\n' >>"$TMP/sipd.yaml"
	sipd_start
	wait_for trusted_are "10.0.1.2 10.0.2.2 10.0.2.9"
	echo '10.0.2.2 peer.test' >"$TMP/hosts"
	kill -HUP "$dnsmasq"
	wait_for trusted_are "10.0.1.2 10.0.2.2"
	calls 8
	assert_eq "8 0" "$(ctl_json status calls.total calls.failed)"
	# What is configured by its address stays, whatever DNS says.
	echo '10.0.1.2 peer.test' >"$TMP/hosts"
	kill -HUP "$dnsmasq"
	wait_for trusted_are "10.0.1.2"
	echo '10.0.2.2 peer.test' >"$TMP/hosts"
	kill -HUP "$dnsmasq"
	wait_for trusted_are "10.0.1.2 10.0.2.2"
}

# Proves: a reload tells the module of the listeners and peers that have changed, and leaves all else,
# and the session of a call that goes on, as it was.
a_reload_reaches_the_module()
{
	local before

	begin
	sipd_start
	callee_start "$sipp_files/callee.xml"
	caller_start "$sipp_files/caller_waits.xml" -m 1
	wait_for established 1
	before=$(in_r sipctl -j session list | json 'sessions.*.{id,timeout_ms}')
	in_r sipctl kernel source add 10.9.9.9 class trusted
	sed -i 's/inspect: enforce/inspect: observe/; s/address: "10.0.2.2:5060"/address: "10.0.2.7:5060"/
		s/t1: 200ms/t1: 200ms, media: 77s/' "$TMP/sipd.yaml"
	ctl config reload
	assert_match 'observe observe udp:10.0.1.1:5060 udp:10.0.2.1:5060' "$(listeners)"
	assert_eq "10.0.1.2 10.0.2.7 10.9.9.9" "$(sources trusted | sed 's,/32,,g')"
	assert_eq "$before" "$(in_r sipctl -j session list | json 'sessions.*.{id,timeout_ms}')"
	ctl call kill "$(call_ids)" >/dev/null
	phone_done caller
	assert_eq "1 0" "$(ctl_json status calls.total calls.failed)"
	# What the file lacks is no reason to leave what is in force.
	sed -i 's/inspect: observe/inspect: none/' "$TMP/sipd.yaml"
	assert_fails ctl config reload
	assert_match 'observe observe udp:10.0.1.1:5060 udp:10.0.2.1:5060' "$(listeners)"
}

# Proves: who sends nothing but garbage in later lines, which the kernel does not read of those who
# have behaved, is banned for it all the same: sipd refuses the first of it.
sipd_sees_what_the_kernel_passes()
{
	need python3
	begin
	sipd_start
	remember_evidence
	in_r sipctl kernel policy set ban-malformed 5
	# It is not answered, but makes him known for behaving.
	stranger -m ACK -u Example -w 0.2
	late_garbage 1
	assert_eq 400:1 "$(stranger "${garbage[@]}")"
	assert_eq "" "$(in_r sipctl -j ban list | json bans.*.source)"
	late_garbage 9
	assert_eq 400:5 "$(stranger "${garbage[@]}" -w 2)"
	assert_eq "10.0.1.9:5060 malformed messages" \
		"$(in_r sipctl -j ban list | json bans.*.source bans.*.reason)"
}

# send from 10.0.1.9, who is no peer.
stranger()
{
	in_a "$selftests/sip_peer" send "$@" 10.0.1.9 5060 10.0.1.1 5060 |
		sed 's/^sent [0-9]* answered //'
}

# Each test has a module of its own, all have this.
topology_up
in_a ip addr add 10.0.1.9/24 dev a0
run sipd_registers_itself a_killed_sipd_leaves_its_listeners the_kernel_knows_the_shards \
	names_are_trusted a_reload_reaches_the_module sipd_sees_what_the_kernel_passes
