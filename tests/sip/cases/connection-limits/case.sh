# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# As many connections as allowed from one address, and in all, whatever shard they come to; and no
# descriptors left: nothing spins, and they are accepted when there are some again.
expect_calls=0
access=tcp
connections="max: 12, per-source: 8, idle: 60s"

field()
{
	control status | json "d['connections']['$1']"
}

field_is()
{
	[ "$(field "$1")" = "$2" ]
}

# hold NAME ADDRESS COUNT: opens so many, writes how many are not closed by sipd at once.
hold()
{
	python3 - "$2" "$3" $sipd_ip >"$1.held" <<'PYTHON' &
import select, socket, sys, time
local, count, sipd = sys.argv[1], int(sys.argv[2]), sys.argv[3]
held = [socket.create_connection((sipd, 5060), 30, (local, 0)) for _ in range(count)]
end = time.monotonic() + 30
while held:
    closed, _, _ = select.select(held, [], [], 0.2)
    for s in closed:
        held.remove(s)
    print(len(held), flush=True)
PYTHON
	holders[$1]=$!
}

held_is()
{
	[ "$(tail -n 1 "$1.held")" = "$2" ]
}

release()
{
	kill "${holders[$1]}"
	wait "${holders[$1]}"
}

cpu_ticks()
{
	cut -d' ' -f14,15 "/proc/$sipd_pid/stat" | tr ' ' + | bc
}

declare -A holders=()
drive()
{
	hold first $caller_ip 10
	until_true $patience held_is first 8 || fail "$(tail -n 1 first.held) of one source, not 8"
	hold second $caller_media_ip 10
	until_true $patience held_is second 4 || fail "$(tail -n 1 second.held) more, not 4"
	field_is refused 8 || fail "$(field refused) are counted as refused, not 8"
	control status | json "d['degraded'][0]" | grep -q 'all of the 12 connections' ||
		fail "status does not say that there are as many as allowed"
	release first
	release second
	until_true $patience field_is open 0 || fail "$(field open) connections are left"
	no_descriptors
}

no_descriptors()
{
	local ticks
	# One for the control socket's client.
	prlimit --pid "$sipd_pid" --nofile=$((fds_at_start + 3)):$((fds_at_start + 100))
	hold third $caller_ip 6
	until_true $patience grep -q 'no connection can be accepted' sipd.log ||
		fail "it is not told that there are no descriptors"
	ticks=$(cpu_ticks)
	sleep 1.5
	ticks=$(($(cpu_ticks) - ticks))
	[ $ticks -lt 50 ] || fail "sipd has worked for $ticks of 150 ticks with nothing to do"
	prlimit --pid "$sipd_pid" --nofile=$((fds_at_start + 100)):$((fds_at_start + 100))
	until_true $patience field_is open 6 || fail "$(field open) of 6 are accepted in the end"
	release third
	until_true $patience field_is open 0 || fail "$(field open) connections are left"
}
