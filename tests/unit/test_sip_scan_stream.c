// SPDX-License-Identifier: GPL-2.0-or-later
/* SIP in pieces: TCP streams, and packets that do not lie in one place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip_scan_stream.h"

static struct sip_scan_stream stream;

/* Feeds a copy on the heap, so that the sanitizer sees every octet read beyond it. */
static size_t feed(const char *text, size_t len, enum sip_scan_stream_event *event)
{
	char *piece = malloc(len ? len : 1);
	size_t taken;

	assert_non_null(piece);
	memcpy(piece, text, len);
	taken = sip_scan_stream_feed(&stream, piece, len, event);
	free(piece);
	return taken;
}

/* Feeds @text in pieces of @size octets, up to the first event; returns what was taken. */
static size_t feed_pieces(const char *text, size_t len, size_t size,
			  enum sip_scan_stream_event *event)
{
	size_t done = 0;

	*event = SIP_STREAM_MORE;
	while (done < len && *event == SIP_STREAM_MORE)
		done += feed(text + done, len - done < size ? len - done : size, event);
	return done;
}

static void assert_copy(const struct sip_scan_copy *copy, struct sip_scan_span span,
			const char *expected)
{
	assert_int_equal(span.len, strlen(expected));
	assert_int_equal(copy->len, strlen(expected));
	assert_memory_equal(copy->text, expected, copy->len);
}

#define HEADERS                                                            \
	"Via: SIP/2.0/TCP h:5070;rport;branch=z9hG4bKa, SIP/2.0/UDP i\r\n" \
	"From: \"A <\" <sip:a@example.com>;tag=from1\r\n"                  \
	"t : <sip:b@example.com>\r\n ;tag=to1\r\n"                         \
	"Subject: a\r\n b\r\n"                                             \
	"Call-ID: c1@192.0.2.1\r\nCSeq: 4711 INVITE\r\n"                   \
	"Max-Forwards: 7\r\nUser-Agent: Phone 1\r\nExpires: 60\r\n"        \
	"Proxy-Authorization: Digest a=\"b\"\r\n"

static const char request[] = "INVITE sip:b@example.com SIP/2.0\r\n" HEADERS
			      "Content-Length: 5\r\n\r\nv=0\r\n";
static const char response[] = "SIP/2.0 180 Ringing\r\n" HEADERS "l: 0\r\n\r\n";

static void assert_request(void)
{
	const struct sip_scan *scan = &stream.scan;

	assert_int_equal(scan->kind, SIP_SCAN_REQUEST);
	assert_true(scan->complete);
	assert_false(scan->malformed);
	assert_false(stream.too_long);
	assert_int_equal(scan->method, SIP_INVITE);
	assert_int_equal(scan->cseq, 4711);
	assert_int_equal(scan->max_forwards, 7);
	assert_int_equal(scan->expires, 60);
	assert_true(scan->has_credentials);
	assert_int_equal(scan->content_length, 5);
	assert_int_equal(scan->body, strlen(request) - 5);
	assert_int_equal(scan->uri.off, 7);
	assert_int_equal(scan->call_id.off, strstr(request, "c1@") - request);
	assert_copy(&stream.uri, scan->uri, "sip:b@example.com");
	assert_copy(&stream.call_id, scan->call_id, "c1@192.0.2.1");
	assert_copy(&stream.via_sent_by, scan->via_sent_by, "h:5070");
	assert_copy(&stream.via_branch, scan->via_branch, "z9hG4bKa");
	assert_copy(&stream.from_tag, scan->from_tag, "from1");
	assert_copy(&stream.to_tag, scan->to_tag, "to1");
	assert_copy(&stream.user_agent, scan->user_agent, "Phone 1");
}

static void pieces_of_every_size(void **state)
{
	const size_t headers = strlen(request) - 5;
	enum sip_scan_stream_event event;

	(void)state;
	for (size_t size = 1; size <= strlen(request); size++) {
		sip_scan_stream_init(&stream);
		assert_int_equal(feed_pieces(request, strlen(request), size, &event), headers);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_request();
	}
}

static void two_pieces_cut_anywhere(void **state)
{
	const size_t headers = strlen(request) - 5;
	enum sip_scan_stream_event event;

	(void)state;
	for (size_t cut = 1; cut < headers; cut++) {
		sip_scan_stream_init(&stream);
		assert_int_equal(feed(request, cut, &event), cut);
		assert_int_equal(event, SIP_STREAM_MORE);
		assert_false(stream.scan.complete);
		assert_int_equal(stream.scan.kind, cut < strcspn(request, "\n") + 1 ?
							   SIP_SCAN_PARTIAL :
							   SIP_SCAN_REQUEST);
		assert_int_equal(feed(request + cut, headers - cut, &event), headers - cut);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_request();
	}
}

/*
 * Line ends between messages, and bodies, are passed over.
 * Shows: 3261/7.5b
 */
static void messages_follow_each_other(void **state)
{
	enum sip_scan_stream_event event;
	size_t begin = 4, done, len;
	char text[2048];

	(void)state;
	len = (size_t)snprintf(text, sizeof(text), "\r\n\r\n%s%s\r\n\n%s", request, response,
			       request);
	for (size_t size = 1; size <= len; size += size < 40 ? 1 : 97) {
		sip_scan_stream_init(&stream);
		assert_int_equal(stream.scan.kind, SIP_SCAN_EMPTY);
		done = feed_pieces(text, len, size, &event);
		assert_int_equal(done, begin + strlen(request) - 5);
		assert_request();
		done += feed_pieces(text + done, len - done, size, &event);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_int_equal(done, begin + strlen(request) + strlen(response));
		assert_int_equal(stream.scan.kind, SIP_SCAN_RESPONSE);
		assert_int_equal(stream.scan.status, 180);
		assert_int_equal(stream.scan.method, SIP_INVITE);
		assert_int_equal(stream.uri.len, 0);
		assert_int_equal(stream.scan.body, strlen(response));
		done += feed_pieces(text + done, len - done, size, &event);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_int_equal(done, len - 5);
		assert_request();
		done += feed_pieces(text + done, len - done, size, &event);
		assert_int_equal(event, SIP_STREAM_MORE);
		assert_int_equal(done, len);
	}
}

static void keep_alives_alone(void **state)
{
	enum sip_scan_stream_event event;

	(void)state;
	sip_scan_stream_init(&stream);
	assert_int_equal(feed("\r\n\r", 3, &event), 3);
	assert_int_equal(event, SIP_STREAM_MORE);
	assert_int_equal(stream.scan.kind, SIP_SCAN_EMPTY);
	assert_int_equal(feed("\nB", 2, &event), 2);
	assert_int_equal(stream.scan.kind, SIP_SCAN_PARTIAL);
	assert_int_equal(feed("", 0, &event), 0);
	assert_int_equal(event, SIP_STREAM_MORE);
}

static void assert_lost(const char *text, size_t headers)
{
	enum sip_scan_stream_event event;
	size_t done = 0;

	sip_scan_stream_init(&stream);
	if (headers) {
		done = feed_pieces(text, strlen(text), 11, &event);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_int_equal(done, headers);
	}
	feed_pieces(text + done, strlen(text) - done, 11, &event);
	assert_int_equal(event, SIP_STREAM_LOST);
	assert_int_equal(feed(request, strlen(request), &event), 0);
	assert_int_equal(event, SIP_STREAM_LOST);
}

static void framing_is_lost(void **state)
{
	static const char none[] = "BYE sip:a SIP/2.0\r\nSubject: x\r\n\r\n";
	static const char bad[] = "BYE sip:a SIP/2.0\r\nl: x\r\n\r\n";
	static const char differ[] = "BYE sip:a SIP/2.0\r\nl: 1\r\nContent-Length: 2\r\n\r\n";
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "%sv=0", none);
	assert_lost(text, strlen(none));
	assert_false(stream.scan.has_content_length);
	snprintf(text, sizeof(text), "%sv=0", bad);
	assert_lost(text, strlen(bad));
	snprintf(text, sizeof(text), "%sv=0", differ);
	assert_lost(text, strlen(differ));
	assert_true(stream.scan.malformed);
	assert_lost("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0);
	assert_int_equal(stream.scan.kind, SIP_SCAN_NOT_SIP);
}

/* "NAME: value" with @value made as long as it takes for a line of @len octets. */
static size_t write_long(char *text, size_t size, const char *start, const char *before,
			 size_t fill, const char *after)
{
	size_t len = (size_t)snprintf(text, size, "%s%s", start, before);

	memset(text + len, 'x', fill);
	return len + fill + (size_t)snprintf(text + len + fill, size - len - fill, "%s", after);
}

/* All of a message, in pieces of @size. */
static void scan_long(const char *start, const char *before, const char *after, size_t size)
{
	enum sip_scan_stream_event event;
	char text[2048];
	size_t len = write_long(text, sizeof(text), start, before, 900, after);

	sip_scan_stream_init(&stream);
	assert_int_equal(feed_pieces(text, len, size, &event), len);
	assert_int_equal(event, SIP_STREAM_HEADERS);
}

#define START "INVITE sip:b@example.com SIP/2.0\r\n"

static void long_lines_of_other_headers(void **state)
{
	static const char *const before[] = { "X: ", "X: \r\n y", "Subject", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		for (size_t size = 1; size < 1200; size += 37) {
			scan_long(START, before[i], "\r\n" HEADERS "l:0\r\n\r\n", size);
			assert_false(stream.too_long);
			assert_false(stream.scan.malformed);
			assert_copy(&stream.via_branch, stream.scan.via_branch, "z9hG4bKa");
			assert_copy(&stream.to_tag, stream.scan.to_tag, "to1");
			assert_true(stream.scan.has_content_length);
		}
	}
}

static void long_credentials(void **state)
{
	(void)state;
	for (size_t size = 1; size < 1200; size += 37) {
		scan_long(START, "Authorization: ", "\r\nl: 0\r\n\r\n", size);
		assert_false(stream.too_long);
		assert_true(stream.scan.has_credentials);
	}
}

/* A line that is spread and too long for the carry is absent; in one piece, it is read. */
static void long_lines_that_matter(void **state)
{
	static const char *const before[] = { "Via: SIP/2.0/TCP h;branch=b;x=", "Call-ID: ",
					      "From: <sip:a>;x=", "User-Agent: " };

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		scan_long(START, before[i],
			  "\r\nVia: SIP/2.0/TCP z\r\nl: 0\r\nt:<sip:b>\r\nCSeq: 1 INVITE\r\n\r\n",
			  100);
		assert_true(stream.too_long);
		assert_int_equal(stream.via_sent_by.len, i ? 1 : 0);
		assert_int_equal(stream.call_id.len, 0);
		assert_int_equal(stream.scan.call_id.len, 0);
		assert_int_equal(stream.user_agent.len, 0);
		assert_true(stream.scan.has_content_length);
		scan_long(START, before[i], "\r\nl: 0\r\n\r\n", 2048);
		assert_false(stream.too_long);
	}
	assert_int_equal(stream.scan.user_agent.len, 900);
	assert_int_equal(stream.user_agent.len, SIP_STREAM_COPY_MAX);
	assert_memory_equal(stream.user_agent.text, "xxxxxxxx", 8);
}

/* Of mandatory headers, those that were passed over are not missed. */
static void long_lines_are_no_offence(void **state)
{
	(void)state;
	scan_long(START, "v: SIP/2.0/TCP h;x=",
		  "\r\nf: <sip:a>\r\nt: <sip:b>\r\ni: 1\r\nCSeq: 1 INVITE\r\nl: 0\r\n\r\n", 100);
	assert_true(stream.too_long);
	assert_false(stream.scan.malformed);
	assert_copy(&stream.call_id, stream.scan.call_id, "1");
}

/* However it is cut, the name of a line that is passed over is known. */
static void long_line_cut_within_its_name(void **state)
{
	char text[2048];
	size_t len =
		write_long(text, sizeof(text), START, "Content-Length: ", 900, "\r\nl: 0\r\n\r\n");
	enum sip_scan_stream_event event;

	(void)state;
	for (size_t cut = 1; cut < len; cut++) {
		sip_scan_stream_init(&stream);
		assert_int_equal(feed(text, cut, &event), cut);
		assert_int_equal(feed(text + cut, len - cut, &event), len - cut);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_false(stream.scan.has_content_length);
	}
}

static void long_start_lines(void **state)
{
	char expected[SIP_STREAM_COPY_MAX];

	(void)state;
	memset(expected, 'x', sizeof(expected));
	memcpy(expected, "sip:", 4);
	for (size_t size = 1; size < 1200; size += size < 30 ? 1 : 37) {
		scan_long("", "INVITE sip:", " SIP/2.0\r\n" HEADERS "l: 0\r\n\r\n", size);
		assert_int_equal(stream.scan.kind, SIP_SCAN_REQUEST);
		assert_int_equal(stream.scan.method, SIP_INVITE);
		assert_true(stream.scan.version_2_0);
		assert_false(stream.scan.malformed);
		assert_false(stream.too_long);
		assert_int_equal(stream.scan.uri.off, 7);
		assert_int_equal(stream.scan.uri.len, 904);
		assert_int_equal(stream.uri.len, SIP_STREAM_COPY_MAX);
		assert_memory_equal(stream.uri.text, expected, sizeof(expected));
		assert_copy(&stream.call_id, stream.scan.call_id, "c1@192.0.2.1");
		assert_int_equal(stream.scan.via_sent_by.off, 7 + 904 + 10 + 17);

		scan_long("", "SIP/2.0 404 ", "\r\n" HEADERS "l: 0\r\n\r\n", size);
		assert_int_equal(stream.scan.kind, SIP_SCAN_RESPONSE);
		assert_int_equal(stream.scan.status, 404);
		assert_false(stream.scan.malformed);
	}
	scan_long("", "INVITE sip:", " y SIP/2.0\r\n" HEADERS "l: 0\r\n\r\n", 1);
	assert_true(stream.scan.malformed);
}

static void long_lines_that_are_no_sip(void **state)
{
	enum sip_scan_stream_event event;
	char text[1024];

	(void)state;
	memset(text, 'x', sizeof(text));
	sip_scan_stream_init(&stream);
	feed_pieces(text, sizeof(text), 100, &event);
	assert_int_equal(event, SIP_STREAM_LOST);
	assert_int_equal(stream.scan.kind, SIP_SCAN_NOT_SIP);
}

/* It may begin as a response does, and be cut before or behind what the carry has room for. */
static void long_lines_without_a_space_are_no_response(void **state)
{
	static const char *const begins[] = { "S", "SIP", "sIp", "SIP/", "SIP/2" };
	const char *const follows = "\r\n" HEADERS "l: 0\r\n\r\n";
	enum sip_scan_stream_event event;
	char text[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		size_t len = write_long(text, sizeof(text), "", begins[i], 800, follows);

		for (size_t size = 1; size <= len; size++) {
			sip_scan_stream_init(&stream);
			feed_pieces(text, len, size, &event);
			assert_int_equal(event, SIP_STREAM_LOST);
			assert_int_equal(stream.scan.kind, SIP_SCAN_NOT_SIP);
		}
		for (size_t cut = 1; cut < 800; cut++) {
			sip_scan_stream_init(&stream);
			feed(text, cut, &event);
			if (event == SIP_STREAM_MORE)
				feed(text + cut, len - cut, &event);
			assert_int_equal(event, SIP_STREAM_LOST);
			assert_int_equal(stream.scan.kind, SIP_SCAN_NOT_SIP);
		}
	}
}

static void goes_on_outside_of_headers(void **state)
{
	enum sip_scan_stream_event event;
	const size_t headers = strlen(request) - 5;

	(void)state;
	/* Its body has five octets. */
	for (uint32_t left = 0; left <= 5; left++) {
		memset(&stream, 0xff, sizeof(stream));
		sip_scan_stream_resume(&stream, left);
		assert_false(sip_scan_stream_is_in_headers(&stream));
		assert_int_equal(feed("BODY.", left, &event), left);
		assert_int_equal(event, SIP_STREAM_MORE);
		assert_int_equal(feed(request, 10, &event), 10);
		assert_true(sip_scan_stream_is_in_headers(&stream));
		assert_int_equal(feed(request + 10, headers - 10, &event), headers - 10);
		assert_int_equal(event, SIP_STREAM_HEADERS);
		assert_request();
		assert_false(sip_scan_stream_is_in_headers(&stream));
		assert_int_equal(stream.body_left, 5);
	}
}

static void is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct sip_scan_stream) <= 1300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_every_size),
		cmocka_unit_test(two_pieces_cut_anywhere),
		cmocka_unit_test(messages_follow_each_other),
		cmocka_unit_test(keep_alives_alone),
		cmocka_unit_test(framing_is_lost),
		cmocka_unit_test(long_lines_of_other_headers),
		cmocka_unit_test(long_credentials),
		cmocka_unit_test(long_lines_that_matter),
		cmocka_unit_test(long_lines_are_no_offence),
		cmocka_unit_test(long_line_cut_within_its_name),
		cmocka_unit_test(long_start_lines),
		cmocka_unit_test(long_lines_that_are_no_sip),
		cmocka_unit_test(long_lines_without_a_space_are_no_response),
		cmocka_unit_test(goes_on_outside_of_headers),
		cmocka_unit_test(is_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
