// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rules about whole messages: RFC 3261 s.7, 18.3; test_sip_msg_headers has those about their
 * header fields, test_sip_torture has more.
 */
#include "sip_msg_fixture.h"

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

/* Shows: 3261/7.1a */
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

/* Shows: 3261/7.1b 3261/7.1a 3261/19.1.1a */
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
	assert_refused(with(request, "INVITE", "INVITE sip:a;b=c;B=d SIP/2.0"), 400,
		       "Malformed Request-URI");
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

/* Shows: 3261/7.2a */
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

/* Shows: 3261/7.5a */
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

/*
 * RFC 3261 s.18.3
 * Shows: 3261/18.3a 3261/20.14a
 */
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
		cmocka_unit_test(body_ends_where_content_length_says),
		cmocka_unit_test(headers_must_end),
		cmocka_unit_test(no_answer_to_ack_or_responses),
		cmocka_unit_test(what_could_be_read_is_told_with_the_error),
		cmocka_unit_test(the_first_error_is_told),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
