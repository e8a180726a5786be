# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Library of the selftests. A script sources it, defines one function per test and ends with
#
#	run its_first_test its_second_test ...
#
# which prints TAP. A test is a shell function run with "set -e" in a subshell: the first command
# that fails, fails it. What it starts or creates is undone by at_exit (in a test: at its end;
# outside: when the script ends). After the tests the kernel's log must be clean.
#
# The topology, three network namespaces:
#
#	+-------------+         +-------------------------+         +-------------+
#	| $A caller   |         | $R border               |         | $B callee   |
#	|          a0 |---------| ra                   rb |---------| b0          |
#	| 10.0.1.2/24 |         | 10.0.1.1/24 10.0.2.1/24 |         | 10.0.2.2/24 |
#	+-------------+         +-------------------------+         +-------------+

set -u
export LC_ALL=C.UTF-8
selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$selftests/../.." && pwd)
script=$(basename "$0")
SIPFAST_KO=${SIPFAST_KO:-$top/build/kmod/$(uname -r)/sipfast.ko}
export PATH=${OUTPUT:-$top/build/selftests}:$top/build:$PATH

A=caller-$$ R=border-$$ B=callee-$$
TMP=$(mktemp -d)

# --- cleaning up -----------------------------------------------------------------------------

cleanups=()

# Runs the command line $* when the test or, outside of tests, the script ends; last in, first out.
at_exit()
{
	cleanups+=("$*")
}

clean_up()
{
	local i
	set +eE
	trap - ERR
	for ((i = ${#cleanups[@]} - 1; i >= 0; i--)); do
		eval "${cleanups[i]}"
	done
	cleanups=()
}

trap clean_up EXIT
# Killed by the time limit: still leave nothing behind.
trap 'exit 143' TERM
trap 'exit 130' INT
at_exit 'rm -rf "$TMP"'

# --- results ---------------------------------------------------------------------------------

# Skips the whole script.
skip_all()
{
	echo "1..0 # SKIP $*"
	exit 4
}

# Skips the test it is called in.
skip()
{
	echo "$*" >"$TMP/skip"
	exit 0
}

# Fails the test it is called in, also in what "$(...)" takes its output from.
fail()
{
	echo "# $*" >&2
	exit 1
}

# The commands that the script cannot do without.
need()
{
	local command
	for command; do
		command -v "$command" >/dev/null || skip_all "$command is missing"
	done
}

# assert_eq EXPECTED ACTUAL [WHAT]
assert_eq()
{
	[ "$1" = "$2" ] || fail "${3:-value}: expected '$1', got '$2'"
}

# assert_match REGEX TEXT [WHAT]: an extended regular expression, found anywhere in the text.
assert_match()
{
	[[ $2 =~ $1 ]] || fail "${3:-text}: expected a match of '$1', got '$2'"
}

# The command must fail. Its output is then in $output.
output=
assert_fails()
{
	if output=$("$@" 2>&1); then
		fail "succeeded: $* (output: $output)"
	fi
}

# How many seconds may pass before what must happen has not: an emulated machine on a busy host must
# be slow and not wrong.
PATIENCE=90

# Waits a moment, without a program.
exec {nap_fd}<> <(:)
nap()
{
	read -rt 0.05 -u "$nap_fd" || true
}

# wait_for [-t SECONDS] COMMAND...: until it succeeds, else fails the test.
wait_for()
{
	local seconds=$PATIENCE deadline
	if [ "$1" = -t ]; then
		seconds=$2
		shift 2
	fi
	deadline=$((SECONDS + seconds))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || fail "after $seconds s still not: $*"
		nap
	done
}

# assert_becomes EXPECTED WHAT COMMAND...: soon it prints that, or the test fails.
assert_becomes()
{
	local expected=$1 what=$2 deadline=$((SECONDS + PATIENCE)) actual
	shift 2

	until actual=$("$@") && [ "$actual" = "$expected" ] || [ $SECONDS -ge $deadline ]; do
		nap
	done
	assert_eq "$expected" "$actual" "$what"
}

# assert_ends PID WHAT [SECONDS]: that child ends soon, with status 0.
assert_ends()
{
	local status=0

	wait_for_end "$@"
	wait "$1" || status=$?
	[ $status = 0 ] || fail "$2 has ended with $status"
}

# wait_for_end PID WHAT [SECONDS]: bounds the wait for a process, of this shell or not.
wait_for_end()
{
	local deadline=$((SECONDS + ${3:-PATIENCE}))

	while [ -e "/proc/$1" ]; do
		[ $SECONDS -lt $deadline ] || fail "$2 has not ended after ${3:-$PATIENCE} s"
		nap
	done
}

run_one()
{
	local title=${1//_/ } begin status

	rm -f "$TMP/skip"
	number=$((number + 1))
	echo "# --- $title"
	begin=$SECONDS
	(
		cleanups=()
		trap clean_up EXIT
		trap 'echo "# line $LINENO: status $?: $BASH_COMMAND" >&2' ERR
		set -eE
		"$1"
	)
	# Not in a condition: that would switch off "set -e" inside.
	status=$?
	echo "# $((SECONDS - begin)) s"
	if [ $status != 0 ]; then
		echo "not ok $number $title"
		failed=$((failed + 1))
	elif [ -e "$TMP/skip" ]; then
		echo "ok $number $title # SKIP $(cat "$TMP/skip")"
	else
		echo "ok $number $title"
	fi
}

# run FUNCTION...: the tests, then the kernel's log; ends the script.
run()
{
	number=0 failed=0
	local test

	echo "TAP version 13"
	echo "1..$(($# + 1))"
	kmsg_mark
	for test in "$@" the_kernel_log_is_clean; do
		run_one "$test"
	done
	[ $failed = 0 ]
	exit
}

# --- the kernel's log ------------------------------------------------------------------------

kmsg_mark()
{
	mark="sipfast selftest $script $$"
	echo "$mark" >/dev/kmsg
}

# Fails if the kernel has complained since kmsg_mark.
kmsg_clean()
{
	local trouble='BUG[: ]|WARNING: |Oops|general protection|UBSAN|KASAN|suspicious RCU'
	trouble+='|possible .*(lock|recurs)|inconsistent lock state|unreferenced object'
	trouble+='|blocked for more than|refcount_t:|ODEBUG'
	local since

	since=$(dmesg | awk -v mark="$mark" 'index($0, mark) { text = "" } { text = text $0 "\n" }
		END { printf "%s", text }')
	if grep -E "$trouble" <<<"$since"; then
		fail "the kernel complained"
	fi
}

the_kernel_log_is_clean()
{
	kmsg_clean
}

# Objects are bigger than users have them, and everything takes longer.
kernel_has_kasan()
{
	[ -e /proc/config.gz ] && zgrep -qx CONFIG_KASAN=y /proc/config.gz
}

# --- the module ------------------------------------------------------------------------------

module_loaded()
{
	[ -d /sys/module/sipfast ]
}

module_load()
{
	if [ -e "$SIPFAST_KO" ]; then
		# What modprobe would do.
		modinfo -F depends "$SIPFAST_KO" | tr , '\n' | xargs -r modprobe -a
		insmod "$SIPFAST_KO"
	else
		modprobe sipfast
	fi
}

module_unload()
{
	rmmod sipfast
}

# For scripts that test something else: loads it for the whole script.
need_module()
{
	[ "$(id -u)" = 0 ] || skip_all "not root"
	if ! module_loaded; then
		module_load || skip_all "the module cannot be loaded"
		at_exit module_unload
	fi
}

# --- the topology ----------------------------------------------------------------------------

# In half the time of "ip netns exec", as /sys stays that of the host.
in_a()
{
	nsenter "--net=/run/netns/$A" "$@"
}

in_r()
{
	nsenter "--net=/run/netns/$R" "$@"
}

in_b()
{
	nsenter "--net=/run/netns/$B" "$@"
}

# mac NS DEVICE: its link address.
mac()
{
	ip -n "$1" -o link show "$2" | sed 's,.* link/ether \([^ ]*\) .*,\1,'
}

# link NS1 DEV1 ADDR1 NS2 DEV2 ADDR2
link()
{
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" addr add "$3" dev "$2"
	ip -n "$4" addr add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

link_is_up()
{
	ip -n "$1" -o link show dev "$2" | grep -q 'state UP'
}

# Builds the topology, unless it is there; it goes with the test or, when called outside of tests, with
# the script.
topology_up()
{
	local ns

	[ ! -e "/run/netns/$R" ] || return 0
	for ns in "$A" "$R" "$B"; do
		ip netns add "$ns"
		at_exit "ip netns del $ns 2>/dev/null"
		# No router solicitations, no duplicate address detection: exact counts.
		ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.disable_ipv6=1
		ip -n "$ns" link set lo up
	done
	link "$A" a0 10.0.1.2/24 "$R" ra 10.0.1.1/24
	link "$B" b0 10.0.2.2/24 "$R" rb 10.0.2.1/24
	ip -n "$A" route add default via 10.0.1.1
	ip -n "$B" route add default via 10.0.2.1
	wait_for link_is_up "$A" a0
	wait_for link_is_up "$R" ra
	wait_for link_is_up "$R" rb
	wait_for link_is_up "$B" b0
}
