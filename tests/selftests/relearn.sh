#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A remote that moves behind its NAT is followed in a window of time (RFC 7362), a third party
# never. The rightful sender has SSRC 1 and is host 2; others send from host 10 and up.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_families.sh"
. "$(dirname "$0")/lib_learning.sh"

# session_moving WORDS...: endpoint 1 learns, and the words belong to it.
session_moving()
{
	session_learning component mux learn window "$@"
}

# More than the silence after which another source is believed.
be_silent()
{
	sleep 0.2
}

# Proves: with the same SSRC and the numbers that follow a new source is the remote, after silence;
# what is sent back goes there, and each move is told.
a_remote_that_moves_is_followed()
{
	session_moving for 1m
	monitor
	counters_mark
	from 2:4000 -s 1 -n 10
	assert_remote 2:4000 10 0
	be_silent
	from 2:7000 -s 1 -n 10 -q 10
	assert_remote 2:7000 20 0
	receive a in_a -n 5 "$(at_a 2:8000)"
	be_silent
	# Some were lost on the way.
	from 2:8000 -s 1 -n 10 -q 40
	assert_remote 2:8000 30 0
	callee_sends -n 5
	assert_intact a 5
	# Where it was before is no better than elsewhere.
	from 2:4000 -s 1 -n 3 -q 9
	assert_remote 2:8000 30 3
	assert_learned 2:4000 2:7000 2:8000
	assert_counters forwarded=35 drop-bad-source=3 learned=3
}

# Proves: while the rightful one sends, the right SSRC and sequence numbers from elsewhere are of no
# use: of one stream every other datagram comes from a wrong source.
who_knows_all_cannot_take_over()
{
	session_moving for 1m
	from 2:4000 -s 1 -n 1
	counters_mark
	from 2:4000 -s 1 -n 200 -q 1 -S 2
	assert_remote 2:4000 101 100
	assert_counters forwarded=100 drop-bad-source=100
}

# Proves: silence is not enough: another SSRC, numbers before or far off, RTCP, and what is no RTCP
# are not believed.
who_knows_less_cannot_take_over()
{
	session_moving for 1m
	from 2:4000 -s 1 -n 10
	be_silent
	counters_mark
	from 10:5000 -s 2 -n 1 -q 10
	from 10:5000 -s 1 -n 1 -q 9
	from 10:5000 -s 1 -n 1 -q 65535
	from 10:5000 -s 1 -n 1 -q 20000
	from 10:5000 -k rtcp -s 1 -n 1
	from 10:5000 -n 1 -x 80c90001 -l 4
	from 10:5000 -n 1 -x 80c80000 -l 4
	assert_counters drop-malformed=2 drop-bad-source=5
	assert_remote 2:4000 10 5
	# It was silent for long enough.
	from 2:7000 -s 1 -n 1 -q 10
	assert_remote 2:7000 11 5
}

# Proves: the remote that userspace gave takes its place back at once, whatever it sends.
the_given_remote_wins()
{
	session_moving remote "$(at_a 2:4000)" from "$(prefix_at_a 8/29)" for 1m
	monitor
	from 10:5000 -s 2 -n 5
	assert_remote 10:5000 5 0
	from 2:4000 -s 1 -n 5 -q 777
	assert_remote 2:4000 10 0
	from 10:5000 -s 2 -n 5 -q 5
	assert_remote 2:4000 10 5
	assert_learned 10:5000 2:4000
}

# Proves: what may be learned from is limited for every move.
moves_stay_in_the_prefix()
{
	session_moving from "$(prefix_at_a 0/29)" for 1m
	from 2:4000 -s 1 -n 10
	be_silent
	from 8:4000 -s 1 -n 2 -q 10
	from abroad:4000 -s 1 -n 2 -q 10
	assert_remote 2:4000 10 4
	from 7:4000 -s 1 -n 2 -q 10
	assert_remote 7:4000 12 4
}

# Proves: after the window nobody is believed, the remote that was given neither; but the first to
# come is, whenever that is. A new window, or a remote, starts anew; other changes do not.
# Shows: 7362/5b
the_window_closes()
{
	session_moving remote "$(at_a 2:4000)" for 300ms
	from 2:5000 -s 1 -n 1
	assert_remote 2:5000 1 0
	sleep 0.5
	from 2:6000 -s 1 -n 1 -q 1
	from 2:4000 -s 1 -n 1 -q 1
	assert_remote 2:5000 1 2
	in_r sipctl session set 1 endpoint 1 dscp 46
	in_r sipctl session set 1 endpoint 1 learn once
	from 2:6000 -s 1 -n 1 -q 1
	assert_remote 2:5000 1 3
	in_r sipctl session set 1 endpoint 1 learn window for 300ms
	assert_session "$(at_a 2:4000) false" 1 $LEARNER.{remote,learned}
	sleep 0.5
	from 2:6000 -s 5 -n 1 -q 1
	assert_remote 2:6000 2 3
	from 2:4000 -s 5 -n 1 -q 2
	assert_remote 2:6000 2 4
	# It is settled, and stays so.
	from 2:6000 -s 5 -n 5 -q 2
	be_silent
	from 10:5000 -s 5 -n 5 -q 7
	from 2:6000 -s 5 -n 5 -q 7
	assert_remote 2:6000 12 9
}

# Proves: spraying the port before, while and after the call is set up gains nothing where it is
# known who may send; not a single datagram gets through, and the call goes on.
spray_gains_nothing()
{
	local sprayed heard

	receive b in_b -n 100 "$(at_b 2:4000)"
	counters_mark
	flow spray "$A" -r 2000 -s 1 -S 200 -D a0 -M "$MAC_RA" "$(at_a 10:5000)" "$(at_a 1:30000)"
	wait_for sprayed_some
	session_moving remote "$(at_a 2:4000)" from "$(prefix_at_a 2/32)" for 1m
	from 2:4000 -s 1 -n 50
	be_silent
	from 2:9000 -s 1 -n 50 -q 50
	sprayed=$(flow_stop spray)
	assert_intact b 100 ssrcs=1
	assert_session "$(at_a 2:9000) 100" 1 $LEARNER.remote $LEARNER.rx.packets
	heard=$(counters_since)
	assert_match 'forwarded=100 ' "$heard"
	assert_eq "$sprayed" "$(($(since drop-no-endpoint) + $(since drop-bad-source)))" "dropped"
}

sprayed_some()
{
	[ "$(since drop-no-endpoint)" -gt 100 ]
}

# since NAME: by how much a counter has gone up since counters_mark.
since()
{
	echo "$(($(counter "$1") - counted[$1]))"
}

families_up
in_each_family a_remote_that_moves_is_followed who_knows_all_cannot_take_over \
	who_knows_less_cannot_take_over the_given_remote_wins moves_stay_in_the_prefix \
	the_window_closes spray_gains_nothing
run "${tests[@]}"
