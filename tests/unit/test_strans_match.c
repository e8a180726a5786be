// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests before they reach a server transaction: matching, top Via, refusal (s.17.2.3, s.18). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip_rig.h"

#define BRANCH "z9hG4bK-abc"

/* Shows: 3261/17.2.3a */
static void sent_by_and_method_belong_to_the_key(void **state)
{
	struct rig *rig = *state;
	static const char other[] = "INFO sip:bob@example.com SIP/2.0\r\n"
				    "Via: SIP/2.0/UDP %s;branch=" BRANCH "\r\n"
				    "From: <sip:a@b>;tag=x\r\nTo: <sip:b@b>\r\n"
				    "Call-ID: call-1@example\r\nCSeq: 7 INFO\r\n\r\n";
	char text[512];

	rig_request(rig, "INFO", BRANCH, "");
	rig_request(rig, "MESSAGE", BRANCH, "");
	rig_request(rig, "FOO", BRANCH, "");
	rig_request(rig, "BAR", BRANCH, "");
	rig_request(rig, "FOO", BRANCH, "");
	rig_expect(rig, "0 user request INFO\n0 user request MESSAGE\n0 user request FOO\n"
			"0 user request BAR\n");
	snprintf(text, sizeof(text), other, "Host.example");
	rig_receive(rig, text);
	snprintf(text, sizeof(text), other, "hOST.example:5060");
	rig_receive(rig, text);
	snprintf(text, sizeof(text), other, "host.example:5061");
	rig_receive(rig, text);
	rig_expect(rig, "0 user request INFO\n0 user request INFO\n");
}

/*
 * s.17.2.3 for RFC 2543: no magic cookie, the whole request counts.
 * Shows: 3261/17.2.3b
 */
static void requests_without_branch_are_matched_whole(void **state)
{
	struct rig *rig = *state;
	char ack_to[128];

	rig_request(rig, "INVITE", NULL, "");
	rig_request(rig, "INVITE", NULL, "");
	rig_request(rig, "CANCEL", NULL, "");
	rig_request(rig, "CANCEL", NULL, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n0 100\n0 user cancelled\n0 200\n0 200\n");
	rig_answer(rig, 487);
	rig_collect(rig);
	snprintf(ack_to, sizeof(ack_to), "To: %s\r\n", rig_header(rig, "To"));
	/* The tag of the ACK is that of the response, or it is not for this transaction. */
	rig_request(rig, "ACK", NULL, "To: <sip:bob@example.com>;tag=wrong\r\n");
	rig_request(rig, "ACK", NULL, ack_to);
	rig_expect(rig, "0 487\n0 user ack 7\n");
	rig_advance(rig, 5000);
	rig_expect(rig, "5000 user ended\n");
	/* Another branch without the cookie makes another Via. */
	rig_request(rig, "INVITE", "1", "");
	rig_request(rig, "INVITE", "2", "");
	rig_request(rig, "INVITE", "z9hG4bK", "");
	rig_request(rig, "INVITE", "2", "");
	rig_expect(rig, "5000 user request INVITE\n5000 100\n5000 user request INVITE\n5000 100\n"
			"5000 user request INVITE\n5000 100\n5000 100\n");
}

/* Shows: 3261/18.2.1a 3261/18.2.2b 3581/4a */
static void via_is_stamped(void **state)
{
	struct rig *rig = *state;
	static const struct {
		const char *via, *expected;
	} cases[] = {
		{ "SIP/2.0/UDP 127.0.0.1:@;branch=z9hG4bK1",
		  "SIP/2.0/UDP 127.0.0.1:@;branch=z9hG4bK1" },
		{ "SIP/2.0/UDP 127.0.0.1:@;rport;branch=z9hG4bK2",
		  "SIP/2.0/UDP 127.0.0.1:@;branch=z9hG4bK2;received=127.0.0.1;rport=@" },
		{ "SIP/2.0/UDP phone.example:@;branch=z9hG4bK3;x=\"a;received=b\"",
		  "SIP/2.0/UDP phone.example:@;branch=z9hG4bK3;x=\"a;received=b\";"
		  "received=127.0.0.1" },
		{ "SIP/2.0/UDP 10.0.0.1;Received=6.6.6.6;branch=z9hG4bK4; RPORT",
		  "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK4;received=127.0.0.1;rport=@" },
		/* Nobody else is to be flooded with answers. */
		{ "SIP/2.0/UDP 127.0.0.1:@;maddr=127.0.0.2;branch=z9hG4bK5",
		  "SIP/2.0/UDP 127.0.0.1:@;maddr=127.0.0.2;branch=z9hG4bK5" },
	};
	char port[8], text[1024], expected[256];

	snprintf(port, sizeof(port), "%u", tp_addr_port(&rig->from.remote));
	rig->answer = 200;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *out = expected;

		rig->last[0] = '\0';
		snprintf(text, sizeof(text), "INFO sip:b@b SIP/2.0\r\nVia: ");
		for (const char *p = cases[i].via; *p; p++)
			if (*p == '@')
				strcat(text, port);
			else
				strncat(text, p, 1);
		strcat(text, "\r\nFrom: <sip:a@b>;tag=x\r\nTo: <sip:b@b>\r\n"
			     "Call-ID: call-1@example\r\nCSeq: 7 INFO\r\n\r\n");
		rig_receive(rig, text);
		for (const char *p = cases[i].expected; *p; p++)
			if (*p == '@')
				out = stpcpy(out, port);
			else
				*out++ = *p;
		*out = '\0';
		assert_string_equal(rig_header(rig, "Via"), expected);
	}
}

/* Shows: 3261/21.4.1a 3261/18.3a 3261/8.2.7b 3261/8.2.7c 3261/18.3d */
static void malformed_is_refused_without_state(void **state)
{
	struct rig *rig = *state;
	static const char bad[] =
		"%s sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP @P;branch=z9hG4bKx\r\n"
		"From: <sip:a@b>;tag=x\r\nTo: <sip:b@b>\r\nCall-ID: call-1@example\r\n"
		"CSeq: 7 %s\r\nContent-Length: nonsense\r\n\r\n";
	char text[1024], tag[64];

	snprintf(text, sizeof(text), bad, "INVITE", "INVITE");
	rig_receive(rig, text);
	rig_expect(rig, "0 400\n");
	assert_memory_equal(rig->last, "SIP/2.0 400 Malformed Content-Length\r\n", 38);
	assert_string_equal(rig_header(rig, "Warning"), "399 sipd \"Malformed Content-Length\"");
	snprintf(tag, sizeof(tag), "%s", rig_to_tag(rig));
	assert_int_equal(strlen(tag), 16);
	rig_receive(rig, text);
	rig_expect(rig, "0 400\n");
	assert_string_equal(rig_to_tag(rig), tag);
	snprintf(text, sizeof(text), bad, "ACK", "ACK");
	rig_receive(rig, text);
	rig_receive(rig, "SIP/2.0 200 OK\r\nVia: nonsense\r\n\r\n");
	rig_receive(rig, "nonsense");
	rig_receive(rig, "\r\n\r\n");
	rig_expect(rig, "");
	assert_int_equal(sip_stack_stats(rig->stack)->rx_malformed, 5);
	/* Each is traced with the reason, and the two answers are traced as such. */
	assert_int_equal(rig->ignored, 5);
	assert_int_equal(rig->traced, 2);
	assert_int_equal(sip_stack_stats(rig->stack)->rx, 5);
	assert_int_equal(sip_stack_stats(rig->stack)->server_transactions, 0);
}

/* Shows: 3261/18.1.1c */
static void large_messages_are_survived(void **state)
{
	struct rig *rig = *state;
	char *extra = malloc(66000), *text = malloc(67000);
	struct sip_reply reply = { .status = 200 };

	assert_non_null(extra);
	assert_non_null(text);
	/* A Via of this size is to be repeated in the response. */
	memset(extra, 'a', 65000);
	extra[65000] = '\0';
	snprintf(text, 67000,
		 "INFO sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP @P;branch=z9hG4bK1;x=%s\r\n"
		 "From: <sip:a@b>;tag=x\r\nTo: <sip:b@b>\r\n"
		 "Call-ID: call-1@example\r\nCSeq: 7 INFO\r\n\r\n",
		 extra);
	rig_receive(rig, text);
	rig_expect(rig, "0 user request INFO\n");
	reply.headers = (struct view){ extra, 1000 };
	assert_int_equal(sip_strans_respond(rig->st, &reply), -EMSGSIZE);
	reply.headers = VIEW_NONE;
	assert_int_equal(sip_strans_respond(rig->st, &reply), 0);
	rig_expect(rig, "0 200\n");
	free(extra);
	free(text);
}

static void receive_invite(struct rig *rig, const char *branch)
{
	char *text = malloc(67000);

	assert_non_null(text);
	snprintf(text, 67000,
		 "INVITE sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP @P;branch=%s\r\n"
		 "From: <sip:a@b>;tag=x\r\nTo: <sip:b@b>\r\nCall-ID: call-1@example\r\n"
		 "CSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n",
		 branch);
	if (strlen(text) <= TP_MAX_DATAGRAM)
		rig_receive(rig, text);
	free(text);
}

/* What leaves no room for any response is not waited for. */
static void request_that_cannot_be_answered(void **state)
{
	struct rig *rig = *state;
	char *branch = calloc(1, 66000);

	assert_non_null(branch);
	rig->silent = true;
	rig->hold = true;
	/* Up to the largest datagram. */
	for (int len = 65000; len < 65330; len++) {
		snprintf(branch, 66000, "z9hG4bK-%0*d", len, 0);
		receive_invite(rig, branch);
		if (rig->st)
			sip_strans_detach(rig->st);
		rig->st = NULL;
	}
	free(branch);
	rig_advance(rig, 64000);
	assert_int_equal(sip_stack_stats(rig->stack)->server_transactions, 0);
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(sent_by_and_method_belong_to_the_key),
		RIGGED(requests_without_branch_are_matched_whole),
		RIGGED(via_is_stamped),
		RIGGED(malformed_is_refused_without_state),
		RIGGED(large_messages_are_survived),
		RIGGED(request_that_cannot_be_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
