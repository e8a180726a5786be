# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# DNS servers that lie, fail, or say nothing: each call has its answer, and others wait for none.
expect_calls=any

start_servers()
{
	"$here/dns_hostile" serve $dns_ip $callee_ip >dns.log 2>&1 &
	until_true $patience is_bound $dns_ip:53 || fail "no DNS server: $(<dns.log)"
}

write_config()
{
	local mode port=5100
	cat >sipd.yaml <<-CONFIG
	media: none
	control: { socket: $PWD/sipd.sock }
	timers: { t1: ${t1}ms, t2: $((4 * t1))ms, t4: $((5 * t1))ms }
	calls: { keep-finished: 100 }
	dns: { servers: [ $dns_ip ], timeout: 500ms, attempts: 2 }
	shards: $shards
	realms:
	  - name: core
	    listen: [ "udp:$sipd_core_ip:5060" ]
	  - name: numeric
	    listen: [ "udp:$sipd_ip:5060" ]
	    next-hop: { realm: core, address: "$callee_ip:5060" }
	CONFIG
	for mode in $("$here/dns_hostile" modes); do
		cat >>sipd.yaml <<-CONFIG
		  - name: $mode
		    listen: [ "udp:$sipd_ip:$port" ]
		    next-hop: { realm: core, uri: "sip:$mode.test" }
		CONFIG
		port=$((port + 1))
	done
}

# Questions are asked all the time: each shard has at most a socket for UDP and one for TCP then.
is_at_start()
{
	left=$(control status |
		json "d['calls']['active'] + sum(d['transactions'].values())") || fail "sipd is gone"
	[ "$left" = 0 ] && [ "$(count_fds)" -le $((fds_at_start + 2 * shards)) ]
}

drive()
{
	"$here/dns_hostile" calls $caller_ip $sipd_ip $callee_ip $patience >calls.txt 2>&1 ||
		fail "$(<calls.txt)"
	cat calls.txt
	control status >status.json
	# Each name that has no address is told, with the reason, and nothing is left to wait for.
	json "sum('is not resolved' in d for d in d['degraded'])" <status.json >degraded
	[ "$(<degraded)" = 10 ] || fail "not 10 names are told as not resolved: $(<status.json)"
	json "[t for t in d['degraded'] if 'never' in t][0]" <status.json |
		grep -q 'never.test is not resolved: NAPTR never.test: no answer' ||
		fail "status does not tell what came of never.test: $(<status.json)"
	# 150 calls, and a question every five seconds.
	json "d['dns']['questions'] < 150 * int('$shards')" <status.json | grep -q True ||
		fail "calls have asked servers that fail again and again: $(<status.json)"
}
