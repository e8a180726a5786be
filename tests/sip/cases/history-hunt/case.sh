# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Each trunk is told of those that have failed before, but not where they are. Shows: 7044/9.2c 7044/9.3a
like hunt-overloaded
route="to: [ one, two, three ]"

check()
{
	local one="<sip:bob@10\.0\.2\.1\?Reason=SIP%3Bcause%3D503>;index=1"
	local two="<sip:bob@10\.0\.2\.1\?Reason=SIP%3Bcause%3D500>;index=2"

	refute_in callee.msg '^History-Info'
	assert_in callee2.msg "^History-Info: $one, <sip:bob@10\.0\.2\.3:5060>;index=2"
	assert_in callee3.msg "^History-Info: $one, $two, <sip:bob@10\.0\.2\.4:5060>;index=3"
	refute_in callee3.msg '^Diversion'
}
