// SPDX-License-Identifier: GPL-2.0-or-later
/* Cancelling an INVITE: by its user, by timer C, by losing its user (RFC 3261 s.9.1, s.16.8). */
#include <errno.h>
#include <stdio.h>

#include "sip_rig.h"

/* Shows: 3261/9.1a 3261/9.1f 3261/9.1h */
static void cancel_is_sent_at_once_in_proceeding(void **state)
{
	struct rig *rig = *state;
	char via[256], expected[1024];

	rig_send(rig, SIP_INVITE);
	snprintf(via, sizeof(via), "%s", rig_header(rig, "Via"));
	rig_respond(rig, 180, "INVITE", "a");
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_LIT("Reason: SIP;cause=200\r\n")), 0);
	rig_expect(rig, "0 INVITE\n0 user response 180 a\n0 CANCEL\n");
	snprintf(expected, sizeof(expected),
		 "CANCEL sip:bob@192.0.2.9 SIP/2.0\r\nVia: %s\r\n"
		 "Route: <sip:p1.example;lr>\r\nFrom: <sip:alice@example.com>;tag=local\r\n"
		 "To: <sip:bob@example.com>\r\nRoute: <sip:p2.example;lr>\r\n"
		 "Call-ID: call-1@example\r\nCSeq: 41 CANCEL\r\nMax-Forwards: 70\r\n"
		 "Reason: SIP;cause=200\r\nContent-Length: 0\r\n\r\n",
		 via);
	assert_string_equal(rig->last, expected);
	assert_ptr_equal(rig->trace_user, rig);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), -EALREADY);
	/* The CANCEL is repeated by itself, its 200 is not told. */
	rig_advance(rig, 500);
	rig_respond(rig, 200, "CANCEL", "a");
	assert_ptr_equal(rig->trace_user, rig);
	rig_advance(rig, 2000);
	rig_respond(rig, 487, "INVITE", "a");
	rig_expect(rig, "500 CANCEL\n2000 user response 487 a\n2000 ACK\n");
	rig_advance(rig, 60000);
	rig_expect(rig, "34000 user ended\n");
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
}

/* Shows: 3261/9.1b */
static void cancel_waits_for_a_provisional_response(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_LIT("Reason: x\r\n")), 0);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), -EALREADY);
	rig_advance(rig, 600);
	rig_respond(rig, 100, "INVITE", NULL);
	rig_expect(rig, "0 INVITE\n500 INVITE\n600 user response 100\n600 CANCEL\n");
	assert_string_equal(rig_header(rig, "Reason"), "x");
}

/* Shows: 3261/9.1b 3261/9.1e */
static void cancel_that_waits_is_dropped_by_a_final(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), 0);
	rig_respond(rig, 200, "INVITE", "a");
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), -EALREADY);
	rig_advance(rig, 60000);
	rig_expect(rig, "0 INVITE\n0 user response 200 a\n32000 user ended\n");
}

static void cancel_that_waits_in_vain_times_out(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), 0);
	rig_advance(rig, 60000);
	rig_expect(rig, "0 INVITE\n500 INVITE\n1500 INVITE\n3500 INVITE\n7500 INVITE\n"
			"15500 INVITE\n31500 INVITE\n32000 user timeout\n32000 user ended\n");
}

static void cancel_crossing_200_leaves_the_200_to_the_user(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 180, "INVITE", "a");
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), 0);
	rig_respond(rig, 200, "INVITE", "a");
	rig_expect(rig, "0 INVITE\n0 user response 180 a\n0 CANCEL\n0 user response 200 a\n");
	rig_advance(rig, 60000);
	/* Nobody answers the CANCEL: that is told to nobody. */
	rig_expect(rig, "500 CANCEL\n1500 CANCEL\n3500 CANCEL\n7500 CANCEL\n11500 CANCEL\n"
			"15500 CANCEL\n19500 CANCEL\n23500 CANCEL\n27500 CANCEL\n31500 CANCEL\n"
			"32000 user ended\n");
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
}

/*
 * s.9.1: without a final response in 64*T1 after the CANCEL, the transaction is given up.
 * Shows: 3261/9.1d
 */
static void cancelled_without_final_times_out(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 180, "INVITE", "a");
	rig_advance(rig, 1000);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), 0);
	rig_respond(rig, 183, "INVITE", "a");
	rig_respond(rig, 200, "CANCEL", "a");
	rig_advance(rig, 60000);
	rig_expect(rig, "0 INVITE\n0 user response 180 a\n1000 CANCEL\n"
			"1000 user response 183 a\n"
			"33000 user timeout\n33000 user ended\n");
}

/* Shows: 3261/9.1c */
static void only_invite_is_cancelled(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_BYE);
	assert_int_equal(sip_ctrans_cancel(rig->ct, VIEW_NONE), -EINVAL);
}

static void timer_c_times_out_and_cancels(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 100, "INVITE", NULL);
	rig_advance(rig, 100000);
	rig_respond(rig, 180, "INVITE", "a"); /* starts it anew */
	rig_advance(rig, 200000);
	rig_respond(rig, 100, "INVITE", NULL); /* does not */
	rig_expect(rig, "0 INVITE\n0 user response 100\n100000 user response 180 a\n"
			"200000 user response 100\n");
	rig_advance(rig, 280000);
	rig_expect(rig, "280000 user timeout\n280000 CANCEL\n");
	rig_respond(rig, 200, "CANCEL", "a");
	rig_respond(rig, 487, "INVITE", "a");
	rig_advance(rig, 400000);
	rig_expect(rig, "280000 ACK\n312000 user ended\n");
}

static void timer_c_still_lets_a_2xx_through(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	rig_respond(rig, 180, "INVITE", "a");
	rig_advance(rig, 180000);
	rig_respond(rig, 200, "CANCEL", "a");
	rig_respond(rig, 200, "INVITE", "a");
	rig_expect(rig, "0 INVITE\n0 user response 180 a\n180000 user timeout\n180000 CANCEL\n"
			"180000 user response 200 a\n");
}

static void detached_invite_is_cancelled(void **state)
{
	struct rig *rig = *state;

	rig_send(rig, SIP_INVITE);
	sip_ctrans_detach(rig->ct);
	rig_respond(rig, 180, "INVITE", "a");
	rig_expect(rig, "0 INVITE\n0 CANCEL\n");
	assert_null(rig->trace_user);
	rig_respond(rig, 200, "CANCEL", "a");
	rig_respond(rig, 200, "INVITE", "a");
	rig_expect(rig, "0 user stray 200\n");
	rig_advance(rig, 60000);
	rig_expect(rig, "");
	assert_int_equal(sip_stack_stats(rig->stack)->client_transactions, 0);
}

#define RIGGED(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)
#define RIGGED_C(test) cmocka_unit_test_setup_teardown(test, rig_setup_timer_c, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RIGGED(cancel_is_sent_at_once_in_proceeding),
		RIGGED(cancel_waits_for_a_provisional_response),
		RIGGED(cancel_that_waits_is_dropped_by_a_final),
		RIGGED(cancel_that_waits_in_vain_times_out),
		RIGGED(cancel_crossing_200_leaves_the_200_to_the_user),
		RIGGED(cancelled_without_final_times_out),
		RIGGED(only_invite_is_cancelled),
		RIGGED_C(timer_c_times_out_and_cancels),
		RIGGED_C(timer_c_still_lets_a_2xx_through),
		RIGGED(detached_invite_is_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
