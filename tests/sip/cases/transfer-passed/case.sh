# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# With several shards the dialog of Replaces is now of the same, now of another one.
# Shows: 3515/2.4.5a 5589/7d
# shellcheck source=tests/sip/cases/transfer-attended/case.sh
. "$here/cases/transfer-attended/case.sh"
access_more="transfer: pass"
scenario=passed
expect_calls=16

check()
{
	local id
	control call list --all >calls.json
	for id in $(jq -r '.calls[] | select(.to | contains("bob")) | .id' calls.json); do
		why_says "$id" 'REFER of the caller passed to the other one'
	done
}
