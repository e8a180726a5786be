#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# "sipctl session" on the module, word by word: output, exit status, JSON, events.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_ctl.sh"

ctl_up
in_r sipctl kernel range add 127.0.0.1:30000-30999

# Ages and idle times are not known in advance: they become T, and blanks before them one.
timeless()
{
	sed -E 's/(age|idle) [0-9.]+m?s/\1 T/g'
}

# datagram SOURCE PORT HEX [ADDRESS]
datagram()
{
	in_r python3 -c '
import socket, sys
address = sys.argv[4] if len(sys.argv) > 4 else "127.0.0.1"
s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, int(sys.argv[1])))
s.sendto(bytes.fromhex(sys.argv[3]), (address, int(sys.argv[2])))
' "$@"
}

# rtp SOURCE PORT [ADDRESS]: one RTP packet of 160 octets, payload type 0, SSRC 0x01020304.
rtp()
{
	datagram "$1" "$2" "80000001 00000000 01020304 $(printf '00%.0s' {1..160})" "${@:3}"
}

add_17()
{
	at_exit "in_r sipctl session flush"
	ctl session add 17 timeout 30s \
		endpoint 1 local 127.0.0.1:30000 remote 127.0.0.1:4000 \
		learn once from 127.0.0.0/24 forward 2 \
		endpoint 2 local 127.0.0.1:30002 remote 127.0.0.1:4002 dscp 46 forward 1
}

a_session_is_shown_as_it_was_added()
{
	add_17 >"$TMP/said"
	assert_eq '' "$(cat "$TMP/said")"
	assert_eq 'session 17: owner operator, timeout 30s, age T, idle T

endpoint 1
  local      127.0.0.1:30000
  remote     127.0.0.1:4000
  carries    rtp, clock 8000 Hz, dscp 0, ttl 64
  learn      once from 127.0.0.0/24, source strict
  forwards   to 2
  received   0 packets, 0 octets
  quality    lost 0, duplicate 0, reordered 0, jitter 0.000ms
  rejected   0 from elsewhere, 0 malformed
  sent       0 packets, 0 octets, 0 dropped, 0 blocked, 0 ICMP errors

endpoint 2
  local      127.0.0.1:30002
  remote     127.0.0.1:4002
  carries    rtp, clock 8000 Hz, dscp 46, ttl 64
  learn      off, source strict
  forwards   to 1
  received   0 packets, 0 octets
  quality    lost 0, duplicate 0, reordered 0, jitter 0.000ms
  rejected   0 from elsewhere, 0 malformed
  sent       0 packets, 0 octets, 0 dropped, 0 blocked, 0 ICMP errors' "$(ctl session show 17 | timeless)"
}

every_field_is_in_the_document()
{
	local rx='{"packets":0,"octets":0,"lost":0,"duplicate":0,"reordered":0,"jitter_us":0,'
	rx+='"ssrc":null,"ssrc_changes":0,"payload_type":null,"payload_types":null,"idle_ms":null,'
	rx+='"bad_source":0,"malformed":0,"rtt_us":null,"report_lost":null,'
	rx+='"report_fraction":null,"report_jitter_us":null}'
	local tx='{"packets":0,"octets":0,"dropped":0,"blocked":0,"icmp":0}'

	at_exit "in_r sipctl session flush"
	assert_eq '{"schema":1,"id":18}' "$(jctl . session add 18 owner sipd \
		endpoint 1 local 127.0.0.1:30010 component mux source accept ttl 9 clock 48000)"
	assert_eq '{"schema":1,"session":{"id":18,"owner":1936289892,"owner_name":"sipd",'\
'"timeout_ms":0,"endpoints":[{"id":1,"local":"127.0.0.1:30010","remote":null,"learned":false,'\
'"component":"mux","learn":"off","learn_from":"any","learn_ms":null,"source":"accept","dscp":0,'\
'"ttl":9,"clock_rate":48000,"inactive_ms":0,"dtmf_type":null,"forwards":[],"rewrites":[],'\
'"rx":'"$rx"',"tx":'"$tx"'}]}}' \
		"$(jctl 'del(.session.age_ms, .session.idle_ms)' session show 18)"
}

sessions_are_listed_by_owner()
{
	add_17
	ctl session add 7 owner 5 endpoint 1 local 127.0.0.1:30020
	assert_eq '[7,17]' "$(jctl '[.sessions[].id] | sort' session list)"
	assert_eq '[7]' "$(jctl '[.sessions[].id]' session list owner 5)"
	assert_eq '[17]' "$(jctl '[.sessions[].id]' session list owner operator)"
	assert_eq '{"schema":1,"sessions":[]}' "$(jctl . session list owner sipd)"
	assert_eq 'ID  OWNER     ENDPOINTS  TIMEOUT  AGE  IDLE  RECEIVED  LOST  REJECTED  SENT
17  operator          2      30s    T     T         0     0         0     0' \
		"$(ctl session list owner operator |
			sed -E 's/ +AGE +IDLE/  AGE  IDLE/; s/30s +[0-9.]+m?s +[0-9.]+m?s/30s    T     T/')"
}

a_change_leaves_the_rest()
{
	local before after

	add_17
	before=$(jctl '.session | del(.age_ms, .idle_ms)' session show 17)
	ctl session set 17 timeout never endpoint 1 no-forwards dscp 10 endpoint 2 delete \
		endpoint 3 local 127.0.0.1:30004 forward 1
	after=$(jctl '.session | del(.age_ms, .idle_ms)' session show 17)
	assert_eq "$(jq -c '.timeout_ms = 0 | .endpoints[0].dscp = 10 | .endpoints[0].forwards = []
		| .endpoints[0].rewrites = []
		| .endpoints[0]' <<<"$before")" "$(jq -c '.endpoints[0]' <<<"$after")"
	assert_eq '[0,[1,3],[1]]' \
		"$(jq -c '[.timeout_ms, [.endpoints[].id], .endpoints[1].forwards]' <<<"$after")"
}

deleted_sessions_leave_their_statistics()
{
	add_17
	rtp 4000 30000
	ctl session add 7 endpoint 1 local 127.0.0.1:30020
	assert_eq '[[17,1,172,172],[7,0,0,0]]' \
		"$(jctl '[.deleted[] | [.id, .endpoints[0].rx.packets, .endpoints[0].rx.octets,
			(.endpoints[1].tx.octets // 0)]]' session del 17 7)"
	ctl_fails 4 'sipctl: session show: There is no such session, session 17, see "sipctl session list"' \
		session show 17
}

one_missing_session_does_not_save_the_others()
{
	add_17
	ctl session add 7 endpoint 1 local 127.0.0.1:30020
	ctl_fails 4 'sipctl: session del: There is no such session, session 99, see "sipctl session list"' \
		session del 17 99 7
	assert_eq '{"schema":1,"sessions":[]}' "$(jctl . session list)"
}

a_flush_spares_other_owners()
{
	add_17
	ctl session add 7 owner sipd endpoint 1 local 127.0.0.1:30020
	ctl session flush owner sipd
	assert_eq '[17]' "$(jctl '[.sessions[].id]' session list)"
	ctl session flush
	assert_eq '[]' "$(jctl .sessions session list)"
}

refusals_say_what_where_and_what_to_do()
{
	add_17
	ctl_fails 1 'sipctl: session add: The session ID is taken, session 17, see "sipctl session list"' \
		session add 17 endpoint 1 local 127.0.0.1:30100
	ctl_fails 1 'sipctl: session add: The local address lies in no range, session 18, endpoint 1, see "sipctl kernel range list"' \
		session add 18 endpoint 1 local 127.0.0.1:29999
	ctl_fails 1 'sipctl: session add: A new session needs an endpoint, session 18, endpoint missing, correct it' \
		session add 18
	ctl_fails 2 'sipctl: session add: bad dscp "99", endpoint 1, give a number from 0 to 63' \
		session add 18 endpoint 1 dscp 99
	ctl_fails 2 'sipctl: session show: too few arguments, give: sipctl session show ID' \
		session show
	ctl_fails 2 'sipctl: session show: bad ID "x", session, give a number from 1 up' session show x
	ctl_fails 2 'sipctl: no such command, frob, see "sipctl help"' session frob
	ctl_fails 2 'sipctl: incomplete command, session, see "sipctl help"' session
	ctl_fails 2 'sipctl: session del: cannot be repeated, --watch, leave it away' \
		--watch 1 session del 17
	assert_eq '[17]' "$(jctl '[.sessions[].id]' session list)"
}

a_failure_is_a_document_too()
{
	local status=0

	ctl -j session show 99 >"$TMP/out" 2>/dev/null || status=$?
	assert_eq 4 $status
	assert_eq '{"schema":1,"error":{"code":"not-found","exit":4,"command":"session show","message":"There is no such session, session 99, see \"sipctl session list\""}}' \
		"$(cat "$TMP/out")"
	status=0
	ctl -j session add 18 endpoint 1 dscp 99 >"$TMP/out" 2>/dev/null || status=$?
	assert_eq 2 $status
	assert_eq '["usage",2]' "$(jq -c '[.error.code, .error.exit]' "$TMP/out")"
}

changing_needs_privilege()
{
	local status=0 said

	add_17
	said=$(in_r setpriv --reuid 65534 --clear-groups --bounding-set -all \
		"$(command -v sipctl)" session del 17 2>&1) || status=$?
	assert_eq 6 $status
	assert_eq 'sipctl: session del: Operation not permitted, session 17, be root or have CAP_NET_ADMIN' \
		"$said"
	in_r setpriv --reuid 65534 --clear-groups "$(command -v sipctl)" session show 17 >/dev/null
}

# What two events look like to a person and to a program. That nobody listens to what is forwarded
# is a third.
events_are_lines()
{
	local monitor jmonitor

	ip netns exec "$R" sipctl session monitor >"$TMP/events" &
	monitor=$!
	at_exit "kill $monitor 2>/dev/null"
	ip netns exec "$R" sipctl -j session monitor >"$TMP/jevents" &
	jmonitor=$!
	at_exit "kill $jmonitor 2>/dev/null"
	wait_for grep -q ready "$TMP/events"
	wait_for grep -q ready "$TMP/jevents"
	ctl session add 5 owner sipd timeout 5s \
		endpoint 1 local 127.0.0.1:30000 learn once forward 2 \
		endpoint 2 local 127.0.0.1:30002 remote 127.0.0.1:4002
	rtp 4000 30000
	wait_for grep -q timeout "$TMP/events"
	wait_for grep -q timeout "$TMP/jevents"
	assert_eq 'T ready
T learned session 5 owner sipd endpoint 1 remote 127.0.0.1:4000
T timeout session 5 owner sipd endpoint 1 received 1 sent 0 endpoint 2 received 0 sent 1' \
		"$(sed -E 's/^20[-0-9]+T[0-9:]+\.[0-9]{3}Z/T/; / icmp /d' "$TMP/events")"
	assert_eq '{"schema":1,"event":"ready"}
{"schema":1,"event":"learned","id":5,"owner":1936289892,"endpoint":1,"remote":"127.0.0.1:4000"}
{"schema":1,"event":"timeout","id":5,"packets":1}' \
		"$(jq -c 'select(.event != "icmp") | del(.time) | if .session
			then {schema, event, id: .session.id,
			packets: .session.endpoints[0].rx.packets} else . end' "$TMP/jevents")"
}

# monitored WORD: soon the monitors have told it, and what that was is in $line and $document.
monitored()
{
	wait_for grep -q " $1" "$TMP/events"
	wait_for grep -q "\"event\":\"$1\"" "$TMP/jevents"
	line=$(grep " $1" "$TMP/events" | tail -n 1 | cut -d ' ' -f 2-)
	document=$(grep "\"event\":\"$1\"" "$TMP/jevents" | tail -n 1)
}

# assert_monitored WORD LINE FILTER DOCUMENT
assert_monitored()
{
	monitored "$1"
	assert_eq "$1 session 5 owner sipd endpoint $2" "$line"
	assert_eq "$4" "$(jq -c "[.id, .owner, .endpoint, $3]" <<<"$document")"
}

every_event_is_told()
{
	local line document who='5,1936289892'

	ip netns exec "$R" sipctl session monitor >"$TMP/events" &
	at_exit "kill $! 2>/dev/null"
	ip netns exec "$R" sipctl -j session monitor >"$TMP/jevents" &
	at_exit "kill $! 2>/dev/null"
	wait_for grep -q ready "$TMP/events"
	wait_for grep -q ready "$TMP/jevents"
	at_exit "in_r sipctl session flush"
	ctl session add 5 owner sipd \
		endpoint 1 local 127.0.0.1:30000 remote 127.0.0.1:4000 inactive 1s dtmf 101 forward 2 \
		endpoint 2 local 127.0.0.1:30002 remote 127.0.0.1:4002
	assert_monitored inactive '1 received 0' '.rx.packets' "[$who,1,0]"
	rtp 4000 30000
	monitored resumed
	assert_match '^resumed session 5 owner sipd endpoint 1 after [0-9.]+m?s$' "$line"
	assert_eq 'true 1' "$(jq -r '"\(.gap_ms >= 1000) \(.rx.packets)"' <<<"$document")"
	rtp 4009 30000
	assert_monitored rejected '1 source 127.0.0.1:4009' '.source' "[$who,1,\"127.0.0.1:4009\"]"
	datagram 4000 30000 '80650002 00000010 0a0b0c0d 0b8a0320'
	assert_monitored ssrc '1 0x0a0b0c0d after 0x01020304' '.old_ssrc, .rx.ssrc' \
		"[$who,1,16909060,168496141]"
	assert_monitored dtmf '1 digit # volume -10dBm0 duration 100ms' '.dtmf' \
		"[$who,1,{\"event\":11,\"digit\":\"#\",\"volume\":-10,\"duration_ms\":100}]"
	assert_monitored icmp '2 type 3 code 3' '.icmp' "[$who,2,{\"type\":3,\"code\":3,\"mtu\":null}]"
}

# Everything that can be said of a forward, as it is said.
forwards_are_shown_as_they_were_given()
{
	local options=,mode=silence,pt=96:101,ssrc=0x0a0b0c0d,seq=-100,timestamp=+160,dscp=46,ttl=9

	ctl kernel range add '[::1]:30000-30999'
	at_exit "in_r sipctl session flush; in_r sipctl kernel range del '[::1]:30000-30999'"
	ctl session add 19 \
		endpoint 1 local '[::1]:30000' remote '[2001:db8::2]:4000' learn window for 10m \
		from 2001:db8::/32 inactive 5s dtmf 101 forward 2$options,1 \
		endpoint 2 local 127.0.0.1:30004
	ctl session show 19 >"$TMP/said"
	assert_eq '  local      [::1]:30000
  remote     [2001:db8::2]:4000
  carries    rtp, clock 8000 Hz, dscp 0, ttl 64
  learn      window from 2001:db8::/32, T left, source strict
  reports    silence of 5s, telephone events of payload type 101
  forwards   to 2'"${options//,/ }"', 1' "$(sed -n '4,9s/, [0-9ms]* left/, T left/p;4,9p' "$TMP/said" |
		awk '!/learn/ || /T left/' | uniq)"
	assert_eq '[[2,1],[{"to":2,"mode":"silence","payload_types":[[96,101]],"ssrc":168496141,"seq_offset":65436,"timestamp_offset":160,"dscp":46,"ttl":9},{"to":1,"mode":"pass","payload_types":[],"ssrc":null,"seq_offset":0,"timestamp_offset":0,"dscp":null,"ttl":null}]]' \
		"$(jctl '[.session.endpoints[0] | .forwards, .rewrites]' session show 19)"
	ctl_fails 1 'sipctl: session set: The addresses of an endpoint are not of one family, session 19, endpoint 2, correct it' \
		session set 19 endpoint 2 remote '[2001:db8::2]:4000'
	ctl_fails 1 'sipctl: session set: Payload types are pairs of 0 to 127, each mapped once, session 19, endpoint 1, forward 2, payload types, correct it' \
		session set 19 endpoint 1 forward 2,pt=1:2,pt=1:3
	ctl session set 19 endpoint 1 forward 2
	assert_eq '[{"to":2,"mode":"pass","payload_types":[],"ssrc":null,"seq_offset":0,"timestamp_offset":0,"dscp":null,"ttl":null}]' \
		"$(jctl '.session.endpoints[0].rewrites' session show 19)"
}

it_is_repeated_until_stopped()
{
	local watcher

	add_17
	ip netns exec "$R" sipctl -j --watch 0.1 session list >"$TMP/lists" &
	watcher=$!
	at_exit "kill $watcher 2>/dev/null"
	lists() { [ "$(wc -l <"$TMP/lists")" -ge 3 ]; }
	wait_for lists
	assert_eq '[17]' "$(tail -n 1 "$TMP/lists" | jq -c '[.sessions[].id]')"
}

words_are_completed_from_what_there_is()
{
	add_17
	assert_eq 17 "$(ctl __complete -- session show)"
	assert_eq '127.0.0.1:30000-30999' "$(ctl __complete -- kernel range del)"
	assert_eq 'strict accept' "$(ctl __complete -- session set 17 endpoint 1 source | xargs)"
	assert_eq 'add set del flush list show monitor' "$(ctl __complete -- session | xargs)"
}

run a_session_is_shown_as_it_was_added \
	every_field_is_in_the_document \
	sessions_are_listed_by_owner \
	a_change_leaves_the_rest \
	deleted_sessions_leave_their_statistics \
	one_missing_session_does_not_save_the_others \
	a_flush_spares_other_owners \
	refusals_say_what_where_and_what_to_do \
	a_failure_is_a_document_too \
	changing_needs_privilege \
	events_are_lines \
	every_event_is_told \
	forwards_are_shown_as_they_were_given \
	it_is_repeated_until_stopped \
	words_are_completed_from_what_there_is
