// SPDX-License-Identifier: GPL-2.0-or-later
/* Client transactions: figures 5 and 6 of RFC 3261, RFC 6026 and CANCEL, at exact times. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip_rig.h"

/* Shows: 3261/18.1.1b 3261/7.1a 3261/20.14b */
static void request_is_written_whole(void **state)
{
	struct rig *rig = *state;
	char expected[1024];

	rig_send(rig, SIP_INVITE);
	snprintf(expected, sizeof(expected),
		 "INVITE sip:bob@192.0.2.9 SIP/2.0\r\n"
		 "Via: SIP/2.0/UDP %s;rport;branch=%s\r\n"
		 "Route: <sip:p1.example;lr>\r\nMax-Forwards: 69\r\n"
		 "From: <sip:alice@example.com>;tag=local\r\nTo: <sip:bob@example.com>\r\n"
		 "Route: <sip:p2.example;lr>\r\n"
		 "Call-ID: call-1@example\r\nCSeq: 41 INVITE\r\nContact: <sip:me@192.0.2.1>\r\n"
		 "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n",
		 rig->local, rig_branch(rig));
	assert_string_equal(rig->last, expected);
	assert_int_equal(strlen(rig_branch(rig)), 7 + 24);
	assert_memory_equal(rig_branch(rig), "z9hG4bK", 7);
	assert_int_equal(rig->trace.cseq, 41);
	assert_true(rig->trace.outgoing && rig->trace.request && !rig->trace.retransmission);
}

static void assert_header(enum sip_hdr_id id, const char *value)
{
	static const char text[] = "INVITE sip:c@example.com SIP/2.0\r\nf : b\r\nCall-Info: c\r\n"
				   "Contents: d\r\ni:e\r\nCALL-ID: f\r\ncseq: 7 INVITE\r\n"
				   "l\t: 0\r\n\r\nTo: g\r\n";
	struct sip_trace trace = { .raw = view_str(text) };
	struct view found = sip_trace_header(&trace, id);

	assert_int_equal(found.len, strlen(value));
	assert_memory_equal(found.len ? found.p : "", value, found.len);
}

/* What is passed on may have compact names, in any case. */
static void headers_are_found_by_either_name(void **state)
{
	(void)state;
	assert_header(SIP_HDR_FROM, "b");
	assert_header(SIP_HDR_CALL_ID, "e");
	assert_header(SIP_HDR_CSEQ, "7 INVITE");
	assert_header(SIP_HDR_CONTENT_LENGTH, "0");
	assert_header(SIP_HDR_TO, "");
	assert_header(SIP_HDR_CONTACT, "");
}

/* Shows: 3581/3 */
static void advertised_host_stands_in_via(void **state)
{
	struct rig *rig = *state;
	char expected[128];

	rig->listener->advertise = "sbc.example.com";
	rig_send(rig, SIP_OPTIONS);
	snprintf(expected, sizeof(expected), "SIP/2.0/UDP sbc.example.com:%u;rport;branch=%s",
		 tp_addr_port(&rig->listener->local), rig_branch(rig));
	assert_string_equal(rig_header(rig, "Via"), expected);
	rig_respond(rig, 200, "OPTIONS", "t");
	rig_expect(rig, "0 OPTIONS\n0 user response 200 t\n");
}

/* Shows: 3261/8.1.1.7a */
static void branches_and_tokens_differ(void **state)
{
	struct rig *rig = *state;
	char first[64], a[SIP_TOKEN_STRLEN], b[SIP_TOKEN_STRLEN];

	rig_send(rig, SIP_OPTIONS);
	snprintf(first, sizeof(first), "%s", rig_branch(rig));
	rig_send(rig, SIP_OPTIONS);
	assert_string_not_equal(first, rig_branch(rig));
	assert_string_not_equal(sip_token(rig->stack, 128, a), sip_token(rig->stack, 128, b));
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strlen(sip_token(rig->stack, 96, a)), 24);
	assert_int_equal(strlen(sip_token(rig->stack, 32, a)), 8);
	assert_int_equal(strspn(b, "0123456789abcdef"), 32);
}

/*
 * Timers A and B.
 * Shows: 3261/17.1.1.2a 3261/17.1.1.2b
 */
static void invite_is_repeated_doubling_until_timer_b(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_advance(rig, 60000);
	rig_expect(rig, "0 INVITE\n500 INVITE\n1500 INVITE\n3500 INVITE\n7500 INVITE\n"
			"15500 INVITE\n31500 INVITE\n32000 user timeout\n32000 user ended\n");
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
	assert_int_equal(sip_stack_stats(rig->stack)->tx_retransmissions, 6);
	assert_true(rig->trace.retransmission);
	assert_ptr_equal(rig->trace_user, rig);
}

/* Shows: 3261/17.1.1.2d */
static void provisional_stops_the_invite(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_advance(rig, 600);
	rig_respond(rig, 100, "INVITE", NULL);
	rig_respond(rig, 180, "INVITE", "a");
	rig_respond(rig, 180, "INVITE", "a");
	rig_respond(rig, 180, "INVITE", "b");
	rig_respond(rig, 183, "INVITE", "b");
	rig_advance(rig, 600000);
	rig_expect(rig, "0 INVITE\n500 INVITE\n600 user response 100\n600 user response 180 a\n"
			"600 user response 180 b\n600 user response 183 b\n");
	assert_int_equal(sip_stack_stats(rig->stack)->rx_retransmissions, 1);
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 1);
}

/* Shows: 3261/17.1.1.2e 3261/17.1.1.3a 3261/17.1.1.2f */
static void failure_is_acknowledged_each_time_for_timer_d(void **state)
{
	struct rig *rig = *state;
	char invite_via[256], expected[1024], failure[4096];

	rig_send(rig, SIP_INVITE);
	snprintf(invite_via, sizeof(invite_via), "%s", rig_header(rig, "Via"));
	snprintf(failure, sizeof(failure),
		 "SIP/2.0 486 Busy Here\r\nVia: %s\r\nFrom: <sip:alice@example.com>;tag=local\r\n"
		 "t: \"Bob\" <sip:bob@example.com>;tag=busy\r\n"
		 "Call-ID: call-1@example\r\nCSeq: 41 INVITE\r\n\r\n",
		 invite_via);
	rig_receive(rig, failure);
	rig_expect(rig, "0 INVITE\n0 user response 486 busy\n0 ACK\n");
	snprintf(expected, sizeof(expected),
		 "ACK sip:bob@192.0.2.9 SIP/2.0\r\nVia: %s\r\n"
		 "Route: <sip:p1.example;lr>\r\nFrom: <sip:alice@example.com>;tag=local\r\n"
		 "Route: <sip:p2.example;lr>\r\nCall-ID: call-1@example\r\n"
		 "To: \"Bob\" <sip:bob@example.com>;tag=busy\r\nCSeq: 41 ACK\r\n"
		 "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		 invite_via);
	assert_string_equal(rig->last, expected);
	rig_advance(rig, 31999);
	rig_receive(rig, failure);
	rig_expect(rig, "31999 ACK\n");
	assert_string_equal(rig->last, expected);
	assert_int_equal(rig->trace.method, SIP_ACK);
	assert_true(rig->trace.retransmission);
	rig_advance(rig, 60000);
	rig_receive(rig, failure);
	rig_expect(rig, "32000 user ended\n60000 user stray 486\n");
}

static void failure_after_ringing_is_acknowledged_alike(void **state)
{
	struct rig *rig = *state;
	char via[256];

	rig_send(rig, SIP_INVITE);
	snprintf(via, sizeof(via), "%s", rig_header(rig, "Via"));
	rig_respond(rig, 180, "INVITE", "a");
	rig_respond(rig, 603, "INVITE", "a");
	rig_expect(rig, "0 INVITE\n0 user response 180 a\n0 user response 603 a\n0 ACK\n");
	assert_string_equal(rig_header(rig, "Via"), via);
	assert_string_equal(rig_header(rig, "Route"), "<sip:p1.example;lr>");
	assert_string_equal(rig_header(rig, "To"), "<sip:bob@example.com>;tag=a");
	assert_string_equal(rig_header(rig, "Contact"), "");
}

/* RFC 6026: every 2xx is the user's, of every branch, until timer M. Shows: 6026/7.2a 6026/7.2b */
static void every_2xx_reaches_the_user_until_timer_m(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 180, "INVITE", "a");
	rig_advance(rig, 1000);
	rig_respond(rig, 200, "INVITE", "a");
	rig_respond(rig, 200, "INVITE", "a");
	assert_true(rig->trace.retransmission);
	rig_respond(rig, 200, "INVITE", "b");
	assert_false(rig->trace.retransmission);
	rig_respond(rig, 486, "INVITE", "c");
	rig_respond(rig, 180, "INVITE", "c");
	rig_advance(rig, 32999);
	rig_respond(rig, 200, "INVITE", "b");
	rig_advance(rig, 33000);
	rig_respond(rig, 200, "INVITE", "b");
	rig_expect(rig, "0 INVITE\n0 user response 180 a\n1000 user response 200 a\n"
			"1000 user response 200 a\n1000 user response 200 b\n"
			"32999 user response 200 b\n33000 user ended\n33000 user stray 200\n");
}

static void a_2xx_after_a_failure_is_stray(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 486, "INVITE", "a");
	rig_respond(rig, 200, "INVITE", NULL);
	rig_expect(rig, "0 INVITE\n0 user response 486 a\n0 ACK\n0 user stray 200\n");
}

/*
 * Timers E and F.
 * Shows: 3261/17.1.2.2a
 */
static void noninvite_is_repeated_until_timer_f(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_BYE);
	rig_advance(rig, 60000);
	rig_expect(rig, "0 BYE\n500 BYE\n1500 BYE\n3500 BYE\n7500 BYE\n11500 BYE\n15500 BYE\n"
			"19500 BYE\n23500 BYE\n27500 BYE\n31500 BYE\n"
			"32000 user timeout\n32000 user ended\n");
}

/* Shows: 3261/17.1.2.2c */
static void noninvite_in_proceeding_is_repeated_each_t2(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_BYE);
	rig_advance(rig, 600);
	rig_respond(rig, 100, "BYE", NULL);
	rig_respond(rig, 100, "BYE", NULL);
	rig_advance(rig, 60000);
	rig_expect(rig, "0 BYE\n500 BYE\n600 user response 100\n1500 BYE\n5500 BYE\n9500 BYE\n"
			"13500 BYE\n17500 BYE\n21500 BYE\n25500 BYE\n29500 BYE\n"
			"32000 user timeout\n32000 user ended\n");
}

/* Shows: 3261/17.1.2.2b */
static void noninvite_final_is_told_once_for_timer_k(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_BYE);
	rig_respond(rig, 200, "BYE", "a");
	rig_respond(rig, 200, "BYE", "a");
	rig_advance(rig, 4999);
	rig_respond(rig, 200, "BYE", "a");
	rig_expect(rig, "0 BYE\n0 user response 200 a\n");
	assert_int_equal(sip_stack_stats(rig->stack)->rx_retransmissions, 2);
	rig_advance(rig, 60000);
	rig_respond(rig, 200, "BYE", "a");
	rig_expect(rig, "5000 user ended\n60000 user stray 200\n");
}

static void detached_noninvite_finishes_alone(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_BYE);
	sip_ctrans_detach(rig->ct);
	rig_advance(rig, 500);
	rig_respond(rig, 200, "BYE", "a");
	rig_advance(rig, 60000);
	rig_expect(rig, "0 BYE\n500 BYE\n");
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
}

/* Shows: 3261/17.1.3a 3261/18.1.2a 3261/8.1.3.3a */
static void foreign_responses_are_dropped(void **state)
{
	struct rig *rig = *state;
	static const char *const vias[] = {
		"SIP/2.0/UDP 127.0.0.2:5060;branch=@B",
		"SIP/2.0/UDP 127.0.0.1;branch=@B",
		"SIP/2.0/UDP @L;branch=@B\r\nVia: SIP/2.0/UDP a.example;branch=z9hG4bK1",
		"SIP/2.0/UDP @L;branch=@B, SIP/2.0/UDP a.example;branch=z9hG4bK1",
	};
	static const char response[] =
		"SIP/2.0 200 OK\r\nVia: %s\r\nFrom: <sip:a@b>;tag=local\r\n"
		"To: <sip:b@b>;tag=a\r\nCall-ID: call-1@example\r\nCSeq: %s\r\n\r\n";
	char text[1024];

	rig_send(rig, SIP_OPTIONS);
	for (size_t i = 0; i < sizeof(vias) / sizeof(vias[0]); i++) {
		snprintf(text, sizeof(text), response, vias[i], "41 OPTIONS");
		rig_receive(rig, text);
		assert_int_equal(sip_stack_stats(rig->stack)->rx_misrouted, i + 1);
	}
	rig_expect(rig, "0 OPTIONS\n");
	/* Ours, but of no transaction: method, number or branch differ. */
	snprintf(text, sizeof(text), response, "SIP/2.0/UDP @L;branch=@B", "41 INFO");
	rig_receive(rig, text);
	snprintf(text, sizeof(text), response, "SIP/2.0/UDP @L;branch=@B", "42 OPTIONS");
	rig_receive(rig, text);
	snprintf(text, sizeof(text), response, "SIP/2.0/UDP @L;branch=@B0", "41 OPTIONS");
	rig_receive(rig, text);
	rig_expect(rig, "0 user stray 200\n0 user stray 200\n0 user stray 200\n");
	snprintf(text, sizeof(text), response, "SIP/2.0/UDP @L;branch=@B", "41 OPTIONS");
	rig_receive(rig, text);
	rig_expect(rig, "0 user response 200 a\n");
}

/* Shows: 3261/13.2.2.4b */
static void ack_of_2xx_is_sent_outside(void **state)
{
	struct rig *rig = *state;
	struct sip_request ack = {
		.method = SIP_ACK,
		.ruri = VIEW_LIT("sip:bob@192.0.2.9"),
		.headers = VIEW_LIT("Call-ID: call-1@example\r\nCSeq: 41 ACK\r\n"),
		.to = rig->from,
	};

	assert_int_equal(sip_send_ack(rig->stack, &ack, rig), 0);
	rig_expect(rig, "0 ACK\n");
	assert_int_equal(strlen(rig_branch(rig)), 7 + 24);
	assert_ptr_equal(rig->trace_user, rig);
	assert_int_equal(rig->trace.cseq, 41);
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
}

static void too_large_is_not_sent(void **state)
{
	struct rig *rig = *state;
	char *body = calloc(1, 65507);
	struct sip_request request = {
		.method = SIP_MESSAGE,
		.ruri = VIEW_LIT("sip:bob@192.0.2.9"),
		.headers = VIEW_LIT("Call-ID: call-1@example\r\nCSeq: 41 MESSAGE\r\n"),
		.content_type = VIEW_LIT("text/plain"),
		.body = { body, 65507 },
		.to = rig->from,
	};

	assert_non_null(body);
	assert_null(sip_ctrans_send(rig->stack, &request, &rig_ctrans_ops, rig));
	assert_int_equal(sip_send_ack(rig->stack, &request, NULL), -EMSGSIZE);
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
	free(body);
}

static void free_ends_what_is_left(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_BYE);
	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 180, "INVITE", "a");
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), 0);
	rig_expect(rig, "0 BYE\n0 INVITE\n0 user response 180 a\n0 CANCEL\n");
	sip_stack_free(rig->stack);
	rig->stack = NULL;
	rig_expect(rig, "0 user ended\n0 user ended\n");
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(request_is_written_whole),
		cmocka_unit_test(headers_are_found_by_either_name),
		RIGGED(advertised_host_stands_in_via),
		RIGGED(branches_and_tokens_differ),
		RIGGED(invite_is_repeated_doubling_until_timer_b),
		RIGGED(provisional_stops_the_invite),
		RIGGED(failure_is_acknowledged_each_time_for_timer_d),
		RIGGED(failure_after_ringing_is_acknowledged_alike),
		RIGGED(every_2xx_reaches_the_user_until_timer_m),
		RIGGED(a_2xx_after_a_failure_is_stray),
		RIGGED(noninvite_is_repeated_until_timer_f),
		RIGGED(noninvite_in_proceeding_is_repeated_each_t2),
		RIGGED(noninvite_final_is_told_once_for_timer_k),
		RIGGED(detached_noninvite_finishes_alone),
		RIGGED(foreign_responses_are_dropped),
		RIGGED(ack_of_2xx_is_sent_outside),
		RIGGED(too_large_is_not_sent),
		RIGGED(free_ends_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
