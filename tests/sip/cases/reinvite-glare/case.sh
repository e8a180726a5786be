# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
check()
{
	why_says "$(call_field id)" \
		'INVITE from .*: 491 after .*, because: an offer is under way in this call'
}
