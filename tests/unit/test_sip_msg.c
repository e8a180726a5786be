// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules about whole messages: RFC 3261 s.7, 8.1.1, 18.3, 20. test_sip_torture has more. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/msg.h"
#include "sip/out.h"

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

static void assert_view(struct view v, const char *text)
{
	if (!text) {
		assert_null(v.p);
		return;
	}
	assert_int_equal(v.len, strlen(text));
	assert_memory_equal(v.p, text, v.len);
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

static struct view plus(struct view text, const char *more)
{
	static char buf[70000];

	return (struct view){ buf, (size_t)snprintf(buf, sizeof(buf), "%.*s%s", VIEW_ARG(text),
						    more) };
}

static void request_is_taken_apart(void **state)
{
	(void)state;
	assert_parses(with(request, NULL, ""));
	assert_true(msg.request);
	assert_int_equal(msg.method, SIP_INVITE);
	assert_view(msg.method_name, "INVITE");
	assert_view(msg.ruri, "sip:bob@example.com");
	assert_int_equal(msg.status, 0);
	assert_view(msg.reason, NULL);
	assert_view(msg.via.transport, "UDP");
	assert_view(msg.via.host, "192.0.2.1");
	assert_view(msg.via.branch, "z9hG4bKa");
	assert_true(msg.via.rport);
	assert_view(msg.from.display, "\"Al\"");
	assert_view(msg.from.uri, "sip:al@example.net");
	assert_view(msg.from.tag, "1");
	assert_view(msg.to.uri, "sip:bob@example.com");
	assert_view(msg.to.tag, NULL);
	assert_view(msg.call_id, "c1@192.0.2.1");
	assert_int_equal(msg.cseq, 1);
	assert_int_equal(msg.max_forwards, 70);
	assert_view(msg.body, "body");
	assert_int_equal(msg.nheaders, 8);
	assert_int_equal(msg.headers[1].id, SIP_HDR_MAX_FORWARDS);
	assert_view(msg.headers[1].name, "Max-Forwards");
	assert_view(msg.headers[1].value, "70");
}

static void response_is_taken_apart(void **state)
{
	(void)state;
	assert_parses(with(response, NULL, ""));
	assert_false(msg.request);
	assert_int_equal(msg.status, 180);
	assert_view(msg.reason, "Ringing");
	assert_int_equal(msg.method, SIP_INVITE);
	assert_view(msg.method_name, "INVITE");
	assert_view(msg.ruri, NULL);
	assert_view(msg.to.tag, "2");
	assert_int_equal(msg.max_forwards, -1);
	assert_view(msg.body, "body");
	assert_parses(with(response, "SIP/2.0", "sip/2.0 699 "));
	assert_int_equal(msg.status, 699);
	assert_view(msg.reason, "");
	assert_parses(with(response, "SIP/2.0", "SIP/2.0 200"));
	assert_parses(with(response, "CSeq", "CSeq: 1 x"));
	assert_int_equal(msg.method, SIP_METHOD_OTHER);
	assert_view(msg.method_name, "x");
}

static void start_lines_that_are_wrong(void **state)
{
	static const char *const lines[] = {
		"INVITE  sip:a SIP/2.0", "INVITE sip:a  SIP/2.0", "INVITE sip:a SIP/2.0 ",
		"INVITE\tsip:a SIP/2.0", "INVITE sip:a\tSIP/2.0", "INVITE sip:a b SIP/2.0",
		"INVITE SIP/2.0", "INVITE  SIP/2.0", "INVITE sip:a\rb SIP/2.0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("# %s\n", lines[i]);
		assert_refused(with(request, "INVITE", lines[i]), 400, "Malformed Request-Line");
	}
	assert_refused(with(request, "INVITE", "INVITE sip: SIP/2.0"), 400,
		       "Malformed Request-URI");
	assert_refused(with(request, "INVITE", "INVITE sip:a?b=c SIP/2.0"), 400,
		       "Malformed Request-URI");
	assert_refused(with(request, "INVITE", "INVITE bob SIP/2.0"), 400, "Malformed Request-URI");
	assert_refused(with(request, "INVITE", "INVITE sip:a SIP/2.1"), 505,
		       "Unsupported SIP version");
	assert_refused(with(request, "INVITE", "INVITE sip:a SIP/02.0"), 505,
		       "Unsupported SIP version");
	assert_refused(with(request, "INVITE", "INVITE sip:a SIP/2.00000000000000000000"), 505,
		       "Unsupported SIP version");
	assert_parses(with(request, "INVITE", "INVITE sip:a sip/2.0"));
	/* Not for us to answer with 416. */
	assert_parses(with(request, "INVITE", "INVITE x.y:z SIP/2.0"));
}

static void what_is_not_sip_stays_unanswered(void **state)
{
	static const char *const lines[] = {
		"GET / HTTP/1.1", "INVITE sip:a", "INVITE sip:a SIP/2", "INVITE sip:a SIP/.0",
		"INVITE sip:a SIP/2.", "INVITE sip:a XSIP/2.0", "INV,ITE sip:a SIP/2.0", "x",
		" INVITE sip:a SIP/2.0", "INVITE ", "INVITE \t ", "I", "\x16\x03\x01",
		"SIP/ 200 OK",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("# %s\n", lines[i]);
		assert_refused(with(request, "INVITE", lines[i]), 0, "Not SIP");
	}
	assert_refused(VIEW_LIT("INVITE sip:a SIP/2.0"), 0, "Not SIP");
	assert_refused(VIEW_LIT("INVITE sip:a SIP/2.0\r"), 0, "Not SIP");
}

static void status_lines_that_are_wrong(void **state)
{
	static const char *const lines[] = {
		"SIP/2.0", "SIP/2.0 ", "SIP/2.0 99 x", "SIP/2.0 099 x", "SIP/2.0 700 x",
		"SIP/2.0 999 x", "SIP/2.0 1800 x", "SIP/2.0 20 x", "SIP/2.0 abc x",
		"SIP/2.0  200 x", "SIP/2.0 200x", "SIP/2.0\t200 x", "SIP/2.0 -200 x",
		"SIP/2.0 4294967496 x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("# %s\n", lines[i]);
		assert_refused(with(response, "SIP/2.0", lines[i]), 0, "Malformed Status-Line");
		assert_int_equal(msg.status, 0);
	}
	assert_refused(with(response, "SIP/2.0", "SIP/3.0 200 OK"), 0, "Unsupported SIP version");
}

static void line_ends_before_a_message_are_skipped(void **state)
{
	struct view text = with(request, NULL, "");

	(void)state;
	assert_parses(plus(VIEW_LIT("\r\n\r\n\n"), text.p));
	assert_ptr_equal(msg.raw.p, msg.method_name.p);
	assert_int_equal(msg.raw.len, text.len);
	assert_refused(VIEW_LIT("\r\n\r\n"), 0, "Keep-alive");
	assert_refused(VIEW_LIT("\r\n"), 0, "Keep-alive");
	assert_refused(VIEW_NONE, 0, "Keep-alive");
}

static void lines_may_end_in_lf(void **state)
{
	(void)state;
	assert_parses(VIEW_LIT("OPTIONS sip:a SIP/2.0\nv: SIP/2.0/UDP h\nt: <sip:a>\n"
			       "f: <sip:b>;tag=1\ni: 1\nCSeq: 1\n OPTIONS\nl: 1\n\nx"));
	assert_int_equal(msg.method, SIP_OPTIONS);
	assert_view(msg.body, "x");
}

static void mandatory_headers(void **state)
{
	(void)state;
	assert_refused(with(request, "From", ""), 400, "Missing From");
	assert_refused(with(request, "To", ""), 400, "Missing To");
	assert_refused(with(request, "Call-ID", ""), 400, "Missing Call-ID");
	assert_refused(with(request, "CSeq", ""), 400, "Missing CSeq");
	/* There is nowhere to send the answer to. */
	assert_refused(with(request, "Via", ""), 0, "Missing Via");
	assert_refused(with(response, "Via", ""), 0, "Missing Via");
	assert_refused(with(response, "To", ""), 0, "Missing To");
	/* RFC 2543 had none. */
	assert_parses(with(request, "Max-Forwards", ""));
	assert_int_equal(msg.max_forwards, -1);
}

static void headers_that_must_be_single(void **state)
{
	(void)state;
	assert_refused(with(request, NULL, "From: <sip:x>"), 400, "More than one From");
	assert_refused(with(request, NULL, "t: <sip:x>"), 400, "More than one To");
	assert_refused(with(request, NULL, "i: c1@192.0.2.1"), 400, "More than one Call-ID");
	assert_refused(with(request, NULL, "CSeq : 1 INVITE"), 400, "More than one CSeq");
	assert_refused(with(request, NULL, "max-forwards: 70"), 400, "More than one Max-Forwards");
	assert_refused(with(response, NULL, "To: <sip:x>"), 0, "More than one To");
	assert_refused(with(request, "From", "From: <sip:x>, <sip:y>"), 400, "Malformed From");
	/* The first one counts. */
	assert_view(msg.call_id, "c1@192.0.2.1");
	assert_parses(with(request, NULL, "Via: SIP/2.0/UDP 192.0.2.2"));
	assert_view(msg.via.host, "192.0.2.1");
}

static void values_that_are_wrong(void **state)
{
	static const struct {
		const char *line, *reason;
	} cases[] = {
		{ "From: ", "Malformed From" },
		{ "From: <sip:>", "Malformed From" },
		{ "From: \"x <sip:a>", "Malformed From" },
		{ "To: <sip:a>;tag=1;tag=2", "Malformed To" },
		{ "To: sip:a?b=c", "Malformed To" },
		{ "Call-ID:", "Malformed Call-ID" },
		{ "Call-ID: a b", "Malformed Call-ID" },
		{ "Call-ID: a\r\n b", "Malformed Call-ID" },
		{ "Call-ID: \xc3\xa4", "Malformed Call-ID" },
		{ "CSeq: INVITE", "Malformed CSeq" },
		{ "CSeq: 1", "Malformed CSeq" },
		{ "CSeq: 1INVITE", "Malformed CSeq" },
		{ "CSeq: -1 INVITE", "Malformed CSeq" },
		{ "CSeq: 1 INVITE x", "Malformed CSeq" },
		{ "CSeq: 2147483648 INVITE", "Malformed CSeq" },
		{ "CSeq: 4294967297 INVITE", "Malformed CSeq" },
		{ "CSeq: 18446744073709551617 INVITE", "Malformed CSeq" },
		{ "CSeq: 1 invite", "CSeq method differs from the request's" },
		{ "CSeq: 1 INVITEX", "CSeq method differs from the request's" },
		{ "Max-Forwards: 256", "Malformed Max-Forwards" },
		{ "Max-Forwards: -1", "Malformed Max-Forwards" },
		{ "Max-Forwards: 4294967296", "Malformed Max-Forwards" },
		{ "Max-Forwards: x", "Malformed Max-Forwards" },
		{ "Max-Forwards:", "Malformed Max-Forwards" },
		{ "Contact:", "Malformed Contact" },
		{ "Contact: <sip:a", "Malformed Contact" },
		{ "Contact: <sip:a>, \"", "Malformed Contact" },
		{ "Contact: *, <sip:a>", "Malformed Contact" },
		{ "Content-Length: 5", "Content-Length beyond the end of the message" },
		{ "Content-Length: 4294967295", "Content-Length beyond the end of the message" },
		{ "Content-Length: 4294967296", "Malformed Content-Length" },
		{ "Content-Length: 18446744073709551620", "Malformed Content-Length" },
		{ "Content-Length: -1", "Malformed Content-Length" },
		{ "Content-Length: 4 4", "Malformed Content-Length" },
		{ "Content-Length: 4, 4", "Malformed Content-Length" },
		{ "Content-Length: 0x4", "Malformed Content-Length" },
		{ "Content-Length:", "Malformed Content-Length" },
	};
	char name[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s\n", cases[i].line);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(cases[i].line, ":"),
			 cases[i].line);
		assert_refused(with(request, name, cases[i].line), 400, cases[i].reason);
	}
	assert_refused(with(request, NULL, "Route: <sip:a>, b"), 400, "Malformed Route");
	assert_refused(with(request, NULL, "Record-Route: <sip:a b>"), 400,
		       "Malformed Record-Route");
}

static void values_at_their_limits(void **state)
{
	(void)state;
	assert_parses(with(request, "CSeq", "CSeq: 2147483647 INVITE"));
	assert_int_equal(msg.cseq, 2147483647);
	assert_parses(with(request, "CSeq", "CSeq: 0000000000000000000000000 INVITE"));
	assert_int_equal(msg.cseq, 0);
	assert_parses(with(request, "Max-Forwards", "Max-Forwards: 000000000000000000255"));
	assert_int_equal(msg.max_forwards, 255);
	assert_parses(with(request, "Max-Forwards", "Max-Forwards: 0"));
	assert_int_equal(msg.max_forwards, 0);
	assert_parses(with(request, "Contact", "Contact: *"));
	assert_parses(with(request, "Content-Length", "Content-Length: 0000000000000000000004"));
	assert_view(msg.body, "body");
}

/* RFC 3261 s.18.3 */
static void body_ends_where_content_length_says(void **state)
{
	struct view text = with(request, NULL, "");

	(void)state;
	assert_parses(plus(text, "INVITE sip:more SIP/2.0\r\n"));
	assert_view(msg.body, "body");
	assert_int_equal(msg.raw.len, text.len);
	assert_parses(with(request, "Content-Length", "Content-Length: 2"));
	assert_view(msg.body, "bo");
	assert_ptr_equal(msg.raw.p + msg.raw.len, msg.body.p + 2);
	assert_parses(with(request, "Content-Length", ""));
	assert_view(msg.body, "body");
	assert_parses(with(request, NULL, "l: 4"));
	assert_refused(with(request, NULL, "l: 3"), 400, "Conflicting Content-Length");
	assert_refused(with(response, "Content-Length", "l: 5"), 0,
		       "Content-Length beyond the end of the message");
}

static void headers_must_end(void **state)
{
	struct view text = with(request, NULL, "");

	(void)state;
	/* Without the body, and then ever less of the empty line and what is before. */
	for (text.len -= 4; text.p[text.len - 1] != '4'; text.len--) {
		if (text.p[text.len - 1] == '\n' && text.p[text.len - 3] == '\n')
			assert_refused(text, 400, "Content-Length beyond the end of the message");
		else
			assert_refused(text, 400, "Headers without end");
	}
}

static void lines_that_are_no_headers(void **state)
{
	static const char *const lines[] = {
		"no colon", ": no name", "bad name: x", "bad(name): x", "\xc3\xa4: x", "\rX: y",
		"X: a\rY: b", "X\r\n : folded before the colon", "X", "(: x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("# %s\n", lines[i]);
		assert_refused(with(request, NULL, lines[i]), 400, "Malformed header line");
		assert_view(msg.call_id, "c1@192.0.2.1");
	}
	assert_refused(with(request, "Via", " folded onto the start line\r\nv: SIP/2.0/UDP h"), 400,
		       "Malformed header line");
}

static void no_answer_to_ack_or_responses(void **state)
{
	static const char *const ack[] = {
		"ACK sip:bob@example.com SIP/2.0", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa",
		"From: <sip:al@h>;tag=1", "To: <sip:bob@h>;tag=2", "Call-ID: c", "CSeq: 1 ACK",
		NULL,
	};

	(void)state;
	assert_parses(with(ack, NULL, ""));
	assert_refused(with(ack, "From", ""), 0, "Missing From");
	assert_refused(with(ack, "CSeq", "CSeq: 1 BYE"), 0,
		       "CSeq method differs from the request's");
	assert_refused(with(response, "CSeq", "CSeq: x"), 0, "Malformed CSeq");
}

/* With a Via that ends badly, the 400 still finds its way. */
static void broken_via_is_answered_if_it_leads_back(void **state)
{
	(void)state;
	assert_refused(with(request, "Via", "Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKb;;"),
		       400, "Malformed Via");
	assert_view(msg.via.host, "192.0.2.1");
	assert_int_equal(msg.via.port, 5070);
	assert_view(msg.via.branch, "z9hG4bKb");
	assert_refused(with(request, "Via", "Via: nonsense"), 0, "Malformed Via");
	assert_refused(with(request, "Via", "Via:"), 0, "Malformed Via");
}

static void what_could_be_read_is_told_with_the_error(void **state)
{
	(void)state;
	assert_refused(with(request, "To", "To: x"), 400, "Malformed To");
	assert_view(msg.via.branch, "z9hG4bKa");
	assert_view(msg.from.tag, "1");
	assert_view(msg.to.uri, NULL);
	assert_view(msg.to.tag, NULL);
	assert_view(msg.call_id, "c1@192.0.2.1");
	assert_int_equal(msg.cseq, 1);
	assert_refused(with(request, "Call-ID", "Call-ID: a b"), 400, "Malformed Call-ID");
	assert_view(msg.call_id, NULL);
	assert_non_null(sip_msg_header(&msg, SIP_HDR_CALL_ID, NULL));
}

static void the_first_error_is_told(void **state)
{
	(void)state;
	assert_refused(with(request, "INVITE", "INVITE  x SIP/9.0"), 505,
		       "Unsupported SIP version");
	assert_refused(with(request, "From", "From: x\r\nTo: y"), 400, "Malformed From");
}

static void too_many_headers(void **state)
{
	static char lines[SIP_MAX_HEADERS * 3 + 3];
	char *p = lines;

	(void)state;
	for (unsigned int i = 8; i < SIP_MAX_HEADERS; i++)
		p += sprintf(p, "%sa:", p == lines ? "" : "\n");
	assert_parses(with(request, NULL, lines));
	assert_int_equal(msg.nheaders, SIP_MAX_HEADERS);
	sprintf(p, "\na:");
	assert_refused(with(request, NULL, lines), 400, "Too many headers");
	assert_int_equal(msg.nheaders, SIP_MAX_HEADERS);
}

static void too_long(void **state)
{
	static char line[SIP_MAX_MESSAGE];
	struct view text = with(request, NULL, "");
	int room = SIP_MAX_MESSAGE - (int)text.len - (int)strlen("Subject: \r\n");

	(void)state;
	snprintf(line, sizeof(line), "Subject: %*s", room, "x");
	text = with(request, NULL, line);
	assert_int_equal(text.len, SIP_MAX_MESSAGE);
	assert_parses(text);
	snprintf(line, sizeof(line), "Subject: %*s", room + 1, "x");
	assert_refused(with(request, NULL, line), 513, "Message too large");
	assert_view(msg.call_id, "c1@192.0.2.1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_is_taken_apart),
		cmocka_unit_test(response_is_taken_apart),
		cmocka_unit_test(start_lines_that_are_wrong),
		cmocka_unit_test(what_is_not_sip_stays_unanswered),
		cmocka_unit_test(status_lines_that_are_wrong),
		cmocka_unit_test(line_ends_before_a_message_are_skipped),
		cmocka_unit_test(lines_may_end_in_lf),
		cmocka_unit_test(mandatory_headers),
		cmocka_unit_test(headers_that_must_be_single),
		cmocka_unit_test(values_that_are_wrong),
		cmocka_unit_test(values_at_their_limits),
		cmocka_unit_test(body_ends_where_content_length_says),
		cmocka_unit_test(headers_must_end),
		cmocka_unit_test(lines_that_are_no_headers),
		cmocka_unit_test(no_answer_to_ack_or_responses),
		cmocka_unit_test(broken_via_is_answered_if_it_leads_back),
		cmocka_unit_test(what_could_be_read_is_told_with_the_error),
		cmocka_unit_test(the_first_error_is_told),
		cmocka_unit_test(too_many_headers),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
