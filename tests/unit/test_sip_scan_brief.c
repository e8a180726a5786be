// SPDX-License-Identifier: GPL-2.0-or-later
/* What is usual is read in brief, just as sip_scan() has it, and what is not is left to that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip_scan_brief.h"

static struct sip_scan_brief brief;
static char *copy;

/* Reads a copy on the heap, so that the sanitizer sees every octet read beyond it. */
static bool reads_octets(const char *text, size_t len)
{
	free(copy);
	copy = malloc(len ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(&brief, 0xa5, sizeof(brief));
	return sip_scan_brief(&brief, SIP_SCAN_ALL, copy, len);
}

static bool reads(const char *text)
{
	return reads_octets(text, strlen(text));
}

static void assert_piece(struct sip_scan_text text, struct sip_scan_span span)
{
	assert_int_equal(text.len, span.len);
	if (span.len)
		assert_ptr_equal(text.p, copy + span.off);
}

static void assert_as_scanned(size_t len)
{
	struct sip_scan scan;

	sip_scan(&scan, copy, len);
	assert_true(scan.complete);
	assert_false(scan.malformed);
	assert_int_equal(brief.kind, scan.kind);
	assert_int_equal(brief.method, scan.method);
	assert_int_equal(brief.status, scan.status);
	assert_int_equal(brief.has_credentials, scan.has_credentials);
	assert_int_equal(brief.body, scan.body);
	assert_int_equal(sip_scan_brief_cseq(&brief), scan.cseq);
	assert_piece(brief.uri, scan.uri);
	assert_piece(brief.call_id, scan.call_id);
	assert_piece(brief.via_sent_by, scan.via_sent_by);
	assert_piece(brief.via_branch, scan.via_branch);
	assert_piece(brief.to_tag, scan.to_tag);
	assert_piece(brief.user_agent, scan.user_agent);
}

static void assert_read(const char *text)
{
	if (!reads(text))
		fail_msg("not read in brief: %s", text);
	assert_as_scanned(strlen(text));
}

/* Each is a line or more of a message; it makes the whole a usual one. */
#define VIA "Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK-1;x=y\r\n"
#define FROM "From: \"A <b>\" <sip:a@example.com>;tag=f1\r\n"
#define TO "To: <sip:b@example.com>\r\n"
#define CALL_ID "Call-ID: c1@192.0.2.1\r\n"
#define CSEQ "CSeq: 4711 INVITE\r\n"
#define MANDATORY VIA FROM TO CALL_ID CSEQ
#define INVITE "INVITE sip:b@example.com SIP/2.0\r\n"

static void usual_messages(void **state)
{
	(void)state;
	assert_read(INVITE MANDATORY "\r\n");
	assert_read(INVITE MANDATORY
		    "Max-Forwards: 70\r\nContact: <sip:a@192.0.2.1>\r\nUser-Agent: Phone (1)\r\n"
		    "Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nabc");
	assert_read("SIP/2.0 180 Ringing\r\n" VIA VIA "Record-Route: <sip:p;lr>\r\n" FROM
		    "To: <sip:b@example.com>;tag=t1\r\n" CALL_ID CSEQ "Server: x\r\n"
		    "Content-Length: 0\r\n\r\n");
	assert_read("SIP/2.0 200 \r\n" MANDATORY "\r\n");
	assert_read("SIP/2.0 699 x\r\n" MANDATORY "\r\n");
	assert_read("SUBSCRIBE sip:a SIP/2.0\r\n" VIA FROM TO CALL_ID "CSeq: 1 SUBSCRIBE\r\n\r\n");
	assert_read("ACK sip:a SIP/2.0\r\n" VIA FROM TO CALL_ID "CSeq: 123456789 ACK\r\n\r\n");
}

static void names_in_all_forms(void **state)
{
	(void)state;
	assert_read(INVITE "v: SIP/2.0/TCP [2001:db8::1];branch=z9hG4bK1\r\n"
			   "f:<sip:a>;tag=1\r\nt: <sip:b>;tag=2;x\r\ni:1\r\nCSEQ:0 INVITE\r\n"
			   "l: 0\r\ns: hello\r\nk: timer\r\nm: <sip:a>\r\nc: text/plain\r\n\r\n");
	assert_read(INVITE "vIA: SIP/2.0/UDP h;BRANCH=1\r\nFROM:<sip:abcd>;TAG=1\r\n"
			   "tO:<sip:abcd>\r\ncall-iD:1\r\ncSeQ:0 INVITE\r\nMAX-forwards:0\r\n"
			   "CONTENT-length:0\r\nuser-AGENT:x\r\n\r\n");
}

static void what_is_passed_over(void **state)
{
	(void)state;
	assert_read("REGISTER sip:a SIP/2.0\r\n" VIA FROM TO CALL_ID "CSeq: 1 REGISTER\r\n"
		    "Authorization: Digest username=\"a\"\r\nExpires: never\r\n\r\n");
	assert_true(brief.has_credentials);
	assert_read(INVITE MANDATORY "Proxy-Authorization : x\r\nX-\303\244: \303\266\r\n\r\n");
	assert_true(brief.has_credentials);
	assert_read(INVITE MANDATORY "Privacy: none\r\nProxy-Require: x\r\nAccept:\r\n\r\n");
	assert_false(brief.has_credentials);
	assert_read(INVITE MANDATORY "Contact\r\nno header\r\nTimestamp: 1\r\nMin-SE: 9\r\n"
				     "Identity: x\r\nLanguage: x\r\nFoo: x\r\n\r\n");
	assert_read(INVITE MANDATORY "User-Agent: one\r\nUser-Agent : two\r\n\r\n");
	assert_read(INVITE VIA "Via : nonsense\r\n" FROM TO CALL_ID CSEQ "\r\n");
}

static const char *const unusual[] = {
	/* start lines */
	"\r\n" INVITE MANDATORY "\r\n",
	"INVITE  sip:b SIP/2.0\r\n" MANDATORY "\r\n",
	"INVITE sip:b SIP/2.1\r\n" MANDATORY "\r\n",
	"INVITE sip:b SIP/2.0\n" MANDATORY "\r\n",
	"INVENT sip:b SIP/2.0\r\n" MANDATORY "\r\n",
	"SIP/2.0 99 x\r\n" MANDATORY "\r\n",
	"SIP/2.0 700 x\r\n" MANDATORY "\r\n",
	"SIP/2.0 2x0 x\r\n" MANDATORY "\r\n",
	"SIP/2.0 200\r\n" MANDATORY "\r\n",
	/* lines */
	INVITE VIA FROM TO CALL_ID CSEQ "\n",
	INVITE VIA FROM TO " ;tag=1\r\n" CALL_ID CSEQ "\r\n",
	INVITE VIA FROM TO "\t;tag=1\r\n" CALL_ID CSEQ "\r\n",
	INVITE VIA FROM "To : <sip:b@example.com>\r\n" CALL_ID CSEQ "\r\n",
	INVITE VIA FROM "t : <sip:b@example.com>\r\n" CALL_ID CSEQ "\r\n",
	INVITE VIA FROM "To: <sip:b@example.com>\n" CALL_ID CSEQ "\r\n",
	INVITE VIA FROM "To: <sip:b@exam\rple.com>\r\n" CALL_ID CSEQ "\r\n",
	INVITE MANDATORY "Subject: a\r\n b\r\n\r\n",
	INVITE MANDATORY "X: a\rb\r\n\r",
	/* values */
	INVITE VIA "From: \"\303\266\" <sip:a@example.com>;tag=f1\r\n" TO CALL_ID CSEQ "\r\n",
	INVITE VIA "From: <sip:a@example.com>;tag=\r\n" TO CALL_ID CSEQ "\r\n",
	INVITE VIA "From: sip:a@example.com;tag=1\r\n" TO CALL_ID CSEQ "\r\n",
	INVITE VIA FROM TO "Call-ID: \r\n" CSEQ "\r\n",
	INVITE VIA FROM TO "Call-ID: a b\r\n" CSEQ "\r\n",
	INVITE VIA FROM TO CALL_ID "CSeq: 1 BYE\r\n\r\n",
	INVITE VIA FROM TO CALL_ID "CSeq: 1234567890 INVITE\r\n\r\n",
	INVITE VIA FROM TO CALL_ID "CSeq: x INVITE\r\n\r\n",
	INVITE "Via: SIP/2.0/UDP 192.0.2.1\r\n" FROM TO CALL_ID CSEQ "\r\n",
	INVITE MANDATORY "Max-Forwards: 256\r\n\r\n",
	INVITE MANDATORY "Max-Forwards: -1\r\n\r\n",
	INVITE MANDATORY "Content-Length: 0x1\r\n\r\n",
	INVITE MANDATORY "Content-Length:\r\n\r\n",
	INVITE MANDATORY "User-Agent:\r\n\r\n",
	/* twice */
	INVITE MANDATORY FROM "\r\n",
	INVITE MANDATORY TO "\r\n",
	INVITE MANDATORY CALL_ID "\r\n",
	INVITE MANDATORY CSEQ "\r\n",
	INVITE MANDATORY "Max-Forwards: 1\r\nMax-Forwards: 1\r\n\r\n",
	INVITE MANDATORY "Content-Length: 1\r\nl: 1\r\n\r\n1",
	/* missing */
	INVITE FROM TO CALL_ID CSEQ "\r\n",
	INVITE VIA TO CALL_ID CSEQ "\r\n",
	INVITE VIA FROM CALL_ID CSEQ "\r\n",
	INVITE VIA FROM TO CSEQ "\r\n",
	INVITE VIA FROM TO CALL_ID "\r\n",
	INVITE MANDATORY,
	"",
	"\r\n\r\n",
};

static void what_is_left_to_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(unusual) / sizeof(unusual[0]); i++)
		if (reads(unusual[i]))
			fail_msg("read in brief: %s", unusual[i]);
}

/* Where the headers end near the end of the message, lines are read with bounds. */
static void bodies_of_all_lengths(void **state)
{
	static const char headers[] = INVITE MANDATORY "User-Agent: x\r\nl: 7\r\n\r\n";
	static const char *const fillers[] = { "a", "\r\n", "a=b\r\n", "\n", "\303\244" };
	char text[sizeof(headers) + 100];

	(void)state;
	for (size_t f = 0; f < sizeof(fillers) / sizeof(fillers[0]); f++) {
		const size_t size = strlen(headers), period = strlen(fillers[f]);

		memcpy(text, headers, size);
		for (size_t body = 0; body <= 100; body++) {
			if (body)
				text[size + body - 1] = fillers[f][(body - 1) % period];
			assert_true(reads_octets(text, size + body));
			assert_as_scanned(size + body);
		}
	}
}

/* Nor is anything read behind the cut. */
static void every_beginning_of_a_message(void **state)
{
	static const char text[] = INVITE MANDATORY "Max-Forwards: 70\r\nUser-Agent: x\r\n"
						    "Subject: y\r\nContent-Length: 0\r\n\r\n";

	(void)state;
	for (size_t len = 0; len < strlen(text); len++)
		assert_false(reads_octets(text, len));
	assert_true(reads(text));
}

static bool reads_mandatory(const char *text)
{
	(void)reads(text);
	memset(&brief, 0xa5, sizeof(brief));
	return sip_scan_brief(&brief, SIP_SCAN_MANDATORY, copy, strlen(text));
}

/* In any order, and whatever follows, unless it folds onto the last one. */
static void mandatory_headers_alone(void **state)
{
	static const char *const lines[] = {
		VIA, FROM, "To: <sip:b@example.com>;tag=t\r\n", CALL_ID, CSEQ,
	};
	static const char *const follows[] = {
		"\r\n", "l: x\r\n\r\n", "X", "m: <x>\r\n" FROM "\r\n", "User",
	};
	char text[1024];

	(void)state;
	for (size_t first = 0; first < 5; first++) {
		for (size_t step = 1; step < 5; step++) {
			for (size_t i = 0; i < sizeof(follows) / sizeof(follows[0]); i++) {
				strcpy(text, INVITE "Subject: x\r\nAuthorization: x\r\n");
				for (size_t n = 0; n < 5; n++)
					strcat(text, lines[(first + n * step) % 5]);
				strcat(text, follows[i]);
				assert_true(reads_mandatory(text));
				assert_int_equal(brief.method, SIP_INVITE);
				assert_int_equal(brief.call_id.len, strlen("c1@192.0.2.1"));
				assert_int_equal(brief.via_branch.len, strlen("z9hG4bK-1"));
				assert_int_equal(brief.to_tag.len, 1);
				assert_int_equal(brief.body, 0);
				assert_true(brief.has_credentials);
			}
		}
	}
	assert_false(reads_mandatory(INVITE VIA FROM TO CALL_ID CSEQ " a\r\n\r\n"));
	assert_false(reads_mandatory(INVITE VIA FROM TO CALL_ID CSEQ));
	assert_false(reads_mandatory(INVITE VIA FROM TO CALL_ID "\r\n"));
	assert_false(reads_mandatory(INVITE VIA FROM TO CALL_ID FROM CSEQ "\r\n"));
	assert_false(reads_mandatory(INVITE VIA FROM TO CALL_ID "l: x\r\n" CSEQ "\r\n"));
}

static bool reads_to_agent(const char *text, uint32_t agents)
{
	(void)reads(text);
	memset(&brief, 0xa5, sizeof(brief));
	return sip_scan_brief(&brief, (struct sip_scan_extent){ .agents = agents }, copy,
			      strlen(text));
}

#define LETTER(c) (1U << ((c)&31))

/*
 * One that is wanted is found wherever it is. What is behind it is not read, nor is one that is not
 * wanted.
 */
static void up_to_the_user_agent(void **state)
{
	static const char *const before[] = { "", "Contact: <sip:a>\r\n",
					      "Contact: x\r\nSubject: y\r\n",
					      "m: x\r\nAuthorization: x\r\n", "Contact:\r\n" };
	static const char *const agents[] = { "User-Agent: friendly\r\n",
					      "user-agent:Friendly\r\n" };
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		for (size_t j = 0; j < sizeof(agents) / sizeof(agents[0]); j++) {
			snprintf(text, sizeof(text), INVITE MANDATORY "%s%sl: x\r\n" FROM "\r\n",
				 before[i], agents[j]);
			assert_false(reads(text));
			assert_true(reads_to_agent(text, LETTER('f') | LETTER('s')));
			assert_int_equal(brief.user_agent.len, 8);
			assert_true(reads_to_agent(text, LETTER('s')));
			assert_int_equal(brief.user_agent.len, 0);
			assert_int_equal(brief.body, 0);
			/* Before the others it may be read, or not. */
			snprintf(text, sizeof(text), INVITE "%s%s" MANDATORY "l: x\r\n", before[i],
				 agents[j]);
			assert_true(reads_to_agent(text, LETTER('f')));
			assert_int_equal(brief.user_agent.len, 8);
		}
	}
	/* Without one all of it is. */
	assert_true(reads_to_agent(INVITE MANDATORY "Contact: x\r\n\r\n", LETTER('f')));
	assert_int_not_equal(brief.body, 0);
	assert_false(reads_to_agent(INVITE MANDATORY "l: x\r\n\r\n", LETTER('f')));
	/* The first one counts, and white space in front of it is not its beginning. */
	assert_true(reads_to_agent(INVITE MANDATORY "User-Agent: a\r\nUser-Agent: f\r\n\r\n",
				   LETTER('f')));
	assert_int_equal(brief.user_agent.len, 0);
	assert_false(reads_to_agent(INVITE MANDATORY "User-Agent:  f\r\n\r\n", LETTER('f')));
	assert_false(reads_to_agent(INVITE MANDATORY "User-Agent:\r\n f\r\n\r\n", LETTER('f')));
}

/* Where not all is read, of these lines nothing is but that they are there, and not twice. */
static void what_is_only_passed(void **state)
{
	(void)state;
	assert_true(reads_mandatory(INVITE VIA "From: nobody\r\n" TO CALL_ID CSEQ "\r\n"));
	assert_true(
		reads_mandatory(INVITE VIA "Max-Forwards: many\r\n" FROM TO CALL_ID CSEQ "\r\n"));
	assert_true(reads_mandatory(INVITE VIA FROM TO CALL_ID "CSeq:   5 BYE \r\n\r\n"));
	assert_int_equal(sip_scan_brief_cseq(&brief), 5);
	assert_true(reads_mandatory(INVITE VIA FROM TO CALL_ID "CSeq: x\r\n\r\n"));
	assert_int_equal(sip_scan_brief_cseq(&brief), 0);
	assert_false(reads_mandatory(INVITE VIA FROM FROM TO CALL_ID CSEQ "\r\n"));
	assert_false(reads_mandatory(INVITE VIA "From: a\r\n b\r\n" TO CALL_ID CSEQ "\r\n"));
	assert_false(reads_mandatory("SIP/2.0 200 OK\r\n" VIA FROM TO CALL_ID "CSeq: x\r\n\r\n"));
}

static int forget_copy(void **state)
{
	(void)state;
	free(copy);
	copy = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usual_messages),
		cmocka_unit_test(names_in_all_forms),
		cmocka_unit_test(what_is_passed_over),
		cmocka_unit_test(what_is_left_to_others),
		cmocka_unit_test(bodies_of_all_lengths),
		cmocka_unit_test(every_beginning_of_a_message),
		cmocka_unit_test(mandatory_headers_alone),
		cmocka_unit_test(up_to_the_user_agent),
		cmocka_unit_test(what_is_only_passed),
	};

	return cmocka_run_group_tests(tests, NULL, forget_copy);
}
