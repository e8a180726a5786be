# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For the selftests of sipctl alone, word by word, in a namespace with a loopback. Sourced after
# lib.sh.

ctl()
{
	in_r sipctl "$@"
}

# jctl FILTER ARGS...: jq's filter of what "sipctl -j" prints.
jctl()
{
	local filter=$1
	shift
	in_r sipctl -j "$@" | jq -c "$filter"
}

# ctl_fails STATUS SAID ARGS...: silent on standard output, SAID on standard error.
ctl_fails()
{
	local want=$1 said=$2 status=0
	shift 2
	in_r sipctl "$@" >"$TMP/out" 2>"$TMP/err" || status=$?
	assert_eq "$want" "$status" "exit status of $*"
	assert_eq "$said" "$(cat "$TMP/err")" "message of $*"
	assert_eq '' "$(cat "$TMP/out")" "output of $*"
}

# Module and namespace.
ctl_up()
{
	need sipctl jq python3 setpriv
	need_module
	ip netns add "$R"
	at_exit "ip netns del $R"
	ip -n "$R" link set lo up
}
