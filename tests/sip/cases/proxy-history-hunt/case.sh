# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Each trunk is told of those that have failed before. Shows: 7044/9.2c 7044/9.3a
like hunt-overloaded
. "$here/lib_proxy.sh"
route="to: [ one, two, three ], mode: proxy"

check()
{
	local came="<sip:bob@10\.0\.1\.1>;index=1"
	local one="<sip:bob@10\.0\.2\.2:5060\?Reason=SIP%3Bcause%3D503>;index=1\.1"
	local two="<sip:bob@10\.0\.2\.3:5060\?Reason=SIP%3Bcause%3D500>;index=1\.2"

	refute_in callee.msg '^History-Info'
	assert_in callee2.msg "^History-Info: $came, $one, <sip:bob@10\.0\.2\.3:5060>;index=1\.2"
	assert_in callee3.msg \
		"^History-Info: $came, $one, $two, <sip:bob@10\.0\.2\.4:5060>;index=1\.3"
}
