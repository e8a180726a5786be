#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Calls through the whole system between realms of IPv4 and of IPv6, SIP and media.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_families.sh"
. "${0%/*}/lib_sipd.sh"

# system_of NEAR FAR: sipd with the caller's realm of family NEAR, the callee's of family FAR.
system_of()
{
	near=$1 far=$2
	cat >"$TMP/sipd.yaml" <<YAML
media: kernel
control: { socket: $socket }
timers: { t1: 100ms }
realms:
  - name: access
    listen: [ "udp:$(host "$1" "${NEAR[$1]}"):5060" ]
    media: { address: "${NEAR[$1]}", ports: 30000-30999 }
    next-hop: { realm: core, address: "$(host "$2" "${CALLEE[$2]}"):5060" }
  - name: core
    listen: [ "udp:$(host "$2" "${FAR[$2]}"):5060" ]
    media: { address: "${FAR[$2]}", ports: 30000-30999 }
    next-hop: { realm: access, address: "$(host "$1" "${CALLER[$1]}"):5060" }
YAML
	sipd_start
}

# phones SCENARIO: the callee rings and answers, the caller plays SCENARIO.
phones()
{
	phone callee "$B" "${CALLEE[$far]}" -sf "$sipp_files/callee.xml" -p 5060 -mp 4000
	wait_for port_is_bound in_b "$(host "$far" "${CALLEE[$far]}"):5060"
	phone caller "$A" "${CALLER[$near]}" -sf "$1" -p 5060 -mp 4000 -m 1 \
		"$(host "$near" "${NEAR[$near]}"):5060"
}

# Each phone is told an address of its own family, and media goes both ways, whole.
media_flows()
{
	local border_a border_b phone_a phone_b

	system_of "$1" "$2"
	border_a=$(host "$1" "${NEAR[$1]}"):30000 phone_a=$(host "$1" "${CALLER[$1]}"):4100
	border_b=$(host "$2" "${FAR[$2]}"):30000 phone_b=$(host "$2" "${CALLEE[$2]}"):4100
	phones "$sipp_files/caller_waits.xml"
	wait_for established 1
	assert_eq "$border_a $border_b $phone_a $phone_b" "$(call_addresses "$(call_ids)")" addresses
	counters_mark
	receive caller-hears in_a -n 50 "$phone_a"
	receive callee-hears in_b -n 100 "$phone_b"
	in_a rtp_tool send -n 100 "$phone_a" "$border_a"
	in_b rtp_tool send -n 50 "$phone_b" "$border_b"
	assert_intact caller-hears 50
	assert_intact callee-hears 100
	assert_counters forwarded=150 learned=2
	ctl call kill "$(call_ids)" >/dev/null
	phone_done caller
	assert_in_hand "0 0 0 0"
	assert_eq "0 0" "$(ctl_json status 'realms.*.ports_used')" "media ports in use"
}

# Proves: an IPv6 phone and an IPv4 phone talk to each other, whoever calls.
from_ipv4_to_ipv6()
{
	media_flows 4 6
}

from_ipv6_to_ipv4()
{
	media_flows 6 4
}

from_ipv6_to_ipv6()
{
	media_flows 6 6
}

# Proves: an offer of the other family than the realm's media is refused, and says why.
an_offer_of_the_other_family_gets_488()
{
	system_of 6 4
	sed 's,IP\[media_ip_type\] \[media_ip\],IP4 10.0.1.2,' "$sipp_files/caller_waits.xml" \
		>"$TMP/other.xml"
	phones "$TMP/other.xml"
	refused() { grep -q 'SIP/2.0 488 ' "$TMP/caller.err"; }
	wait_for refused
	grep -q '^Warning: 301 .*"Media is relayed over IPv6 here' "$TMP/caller.err" ||
		fail "the 488 has no Warning"
	assert_in_hand "0 0 0 0"
}

need ss rtp_tool json sipctl sipd sipp
need_module
topology_up
enable_ipv6 "$A" a0 "${CALLER[6]}"
enable_ipv6 "$R" ra "${NEAR[6]}"
enable_ipv6 "$R" rb "${FAR[6]}"
enable_ipv6 "$B" b0 "${CALLEE[6]}"
run from_ipv4_to_ipv6 from_ipv6_to_ipv4 from_ipv6_to_ipv6 an_offer_of_the_other_family_gets_488
