# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests on several CPUs; sourced after lib.sh and lib_media.sh. A veth hands its packet
# to the CPU that sends it: who sends decides where the border forwards.

# shellcheck disable=SC2034,SC2154 # lib_media.sh sets one, the scripts use the other
CPUS=$(nproc)

# Ports of the border that as many CPUs as there are, but no more than 4, send to.
FLOWS=$((CPUS < 4 ? CPUS : 4))

need_cpus()
{
	local backlog=/proc/sys/net/core/netdev_max_backlog

	need taskset
	[ "$CPUS" -ge 2 ] || skip_all "there is one CPU only"
	# What a CPU is late with must wait, not go.
	at_exit "echo $(<$backlog) >$backlog"
	echo 100000 >$backlog
}

# on_cpu CPU COMMAND...: also of this shell; what it starts stays there.
on_cpu()
{
	taskset -cp "$1" $BASHPID >/dev/null
	shift
	"$@"
	taskset -cp "0-$((CPUS - 1))" $BASHPID >/dev/null
}

# from_a NAME OPTIONS... SOURCE DESTINATION: a flow of datagrams that are built by hand. A socket
# that shares a receiver's port takes some of its datagrams while it is closed: the kernel takes it
# out of the group first and then out of the hash.
from_a()
{
	local name=$1
	shift
	flow "$name" "$A" -D a0 -M "$MAC_RA" "$@"
}

from_b()
{
	local name=$1
	shift
	flow "$name" "$B" -D b0 -M "$(mac "$R" rb)" "$@"
}

# both_flow RATE: flows a and b, the two directions of the session of session_ab, by a CPU each.
both_flow()
{
	on_cpu 0 from_a a -r "$1" 10.0.1.2:4000 10.0.1.1:30000
	on_cpu 1 from_b b -r "$1" 10.0.2.2:4000 10.0.2.1:30000
}

# in_background NAME NAMESPACE COMMAND...: see done_well.
in_background()
{
	local name=$1 namespace=$2
	shift 2

	ip netns exec "$namespace" "$@" >"$TMP/$name.said" 2>&1 &
	echo $! >"$TMP/$name.pid"
	at_exit "kill $! 2>/dev/null"
}

# done_well NAME: waits for what was started in the background; it must not fail.
done_well()
{
	wait "$(<"$TMP/$1.pid")" || fail "$1: $(cat "$TMP/$1.said")"
}

# Packets that each CPU has taken from its queue.
taken()
{
	local first rest

	while read -r first rest; do
		echo $((16#$first))
	done </proc/net/softnet_stat
}

# Of all namespaces, but those of the test are alone in the machine.
taken_mark()
{
	mapfile -t taken_before < <(taken)
}

# assert_taken CPU COUNT: that CPU has taken at least so many since taken_mark.
assert_taken()
{
	local now

	mapfile -t now < <(taken)
	[ $((now[$1] - taken_before[$1])) -ge "$2" ] ||
		fail "CPU $1 took $((now[$1] - taken_before[$1])) packets, not $2"
}

# What became of all packets since counters_mark, each of which had one forward at most.
settled()
{
	local name value sum=0

	while read -r name value; do
		case $name in
		forwarded|consumed|blocked|pass-*|drop-*)
			sum=$((sum + value - counted[$name]))
			;;
		esac
	done < <(in_r sipctl kernel stats -a)
	echo $sum
}

# assert_settled COUNT: soon so many packets are accounted for, and no more.
assert_settled()
{
	assert_becomes "$1" "packets accounted for" settled
}
