# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Several certificates by SNI, resumed sessions, versions, and new files without dropping anybody.
expect_calls=0
access=tls
tls="more: [ { certificate: $PWD/second.pem, key: $PWD/second.key } ]"

# shown NAME OPTION...: the common name that a client is shown who asks so.
shown()
{
	openssl s_client -connect $sipd_ip:5061 -CAfile ca.pem "$@" </dev/null 2>s_client.err |
		sed -n 's/^subject=CN = //p'
}

is_shown()
{
	[ "$(shown -servername sipd.example.com)" = "$1" ]
}

check_names()
{
	[ "$(shown -noservername)" = sipd ] || fail "without a name the first one is not shown"
	[ "$(shown -servername second.example.com)" = second ] || fail "the second one is not shown"
	[ "$(shown -servername SECOND.example.com)" = second ] || fail "the name's case counts"
	[ "$(shown -servername nobody.example.com)" = sipd ] || fail "an unknown name is refused"
}

check_versions()
{
	openssl s_client -connect $sipd_ip:5061 -tls1_1 -cipher DEFAULT@SECLEVEL=0 \
		</dev/null >old.out 2>&1 && fail "TLS 1.1 is spoken"
	[ "$(shown -tls1_2)" = sipd ] || fail "TLS 1.2 is not spoken"
	[ "$(shown -tls1_3)" = sipd ] || fail "TLS 1.3 is not spoken"
	openssl s_client -connect $sipd_ip:5061 -tls1_2 -reconnect </dev/null 2>&1 |
		grep -c '^Reused' >reused
	[ "$(<reused)" = 5 ] || fail "$(<reused) of 5 sessions are resumed"
}

# In the second in which they are made a day more is whole.
check_list()
{
	control cert list >list
	json "[(c['realm'], c['subject'], c['days_left']) for c in d['certificates']]" <list |
		grep -qxE "\[\('access', 'CN=sipd', (29|30)\), \('access', 'CN=second', [89]\)\]" ||
		fail "cert list: $(<list)"
	json "d['certificates'][1]['names']" <list | grep -qx 'DNS:second.example.com' ||
		fail "cert list tells other names: $(<list)"
	"$sipctl" -s "$PWD/sipd.sock" cert list | grep -q 'second.pem' || fail "no table"
}

# One connection from before that is asked before and after.
open_connection()
{
	mkfifo to_sipd
	openssl s_client -connect $sipd_ip:5061 -CAfile ca.pem -quiet -no_ign_eof \
		<to_sipd >from_sipd 2>from_sipd.err &
	exec 7>to_sipd
}

ask_options()
{
	printf '%s\r\n' "OPTIONS sip:$sipd_ip SIP/2.0" \
		"Via: SIP/2.0/TLS $caller_ip:5061;branch=z9hG4bK-$1" \
		"From: <sip:a@$caller_ip>;tag=1" "To: <sip:$sipd_ip>" "Call-ID: certificates-$1" \
		"CSeq: 1 OPTIONS" "Max-Forwards: 70" "Content-Length: 0" "" >&7
	until_true $patience grep -q "^Call-ID: certificates-$1" from_sipd ||
		fail "no answer to OPTIONS $1: $(<from_sipd.err)"
}

check_reload()
{
	open_connection
	ask_options 1
	# Not right: nothing changes.
	echo nonsense >sipd.pem
	control cert reload >said 2>&1 && fail "nonsense is taken for a certificate"
	grep -q 'sipd.pem' said || fail "the reason is not told: $(<said)"
	is_shown sipd || fail "the certificate is gone"
	certificate third "DNS:sipd.example.com"
	cp third.key sipd.key
	cp third.pem sipd.pem
	control cert reload >said || fail "the new certificate is not taken: $(<said)"
	is_shown third || fail "the new certificate is not shown"
	certificate fourth "DNS:sipd.example.com"
	cp fourth.key sipd.key
	cp fourth.pem sipd.pem
	kill -HUP "$sipd_pid"
	until_true $patience is_shown fourth || fail "SIGHUP reads nothing"
	check_other_files
	ask_options 2
	exec 7>&-
}

# Who does not look into the list is told of those that are over, or nearly.
check_status()
{
	control status >status.json || fail "degraded by certificates that last: $(<status.json)"
	certificate fifth "DNS:sipd.example.com" 3
	control cert reload >said || fail "the new file is not read again: $(<said)"
	control status >status.json
	[ $? = 3 ] || fail "three days left are nothing to tell: $(<status.json)"
	json "d['degraded']" <status.json | grep -q 'fifth.pem of realm access expires in 3 days' ||
		fail "it does not say which ends: $(<status.json)"
	certificate fifth "DNS:sipd.example.com" -1
	control cert reload >said || fail "the new file is not read again: $(<said)"
	control status >status.json
	[ $? = 3 ] || fail "one that is over is nothing to tell: $(<status.json)"
	json "d['degraded']" <status.json | grep -q 'fifth.pem of realm access has expired' ||
		fail "it does not say which is over: $(<status.json)"
}

# The configuration names others, and fewer.
check_other_files()
{
	certificate fifth "DNS:sipd.example.com"
	sed -i "s,sipd\.\(pem\|key\),fifth.\1,g; s/, more: [^]]*]//" sipd.yaml
	mv fifth.key away.key
	control config reload >said 2>&1
	[ $? = 7 ] || fail "a key that is not there is taken: $(<said)"
	grep -q 'sipd.yaml:[0-9]*:[0-9]*: .*fifth.key' said || fail "no place of it: $(<said)"
	is_shown fourth || fail "what is refused is shown"
	mv away.key fifth.key
	control config reload >said || fail "other files are not taken: $(<said)"
	is_shown fifth || fail "the certificate of the new file is not shown"
	[ "$(shown -servername second.example.com)" = fifth ] || fail "the second one is still there"
	control cert list | json "[c['subject'] for c in d['certificates']]" | grep -qxF "['CN=fifth']" ||
		fail "cert list: $(control cert list)"
	certificate fifth "DNS:sipd.example.com,DNS:sixth.example.com"
	control cert reload >said || fail "the new file is not read again: $(<said)"
	control cert list | grep -q sixth.example.com || fail "it is the old one that was read"
}

check_mistakes()
{
	sed "s,second.key,sipd.key,;s,ca.pem,none.pem," sipd.yaml >wrong.yaml
	"$sipd" -t -f wrong.yaml 2>said && fail "a wrong key is taken"
	grep -q 'wrong.yaml:[0-9]*:[0-9]*: ".*sipd.key" cannot be used: key values mismatch' said ||
		fail "the mistake is not told: $(<said)"
}

drive()
{
	check_names
	check_versions
	check_list
	check_mistakes
	check_reload
	check_status
}
