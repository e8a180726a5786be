# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_code=486

check()
{
	why_says "$(call_field id)" 'next-hop of realm access: 10.0.2.2:5060' \
		'It was refused: 486 Busy Here from 10.0.2.2:5060' '^486 means: the callee is busy\.'
}
