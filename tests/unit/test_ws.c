// SPDX-License-Identifier: GPL-2.0-or-later
/* WebSocket: the request that begins it, and frames. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "transport/ws_frames.h"
#include "transport/ws_handshake.h"

#define LINE "GET /sip HTTP/1.1\r\n"
#define HOST "Host: sipd.example.com\r\n"
#define UPGRADE "Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: chat, sip\r\n"
#define ORIGIN "Origin: https://phone.example.com\r\n"
#define REST HOST UPGRADE KEY VERSION PROTOCOL ORIGIN "\r\n"

static char *origins[] = { (char[]){ "https://other.example.com" },
			   (char[]){ "https://phone.example.com" } };
static const struct tp_ws_policy strict = {
	.path = (char[]){ "/sip" },
	.origins = origins,
	.norigins = 2,
};

/* In a copy of exactly its size. */
static enum ws_result ask(const struct tp_ws_policy *policy, const char *text, size_t len,
			  struct ws_answer *answer)
{
	char *copy = malloc(len ? len : 1);
	enum ws_result result;

	assert_non_null(copy);
	memcpy(copy, text, len);
	result = ws_handshake(policy, copy, len, answer);
	free(copy);
	return result;
}

/* The key and its answer are those of RFC 6455 s.1.3. Shows: 7118/4a */
static void a_request_is_answered(void **state)
{
	static const char request[] = LINE REST "more";
	const size_t len = sizeof(request) - 1 - 4;
	struct ws_answer answer;

	(void)state;
	for (size_t i = 0; i < len; i++)
		assert_int_equal(ask(&strict, request, i, &answer), WS_MORE);
	for (size_t i = len; i < sizeof(request); i++) {
		assert_int_equal(ask(i % 2 ? NULL : &strict, request, i, &answer), WS_OPEN);
		assert_int_equal(answer.taken, len);
		assert_int_equal(answer.len, strlen(answer.text));
		assert_string_equal(answer.text,
				    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
				    "Connection: Upgrade\r\n"
				    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
				    "Sec-WebSocket-Protocol: sip\r\n\r\n");
	}
}

/* Shows: 7118/4b 7118/4c */
static void what_is_not_right_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *request;
		int status;
	} cases[] = {
		{ "\r\n\r\n", 400 },
		{ "GET /sip\r\n" REST, 400 },
		{ "GET  /sip HTTP/1.1\r\n" REST, 400 },
		{ "GET /sip HTTP/1.1 x\r\n" REST, 400 },
		{ "GET sip HTTP/1.1\r\n" REST, 400 },
		{ "GET /sip HTTP/1.0\r\n" REST, 505 },
		{ "POST /sip HTTP/1.1\r\n" REST, 405 },
		{ "get /sip HTTP/1.1\r\n" REST, 405 },
		{ "GET /sipp HTTP/1.1\r\n" REST, 404 },
		{ LINE "NoColon\r\n" REST, 400 },
		{ LINE "Space : x\r\n" REST, 400 },
		{ LINE ": x\r\n" REST, 400 },
		{ LINE HOST REST, 400 },
		{ LINE UPGRADE KEY VERSION PROTOCOL ORIGIN "\r\n", 400 },
		{ LINE "Content-Length: 1\r\n" REST, 400 },
		{ LINE HOST KEY VERSION PROTOCOL ORIGIN "\r\n", 426 },
		{ LINE VERSION REST, 426 },
		{ LINE HOST UPGRADE KEY "Sec-WebSocket-Version: 12\r\n" PROTOCOL ORIGIN "\r\n",
		  426 },
		{ LINE KEY REST, 400 },
		{ LINE HOST UPGRADE
		  "Sec-WebSocket-Key: =Ghl====bXBsZSBub25jZQ==\r\n" VERSION PROTOCOL ORIGIN "\r\n",
		  400 },
		{ LINE HOST UPGRADE KEY VERSION PROTOCOL "\r\n", 403 },
		{ LINE HOST UPGRADE KEY VERSION PROTOCOL "Origin: https://phone\r\n\r\n", 403 },
		{ LINE HOST UPGRADE KEY VERSION ORIGIN "\r\n", 400 },
		{ LINE HOST UPGRADE KEY VERSION ORIGIN "Sec-WebSocket-Protocol: sips\r\n\r\n",
		  400 },
	};
	struct ws_answer answer;
	char start[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *request = cases[i].request;

		assert_int_equal(ask(&strict, request, strlen(request), &answer), WS_REFUSED);
		if (answer.status != cases[i].status)
			fail_msg("%d, not %d: %s", answer.status, cases[i].status, request);
		snprintf(start, sizeof(start), "HTTP/1.1 %d ", cases[i].status);
		assert_memory_equal(answer.text, start, strlen(start));
		assert_int_equal(answer.len, strlen(answer.text));
		assert_non_null(strstr(answer.text, answer.why));
	}
}

static void a_request_has_its_limits(void **state)
{
	static char large[WS_MAX_REQUEST + 100];
	char many[WS_MAX_HEADERS * 5 + sizeof(LINE REST) + 10] = LINE;
	struct ws_answer answer;

	(void)state;
	memset(large, 'a', sizeof(large));
	memcpy(large, LINE, sizeof(LINE) - 1);
	assert_int_equal(ask(NULL, large, WS_MAX_REQUEST - 1, &answer), WS_MORE);
	assert_int_equal(ask(NULL, large, WS_MAX_REQUEST, &answer), WS_REFUSED);
	assert_int_equal(answer.status, 431);
	for (unsigned int i = 0; i < WS_MAX_HEADERS - 7; i++)
		strcat(many, "a:b\r\n");
	strcat(many, REST);
	assert_int_equal(ask(NULL, many, strlen(many), &answer), WS_OPEN);
	memmove(many + sizeof(LINE) + 4, many + sizeof(LINE) - 1, strlen(many) - sizeof(LINE) + 2);
	memcpy(many + sizeof(LINE) - 1, "c:d\r\n", 5);
	assert_int_equal(ask(NULL, many, strlen(many), &answer), WS_REFUSED);
	assert_int_equal(answer.status, 400);
}

/* --- frames --- */

struct peer {
	struct ws_frames *frames;
	char messages[512]; /* each with a | behind */
	unsigned int count;
	uint8_t written[70000];
	size_t len;
	const char *answer; /* to each message */
	int error; /* of writing */
};

static void on_message(void *arg, char *buf, size_t len)
{
	struct peer *peer = arg;

	peer->count++;
	buf[len] = '\0'; /* the spare one */
	if (len < 100)
		sprintf(peer->messages + strlen(peer->messages), "%s|", buf);
	if (peer->answer)
		assert_int_equal(ws_frames_send(peer->frames, peer->answer, strlen(peer->answer)),
				 peer->error);
}

static int on_write(void *arg, const void *octets, size_t len)
{
	struct peer *peer = arg;

	if (peer->error)
		return peer->error;
	assert_true(peer->len + len <= sizeof(peer->written));
	memcpy(peer->written + peer->len, octets, len);
	peer->len += len;
	return 0;
}

static int setup(void **state)
{
	static const struct ws_frames_ops ops = { .message = on_message, .write = on_write };
	struct peer *peer = calloc(1, sizeof(*peer));

	assert_non_null(peer);
	peer->frames = ws_frames_alloc(&ops, peer);
	assert_non_null(peer->frames);
	*state = peer;
	return 0;
}

static int teardown(void **state)
{
	struct peer *peer = *state;

	ws_frames_free(peer->frames);
	free(peer);
	return 0;
}

/* Of a client, with a mask of zeros; @first: FIN and opcode. Returns its length. */
static size_t frame(uint8_t *p, uint8_t first, const char *payload, size_t len)
{
	size_t head = len < 126 ? 6 : 8;

	memset(p, 0, head);
	p[0] = first;
	p[1] = (uint8_t)(0x80 | (len < 126 ? len : 126));
	if (len >= 126) {
		p[2] = (uint8_t)(len >> 8);
		p[3] = (uint8_t)len;
	}
	memcpy(p + head, payload, len);
	return head + len;
}

static int send_frame(struct peer *peer, uint8_t first, const char *payload, size_t len)
{
	uint8_t *octets = malloc(len + 8);
	int err;

	assert_non_null(octets);
	err = ws_frames_feed(peer->frames, (char *)octets, frame(octets, first, payload, len));
	free(octets);
	return err;
}

static void assert_written(struct peer *peer, const void *octets, size_t len)
{
	assert_int_equal(peer->len, len);
	assert_memory_equal(peer->written, octets, len);
	peer->len = 0;
}

/* Shows: 7118/5a 7118/5b */
static void messages_come_whole_and_answers_go_out(void **state)
{
	struct peer *peer = *state;

	peer->answer = "yes";
	assert_int_equal(send_frame(peer, 0x81, "text", 4), 0);
	assert_written(peer, "\x81\3yes", 5);
	assert_int_equal(send_frame(peer, 0x82, "\xff", 1), 0);
	assert_written(peer, "\x81\3yes", 5);
	assert_false(ws_frames_pending(peer->frames));
	assert_int_equal(send_frame(peer, 0x01, "be", 2), 0);
	assert_true(ws_frames_pending(peer->frames));
	assert_int_equal(send_frame(peer, 0x89, "ping", 4), 0);
	assert_written(peer, "\x8a\4ping", 6);
	assert_int_equal(send_frame(peer, 0x00, "gi", 2), 0);
	assert_int_equal(send_frame(peer, 0x80, "n", 1), 0);
	assert_false(ws_frames_pending(peer->frames));
	assert_string_equal(peer->messages, "text|\xff|begin|");
	/* A head alone is the beginning of one, too. */
	assert_int_equal(ws_frames_feed(peer->frames, "\x81", 1), 0);
	assert_true(ws_frames_pending(peer->frames));
}

/* Shows: 7118/5c */
static void what_is_no_utf8_goes_as_octets(void **state)
{
	static const struct {
		const char *text;
		uint8_t first;
	} cases[] = {
		{ "ascii", 0x81 },
		{ "\xc3\xbc", 0x81 },
		{ "\xe2\x82\xac", 0x81 },
		{ "\xf0\x9f\x93\x9e", 0x81 },
		{ "\xf4\x8f\xbf\xbf", 0x81 },
		{ "\xfc", 0x82 },
		{ "\xc3", 0x82 },
		{ "\xc0\x80", 0x82 },
		{ "\xe0\x9f\xbf", 0x82 },
		{ "\xed\xa0\x80", 0x82 },
		{ "\xf0\x8f\xbf\xbf", 0x82 },
		{ "\xf4\x90\x80\x80", 0x82 },
		{ "\xf5\x80\x80\x80", 0x82 },
		{ "\x80", 0x82 },
	};
	struct peer *peer = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(ws_frames_send(peer->frames, cases[i].text, strlen(cases[i].text)),
				 0);
		assert_int_equal(peer->written[0], cases[i].first);
		peer->len = 0;
	}
}

static void closed_with(struct peer *peer, int err, unsigned int code)
{
	assert_int_equal(err, -ESHUTDOWN);
	assert_int_equal(peer->written[0], 0x88);
	assert_int_equal(peer->written[2] << 8 | peer->written[3], code);
	assert_int_equal(peer->len, 4);
}

static void a_message_has_its_limits(void **state)
{
	static const char large[TP_MAX_MESSAGE + 1];
	struct peer *peer = *state;
	int err = 0;

	assert_int_equal(send_frame(peer, 0x82, large, TP_MAX_MESSAGE), 0);
	assert_int_equal(peer->count, 1);
	assert_int_equal(send_frame(peer, 0x02, large, TP_MAX_MESSAGE), 0);
	closed_with(peer, send_frame(peer, 0x80, large, 1), 1009);
	teardown(state);
	setup(state);
	peer = *state;
	closed_with(peer, ws_frames_feed(peer->frames, "\x82\xff\0\0\0\0\0\1\0\0mask", 14), 1009);
	teardown(state);
	setup(state);
	peer = *state;
	assert_int_equal(send_frame(peer, 0x01, "", 0), 0);
	for (unsigned int i = 1; i < WS_MAX_FRAMES; i++)
		assert_int_equal(send_frame(peer, 0x00, "", 0), 0);
	err = send_frame(peer, 0x00, "", 0);
	closed_with(peer, err, 1008);
	assert_int_equal(peer->count, 0);
}

/* They keep the connection, however long nothing else is said. */
static void pings_between_messages_are_of_none(void **state)
{
	struct peer *peer = *state;

	for (unsigned int i = 0; i < 2; i++) {
		assert_int_equal(send_frame(peer, 0x81, "text", 4), 0);
		for (unsigned int j = 0; j <= WS_MAX_FRAMES; j++)
			assert_int_equal(send_frame(peer, 0x89, "", 0), 0);
	}
	assert_string_equal(peer->messages, "text|text|");
	/* Those within one count as its own. */
	assert_int_equal(send_frame(peer, 0x01, "", 0), 0);
	peer->len = 0;
	for (unsigned int i = 1; i < WS_MAX_FRAMES; i++)
		assert_int_equal(send_frame(peer, 0x8a, "", 0), 0);
	closed_with(peer, send_frame(peer, 0x8a, "", 0), 1008);
}

static void the_end_is_told(void **state)
{
	struct peer *peer = *state;

	closed_with(peer, send_frame(peer, 0x88, "\3\xe8", 2), 1000);
	assert_int_equal(ws_frames_send(peer->frames, "x", 1), -ENOTCONN);
	teardown(state);
	setup(state);
	peer = *state;
	closed_with(peer, ws_frames_feed(peer->frames, "\x81\1x", 3), 1002);
	teardown(state);
	setup(state);
	peer = *state;
	ws_frames_close(peer->frames, 1001);
	closed_with(peer, -ESHUTDOWN, 1001);
}

static void who_cannot_be_written_to_is_told(void **state)
{
	struct peer *peer = *state;

	peer->error = -ENOBUFS;
	assert_int_equal(ws_frames_send(peer->frames, "x", 1), -ENOBUFS);
	assert_int_equal(send_frame(peer, 0x89, "ping", 4), -ENOBUFS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_answered),
		cmocka_unit_test(what_is_not_right_is_refused_with_its_reason),
		cmocka_unit_test(a_request_has_its_limits),
		TEST(messages_come_whole_and_answers_go_out),
		TEST(what_is_no_utf8_goes_as_octets),
		TEST(a_message_has_its_limits),
		TEST(pings_between_messages_are_of_none),
		TEST(the_end_is_told),
		TEST(who_cannot_be_written_to_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
