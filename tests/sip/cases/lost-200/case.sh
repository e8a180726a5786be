# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/13.3.1.4a

check()
{
	local repeated late
	# At T1 and 3*T1 after the first, and perhaps at 7*T1.
	repeated=$(flow caller.msg | sed '/^sent ACK/q' | grep -c '^received SIP/2.0 200')
	[ "$repeated" -ge 3 ] || fail "$repeated 200s before the ACK"
	# One may have crossed the ACK.
	late=$(flow caller.msg | sed '1,/^sent ACK/d; /^sent BYE/,$d' | grep -c '^received')
	[ "$late" -le 1 ] || fail "$late 200s after the ACK"
}
