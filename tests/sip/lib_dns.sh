# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# Peers that have names: a real DNS server, dnsmasq, for the domain carrier.test.

hop='uri: "sip:carrier.test"'
dns="timeout: 500ms"

# start_dns OPTION...: dnsmasq's records, such as --host-record=a.carrier.test,10.0.2.2
start_dns()
{
	dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --no-daemon \
		--listen-address="$dns_ip" --bind-interfaces --port=53 --log-queries --log-facility=- \
		--pid-file= --user=root --local-ttl=300 --local=/test/ "$@" >dnsmasq.log 2>&1 &
	until_true "$patience" is_bound "$dns_ip:53" || fail "dnsmasq does not start: $(<dnsmasq.log)"
}

# Sockets of questions under way are not those that it has at the end.
sipd_is_settled()
{
	[ -z "$hop$named" ] || { [ "$(dns_field in_flight)" = 0 ] &&
		[ "$(dns_field entries)" -ge "$shards" ]; }
}

# so many questions of a type for a name have come
assert_questions()
{
	local count
	count=$(grep -cF "query[$1] $2 from" dnsmasq.log)
	[ "$count" = "$3" ] || fail "dnsmasq was asked $count times for $1 of $2, not $3"
}

# noted TEXT: it stands in the ladder of the newest call
noted()
{
	control call ladder "$(call_field id)" | grep -qF -- "$1" ||
		fail "the ladder does not say '$1': $(control call ladder "$(call_field id)")"
}

# dns_field NAME: of sipctl status
dns_field()
{
	control status | json "d['dns']['$1']"
}

is_resolved()
{
	[ "$(control status | json "len(d['degraded'])")" = 0 ] && [ "$(dns_field in_flight)" = 0 ] &&
		[ "$(dns_field entries)" -gt 0 ]
}
