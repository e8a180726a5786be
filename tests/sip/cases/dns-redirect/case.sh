# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.3a

# A 302 to a name, of whose two addresses the first one is dead.
. "$here/lib_dns.sh"
hop=
next_hop="redirect: recurse"
timers="failover: $((4 * t1))ms"
more_ips=10.0.2.9

start_servers()
{
	start_dns --srv-host=_sip._udp.edge.carrier.test,first.carrier.test,5060,10 \
		--srv-host=_sip._udp.edge.carrier.test,second.carrier.test,5060,20 \
		--host-record=first.carrier.test,10.0.2.9 \
		--host-record=second.carrier.test,$callee2_ip
}

check()
{
	note_in_ladder 'next hop: 302 Moved Temporarily from 10.0.2.2:5060, redirected to 1 contact'
	note_in_ladder '302 from next hop: resolved edge.carrier.test: 2 targets'
	note_in_ladder "302 from next hop: 10.0.2.9:5060 did not answer, trying $callee2_ip:5060"
	note_in_ladder '302 from next hop: answered'
	assert_count callee2.msg '^received INVITE sip:carol@edge\.carrier\.test SIP/2\.0$' 1 2
	refute_in caller.msg 'carrier\.test|carol'
}
