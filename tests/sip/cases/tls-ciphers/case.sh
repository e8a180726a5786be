# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/26.2.1a

# What RFC 3261 has everybody know is taken of who knows nothing better, and of nobody else. It
# needs a key of RSA.
expect_calls=0
access=tls

# chosen CIPHERS: what a client gets who prefers them in this order.
chosen()
{
	openssl s_client -connect $sipd_ip:5061 -CAfile ca.pem -tls1_2 \
		-cipher "$1@SECLEVEL=0" </dev/null 2>&1 | sed -n 's/^ *Cipher *: *//p'
}

drive()
{
	openssl req -newkey rsa:2048 -nodes -subj /CN=sipd -keyout sipd.key -out sipd.csr \
		2>openssl.err &&
		openssl x509 -req -in sipd.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
			-extfile sipd.ext -out sipd.pem 2>>openssl.err || fail "$(<openssl.err)"
	control cert reload >/dev/null || fail "the certificate is not taken"
	[ "$(chosen AES128-SHA)" = AES128-SHA ] || fail "TLS_RSA_WITH_AES_128_CBC_SHA is refused"
	[ "$(chosen AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256)" = ECDHE-RSA-AES128-GCM-SHA256 ] ||
		fail "the client's order counts: $(chosen AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256)"
	[ "$(chosen NULL-SHA256)" = 0000 ] || fail "nothing is encrypted"
}
