# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.3a

# Trunks by names: nobody is at either address of the first one, so the second one has the call.
. "$here/lib_dns.sh"
hop=
named=carrier.test
route="to: [ one, two ]"
timers="failover: $((4 * t1))ms"
more_ips="10.0.2.9 10.0.2.10"

start_servers()
{
	start_dns --srv-host=_sip._udp.one.carrier.test,first.carrier.test,5060,10 \
		--srv-host=_sip._udp.one.carrier.test,second.carrier.test,5060,20 \
		--srv-host=_sip._udp.two.carrier.test,third.carrier.test,5060,10 \
		--host-record=first.carrier.test,10.0.2.9 \
		--host-record=second.carrier.test,10.0.2.10 \
		--host-record=third.carrier.test,$callee2_ip \
		--host-record=three.carrier.test,$callee3_ip
}

check()
{
	note_in_ladder 'route .*: one, then two'
	note_in_ladder 'one: resolved one.carrier.test: 2 targets'
	note_in_ladder 'one: 10.0.2.9:5060 did not answer, trying 10.0.2.10:5060'
	note_in_ladder 'one: no response from 10.0.2.10:5060'
	note_in_ladder 'two: resolved two.carrier.test: 1 target'
	note_in_ladder 'two: answered'
	assert_count callee2.msg '^received INVITE sip:bob@two\.carrier\.test SIP/2\.0$' 1 2
	# One question for everything: what calls and trust need is the same.
	assert_questions SRV _sip._udp.one.carrier.test "$shards"
}
