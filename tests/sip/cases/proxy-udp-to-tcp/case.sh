# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.6j
# Shows: 5658/3b
like basic
. "$here/lib_proxy.sh"
core=tcp

check()
{
	grep -qE 'Record-Route: <sip:[0-9a-f]+@10\.0\.2\.1:5060;transport=tcp;lr>,<sip:[0-9a-f]+@10\.0\.1\.1:5060;lr>' callee.msg ||
		fail "each Record-Route does not name the transport of its side"
}
