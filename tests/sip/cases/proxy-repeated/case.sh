# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
like repeated-invite
. "$here/lib_proxy.sh"

check()
{
	assert_requests callee.msg INVITE 1
}
