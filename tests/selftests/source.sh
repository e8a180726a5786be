#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whose packets an endpoint takes, how it learns that (latching, RFC 7362), and what is no media.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"

# session_learning [WORDS...]: endpoint 1 learns; the words belong to it.
session_learning()
{
	session_add 1 \
		endpoint 2 local 10.0.2.1:30000 remote 10.0.2.2:4000 forward 1 \
		endpoint 1 local 10.0.1.1:30000 learn once forward 2 "$@"
}

# It is the second in the list.
LEARNER=endpoints.1

# events: what session 1 learned, "EVENT ENDPOINT REMOTE" each.
events()
{
	jq -r 'select(.id == 1 and .event == "learned") | "\(.event) \(.endpoint) \(.remote)"' "$TMP/events"
}

events_are()
{
	[ "$(events)" = "$1" ]
}

# Proves: by default only the remote may send: a wrong address, a wrong port, both.
strict_takes_the_remote_only()
{
	session_ab 1
	counters_mark
	receive b in_b -n 10 10.0.2.2:4000
	a_sends -n 10
	in_a rtp_tool send -n 5 10.0.1.2:4002 10.0.1.1:30000
	in_a rtp_tool send -n 6 -D a0 -M "$MAC_RA" 10.0.1.3:4000 10.0.1.1:30000
	in_a rtp_tool send -n 7 -D a0 -M "$MAC_RA" 192.0.2.1:9 10.0.1.1:30000
	assert_intact b 10
	assert_counters forwarded=10 drop-bad-source=18
	assert_session "10 18 10.0.1.2:4000" 1 endpoints.0.rx.{packets,bad_source} endpoints.0.remote
}

# Proves: who accepts takes any source, and answers to the remote all the same.
accept_takes_everyone()
{
	session_ab 1
	in_r sipctl session set 1 endpoint 1 source accept
	counters_mark
	receive b in_b -n 30 10.0.2.2:4000
	receive a in_a -n 4 10.0.1.2:4000
	a_sends -n 10
	in_a rtp_tool send -n 20 -q 10 -S 20 -D a0 -M "$MAC_RA" 192.0.2.1:9 10.0.1.1:30000
	b_sends -n 4
	assert_intact b 30
	assert_intact a 4
	assert_counters forwarded=34
	assert_session "30 0 10.0.1.2:4000" 1 endpoints.0.rx.{packets,bad_source} endpoints.0.remote
}

# Proves: an endpoint that knows no remote takes nothing unless it may learn.
no_remote_and_no_learning()
{
	session_add 1 endpoint 1 local 10.0.1.1:30000
	counters_mark
	a_sends -n 3
	assert_counters drop-bad-source=3
}

# Proves: the first valid packet's source becomes the remote, that is told once, answers go there.
learns_the_first_source()
{
	session_learning
	monitor
	counters_mark
	assert_session "null false" 1 $LEARNER.{remote,learned}
	receive a in_a -n 5 10.0.1.2:7777
	b_sends -n 2
	assert_counters drop-no-remote=2
	in_a rtp_tool send -n 10 10.0.1.2:7777 10.0.1.1:30000
	b_sends -n 5
	assert_intact a 5 sources=10.0.1.1:30000
	assert_counters forwarded=15 drop-no-remote=2 learned=1
	assert_session "10.0.1.2:7777 true" 1 $LEARNER.{remote,learned}
	wait_for events_are "learned 1 10.0.1.2:7777"
	assert_eq "learned 1 10.0.1.2:7777" "$(events)" events
}

# Proves: a remote that userspace gave is replaced by the source of the first packet.
learning_replaces_the_given_remote()
{
	session_learning remote 10.0.1.2:4000
	in_a rtp_tool send 10.0.1.2:7777 10.0.1.1:30000
	assert_session "10.0.1.2:7777 true" 1 $LEARNER.{remote,learned}
	a_sends -n 2
	assert_session "1 2" 1 $LEARNER.rx.{packets,bad_source}
}

# Proves: who comes later cannot take over, however often and from wherever he tries, while the
# rightful one goes on.
a_third_party_cannot_take_over()
{
	session_learning
	monitor
	counters_mark
	receive b in_b -n 20 10.0.2.2:4000
	a_sends -n 10
	in_a rtp_tool send -n 500 -S 250 -D a0 -M "$MAC_RA" 10.0.1.10:5000 10.0.1.1:30000
	a_sends -n 10 -q 10
	assert_intact b 20
	assert_counters forwarded=20 drop-bad-source=500 learned=1
	assert_session "10.0.1.2:4000 20 500 0" 1 \
		$LEARNER.remote $LEARNER.rx.{packets,bad_source,lost}
	wait_for events_are "learned 1 10.0.1.2:4000"
}

# Proves: with an expected prefix, who sprays the port before the call's media comes gains nothing.
only_the_expected_prefix_is_learned()
{
	session_learning from 10.0.1.0/30
	counters_mark
	in_a rtp_tool send -n 500 -S 240 -D a0 -M "$MAC_RA" 10.0.1.4:5000 10.0.1.1:30000
	in_a rtp_tool send -n 5 -D a0 -M "$MAC_RA" 192.0.2.1:4000 10.0.1.1:30000
	assert_counters drop-bad-source=505
	assert_session "null false 505" 1 $LEARNER.{remote,learned} $LEARNER.rx.bad_source
	# The last address of the prefix.
	in_a rtp_tool send -n 5 -D a0 -M "$MAC_RA" 10.0.1.3:4000 10.0.1.1:30000
	assert_counters forwarded=5 drop-bad-source=505 learned=1
	assert_session "10.0.1.3:4000 true" 1 $LEARNER.{remote,learned}
}

# Proves: an expected address without a length is that address alone.
only_the_expected_address_is_learned()
{
	session_learning from 10.0.1.2
	in_a rtp_tool send -n 5 -D a0 -M "$MAC_RA" 10.0.1.3:4000 10.0.1.1:30000
	a_sends -n 4
	assert_session "10.0.1.2:4000 true 4 5" 1 \
		$LEARNER.{remote,learned} $LEARNER.rx.{packets,bad_source}
}

# Proves: what is no RTP is never learned from.
malformed_packets_teach_nothing()
{
	session_learning
	a_sends -x 40 -n 3
	a_sends -k stun -l 20
	a_sends -l 11
	assert_session "null false 0 4" 1 $LEARNER.{remote,learned} $LEARNER.rx.{packets,malformed}
}

# Proves: userspace that gives a remote, as after a re-offer, has it learned anew; other changes do not.
a_new_remote_restarts_learning()
{
	session_learning
	monitor
	a_sends -n 1
	assert_session "10.0.1.2:4000 true" 1 $LEARNER.{remote,learned}
	in_r sipctl session set 1 endpoint 1 dscp 46
	assert_session "10.0.1.2:4000 true" 1 $LEARNER.{remote,learned}
	in_r sipctl session set 1 endpoint 1 remote 10.0.1.2:6000
	assert_session "10.0.1.2:6000 false" 1 $LEARNER.{remote,learned}
	in_a rtp_tool send 10.0.1.2:6002 10.0.1.1:30000
	assert_session "10.0.1.2:6002 true" 1 $LEARNER.{remote,learned}
	# It was one of many for a moment only.
	a_sends -n 3
	assert_session "10.0.1.2:6002 2 3" 1 $LEARNER.remote $LEARNER.rx.{packets,bad_source}
	wait_for events_are "learned 1 10.0.1.2:4000
learned 1 10.0.1.2:6002"
}

# Proves: what is neither RTP nor RTCP is dropped and counted, here and nowhere else.
malformed_packets_are_dropped()
{
	local n=0 words

	session_ab 1
	in_r sipctl session set 1 endpoint 1 component mux
	counters_mark
	# Empty; short; versions 1 and 3; a first octet of no protocol; CSRCs and an extension that do
	# not fit; RTCP that is short, or longer than what came.
	for words in "-l 0" "-l 1" "-l 11" "-x 40" "-x c0" "-x 04" "-x 8f -l 71" \
		"-x 90 -l 15" "-x 90 -l 16" "-k rtcp -l 4" "-k rtcp -l 7 -x 80c90000" \
		"-k rtcp -x 80c8002b" "-k rtcp -x 81c9ffff"; do
		# shellcheck disable=SC2086
		a_sends $words
		n=$((n + 1))
		assert_session "$n" 1 endpoints.0.rx.malformed
	done
	assert_counters drop-malformed=$n
	# The smallest that are right.
	receive b in_b -n 4 10.0.2.2:4000
	a_sends -l 12
	a_sends -l 72 -x 8f
	a_sends -k rtcp -l 8
	a_sends -k rtcp -l 172 -x 80c8002a
	assert_got b packets=4 corrupt=0 rtp=2 rtcp=2
	assert_counters forwarded=4 drop-malformed=$n
}

# Proves: STUN and DTLS (RFC 7983) are for a socket on the port, and only they; without one they are
# dropped, and nobody is told.
stun_and_dtls_pass_up_to_a_socket()
{
	session_ab 1
	counters_mark
	icmp_mark
	a_sends -k stun -l 20 -n 2
	a_sends -k dtls -n 3
	assert_counters drop-no-socket=5
	assert_icmp_sent 0
	receive r in_r -n 9 10.0.1.1:30000
	receive b in_b -n 6 10.0.2.2:4000
	a_sends -k stun -l 20 -n 4
	a_sends -k dtls -n 5
	a_sends -n 6

	assert_got r packets=9 stun=4 dtls=5 corrupt=0 sources=10.0.1.2:4000
	assert_intact b 6
	assert_counters forwarded=6 pass-stun=4 pass-dtls=5 drop-no-socket=5
	assert_session 6 1 endpoints.0.rx.packets
}

need jq
media_up
run strict_takes_the_remote_only \
	accept_takes_everyone \
	no_remote_and_no_learning \
	learns_the_first_source \
	learning_replaces_the_given_remote \
	a_third_party_cannot_take_over \
	only_the_expected_prefix_is_learned \
	only_the_expected_address_is_learned \
	malformed_packets_teach_nothing \
	a_new_remote_restarts_learning \
	malformed_packets_are_dropped \
	stun_and_dtls_pass_up_to_a_socket
