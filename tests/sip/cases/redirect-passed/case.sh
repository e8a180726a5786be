# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
next_hop="redirect: pass"
expect_code=302

# That is what the operator has asked for.
nothing_shown()
{
	:
}
