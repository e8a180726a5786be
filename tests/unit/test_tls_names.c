// SPDX-License-Identifier: GPL-2.0-or-later
/* RFC 5922 s.7: whom a certificate is of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/x509v3.h>

#include "transport/tls_names.h"

/* Unsigned; @names as in openssl.cnf, NULL: no subjectAltName. */
static X509 *certificate(const char *common_name, const char *names)
{
	X509 *cert = X509_new();
	X509_EXTENSION *ext;

	assert_non_null(cert);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
				   (const unsigned char *)common_name, -1, -1, 0);
	if (names) {
		ext = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
		assert_non_null(ext);
		assert_int_equal(X509_add_ext(cert, ext, -1), 1);
		X509_EXTENSION_free(ext);
	}
	return cert;
}

static bool is_of(const char *common_name, const char *names, const char *name)
{
	X509 *cert = certificate(common_name, names);
	bool fits = tls_names_domain(cert, name);

	X509_free(cert);
	return fits;
}

static void domains(void **state)
{
	(void)state;
	assert_true(is_of("x", "DNS:example.com", "example.com"));
	assert_true(is_of("x", "DNS:Example.COM", "eXample.com"));
	assert_true(is_of("x", "DNS:a.example, DNS:example.com", "example.com"));
	assert_true(is_of("x", "URI:sip:example.com", "example.com"));
	assert_true(is_of("x", "URI:SIP:example.com;transport=tls", "example.com"));
	assert_false(is_of("x", "DNS:www.example.com", "example.com"));
	assert_false(is_of("x", "DNS:example.com", "www.example.com"));
	assert_false(is_of("x", "IP:192.0.2.1", "192.0.2.1"));
}

static void no_wildcards(void **state)
{
	(void)state;
	assert_false(is_of("x", "DNS:*.example.com", "sip.example.com"));
	assert_false(is_of("*.example.com", NULL, "sip.example.com"));
	assert_false(is_of("x", "DNS:.example.com", "sip.example.com"));
}

static void uris_come_before_names(void **state)
{
	(void)state;
	assert_false(is_of("x", "URI:sip:other.example, DNS:example.com", "example.com"));
	assert_true(is_of("x", "URI:sip:other.example, DNS:example.com", "other.example"));
	assert_true(is_of("x", "URI:http://other.example, DNS:example.com", "example.com"));
	/* That of a user is no domain's (s.7.1). */
	assert_false(is_of("x", "URI:sip:bob@example.com", "example.com"));
	assert_true(is_of("x", "URI:sip:bob@other.example, DNS:example.com", "example.com"));
}

static void common_name_counts_when_there_is_no_other(void **state)
{
	(void)state;
	assert_true(is_of("example.com", NULL, "example.com"));
	assert_true(is_of("example.com", "IP:192.0.2.1", "example.com"));
	assert_false(is_of("example.com", "DNS:other.example", "example.com"));
	assert_false(is_of("example.com", "URI:sip:other.example", "example.com"));
}

static void addresses(void **state)
{
	X509 *cert = certificate("192.0.2.7", "IP:192.0.2.1, IP:2001:db8::1, DNS:192.0.2.9");
	static const struct {
		const char *text;
		bool fits;
	} cases[] = {
		{ "192.0.2.1", true },	{ "192.0.2.1:5099", true }, { "[2001:db8::1]", true },
		{ "192.0.2.2", false }, { "[2001:db8::2]", false }, { "192.0.2.7", false },
		{ "192.0.2.9", false },
	};
	struct tp_addr addr;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(tp_addr_parse(&addr, view_str(cases[i].text), 5061), 0);
		if (tls_names_address(cert, &addr) != cases[i].fits)
			fail_msg("%s", cases[i].text);
	}
	X509_free(cert);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domains),
		cmocka_unit_test(no_wildcards),
		cmocka_unit_test(uris_come_before_names),
		cmocka_unit_test(common_name_counts_when_there_is_no_other),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
