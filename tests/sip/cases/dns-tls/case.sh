# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.1c

# RFC 5922 s.4: the certificate has the name that was looked up, not that of the server.
. "$here/lib_dns.sh"
like basic
core=tls
hop='uri: "sip:phone.example.com;transport=tls"'

start_servers()
{
	start_dns --srv-host=_sips._tcp.phone.example.com,server.carrier.test,5061,10 \
		--host-record=server.carrier.test,$callee_ip
}
