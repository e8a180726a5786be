#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is inspected before it reaches a SIP server, what becomes of it, and how it is counted.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"

# Proves: what is valid passes in any mode, and is counted by what it is; off counts nothing.
modes()
{
	serve
	cells_mark
	in_r sipctl kernel listener set $LISTENER mode off
	assert_eq 200:1 "$(send -m OPTIONS)"
	in_r sipctl kernel listener set $LISTENER mode observe
	assert_eq 200:2 "$(send -m INVITE -n 2)"
	in_r sipctl kernel listener set $LISTENER mode enforce
	assert_eq 200:3 "$(send -m REGISTER -n 3)"
	assert_served 6
	assert_cells "unknown INVITE accept=2, unknown REGISTER accept=3"
}

# Proves: an operator's ban holds for enforce, is counted by observe, and ends when it is over.
bans()
{
	local seconds answered

	serve
	cells_mark
	in_r sipctl ban add 10.0.1.2 for 1h reason "by hand"
	assert_eq "" "$(send -n 4 -w 1)"
	in_r sipctl kernel listener set $LISTENER mode observe
	assert_eq 200:2 "$(send -n 2)"
	in_r sipctl kernel listener set $LISTENER mode enforce
	assert_cells "banned none banned=4, banned none ~banned=2"
	in_r sipctl ban del 10.0.1.2
	assert_eq 200:1 "$(send)"
	# The first time, unless the host is slow.
	for seconds in 3 20 60; do
		in_r sipctl ban add 10.0.1.0/24 for ${seconds}s
		answered=$(send -w 0.5)
		[ -n "$answered" ] || break
	done
	assert_eq "" "$answered"
	wait_for no_bans
	assert_eq 200:1 "$(send)"
}

no_bans()
{
	[ -z "$(in_r sipctl -j ban list | json 'bans.*.source')" ]
}

# Proves: the entry of a port comes before that of its address, a longer prefix before a shorter.
the_closest_entry_counts()
{
	serve
	in_r sipctl ban add 10.0.0.0/8
	at_exit in_r sipctl ban del all
	assert_eq "" "$(send -w 1)"
	in_r sipctl kernel source add 10.0.1.2/32 class registered
	assert_eq 200:1 "$(send)"
	in_r sipctl ban add 10.0.1.2:5060
	assert_eq "" "$(send -w 1)"
	assert_eq 200:1 "$(port=5061 send)"
	in_r sipctl kernel source del 10.0.1.2
	assert_eq "" "$(port=5061 send -w 1)"
}

# Proves: a repeated request does not reach the server while it is not answered, and does after.
repetitions_are_absorbed()
{
	serve -d 2
	cells_mark
	assert_eq 200:1 "$(send -m INVITE -r 5 -x 1)"
	assert_served 1
	assert_cells "unknown INVITE absorbed=4, unknown INVITE accept=1"
	# Answered: the server has to repeat its answer.
	serve_again
	assert_eq 200:1 "$(send -m INVITE -b same -c same)"
	assert_eq 200:1 "$(send -m INVITE -b same -c same)"
	assert_served 2
}

serve_again()
{
	clean_up
	serve
}

# Proves: an ACK and a CANCEL with the branch of their INVITE are no repetitions of it.
ack_and_cancel_are_not_absorbed()
{
	serve -a INVITE=0,CANCEL=200
	send -m INVITE -b one -c one -w 0.3
	assert_eq 200:1 "$(send -m CANCEL -b one -c one)"
	send -m ACK -b one -c one -w 0.3
	send -m ACK -b one -c one -w 0.3
	assert_served 4
}

# Proves: an INVITE that comes in fragments is seen like any other: banned, counted, absorbed.
fragments()
{
	serve -d 2
	cells_mark
	assert_eq 200:1 "$(send -m INVITE -s 9000 -r 3 -x 1)"
	assert_served 1
	assert_cells "unknown INVITE absorbed=2, unknown INVITE accept=1"
	in_r sipctl kernel rule add 100 drop method INVITE user-agent "*huge*"
	at_exit in_r sipctl kernel rule del 100
	assert_eq "" "$(send -m INVITE -s 60000 -u 'a Huge phone' -w 1)"
	assert_served 1
}

# The last one, as afterwards the server is taken for overloaded for a while.
# Proves: what the server's socket had no room for is let through when it comes again.
what_is_lost_is_not_absorbed()
{
	serve -b 4096 -p 1000000
	send -m BYE -t x -s 1000 -n 20 -w 0.1
	cells_mark
	send -m BYE -t x -b lost -c lost -r 2 -i 0.2 -w 0.1
	assert_cells "unknown BYE accept=2"
}

inspect_up enforce
run modes bans the_closest_entry_counts repetitions_are_absorbed \
	ack_and_cancel_are_not_absorbed fragments what_is_lost_is_not_absorbed
