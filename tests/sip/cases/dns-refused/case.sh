# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.3a

# By TCP; nobody listens at the first address: the second one is tried at once.
. "$here/lib_dns.sh"
like basic
core=tcp
timers="failover: 60s"
more_ips=10.0.2.9

start_servers()
{
	start_dns --srv-host=_sip._tcp.carrier.test,first.carrier.test,5060,10 \
		--srv-host=_sip._tcp.carrier.test,second.carrier.test,5060,20 \
		--host-record=first.carrier.test,10.0.2.9 \
		--host-record=second.carrier.test,$callee_ip
}

check()
{
	note_in_ladder "10.0.2.9:5060 cannot be reached: Connection refused, trying $callee_ip:5060"
}
