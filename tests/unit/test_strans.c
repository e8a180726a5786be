// SPDX-License-Identifier: GPL-2.0-or-later
/* Server transactions: figures 7 and 8 of RFC 3261, RFC 6026 and RFC 4320, at exact times. */
#include <errno.h>
#include <stdio.h>

#include "sip/strans.h"
#include "sip_rig.h"

#define BRANCH "z9hG4bK-abc"

/* Shows: 3261/17.2.1a */
static void invite_gets_100_at_once_unless_answered(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n");
	assert_string_equal(rig_to_tag(rig), "");

	rig->answer = 180;
	rig_request(rig, "INVITE", BRANCH "2", "");
	rig_expect(rig, "0 user request INVITE\n0 180\n");
	assert_int_equal(strlen(rig_to_tag(rig)), 16);
}

/* Shows: 3261/8.2.6.2a 3261/8.2.6.2b */
static void response_copies_what_8_2_6_says(void **state)
{
	struct rig *rig = *state;
	char expected[512];

	rig->answer = 180;
	rig_request(rig, "INVITE", BRANCH,
		    "Via: SIP/2.0/UDP a.example;branch=1, SIP/2.0/TCP b.example;branch=2\r\n"
		    "Record-Route: <sip:x;lr>\r\n");
	snprintf(expected, sizeof(expected),
		 "SIP/2.0 180 Ringing\r\n"
		 "Via: SIP/2.0/UDP %s;branch=" BRANCH "\r\n"
		 "Via: SIP/2.0/UDP a.example;branch=1, SIP/2.0/TCP b.example;branch=2\r\n"
		 "From: <sip:alice@example.com>;tag=alice\r\n"
		 "Call-ID: call-1@example\r\n"
		 "CSeq: 7 INVITE\r\n"
		 "To: <sip:bob@example.com>;tag=%s\r\n"
		 "Content-Length: 0\r\n\r\n",
		 rig->remote, rig_to_tag(rig));
	assert_string_equal(rig->last, expected);
}

/* Shows: 3261/8.2.6.2b */
static void tag_of_user_stays_and_tag_of_request_is_kept(void **state)
{
	struct rig *rig = *state;
	struct sip_reply reply = { .status = 180, .to_tag = VIEW_LIT("mine") };

	rig_request(rig, "INVITE", BRANCH, "");
	assert_int_equal(sip_strans_respond(rig->st, &reply), 0);
	rig_collect(rig);
	assert_string_equal(rig_to_tag(rig), "mine");
	rig_answer(rig, 486);
	rig_collect(rig);
	assert_string_equal(rig_to_tag(rig), "mine");

	rig_request(rig, "INVITE", BRANCH "2", "To: <sip:bob@example.com>;tag=dialog\r\n");
	assert_int_equal(sip_strans_respond(rig->st, &reply), 0);
	rig_collect(rig);
	assert_string_equal(rig_to_tag(rig), "dialog");
}

/* Shows: 3261/8.2.6.1b */
static void timestamp_comes_back_in_100_only(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "Timestamp: 54\r\n");
	assert_string_equal(rig_header(rig, "Timestamp"), "54");
	rig_answer(rig, 180);
	rig_collect(rig);
	assert_string_equal(rig_header(rig, "Timestamp"), "");

	rig_request(rig, "OPTIONS", BRANCH "2", "Timestamp: 60\r\n");
	rig_advance(rig, 3500);
	assert_string_equal(rig_header(rig, "Timestamp"), "60 3.500");
}

/* Shows: 3261/17.2.1b */
static void invite_repeats_last_provisional_on_request(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "INVITE", BRANCH, "");
	rig_answer(rig, 183);
	rig_request(rig, "INVITE", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n0 100\n0 183\n0 183\n");
	assert_non_null(strstr(rig->last, "v=0"));
	assert_int_equal(sip_stack_stats(rig->stack)->rx_retransmissions, 2);
	assert_int_equal(sip_stack_stats(rig->stack)->tx_retransmissions, 2);
	assert_true(rig->trace.retransmission);
	assert_ptr_equal(rig->trace_user, rig);
}

/* Shows: 3261/13.3.1.1a */
static void provisional_is_refreshed_every_minute(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 100000);
	rig_answer(rig, 180);
	rig_advance(rig, 230000);
	rig_expect(rig, "0 user request INVITE\n0 100\n100000 180\n160000 180\n220000 180\n");
}

/* Timers G and H: 500 ms doubling to 4 s, up to 32 s. */
#define FAILURE_REPEATED                                                                  \
	"0 486\n500 486\n1500 486\n3500 486\n7500 486\n11500 486\n15500 486\n19500 486\n" \
	"23500 486\n27500 486\n31500 486\n"

/* Shows: 3261/17.2.1c */
static void invite_failure_is_repeated_until_timer_h(void **state)
{
	struct rig *rig = *state;

	rig->answer = 486;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 31999);
	rig_expect(rig, "0 user request INVITE\n" FAILURE_REPEATED);
	rig_advance(rig, 40000);
	rig_expect(rig, "32000 user no_ack\n32000 user ended\n");
	assert_int_equal(sip_stack_stats(rig->stack)->server_transactions, 0);
}

/* Shows: 3261/17.2.1d */
static void ack_of_failure_is_absorbed_for_timer_i(void **state)
{
	struct rig *rig = *state;

	rig->answer = 486;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 600);
	rig_request(rig, "INVITE", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 486\n500 486\n600 486\n");
	rig_advance(rig, 700);
	rig_request(rig, "ACK", BRANCH, "");
	assert_false(rig->trace.retransmission);
	assert_ptr_equal(rig->trace_user, rig);
	rig_request(rig, "ACK", BRANCH, "");
	assert_true(rig->trace.retransmission);
	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 5699);
	rig_expect(rig, "");
	rig_advance(rig, 60000);
	rig_expect(rig, "5700 user ended\n");
}

/* Shows: 3261/13.3.1.4a */
static void a_2xx_is_repeated_until_64_t1(void **state)
{
	struct rig *rig = *state;

	rig->answer = 200;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 40000);
	rig_expect(rig, "0 user request INVITE\n"
			"0 200\n500 200\n1500 200\n3500 200\n7500 200\n11500 200\n15500 200\n"
			"19500 200\n23500 200\n27500 200\n31500 200\n"
			"32000 user no_ack\n32000 user ended\n");
}

/*
 * RFC 6026: Accepted absorbs the INVITE and passes each ACK up, until timer L.
 * Shows: 6026/7.1a 6026/7.1c
 */
static void acked_2xx_stays_accepted_until_timer_l(void **state)
{
	struct rig *rig = *state;

	rig->answer = 200;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 600);
	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "ACK", "z9hG4bK-ack", "");
	sip_strans_acked(rig->st);
	rig_request(rig, "ACK", "z9hG4bK-ack", "");
	rig_request(rig, "ACK", BRANCH, "");
	rig_request(rig, "INVITE", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 200\n500 200\n"
			"600 user ack 7\n600 user ack 7\n600 user ack 7\n");
	assert_int_equal(sip_strans_respond(rig->st, &(struct sip_reply){ .status = 200 }),
			 -EALREADY);
	rig_advance(rig, 31999);
	rig_expect(rig, "");
	rig_advance(rig, 60000);
	rig_expect(rig, "32000 user ended\n");
}

/* Shows: 6026/7.1d */
static void a_2xx_that_cannot_be_sent_is_tried_again(void **state)
{
	struct rig *rig = *state;
	struct tp_addr nowhere, there;

	assert_int_equal(tp_addr_parse(&nowhere, VIEW_LIT("255.255.255.255"), 9), 0);
	rig_request(rig, "INVITE", BRANCH, "");
	there = rig->st->reply_to.remote;
	rig->st->reply_to.remote = nowhere;
	rig_answer(rig, 200);
	rig_advance(rig, 500);
	assert_int_equal(tp_stats(rig->tp)->tx_failed, 2);
	rig->st->reply_to.remote = there;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_advance(rig, 1500);
	rig_expect(rig, "0 user request INVITE\n0 100\n1500 200\n");
	rig_request(rig, "ACK", "z9hG4bK-ack", "");
	sip_strans_acked(rig->st);
	rig_advance(rig, 60000);
	rig_expect(rig, "1500 user ack 7\n32000 user ended\n");
}

/* Shows: 3261/8.2.6.1a 3261/17.2.2a 3261/17.2.2b 3261/17.2.2c */
static void noninvite_is_silent_then_100_then_final(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "OPTIONS", BRANCH, "");
	rig_request(rig, "OPTIONS", BRANCH, "");
	rig_advance(rig, 3499);
	rig_expect(rig, "0 user request OPTIONS\n");
	rig_advance(rig, 4000);
	rig_request(rig, "OPTIONS", BRANCH, "");
	rig_expect(rig, "3500 100\n4000 100\n");
	rig_advance(rig, 5000);
	rig_answer(rig, 200);
	assert_int_equal(sip_strans_respond(rig->st, &(struct sip_reply){ .status = 404 }),
			 -EALREADY);
	rig_request(rig, "OPTIONS", BRANCH, "");
	rig_expect(rig, "5000 200\n5000 200\n");
	/* Timer J. */
	rig_advance(rig, 36999);
	rig_request(rig, "OPTIONS", BRANCH, "");
	rig_expect(rig, "36999 200\n");
	rig_advance(rig, 60000);
	rig_expect(rig, "37000 user ended\n");
}

static void noninvite_unanswered_ends_without_408(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "BYE", BRANCH, "");
	rig_advance(rig, 60000);
	rig_expect(rig, "0 user request BYE\n3500 100\n32000 user ended\n");
}

/* Shows: 3261/8.2.6.1a 4320/4.1a 4320/4.2a */
static void noninvite_never_gets_408_or_early_1xx(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INFO", BRANCH, "");
	assert_int_equal(sip_strans_respond(rig->st, &(struct sip_reply){ .status = 180 }),
			 -EINVAL);
	assert_int_equal(sip_strans_respond(rig->st, &(struct sip_reply){ .status = 408 }), 0);
	assert_true(sip_strans_answered(rig->st));
	rig_request(rig, "INFO", BRANCH, "");
	rig_advance(rig, 60000);
	rig_expect(rig, "0 user request INFO\n32000 user ended\n");
}

/* Shows: 3261/9.2a 3261/9.2d */
static void cancel_gets_200_with_the_tag_of_the_invite(void **state)
{
	struct rig *rig = *state;
	char tag[64];

	rig_request(rig, "INVITE", BRANCH, "");
	rig_answer(rig, 180);
	rig_collect(rig);
	snprintf(tag, sizeof(tag), "%s", rig_to_tag(rig));
	rig_request(rig, "CANCEL", BRANCH, "");
	assert_string_equal(rig_to_tag(rig), tag);
	assert_string_equal(rig_header(rig, "CSeq"), "7 CANCEL");
	assert_ptr_equal(rig->trace_user, rig);
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_answer(rig, 487);
	rig_request(rig, "ACK", BRANCH, "");
	assert_string_equal(rig_to_tag(rig), tag);
	rig_expect(rig, "0 user request INVITE\n0 100\n0 180\n"
			"0 user cancelled\n0 200\n0 200\n0 487\n");
	rig_advance(rig, 60000);
	rig_expect(rig, "5000 user ended\n");
	assert_int_equal(sip_stack_stats(rig->stack)->server_transactions, 0);
}

/* The CANCEL's own transaction has ended, the INVITE's has not. */
static void cancel_is_told_once(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_advance(rig, 40000);
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n0 user cancelled\n0 200\n40000 200\n");
}

static void cancel_before_any_tag_agrees_with_the_487(void **state)
{
	struct rig *rig = *state;
	char tag[64];

	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "CANCEL", BRANCH, "");
	snprintf(tag, sizeof(tag), "%s", rig_to_tag(rig));
	assert_int_equal(strlen(tag), 16);
	rig_answer(rig, 487);
	rig_collect(rig);
	assert_string_equal(rig_to_tag(rig), tag);
}

/* Shows: 3261/9.2c */
static void cancel_crossing_the_final_changes_nothing(void **state)
{
	struct rig *rig = *state;

	rig->answer = 200;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "CANCEL", BRANCH, "");
	assert_string_equal(rig_header(rig, "CSeq"), "7 CANCEL");
	rig_expect(rig, "0 user request INVITE\n0 200\n0 200\n");
}

/* Shows: 3261/9.2b */
static void cancel_of_nothing_gets_481(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "CANCEL", BRANCH, "");
	assert_int_not_equal(strlen(rig_to_tag(rig)), 0);
	rig_request(rig, "INVITE", "z9hG4bK-other", "");
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_expect(rig, "0 481\n0 user request INVITE\n0 100\n0 481\n");
}

/*
 * s.9.2: nothing but INVITE can be cancelled, but the CANCEL is well-formed and finds it.
 * Shows: 3261/9.2d
 */
static void cancel_of_noninvite_gets_200_without_effect(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "OPTIONS", BRANCH, "");
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_expect(rig, "0 user request OPTIONS\n0 200\n");
	assert_false(sip_strans_answered(rig->st));
}

/* Shows: 3261/9.2a */
static void invite_of_nobody_is_answered_487_when_cancelled(void **state)
{
	struct rig *rig = *state;

	rig->hold = true;
	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n0 200\n0 487\n");
}

static void detached_lives_on_alone(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "");
	sip_strans_detach(rig->st);
	rig_advance(rig, 400);
	rig_request(rig, "ACK", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n0 500\n");
	assert_null(rig->trace_user);
	rig_advance(rig, 60000);
	rig_expect(rig, "");
	assert_int_equal(sip_stack_stats(rig->stack)->server_transactions, 0);

	rig->answer = 200;
	rig_request(rig, "INVITE", BRANCH, "");
	sip_strans_detach(rig->st);
	rig_advance(rig, 100000);
	rig_expect(rig, "60000 user request INVITE\n60000 200\n");
	assert_int_equal(sip_stack_stats(rig->stack)->server_transactions, 0);
}

static void free_ends_what_is_left(void **state)
{
	struct rig *rig = *state;

	rig_request(rig, "INVITE", BRANCH, "");
	rig_request(rig, "CANCEL", BRANCH, "");
	rig_request(rig, "INFO", BRANCH, "");
	rig_expect(rig, "0 user request INVITE\n0 100\n0 user cancelled\n0 200\n"
			"0 user request INFO\n");
	sip_stack_free(rig->stack);
	rig->stack = NULL;
	rig_expect(rig, "0 user ended\n0 user ended\n");
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(invite_gets_100_at_once_unless_answered),
		RIGGED(response_copies_what_8_2_6_says),
		RIGGED(tag_of_user_stays_and_tag_of_request_is_kept),
		RIGGED(timestamp_comes_back_in_100_only),
		RIGGED(invite_repeats_last_provisional_on_request),
		RIGGED(provisional_is_refreshed_every_minute),
		RIGGED(invite_failure_is_repeated_until_timer_h),
		RIGGED(ack_of_failure_is_absorbed_for_timer_i),
		RIGGED(a_2xx_is_repeated_until_64_t1),
		RIGGED(acked_2xx_stays_accepted_until_timer_l),
		RIGGED(a_2xx_that_cannot_be_sent_is_tried_again),
		RIGGED(noninvite_is_silent_then_100_then_final),
		RIGGED(noninvite_unanswered_ends_without_408),
		RIGGED(noninvite_never_gets_408_or_early_1xx),
		RIGGED(cancel_gets_200_with_the_tag_of_the_invite),
		RIGGED(cancel_is_told_once),
		RIGGED(cancel_before_any_tag_agrees_with_the_487),
		RIGGED(cancel_crossing_the_final_changes_nothing),
		RIGGED(cancel_of_nothing_gets_481),
		RIGGED(cancel_of_noninvite_gets_200_without_effect),
		RIGGED(invite_of_nobody_is_answered_487_when_cancelled),
		RIGGED(detached_lives_on_alone),
		RIGGED(free_ends_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
