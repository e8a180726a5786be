# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# bob rings; carol, who knows his dialog from him, answers in his place.
# Shows: 3891/3i
rounds=1
expect_ended_by=callee

# His dialog, as an INVITE with Replaces names it.
dialog()
{
	tr -d '\r' <callee.msg | awk '
		/^SIP\/2\.0 180 / { rings = 1 }
		rings && /^From:/ { sub(/.*;tag=/, ""); from = $0 }
		rings && /^To:/ { sub(/.*;tag=/, ""); to = $0 }
		rings && /^Call-ID:/ { print $2 ";to-tag=" from ";from-tag=" to; exit }'
}

pick_up()
{
	start_callee
	start_caller
	until_true $patience grep -qs '^SIP/2.0 180 ' caller.msg || fail "bob does not ring"
	start_phone callee2 "$scenarios/carol.xml" $callee2_ip 5060 $callee_media_ip \
		$sipd_core_ip:5060 -t u1 -key replaces "$(dialog)"
	wait_phones
	phones=()
}

drive()
{
	local round
	for ((round = 0; round < rounds; round++)); do
		rm -f ./*.msg
		pick_up
	done
}

check()
{
	why_says "$(call_field id)" 'Replaces: another one answers in the place of who rings'
}
