// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls that come up and end as they should: offers, ACK, BYE (RFC 3261 s.13, s.15, RFC 3264). */
#include "call_rig.h"

/* Shows: 3261/13.2.1a */
static void offer_in_invite(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 100, "", "", "");
	call_rig_advance(rig, 10);
	peer_reply_invite(&rig->b, 180, "b", "", "");
	assert_string_equal(peer_body(&rig->a), "");
	call_rig_advance(rig, 20);
	peer_reply_invite(&rig->b, 183, "b", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->a), "");
	call_rig_advance(rig, 30);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->a), "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n10 A 180\n20 A 183\n30 A 200\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "30 B ACK\n");
	assert_string_equal(peer_header(&rig->b, "CSeq"), "1 ACK");
	call_rig_hang_up(rig);
	assert_counts(rig, 0, 0);
}

/*
 * Each side gets its own Record-Route back, in what makes the dialog, and none of the other's.
 * Shows: 3261/12.1.1a 3261/13.2.2.4b
 */
static void record_route_goes_back(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE",
		     "Record-Route: <sip:p2.home;lr>, <sip:p1.home;lr>\r\n"
		     "Record-Route: <sip:p0.home;lr>\r\n",
		     CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->b, "Record-Route"), "");
	peer_reply_invite(&rig->b, 180, "b", "Record-Route: <sip:core;lr>\r\n", "");
	assert_string_equal(peer_header(&rig->a, "Record-Route"),
			    "<sip:p2.home;lr>,<sip:p1.home;lr>,<sip:p0.home;lr>");
	peer_reply_invite(&rig->b, 200, "b", "Record-Route: <sip:core;lr>\r\n", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "Record-Route"),
			    "<sip:p2.home;lr>,<sip:p1.home;lr>,<sip:p0.home;lr>");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(peer_header(&rig->b, "Route"), "<sip:core;lr>");
	peer_request(&rig->a, "INVITE", "Record-Route: <sip:p2.home;lr>\r\n", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "Record-Route"), "");
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3261/13.2.1a 3261/13.2.2.4d */
static void offer_in_2xx(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", "");
	assert_string_equal(peer_body(&rig->b), "");
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->a), "");
	peer_learn(&rig->a);
	peer_ack(&rig->a, CALL_RIG_SDP);
	assert_string_not_equal(peer_body(&rig->b), "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	/* The ACK was lost: it is repeated with the answer. */
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n");
	assert_string_not_equal(peer_body(&rig->b), "");
	call_rig_hang_up(rig);
}

/* Shows: 3261/13.2.2.4d */
static void offer_in_2xx_without_answer_ends(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", "");
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 A BYE\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

static void answer_that_cannot_be_read(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", "junk");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 502\n0 B ACK\n0 B BYE\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

/* Shows: 3326/2d 3261/15.1.2b */
static void bye_by_the_callee(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->b, "BYE", "Reason: Q.850;cause=16;text=\"bye\"\r\nX-Bill: 7\r\n", "");
	call_rig_expect(rig, "0 A BYE\n0 B 200\n");
	assert_string_equal(peer_header(&rig->a, "Reason"), "Q.850;cause=16;text=\"bye\"");
	assert_string_equal(peer_header(&rig->a, "X-Bill"), "7");
	assert_counts(rig, 1, 0);
	peer_reply(&rig->a, 200);
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/15.1.1b */
static void bye_glare(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "BYE", "", "");
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n0 B BYE\n0 B 200\n");
	peer_reply(&rig->b, 481);
	assert_counts(rig, 0, 0);
}

static void bye_of_the_caller_before_his_ack(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 A 200\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->b, 200);
}

/* Shows: 3261/15a */
static void bye_of_the_callee_waits_for_the_ack(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B 200\n");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A BYE\n0 B ACK\n");
	peer_reply(&rig->a, 200);
	assert_counts(rig, 0, 0);
}

static void finished_calls_are_kept_up_to_a_number(void **state)
{
	struct call_rig *rig = *state;

	for (int i = 0; i < 3; i++) {
		rig->a.remote_tag[0] = '\0';
		rig->b.cseq = 0;
		call_rig_establish(rig);
		call_rig_hang_up(rig);
		assert_int_equal(rig->engine->counts.finished_kept, i < 2 ? i + 1 : 2);
	}
	assert_int_equal(rig->engine->calls.in_use, 2);
}

/* --- what is told of peers --- */

struct proofs {
	unsigned int count;
	char last[TP_ADDR_STRLEN];
};

static void on_proven(void *arg, const struct tp_flow *from, enum call_proof how, uint32_t seconds)
{
	struct proofs *proofs = arg;

	assert_int_equal(how, CALL_HAS_CALLED);
	assert_int_equal(seconds, CALL_PROVEN_S);
	proofs->count++;
	tp_addr_format(&from->remote, proofs->last);
}

static const struct call_hooks hooks = { .proven = on_proven };

static void an_ack_proves_its_source(void **state)
{
	struct call_rig *rig = *state;
	struct proofs proofs = { 0 };

	call_engine_set_hooks(rig->engine, &hooks, &proofs);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	assert_int_equal(proofs.count, 0);
	peer_ack(&rig->a, "");
	assert_int_equal(proofs.count, 1);
	assert_string_equal(proofs.last, rig->a.address);
	peer_repeat(&rig->a);
	assert_int_equal(proofs.count, 1);
	call_rig_hang_up(rig);
}

static void an_ack_from_elsewhere_proves_nothing(void **state)
{
	struct call_rig *rig = *state;
	struct proofs proofs = { 0 };

	call_engine_set_hooks(rig->engine, &hooks, &proofs);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "b", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	rig->a.flow.remote.in.sin_addr.s_addr ^= htonl(2);
	peer_ack(&rig->a, "");
	rig->a.flow.remote.in.sin_addr.s_addr ^= htonl(2);
	assert_int_equal(proofs.count, 0);
	call_rig_hang_up(rig);
}

static unsigned int peers;

static void on_peer(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	struct call_rig *rig = arg;

	peers++;
	assert_ptr_equal(realm, &rig->realms[1]);
	assert_true(tp_addr_eq(peer, &rig->b.flow.remote));
}

static void each_next_hop_is_a_peer(void **state)
{
	struct call_rig *rig = *state;

	peers = 0;
	call_each_peer(&rig->cfg, on_peer, rig);
	assert_int_equal(peers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(offer_in_invite, call_rig_setup, call_rig_teardown),
		cmocka_unit_test_setup_teardown(record_route_goes_back, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(offer_in_2xx, call_rig_setup, call_rig_teardown),
		cmocka_unit_test_setup_teardown(offer_in_2xx_without_answer_ends, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(answer_that_cannot_be_read, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(bye_by_the_callee, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(bye_glare, call_rig_setup, call_rig_teardown),
		cmocka_unit_test_setup_teardown(bye_of_the_caller_before_his_ack, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(bye_of_the_callee_waits_for_the_ack, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(finished_calls_are_kept_up_to_a_number,
						call_rig_setup, call_rig_teardown),
		cmocka_unit_test_setup_teardown(an_ack_proves_its_source, call_rig_setup,
						call_rig_teardown),
		cmocka_unit_test_setup_teardown(an_ack_from_elsewhere_proves_nothing,
						call_rig_setup, call_rig_teardown),
		cmocka_unit_test_setup_teardown(each_next_hop_is_a_peer, call_rig_setup,
						call_rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
