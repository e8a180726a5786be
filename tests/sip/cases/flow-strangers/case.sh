# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# What is no call is recorded, too, with the reason why it was refused or ignored.

expect_calls=0
trace="flows: 5000, messages: 1M"

# A datagram that is no SIP, a malformed request, and a response that is not for sipd.
garbage()
{
	printf '%s\r\n' 'REGISTER sip:sipd SIP/2.0' \
		"Via: SIP/2.0/UDP $callee_ip:5060;rport;branch=z9hG4bKmalformed" \
		'From: <sip:a@b>;tag=1' 'To: <sip:c@d>' 'Call-ID: malformed' \
		'CSeq: four REGISTER' 'Content-Length: 0' '' >malformed
	cat malformed >/dev/udp/$sipd_ip/5060
	printf 'GET / HTTP/1.0' >web
	cat web >/dev/udp/$sipd_ip/5060
	printf '%s\r\n' 'SIP/2.0 200 OK' 'Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bKnotours' \
		'From: <sip:a@b>;tag=1' 'To: <sip:c@d>;tag=2' 'Call-ID: stray' 'CSeq: 1 OPTIONS' \
		'Content-Length: 0' '' >stray
	cat stray >/dev/udp/$sipd_ip/5060
}

drive()
{
	start_caller
	wait_phones
	garbage
}

check()
{
	until_true $patience flows_are '.end == "ignored"' 2
	flows_are '.method == "OPTIONS" and .code == 200 and .end == "answered"' 1
	flows_are '.method == "FROB" and .code == 501 and
		.note == "no requests of this method are taken here"' 1
	flows_are '.method == "BYE" and .code == 481 and (.note | test("^no dialog is known"))' 1
	flows_are '.method == "REGISTER" and .code == 400 and (.error | test("CSeq"))' 1
	flows_are '.method == "" and .end == "ignored" and .error == "Not SIP"' 1
	flows_are '.method == "OPTIONS" and .end == "ignored" and
		.error == "Via of a response is not ours"' 1
	flows_are true 6
	flows_are true 3 --peer $caller_ip:5060
	why_says "$(jq -r '.flows[] | select(.method == "FROB") | .id' flows)" \
		'sipd answered 501 Not Implemented .*because: no requests of this method'
	flows_are true 6
	why_says "$(jq -r '.flows[] | select(.error == "Not SIP") | .id' flows)" \
		'^What is no SIP came from' 'It was ignored: Not SIP'
	control flow export -w strangers.pcap >said || fail "no export"
	tshark -r strangers.pcap 2>/dev/null >packets
	[ "$(wc -l <packets)" = 10 ] || fail "not ten packets: $(<packets)"
	# Many flows are told in pieces, each flow once, the newest first.
	fill
	control flow list --all >flows
	[ "$(jq '[.flows[].id] | unique | length' flows)" = "$(jq '.flows | length' flows)" ] ||
		fail "a flow is listed twice"
	jq -e '[.flows[].start] | . == (sort | reverse)' flows >said || fail "flows are not in order"
	[ "$(jq '.flows | length' flows)" -gt 3000 ] || fail "too few: $(jq '.flows | length' flows)"
	control flow list | jq -e '.omitted and (.flows | length) == 500' >said ||
		fail "without -a not 500 flows are listed"
}

flows_at_least()
{
	[ "$(control flow list --all | jq '.flows | length')" -ge "$1" ]
}

fill()
{
	local i
	for ((i = 0; i < 3500; i++)); do
		printf 'garbage %d' $i >/dev/udp/$sipd_ip/5060
		((i % 100)) || control status >said
	done
	until_true $patience flows_at_least 3001
}
