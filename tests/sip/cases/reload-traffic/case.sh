# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# 300 calls at 100 a second while the configuration changes all the time: none is lost.
rate=100
[ "$mode" != valgrind ] || rate=10
expect_calls=300
# SIPp takes an INVITE that is repeated late for a mistake.
t1=500
route="to: [ one ]"

# What the file has differs each time, in what calls ask for at every step.
change_all()
{
	sed -i -E "s/no-answer: [0-9]+s/no-answer: $((100 + $1 % 50))s/
		s/min-se: [0-9]+s/min-se: $((90 + $1 % 5))s/
		s/to: \[ one(, two)* \]/to: [ one$([ $(($1 % 2)) = 0 ] || echo ", two") ]/
		s/keep-finished: [0-9]+/keep-finished: $((100 + $1 % 2))/" sipd.yaml
}

drive()
{
	local count=0
	start_phone callee "$here/cases/basic/callee.xml" $callee_ip 5060 $callee_media_ip -m 300
	until_true $patience is_bound $callee_ip:5060 || fail "the callee does not start"
	start_phone caller "$here/cases/burst/caller.xml" $caller_ip 5060 $caller_media_ip \
		$sipd_ip:5060 -m 300 -r $rate
	while kill -0 "${phones[caller]}" 2>/dev/null; do
		count=$((count + 1))
		change_all $count
		control config reload >said || fail "reload $count: $(<said)"
	done
	wait_phones
	[ $count -ge 3 ] || fail "there were no reloads but $count"
	[ "$(control config show | json "d['generation']")" = $((count + 1)) ] ||
		fail "not $count reloads: $(control config show)"
	[ "$(control status | json "d['calls']['failed']")" = 0 ] || fail "calls have failed"
	until_true $patience nobody_uses_older || fail "earlier configurations are left"
}

nobody_uses_older()
{
	[ "$(control config show | json "d['older_in_use']")" = 0 ]
}
