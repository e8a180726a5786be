# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The connection dies with the INVITE: the same INVITE goes by a new one.
like busy
core=tcp
resets=1

drive()
{
	"$here/refusing-callee" $callee_ip "$resets" >callee.log 2>&1 &
	callee_pid=$!
	until_true $patience grep -q ready callee.log || fail "the callee does not start"
	start_caller
	wait_phones
}

check()
{
	until_true $patience has_ended $callee_pid || fail "the callee goes on: $(<callee.log)"
	wait $callee_pid || fail "the callee has failed: $(<callee.log)"
	[ "$(grep -c ^INVITE callee.log)" = 2 ] || fail "not two INVITEs: $(<callee.log)"
	[ "$(grep ^INVITE callee.log | sort -u | wc -l)" = 1 ] ||
		fail "they are not the same: $(<callee.log)"
}
