# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Shows: 3261/26.3.1b
# Shows: 5923/8
# RFC 5922 s.7.3: the next hop has a good certificate, but of somebody else. Nothing is said to it.
expect_code=500
core=tls
tls_name=other.example.com

drive()
{
	: >callee.msg
	relay server $callee_ip:5061 $callee_ip:5060 $callee_ip ca.pem phone.pem phone.key
	start_caller
	wait_phones
}

check()
{
	grep -q 'other.example.com fails: the certificate is not that of the peer' sipd.log ||
		fail "the log does not say why"
}
