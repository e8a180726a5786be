#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing that a standard allows is dropped by what holds unless it is told otherwise.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_inspect.sh"

torture=$top/tests/sip/torture

# The messages that are valid: those of which sipd does not say that they are not, and responses.
valid_messages()
{
	awk '!/^(#|$)/ && $2 != 400 && $2 != 505 && $2 != "silent" { print $1 }' "$torture-answers"
	echo unreason
	echo noreason
}

begin()
{
	inspect_up enforce
	serve -a '*=0'
	cells_mark
}

# How many messages came, and how many of them were dropped.
messages()
{
	in_r sipctl -j kernel listener list | json listeners.0.messages listeners.0.dropped
}

# Proves: each valid message of RFC 4475 and RFC 5118 goes on, at ten a second from a stranger.
torture_messages()
{
	local name files=() count=0

	begin
	for name in $(valid_messages); do
		files+=(-f "$torture/$name.sip")
		count=$((count + 1))
	done
	[ $count -gt 30 ] || fail "only $count messages"
	send "${files[@]}" -i 0.1
	assert_served $count
	assert_eq "$count 0" "$(messages)"
	assert_eq "" "$(in_r sipctl -j ban list | json bans.*.source)"
}

# Proves: so do the largest datagram, 200 headers, unknown methods and bodies of any octets.
large_and_strange()
{
	local i

	begin
	send -m INVITE -s 65507 -w 0.5
	send -m MYSTERY -w 0.1
	{
		printf 'MESSAGE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP c;branch=z9hG4bKheaders\r\n'
		for ((i = 0; i < 200; i++)); do
			printf 'X-Header-%s : value, "quoted, \\" value" <%s>\r\n' $i $i
		done
		printf 'f:<sip:a@b>;tag=1\r\nt:<sip:a@b>\r\ni:e\r\nCSeq:1\r\n  MESSAGE\r\n'
		printf 'Content-Length: 4096\r\n\r\n'
		head -c 4096 /dev/urandom
	} >"$TMP/headers"
	send -f "$TMP/headers" -w 0.1
	# Lines that end with LF only, and names with space before the colon.
	printf '%s\n' 'OPTIONS sip:a@b SIP/2.0' 'Via : SIP/2.0/UDP c;branch=z9hG4bKlf, SIP/2.0/UDP d' \
		'From : <sip:a@b>;tag=1' 'To	: <sip:a@b>' 'Call-ID:' ' folded' 'CSeq : 1 OPTIONS' '' \
		>"$TMP/lf"
	send -f "$TMP/lf" -w 0.1
	assert_served 4
	assert_match 'unknown INVITE accept=1, unknown MESSAGE accept=1, unknown OPTIONS accept=1' \
		"$(cells_since)"
}

# Each test has a module of its own, all have this.
topology_up
run torture_messages large_and_strange
