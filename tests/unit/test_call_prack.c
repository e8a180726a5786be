// SPDX-License-Identifier: GPL-2.0-or-later
/* Reliable provisional responses in both roles (RFC 3262), with messages lost and repeated. */
#include "prack_fixture.h"

#define BEGUN "0 A 100\n0 B INVITE\n"

/* Shows: 3262/3a 3262/3c 3262/4a 3262/4d 3262/7.1a 3262/7.2a */
static void from_end_to_end(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	assert_true(peer_got(&rig->b, "Supported: 100rel"));
	peer_learn(&rig->b);
	rings(&rig->b, 183, "b1", 4711, CALL_RIG_SDP);
	rseq = rseq_of(&rig->a);
	assert_in_range(rseq, 1, INT32_MAX);
	assert_string_not_equal(peer_body(&rig->a), "");
	assert_string_not_equal(peer_header(&rig->a, "Contact"), "");
	acknowledges(&rig->a, "");
	assert_memory_equal(rig->b.last, "PRACK ", 6);
	assert_string_equal(peer_header(&rig->b, "RAck"), "4711 1 INVITE");
	assert_string_equal(peer_tag(&rig->b, "To"), "b1");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, BEGUN "0 A 183\n0 B PRACK\n0 A 200\n");
	/* The next one has the next number. */
	rings(&rig->b, 180, "b1", 4712, "");
	assert_int_equal(rseq_of(&rig->a), rseq + 1);
	acknowledges(&rig->a, "");
	assert_string_equal(peer_header(&rig->b, "RAck"), "4712 1 INVITE");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	assert_string_equal(peer_body(&rig->a), "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 180\n0 B PRACK\n0 A 200\n0 A 200\n0 B ACK\n");
	assert_string_equal(peer_header(&rig->b, "CSeq"), "1 ACK");
	call_rig_hang_up(rig);
}

/* Shows: 3262/4a 3262/4b 3262/4c */
static void prack_of_sipd_s_own(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].reliable = CFG_100REL_ALWAYS;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_true(peer_got(&rig->b, "Supported: 100rel"));
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	assert_unreliable(&rig->a);
	assert_string_equal(peer_header(&rig->b, "RAck"), "1 1 INVITE");
	assert_non_null(call_rig_ladder(rig, "PRACK by sipd"));
	call_rig_expect(rig, BEGUN "0 A 183\n0 B PRACK\n");
	/* Lost on the way: it is repeated as any request. */
	call_rig_advance(rig, 500);
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "500 B PRACK\n");
	rings(&rig->b, 180, "b1", 2, "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "500 A 180\n500 B PRACK\n");
	/* The 2xx need not have the answer again, but the caller must get it. */
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	assert_string_not_equal(peer_body(&rig->a), "");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* A callee who lets it ring again and again, and answers no PRACK. */
static void pracks_of_sipd_s_own_are_limited(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq = 0;

	rig->realms[1].reliable = CFG_100REL_ALWAYS;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	while (rseq < CALL_MAX_REQUESTS + 10) {
		rings(&rig->b, 180, "b1", ++rseq, "");
		pass_over(rig);
	}
	assert_int_equal(rig->engine->relays.in_use, CALL_MAX_REQUESTS);
	/* What is not reliable is taken. */
	rings(&rig->b, 181, "b1", 0, "");
	call_rig_expect(rig, "0 A 181\n");
	/* So is what is, once there is room. */
	call_rig_advance(rig, 32000);
	pass_over(rig);
	rings(&rig->b, 180, "b1", CALL_MAX_REQUESTS, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "32000 A 180\n32000 B PRACK\n32000 A 200\n32000 B ACK\n");
	call_rig_hang_up(rig);
}

/* Shows: 3262/4e 3262/4f */
static void lost_and_repeated_ones_of_the_callee(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].reliable = CFG_100REL_ALWAYS;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	rings(&rig->b, 180, "b1", 7, "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, BEGUN "0 A 180\n0 B PRACK\n");
	/* 8 is lost: 9 is not taken before it. */
	rings(&rig->b, 183, "b1", 9, CALL_RIG_SDP);
	peer_repeat(&rig->b);
	call_rig_expect(rig, "");
	rings(&rig->b, 181, "b1", 8, "");
	assert_string_equal(peer_header(&rig->b, "RAck"), "8 1 INVITE");
	peer_reply(&rig->b, 200);
	rings(&rig->b, 183, "b1", 9, CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "RAck"), "9 1 INVITE");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 181\n0 B PRACK\n0 A 183\n0 B PRACK\n");
	/* Repeated: no second PRACK. */
	rings(&rig->b, 183, "b1", 9, CALL_RIG_SDP);
	rings(&rig->b, 181, "b1", 8, "");
	call_rig_expect(rig, "");
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3262/3b 3262/3d 3262/3f */
static void repeated_until_prack(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	rseq = rseq_of(&rig->a);
	call_rig_expect(rig, BEGUN "0 A 183\n");
	call_rig_advance(rig, 16000);
	call_rig_expect(rig, "500 A 183\n1500 A 183\n3500 A 183\n7500 A 183\n15500 A 183\n");
	assert_int_equal(rseq_of(&rig->a), rseq);
	peer_learn(&rig->a);
	/* A PRACK that fits nothing. */
	sends_prack(&rig->a, rseq + 1, "");
	peer_request(&rig->a, "PRACK", "", "");
	peer_request(&rig->a, "PRACK", "RAck: nonsense\r\n", "");
	rig->a.invite_cseq = 77;
	sends_prack(&rig->a, rseq, "");
	rig->a.invite_cseq = 1;
	call_rig_expect(rig, "16000 A 481\n16000 A 481\n16000 A 481\n16000 A 481\n");
	sends_prack(&rig->a, rseq, "");
	/* It comes once more: the same transaction. */
	peer_repeat(&rig->a);
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "16000 B PRACK\n16000 A 200\n");
	peer_repeat(&rig->a);
	sends_prack(&rig->a, rseq, "");
	call_rig_expect(rig, "16000 A 200\n16000 A 481\n");
	call_rig_advance(rig, 60000);
	call_rig_expect(rig, "");
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3262/3e */
static void no_prack_ends_the_call(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	pass_over(rig);
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A 504\n32000 B CANCEL\n");
	assert_non_null(call_rig_ladder(rig, "no PRACK from the caller for the 183"));
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "b1", "", "");
	assert_counts(rig, 0, 1);
}

/* Shows: 3262/3g */
static void the_2xx_waits_for_the_prack_of_an_answer(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	/* The callee is not reliable: sipd is on its own. */
	rings(&rig->b, 183, "b1", 0, CALL_RIG_SDP);
	rseq_of(&rig->a);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	peer_repeat(&rig->b);
	call_rig_expect(rig, BEGUN "0 A 183\n");
	acknowledges(&rig->a, "");
	/* The caller has the answer. */
	assert_string_equal(peer_body(&rig->a), "");
	call_rig_expect(rig, "0 A 200\n0 A 200\n");
	assert_string_equal(peer_header(&rig->a, "CSeq"), "1 INVITE");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 B ACK\n");
	call_rig_hang_up(rig);
}

static void the_2xx_waits_and_nobody_acknowledges(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 0, CALL_RIG_SDP);
	call_rig_advance(rig, 10000);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	pass_over(rig);
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A 504\n");
	peer_ack(&rig->a, "");
	/* It is repeated until its ACK, and then ended. */
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	call_rig_expect(rig, "32000 B ACK\n32000 B BYE\n");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

/* Shows: 3262/3h */
static void the_2xx_does_not_wait_for_others(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 180, "b1", 1, "");
	rseq = rseq_of(&rig->a);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->a), "");
	call_rig_expect(rig, BEGUN "0 A 180\n0 A 200\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 5000);
	call_rig_expect(rig, "0 B ACK\n");
	/* It is known all the same. */
	sends_prack(&rig->a, rseq, "");
	assert_string_equal(peer_header(&rig->b, "RAck"), "1 1 INVITE");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "5000 B PRACK\n5000 A 200\n");
	call_rig_hang_up(rig);
}

/* Shows: 3262/3i */
static void one_at_a_time(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	rseq = rseq_of(&rig->a);
	/* The callee does not wait; the third one comes again when there is room. */
	rings(&rig->b, 180, "b1", 2, "");
	rings(&rig->b, 181, "b1", 3, "");
	call_rig_expect(rig, BEGUN "0 A 183\n");
	peer_learn(&rig->a);
	sends_prack(&rig->a, rseq, "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 180\n0 B PRACK\n0 A 200\n");
	sends_prack(&rig->a, rseq + 1, "");
	assert_string_equal(peer_header(&rig->b, "RAck"), "2 1 INVITE");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 B PRACK\n0 A 200\n");
	rings(&rig->b, 181, "b1", 3, "");
	acknowledges(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3262/3j 3262/3k */
static void who_requires_it_gets_nothing_else(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", REQUIRED, CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "Require"), "");
	assert_true(peer_got(&rig->b, "Supported: 100rel"));
	assert_string_equal(peer_header(&rig->a, "Require"), "");
	rings(&rig->b, 180, "b1", 0, "");
	acknowledges(&rig->a, "");
	call_rig_expect(rig, BEGUN "0 A 180\n0 A 200\n");
	rings(&rig->b, 183, "b1", 0, CALL_RIG_SDP);
	acknowledges(&rig->a, "");
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 183\n0 A 200\n0 A 200\n0 B ACK\n");
	call_rig_hang_up(rig);
}

static void ringing_of_an_unreliable_callee_stays_so(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 180, "b1", 0, "");
	assert_unreliable(&rig->a);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->a), "");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3262/3m 3261/8.2.4a */
static void who_does_not_know_it_never_sees_it(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_false(peer_got(&rig->b, "Supported: 100rel"));
	rings(&rig->b, 183, "b1", 0, CALL_RIG_SDP);
	assert_unreliable(&rig->a);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

static void never(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[0].reliable = CFG_100REL_NEVER;
	peer_request(&rig->a, "INVITE", REQUIRED, CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "Unsupported"), "100rel");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 420\n");
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	assert_false(peer_got(&rig->b, "Supported: 100rel"));
	rings(&rig->b, 183, "b1", 0, CALL_RIG_SDP);
	assert_unreliable(&rig->a);
	peer_reply_invite(&rig->b, 486, "b1", "", "");
	peer_ack(&rig->a, "");
}

/* Shows: 3262/3l */
static void another_one_after_two_and_a_half_minutes(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq;

	rig->cfg.no_answer_ms = 0;
	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 180, "b1", 1, "");
	rseq = rseq_of(&rig->a);
	acknowledges(&rig->a, "");
	peer_reply(&rig->b, 200);
	pass_over(rig);
	call_rig_advance(rig, 150000);
	call_rig_expect(rig, "150000 A 180\n");
	assert_int_equal(rseq_of(&rig->a), rseq + 1);
	acknowledges(&rig->a, "");
	call_rig_expect(rig, "150000 A 200\n");
	peer_reply_invite(&rig->b, 486, "b1", "", "");
	peer_ack(&rig->a, "");
}

/* Shows: 3262/4g */
static void each_dialog_counts_for_itself(void **state)
{
	struct call_rig *rig = *state;
	unsigned int first, second;
	struct call_peer other;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 10, CALL_RIG_SDP);
	first = rseq_of(&rig->a);
	peer_learn(&rig->a);
	other = rig->a;
	rings(&rig->b, 183, "b2", 900, CALL_RIG_SDP);
	second = rseq_of(&rig->a);
	assert_int_not_equal(first, second);
	assert_string_not_equal(peer_tag(&rig->a, "To"), other.remote_tag);
	peer_learn(&rig->a);
	/* Each PRACK in its own dialog. */
	sends_prack(&rig->a, first, "");
	assert_memory_equal(rig->a.last, "SIP/2.0 481", 11);
	sends_prack(&rig->a, second, "");
	assert_string_equal(peer_tag(&rig->b, "To"), "b2");
	assert_string_equal(peer_header(&rig->b, "RAck"), "900 1 INVITE");
	peer_reply(&rig->b, 200);
	/* The other one answers, and has to wait for its own. */
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	call_rig_expect(rig, BEGUN "0 A 183\n0 A 183\n0 A 481\n0 B PRACK\n0 A 200\n");
	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "%s", other.remote_tag);
	sends_prack(&rig->a, first, "");
	assert_string_equal(peer_tag(&rig->b, "To"), "b1");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n0 B PRACK\n0 A 200\n");
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

static void who_lost_leaves_nothing(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 180, "b1", 1, "");
	acknowledges(&rig->a, "");
	/* Its PRACK is under way, and another one's 183 is not acknowledged. */
	rings(&rig->b, 180, "b2", 1, "");
	peer_reply_invite(&rig->b, 200, "b3", "", CALL_RIG_SDP);
	call_rig_expect(rig, BEGUN "0 A 180\n0 B PRACK\n0 A 180\n0 A 200\n");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 481\n");
	rig->a.invite_status = 200;
	rig->a.remote_tag[0] = '\0';
	rig->a.cseq = 1;
	peer_reply_invite(&rig->b, 200, "b3", "", CALL_RIG_SDP);
	call_rig_advance(rig, 500);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "500 A 200\n500 B ACK\n");
	rig->a.cseq = 5;
	call_rig_hang_up(rig);
}

static void cancel_while_a_prack_is_under_way(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	acknowledges(&rig->a, "");
	rig->a.remote_tag[0] = '\0';
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, BEGUN "0 A 183\n0 B PRACK\n0 A 200\n0 A 487\n0 A 487\n0 B CANCEL\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 487, "b1", "", "");
	assert_counts(rig, 0, 0);
}

static void refused_while_not_acknowledged(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 486, "b1", "", "");
	call_rig_expect(rig, BEGUN "0 A 183\n0 A 486\n0 B ACK\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 20000);
	call_rig_expect(rig, "");
}

static void bye_while_not_acknowledged(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, CALL_RIG_SDP);
	rings(&rig->b, 183, "b1", 1, CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, BEGUN "0 A 183\n0 A 200\n0 A 487\n0 B CANCEL\n");
	peer_reply(&rig->b, 200);
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 487, "b1", "", "");
}

static void a_reinvite_that_requires_it(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", REQUIRED, CALL_RIG_SDP);
	rings(&rig->b, 180, "", 0, "");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_end_to_end),
		TEST(prack_of_sipd_s_own),
		TEST(pracks_of_sipd_s_own_are_limited),
		TEST(lost_and_repeated_ones_of_the_callee),
		TEST(repeated_until_prack),
		TEST(no_prack_ends_the_call),
		TEST(the_2xx_waits_for_the_prack_of_an_answer),
		TEST(the_2xx_waits_and_nobody_acknowledges),
		TEST(the_2xx_does_not_wait_for_others),
		TEST(one_at_a_time),
		TEST(who_requires_it_gets_nothing_else),
		TEST(ringing_of_an_unreliable_callee_stays_so),
		TEST(who_does_not_know_it_never_sees_it),
		TEST(never),
		TEST(another_one_after_two_and_a_half_minutes),
		TEST(each_dialog_counts_for_itself),
		TEST(who_lost_leaves_nothing),
		TEST(cancel_while_a_prack_is_under_way),
		TEST(refused_while_not_acknowledged),
		TEST(bye_while_not_acknowledged),
		TEST(a_reinvite_that_requires_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
