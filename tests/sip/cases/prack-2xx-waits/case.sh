# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
check()
{
	assert_order caller.msg 'sent PRACK' 'received SIP/2.0 200'
}
