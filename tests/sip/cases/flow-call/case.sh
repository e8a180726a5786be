# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# One call as its transactions: listed, drawn, exported and read by tshark; secrets in none of it.

secrets='5ecre7|f01dedn0nce'

check_list()
{
	local call
	call=$(call_field id)
	flows_are true 4
	flows_are '.state == "finished" and .end == "answered" and .code == 200' 4
	flows_are '.method == "INVITE" and .direction == "in" and .realm == "access" and .acked and
		.first_code == 100 and .final_ms >= .first_ms and .messages >= 5' 1
	flows_are '.method == "INVITE" and .direction == "out" and .realm == "core" and .acked and
		.first_code == 180 and .peer == "10.0.2.2:5060" and .local == "10.0.2.1:5060"' 1
	flows_are '.method == "BYE" and .cseq == 2 and .direction == "in" and .messages == 2' 1
	flows_are ".call == \"$call\"" 4
	flows_are '.from | test("^sip:alice@10.0.1.2$")' 2 --peer $caller_ip
	flows_are true 2 --method BYE
	flows_are true 2 --peer $callee_ip:5060
	flows_are true 0 --peer $callee_ip:5061
	flows_are true 4 --code 2xx
	flows_are true 0 --code 486
	flows_are true 0 --state running
	flows_are true 4 --state finished --since 1h
	flows_are true 2 --call-id "$(jq -r '.flows[] | select(.direction == "in") | .call_id' flows |
		head -n 1)"
	plain flow list | head -n 1 | grep -q '^FLOW .*METHOD .*CODE' || fail "no table of flows"
}

# Each way to name it shows both legs, and only one transaction is no call.
check_ladder()
{
	local id
	control flow list --method INVITE --peer $caller_ip >flows
	for id in "$(jq -r '.flows[0].id' flows)" "$(jq -r '.flows[0].call_id' flows)" \
		"$(call_field id)"; do
		plain flow ladder "$id" >ladder || fail "no ladder of $id"
		sed -E 's/^ *[0-9]+\.[0-9]{3}//; s/[^ -~]+/-/g; s/ +/ /g' ladder |
			grep -v retransmission | grep -E '(INVITE|ACK|BYE|[1-6][0-9]{2} )' >drawn
		[ "$(grep -cE ' (INVITE|BYE|ACK) ' drawn)" -ge 6 ] || fail "ladder of $id: $(<ladder)"
		head -n 1 ladder | grep -q "$caller_ip:5060 .*sipd .*$callee_ip:5060" ||
			fail "columns of $id: $(<ladder)"
	done
	control flow ladder "$id" | jq -r '.messages[] | select(.retransmission | not) |
		(if .outgoing then "sipd > " + .peer else .peer + " > sipd" end) + " " +
		(.text | split("\r\n")[0] | sub("sip:[^ ]*"; "URI"))' >said
	diff - said <<-LADDER || fail "another ladder than expected"
	10.0.1.2:5060 > sipd INVITE URI SIP/2.0
	sipd > 10.0.1.2:5060 SIP/2.0 100 Trying
	sipd > 10.0.2.2:5060 INVITE URI SIP/2.0
	10.0.2.2:5060 > sipd SIP/2.0 180 Ringing
	sipd > 10.0.1.2:5060 SIP/2.0 180 Ringing
	10.0.2.2:5060 > sipd SIP/2.0 200 OK
	sipd > 10.0.1.2:5060 SIP/2.0 200 OK
	10.0.1.2:5060 > sipd ACK URI SIP/2.0
	sipd > 10.0.2.2:5060 ACK URI SIP/2.0
	10.0.1.2:5060 > sipd BYE URI SIP/2.0
	sipd > 10.0.1.2:5060 SIP/2.0 200 OK
	sipd > 10.0.2.2:5060 BYE URI SIP/2.0
	10.0.2.2:5060 > sipd SIP/2.0 200 OK
	LADDER
	plain call ladder "$id" --messages >ladder || fail "no messages of the call"
	grep -q '^  Proxy-Authorization: Digest username="alice"' ladder ||
		fail "no header in full: $(<ladder)"
}

# Another user, who can reach the socket all the same.
as_stranger()
{
	setpriv --reuid 65534 --inh-caps +dac_override --ambient-caps +dac_override \
		"$sipctl" -s "$PWD/sipd.sock" "$@"
}

check_strangers()
{
	local code
	as_stranger flow list >shown || fail "another user sees no flows"
	as_stranger flow export --secrets -w - >shown 2>said
	code=$?
	[ $code = 6 ] || fail "another user asks for secrets: status $code, $(<said)"
	[ ! -s shown ] || fail "another user gets: $(<shown)"
}

check_secrets()
{
	control flow ladder "$(call_field id)" >shown
	plain flow ladder "$(call_field id)" --messages >>shown
	plain call ladder "$(call_field id)" --messages >>shown
	control call ladder "$(call_field id)" --messages >>shown
	control flow export -w masked.pcap >>shown || fail "no export"
	plain flow list >>shown
	plain call why "$(call_field id)" >>shown
	! grep -aE "$secrets" shown masked.pcap || fail "a secret is shown"
	grep -qE 'response="\*{12}"' shown || fail "there is no trace of the credentials"
	grep -qE 'inline:\*{36}\|2\^20' shown || fail "there is no trace of the key"
	control flow export --secrets -w all.pcap >shown || fail "no export of secrets"
	grep -aqE "$secrets" all.pcap || fail "nothing secret in what is for root"
	[ "$(stat -c %a all.pcap)" = 600 ] || fail "others may read the capture"
}

check_capture()
{
	tshark -r masked.pcap -o udp.check_checksum:TRUE -T fields -E separator=' ' -e frame.protocols \
		-e ip.src -e ip.dst -e udp.checksum.status -e sip.CSeq -e sip.Status-Code >packets \
		2>tshark.err || fail "tshark: $(<tshark.err)"
	[ "$(wc -l <packets)" -ge 12 ] || fail "packets: $(<packets)"
	! grep -v '^raw:ip:udp:sip' packets || fail "not SIP"
	[ "$(awk '$4 == 1' packets | wc -l)" = "$(wc -l <packets)" ] || fail "checksums: $(<packets)"
	[ "$(grep -c "$caller_ip $sipd_ip .* 1 INVITE *$" packets)" = 1 ] || fail "INVITE: $(<packets)"
	grep -q "$callee_ip $sipd_core_ip .* INVITE *200$" packets || fail "no 200: $(<packets)"
	tshark -r masked.pcap -T fields -e frame.time_epoch >epochs
	sort -n -c epochs || fail "the packets are not in their order"
	[ "$(od -An -tx1 -N4 masked.pcap)" = " 4d 3c b2 a1" ] || fail "no nanoseconds"
	control flow export --method BYE -w - >bye.pcap || fail "no export to standard output"
	[ "$(tshark -r bye.pcap -Y sip.Request-Line 2>/dev/null | grep -c BYE)" = 2 ] ||
		fail "not the two BYEs"
}

check()
{
	local code
	check_list
	check_ladder
	check_secrets
	check_strangers
	check_capture
	why_says "$(call_field id)" '^sip:alice@.* called sip:bob@.* in realm access' \
		'next-hop of realm access: 10.0.2.2:5060 in realm core' \
		'It was answered after .* and lasted' 'The caller ended it: hung up'
	plain flow ladder no-such-flow 2>said
	code=$?
	[ $code = 4 ] || fail "a flow that is not known: status $code"
	plain flow list --code 99 2>said
	code=$?
	[ $code = 2 ] || fail "a bad code: status $code, $(<said)"
	plain call list --method BYE 2>said
	code=$?
	[ $code = 2 ] || fail "an option of another command: status $code, $(<said)"
}
