/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request and a response to be varied line by line, and what becomes of them. */
#ifndef TESTS_UNIT_SIP_MSG_FIXTURE_H
#define TESTS_UNIT_SIP_MSG_FIXTURE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip/msg.h"
#include "sip/out.h"
#include "view_assert.h"

static struct sip_msg msg;
static struct sip_msg_error error;

/* Parses a copy on the heap, so that the sanitizer sees every octet read beyond it. */
static int parse(struct view text)
{
	static char *copy;

	free(copy);
	copy = malloc(text.len);
	assert_true(copy || !text.len);
	if (text.len)
		memcpy(copy, text.p, text.len);
	/* What was there before must not matter. */
	memset(&msg, 0xa5, sizeof(msg));
	return sip_msg_parse(&msg, copy, text.len, &error);
}

static void assert_parses(struct view text)
{
	int ret = parse(text);

	if (ret)
		print_message("# refused: %s\n%.*s\n", error.reason, VIEW_ARG(text));
	assert_int_equal(ret, 0);
	assert_int_equal(error.status, 0);
	assert_null(error.reason);
}

static void assert_refused(struct view text, int status, const char *reason)
{
	assert_int_equal(parse(text), -EBADMSG);
	assert_non_null(error.reason);
	assert_string_equal(error.reason, reason);
	assert_int_equal(error.status, status);
}

static const char *const request[] = {
	"INVITE sip:bob@example.com SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa;rport",
	"Max-Forwards: 70", "From: \"Al\" <sip:al@example.net>;tag=1", "To: <sip:bob@example.com>",
	"Call-ID: c1@192.0.2.1", "CSeq: 1 INVITE", "Contact: <sip:al@192.0.2.1>",
	"Content-Length: 4", NULL,
};

static const char *const response[] = {
	"SIP/2.0 180 Ringing", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa",
	"From: <sip:al@h>;tag=1", "To: <sip:bob@h>;tag=2", "Call-ID: c1@192.0.2.1",
	"CSeq: 1 INVITE", "Content-Length: 4", NULL,
};

/*
 * The message @lines and a body of four octets, with @line instead of the line that begins with
 * @name (@name NULL: as one more line; @line "": without it).
 */
static struct view with(const char *const *lines, const char *name, const char *line)
{
	static char buf[70000];
	struct sip_out out;

	sip_out_init(&out, buf, sizeof(buf));
	for (; *lines; lines++) {
		if (name && !strncmp(*lines, name, strlen(name))) {
			if (!*line)
				continue;
			sip_out_str(&out, line);
		} else {
			sip_out_str(&out, *lines);
		}
		sip_out_str(&out, "\r\n");
	}
	if (!name && *line) {
		sip_out_str(&out, line);
		sip_out_str(&out, "\r\n");
	}
	sip_out_str(&out, "\r\nbody");
	assert_true(sip_out_ok(&out));
	return sip_out_text(&out);
}

#endif
