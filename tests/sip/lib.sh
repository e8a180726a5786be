# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# What a case is made of. Everything happens in the current directory.

caller_ip=10.0.1.2
callee_ip=10.0.2.2
callee2_ip=10.0.2.3
callee3_ip=10.0.2.4
caller_media_ip=192.0.2.10
callee_media_ip=192.0.2.20
sipd_ip=10.0.1.1
sipd_core_ip=10.0.2.1
dns_ip=10.0.3.53
# Timeouts are for hanging, not for measuring.
patience=120
[ "$mode" != valgrind ] || patience=300

fail()
{
	local f
	echo "FAILED: $*"
	for f in caller.err callee.err callee2.err callee3.err second.err sipd.log; do
		[ -s $f ] || continue
		echo "--- $f"
		tail -n 40 $f
	done
	for f in caller.msg callee.msg callee2.msg callee3.msg second.msg; do
		[ -s $f ] || continue
		echo "--- $f"
		flow $f | tail -n 40
	done
	exit 1
}

# until_true SECONDS COMMAND...
until_true()
{
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}

set_up_network()
{
	local address
	ip link set lo up
	for address in $sipd_ip $sipd_core_ip $caller_ip $callee_ip $callee2_ip $callee3_ip \
		$caller_media_ip $callee_media_ip $dns_ip $more_ips; do
		ip address add $address/32 dev lo
	done
}

# --- certificates

# certificate NAME SUBJECT-ALT-NAMES [DAYS]: NAME.pem, signed by ca.pem, and NAME.key.
certificate()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.csr" 2>openssl.err &&
		printf 'subjectAltName=%s\n' "$2" >"$1.ext" &&
		openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial \
			-days "${3:-30}" -extfile "$1.ext" -out "$1.pem" 2>>openssl.err ||
		fail "no certificate can be made: $(<openssl.err)"
}

make_certificates()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=testca \
		-days 30 -keyout ca.key -out ca.pem 2>openssl.err ||
		fail "no certificate can be made: $(<openssl.err)"
	certificate sipd "IP:$sipd_ip,IP:$sipd_core_ip,DNS:sipd.example.com"
	certificate second "DNS:second.example.com" 9
	certificate phone "IP:$caller_ip,IP:$callee_ip,URI:sip:phone.example.com"
}

relays=0
# relay ARGUMENT...: as tls-relay takes them.
relay()
{
	relays=$((relays + 1))
	"$here/tls-relay" "$@" >"relay-$relays.log" 2>&1 &
	until_true $patience grep -q ready "relay-$relays.log" ||
		fail "tls-relay does not start: $(<"relay-$relays.log")"
}

port_of()
{
	case $1 in
	tls) echo 5061 ;;
	*) echo 5060 ;;
	esac
}

# tls_keys TRANSPORT: what a realm that listens by TLS has besides.
tls_keys()
{
	[ "$1" = tls ] || return 0
	echo "tls: { certificate: $PWD/sipd.pem, key: $PWD/sipd.key, ca: $PWD/ca.pem${tls:+, $tls} }"
}

# trunk NAME ADDRESS
trunk()
{
	local place="address: \"$2:5060\""
	[ -z "$named" ] || place="uri: \"sip:$1.$named\""
	echo "  - { name: $1, realm: core, $place${trunk:+, $trunk} }"
}

write_config()
{
	cat >sipd.yaml <<-CONFIG
	media: none
	control: { socket: $PWD/sipd.sock }
	timers: { t1: ${t1}ms, t2: $((4 * t1))ms, t4: $((5 * t1))ms${timers:+, $timers} }
	calls: { keep-finished: 100${calls:+, $calls} }
	${trace:+trace: { $trace \}}
	${dns:+dns: { servers: [ $dns_ip ], $dns \}}
	connections: { connect: 5s${connections:+, $connections} }
	realms:
	  - name: access
	    listen: [ "$access:$sipd_ip:$(port_of "$access")"${access_also:+, "$access_also"} ]
	    $(tls_keys "$access")
	    next-hop: { realm: core, ${hop:-address: "${callee_address:-$core:$callee_ip:$(port_of "$core")}"}${tls_name:+, tls-name: "$tls_name"}${next_hop:+, $next_hop} }
	    $access_more
	  - name: core
	    listen: [ "$core:$sipd_core_ip:$(port_of "$core")"${core_also:+, "$core_also"} ]
	    $(tls_keys "$core")
	    $core_more
	shards: $shards
	CONFIG
	[ -z "$config" ] || echo "$config" >>sipd.yaml
	[ -n "$route" ] || return 0
	cat >>sipd.yaml <<-CONFIG
	trunks:
	$(trunk one "$callee_ip")
	$(trunk two "$callee2_ip")
	$(trunk three "$callee3_ip")
	routes:
	  - { match: "^bob\$", $route }
	CONFIG
}

# like CASE: its scenarios, and what its case.sh sets.
like()
{
	scenarios=$here/cases/$1
	# shellcheck source=/dev/null
	[ ! -e "$scenarios/case.sh" ] || . "$scenarios/case.sh"
}

# enlarge CASE: its scenarios, where SDP of the caller has 1300 octets more.
enlarge()
{
	local fill
	fill=$(printf 'f%.0s' {1..1300})
	mkdir large
	"$here/expand" "$here/cases/$1/caller.xml" "t1=$t1" "t1x8=$((8 * t1))" |
		sed "s,^a=rtpmap:8 .*,&\\na=x-fill:$fill," >large/caller.xml
	cp "$here/cases/$1/callee.xml" large
	scenarios=$PWD/large
}

sipd_pid=
start_sipd()
{
	local command=("$sipd" -f sipd.yaml -d debug)
	case $mode in
	asan)
		export ASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path=$PWD/sanitizer
		export UBSAN_OPTIONS=print_stacktrace=1:log_path=$PWD/sanitizer
		;;
	valgrind)
		command=(valgrind -q --vgdb=no --log-file="$PWD/sanitizer.log" --error-exitcode=99
			--leak-check=full "--show-leak-kinds=definite,indirect"
			"--errors-for-leak-kinds=definite,indirect" "${command[@]}")
		;;
	esac
	# The words of one before it shall not be taken for its own.
	: >sipd.log
	"${command[@]}" >>sipd.log 2>&1 &
	sipd_pid=$!
	until_true $patience sipd_is_ready || fail "sipd does not get ready"
	until_true $patience sipd_is_settled || fail "sipd does not settle: $(control status)"
	fds_at_start=$(count_fds)
}

sipd_is_ready()
{
	kill -0 "$sipd_pid" 2>/dev/null || fail "sipd has ended"
	grep -q '^sipd: ready$' sipd.log
}

# It has done what it does at its start.
sipd_is_settled()
{
	:
}

stop_sipd()
{
	local status
	kill -TERM "$sipd_pid"
	until_true $patience has_ended "$sipd_pid" || fail "sipd does not end"
	wait "$sipd_pid"
	status=$?
	if compgen -G 'sanitizer*' >/dev/null; then
		find . -name 'sanitizer*' -size +0 -exec cat {} +
	fi
	[ $status = 0 ] || fail "sipd has ended with $status"
	[ -z "$(find . -name 'sanitizer*' -size +0)" ] || fail "the sanitizer has found something"
	[ ! -e sipd.sock ] || fail "sipd has left its socket"
	! grep -E '^<[0-3]>' sipd.log || fail "sipd has logged an error"
}

has_ended()
{
	[ ! -e "/proc/$1" ]
}

count_fds()
{
	local fds=(/proc/"$sipd_pid"/fd/*)
	echo ${#fds[@]}
}

control()
{
	"$sipctl" -s "$PWD/sipd.sock" -j "$@"
}

# Of the domain example.com; see registrar.
domain="store: { path: $PWD/sipd.db }
domains: [ { name: example.com, realm: access, registrar: true } ]"

add_users()
{
	local user
	while read -r user; do
		echo "${user#* }" | control user add "${user% *}@example.com" >/dev/null ||
			fail "${user% *} cannot be added"
	done <<-USERS
	al secret1
	bo secret2
	off secret3
	USERS
	control user disable off@example.com >/dev/null || fail "off cannot be disabled"
}

# registrar SCENARIO...: each begins with nobody registered.
registrar()
{
	local scenario user
	for scenario; do
		"$here/registrar" $sipd_ip $patience "$scenario" || fail "scenario $scenario"
		[ "$keep_registered" = yes ] || for user in al bo; do
			control reg remove $user@example.com >/dev/null
		done
	done
}

# flows TRANSPORT SCENARIO...: the same for phones with connections.
flows()
{
	local transport=$1 scenario user
	shift
	for scenario; do
		SIPCTL="$sipctl -s $PWD/sipd.sock" \
			"$here/flows" $sipd_ip $patience "$transport" "$scenario" ||
			fail "scenario $scenario"
		[ "$keep_registered" = yes ] || for user in al bo; do
			control reg remove $user@example.com >/dev/null
		done
	done
}

# Of calls that are forwarded, and of groups; see treatment.
treated="store: { path: $PWD/sipd.db }
trunks:
  - { name: carrier, realm: core, address: \"10.0.2.8:5060\" }
  - { name: vmserver, realm: core, address: \"10.0.2.9:5060\" }
routes: [ { match: '^[+]44', to: [ carrier ] } ]
domains:
  - { name: example.com, realm: access, registrar: true, voicemail: 'sip:vm@10.0.2.9' }
  - { name: example.org, realm: core, registrar: true, auth: none }
groups:
  - { name: all, domain: example.com, members: [ bo, cy, di ] }
  - { name: line, domain: example.com, members: [ bo, cy, di ], strategy: linear,
      member-timeout: 1s, overflow: voicemail }
  - { name: turn, domain: example.com, members: [ bo, cy, di ], strategy: round-robin }
  - { name: far, domain: example.com, members: [ '+4421' ], strategy: linear }"

# treatment SCENARIO...
treatment()
{
	local scenario
	for scenario; do
		"$here/treatment" $sipd_ip $patience "$sipctl" "$PWD/sipd.sock" "$scenario" ||
			fail "scenario $scenario"
	done
}

add_more_users()
{
	add_users
	echo secret4 | control user add cy@example.com >/dev/null || fail "cy cannot be added"
	echo secret5 | control user add di@example.com >/dev/null || fail "di cannot be added"
	echo secret6 | control user add zed@example.org >/dev/null || fail "zed cannot be added"
}

# json FILTER: a Python expression on the document d of stdin.
json()
{
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# plain COMMAND...: what sipctl prints for people.
plain()
{
	"$sipctl" -s "$PWD/sipd.sock" "$@"
}

# why_says ID REGEXP...: each is in what "call why" tells.
why_says()
{
	local regexp
	plain call why "$1" >why || fail "call why $1: status $?"
	shift
	for regexp; do
		grep -qE -- "$regexp" why || fail "call why does not say '$regexp': $(<why)"
	done
}

# flows_are FILTER COUNT OPTION...: what jq's FILTER selects of "flow list OPTION...".
flows_are()
{
	local filter=$1 count=$2
	shift 2
	control flow list --all "$@" >flows || fail "flow list $*: status $?"
	[ "$(jq "[.flows[] | select($filter)] | length" flows)" = "$count" ] ||
		fail "not $count flows with '$filter' ($*): $(jq -c '.flows[]' flows)"
}

# subscriptions_are COUNT: so many are under way.
subscriptions_are()
{
	[ "$(control status | json "d['outside_calls']['subscriptions']")" = "$1" ]
}

# call_field NAME: of the newest call.
call_field()
{
	control call list --all | json "d['calls'][0]['$1'] if d['calls'] else ''"
}

# call_to USER: the ID of a call to him.
call_to()
{
	control call list --all |
		json "[c['id'] for c in d['calls'] if c['to'].startswith('sip:$1@')][0]"
}

call_is()
{
	[ "$(call_field state)" = "$1" ]
}

# --- phones

declare -A phones=()

# What SIPp does not expect it lets pass: a repetition that it takes too late for one is no mistake
# of sipd's, and what is missing in its place is missed.
#
# For a message that does not come it waits less than for all there is, and says which it was.
#
# start_phone NAME SCENARIO ADDRESS PORT MEDIA-ADDRESS SIPP-OPTION...
start_phone()
{
	local phone=$1 scenario=$2 address=$3 port=$4 media=$5
	shift 5
	"$here/expand" "$scenario" t1=$t1 t1x8=$((8 * t1)) >"$phone.xml" ||
		fail "$scenario cannot be expanded"
	sipp -sf "$phone.xml" -i "$address" -p "$port" -mi "$media" -m 1 -nostdin \
		-cid_str "${phone:0:1}call-%u-%p" -timeout $patience -timeout_error \
		-recv_timeout $((patience * 1000 - 5000)) \
		-default_behaviors all,-abortunexp -watchdog_interval 0 \
		-max_retrans 100 -max_invite_retrans 100 -max_non_invite_retrans 100 \
		-trace_err -error_file "$phone.err" -trace_msg -message_file "$phone.msg" \
		"$@" >"$phone.out" 2>&1 &
	phones[$phone]=$!
}

is_bound()
{
	[ -n "$(ss -Hlntu src "$1")" ]
}

# SIPp's word for a transport: of TCP one connection for all calls.
sipp_mode()
{
	case $1 in
	udp) echo u1 ;;
	*) echo t1 ;;
	esac
}

# start_callee [SIPP-OPTION...]: those whose scenarios the case has, callee2 and callee3 too.
start_callee()
{
	local phone address
	for phone in callee callee2 callee3; do
		[ -e "$scenarios/$phone.xml" ] || continue
		address=${phone}_ip
		start_phone $phone "$scenarios/$phone.xml" "${!address}" 5060 $callee_media_ip \
			-t "$(sipp_mode "$core")" "$@"
		until_true $patience is_bound "${!address}:5060" ||
			fail "the $phone does not start"
	done
	[ "$core" != tls ] || relay server $callee_ip:5061 $callee_ip:5060 $callee_ip \
		ca.pem phone.pem phone.key
}

start_caller()
{
	local remote=$sipd_ip:5060
	if [ "$access" = tls ]; then
		remote=$caller_ip:5091
		relay client $remote $sipd_ip:5061 $caller_ip ca.pem phone.pem phone.key
	fi
	start_phone caller "$scenarios/caller.xml" $caller_ip 5060 $caller_media_ip \
		$remote -t "$(sipp_mode "$access")" "$@"
}

# Each must have done what its scenario says.
wait_phones()
{
	local phone status
	for phone in "${!phones[@]}"; do
		wait "${phones[$phone]}"
		status=$?
		[ $status = 0 ] || fail "the $phone's scenario has failed (SIPp: $status)"
	done
}

# --- what has been said

# flow LOG: SIPp's log of messages, a line for each.
flow()
{
	awk '/^(UDP|TCP) message (sent|received)/ { way = $3; next }
		way && NF { print way, $0; way = "" }' "$1" | tr -d '\r'
}

# assert_count LOG REGEXP MIN MAX
assert_count()
{
	local count
	count=$(flow "$1" | grep -cE "$2")
	if [ "$count" -lt "$3" ] || [ "$count" -gt "$4" ]; then
		fail "$1 has $count times '$2' instead of $3 to $4"
	fi
}

# assert_requests LOG METHOD COUNT: so many have been received, repetitions not counted.
assert_requests()
{
	local count
	count=$(awk -v method="$2" '
		/^(UDP|TCP) message/ { received = $3 == "received"; wanted = 0 }
		received && $1 == method { wanted = 1 }
		wanted && /^Via:/ { vias[$0]; wanted = 0 }
		END { print length(vias) }' "$1")
	[ "$count" = "$3" ] || fail "$1 has $count requests $2, not $3"
}

# assert_order LOG FIRST SECOND: the first FIRST is before the first SECOND.
assert_order()
{
	local first second
	first=$(flow "$1" | grep -nE -m 1 "$2" | cut -d: -f1)
	second=$(flow "$1" | grep -nE -m 1 "$3" | cut -d: -f1)
	if [ -z "$first" ] || [ -z "$second" ] || [ "$first" -ge "$second" ]; then
		fail "$1 has '$2' (${first:-never}) not before '$3' (${second:-never})"
	fi
}

# nothing_shown LOG REGEXP: what has been received has nothing of the other side.
nothing_shown()
{
	[ -e "$1" ] || return 0
	awk '/^(UDP|TCP) message/ { received = $3 == "received" } received' "$1" >received
	! grep -aE "$2" received >shown || fail "$1 has received of the other side: $(<shown)"
}

# finals_are_complete LOG: of what has been received, each final response has a tag in To (RFC 3261
# s.8.2.6.2), and each 2xx for an INVITE a Contact (s.13.3.1.4).
finals_are_complete()
{
	[ -e "$1" ] || return 0
	awk '
		function judge() {
			if (status >= 200 && (to !~ /;[ \t]*tag=/ || (status < 300 && invite && !contact))) {
				print start " (" to ")"
				bad = 1
			}
			status = 0
		}
		/^(UDP|TCP) message/ { judge(); received = $3 == "received"; head = 0; begins = 1; next }
		!received { next }
		begins && /^SIP\/2.0 / { status = $2; start = $0; to = ""; contact = invite = 0; head = 1 }
		/[^\r]/ { begins = 0 }
		!head { next }
		/^\r?$/ { head = 0 }
		/^To:/ { to = $0 }
		/^Contact:/ { contact = 1 }
		/^CSeq:.*INVITE/ { invite = 1 }
		END { judge(); exit bad }' "$1" >shown || fail "$1 has received: $(<shown)"
}

# assert_in LOG REGEXP: something of the kind has been sent or received.
assert_in()
{
	grep -qaE "$2" "$1" || fail "$1 does not have '$2'"
}

# refute_in LOG REGEXP: nothing of the kind has been sent or received.
refute_in()
{
	! grep -aE "$2" "$1" >shown || fail "$1 has: $(<shown)"
}

# note_in_ladder REGEXP: of the newest call.
note_in_ladder()
{
	control call ladder "$(call_field id)" >ladder.json || fail "sipctl call ladder failed"
	grep -qE "$1" ladder.json || fail "the ladder does not say '$1': $(<ladder.json)"
}

# --- afterwards

check_record()
{
	local code by total
	[ "$expect_calls" != any ] || return 0
	total=$(control status | json "d['calls']['total']")
	[ "$total" = "$expect_calls" ] || fail "sipd has counted $total calls, not $expect_calls"
	[ "$expect_calls" = 1 ] || return 0
	code=$(call_field code)
	[ "$code" = "$expect_code" ] || fail "the call is recorded with $code, not $expect_code"
	[ -n "$expect_ended_by" ] || return 0
	by=$(control call show "$(call_field id)" | json "d['ended_by']")
	[ "$by" = "$expect_ended_by" ] || fail "ended by '$by', not '$expect_ended_by'"
}

is_at_start()
{
	left=$(control status | json "'calls %d client %d server %d' % (d['calls']['active'],
		d['transactions']['client'], d['transactions']['server'])") || fail "sipd is gone"
	[ "$left" = "calls 0 client 0 server 0" ] || return 1
	left="descriptors $(count_fds), at the start $fds_at_start"
	[ "$(count_fds)" -le "$fds_at_start" ]
}

# Calls, transactions and descriptors return to none when the protocol's timers have run out: timer
# D of a refused INVITE takes 32 s whatever T1 is (RFC 3261 s.17.1.1.2).
back_to_start()
{
	local left
	until_true $((60 + patience)) is_at_start || fail "left behind: $left"
}
