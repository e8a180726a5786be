// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages and pings in a stream, however it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "transport/framing.h"
#include "transport/transport.h"

/* What comes out of a stream: a letter for each event, and of messages and headers the octets. */
struct sink {
	char events[64];
	size_t n;
	char octets[400000];
	size_t len;
};

struct stream {
	struct framing framing;
	uint8_t line_ends;
	char buf[200000];
	size_t len;
	bool over;
};

static void note(struct sink *sink, char event, const char *p, size_t len)
{
	assert_true(sink->n < sizeof(sink->events) - 1);
	sink->events[sink->n++] = event;
	sink->events[sink->n] = '\0';
	memcpy(sink->octets + sink->len, p, len);
	sink->len += len;
}

/* As a connection does it. */
static void feed(struct stream *stream, struct sink *sink, const char *p, size_t len)
{
	size_t take;

	if (stream->over)
		return;
	memcpy(stream->buf + stream->len, p, len);
	stream->len += len;
	do {
		switch (framing_next(&stream->framing, &stream->line_ends, stream->buf, stream->len,
				     &take)) {
		case FRAMING_MORE:
			if (!take)
				return;
			break;
		case FRAMING_MESSAGE:
			note(sink, 'm', stream->buf, take);
			break;
		case FRAMING_PING:
			note(sink, 'p', "", 0);
			break;
		case FRAMING_NO_LENGTH:
			note(sink, 'n', stream->buf, take);
			stream->over = true;
			break;
		case FRAMING_TOO_LARGE:
			note(sink, 'l', stream->buf, take);
			stream->over = true;
			break;
		case FRAMING_LOST:
			note(sink, '!', "", 0);
			stream->over = true;
			break;
		}
		assert_true(take <= stream->len);
		stream->len -= take;
		memmove(stream->buf, stream->buf + take, stream->len);
	} while (!stream->over);
}

static void in_pieces(struct sink *sink, const char *p, size_t len, size_t piece)
{
	static struct stream stream;

	memset(sink, 0, sizeof(*sink));
	memset(&stream, 0, sizeof(stream));
	framing_init(&stream.framing);
	for (size_t at = 0; at < len; at += piece)
		feed(&stream, sink, p + at, piece < len - at ? piece : len - at);
}

static struct sink sink;

static void expect_in_pieces(const char *p, size_t len, size_t piece, const char *events,
			     const char *octets, size_t octets_len)
{
	in_pieces(&sink, p, len, piece);
	if (strcmp(sink.events, events))
		fail_msg("in pieces of %zu: \"%s\", not \"%s\"", piece, sink.events, events);
	assert_int_equal(sink.len, octets_len);
	assert_memory_equal(sink.octets, octets, octets_len);
}

/* Whatever the pieces are; @octets: those of messages and headers, without what is between. */
static void expect(const char *text, const char *events, const char *octets)
{
	size_t len = strlen(text);

	for (size_t piece = 1; piece <= len; piece++)
		expect_in_pieces(text, len, piece, events, octets, strlen(octets));
}

#define HEAD                                     \
	"OPTIONS sip:a SIP/2.0\r\n"              \
	"Via: SIP/2.0/TCP h;branch=z9hG4bK1\r\n" \
	"From: <sip:a>;tag=1\r\nTo: <sip:a>\r\n" \
	"Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n"
#define M0 HEAD "Content-Length: 0\r\n\r\n"
#define M5 HEAD "l: 5\r\n\r\n\r\n\r\nx"

/* Shows: 3261/7.5b */
static void messages_are_told_apart(void **state)
{
	(void)state;
	expect(M0, "m", M0);
	expect(M0 M5 M0, "mmm", M0 M5 M0);
	expect("\r\n" M5 "\r\n\n" M0 "SIP/2.0 200", "mm", M5 M0);
	expect(HEAD "Content-Length : 3 \r\nX: y\r\n\r\nabc", "m",
	       HEAD "Content-Length : 3 \r\nX: y\r\n\r\nabc");
	expect("SIP/2.0 200 OK\r\nl:1\r\n\r\na" M0, "mm", "SIP/2.0 200 OK\r\nl:1\r\n\r\na" M0);
}

static void pings_are_told(void **state)
{
	(void)state;
	expect("\r\n\r\n", "p", "");
	expect("\r\n", "", "");
	expect("\r\n\r\n\r\n\r\n\r\n", "pp", "");
	expect("\r\n" M0 "\r\n", "m", M0);
	expect("\r\n\r\n" M0 "\r\n\r\n" M5, "pmpm", M0 M5);
	expect("\n\n\r\r\n\r\n\r", "p", "");
}

/* Shows: 3261/18.3b */
static void a_message_needs_its_length(void **state)
{
	(void)state;
	expect(HEAD "\r\n" M0, "n", HEAD "\r\n");
	expect(M0 HEAD "Content-Length: x\r\n\r\n", "mn", M0 HEAD "Content-Length: x\r\n\r\n");
	expect(HEAD "l: 1\r\nl: 2\r\n\r\nab", "n", HEAD "l: 1\r\nl: 2\r\n\r\n");
	expect(HEAD "l: 1\r\nl: 1\r\n\r\nab", "m", HEAD "l: 1\r\nl: 1\r\n\r\na");
	expect(HEAD "l: 4294967296\r\n\r\n", "n", HEAD "l: 4294967296\r\n\r\n");
	expect(HEAD "l: 4294967295\r\n\r\n", "l", HEAD "l: 4294967295\r\n\r\n");
}

static void what_is_no_sip_is_lost(void **state)
{
	static const char noise[] = "\x16\x03\x01\x00\x05hello world\r\n\r\n";

	(void)state;
	expect("GET / HTTP/1.1\r\n\r\n", "!", "");
	expect(M0 "x\r\n", "m!", M0);
	expect_in_pieces(noise, sizeof(noise) - 1, 3, "!", "", 0);
}

static size_t write_sized(char *buf, size_t body)
{
	int head = sprintf(buf, HEAD "Content-Length: %zu\r\n\r\n", body);

	memset(buf + head, 'b', body);
	return (size_t)head + body;
}

static void messages_have_a_bound(void **state)
{
	static char buf[200000];
	size_t len, head = write_sized(buf, 10000) - 10000;

	(void)state;
	len = write_sized(buf, TP_MAX_MESSAGE - head);
	assert_int_equal(len, TP_MAX_MESSAGE);
	for (size_t piece = 1000; piece <= 100000; piece += 33000)
		expect_in_pieces(buf, len, piece, "m", buf, len);
	len = write_sized(buf, TP_MAX_MESSAGE - head + 1);
	expect_in_pieces(buf, len, 70000, "l", buf, head);
	/* Headers that do not end. */
	head = (size_t)sprintf(buf, HEAD);
	for (len = head; len < 150000; len += 6)
		memcpy(buf + len, "X: y\r\n", 6);
	for (size_t piece = 1000; piece <= 100000; piece += 33000)
		expect_in_pieces(buf, len, piece, "!", "", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_told_apart),
		cmocka_unit_test(pings_are_told),
		cmocka_unit_test(a_message_needs_its_length),
		cmocka_unit_test(what_is_no_sip_is_lost),
		cmocka_unit_test(messages_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
