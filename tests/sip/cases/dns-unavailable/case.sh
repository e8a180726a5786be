# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.3b

# RFC 3263 s.4.3: a 503 is acknowledged, and the next server gets the call.
. "$here/lib_dns.sh"
busy_ip=10.0.2.9
more_ips=$busy_ip

start_servers()
{
	start_dns --srv-host=_sip._udp.carrier.test,first.carrier.test,5060,10 \
		--srv-host=_sip._udp.carrier.test,second.carrier.test,5060,20 \
		--host-record=first.carrier.test,$busy_ip \
		--host-record=second.carrier.test,$callee_ip
}

drive()
{
	start_phone second "$here/cases/unavailable/callee.xml" $busy_ip 5060 $callee_media_ip
	until_true $patience is_bound $busy_ip:5060 || fail "the first server does not start"
	start_callee
	start_caller
	wait_phones
	assert_order second.msg '^sent SIP/2.0 503' '^received ACK'
	noted "$busy_ip:5060 is not available, trying $callee_ip:5060"
	nothing_shown second.msg '10\.0\.1\.|atag|acall|aphone'
}
