// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls that end before they are answered (RFC 3261 s.9, s.13.3.1.3, s.16.7). */
#include <errno.h>
#include <stdio.h>

#include "call_rig.h"

static void ring(struct call_rig *rig)
{
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n");
}

static void cancelled_while_it_rings(void **state)
{
	struct call_rig *rig = *state;

	ring(rig);
	peer_cancel(&rig->a, "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n");
	assert_string_equal(peer_header(&rig->b, "Reason"),
			    "SIP;cause=200;text=\"Call completed elsewhere\"");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 1, 0);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	call_rig_expect(rig, "0 B ACK\n");
	assert_counts(rig, 0, 0);
}

/* One of each protocol, whatever line it is in. Shows: 3326/2c 3326/2d */
static void all_reasons_go_on(void **state)
{
	static const char passed[] = "Reason: SIP;cause=200;text=\"Elsewhere\"\r\n"
				     "Reason: Q.850;cause=26\r\nReason: preemption;cause=1\r\n";
	struct call_rig *rig = *state;
	const char *first;

	ring(rig);
	peer_cancel(&rig->a, "Reason: SIP;cause=200;text=\"Elsewhere\"\r\n"
			     "Reason: Q.850;cause=26, SIP;cause=486\r\n"
			     "Reason: q.850;cause=16\r\n"
			     "Reason: preemption;cause=1\r\n");
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n");
	first = strstr(rig->b.last, "Reason:");
	assert_non_null(first);
	assert_memory_equal(first, passed, strlen(passed));
	assert_null(strstr(first + strlen(passed), "Reason:"));
	/* The caller's INVITE has ended for the same reasons. */
	first = strstr(rig->a.last, "Reason:");
	assert_non_null(first);
	assert_memory_equal(first, passed, strlen(passed));
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	call_rig_expect(rig, "0 B ACK\n");
}

/* What is too long is left out, and no more than that. */
static void long_reasons_are_left_out(void **state)
{
	struct call_rig *rig = *state;
	char lines[2048];

	ring(rig);
	snprintf(lines, sizeof(lines), "Reason: SIP;text=\"%01100d\"\r\nReason: Q.850;cause=26\r\n",
		 0);
	peer_cancel(&rig->a, lines);
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n");
	assert_string_equal(peer_header(&rig->b, "Reason"), "Q.850;cause=26");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	call_rig_expect(rig, "0 B ACK\n");
}

static void cancelled_before_anything_came_back(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 A 487\n");
	peer_reply_invite(&rig->b, 100, "", "", "");
	call_rig_expect(rig, "0 B CANCEL\n");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	assert_counts(rig, 0, 0);
}

static void cancel_crosses_the_answer(void **state)
{
	struct call_rig *rig = *state;

	ring(rig);
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n");
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n0 B BYE\n");
	assert_counts(rig, 1, 0);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 0);
}

static void answer_after_everything_is_over(void **state)
{
	struct call_rig *rig = *state;

	ring(rig);
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n0 B ACK\n");
	assert_counts(rig, 0, 0);
	call_rig_advance(rig, 100000);
	peer_reply_invite(&rig->b, 200, "b2", "Record-Route: <sip:192.0.2.3;lr>\r\n", CALL_RIG_SDP);
	/* It goes to the route, where nobody is. */
	call_rig_expect(rig, "");
	peer_reply_invite(&rig->b, 200, "b3", "", CALL_RIG_SDP);
	call_rig_expect(rig, "100000 B ACK\n100000 B BYE\n");
	assert_string_equal(peer_tag(&rig->b, "To"), "b3");
	peer_reply(&rig->b, 200);
}

/* Shows: 3326/2a 3261/13.3.1.1a */
static void nobody_answers(void **state)
{
	struct call_rig *rig = *state;

	/* Not on the beat of the repetitions. */
	rig->cfg.no_answer_ms = 170000;
	ring(rig);
	call_rig_advance(rig, 59999);
	call_rig_expect(rig, "");
	/* Repeated each minute for proxies on the way. */
	call_rig_advance(rig, 169999);
	call_rig_expect(rig, "60000 A 180\n120000 A 180\n");
	call_rig_advance(rig, 170000);
	call_rig_expect(rig, "170000 A 480\n170000 B CANCEL\n");
	assert_string_equal(peer_header(&rig->a, "Reason"), "Q.850;cause=19;text=\"No answer\"");
	assert_string_equal(peer_header(&rig->b, "Reason"), "Q.850;cause=19;text=\"No answer\"");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	assert_counts(rig, 0, 1);
}

static void bye_of_the_caller_in_an_early_dialog(void **state)
{
	struct call_rig *rig = *state;
	char target[256];

	ring(rig);
	snprintf(target, sizeof(target), "%s", rig->a.target);
	peer_learn(&rig->a);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n");
	snprintf(rig->a.target, sizeof(rig->a.target), "%s", target);
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/15b */
static void killed_while_it_rings(void **state)
{
	struct call_rig *rig = *state;
	char id[CALL_ID_STRLEN];

	ring(rig);
	assert_int_equal(call_kill(rig->engine, "", id), 0);
	call_rig_advance(rig, 1);
	call_rig_expect(rig, "1 A 480\n1 B CANCEL\n");
	assert_int_equal(call_kill(rig->engine, id, id), -EALREADY);
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b", "", "");
	assert_counts(rig, 0, 1);
	assert_int_equal(call_kill(rig->engine, "nothing", id), -ENOENT);
}

/* What the caller sees of the next hop's refusal. */
static void refused_with(struct call_rig *rig, int status, const char *extra, int seen)
{
	char expected[128];

	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, status, "b", extra, "");
	snprintf(expected, sizeof(expected), "0 A 100\n0 B INVITE\n0 A %d\n0 B ACK\n", seen);
	call_rig_expect(rig, expected);
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	assert_string_not_equal(peer_tag(&rig->a, "To"), "b");
	assert_string_equal(peer_header(&rig->a, "Contact"), "");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, rig->engine->counts.failed);
}

static void refusals_are_passed_back(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *a = &rig->a;

	refused_with(rig, 486, "Retry-After: 7\r\n", 486);
	assert_string_equal(peer_header(a, "Retry-After"), "7");
	refused_with(rig, 404, "", 404);
	refused_with(rig, 603, "", 603);
	refused_with(rig, 503, "Retry-After: 9\r\n", 500);
	assert_string_equal(peer_header(a, "Retry-After"), "9");
	refused_with(rig, 302, "", 502);
	assert_string_not_equal(peer_header(a, "Warning"), "");
	refused_with(rig, 407, "Proxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n", 407);
	assert_string_equal(peer_header(a, "Proxy-Authenticate"),
			    "Digest realm=\"x\", nonce=\"y\"");
	refused_with(rig, 422, "Min-SE: 120\r\n", 502);
	assert_string_equal(peer_header(a, "Min-SE"), "");
	assert_counts(rig, 0, 7);
	refused_with(rig, 487, "", 487);
	assert_counts(rig, 0, 7);
}

/*
 * What a callee does not take is the caller's to leave out: he hears which it was, and the same
 * INVITE without it goes on as a new one. Shows: 3261/8.1.3.5c
 */
static void the_caller_may_do_without(void **state)
{
	static const struct {
		int status;
		const char *header, *value;
	} refusals[] = {
		{ 413, "Retry-After", "10" },
		{ 415, "Accept", "application/sdp" },
		{ 416, "", "" },
		{ 420, "Unsupported", "uui" },
	};
	struct call_rig *rig = *state;
	char line[128] = "";

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		peer_request(&rig->a, "INVITE", "Supported: uui\r\n", CALL_RIG_SDP);
		if (*refusals[i].header)
			snprintf(line, sizeof(line), "%s: %s\r\n", refusals[i].header,
				 refusals[i].value);
		else
			line[0] = '\0';
		peer_reply_invite(&rig->b, refusals[i].status, "b", line, "");
		assert_int_equal(rig->a.invite_status, refusals[i].status);
		if (*refusals[i].header)
			assert_string_equal(peer_header(&rig->a, refusals[i].header),
					    refusals[i].value);
		peer_ack(&rig->a, "");
		call_rig_forget(rig);
		/* The same Call-ID and From tag, and the next CSeq. */
		peer_request(&rig->a, "INVITE", "", "");
		assert_null(strstr(rig->b.invite, "uui"));
		assert_string_equal(strstr(rig->b.invite, "\r\n\r\n"), "\r\n\r\n");
		peer_reply_invite(&rig->b, 486, "b", "", "");
		peer_ack(&rig->a, "");
		call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 486\n0 B ACK\n");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cancelled_while_it_rings),
		TEST(all_reasons_go_on),
		TEST(long_reasons_are_left_out),
		TEST(cancelled_before_anything_came_back),
		TEST(cancel_crosses_the_answer),
		TEST(answer_after_everything_is_over),
		TEST(nobody_answers),
		TEST(bye_of_the_caller_in_an_early_dialog),
		TEST(killed_while_it_rings),
		TEST(refusals_are_passed_back),
		TEST(the_caller_may_do_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
