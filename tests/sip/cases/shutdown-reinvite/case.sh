# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# sipd ends while re-INVITEs ring, which it cancels by connections of other shards than the calls'.
# That none of 20 calls has one is less likely than a broken machine.
like shutdown
scenarios=$here/cases/shutdown-reinvite
access=tcp
shards=4
rounds=20

all_ring()
{
	[ "$(flow callee.msg | grep -c '^received SIP/2.0 180')" -ge $rounds ]
}

drive()
{
	start_callee -m $rounds
	start_caller -m $rounds -l $rounds -r $rounds -t tn -max_socket $((2 * rounds))
	until_true $patience all_ring || fail "not all re-INVITEs ring"
	stop_sipd
	wait_phones
}
