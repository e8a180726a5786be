#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What sipd tells the module to be protected by, and shards that get their messages by the kernel.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

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
	sleep 2
	assert_eq "" "$(sources registered)"
	in_a ip addr add 10.0.1.9/24 dev a0
	kill "$(<"$TMP/callee.pid")"
	callee_start "$sipp_files/callee.xml"
	phone stranger "$A" 10.0.1.9 -sf "$TMP/caller.xml" -p 5060 -mp 4000 10.0.1.1:5060 \
		-m 3 -r 10 -d 300
	phone_done stranger
	wait_for is_known
	kill $sipd
	wait $sipd || true
	assert_eq "" "$(listeners)"
}

is_known()
{
	[ "$(sources registered)" = 10.0.1.9:5060 ]
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

run sipd_registers_itself a_killed_sipd_leaves_its_listeners the_kernel_knows_the_shards
