# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests of the whole system: sipd on the border, SIPp at both sides. Sourced after
# lib.sh and lib_media.sh. The caller's side is realm access, 10.0.1.1, the callee's core, 10.0.2.1.

# shellcheck disable=SC2034,SC2154 # lib.sh sets one, the scripts use the other
sipp_files=$selftests/sipp
socket=$TMP/sipd.sock

# Fails the test, with the last words of everybody.
fail()
{
	local log

	{
		echo "# $*"
		for log in "$TMP/sipd.log" "$TMP"/*.err; do
			[ -s "$log" ] || continue
			echo "# --- $(basename "$log")"
			tail -n 20 "$log" | sed 's/^/# /'
		done
	} >&2
	exit 1
}

# system_up PORTS TIMERS: module, topology, a configuration with these media ports and timers.
system_up()
{
	need rtp_tool json sipctl sipd sipp
	need_module
	topology_up
	cat >"$TMP/sipd.yaml" <<YAML
media: kernel
control: { socket: $socket }
timers: { $2 }
realms:
  - name: access
    listen: [ "udp:10.0.1.1:5060" ]
    media: { address: 10.0.1.1, ports: $1 }
    next-hop: { realm: core, address: "10.0.2.2:5060" }
  - name: core
    listen: [ "udp:10.0.2.1:5060" ]
    media: { address: 10.0.2.1, ports: $1 }
    next-hop: { realm: access, address: "10.0.1.2:5060" }
YAML
}

ctl()
{
	in_r sipctl -s "$socket" "$@"
}

# ctl_json "WORDS..." PATH...: values, on one line; see json.
ctl_json()
{
	local words
	read -ra words <<<"$1"
	shift
	# Degraded is an answer, too.
	{ ctl -j "${words[@]}" || [ $? = 3 ]; } | json "$@"
}

# --- sipd ----------------------------------------------------------------------------------------

sipd_answers()
{
	ctl status || [ $? = 3 ]
}

# Leaves its PID in $sipd.
sipd_start()
{
	ip netns exec "$R" sipd -f "$TMP/sipd.yaml" >>"$TMP/sipd.log" 2>&1 &
	sipd=$!
	at_exit "kill $sipd 2>/dev/null; wait $sipd 2>/dev/null"
	at_exit 'in_r sipctl session flush owner sipd'
	wait_for sipd_answers
}

# What sipd has in hand: calls, transactions, kernel sessions, endpoints. All but what
# sipctl session add made.
in_hand()
{
	ctl_json status calls.active transactions.{client,server} sessions.kernel
}

assert_in_hand()
{
	assert_becomes "$1" "calls, client and server transactions, sessions" in_hand
}

count_fds()
{
	local fds=("/proc/$sipd/fd/"*)

	echo ${#fds[@]}
}

# --- phones --------------------------------------------------------------------------------------

# A phone waits so many seconds for a message, and then says for which. All of its calls may take
# some more.
PHONE_PATIENCE=200
PHONE_CALLS_PATIENCE=300

# phone NAME NAMESPACE ADDRESS OPTIONS...: SIPp in the background, its PID in $TMP/NAME.pid. What it
# does not expect it lets pass: a repetition that it takes too late for one is no mistake of sipd's,
# and what is missing in its place is missed.
phone()
{
	local name=$1 namespace=$2 address=$3
	shift 3
	(
		cd "$TMP" || exit
		exec ip netns exec "$namespace" sipp -i "$address" -mi "$address" -nostdin \
			-default_behaviors all,-abortunexp -watchdog_interval 0 \
			-max_retrans 100 -max_invite_retrans 100 -max_non_invite_retrans 100 \
			-recv_timeout $((PHONE_PATIENCE * 1000)) \
			-trace_err -error_file "$TMP/$name.err" "$@" >"$TMP/$name.out" 2>&1
	) &
	echo $! >"$TMP/$name.pid"
	at_exit "kill -KILL $! 2>/dev/null; wait $! 2>/dev/null"
}

port_is_bound()
{
	"$1" ss -Hlnu src "$2" | grep -q .
}

# SIPp keeps the media port for itself; the media of a call is at 4100, of the next one at 4104 and
# so on. callee_start SCENARIO OPTIONS..., the same for the caller.
callee_start()
{
	local scenario=$1
	shift
	phone callee "$B" 10.0.2.2 -sf "$scenario" -p 5060 -mp 4000 "$@"
	wait_for port_is_bound in_b 10.0.2.2:5060
}

caller_start()
{
	local scenario=$1
	shift
	phone caller "$A" 10.0.1.2 -sf "$scenario" -p 5060 -mp 4000 10.0.1.1:5060 "$@"
}

has_call()
{
	[ -s "$TMP/$1.call" ]
}

# tell ADDRESS: the callee there, of callee_early.xml, answers the call that it has.
tell()
{
	wait_for has_call "$1"
	# shellcheck disable=SC2016 # for the other shell
	in_b bash -c 'printf "%s\r\n" "INFO sip:$0 SIP/2.0" \
		"Via: SIP/2.0/UDP $0:9;branch=z9hG4bKtold" "From: <sip:test@$0>;tag=told" \
		"To: <sip:$0>" "Call-ID: $1" "CSeq: 9 INFO" "Content-Length: 0" "" |
		cat >"/dev/udp/$0/5060"' "$1" "$(<"$TMP/$1.call")"
}

# phone_done NAME: waits for a phone that ends by itself, all its calls must have gone well.
phone_done()
{
	assert_ends "$(<"$TMP/$1.pid")" "$1" $PHONE_CALLS_PATIENCE
}

# The phone is gone, and says nothing any more.
phone_vanishes()
{
	kill -KILL "$(<"$TMP/$1.pid")"
	wait "$(<"$TMP/$1.pid")" 2>/dev/null || true
}

# --- calls ---------------------------------------------------------------------------------------

established()
{
	local state count=0

	for state in $(ctl_json 'call list' 'calls.*.state'); do
		[ "$state" != established ] || count=$((count + 1))
	done
	[ $count = "$1" ]
}

# Addresses of a call's first stream: those of the border, then of the phones, A before B.
call_addresses()
{
	ctl_json "call show $1" media.0.{a_local,b_local,a_remote,b_remote}
}

call_ids()
{
	ctl_json 'call list' 'calls.*.id'
}
