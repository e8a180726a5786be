# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# 300 calls at 100 a second, 50 at a time at most; a sipd under memcheck is much slower.
rate=100
[ "$mode" != valgrind ] || rate=10
expect_calls=300
# SIPp takes an INVITE that is repeated late for a mistake.
t1=500

drive()
{
	start_phone callee "$here/cases/basic/callee.xml" $callee_ip 5060 $callee_media_ip -m 300
	until_true $patience is_bound $callee_ip:5060 || fail "the callee does not start"
	start_phone caller "$here/cases/burst/caller.xml" $caller_ip 5060 $caller_media_ip \
		$sipd_ip:5060 -m 300 -l 50 -r $rate
	wait_phones
	[ "$(control status | json "d['calls']['failed']")" = 0 ] || fail "calls have failed"
	[ "$(control call list --all | json "len(d['calls'])")" = 100 ] ||
		fail "not as many ended calls are kept as keep-finished says"
}
