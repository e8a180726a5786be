// SPDX-License-Identifier: GPL-2.0-or-later
/* What passes from one side to the other, and what does not (RFC 5853 s.3.1, RFC 7092). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call/hide.h"

static char written[8192];

static void write_end(struct sip_out *out)
{
	assert_true(sip_out_ok(out));
	written[out->len] = '\0';
}

/* Headers that go on when a message with @headers and a body comes in. */
static const char *passed(const char *headers, bool body)
{
	char text[4096];
	struct sip_out out;
	struct sip_msg msg;
	struct sip_msg_error error;

	sip_out_init(&out, text, sizeof(text));
	sip_out_str(&out,
		    "INVITE sip:b@x SIP/2.0\r\nVia: SIP/2.0/UDP secret.example;branch=z9hG4bKs\r\n"
		    "From: <sip:a@secret.example>;tag=s\r\nTo: <sip:b@x>\r\nCall-ID: secret\r\n"
		    "CSeq: 1 INVITE\r\nContact: <sip:a@secret.example>\r\n");
	sip_out_str(&out, headers);
	sip_out_str(&out, "Content-Type: application/sdp\r\nContent-Length: 4\r\n\r\nbody");
	assert_int_equal(sip_msg_parse(&msg, text, out.len, &error), 0);
	sip_out_init(&out, written, sizeof(written));
	call_hide_headers(&out, &msg, VIEW_LIT("192.0.2.1"), body, NULL);
	write_end(&out);
	return written;
}

/* Shows: 3325/5a 3325/6a 3325/9.2a */
static void path_and_equipment_stay(void **state)
{
	(void)state;
	assert_string_equal(
		passed("Record-Route: <sip:secret;lr>\r\nRoute: <sip:secret;lr>\r\n"
		       "User-Agent: secret\r\nServer: secret\r\nOrganization: secret\r\n"
		       "Call-Info: <http://secret/>\r\nError-Info: <http://secret/>\r\n"
		       "History-Info: <sip:secret@x>\r\nDiversion: <sip:secret@x>\r\n"
		       "P-Asserted-Identity: <sip:secret@x>\r\n"
		       "P-Preferred-Identity: <sip:secret@x>\r\n"
		       "Reply-To: <sip:secret@x>\r\nRefer-To: <sip:secret@x>\r\n"
		       "Replaces: secret;to-tag=1;from-tag=2\r\nIn-Reply-To: secret\r\n"
		       "P-Charging-Vector: icid-value=secret\r\nTimestamp: 1\r\n"
		       "Max-Forwards: 7\r\nUnheard-Of: secret\r\n",
		       true),
		"");
}

/* Shows: 3323/4.2a */
static void business_of_the_other_side_passes(void **state)
{
	static const char headers[] =
		"Subject: s\r\nDate: Sat, 13 Nov 2010 23:29:00 GMT\r\nPriority: urgent\r\n"
		"Privacy: none\r\nExpires: 60\r\n"
		"Accept: application/sdp\r\nAccept-Language: en\r\nX-Id: 42\r\n"
		"WWW-Authenticate: Digest a=b\r\nProxy-Authenticate: Digest a=b\r\n"
		"Retry-After: 5\r\nUnsupported: foo\r\nUser-to-User: 00\r\n";

	(void)state;
	assert_string_equal(passed(headers, false), headers);
}

/* By value, in the body; not where it has to be asked for. Shows: 6442/3.1a 6442/4.2a */
static void location_goes_with_the_body(void **state)
{
	static const char headers[] = "Geolocation: <https://secret/loc>, <cid:loc@x>;a=b\r\n"
				      "Geolocation-Routing: yes\r\n"
				      "Geolocation: <sip:secret@x>\r\n";

	(void)state;
	assert_string_equal(passed(headers, true), "Geolocation: <cid:loc@x>;a=b\r\n"
						   "Geolocation-Routing: yes\r\n");
	assert_string_equal(passed(headers, false), "Geolocation-Routing: yes\r\n");
}

/* Shows: 3892/2.2a */
static void who_referred_is_named_by_our_host(void **state)
{
	(void)state;
	assert_string_equal(passed("Referred-By: \"Al\" <sip:al@secret>;cid=\"secret@x\"\r\n",
				   false),
			    "Referred-By: \"Al\" <sip:al@192.0.2.1>\r\n");
	assert_string_equal(passed("b: sip:al@secret\r\n", false),
			    "Referred-By: <sip:al@192.0.2.1>\r\n");
	assert_string_equal(passed("Referred-By: <sip:al@secret\r\n", false), "");
}

static void body_takes_its_headers_along(void **state)
{
	static const char headers[] = "Content-Disposition: session\r\nContent-Language: en\r\n"
				      "MIME-Version: 1.0\r\n";

	(void)state;
	assert_string_equal(passed(headers, true), headers);
	assert_string_equal(passed(headers, false), "");
}

static void lists_keep_what_works_end_to_end(void **state)
{
	(void)state;
	assert_string_equal(passed("Require: 100rel,uui\r\n", false), "Require: uui\r\n");
	/* Sessions last as long as each leg agrees. */
	assert_string_equal(passed("x: 1800;refresher=uac\r\nMin-SE: 90\r\n", false), "");
	/* What is taken on a leg is said there. */
	assert_string_equal(passed("Allow: INVITE, INFO\r\nSupported: uui\r\n", false), "");
	assert_string_equal(passed("Alert-Info: <http://secret/ring>, <urn:alert:tone:normal>\r\n",
				   false),
			    "Alert-Info: <urn:alert:tone:normal>\r\n");
}

static void texts_name_no_host(void **state)
{
	(void)state;
	assert_string_equal(passed("Warning: 304 secret.example \"No codec\"\r\n", false),
			    "Warning: 304 192.0.2.1 \"No codec\"\r\n");
	assert_string_equal(passed("Warning: 399 secret \"see pbx.secret.example\"\r\n", false),
			    "Warning: 399 192.0.2.1 \"\"\r\n");
	assert_string_equal(passed("Reason: Q.850;cause=16;text=\"Bye. Now\";where=secret\r\n",
				   false),
			    "Reason: Q.850;cause=16;text=\"Bye. Now\"\r\n");
	assert_string_equal(
		passed("Reason: SIP ;cause=480;text=\"at 10.0.0.1\", Q.850;cause=19\r\n", false),
		"Reason: SIP;cause=480\r\nReason: Q.850;cause=19\r\n");
	assert_string_equal(passed("Reason: 10.0.0.1;cause=16, a@secret, Q.850;cause=10.0.0.1, "
				   "Preemption ;cause=1\r\n",
				   false),
			    "Reason: Q.850\r\nReason: Preemption;cause=1\r\n");
	assert_string_equal(passed("Warning: 10.0.0.1 \"x\"\r\n", false), "");
	assert_string_equal(passed("Retry-After: 5 (of gw.secret.example);duration=60\r\n", false),
			    "Retry-After: 5\r\n");
	assert_true(call_hide_text_ok(VIEW_LIT("Not Acceptable Here")));
	assert_true(call_hide_text_ok(VIEW_LIT("Wait: busy. Try later...")));
	assert_false(call_hide_text_ok(VIEW_LIT("No route to 10.0.0.1")));
	assert_false(call_hide_text_ok(VIEW_LIT("ask bob@home")));
	assert_false(call_hide_text_ok(VIEW_LIT("gw:5060 down")));
	assert_false(call_hide_text_ok(VIEW_LIT("[fe80")));
}

/* Shows: 3326/2c */
static void reasons_are_one_of_each_protocol(void **state)
{
	(void)state;
	assert_string_equal(passed("Reason: Q.850;cause=16;text=\"a, b\", SIP;cause=200, "
				   "q.850 ;cause=17\r\nSubject: s\r\n"
				   "Reason: SIP;cause=480\r\nReason: X;cause=1\r\n",
				   false),
			    "Reason: Q.850;cause=16;text=\"a, b\"\r\nReason: SIP;cause=200\r\n"
			    "Subject: s\r\nReason: X;cause=1\r\n");
	/* What does not pass is none. */
	assert_string_equal(passed("Reason: a@b;cause=1, A;cause=2\r\n", false),
			    "Reason: A;cause=2\r\n");
	assert_string_equal(passed("Reason: a,b,c,d,e,f,g,h,i,j,a\r\n", false),
			    "Reason: a\r\nReason: b\r\nReason: c\r\nReason: d\r\n"
			    "Reason: e\r\nReason: f\r\nReason: g\r\nReason: h\r\n");
}

static void assert_address(const char *from, const char *to)
{
	struct sip_nameaddr addr;
	struct sip_out out;

	assert_int_equal(sip_nameaddr_parse(&addr, view_str(from)), 0);
	sip_out_init(&out, written, sizeof(written));
	call_hide_address(&out, &addr, VIEW_LIT("192.0.2.1"));
	write_end(&out);
	assert_string_equal(written, to);
}

/* Shows: 3323/4.1.1.3a */
static void addresses_get_our_host(void **state)
{
	(void)state;
	assert_address("\"A. B.\" <sip:alice@secret.example:5070;transport=tcp>;tag=1",
		       "\"A. B.\" <sip:alice@192.0.2.1>");
	assert_address("sip:alice@secret.example;tag=1", "<sip:alice@192.0.2.1>");
	assert_address("<sip:+4930@secret.example;user=phone>", "<sip:+4930@192.0.2.1;user=phone>");
	assert_address("<sip:alice:password@secret.example>", "<sip:alice@192.0.2.1>");
	assert_address("<sip:secret.example>", "<sip:192.0.2.1>");
	assert_address("<tel:+49-30;phone-context=secret.example>",
		       "<sip:+49-30@192.0.2.1;user=phone>");
	assert_address("<tel:*21#;phone-context=secret.example>",
		       "<sip:*21#@192.0.2.1;user=phone>");
	/* No number, and no user of a sip URI either. */
	assert_address("<tel:+4930@secret.example>", "<sip:192.0.2.1>");
	assert_address("<tel:+4930?x=%zz>", "<sip:192.0.2.1>");
	assert_address("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1",
		       "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
	assert_address("<mailto:alice@secret.example>", "<sip:192.0.2.1>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_and_equipment_stay),
		cmocka_unit_test(business_of_the_other_side_passes),
		cmocka_unit_test(location_goes_with_the_body),
		cmocka_unit_test(who_referred_is_named_by_our_host),
		cmocka_unit_test(body_takes_its_headers_along),
		cmocka_unit_test(lists_keep_what_works_end_to_end),
		cmocka_unit_test(texts_name_no_host),
		cmocka_unit_test(reasons_are_one_of_each_protocol),
		cmocka_unit_test(addresses_get_our_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
