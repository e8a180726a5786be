# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 5621/8.4a
expect_calls=0

check()
{
	control flow list --all --method INVITE | jq -r '.flows[].note' >notes
	grep -q 'no closing delimiter' notes || fail "the flows do not say why: $(<notes)"
	grep -q 'in a multipart within' notes || fail "the flows do not say why: $(<notes)"
}
