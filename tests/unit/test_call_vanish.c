// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One side falls silent, at every step of a call: it ends on the other side, and the teardown
 * finds nothing left.
 */
#include "call_rig.h"

/* Shows: 3261/8.1.3.1a */
static void callee_never_responds(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n500 B INVITE\n1500 B INVITE\n3500 B INVITE\n"
			     "7500 B INVITE\n15500 B INVITE\n31500 B INVITE\n");
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A 408\n");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

static void callee_is_silent_after_cancel(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	peer_cancel(&rig->a, "");
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 31999);
	assert_counts(rig, 1, 0);
	call_rig_advance(rig, 32000);
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/13.3.1.4b */
static void caller_never_acknowledges(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	assert_counts(rig, 1, 0);
	rig->journal_len = 0;
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A BYE\n32000 B ACK\n32000 B BYE\n");
	peer_reply(&rig->a, 481);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

/* Shows: 3261/17.2.1e */
static void caller_never_acknowledges_a_refusal(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 486, "b", "", "");
	call_rig_advance(rig, 31999);
	assert_counts(rig, 1, 0);
	call_rig_advance(rig, 32000);
	assert_counts(rig, 0, 1);
}

static void callee_hangs_up_and_the_caller_never_acknowledges(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_advance(rig, 31999);
	rig->journal_len = 0;
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A BYE\n");
	peer_reply(&rig->a, 481);
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/15.1.1b */
static void bye_is_never_answered(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_advance(rig, 31999);
	assert_counts(rig, 1, 0);
	call_rig_advance(rig, 32000);
	assert_counts(rig, 0, 0);
}

/* Nor is there an end of others: each is answered, but only so many are kept. */
static void bye_again_and_again(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	for (int i = 0; i < CALL_MAX_REQUESTS + 10; i++) {
		peer_request(&rig->a, "BYE", "", "");
		assert_memory_equal(rig->a.last, "SIP/2.0 200", 11);
	}
	call_rig_forget(rig);
	assert_int_equal(rig->engine->relays.in_use, CALL_MAX_REQUESTS);
	call_rig_advance(rig, 32000);
	assert_counts(rig, 0, 0);
}

static void reinvite_is_never_answered(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	rig->journal_len = 0;
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A 408\n32000 A BYE\n32000 B BYE\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->a, 200);
	call_rig_advance(rig, 64000);
	assert_counts(rig, 0, 1);
}

/* Or else no other one would be possible for the rest of the call. */
static void reinvite_rings_for_ever(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 100, "", "", "");
	call_rig_advance(rig, 180999);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	call_rig_advance(rig, 181000);
	call_rig_expect(rig, "181000 A 408\n181000 A BYE\n181000 B BYE\n181000 B CANCEL\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->a, 200);
	call_rig_advance(rig, 220000);
	assert_counts(rig, 0, 1);
}

static void reinvite_is_never_acknowledged(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	call_rig_advance(rig, 31999);
	rig->journal_len = 0;
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A ACK\n32000 A BYE\n32000 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

static void info_is_never_answered(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INFO", "", "");
	call_rig_advance(rig, 40000);
	/* RFC 4320: a 100 after a while, never a 408. */
	assert_null(strstr(rig->journal, "A 408"));
	assert_counts(rig, 1, 0);
	call_rig_hang_up(rig);
}

static void both_sides_are_gone(void **state)
{
	struct call_rig *rig = *state;
	char id[CALL_ID_STRLEN];

	call_rig_establish(rig);
	assert_int_equal(call_kill(rig->engine, "", id), 0);
	call_rig_advance(rig, 32000);
	assert_counts(rig, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(callee_never_responds),
		TEST(callee_is_silent_after_cancel),
		TEST(caller_never_acknowledges),
		TEST(caller_never_acknowledges_a_refusal),
		TEST(callee_hangs_up_and_the_caller_never_acknowledges),
		TEST(bye_is_never_answered),
		TEST(bye_again_and_again),
		TEST(reinvite_is_never_answered),
		TEST(reinvite_rings_for_ever),
		TEST(reinvite_is_never_acknowledged),
		TEST(info_is_never_answered),
		TEST(both_sides_are_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
