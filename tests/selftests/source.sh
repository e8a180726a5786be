#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whose packets an endpoint takes, how it learns that (latching, RFC 7362), and what is no media.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_families.sh"
. "$(dirname "$0")/lib_learning.sh"

# session_latching [WORDS...]: endpoint 1 learns, and the words belong to it.
session_latching()
{
	session_learning learn once "$@"
}

# Nothing is learned.
session_fixed()
{
	call "$family" "$family"
}

# Proves: by default only the remote may send: a wrong address, a wrong port, both.
strict_takes_the_remote_only()
{
	session_fixed
	counters_mark
	receive b in_b -n 10 "$(at_b 2:4000)"
	caller_sends -n 10
	from 2:4002 -n 5
	from 3:4000 -n 6
	from abroad:9 -n 7
	assert_intact b 10
	assert_counters forwarded=10 drop-bad-source=18
	assert_session "10 18 $(at_a 2:4000)" 1 \
		endpoints.0.rx.{packets,bad_source} endpoints.0.remote
}

# Proves: who accepts takes any source, and answers to the remote all the same.
accept_takes_everyone()
{
	session_fixed
	in_r sipctl session set 1 endpoint 1 source accept
	counters_mark
	receive b in_b -n 30 "$(at_b 2:4000)"
	receive a in_a -n 4 "$(at_a 2:4000)"
	caller_sends -n 10
	from abroad:9 -n 20 -q 10 -S 20
	callee_sends -n 4
	assert_intact b 30
	assert_intact a 4
	assert_counters forwarded=34
	assert_session "30 0 $(at_a 2:4000)" 1 \
		endpoints.0.rx.{packets,bad_source} endpoints.0.remote
}

# Proves: an endpoint that knows no remote takes nothing unless it may learn, not even from nobody.
no_remote_and_no_learning()
{
	local nobody=0.0.0.0:0

	[ "$family" = 4 ] || nobody="[::]:0"
	session_add 1 endpoint 1 local "$(at_a 1:30000)"
	counters_mark
	caller_sends -n 3
	from_address "$nobody"
	assert_counters drop-bad-source=4
}

# Proves: the first valid packet's source becomes the remote, that is told once, answers go there.
learns_the_first_source()
{
	session_latching
	monitor
	counters_mark
	assert_session "null false" 1 $LEARNER.{remote,learned}
	receive a in_a -n 5 "$(at_a 2:7777)"
	callee_sends -n 2
	assert_counters drop-no-remote=2
	from 2:7777 -n 10
	callee_sends -n 5
	assert_intact a 5 sources="$(at_a 1:30000)"
	assert_counters forwarded=15 drop-no-remote=2 learned=1
	assert_remote 2:7777 10 0
	assert_learned 2:7777
}

# Proves: a remote that userspace gave is replaced by the source of the first packet.
learning_replaces_the_given_remote()
{
	session_latching remote "$(at_a 2:4000)"
	from 2:7777
	assert_remote 2:7777 1 0
	caller_sends -n 2
	assert_remote 2:7777 1 2
}

# Proves: who comes later cannot take over, however often and from wherever he tries, while the
# rightful one goes on.
# Shows: 7362/5b
a_third_party_cannot_take_over()
{
	session_latching
	monitor
	counters_mark
	receive b in_b -n 20 "$(at_b 2:4000)"
	caller_sends -n 10
	from 10:5000 -n 500 -S 240
	caller_sends -n 10 -q 10
	assert_intact b 20
	assert_counters forwarded=20 drop-bad-source=500 learned=1
	assert_remote 2:4000 20 500
	assert_session 0 1 $LEARNER.rx.lost
	assert_learned 2:4000
}

# Proves: with an expected prefix, who sprays the port before the call's media comes gains nothing.
# Shows: 7362/5a
only_the_expected_prefix_is_learned()
{
	session_latching from "$(prefix_at_a 0/30)"
	counters_mark
	from 4:5000 -n 500 -S 240
	from abroad:4000 -n 5
	assert_counters drop-bad-source=505
	assert_session "null false 505" 1 $LEARNER.{remote,learned} $LEARNER.rx.bad_source
	# The last address of the prefix.
	from 3:4000 -n 5
	assert_counters forwarded=5 drop-bad-source=505 learned=1
	assert_remote 3:4000 5 505
}

# Proves: an expected address without a length is that address alone.
only_the_expected_address_is_learned()
{
	session_latching from "$(at_a 2)"
	from 3:4000 -n 5
	caller_sends -n 4
	assert_remote 2:4000 4 5
}

# Proves: what is no RTP, nor RTCP, is never learned from.
malformed_packets_teach_nothing()
{
	session_latching component mux
	caller_sends -x 40 -n 3
	caller_sends -k stun -l 20
	caller_sends -l 11
	caller_sends -x 80c90001 -l 4
	caller_sends -x 80c80000 -l 4
	assert_session "null false 0 6" 1 $LEARNER.{remote,learned} $LEARNER.rx.{packets,malformed}
}

# Proves: an address that nobody can have is never learned, nor one of the other family in disguise,
# nor one of this host that comes from elsewhere, nor one without a port.
what_is_no_host_teaches_nothing()
{
	local source ours nobodys
	local -A sources=([4]="0.0.0.0:9 224.0.0.1:9 255.255.255.255:9 127.0.0.1:9"
		[6]="[::]:9 [ff02::1]:9 [fe80::1]:9 [::1]:9 [::ffff:10.0.1.2]:4000")
	# Loopback and mapped addresses are no business of the module, and not counted.
	local rejected=5

	session_latching
	ours=$(at_a 1:9) nobodys=$(at_a 2:0)
	for source in ${sources[$family]} "$ours" "$nobodys"; do
		from_address "$source"
	done
	assert_session "null false 0 $rejected" 1 \
		$LEARNER.{remote,learned} $LEARNER.rx.{packets,bad_source}
	caller_sends
	assert_remote 2:4000 1 $rejected
}

# Proves: userspace that gives a remote, as after a re-offer, has it learned anew; other changes do not.
a_new_remote_restarts_learning()
{
	session_latching
	monitor
	caller_sends -n 1
	assert_remote 2:4000 1 0
	in_r sipctl session set 1 endpoint 1 dscp 46
	assert_remote 2:4000 1 0
	in_r sipctl session set 1 endpoint 1 remote "$(at_a 2:6000)"
	assert_session "$(at_a 2:6000) false" 1 $LEARNER.{remote,learned}
	from 2:6002
	assert_remote 2:6002 2 0
	# It was one of many for a moment only.
	caller_sends -n 3
	assert_remote 2:6002 2 3
	assert_learned 2:4000 2:6002
}

# Proves: what is neither RTP nor RTCP is dropped and counted, here and nowhere else.
malformed_packets_are_dropped()
{
	local n=0 words

	session_fixed
	in_r sipctl session set 1 endpoint 1 component mux
	counters_mark
	# Empty; short; versions 1 and 3; a first octet of no protocol; CSRCs and an extension that do
	# not fit; RTCP that is short, or longer than what came.
	for words in "-l 0" "-l 1" "-l 11" "-x 40" "-x c0" "-x 04" "-x 8f -l 71" \
		"-x 90 -l 15" "-x 90 -l 16" "-k rtcp -l 4" "-k rtcp -l 7 -x 80c90000" \
		"-k rtcp -x 80c8002b" "-k rtcp -x 81c9ffff"; do
		# shellcheck disable=SC2086
		caller_sends $words
		n=$((n + 1))
	done
	assert_counters drop-malformed=$n
	assert_session "0 $n" 1 endpoints.0.rx.{packets,malformed}
	# The smallest that are right.
	receive b in_b -n 4 "$(at_b 2:4000)"
	caller_sends -l 12
	caller_sends -l 72 -x 8f
	caller_sends -k rtcp -l 8
	caller_sends -k rtcp -l 172 -x 80c8002a
	assert_got b packets=4 corrupt=0 rtp=2 rtcp=2
	assert_counters forwarded=4 drop-malformed=$n
}

# How often the border has said that something cannot be reached.
unreachable_sent()
{
	if [ "$family" = 6 ]; then
		in_r awk '$1 == "Icmp6OutDestUnreachs" { print $2 }' /proc/net/snmp6
	else
		snmp Icmp OutDestUnreachs
	fi
}

# Proves: STUN and DTLS (RFC 7983) are for a socket on the port, and only they; without one they are
# dropped, and nobody is told.
stun_and_dtls_pass_up_to_a_socket()
{
	local before

	session_fixed
	counters_mark
	before=$(unreachable_sent)
	caller_sends -k stun -l 20 -n 2
	caller_sends -k dtls -n 3
	assert_counters drop-no-socket=5
	assert_eq "$before" "$(unreachable_sent)" "ICMP messages sent"
	receive r in_r -n 9 "$(at_a 1:30000)"
	receive b in_b -n 6 "$(at_b 2:4000)"
	caller_sends -k stun -l 20 -n 4
	caller_sends -k dtls -n 5
	caller_sends -n 6

	assert_got r packets=9 stun=4 dtls=5 corrupt=0 sources="$(at_a 2:4000)"
	assert_intact b 6
	assert_counters forwarded=6 pass-stun=4 pass-dtls=5 drop-no-socket=5
	assert_session 6 1 endpoints.0.rx.packets
}

families_up
in_each_family strict_takes_the_remote_only \
	accept_takes_everyone \
	no_remote_and_no_learning \
	learns_the_first_source \
	learning_replaces_the_given_remote \
	a_third_party_cannot_take_over \
	only_the_expected_prefix_is_learned \
	only_the_expected_address_is_learned \
	malformed_packets_teach_nothing \
	what_is_no_host_teaches_nothing \
	a_new_remote_restarts_learning \
	malformed_packets_are_dropped \
	stun_and_dtls_pass_up_to_a_socket
run "${tests[@]}"
