# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# sipd ends, and takes its registration back; without a carrier that answers it does not wait long.
# Shows: 3261/10.2.2b
like trunk-registers

is_registered()
{
	[ "$(control trunk show carrier | json "d['registration']['state']")" = registered ]
}

drive()
{
	local carrier
	"$here/carrier" 10.0.2.9 $patience "$sipctl" "$PWD/sipd.sock" until_the_end &
	carrier=$!
	until_true $patience is_registered || fail "sipd is not registered"
	stop_sipd
	until_true $patience has_ended $carrier || fail "the carrier goes on"
	wait $carrier || fail "scenario until_the_end"
	start_sipd
	carrier registers
	# Nobody is there any more.
	stop_sipd
	start_sipd
}

check()
{
	:
}
