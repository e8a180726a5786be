# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The callee's realm takes PCMA before G722 and nothing else, the caller's all but G729 and iLBC.
core_more="codecs: { allow: [ PCMA, G722 ], order: [ PCMA ] }"
access_more="codecs: { deny: [ G729, iLBC ] }"

check()
{
	why_says "$(call_field id)" "codecs of realm core: PCMU/8000 taken out of the caller's offer" \
		"codecs of realm access: G729/8000 taken out of the callee's offer"
}
