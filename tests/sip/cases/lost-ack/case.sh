# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/13.2.2.4a
check()
{
	# T1, 2*T1, then every T2 of 4*T1 within 64*T1.
	assert_count caller.msg 'received.*SIP/2.0 200' 12 20
	flows_are '.method == "INVITE" and .direction == "in" and .code == 200 and
		.end == "no-ack"' 1
	why_says "$(call_field id)" 'sipd ended it: no ACK from the caller'
}
