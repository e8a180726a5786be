# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# A phone by UDP sends by TCP what is too large (RFC 3261 s.18.1.1), and takes no connections. It
# hears of the end of its call all the same: its Contact says nothing of TCP (RFC 3263 s.4.1).
# Shows: 3263/4.1b
access=sip
core=udp
expect_calls=2

drive()
{
	python3 - $caller_ip $sipd_ip $callee_ip $patience <<-'PYTHON' || fail "no BYE"
	import re, socket, sys
	caller, sipd, callee, patience = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
	SDP = ("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
	       "m=audio 4000 RTP/AVP 0\r\n")

	def header(text, name):
	    return re.search(rf"^{name}: (.*)\r$", text, re.M).group(1)

	def udp(address):
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.bind((address, 5060))
	    s.settimeout(patience)
	    return s

	def tcp():
	    s = socket.socket()
	    s.settimeout(patience)
	    s.bind((caller, 0))
	    s.connect((sipd, 5060))
	    return s

	def receive(s, start):
	    """The next one that begins so; a stream may have several at once."""
	    said = ""
	    while not re.search(rf"^{re.escape(start)}", said, re.M):
	        more = s.recv(65536).decode()
	        if not more:
	            sys.exit(f"closed before {start!r}")
	        said = said + more if s.type == socket.SOCK_STREAM else more
	    return said[said.index(start):]

	def request(s, method, ruri, call, to, cseq, body=""):
	    word = "TCP" if s.type == socket.SOCK_STREAM else "UDP"
	    text = (f"{method} {ruri} SIP/2.0\r\n"
	            f"Via: SIP/2.0/{word} {caller}:{s.getsockname()[1]}"
	            f";branch=z9hG4bK{call}{cseq}{method}\r\n"
	            f"From: <sip:al@{caller}>;tag=1\r\nTo: {to}\r\nCall-ID: {call}\r\n"
	            f"CSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:al@{caller}:5060>\r\n"
	            "Content-Type: application/sdp\r\n"
	            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
	    s.send(text) if s.type == socket.SOCK_STREAM else s.sendto(text, (sipd, 5060))

	def answer(s, text, body=""):
	    to = header(text, "To")
	    head = "".join(f"{name}: {header(text, name)}\r\n"
	                   for name in ("Via", "From", "Call-ID", "CSeq"))
	    reply = (f"SIP/2.0 200 OK\r\n{head}To: {to}{'' if ';tag=' in to else ';tag=2'}\r\n"
	             f"Contact: <sip:bo@{callee}>\r\nContent-Type: application/sdp\r\n"
	             f"Content-Length: {len(body)}\r\n\r\n{body}")
	    s.sendto(reply.encode(), tuple(peer[s]))

	def transact(s, ruri, call, to, cseq):
	    """An INVITE, or another one, up to its ACK."""
	    request(s, "INVITE", ruri, call, to, cseq, SDP)
	    invite = receive(bo, "INVITE ")
	    answer(bo, invite, SDP)
	    ok = receive(s, "SIP/2.0 200 ")
	    target = re.search("<(.*)>", header(ok, "Contact")).group(1)
	    request(s, "ACK", target, call, header(ok, "To"), cseq)
	    receive(bo, "ACK ")
	    return invite, ok, target

	def hang_up(invite, call):
	    """The callee's BYE must come to the phone's own port, by UDP."""
	    target = re.search("<(.*)>", header(invite, "Contact")).group(1)
	    bo.sendto((f"BYE {target} SIP/2.0\r\nVia: SIP/2.0/UDP {callee};branch=z9hG4bK{call}bye\r\n"
	               f"From: {header(invite, 'To').split(';tag=')[0]};tag=2\r\n"
	               f"To: {header(invite, 'From')}\r\nCall-ID: {header(invite, 'Call-ID')}\r\n"
	               "CSeq: 1 BYE\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n").encode(),
	              peer[bo])
	    answer(al, receive(al, "BYE "))

	al, bo = udp(caller), udp(callee)
	core = socket.inet_ntoa(socket.inet_aton(sys.argv[2])[:2] + b"\x02\x01")
	peer = {al: (sipd, 5060), bo: (core, 5060)}
	# The first INVITE, over a connection that is closed then.
	stream = tcp()
	invite, _, _ = transact(stream, f"sip:bo@{sipd}", "first", f"<sip:bo@{sipd}>", 1)
	stream.close()
	hang_up(invite, "first")
	# Another one, over a connection that stays.
	invite, ok, target = transact(al, f"sip:bo@{sipd}", "second", f"<sip:bo@{sipd}>", 1)
	stream = tcp()
	transact(stream, target, "second", header(ok, "To"), 2)
	hang_up(invite, "second")
	PYTHON
}
