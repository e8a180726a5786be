#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is said over TCP: messages are found in the stream however it is cut, are judged and counted
# as those over UDP are, and what others send in between does nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"
. "$(dirname "$0")/lib_tcp.sh"

# Proves: messages over TCP are counted by what they are in any mode but off, and so are
# connections.
modes()
{
	begin observe
	assert_eq 200:1 "$(send -m INVITE)"
	mode enforce
	assert_eq 200:3 "$(send -m REGISTER -n 3)"
	mode off
	assert_eq 200:1 "$(send -m MESSAGE)"
	mode enforce
	assert_eq 200:2 "$(send -n 2)"
	assert_messages "unknown INVITE accept=1, unknown OPTIONS accept=2, unknown REGISTER accept=3"
	assert_eq 3 "$(count tcp-followed)"
	assert_served 7 '[A-Z]'
	wait_for no_connections
}

# Proves: an open connection is followed in other modes, and after off let through, limited.
mode_changes_of_open_connections()
{
	begin observe
	talk INVITE
	mode enforce
	talk INVITE
	mode off
	talk INVITE
	assert_eq 0 "$(connections)"
	mode enforce
	assert_eq 0 "$(count tcp-unfollowed)"
	talk INVITE
	assert_eq 1 "$(count tcp-unfollowed)"
	in_r sipctl kernel policy set unknown source in-dialog 1/s burst 1
	talk INVITE
	talk INVITE
	assert_served 6 INVITE
	assert_messages "unknown INVITE accept=2, unknown none limit-source=[1-9]"
}

# Proves: messages are found byte by byte, cut anywhere, many in a segment, and with line ends
# between them.
cut_anywhere()
{
	begin enforce
	no_limits
	assert_eq 200:2 "$(send -m INVITE -n 2 -g 1)"
	assert_messages "unknown INVITE accept=2"
	assert_eq 200:450 "$(send -n 450 -e)"
	assert_eq 200:450 "$(send -m MESSAGE -n 450 -e -k)"
	assert_eq 200:100 "$(send -m PUBLISH -n 100 -k)"
	assert_messages "unknown INVITE accept=2, unknown MESSAGE accept=450,\
 unknown OPTIONS accept=450, unknown PUBLISH accept=100(, unknown none keepalive=[0-9]+)?"
	assert_eq 0 "$(count tcp-lost)"
	assert_eq 0 "$(count drop-tcp-order)"
}

# Proves: so they are in what GRO has put together and in what it has not, and when they are large.
large_and_put_together()
{
	local segments put_together

	begin enforce
	no_limits
	for segments in on off; do
		for put_together in on off; do
			in_a ethtool -K a0 tso $segments gso $segments >/dev/null
			in_r ethtool -K ra gro $put_together >/dev/null
			assert_eq 200:60 "$(send -n 60)"
			assert_eq 200:3 "$(send -m INVITE -n 3 -s 65000)"
			assert_eq 200:1 "$(send -m MESSAGE -s 1000000)"
		done
	done
	assert_messages "unknown INVITE accept=12, unknown MESSAGE accept=4,\
 unknown OPTIONS accept=240"
	assert_eq 0 "$(count tcp-lost)"
}

# Proves: line ends alone keep a connection alive, and are no offence.
keepalives()
{
	begin enforce
	in_r sipctl kernel policy set ban-malformed 1
	printf '\r\n\r\n' >"$TMP/crlf"
	send -f "$TMP/crlf" -f "$TMP/crlf" -f "$TMP/crlf" -g 4 -w 0.1
	assert_messages "unknown none keepalive=3"
	assert_eq "" "$(bans)"
}

# Proves: each message is delivered and counted once when segments are lost, come twice, late or
# damaged.
a_bad_path()
{
	local sent=0

	begin enforce
	no_limits
	in_a tc qdisc add dev a0 root netem loss 8% duplicate 8% reorder 20% delay 5ms corrupt 2%
	# A hundred messages may be lucky.
	until [ "$(count drop-tcp-order)" -gt 0 ]; do
		[ $sent -lt 1000 ] || fail "nothing came early"
		assert_eq 200:100 "$(send -m INVITE -n 100 -s 900 -w 60)"
		sent=$((sent + 100))
	done
	assert_served $sent INVITE
	assert_messages "unknown INVITE accept=$sent"
	assert_eq 0 "$(count tcp-lost)"
}

# Proves: on such a path nothing is held back in mode observe, and no connection is broken.
a_bad_path_observed()
{
	begin observe
	in_a tc qdisc add dev a0 root netem loss 8% duplicate 8% reorder 20% delay 5ms
	assert_eq 200:100 "$(send -m INVITE -n 100 -s 900 -w 60)"
	assert_served 100 INVITE
	assert_eq 0 "$(count drop-tcp-order)"
	assert_eq 0 "$(count drop-tcp-held)"
}

# Proves: segments that TCP does not take move nothing: a forged RST, SYN or FIN, data out of the
# window, and data whose checksum, acknowledgment or place is wrong.
forged_segments()
{
	begin enforce
	assert_eq 200:5 "$(send -m INVITE -n 5 -s 900 -g 300 -x)"
	assert_messages "unknown INVITE accept=5"
	assert_eq 0 "$(count tcp-lost)"
	assert_eq "" "$(bans)"
}

# Proves: IPv6 is followed as IPv4 is.
ipv6()
{
	topology6
	no_limits
	assert_eq 200:40 "$(send6 -m INVITE -n 40 -e)"
	assert_eq 200:40 "$(send6 -m OPTIONS -n 40 -s 3000)"
	in_r sipctl kernel rule add 900 drop user-agent 'bad*'
	assert_eq " reset" "$(send6 -m OPTIONS -u 'bad phone' -w 20)"
	assert_messages "unknown INVITE accept=40, unknown OPTIONS accept=40, unknown OPTIONS rule=1"
}

# Proves: segments that come in fragments are put together before they are looked at.
fragments()
{
	begin enforce
	assert_eq 200:3 "$(send -m INVITE -n 3 -s 900 -g 700 -F -w 5)"
	assert_messages "unknown INVITE accept=3"
	assert_served 3 INVITE
	assert_eq 0 "$(count tcp-lost)"
	assert_eq 0 "$(count drop-tcp-order)"
}

# Proves: connections go with their listener, their namespace and the module.
all_goes_at_any_time()
{
	begin enforce
	many 50
	assert_eq 50 "$(connections)"
	in_r sipctl kernel listener del $LISTENER
	in_r sipctl kernel listener add $LISTENER mode enforce
	assert_eq 0 "$(connections)"
	many 50
	assert_eq 50 "$(connections)"
	module_unload
	module_load
	in_r sipctl kernel listener add $LISTENER mode enforce
	many 50
	assert_eq 50 "$(connections)"
}

# Proves: without memory for what the module must keep, messages pass all the same; nothing leaks.
# Other allocations that cannot wait fail, too, which costs segments.
lack_of_memory()
{
	local dir=/sys/kernel/debug

	mountpoint -q $dir || mount -t debugfs none $dir
	[ -d $dir/failslab ] || skip "the kernel has no fault injection"
	begin enforce
	no_limits
	echo Y >$dir/failslab/ignore-gfp-wait
	echo 0 >$dir/failslab/verbose
	echo -1 >$dir/failslab/times
	at_exit "echo 0 >$dir/failslab/probability"
	echo 10 >$dir/failslab/probability
	assert_eq 200:100 "$(send -n 100 -e -w 60)"
	assert_eq 200:20 "$(send -n 20 -m INVITE -s 3000 -w 60)"
	echo 0 >$dir/failslab/probability
	assert_served 100 OPTIONS
	assert_served 20 INVITE
}

run modes mode_changes_of_open_connections cut_anywhere large_and_put_together keepalives \
	a_bad_path a_bad_path_observed forged_segments ipv6 fragments all_goes_at_any_time \
	lack_of_memory
