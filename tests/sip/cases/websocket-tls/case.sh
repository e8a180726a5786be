# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The same within TLS, with the certificates that SIP has. Shows: 7118/5.1 7118/9.1
config=$domain
expect_calls=any
access=tls
tls="more: [ { certificate: $PWD/second.pem, key: $PWD/second.key } ]"
access_also="udp:$sipd_ip:5060, wss:$sipd_ip:8443"

# The common name that a client is shown who asks for $1.
shown()
{
	openssl s_client -connect $sipd_ip:8443 -CAfile ca.pem -servername "$1" </dev/null 2>/dev/null |
		sed -n 's/^subject=CN = //p'
}

is_third()
{
	[ "$(shown sipd.example.com)" = third ]
}

drive()
{
	add_users
	flows wss bound not_asked_for gone replaced two_flows calls_others
	[ "$(shown second.example.com)" = second ] || fail "SNI is not heeded"
	certificate third "IP:$sipd_ip,DNS:sipd.example.com"
	cp third.key sipd.key
	cp third.pem sipd.pem
	control cert reload >said || fail "the new certificate is not taken: $(<said)"
	is_third || fail "the new certificate is not shown"
	flows wss bound
}
