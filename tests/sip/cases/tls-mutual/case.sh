# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/26.3.1a

# Both sides prove themselves on both legs, the callee's name being a SIP URI (RFC 5922 s.7.1); who
# has no certificate, or one of somebody else's CA, does not get in.
like basic
access=tls
core=tls
tls="verify-client: true"
tls_name=phone.example.com

not_let_in()
{
	local name=$1
	shift
	# With TLS 1.3 a client learns it only from what he reads.
	timeout $patience openssl s_client -connect $sipd_ip:5061 -CAfile ca.pem -quiet "$@" \
		<<<"OPTIONS sip:x SIP/2.0" >"$name.out" 2>&1
	grep -Eq 'alert|handshake failure' "$name.out" || fail "$name: $(<"$name.out")"
}

check()
{
	not_let_in nobody
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=self \
		-days 30 -keyout self.key -out self.pem 2>openssl.err || fail "$(<openssl.err)"
	not_let_in stranger -cert self.pem -key self.key
	[ "$(grep -c 'TLS from .* fails: ' sipd.log)" = 2 ] || fail "the log does not say why"
}
