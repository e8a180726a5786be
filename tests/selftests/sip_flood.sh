#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Real calls through sipd while attackers send as much SIP as a CPU can, from made-up sources: a
# shorter run of the flood benchmark (tests/bench/flood), in this machine.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"

bench=$top/tests/bench
export PATH=$top/build/bench:$PATH SIPFAST_KO
export PYTHONPATH=$bench/flood.d:$bench/sip.d:$bench/rtp.d

# measure CASE ROUNDS: windows of 8 s without and with the attack take turns. Leaves the figures in
# $TMP/figures.
measure()
{
	VM_OUT=$TMP python3 -B "$bench/rtp.d/guest.py" --rounds "$2" --packets 8 \
		flood_catalogue "$1"
	python3 -B "$bench/flood.d/flood_report.py" "$TMP/runs.json" >"$TMP/figures"
	sed 's/^/# /' "$TMP/figures"
}

# holds CASE ROUNDS: what must hold does. Measured twice before it is said not to: other load on the
# host counts as CPU of the guest.
holds()
{
	measure "$@"
	grep -q '^holds$' "$TMP/figures" || measure "$@"
	grep -q '^holds$' "$TMP/figures" || fail "it does not hold"
}

# Proves: what follows is no small thing. With the module's inspection off, the same attack takes
# all that sipd's CPU has.
the_flood_bites()
{
	measure sipd-off 1
	grep -q '^bites$' "$TMP/figures" || fail "sipd hardly notices the flood"
}

# Proves: no call of a trunk, of a phone that is known or of a stranger fails, and sipd needs hardly
# more CPU and memory than without the attack.
calls_go_on()
{
	holds sipd-enforce-new 3
}

# Proves: nor when everything is repeated, and looks like answers or like what belongs to calls.
calls_go_on_whatever_comes()
{
	holds sipd-enforce-everything 1
}

need python3 sipp sipgen sipd sipctl taskset
[ "$(nproc)" -ge 2 ] || skip_all "there is one CPU only"
need_module
run the_flood_bites calls_go_on calls_go_on_whatever_comes
