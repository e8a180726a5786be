// SPDX-License-Identifier: GPL-2.0-or-later
/* What is written is what comes out, and an overflow is noticed, however it comes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/out.h"

static void assert_text(const struct sip_out *out, const char *text)
{
	assert_true(sip_out_ok(out));
	assert_int_equal(out->len, strlen(text));
	assert_memory_equal(out->p, text, out->len);
}

static void pieces_are_appended(void **state)
{
	struct sip_out out;
	char buf[64];

	(void)state;
	sip_out_init(&out, buf, sizeof(buf));
	assert_text(&out, "");
	sip_out_str(&out, "a");
	sip_out_view(&out, VIEW_LIT("bc"));
	sip_out_view(&out, VIEW_NONE);
	sip_out_printf(&out, "[%d %s]", -5, "x");
	sip_out_u32(&out, 0);
	sip_out_str(&out, " ");
	sip_out_u32(&out, 4294967295U);
	assert_text(&out, "abc[-5 x]0 4294967295");
	assert_true(view_eq(sip_out_text(&out), VIEW_LIT("abc[-5 x]0 4294967295")));
}

static void headers_are_unfolded(void **state)
{
	struct sip_out out;
	char buf[256];

	(void)state;
	sip_out_init(&out, buf, sizeof(buf));
	sip_out_header(&out, "Subject", VIEW_LIT("plain  text"));
	sip_out_header(&out, "Route", VIEW_LIT("<sip:a;lr> ,  \r\n\t  <sip:b;lr>\n <sip:c>"));
	sip_out_header(&out, "Contact", VIEW_LIT("\r\n \r\n <sip:d>\r\n "));
	sip_out_header(&out, "Subject", VIEW_LIT(""));
	assert_text(&out, "Subject: plain  text\r\n"
			  "Route: <sip:a;lr> , <sip:b;lr> <sip:c>\r\n"
			  "Contact: <sip:d>\r\n"
			  "Subject: \r\n");
}

/* A bare CR or LF must not become a line end of ours. */
static void no_line_end_gets_through(void **state)
{
	struct sip_out out;
	char buf[64];

	(void)state;
	sip_out_init(&out, buf, sizeof(buf));
	sip_out_header(&out, "Subject", VIEW_LIT("a\rX: y\nZ: 1\n\n\rb"));
	sip_out_header(&out, "a", VIEW_LIT("b\rc"));
	sip_out_header(&out, "a", VIEW_LIT("b\nc"));
	assert_text(&out, "Subject: a X: y Z: 1 b\r\na: b c\r\na: b c\r\n");
}

static void body_has_its_length(void **state)
{
	struct sip_out out;
	char buf[128];

	(void)state;
	sip_out_init(&out, buf, sizeof(buf));
	sip_out_body(&out, VIEW_LIT("application/sdp"), VIEW_LIT("v=0\r\n"));
	assert_text(&out, "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
	sip_out_init(&out, buf, sizeof(buf));
	sip_out_body(&out, VIEW_LIT("application/sdp"), VIEW_NONE);
	assert_text(&out, "Content-Length: 0\r\n\r\n");
}

static void write_all(struct sip_out *out)
{
	sip_out_str(out, "INVITE ");
	sip_out_view(out, VIEW_LIT("sip:a"));
	sip_out_printf(out, " SIP/%d.0\r\n", 2);
	sip_out_header(out, "To", VIEW_LIT("<sip:a>\r\n ;x=y"));
	sip_out_str(out, "CSeq: ");
	sip_out_u32(out, 1234567);
	sip_out_str(out, " INVITE\r\n");
	sip_out_body(out, VIEW_LIT("text/plain"), VIEW_LIT("hello"));
}

/* Every size too small, with the buffer exactly as big as told. */
static void overflow_is_remembered_at_any_size(void **state)
{
	static const char expected[] = "INVITE sip:a SIP/2.0\r\nTo: <sip:a> ;x=y\r\n"
				       "CSeq: 1234567 INVITE\r\nContent-Type: text/plain\r\n"
				       "Content-Length: 5\r\n\r\nhello";
	struct sip_out out;
	char *buf;

	(void)state;
	for (size_t cap = 1; cap < sizeof(expected) - 1; cap++) {
		buf = malloc(cap);
		sip_out_init(&out, buf, cap);
		write_all(&out);
		assert_false(sip_out_ok(&out));
		assert_true(out.len <= cap);
		assert_memory_equal(buf, expected, out.len);
		free(buf);
	}
	buf = malloc(sizeof(expected) - 1);
	sip_out_init(&out, buf, sizeof(expected) - 1);
	write_all(&out);
	assert_text(&out, expected);
	free(buf);
}

static void nothing_follows_an_overflow(void **state)
{
	struct sip_out out;
	char buf[4];

	(void)state;
	sip_out_init(&out, buf, sizeof(buf));
	sip_out_str(&out, "abcde");
	sip_out_str(&out, "f");
	sip_out_printf(&out, "g");
	assert_false(sip_out_ok(&out));
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_appended),
		cmocka_unit_test(headers_are_unfolded),
		cmocka_unit_test(no_line_end_gets_through),
		cmocka_unit_test(body_has_its_length),
		cmocka_unit_test(overflow_is_remembered_at_any_size),
		cmocka_unit_test(nothing_follows_an_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
