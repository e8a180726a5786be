// SPDX-License-Identifier: GPL-2.0-or-later
/* Secrets in messages are hidden, however they are written; everything else stays as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow/mask.h"

#define ALL (~0u)

/* In a buffer of exactly the text's size, for the sanitizer. */
static void assert_masked(const char *text, unsigned int secrets, const char *expected)
{
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1), *again;

	assert_non_null(copy);
	memcpy(copy, text, len);
	flow_mask(copy, len, secrets);
	again = strndup(copy, len);
	free(copy);
	assert_string_equal(again, expected);
	free(again);
}

static void credentials(void **state)
{
	(void)state;
	assert_masked("INVITE sip:b@c SIP/2.0\r\n"
		      "Authorization: Digest username=\"al\", realm=\"r, x\", nonce=\"n1\",\r\n"
		      " uri=\"sip:b@c\" , response = \"abc\\\"d\",\r\n"
		      "\tcnonce=xyz, qop=auth, nc=00000001, opaque=\"o\"\r\n"
		      "Max-Forwards: 70\r\n\r\n",
		      ALL,
		      "INVITE sip:b@c SIP/2.0\r\n"
		      "Authorization: Digest username=\"al\", realm=\"r, x\", nonce=\"**\",\r\n"
		      " uri=\"sip:b@c\" , response = \"******\",\r\n"
		      "\tcnonce=***, qop=auth, nc=00000001, opaque=\"*\"\r\n"
		      "Max-Forwards: 70\r\n\r\n");
}

static void however_the_header_is_written(void **state)
{
	(void)state;
	/* Cases, blanks before the colon, a value on the next line, bare line ends. */
	assert_masked("X\r\nproxy-AUTHORIZATION \t:\r\n digest RESPONSE=\"a\"\r\n\r\n", ALL,
		      "X\r\nproxy-AUTHORIZATION \t:\r\n digest RESPONSE=\"*\"\r\n\r\n");
	assert_masked("X\nAuthorization:Digest response=abc\n\n", ALL,
		      "X\nAuthorization:Digest response=***\n\n");
	assert_masked("X\rAuthorization: Digest response=abc\rY: 1\r", ALL,
		      "X\rAuthorization: Digest response=***\rY: 1\r");
	assert_masked("\r\n\r\nX\r\nAuthorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n", ALL,
		      "\r\n\r\nX\r\nAuthorization: Basic ****************\r\n\r\n");
	assert_masked("Authorization: Bearer a.b.c", ALL, "Authorization: Bearer *****");
	/* Torn: the quote does not end, a parameter has no name. */
	assert_masked("A\r\nAuthorization: Digest response=\"abc\r\n", ALL,
		      "A\r\nAuthorization: Digest response=****\r\n");
	assert_masked("A\r\nAuthorization: Digest abc, =def\r\n", ALL,
		      "A\r\nAuthorization: Digest ***, =***\r\n");
	assert_masked("A\r\nAuthorization:", ALL, "A\r\nAuthorization:");
	assert_masked("A\r\nAuthorizations: Digest x=y\r\n", ALL,
		      "A\r\nAuthorizations: Digest x=y\r\n");
	/* In a body, as of message/sipfrag. */
	assert_masked("N\r\n\r\nINVITE\r\nAuthorization: Digest response=\"ab\"\r\n", ALL,
		      "N\r\n\r\nINVITE\r\nAuthorization: Digest response=\"**\"\r\n");
}

static void other_credentials(void **state)
{
	(void)state;
	assert_masked("A\r\nAuthentication-Info: rspauth=\"ab\", qop=auth, nextnonce=\"cd\"\r\n",
		      ALL,
		      "A\r\nAuthentication-Info: rspauth=\"**\", qop=auth, nextnonce=\"**\"\r\n");
	assert_masked("INVITE sip:bob:pass@host:5060 SIP/2.0\r\n"
		      "Contact: <sip:al:word@[2001:db8::1]:5060>, <sip:al@h:5060>\r\n\r\n",
		      ALL,
		      "INVITE sip:bob:****@host:5060 SIP/2.0\r\n"
		      "Contact: <sip:al:****@[2001:db8::1]:5060>, <sip:al@h:5060>\r\n\r\n");
	assert_masked("A\r\nRefer-To: <sip:b@c?Replaces=x&Proxy-Authorization=Digest%20x&a=b>\r\n",
		      ALL,
		      "A\r\nRefer-To: <sip:b@c?Replaces=x&Proxy-Authorization=**********&a=b>\r\n");
	/* A challenge is none of ours to hide: it is sent to whoever asks. */
	assert_masked("A\r\nWWW-Authenticate: Digest nonce=\"n\"\r\n", ALL,
		      "A\r\nWWW-Authenticate: Digest nonce=\"n\"\r\n");
}

static void keys(void **state)
{
	(void)state;
	assert_masked("X\r\n\r\na=crypto:1 AES inline:abcd|2^20|1:4;inline:efgh UNENCRYPTED\r\n"
		      "k=base64:abc\r\nk=prompt\r\na=key-mgmt:mikey AQAF\r\na=ice-pwd:xyz\r\n"
		      "a=ice-ufrag:abc\r\na=fingerprint:sha-256 AA:BB\r\n",
		      ALL,
		      "X\r\n\r\na=crypto:1 AES inline:****|2^20|1:4;inline:**** UNENCRYPTED\r\n"
		      "k=base64:***\r\nk=******\r\na=key-mgmt:**********\r\na=ice-pwd:***\r\n"
		      "a=ice-ufrag:abc\r\na=fingerprint:sha-256 AA:BB\r\n");
}

static void bodies(void **state)
{
	static const char info[] = "INFO sip:b@c SIP/2.0\r\nc: application/dtmf-relay\r\n\r\n"
				   "Signal=5\r\nDuration=160\r\n";
	static const char message[] = "MESSAGE sip:b@c SIP/2.0\r\n\r\nmeet me\r\n";

	(void)state;
	assert_masked(info, FLOW_SECRET_DTMF,
		      "INFO sip:b@c SIP/2.0\r\nc: application/dtmf-relay\r\n\r\n"
		      "********\r\n************\r\n");
	assert_masked(message, FLOW_SECRET_MESSAGES, "MESSAGE sip:b@c SIP/2.0\r\n\r\n*******\r\n");
	assert_masked(message, FLOW_SECRET_DTMF, message);
	assert_masked("INFO sip:b@c SIP/2.0\r\nContent-Type: text/plain\r\n\r\nx\r\n",
		      FLOW_SECRET_DTMF,
		      "INFO sip:b@c SIP/2.0\r\nContent-Type: text/plain\r\n\r\nx\r\n");
}

static void only_what_is_asked_for(void **state)
{
	static const char text[] =
		"INFO sip:b:p@c SIP/2.0\r\nAuthorization: Digest response=\"a\"\r\n"
		"Content-Type: application/dtmf\r\n\r\na=crypto:1 A inline:b\r\n";

	(void)state;
	assert_masked(text, 0, text);
	assert_masked("", ALL, "");
	assert_masked("\r\n", ALL, "\r\n");
	assert_masked("X", ALL, "X");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credentials),
		cmocka_unit_test(however_the_header_is_written),
		cmocka_unit_test(other_credentials),
		cmocka_unit_test(keys),
		cmocka_unit_test(bodies),
		cmocka_unit_test(only_what_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
