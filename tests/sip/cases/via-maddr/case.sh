# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# maddr in Via does not have answers sent to somebody else (docs/decisions.md): what comes for him is
# told from what does not by a second answer, which must be the first thing that he gets.
expect_calls=0

drive()
{
	python3 - $caller_ip $sipd_ip $callee_media_ip $patience <<-'PYTHON' || fail "it is followed"
	import socket, sys
	local, sipd, other, patience = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
	def bound(address):
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.settimeout(patience)
	    s.bind((address, 5060))
	    return s
	def ask(s, branch, more):
	    address = s.getsockname()[0]
	    s.sendto((
	        f"OPTIONS sip:{sipd} SIP/2.0\r\n"
	        f"Via: SIP/2.0/UDP {address}:5060;branch=z9hG4bK{branch}{more}\r\n"
	        f"From: <sip:al@{address}>;tag=1\r\nTo: <sip:{sipd}>\r\nCall-ID: {branch}\r\n"
	        "CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode(), (sipd, 5060))
	def expect(s, call_id):
	    said = s.recv(65536)
	    if not said.startswith(b"SIP/2.0 200 ") or f"Call-ID: {call_id}\r\n".encode() not in said:
	        sys.exit(f"{s.getsockname()[0]} waits for {call_id}: {said!r}")
	caller, victim = bound(local), bound(other)
	for number, maddr in enumerate((other, "239.255.255.1", "224.0.1.75", "elsewhere.example")):
	    ask(caller, f"maddr{number}", f";maddr={maddr};ttl=16")
	    expect(caller, f"maddr{number}")
	ask(victim, "own", "")
	expect(victim, "own")
	PYTHON
}
