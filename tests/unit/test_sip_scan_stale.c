// SPDX-License-Identifier: GPL-2.0-or-later
/* Challenges that say that only the nonce was not good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip_scan_stale.h"

/* Of a copy on the heap, so that the sanitizer sees every octet read beyond it. */
static bool is_stale_octets(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);
	bool stale;

	assert_non_null(copy);
	memcpy(copy, text, len);
	stale = sip_scan_is_stale(copy, len);
	free(copy);
	return stale;
}

static bool is_stale(const char *start, const char *lines)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "%s\r\n%s\r\n\r\n", start, lines);

	for (int part = 0; part < len; part++)
		is_stale_octets(text, part);
	return is_stale_octets(text, len);
}

static bool is_stale_challenge(const char *challenge)
{
	char lines[256];

	snprintf(lines, sizeof(lines),
		 "Via: SIP/2.0/UDP a\r\nWWW-Authenticate: %s\r\nTo: <sip:a@b>", challenge);
	return is_stale("SIP/2.0 401 Unauthorized", lines);
}

static void stale(void **state)
{
	(void)state;
	assert_true(is_stale_challenge("Digest nonce=\"b\", stale=true, qop=\"auth\""));
	assert_true(is_stale_challenge("Digest realm=\"a\", nonce=\"b\",STALE=True"));
	assert_true(is_stale_challenge("Digest stale=true, realm=\"a\""));
	assert_true(is_stale_challenge("Digest realm=\"a\",\r\n stale = \"true\""));
	assert_true(is_stale("SIP/2.0 407 No", "Proxy-Authenticate:Digest nonce=\"b\",stale=true"));
	assert_true(is_stale("SIP/2.0 401 No", "WWW-Authenticate: Digest realm=\"a\"\r\n"
					       "WWW-Authenticate: Digest realm=\"a\", stale=true"));
}

static void not_stale(void **state)
{
	(void)state;
	assert_false(is_stale_challenge("Digest realm=\"a\", nonce=\"b\""));
	assert_false(is_stale_challenge("Digest realm=\"a\", stale=false"));
	assert_false(is_stale_challenge("Digest realm=\"a\", stale=true\""));
	assert_false(is_stale_challenge("Digest realm=\"a\", stale=untrue"));
	assert_false(is_stale_challenge("Digest realm=\"a\", unstale=true"));
	assert_false(is_stale_challenge("Digest realm=\", stale=true, \""));
	assert_false(is_stale_challenge("true"));
	assert_false(is_stale_challenge("\""));
	assert_false(is_stale("SIP/2.0 401 No", "Subject: Digest stale=true"));
	assert_false(is_stale("SIP/2.0 401 No",
			      "To: a\r\n\r\nWWW-Authenticate: Digest stale=true"));
	assert_false(is_stale("REGISTER sip:a SIP/2.0", "WWW-Authenticate: Digest stale=true"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stale),
		cmocka_unit_test(not_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
