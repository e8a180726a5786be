# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 5923/5

# Somebody has connected from the very address and port that the next hop has, without having proved
# to be it, and says alias: a call to the next hop opens a connection of its own, that is checked.
like basic
access=udp
core=tls

start_stranger()
{
	python3 - $callee_ip $sipd_core_ip $patience >stranger.log 2>stranger.got <<-'PYTHON' &
	import socket, ssl, sys
	local, sipd, patience = sys.argv[1], sys.argv[2], float(sys.argv[3])
	s = socket.socket()
	s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	s.bind((local, 5061))
	s.settimeout(patience)
	s.connect((sipd, 5061))
	s = ssl.create_default_context(cafile="ca.pem").wrap_socket(s, server_hostname=sipd)
	s.sendall((
	    f"OPTIONS sip:{sipd} SIP/2.0\r\n"
	    f"Via: SIP/2.0/TLS {local}:5061;branch=z9hG4bKa;alias\r\n"
	    f"From: <sip:al@{local}>;tag=1\r\nTo: <sip:{sipd}>\r\nCall-ID: a\r\n"
	    "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode())
	said = s.recv(65536)
	if not said.startswith(b"SIP/2.0 200 "):
	    sys.exit(f"OPTIONS: {said!r}")
	print("ready", flush=True)
	s.settimeout(None)
	while said := s.recv(65536):
	    sys.stderr.write(repr(said))
	    sys.stderr.flush()
	PYTHON
	stranger=$!
	until_true $patience grep -q ready stranger.log || fail "no stranger: $(<stranger.got)"
}

drive()
{
	start_stranger
	start_callee
	start_caller
	wait_phones
	kill -0 $stranger 2>/dev/null || fail "the stranger's connection has ended: $(<stranger.got)"
	[ ! -s stranger.got ] || fail "the stranger is told: $(<stranger.got)"
	kill $stranger
}
