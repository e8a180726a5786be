// SPDX-License-Identifier: GPL-2.0-or-later
/* INVITEs and other requests in a call that is up (RFC 3261 s.14, RFC 3311). */
#include <stdio.h>
#include <stdlib.h>

#include "call_rig.h"

static void from_either_side(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP "a=sendonly\r\n");
	assert_non_null(strstr(peer_body(&rig->b), "a=sendonly"));
	assert_string_equal(peer_header(&rig->b, "CSeq"), "2 INVITE");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP "a=recvonly\r\n");
	assert_non_null(strstr(peer_body(&rig->a), "a=recvonly"));
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->b, "");
	call_rig_expect(rig, "0 A INVITE\n0 B 100\n0 B 200\n0 A ACK\n");
	call_rig_hang_up(rig);
}

static void without_offer(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", "");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->a), "");
	peer_ack(&rig->a, CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->b), "");
	call_rig_hang_up(rig);
}

/* Shows: 3261/14.1c */
static void refused_leaves_the_call(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 488\n0 B ACK\n");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	call_rig_hang_up(rig);
}

/* Shows: 3261/12.2.1.2a */
static void session_gone_at_the_peer_ends_the_call(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 481, "", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 481\n0 A BYE\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 481);
	assert_counts(rig, 0, 1);
}

/* Shows: 3261/14.2b 3261/14.2a */
static void glare(void **state)
{
	struct call_rig *rig = *state;
	unsigned int cseq, branch;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	cseq = rig->a.invite_cseq;
	branch = rig->a.invite_branch;
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_ack(&rig->b, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B 491\n");
	/* A second one of the same direction (s.14.2). */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_in_range(atoi(peer_header(&rig->a, "Retry-After")), 0, 10);
	assert_string_not_equal(peer_header(&rig->a, "Retry-After"), "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 500\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	rig->a.invite_cseq = cseq;
	rig->a.invite_branch = branch;
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n0 B ACK\n");
	/* The peer's own 491 goes back to who has to wait. */
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->a, 491, "", "", "");
	peer_ack(&rig->b, "");
	call_rig_expect(rig, "0 A INVITE\n0 B 100\n0 A ACK\n0 B 491\n");
	call_rig_hang_up(rig);
}

/* An ACK of what has no final response yet leaves it open: no other one is carried beside it. */
static void acknowledged_too_early(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 500\n");
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 488, "", "", "");
	call_rig_expect(rig, "0 A 488\n0 B ACK\n");
	rig->a.invite_branch--;
	rig->a.invite_cseq--;
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

static void cancel(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "", "", "");
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 200\n0 B CANCEL\n");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 487\n0 B ACK\n");
	call_rig_hang_up(rig);
}

static void cancel_that_comes_too_late(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "", "", "");
	peer_cancel(&rig->a, "");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_reply(&rig->b, 200);
	peer_ack(&rig->a, "");
	call_rig_expect(rig,
			"0 A 100\n0 B INVITE\n0 A 180\n0 A 200\n0 B CANCEL\n0 A 200\n0 B ACK\n");
	call_rig_hang_up(rig);
}

/* Shows: 3261/15.1.2c */
static void bye_crosses_it(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 487\n0 A BYE\n0 B 200\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->a, 200);
	assert_counts(rig, 1, 0);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n");
	assert_counts(rig, 0, 0);
}

/* It is cancelled while everything that it could go out by is still there. */
static void sipd_stops_meanwhile(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n");
	call_engine_end(rig->engine);
	assert_counts(rig, 0, 0);
	call_rig_settle(rig);
	call_rig_expect(rig, "0 A 487\n0 A BYE\n0 B BYE\n0 B CANCEL\n");
}

/* Shows: 3261/12.2.2c */
static void moves_the_target(void **state)
{
	struct call_rig *rig = *state;
	char start[128];

	call_rig_establish(rig);
	rig->a.name = "moved";
	peer_request(&rig->a, "UPDATE", "", "");
	peer_reply(&rig->b, 200);
	rig->a.name = "A";
	peer_request(&rig->b, "INFO", "", "");
	snprintf(start, sizeof(start), "INFO sip:moved@%s SIP/2.0\r\n", rig->a.address);
	assert_memory_equal(rig->a.last, start, strlen(start));
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B UPDATE\n0 moved 200\n0 A INFO\n0 B 200\n");
	call_rig_hang_up(rig);
}

static void update_with_offer(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "UPDATE", "", CALL_RIG_SDP "a=inactive\r\n");
	assert_non_null(strstr(peer_body(&rig->b), "a=inactive"));
	peer_reply(&rig->b, 488);
	call_rig_expect(rig, "0 B UPDATE\n0 A 488\n");
	/* Not while an INVITE is under way (RFC 3311 s.5.2). */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_request(&rig->b, "UPDATE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B 491\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3311/5.3b */
static void update_shows_that_the_peer_has_no_session(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "UPDATE", "", "");
	peer_reply(&rig->b, 481);
	call_rig_expect(rig, "0 B UPDATE\n0 A 481\n0 A BYE\n0 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 481);
	assert_counts(rig, 0, 1);
}

/* Shows: 3261/7.4.1a 3261/8.2.1a 3261/11.2c 3261/12.2.2b */
static void others_pass_or_are_answered(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INFO", "Content-Type: application/dtmf-relay\r\n", "Signal=1\r\n");
	assert_string_equal(peer_body(&rig->b), "Signal=1\r\n");
	assert_string_equal(peer_header(&rig->b, "Content-Type"), "application/dtmf-relay");
	assert_string_equal(peer_header(&rig->b, "Contact"), "");
	peer_reply(&rig->b, 200);
	peer_request(&rig->b, "MESSAGE", "Content-Type: text/plain\r\n", "hello");
	assert_string_equal(peer_body(&rig->a), "hello");
	peer_reply(&rig->a, 202);
	call_rig_expect(rig, "0 B INFO\n0 A 200\n0 A MESSAGE\n0 B 202\n");
	peer_request(&rig->a, "OPTIONS", "", "");
	peer_request(&rig->a, "PUBLISH", "", "");
	assert_string_not_equal(peer_header(&rig->a, "Allow"), "");
	peer_request(&rig->a, "FOO", "", "");
	peer_request(&rig->a, "PRACK", "RAck: 1 1 INVITE\r\n", "");
	rig->a.cseq = 1;
	peer_request(&rig->a, "INFO", "", "");
	call_rig_expect(rig, "0 A 200\n0 A 405\n0 A 501\n0 A 481\n0 A 500\n");
	rig->a.cseq = 100;
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_either_side),
		TEST(without_offer),
		TEST(refused_leaves_the_call),
		TEST(session_gone_at_the_peer_ends_the_call),
		TEST(glare),
		TEST(acknowledged_too_early),
		TEST(cancel),
		TEST(cancel_that_comes_too_late),
		TEST(bye_crosses_it),
		TEST(sipd_stops_meanwhile),
		TEST(moves_the_target),
		TEST(update_with_offer),
		TEST(update_shows_that_the_peer_has_no_session),
		TEST(others_pass_or_are_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
