// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules about the header fields of a message: RFC 3261 s.7.3, 8.1.1, 20. */
#include "sip_msg_fixture.h"

/* Shows: 3261/8.1.1b */
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
		{ "To: <sip:a;b;b>;tag=1", "Malformed To" },
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
		{ "Contact: <sip:a;b=1;b=2>", "Malformed Contact" },
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

/* Shows: 3261/8.1.1.5a */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mandatory_headers),
		cmocka_unit_test(headers_that_must_be_single),
		cmocka_unit_test(values_that_are_wrong),
		cmocka_unit_test(values_at_their_limits),
		cmocka_unit_test(lines_that_are_no_headers),
		cmocka_unit_test(broken_via_is_answered_if_it_leads_back),
		cmocka_unit_test(too_many_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
