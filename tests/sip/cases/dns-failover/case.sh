# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.1c 3263/4.3a 2782/A

# NAPTR to SRV of two priorities to addresses; the first server is silent. The second call knows.
. "$here/lib_dns.sh"
timers="failover: $((4 * t1))ms"
expect_calls=2
silent_ip=10.0.2.9
more_ips=$silent_ip

start_servers()
{
	# A server that takes and says nothing.
	python3 -c 'import signal, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 5062))
signal.pause()' $silent_ip &
	until_true $patience is_bound $silent_ip:5062 || fail "no silent server"
	start_dns --naptr-record=carrier.test,10,50,S,SIPS+D2T,,_sips._tcp.carrier.test \
		--naptr-record=carrier.test,20,50,S,SIP+D2U,,_sip._udp.carrier.test \
		--srv-host=_sip._udp.carrier.test,first.carrier.test,5062,10,60 \
		--srv-host=_sip._udp.carrier.test,second.carrier.test,5060,20,60 \
		--host-record=first.carrier.test,$silent_ip,2001:db8::1 \
		--host-record=second.carrier.test,$callee_ip
}

drive()
{
	until_true $patience is_resolved || fail "the name is not resolved: $(control status)"
	start_callee
	start_caller
	wait_phones
	noted "resolved carrier.test: 2 targets"
	noted "$silent_ip:5062 did not answer, trying $callee_ip:5060"
	[ "$(control status | json "[a['address'] for a in d['dns']['failed_addresses']]")" = \
		"['$silent_ip:5062']" ] || fail "status does not show who failed"
	"$sipctl" -s "$PWD/sipd.sock" status >status.txt
	grep -q "^avoided  *$silent_ip:5062 over UDP, for " status.txt || fail "$(<status.txt)"
	phones=()
	mv callee.msg callee1.msg
	mv caller.msg caller1.msg
	start_callee
	start_caller
	wait_phones
}

# One question for everything, however many calls and shards; the second call goes to where it works.
check()
{
	local shard ladder

	ladder=$(control call ladder "$(call_field id)")
	! grep -q "did not answer" <<<"$ladder" || [ "$shards" != 1 ] ||
		fail "the second call has gone to the silent server"
	assert_questions NAPTR carrier.test "$shards"
	assert_questions SRV _sip._udp.carrier.test "$shards"
	assert_questions A first.carrier.test "$shards"
	[ "$(dns_field failures)" = 0 ] || fail "DNS has failed"
	assert_count callee1.msg '^received INVITE sip:bob@carrier\.test SIP/2\.0$' 1 2
	! grep -q 'AAAA' dnsmasq.log || fail "an IPv6 address was asked for, without a listener"
}
