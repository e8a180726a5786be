#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# IPv6 media, and media from one family to the other.
# shellcheck source-path=SCRIPTDIR

. "${0%/*}/lib.sh"
. "${0%/*}/lib_media.sh"
. "${0%/*}/lib_families.sh"

both_ways()
{
	counters_mark
	a_to_b "$1" "$2" -c 3 -t 33
	assert_eq "$N from ${FAR[$2]} 30000 hops 32 class 187 length 172" "$got" "what the callee got"
	listen a "$A" ${CALLER[$1]} -n $N
	in_b datagrams send -n $N ${CALLEE[$2]} 4000 ${FAR[$2]} 30000
	assert_eq "$N from ${NEAR[$1]} 30000 hops 63 class 0 length 172" "$(heard a)" \
		"what the caller got"
	assert_counters forwarded=$((2 * N))
	assert_session "$N $N $N $N" 1 "${RX_TX[@]}"
}

# Proves: addresses, ports, hop limit, DSCP and ECN are as they should be, in both directions.
media_crosses_families()
{
	in_all both_ways
}

offloads_of()
{
	local a rb

	at_exit "in_a ethtool -K a0 tx on >/dev/null; in_r ethtool -K rb tx on >/dev/null"
	for a in off on; do
		for rb in off on; do
			in_a ethtool -K a0 tx $a >/dev/null
			in_r ethtool -K rb tx $rb >/dev/null
			a_to_b "$1" "$2" -l 171
			a_to_b "$1" "$2" -l 12
		done
	done
}

# Proves: checksums are right, whoever makes them; the callee's kernel checks.
checksums_are_right()
{
	in_all offloads_of
}

# Proves: a datagram without a checksum (RFC 768) gets one when it leaves over IPv6, and stays as it
# is over IPv4.
an_absent_checksum_is_made()
{
	call 4 6
	in_r ethtool -K rb tx off >/dev/null
	at_exit "in_r ethtool -K rb tx on >/dev/null"
	a_to_b 4 6 -z
	a_to_b 4 6 -z -l 173
	in_r sipctl session del 1
	call 4 4
	a_to_b 4 4 -z
}

# Proves: over IPv6 a datagram without a checksum is none.
ipv6_without_checksum_is_not_taken()
{
	call 6 6
	counters_mark

	in_a datagrams send -z -n 5 ${CALLER[6]} 4000 ${NEAR[6]} 30000 || true
	in_a datagrams send -n 5 ${CALLER[6]} 4000 ${NEAR[6]} 30000
	wait_for eval '[ "$(session 1 endpoints.0.rx.packets)" -ge 5 ]'
}

extended()
{
	[ "$1" = 6 ] || return 0
	a_to_b "$1" "$2" -x
	assert_match "^$N from ${FAR[$2]} 30000 .* length 172$" "$got"
}

# Proves: extension headers are looked behind, and don't get through.
extension_headers_are_removed()
{
	in_all extended
}

blocked()
{
	local policy="dir out dst ${CALLEE[$2]}"

	counters_mark
	# shellcheck disable=SC2086
	in_r ip xfrm policy add $policy action block
	at_exit "in_r ip xfrm policy flush"
	in_a datagrams send -n $N ${CALLER[$1]} 4000 ${NEAR[$1]} 30000
	wait_for eval '[ "$(session 1 endpoints.0.rx.packets)" -ge $N ]'
	assert_counters drop-no-route=$N
	# shellcheck disable=SC2086
	in_r ip xfrm policy del $policy
	a_to_b "$1" "$2"
}

# Proves: what a policy of IPsec says of packets to the callee holds for media, too.
policies_of_ipsec_hold()
{
	in_all blocked
}

need ethtool
families_up
run media_crosses_families \
	checksums_are_right \
	an_absent_checksum_is_made \
	ipv6_without_checksum_is_not_taken \
	extension_headers_are_removed \
	policies_of_ipsec_hold
