# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3264/8a

core_more="codecs: { deny: [ t38 ] }"

check()
{
	why_says "$(call_field id)" "codecs of realm core: t38 taken out of the caller's offer"
}
