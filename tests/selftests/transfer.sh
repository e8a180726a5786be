#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A caller has a call with bob and another one with carol, both at the callee's side, and brings
# them together: they hear each other, and nobody hears him.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

# shellcheck disable=SC2154 # lib.sh sets it
sip=$selftests/../sip
BOB=10.0.2.2 CAROL=10.0.2.3

# parties_wait SECONDS: as in tests/sip/cases/transfer-attended, but carol hangs up that much later.
parties_wait()
{
	"$sip/expand" "$sip/cases/transfer-attended/callee.xml" t1=200 >"$TMP/bob.xml"
	"$sip/expand" "$sip/cases/transfer-attended/callee2.xml" t1=200 |
		sed "s,<pause milliseconds=\"100\"/>,<pause milliseconds=\"${1}000\"/>," >"$TMP/carol.xml"
	phone bob "$B" $BOB -sf "$TMP/bob.xml" -p 5060 -m 1
	phone carol "$B" $CAROL -sf "$TMP/carol.xml" -p 5060 -m 1
	wait_for port_is_bound in_b $BOB:5060
	wait_for port_is_bound in_b $CAROL:5060
}

# border_of PHONE: the border's port that faces it, in the call that there is.
border_of()
{
	local a_local b_local a_remote b_remote

	read -r a_local b_local a_remote b_remote <<<"$(call_addresses "$(call_ids)")"
	case $1 in
	"$a_remote") echo "$a_local" ;;
	"$b_remote") echo "$b_local" ;;
	*) fail "$1 is no party of the call: $a_remote, $b_remote" ;;
	esac
}

# Proves: after an attended transfer media goes between the two who are left, both ways and whole,
# by a session with endpoints for them alone; what the transferor still sends goes nowhere.
the_two_who_are_left_hear_each_other()
{
	local bob carol

	sipd_start
	parties_wait 60
	in_a "$sip/transferor" 10.0.1.2 10.0.1.1 60 1 attended 2>"$TMP/transferor.err" ||
		fail "the transferor has failed"
	wait_for established 1
	assert_eq 4 "$(in_r sipctl -j kernel status | json endpoints)" "endpoints in the kernel"
	bob=$(border_of $BOB:7000)
	carol=$(border_of $CAROL:7000)
	counters_mark
	receive bob-hears in_b -n 100 $BOB:7000
	receive carol-hears in_b -n 50 $CAROL:7000
	in_b rtp_tool send -n 50 $BOB:7000 "$bob"
	in_b rtp_tool send -n 100 $CAROL:7000 "$carol"
	in_a rtp_tool send -n 20 10.0.1.2:6000 10.0.1.1:30000
	assert_intact bob-hears 100
	assert_intact carol-hears 50
	assert_counters forwarded=150 drop-no-endpoint=20 learned=2
	ctl call kill "$(call_ids)" >/dev/null
	assert_in_hand "0 0 0 0"
	assert_eq 0 "$(in_r sipctl -j kernel status | json endpoints)" "endpoints in the kernel"
}

need ss python3
system_up 30000-30007 "t1: 200ms"
cat >>"$TMP/sipd.yaml" <<YAML
trunks:
  - { name: carol, realm: core, address: "$CAROL:5060" }
routes:
  - { match: "^carol\$", to: [ carol ] }
YAML
in_b ip addr add $CAROL/24 dev b0
run the_two_who_are_left_hear_each_other
