#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# sipctl's commands about SIP on the module, word by word: bans, sources, listeners, policy, rules,
# counters, events. What is refused before the module is asked, unit tests know.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ctl.sh"

ctl_up

# sip SOURCE-PORT TEXT: a datagram to the listener on 127.0.0.1, with CRLF for each newline.
sip()
{
	in_r python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.sendto(sys.argv[2].replace("\n", "\r\n").encode(), ("127.0.0.1", 5060))
' "$@"
}

# options SOURCE-PORT CALL-ID [USER-AGENT]
options()
{
	sip "$1" "OPTIONS sip:user@127.0.0.1 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:$1;branch=z9hG4bK$2
From: <sip:a@127.0.0.1>;tag=$2
To: <sip:user@127.0.0.1>
Call-ID: $2
CSeq: 1 OPTIONS
Max-Forwards: 70
User-Agent: ${3:-test}
Content-Length: 0

"
}

# A socket that takes what is let through.
server()
{
	ip netns exec "$R" python3 -c '
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 5060))
print("ready", flush=True)
while True:
    s.recv(65536)
' >"$TMP/server" &
	at_exit "kill $! 2>/dev/null; wait $! 2>/dev/null; rm -f $TMP/server"
	wait_for grep -q ready "$TMP/server"
}

# listen MODE
listen()
{
	ctl kernel listener add udp:127.0.0.1:5060 mode "$1"
	at_exit "in_r sipctl kernel listener del udp:127.0.0.1:5060"
	server
}

messages()
{
	jctl '.listeners[0] | [.messages, .dropped]' kernel listener list
}

bans_come_and_go()
{
	at_exit "in_r sipctl ban del all"
	assert_eq '' "$(ctl ban add 192.0.2.1 for 1h reason 'guesses passwords')"
	assert_eq '' "$(ctl ban add 2001:db8::/32)"
	assert_eq '' "$(ctl ban add '[2001:db8::1]:5060' for 10m)"
	assert_eq '' "$(ctl ban add 192.0.2.2:5060)"
	assert_eq '["192.0.2.1","192.0.2.2:5060","2001:db8::/32","[2001:db8::1]:5060"]' \
		"$(jctl '[.bans[].source] | sort' ban list)"
	assert_eq '[["192.0.2.1","guesses passwords","operator",true]]' \
		"$(jctl '[.bans[] | [.source, .reason, .by,
			.expires_ms > 3590000 and .expires_ms <= 3600000]]' ban list 192.0.2.1)"
	assert_eq '["2001:db8::/32","[2001:db8::1]:5060"]' \
		"$(jctl '[.bans[].source] | sort' ban list 2001:db8::1)"
	assert_eq '' "$(ctl ban del 192.0.2.1 192.0.2.2:5060 '[2001:db8::1]:5060')"
	ctl_fails 4 'sipctl: ban del: There is no such source, 192.0.2.1, see "sipctl ban list"' \
		ban del 192.0.2.1
	assert_eq '["2001:db8::/32"]' "$(jctl '[.bans[].source]' ban list)"
	assert_eq '"all"' "$(jctl .deleted ban del all)"
	assert_eq 'SOURCE  AGE  EXPIRES  PACKETS  BY  REASON' "$(ctl ban list)"
}

a_ban_tells_who_was_trusted()
{
	at_exit "in_r sipctl kernel source del 10.0.0.0/8; in_r sipctl ban del all"
	ctl kernel source add 10.0.0.0/8 class trusted
	assert_eq '10.0.0.1 was trusted as part of 10.0.0.0/8' "$(ctl ban add 10.0.0.1)"
	assert_eq '' "$(ctl ban add 10.0.0.1 for 10s)"
	assert_eq '["trusted","10.0.0.0/8"]' "$(jctl '[.was.class, .was.source]' ban add 10.0.0.2)"
	# A ban's end leaves what is trusted alone.
	ctl_fails 4 'sipctl: ban del: There is no such source, 10.0.0.0/8, see "sipctl ban list"' \
		ban del 10.0.0.0/8
	ctl ban del all
	assert_eq '[["10.0.0.0/8","trusted"]]' \
		"$(jctl '[.sources[] | [.source, .class]]' kernel source list)"
}

a_listener_comes_and_goes()
{
	at_exit "in_r sipctl kernel listener del udp:127.0.0.1:5060 2>/dev/null"
	assert_eq '' "$(ctl kernel listener add udp:127.0.0.1:5060 workers 4)"
	assert_eq '' "$(ctl kernel listener add 'tls:[::1]:5061' mode off)"
	assert_eq '[["tls:[::1]:5061","off",0],["udp:127.0.0.1:5060","observe",4]]' \
		"$(jctl '[.listeners[] | [.listener, .mode, .workers]] | sort' kernel listener list)"
	ctl_fails 1 'sipctl: kernel listener add: There is such a listener already, udp:127.0.0.1:5060, see "sipctl kernel listener list"' \
		kernel listener add udp:127.0.0.1:5060
	ctl_fails 4 'sipctl: kernel listener set: There is no such listener, tcp:127.0.0.1:5060, see "sipctl kernel listener list"' \
		kernel listener set tcp:127.0.0.1:5060 mode off
	assert_eq '' "$(ctl kernel listener set udp:127.0.0.1:5060 mode enforce workers 0)"
	assert_eq '' "$(ctl kernel listener del 'tls:[::1]:5061')"
	assert_eq '[["udp:127.0.0.1:5060","enforce",0]]' \
		"$(jctl '[.listeners[] | [.listener, .mode, .workers]]' kernel listener list)"
	assert_eq '' "$(ctl kernel listener del udp:127.0.0.1:5060)"
}

the_policy_is_shown_as_it_was_set()
{
	assert_eq '' "$(ctl kernel policy set unknown source dialog 11/s burst 33 \
		registered prefix other 7/s trusted global connect off ban-time 1h window 30s \
		prefix4 16 shed dialogs 40% reject off retry-after 5s absorb never malformed drop)"
	assert_eq '[[11,33]]' "$(jctl '[.limits[] | select(.class == "unknown" and
		.scope == "source" and .group == "dialog") | [.rate, .burst]]' kernel policy)"
	assert_eq '[[7,7]]' "$(jctl '[.limits[] | select(.class == "registered" and
		.scope == "prefix" and .group == "other") | [.rate, .burst]]' kernel policy)"
	assert_eq '[3600000,30000,16,40,0,5,0,"drop"]' "$(jctl '[.ban_time_ms, .window_ms, .prefix4,
		.shed_dialogs, .reject_rate, .retry_after_s, .absorb_ms, .malformed]' kernel policy)"
	assert_match '^source +dialog +11/s burst 33 ' "$(ctl kernel policy | sed -n 2p)"
	# One is refused by the module: none is done.
	ctl_fails 1 'sipctl: kernel policy set: integer out of range, policy, limit, rate, correct it' \
		kernel policy set prefix4 9 unknown source dialog 1000001/s
	assert_eq 16 "$(jctl .prefix4 kernel policy)"
}

rules_come_and_go()
{
	assert_eq '' "$(ctl kernel rule add 900 drop user-agent 'friendly scanner*' \
		method INVITE,register class unknown,registered size 4000 user '00*')"
	assert_eq '{"id":900,"action":"drop","methods":["INVITE","REGISTER"],"classes":["unknown","registered"],"user_agent":"friendly scanner*","user":"00*","size":4000,"hits":0}' \
		"$(jctl '.rules[] | select(.id == 900)' kernel rule list)"
	assert_eq '' "$(ctl kernel rule add 900 count)"
	assert_eq '{"id":900,"action":"count","methods":null,"classes":["unknown"],"user_agent":null,"user":null,"size":null,"hits":0}' \
		"$(jctl '.rules[] | select(.id == 900)' kernel policy)"
	assert_eq '' "$(ctl kernel rule del 900)"
	ctl_fails 4 'sipctl: kernel rule del: There is no such rule, rule 900, see "sipctl kernel rule list"' \
		kernel rule del 900
}

messages_are_counted_by_what_they_are()
{
	listen observe
	options 4001 one
	options 4001 two
	wait_for eval '[ "$(messages)" = "[2,0]" ]'
	assert_eq '[["OPTIONS","unknown","accept",false,2]]' "$(jctl '[.sip[] |
		select(.kind == "OPTIONS") | [.kind, .class, .verdict, .observed, .messages]]' \
		kernel stats)"
	ctl kernel stats | grep -qE '^OPTIONS +2$' || fail "$(ctl kernel stats)"
}

what_is_banned_is_dropped_and_counted()
{
	listen enforce
	at_exit "in_r sipctl ban del all"
	ctl ban add 127.0.0.1:4002
	options 4002 three
	options 4003 four
	wait_for eval '[ "$(messages)" = "[2,1]" ]'
	assert_eq '[1]' "$(jctl '[.bans[].packets]' ban list)"
	assert_eq 1 "$(jctl '[.sip[] | select(.verdict == "banned" and (.observed | not)).messages] |
		add' kernel stats)"
	ctl kernel listener set udp:127.0.0.1:5060 mode observe
	options 4002 five
	wait_for eval '[ "$(messages)" = "[3,2]" ]'
	assert_eq 1 "$(jctl '[.sip[] | select(.verdict == "banned" and .observed).messages] | add' \
		kernel stats)"
	assert_match 'SIP WOULD HAVE +BANNED' "$(ctl kernel stats)"
}

events_are_told()
{
	ctl kernel rule add 900 log user-agent 'logged*'
	ctl kernel rule add 901 ban user-agent 'banned*'
	at_exit "in_r sipctl kernel rule del 900 901; in_r sipctl ban del all"
	listen enforce
	ip netns exec "$R" sipctl -j kernel monitor >"$TMP/events" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q '"ready"' "$TMP/events"
	options 4011 six 'Logged phone'
	options 4012 seven 'Banned phone'
	sip 4013 'this is no SIP'
	wait_for grep -q '"malformed"' "$TMP/events"
	wait_for grep -q '"event":"ban"' "$TMP/events"
	assert_eq '[900,"log","127.0.0.1:4011"]
[901,"ban","127.0.0.1:4012"]' \
		"$(jq -c 'select(.event == "rule") | [.rule, .action, .source]' "$TMP/events")"
	assert_eq '["127.0.0.1:4012","kernel",false]' \
		"$(jq -c 'select(.event == "ban") | [.source.source, .source.by, .observed]' \
			"$TMP/events")"
	assert_eq '["127.0.0.1:4013","this is no SIP"]' \
		"$(jq -c 'select(.event == "malformed") | [.source, .sample]' "$TMP/events")"
	assert_eq '["127.0.0.1:4012","kernel"]' "$(jctl '.bans[] | [.source, .by]' ban list)"
	assert_eq '[["900",1],["901",1]]' "$(jctl '[.rules[] | select(.id >= 900) |
		[(.id | tostring), .hits]]' kernel rule list)"
}

changes_need_a_privilege()
{
	local command status
	for command in 'ban add 192.0.2.1' 'ban del all' 'kernel policy set prefix4 9' \
		'kernel rule add 900 count' 'kernel listener add udp:127.0.0.1:5060'; do
		status=0
		# shellcheck disable=SC2086
		in_r setpriv --bounding-set=-net_admin --inh-caps=-net_admin \
			sipctl $command 2>"$TMP/err" || status=$?
		assert_eq 6 "$status" "exit status of $command"
		assert_match 'be root or have CAP_NET_ADMIN' "$(cat "$TMP/err")"
	done
	in_r setpriv --bounding-set=-net_admin --inh-caps=-net_admin sipctl kernel policy >/dev/null
}

run bans_come_and_go \
	a_ban_tells_who_was_trusted \
	a_listener_comes_and_goes \
	the_policy_is_shown_as_it_was_set \
	rules_come_and_go \
	messages_are_counted_by_what_they_are \
	what_is_banned_is_dropped_and_counted \
	events_are_told \
	changes_need_a_privilege
