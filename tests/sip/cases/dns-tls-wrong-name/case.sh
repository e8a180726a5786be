# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 5922 s.4: who answers at the address of the name must have a certificate of it.
. "$here/lib_dns.sh"
like tls-wrong-name
tls_name=
hop='uri: "sip:other.example.com;transport=tls"'

start_servers()
{
	start_dns --srv-host=_sips._tcp.other.example.com,server.carrier.test,5061,10 \
		--host-record=server.carrier.test,$callee_ip
}
