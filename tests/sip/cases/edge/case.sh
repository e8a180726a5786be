# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3608/6.2 3327/5.2a 5626/5.1a 5626/5.3c 5626/5.3d

# An edge proxy between phones that have a connection each and a registrar that has none of them:
# what has the Path of one as its Route comes by his connection, and gets 430 when that is gone. He may have
# the Service-Route that he was given as his Route, and no other one.
. "$here/lib_proxy.sh"
access=tcp
core=udp
access_more="path: true"

drive()
{
	python3 - $caller_ip $sipd_ip $callee_ip $sipd_core_ip $patience <<-'PYTHON' || fail "see above"
	import re, socket, sys, time
	local, sipd, registrar_at, core, patience = *sys.argv[1:5], float(sys.argv[5])
	def expect(what, said, *wanted):
	    for regexp in wanted:
	        if not re.search(regexp.encode(), said):
	            sys.exit(f"{what} lacks {regexp}: {said!r}")
	def value(name, said):
	    return re.search(rb"(?m)^" + name + rb": *([^\r]*)", said).group(1).decode()
	def message(line, via, cseq, call_id, *headers):
	    return "\r\n".join([line, f"Via: SIP/2.0/{via};branch=z9hG4bK{call_id}{cseq.split()[0]}",
	        "From: <sip:al@far.example>;tag=1", "To: <sip:al@far.example>", f"Call-ID: {call_id}",
	        f"CSeq: {cseq}", "Max-Forwards: 70", *headers, "Content-Length: 0", "", ""]).encode()
	def answer(request, *headers):
	    kept = [l for l in request.decode().split("\r\n")
	            if l.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq", "Path")]
	    return "\r\n".join(["SIP/2.0 200 OK", *kept, *headers, "Content-Length: 0", "", ""]).encode()
	registrar = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	registrar.settimeout(patience)
	registrar.bind((registrar_at, 5060))
	phone = socket.socket()
	phone.settimeout(patience)
	phone.bind((local, 0))
	phone.connect((sipd, 5060))
	at = f"{local}:{phone.getsockname()[1]}"
	phone.send(message("REGISTER sip:far.example SIP/2.0", f"TCP {at}", "1 REGISTER", "r",
	    "Supported: path, outbound",
	    "Contact: <sip:al@192.168.1.7;ob>;reg-id=1;+sip.instance=\"<urn:uuid:0>\""))
	said = registrar.recv(65536)
	expect("REGISTER", said, r"^REGISTER sip:far\.example ",
	    rf"\r\nPath: <sip:[0-9a-f]+@{core}:5060;lr>,<sip:[0-9a-f]+@{sipd}:5060;transport=tcp;lr;ob>\r\n")
	path = value(b"Path", said)
	service = "<sip:orig@home.example;lr>, <sip:second@192.0.2.9;lr>"
	registrar.sendto(answer(said, f"Service-Route: {service}",
	    "Contact: <sip:al@192.168.1.7;ob>;expires=60"), (core, 5060))
	expect("200", phone.recv(65536), r"^SIP/2\.0 200 ", r"\r\nPath: ",
	    rf"\r\nService-Route: {service}\r\n")
	# With a Call-ID each, and so by all shards.
	for call_id in "abcdefgh":
	    phone.send(message("MESSAGE sip:bo@far.example SIP/2.0", f"TCP {at}", "1 MESSAGE", call_id,
	        f"Route: <sip:{sipd};transport=tcp;lr>", f"Route: {service}"))
	    said = registrar.recv(65536)
	    expect("MESSAGE", said, r"^MESSAGE sip:bo@far\.example ",
	        rf"\r\nRoute: {service.replace(' ', '')}\r\n")
	    registrar.sendto(answer(said), (core, 5060))
	    expect("its 200", phone.recv(65536), r"^SIP/2\.0 200 ")
	phone.send(message("MESSAGE sip:bo@far.example SIP/2.0", f"TCP {at}", "1 MESSAGE", "foreign",
	    "Route: <sip:second@192.0.2.9;lr>"))
	expect("a foreign Route", phone.recv(65536), r"^SIP/2\.0 403 ", r"\r\nWarning: 399 ")
	def ask(cseq):
	    registrar.sendto(message("OPTIONS sip:al@192.168.1.7;ob SIP/2.0", f"UDP {registrar_at}:5060",
	        f"{cseq} OPTIONS", "o", f"Route: {path}"), (core, 5060))
	ask(1)
	said = phone.recv(65536)
	expect("OPTIONS", said, r"^OPTIONS sip:al@192\.168\.1\.7;ob SIP/2\.0\r\n")
	phone.send(answer(said))
	expect("its answer", registrar.recv(65536), r"^SIP/2\.0 200 ")
	phone.shutdown(socket.SHUT_WR)
	while phone.recv(65536):
	    pass
	ask(2)
	expect("the refusal", registrar.recv(65536), r"^SIP/2\.0 430 ")
	PYTHON
}
