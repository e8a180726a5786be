// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel sees of a message: start line, header lines, and the summary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip_scan.h"

static struct sip_scan scan;
static char *copy;

/* Scans a copy on the heap, so that the sanitizer sees every octet read beyond it. */
static enum sip_scan_kind scan_octets(const char *text, size_t len)
{
	free(copy);
	copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&scan, 0xa5, sizeof(scan));
	return sip_scan(&scan, copy, len);
}

static enum sip_scan_kind scan_text(const char *text)
{
	return scan_octets(text, strlen(text));
}

static void assert_span(struct sip_scan_span span, const char *text)
{
	if (!text) {
		assert_int_equal(span.off, 0);
		assert_int_equal(span.len, 0);
		return;
	}
	assert_true(span.off > 0 || !strncmp(copy, text, strlen(text)));
	assert_int_equal(span.len, strlen(text));
	assert_memory_equal(copy + span.off, text, span.len);
}

static void assert_text(struct sip_scan_text text, const char *expected)
{
	assert_int_equal(text.len, strlen(expected));
	assert_memory_equal(text.p, expected, text.len);
}

static const char request[] =
	"REGISTER sip:example.com SIP/2.0\r\n"
	"Via: SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bKa, SIP/2.0/TCP b;branch=c\r\n"
	"f: \"x;tag=no\" <sip:al@example.net;tag=no>;tag=from1\r\n"
	"To\t : <sip:bob@example.com> ;\r\n tag = to1\r\n"
	"Call-ID: c1@192.0.2.1\r\n"
	"CSeq: 4711 REGISTER\r\n"
	"Max-Forwards: 7\r\n"
	"User-Agent: Phone (1, 2)\r\n"
	"l: 3\r\n"
	"\r\n"
	"abc";

static void summary_of_a_request(void **state)
{
	(void)state;
	assert_int_equal(scan_text(request), SIP_SCAN_REQUEST);
	assert_true(scan.complete);
	assert_false(scan.malformed);
	assert_true(scan.version_2_0);
	assert_int_equal(scan.method, SIP_REGISTER);
	assert_int_equal(scan.status, 0);
	assert_int_equal(scan.max_forwards, 7);
	assert_int_equal(scan.cseq, 4711);
	assert_true(scan.has_content_length);
	assert_int_equal(scan.content_length, 3);
	assert_int_equal(scan.body, strlen(request) - 3);
	assert_span(scan.method_name, "REGISTER");
	assert_span(scan.uri, "sip:example.com");
	assert_span(scan.call_id, "c1@192.0.2.1");
	assert_span(scan.via_sent_by, "[2001:db8::1]:5070");
	assert_span(scan.via_branch, "z9hG4bKa");
	assert_span(scan.from_tag, "from1");
	assert_span(scan.to_tag, "to1");
	assert_span(scan.user_agent, "Phone (1, 2)");
}

static void summary_of_a_response(void **state)
{
	(void)state;
	assert_int_equal(scan_text("\r\nSIP/2.0 486 Busy\nv:SIP/2.0/UDP h\nf:<sip:a>;tag=1\n"
				   "t:<sip:b>\ni:1\nCSeq:0 SUBSCRIBE\n\n"),
			 SIP_SCAN_RESPONSE);
	assert_true(scan.complete);
	assert_false(scan.malformed);
	assert_int_equal(scan.status, 486);
	assert_int_equal(scan.method, SIP_SUBSCRIBE);
	assert_span(scan.method_name, "SUBSCRIBE");
	assert_int_equal(scan.cseq, 0);
	assert_int_equal(scan.max_forwards, -1);
	assert_false(scan.has_content_length);
	assert_span(scan.uri, NULL);
	assert_span(scan.via_sent_by, "h");
	assert_span(scan.via_branch, NULL);
	assert_span(scan.to_tag, NULL);
	assert_span(scan.user_agent, NULL);
}

/* Cut anywhere, a message never has more than its whole, nor is anything read behind the cut. */
static void every_beginning_of_a_message(void **state)
{
	const size_t headers = strlen(request) - 3, line = strcspn(request, "\n") + 1;
	enum sip_scan_kind kind;

	(void)state;
	for (size_t len = 0; len < headers; len++) {
		kind = scan_octets(request, len);
		if (len < line) {
			assert_int_equal(kind, len ? SIP_SCAN_PARTIAL : SIP_SCAN_EMPTY);
			continue;
		}
		assert_int_equal(kind, SIP_SCAN_REQUEST);
		assert_false(scan.complete);
		assert_false(scan.malformed);
		if (scan.call_id.len)
			assert_span(scan.call_id, "c1@192.0.2.1");
		if (scan.to_tag.len)
			assert_span(scan.to_tag, "to1");
	}
	assert_int_equal(scan_octets(request, headers), SIP_SCAN_REQUEST);
	assert_true(scan.complete);
}

static void what_is_no_message(void **state)
{
	(void)state;
	assert_int_equal(scan_text(""), SIP_SCAN_EMPTY);
	assert_int_equal(scan_text("\r\n\r\n"), SIP_SCAN_EMPTY);
	assert_int_equal(scan_text("INVITE sip:a SIP/2.0"), SIP_SCAN_PARTIAL);
	assert_int_equal(scan_text("GET / HTTP/1.1\r\n\r\n"), SIP_SCAN_NOT_SIP);
	assert_int_equal(scan_text("hello\r\n\r\n"), SIP_SCAN_NOT_SIP);
	assert_int_equal(scan_octets("\0\0\0\0\n", 5), SIP_SCAN_NOT_SIP);
	assert_false(scan.complete);
	assert_int_equal(scan_text("A b SIP/7.0\r\n\r\n"), SIP_SCAN_REQUEST);
	assert_false(scan.version_2_0);
}

#define HEADERS "v:SIP/2.0/UDP h\nf:<sip:a>;tag=1\nt:<sip:b>\ni:1\nCSeq:0 BYE\n"

static void malformed(void **state)
{
	static const char *const texts[] = {
		"BYE  sip:a SIP/2.0\n" HEADERS "\n",
		"BYE sip:a SIP/2.0 \n" HEADERS "\n",
		"SIP/2.0 99 x\n" HEADERS "\n",
		"ACK sip:a SIP/2.0\n" HEADERS "\n",
		"BYE sip:a SIP/2.0\n" HEADERS "User-Agent no header\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "User-Agent: a\rb\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "i: 2\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "l: 1\nl: 2\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "l: -1\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "Max-Forwards: 256\n\n",
		"BYE sip:a SIP/2.0\nv:x\nf:<sip:a>\nt:<sip:b>\ni:1\nCSeq:0 BYE\n\n",
		"BYE sip:a SIP/2.0\nv:\nf:<sip:a>\nt:<sip:b>\ni:1\nCSeq:0 BYE\n\n",
		"BYE sip:a SIP/2.0\nv:SIP/2.0/UDP h\nf:<sip:a>\nt:<sip:b>\ni:1\n\n",
		"BYE sip:a SIP/2.0\nv:SIP/2.0/UDP h\nf:<sip:a>\nt:<sip:b\ni:1\nCSeq:0 BYE\n\n",
		"BYE sip:a SIP/2.0\nv:SIP/2.0/UDP h\nf:<sip:a>\nt:<sip:b>\ni:1 2\nCSeq:0 BYE\n\n",
		"BYE sip:a SIP/2.0\nv:SIP/2.0/UDP h\nf:<sip:a>\nt:<sip:b>\ni:1\nCSeq:BYE\n\n",
	};

	(void)state;
	assert_int_equal(scan_text("BYE sip:a SIP/2.0\n" HEADERS "\n"), SIP_SCAN_REQUEST);
	assert_false(scan.malformed);
	assert_int_equal(scan_text("BYE sip:a SIP/2.0\n" HEADERS "l: 1\nl: 01\n\n"),
			 SIP_SCAN_REQUEST);
	assert_false(scan.malformed);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_true(scan_text(texts[i]) <= SIP_SCAN_RESPONSE);
		assert_true(scan.complete);
		assert_true(scan.malformed);
	}
	assert_int_equal(scan_text("BYE sip:a SIP/2.0\n" HEADERS "l: 1\nl: 2\nl: 1\n\n"),
			 SIP_SCAN_REQUEST);
	assert_false(scan.has_content_length);
	assert_int_equal(scan.content_length, 0);
}

/* Offences where the summary does not look are none. */
static void what_is_passed_over(void **state)
{
	static const char *const texts[] = {
		"BYE sip:a SIP/2.0\n" HEADERS "no header\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "a:\rb\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "Contact: <\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "Expires: soon\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "Expires: 4294967296\n\n",
		"BYE sip:a SIP/2.0\n" HEADERS "v: x\n\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(scan_text(texts[i]), SIP_SCAN_REQUEST);
		assert_true(scan.complete);
		assert_false(scan.malformed);
		assert_false(scan.has_expires);
		assert_int_equal(scan.expires, 0);
	}
}

static void expires_and_credentials(void **state)
{
	(void)state;
	scan_text("BYE sip:a SIP/2.0\r\nExpires: 3600\r\n\r\n");
	assert_true(scan.has_expires);
	assert_int_equal(scan.expires, 3600);
	assert_false(scan.has_credentials);
	scan_text("BYE sip:a SIP/2.0\r\nexpires :\r\n 4294967295\r\nExpires: 1\r\n\r\n");
	assert_true(scan.has_expires);
	assert_int_equal(scan.expires, UINT32_MAX);
	scan_text("BYE sip:a SIP/2.0\r\nAuthorization: Digest a=\"b\"\r\n\r\n");
	assert_true(scan.has_credentials);
	scan_text("BYE sip:a SIP/2.0\r\nproxy-authorization : Digest a=\"b\"\r\n\r\n");
	assert_true(scan.has_credentials);
	scan_text("BYE sip:a SIP/2.0\r\nAuthorizations: x\r\nProxy-Authenticate: x\r\n\r\n");
	assert_false(scan.has_credentials);
	assert_false(scan.has_expires);
}

/*
 * Each line has a quick way and a full one, and what is read is the same.
 * Shows: 3261/7.3.1a 3261/7.3.1d
 */
static void unusual_forms(void **state)
{
	static const struct {
		const char *via, *to, *sent_by, *branch, *tag;
	} cases[] = {
		{ " SIP/2.0/UDP h;branch=b", " <sip:a>;tag=t", "h", "b", "t" },
		{ "SIP/2.0/UDP h;branch=b", "<sip:a>;tag=t", "h", "b", "t" },
		{ "  SIP/2.0/UDP h;branch=b", " <sip:a> ;tag=t", "h", "b", "t" },
		{ " SIP/2.0/SCTP h:1;rport;branch=b", " <sip:a>;x;tag=t", "h:1", "b", "t" },
		{ " SIP/2.0/WS h;received=::1;Branch=b;x", " <sip:a>;TAG=t;x", "h", "b", "t" },
		{ " sip / 2.0 / udp h : 5 ;branch=b", " sip:a;tag=t", "h : 5", "b", "t" },
		{ " SIP/2.0/UDP h;branch=b ,SIP/2.0/TCP i", " <sip:a>;tag=t;x=\">;tag=n\"", "h",
		  "b", "t" },
		{ " SIP/2.0/UDP h;x=\";branch=n\";branch=b", " \">;tag=n\" <sip:a>;tag=t", "h", "b",
		  "t" },
		{ " SIP/2.0/UDP h;branch=b,SIP/2.0/TCP i", " <sip:a>;tag=t???????????????", "h",
		  "b", "t???????????????" },
		{ " SIP/2.0/UDP h;branch=\xff", " <sip:a>;tag=\xc3\xa4", "h", "\xff", "\xc3\xa4" },
		{ " SIP/2.0/UDP h;branch=b\t", " <sip:a>;tag=t\t", "h", "b", "t" },
		{ " SIP/2.0/UDP h\r\n ;branch=b", " <sip:a>\r\n\t;tag=t", "h", "b", "t" },
		{ " SIP/2.0/UDP h;branch=b\r\n ;x", " <sip:a>;tag=t\r\n ;x", "h", "b", "t" },
		{ " SIP/2.0/UDP h;x", " \"\" <sip:a>", "h", NULL, NULL },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text),
			 "BYE sip:a SIP/2.0\r\nVia:%s\r\nTo:%s\r\nf:<sip:b>\r\ni: \t1\r\n"
			 "CSeq:  02\tBYE\r\n\r\n",
			 cases[i].via, cases[i].to);
		assert_int_equal(scan_text(text), SIP_SCAN_REQUEST);
		assert_true(scan.complete);
		assert_false(scan.malformed);
		assert_span(scan.via_sent_by, cases[i].sent_by);
		assert_span(scan.via_branch, cases[i].branch);
		assert_span(scan.to_tag, cases[i].tag);
		assert_span(scan.from_tag, NULL);
		assert_span(scan.call_id, "1");
		assert_int_equal(scan.cseq, 2);
	}
}

static void methods(void **state)
{
	static const char *const names[] = {
		"INVITE", "ACK",  "BYE",     "CANCEL",	  "OPTIONS", "REGISTER", "PRACK",
		"UPDATE", "INFO", "MESSAGE", "SUBSCRIBE", "NOTIFY",  "REFER",	 "PUBLISH",
	};
	char text[128];

	(void)state;
	for (int i = 0; i < SIP_METHOD_COUNT - 1; i++) {
		snprintf(text, sizeof(text), "%s sip:a SIP/2.0\r\n\r\n", names[i]);
		scan_text(text);
		assert_int_equal(scan.method, i + 1);
		assert_span(scan.method_name, names[i]);
		assert_span(scan.uri, "sip:a");
		assert_string_equal(sip_scan_method_name(scan.method), names[i]);
		snprintf(text, sizeof(text), "SIP/2.0 200 OK\r\nCSeq: 7 %s\r\n\r\n", names[i]);
		scan_text(text);
		assert_int_equal(scan.method, i + 1);
		assert_span(scan.method_name, names[i]);
		snprintf(text, sizeof(text), "%sX sip:a SIP/2.0\r\nCSeq: 7 %sY\r\n\r\n", names[i],
			 names[i]);
		scan_text(text);
		assert_int_equal(scan.method, SIP_METHOD_OTHER);
		assert_int_equal(sip_scan_method(names[i], strlen(names[i]) - 1), SIP_METHOD_OTHER);
	}
	assert_int_equal(sip_scan_method("invite", 6), SIP_METHOD_OTHER);
	assert_int_equal(sip_scan_method("", 0), SIP_METHOD_OTHER);
}

static void of_two_the_first_counts(void **state)
{
	(void)state;
	scan_text("BYE sip:a SIP/2.0\n" HEADERS "Call-ID: 2\nTo: <sip:b>;tag=9\nMax-Forwards: 4\n"
		  "Max-Forwards: 5\nCSeq: 7 BYE\nVia: SIP/2.0/UDP i;branch=x\nUser-Agent: a\n"
		  "User-Agent: b\n\n");
	assert_span(scan.call_id, "1");
	assert_span(scan.to_tag, NULL);
	assert_int_equal(scan.max_forwards, 4);
	assert_int_equal(scan.cseq, 0);
	assert_span(scan.via_sent_by, "h");
	assert_span(scan.via_branch, NULL);
	assert_span(scan.user_agent, "a");
}

static void header_lines(void **state)
{
	static const char text[] = "BYE sip:a SIP/2.0\r\n"
				   " x: folded onto the start line\r\n"
				   "Via \t:  a\r\n"
				   "X-Long-Name-Of-Something:\r\n\t \r\n  b\t\r\n \tc \r\n"
				   "bad line\r\n and: what folds onto it\r\n"
				   "m:\r\n"
				   "\r\n";
	struct sip_scan_header header;
	struct sip_scan_start start;
	struct sip_scan_iter iter;

	(void)state;
	assert_int_equal(sip_scan_begin(&iter, &start, text, sizeof(text) - 1), SIP_SCAN_REQUEST);
	assert_ptr_equal(start.begin, text);
	assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_BAD_LINE);
	assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_HEADER);
	assert_int_equal(header.id, SIP_HDR_VIA);
	assert_text(header.name, "Via");
	assert_text(header.value, "a");
	assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_HEADER);
	assert_int_equal(header.id, SIP_HDR_OTHER);
	assert_text(header.name, "X-Long-Name-Of-Something");
	assert_text(header.value, "b\t\r\n \tc");
	assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_BAD_LINE);
	assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_HEADER);
	assert_int_equal(header.id, SIP_HDR_CONTACT);
	assert_text(header.value, "");
	assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_BODY);
	assert_ptr_equal(iter.p, text + sizeof(text) - 1);
}

/* Values that begin and end at every offset of the eight octets that are looked at together. */
static void line_ends_at_every_offset(void **state)
{
	/* Octets that differ from CR and LF in one bit. */
	static const char near[] = "\x0c\x0b\x0e\x09vvvv\x8a\x8d\x0c\x0f"
				   "....\x08....\x1a....\x2d.....";
	struct sip_scan_header header;
	struct sip_scan_start start;
	struct sip_scan_iter iter;
	char text[128];
	int len;

	(void)state;
	for (int value = 1; value < (int)sizeof(near); value++) {
		for (int fill = 1; fill < 9; fill++) {
			len = snprintf(text, sizeof(text), "B a SIP/2.0\n%.*s:%.*s\xf5\r\n\r\n",
				       fill, "nnnnnnnn", value, near);
			assert_int_equal(sip_scan_begin(&iter, &start, text, (size_t)len),
					 SIP_SCAN_REQUEST);
			assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_HEADER);
			assert_int_equal(header.value.len, value + 1);
			assert_int_equal(sip_scan_next(&iter, &header), SIP_SCAN_BODY);
		}
	}
}

/* The grammar's sets, as RFC 3261 s.25.1 lists them. */
static void character_classes(void **state)
{
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	static const struct {
		enum sip_char set;
		const char *members;
	} sets[] = {
		{ SIP_CHAR_TOKEN, LETTERS "-.!%*_+`'~" },
		{ SIP_CHAR_WSP, " \t" },
		{ SIP_CHAR_LINE, "\r\n" },
		{ SIP_CHAR_DIGIT, "0123456789" },
		{ SIP_CHAR_HEX, "0123456789abcdefABCDEF" },
		{ SIP_CHAR_SCHEME, LETTERS "+-." },
		{ SIP_CHAR_HOST, LETTERS "-._" },
		{ SIP_CHAR_USER, LETTERS "-_.!~*'()&=+$,;?/#" },
		{ SIP_CHAR_PASSWORD, LETTERS "-_.!~*'()&=+$," },
		{ SIP_CHAR_PARAM, LETTERS "-_.!~*'()[]/:&+$" },
		{ SIP_CHAR_HEADER, LETTERS "-_.!~*'()[]/?:+$" },
	};

	(void)state;
	for (int c = 0; c < 256; c++) {
		for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
			assert_int_equal(sip_scan_is((char)c, sets[i].set),
					 c && strchr(sets[i].members, c));
		assert_int_equal(sip_scan_is((char)c, SIP_CHAR_VISIBLE), c > 0x20 && c < 0x7f);
		assert_int_equal(sip_scan_is((char)c, SIP_CHAR_HIGH), c >= 0x80);
		assert_int_equal(sip_scan_is((char)c, SIP_CHAR_VALUE),
				 c >= 0x80 || (c > 0x20 && c < 0x7f && !strchr("\",;<>", c)));
		assert_int_equal(sip_scan_is((char)c, SIP_CHAR_QUOTED),
				 c >= 0x80 || (c && strchr("\t\r\n ", c)) ||
					 (c > 0x20 && c < 0x7f && c != '"' && c != '\\'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(summary_of_a_request),
		cmocka_unit_test(summary_of_a_response),
		cmocka_unit_test(every_beginning_of_a_message),
		cmocka_unit_test(what_is_no_message),
		cmocka_unit_test(malformed),
		cmocka_unit_test(what_is_passed_over),
		cmocka_unit_test(expires_and_credentials),
		cmocka_unit_test(unusual_forms),
		cmocka_unit_test(methods),
		cmocka_unit_test(of_two_the_first_counts),
		cmocka_unit_test(header_lines),
		cmocka_unit_test(line_ends_at_every_offset),
		cmocka_unit_test(character_classes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(copy);
	return failed;
}
