// SPDX-License-Identifier: GPL-2.0-or-later
/* URIs, addresses, Via elements, lists and parameters (RFC 3261 s.19.1, s.20, s.25.1). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/msg.h"
#include "sip_scan.h"

static void assert_view(struct view v, const char *text)
{
	char *copy;

	if (!text) {
		assert_null(v.p);
		return;
	}
	assert_non_null(v.p);
	copy = view_dup(v);
	assert_string_equal(copy, text);
	free(copy);
}

/* A copy that ends where its memory does, so that the sanitizer sees what is read beyond. */
static struct view exact(struct view v)
{
	static char *copy;

	free(copy);
	copy = malloc(v.len ? v.len : 1);
	assert_non_null(copy);
	if (v.len)
		memcpy(copy, v.p, v.len);
	return (struct view){ v.p ? copy : NULL, v.len };
}

static int parse_uri(struct sip_uri *uri, struct view text)
{
	return sip_uri_parse(uri, exact(text));
}

static int parse_address(struct sip_nameaddr *addr, struct view text)
{
	return sip_nameaddr_parse(addr, exact(text));
}

static int parse_via(struct sip_via *v, struct view text)
{
	return sip_via_parse(v, exact(text));
}

static void uri_with_everything(void **state)
{
	struct sip_uri uri;

	(void)state;
	assert_int_equal(parse_uri(&uri, VIEW_LIT("sips:al%69ce;x=1:p%40ss@[2001:db8::1]:5061;"
						      "transport=tcp;lr?Subject=a%20b&Priority=")),
			 0);
	assert_view(uri.scheme, "sips");
	assert_view(uri.user, "al%69ce;x=1");
	assert_view(uri.password, "p%40ss");
	assert_view(uri.host, "[2001:db8::1]");
	assert_int_equal(uri.port, 5061);
	assert_view(uri.params, "transport=tcp;lr");
	assert_view(uri.headers, "Subject=a%20b&Priority=");
	assert_view(uri.opaque, NULL);
}

static void uri_with_a_host_only(void **state)
{
	struct sip_uri uri;

	(void)state;
	assert_int_equal(parse_uri(&uri, VIEW_LIT("SIP:Example.COM")), 0);
	assert_view(uri.scheme, "SIP");
	assert_view(uri.user, NULL);
	assert_view(uri.password, NULL);
	assert_view(uri.host, "Example.COM");
	assert_int_equal(uri.port, 0);
	assert_view(uri.params, NULL);
	assert_view(uri.headers, NULL);
}

static void uris_of_other_schemes_are_opaque(void **state)
{
	struct sip_uri uri;

	(void)state;
	assert_int_equal(parse_uri(&uri, VIEW_LIT("tel:+12025550100;phone-context=x")), 0);
	assert_view(uri.scheme, "tel");
	assert_view(uri.opaque, "+12025550100;phone-context=x");
	assert_view(uri.host, NULL);
	assert_int_equal(parse_uri(&uri, VIEW_LIT("soap.beep://192.0.2.1:3002")), 0);
	assert_view(uri.scheme, "soap.beep");
}

/* Shows: 3261/19.1.1b */
static void uris_that_are_valid(void **state)
{
	static const char *const uris[] = {
		"sip:*21#@example.com", /* '#' is to be escaped, but is not by phones */
		"sip:a:@example.com",
		"sip:%00@example.com",
		"sip:host:1",
		"sip:host:00005060",
		"sip:host:65535",
		"sip:host_with_underscore",
		"sip:[::ffff:192.0.2.1]",
		"sip:[2001:db8:::192.0.2.1]", /* RFC 5118 s.4.10 */
		"sip:h;a=b;c=d;e",
		"sip:h;a/b=[:&+$]",
		"sip:h?a=?",
		"urn:service:sos",
	};
	struct sip_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		print_message("# %s\n", uris[i]);
		assert_int_equal(parse_uri(&uri, view_str(uris[i])), 0);
	}
}

/* Shows: 3261/19.1.2a */
static void uris_that_are_not(void **state)
{
	static const char *const uris[] = {
		"", "sip", ":", "sip:", "1sip:a", "+x:a", "tel:", "tel:1 2", "tel:1\n", "s ip:a",
		"sip:@h", "sip::p@h", "sip:a@", "sip:a@b@c", "sip:a b@h", "sip:a\"@h", "sip:<h>",
		"sip:%@h", "sip:%4@h", "sip:%zz@h", "sip:a%4", "sip:a:b:c@h", "sip:a:b?c@h",
		"sip:h:", "sip:h:0", "sip:h:65536", "sip:h:99999999999999999999", "sip:h:5060a",
		"sip:h:-1", "sip:2001:db8::1", "sip:[", "sip:[]", "sip:[1]",
		"sip:[::1", "sip:[g]", "sip:h]",
		"sip:[::1]x", "sip:h;", "sip:h;;a", "sip:h;a=", "sip:h;=a", "sip:h;a=b=c",
		"sip:h;a;", "sip:h?", "sip:h?a", "sip:h?a=b&", "sip:h?a=b&c", "sip:h?=b",
		"sip:h?a=b=c", "sip:h;a,b", "sip:h\r\n", "sip:\xc3\xa4@h",
		"sip:a@h%6fst",
	};
	struct sip_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(uris) / sizeof(uris[0]); i++) {
		print_message("# %s\n", uris[i]);
		assert_int_equal(parse_uri(&uri, view_str(uris[i])), -EBADMSG);
	}
	assert_int_equal(parse_uri(&uri, VIEW_NONE), -EBADMSG);
	assert_int_equal(parse_uri(&uri, VIEW_LIT("sip:a\0@h")), -EBADMSG);
}

/* "sip:h", parameters "p0" and so on, and @last. */
static int parse_many(unsigned int count, const char *last)
{
	char text[1024] = "sip:h";
	size_t len = strlen(text);
	struct sip_uri uri;

	for (unsigned int i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, ";p%u=x", i);
	snprintf(text + len, sizeof(text) - len, "%s", last);
	return parse_uri(&uri, view_str(text));
}

/* However they are written (s.19.1.4). Shows: 3261/19.1.1a */
static void no_parameter_stands_twice(void **state)
{
	static const char *const twice[] = {
		"sip:h;lr;lr",	       "sip:h;lr;LR=on",
		"sip:h;a=1;b;c=3;A=1", "sip:h;lr;%6cr",
		"sip:h;%6Cr;l%52",     "sips:a@h;transport=tcp;maddr=x;transport=udp?a=b",
		"sip:h;a%2fb;c;A%2FB",
	};
	static const char *const different[] = {
		"sip:h;lr;lrx",	 "sip:h;lr;l",	"sip:h;a=lr;lr=a", "sip:h;a%2fb;a/b",
		"sip:a;b;b@h;b", "tel:+44;a;a", "sip:h;a?b=c&b=c",
	};
	struct sip_uri uri;

	(void)state;
	for (size_t i = 0; i < sizeof(twice) / sizeof(*twice); i++)
		assert_int_equal(parse_uri(&uri, view_str(twice[i])), -EBADMSG);
	for (size_t i = 0; i < sizeof(different) / sizeof(*different); i++)
		assert_int_equal(parse_uri(&uri, view_str(different[i])), 0);
	assert_int_equal(parse_many(SIP_MAX_URI_PARAMS, ""), 0);
	assert_int_equal(parse_many(SIP_MAX_URI_PARAMS - 1, ";p0"), -EBADMSG);
	assert_int_equal(parse_many(SIP_MAX_URI_PARAMS, ";q"), -EBADMSG);
}

static void name_addr(void **state)
{
	struct sip_nameaddr addr;

	(void)state;
	assert_int_equal(parse_address(&addr, VIEW_LIT("\"A \\\"B\\\" <c>\" <sip:a@h;lr?x=y>"
							    " ; Tag = 12 ;q=0.5;x=\"a;tag=b\"")),
			 0);
	assert_view(addr.display, "\"A \\\"B\\\" <c>\"");
	assert_view(addr.uri, "sip:a@h;lr?x=y");
	assert_view(addr.params, "Tag = 12 ;q=0.5;x=\"a;tag=b\"");
	assert_view(addr.tag, "12");

	assert_int_equal(parse_address(&addr, VIEW_LIT("Al  Ice\r\n Z<sip:a>")), 0);
	assert_view(addr.display, "Al  Ice\r\n Z");
	assert_view(addr.uri, "sip:a");
	assert_view(addr.params, NULL);
	assert_view(addr.tag, NULL);

	assert_int_equal(parse_address(&addr, VIEW_LIT("<sip:a>")), 0);
	assert_view(addr.display, NULL);
	assert_int_equal(parse_address(&addr, VIEW_LIT("Zo\xc3\xab <sip:a>")), 0);
	assert_view(addr.display, "Zo\xc3\xab");
}

/* Without angle brackets, what follows the ';' belongs to the header (s.20.10). Shows: 3261/20a */
static void addr_spec(void **state)
{
	struct sip_nameaddr addr;

	(void)state;
	assert_int_equal(parse_address(&addr, VIEW_LIT("sip:a@h;tag=1;lr")), 0);
	assert_view(addr.display, NULL);
	assert_view(addr.uri, "sip:a@h");
	assert_view(addr.params, "tag=1;lr");
	assert_view(addr.tag, "1");
	assert_int_equal(parse_address(&addr, VIEW_LIT("tel:123 ; tag=2")), 0);
	assert_view(addr.uri, "tel:123");
	assert_view(addr.tag, "2");
	assert_int_equal(parse_address(&addr, VIEW_LIT("sip:a")), 0);
	assert_view(addr.uri, "sip:a");
	assert_view(addr.params, NULL);
}

/* Shows: 3261/20a */
static void addresses_that_are_not(void **state)
{
	static const char *const addresses[] = {
		"", " ", "*", "a", "a b", "\"a\"", "\"a <sip:a>", "\"a\\", "\"a\\\" <sip:a>",
		"<", "\"a\"<", "<>", "<sip:a", "< sip:a>",
		"<sip:a >", "<sip:a> x", "<sip:a>;", "<sip:a>;;a",
		"<sip:a>;a;", "<sip:a>;a=", "<sip:a>;=a", "<sip:a>;a=b c", "<sip:a>;a=\"b",
		"<sip:a>, <sip:b>", "a, b <sip:a>", "a@b <sip:a>", "\"a\" b <sip:a>",
		"<sip:a>;tag", "<sip:a>;tag=1;tag=2", "sip:a?x=y", "sip:a,sip:b", "foo sip:a",
		"\"a\" sip:a", "sip:a;", "<sip:a>;a=\"\x01\"", "\"\x7f\" <sip:a>",
	};
	struct sip_nameaddr addr;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		print_message("# %s\n", addresses[i]);
		assert_int_equal(parse_address(&addr, view_str(addresses[i])), -EBADMSG);
	}
	assert_int_equal(parse_address(&addr, VIEW_NONE), -EBADMSG);
	/* NUL in a quoted string needs its backslash. */
	assert_int_equal(parse_address(&addr, VIEW_LIT("\"\0\" <sip:a>")), -EBADMSG);
	assert_int_equal(parse_address(&addr, VIEW_LIT("\"\\\0\" <sip:a>")), 0);
}

static void via(void **state)
{
	struct sip_via v;

	(void)state;
	assert_int_equal(parse_via(&v, VIEW_LIT("SIP / 2.0 /\r\n UDP [2001:db8::1] : 5070 ;"
						    " branch = z9hG4bKx;RPort ; received=::1")),
			 0);
	assert_view(v.transport, "UDP");
	assert_view(v.host, "[2001:db8::1]");
	assert_int_equal(v.port, 5070);
	assert_view(v.params, "branch = z9hG4bKx;RPort ; received=::1");
	assert_view(v.branch, "z9hG4bKx");
	assert_view(v.received, "::1");
	assert_true(v.rport);

	assert_int_equal(parse_via(&v, VIEW_LIT("SIP/2.0/TLS-SCTP h.example;rport=5060")), 0);
	assert_view(v.transport, "TLS-SCTP");
	assert_view(v.host, "h.example");
	assert_int_equal(v.port, 0);
	assert_view(v.branch, NULL);
	assert_view(v.received, NULL);
	assert_false(v.rport);
}

static void vias_that_are_not(void **state)
{
	static const char *const vias[] = {
		"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP", "SIP/2.0", "SIP/2.0 h",
		"SIP/2.0/ h", "/2.0/UDP h",
		"SIP/2.0/UDP/x h", "SIP/2.0/UDPh", "SIP/2.0/UDP h:", "SIP/2.0/UDP h:0",
		"SIP/2.0/UDP h:65536", "SIP/2.0/UDP h x", "SIP/2.0/UDP ::1", "SIP/2.0/UDP h;",
		"SIP/2.0/UDP h;;", "SIP/2.0/UDP h;branch", "SIP/2.0/UDP h;branch=",
		"SIP/2.0/UDP h;branch=a;branch=b", "SIP/2.0/UDP h, SIP/2.0/UDP h",
		"SIP/2.0/UDP[::1]",
	};
	struct sip_via v;

	(void)state;
	for (size_t i = 0; i < sizeof(vias) / sizeof(vias[0]); i++) {
		print_message("# %s\n", vias[i]);
		assert_int_equal(parse_via(&v, view_str(vias[i])), -EBADMSG);
	}
	assert_int_equal(parse_via(&v, VIEW_NONE), -EBADMSG);
}

/* The host of a broken Via is still there, for the 400. */
static void via_is_read_as_far_as_it_goes(void **state)
{
	struct sip_via v;

	(void)state;
	assert_int_equal(parse_via(&v, VIEW_LIT("SIP/2.0/UDP h:5070;branch=b;;")), -EBADMSG);
	assert_view(v.host, "h");
	assert_int_equal(v.port, 5070);
	assert_view(v.branch, "b");
}

static void assert_list(struct view list, const char *const *elements)
{
	struct view element;

	list = exact(list);
	for (; *elements; elements++) {
		assert_true(sip_list_next(&list, &element));
		assert_view(element, *elements);
	}
	assert_false(sip_list_next(&list, &element));
}

/* The short way for lists without a comma finds what the long one does, whatever there is. */
static void one_element(void **state)
{
	static const char alphabet[] = "a \t\r\n\"<>()\\";
	const unsigned int n = sizeof(alphabet) - 1, longest = 4;
	char text[4];

	(void)state;
	for (unsigned int len = 1, all = n; len <= longest; len++, all *= n) {
		for (unsigned int i = 0; i < all; i++) {
			struct view list = { text, len }, element = { text, 0 };
			struct sip_scan_text rest = { text, len }, expected;
			bool found;

			for (unsigned int at = 0, rem = i; at < len; at++, rem /= n)
				text[at] = alphabet[rem % n];
			found = sip_scan_list_next(&rest, &expected);
			assert_int_equal(sip_list_next(&list, &element), found);
			if (!found)
				continue;
			assert_ptr_equal(element.p, expected.p);
			assert_int_equal(element.len, expected.len);
			assert_int_equal(list.len, rest.len);
		}
	}
}

/* Shows: 3261/7.3.1c */
static void lists(void **state)
{
	(void)state;
	assert_list(VIEW_LIT("a , b\r\n ,c"), (const char *const[]){ "a", "b", "c", NULL });
	assert_list(VIEW_LIT("\"a, \\\",\" <sip:b,c>;x=\",\", d"),
		    (const char *const[]){ "\"a, \\\",\" <sip:b,c>;x=\",\"", "d", NULL });
	assert_list(VIEW_LIT("a (b, (c,) d), e(f,g)"),
		    (const char *const[]){ "a (b, (c,) d)", "e(f", "g)", NULL });
	assert_list(VIEW_LIT("(b (c), d), e"), (const char *const[]){ "(b (c), d)", "e", NULL });
	assert_list(VIEW_LIT("(b \\), d), e"), (const char *const[]){ "(b \\), d)", "e", NULL });
	assert_list(VIEW_LIT("a,,b,"), (const char *const[]){ "a", "", "b", NULL });
	assert_list(VIEW_LIT(" \t"), (const char *const[]){ NULL });
	assert_list(VIEW_NONE, (const char *const[]){ NULL });
}

static void what_does_not_close_takes_in_the_rest(void **state)
{
	(void)state;
	assert_list(VIEW_LIT("a, \"b, c"), (const char *const[]){ "a", "\"b, c", NULL });
	assert_list(VIEW_LIT("a, <b, c"), (const char *const[]){ "a", "<b, c", NULL });
	assert_list(VIEW_LIT("a, (b, c"), (const char *const[]){ "a", "(b, c", NULL });
	assert_list(VIEW_LIT("a, (b, c\\"), (const char *const[]){ "a", "(b, c\\", NULL });
	assert_list(VIEW_LIT("\"b\\"), (const char *const[]){ "\"b\\", NULL });
}

static void params(void **state)
{
	struct view list = exact(VIEW_LIT(";a=b ; C = \"d;e=f\" ;g; h=i=j;k="));
	struct view value;

	(void)state;
	assert_true(sip_param(list, VIEW_LIT("A"), &value));
	assert_view(value, "b");
	assert_true(sip_param(list, VIEW_LIT("c"), &value));
	assert_view(value, "\"d;e=f\"");
	assert_true(sip_param(list, VIEW_LIT("g"), &value));
	assert_view(value, "");
	assert_true(sip_param(list, VIEW_LIT("h"), &value));
	assert_view(value, "i=j");
	assert_true(sip_param(list, VIEW_LIT("k"), &value));
	assert_view(value, "");
	assert_false(sip_param(list, VIEW_LIT("e"), &value));
	assert_false(sip_param(list, VIEW_LIT("b"), &value));
	assert_false(sip_param(VIEW_NONE, VIEW_LIT("a"), &value));
	assert_false(sip_param(VIEW_LIT(""), VIEW_LIT("a"), &value));
	assert_true(sip_param(VIEW_LIT("lr"), VIEW_LIT("lr"), &value));
	assert_true(sip_param(exact(VIEW_LIT("a=\"b\\")), VIEW_LIT("a"), &value));
	assert_view(value, "\"b\\");
	assert_true(sip_param(exact(VIEW_LIT("a=\"\\\";b\";c=1")), VIEW_LIT("c"), &value));
	assert_view(value, "1");
}

/* RFC 3261 s.19.1.4, its examples first. Shows: 3261/19.1.4a */
static void equal_uris(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} cases[] = {
		{ "sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp",
		  true },
		{ "sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true },
		{ "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true },
		{ "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
		  "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com", true },
		{ "SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP",
		  false },
		{ "sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false },
		{ "sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false },
		{ "sip:bob@biloxi.com:6000;transport=tcp", "sip:bob@biloxi.com", false },
		{ "sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting", false },
		{ "sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false },
		{ "sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off",
		  false },
		{ "sip:a%2Cb@h", "sip:a,b@h", false },
		{ "sip:a%2Cb@h", "sip:a%2cb@h", true },
		{ "sip:bob@h", "sips:bob@h", false },
		{ "sip:bob:pw@h", "sip:bob@h", false },
		{ "sip:bob@h;lr", "sip:bob@h;lr=on", false },
		{ "sip:bob@[2001:DB8::1]", "sip:bob@[2001:db8::1]", true },
		{ "tel:+44", "tel:+44", true },
		{ "tel:+44", "tel:+45", false },
		{ "tel:+44", "sip:+44@h", false },
	};
	struct sip_uri a, b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(sip_uri_parse(&a, view_str(cases[i].a)), 0);
		assert_int_equal(sip_uri_parse(&b, view_str(cases[i].b)), 0);
		assert_int_equal(sip_uri_equal(&a, &b), cases[i].equal);
		assert_int_equal(sip_uri_equal(&b, &a), cases[i].equal);
		assert_true(sip_uri_equal(&a, &a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_uris),
		cmocka_unit_test(uri_with_everything),
		cmocka_unit_test(uri_with_a_host_only),
		cmocka_unit_test(uris_of_other_schemes_are_opaque),
		cmocka_unit_test(uris_that_are_valid),
		cmocka_unit_test(uris_that_are_not),
		cmocka_unit_test(no_parameter_stands_twice),
		cmocka_unit_test(name_addr),
		cmocka_unit_test(addr_spec),
		cmocka_unit_test(addresses_that_are_not),
		cmocka_unit_test(via),
		cmocka_unit_test(vias_that_are_not),
		cmocka_unit_test(via_is_read_as_far_as_it_goes),
		cmocka_unit_test(one_element),
		cmocka_unit_test(lists),
		cmocka_unit_test(what_does_not_close_takes_in_the_rest),
		cmocka_unit_test(params),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
