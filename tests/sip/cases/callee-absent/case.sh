# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_code=408

check()
{
	flows_are '.direction == "out" and .end == "timeout" and .code == 0 and
		.retransmissions_out > 3' 1
	why_says "$(call_field id)" 'The next hop is silent: no response from 10.0.2.2:5060' \
		'The INVITE was sent to 10.0.2.2:5060 [0-9]+ times over UDP; nothing at all came back'
}
