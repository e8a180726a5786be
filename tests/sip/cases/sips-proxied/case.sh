# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/26.3.1c
. "$here/lib_proxy.sh"
access=tls
core=tls

check()
{
	assert_requests callee.msg ACK 1
	assert_requests callee.msg BYE 1
}
