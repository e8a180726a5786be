# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/18.2.1b

# "sip:" listens by UDP and by TCP, at one address and port; each answers by what it was asked by.
expect_calls=0
access=sip

drive()
{
	python3 - $caller_ip $sipd_ip $patience <<-'PYTHON' || fail "no answer by both"
	import socket, sys
	local, sipd, patience = sys.argv[1], sys.argv[2], float(sys.argv[3])
	for word, kind in ("UDP", socket.SOCK_DGRAM), ("TCP", socket.SOCK_STREAM):
	    s = socket.socket(socket.AF_INET, kind)
	    s.settimeout(patience)
	    s.bind((local, 0))
	    s.connect((sipd, 5060))
	    s.send((
	        f"OPTIONS sip:{sipd} SIP/2.0\r\n"
	        f"Via: SIP/2.0/{word} {local}:{s.getsockname()[1]};branch=z9hG4bK{word}\r\n"
	        f"From: <sip:al@{local}>;tag=1\r\nTo: <sip:{sipd}>\r\nCall-ID: {word}@{local}\r\n"
	        "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode())
	    said = s.recv(65536)
	    if not said.startswith(b"SIP/2.0 200 ") or f"SIP/2.0/{word} ".encode() not in said:
	        sys.exit(f"{word}: {said!r}")
	PYTHON
	[ "$(control status | json "sorted(d['realms'][0]['listen'])")" = \
		"['tcp:$sipd_ip:5060', 'udp:$sipd_ip:5060']" ] || fail "status tells other listeners"
}
