// SPDX-License-Identifier: GPL-2.0-or-later
/* Several callees: all at once, one after the other (RFC 3261 s.16.6 to s.16.8). */
#include <stdio.h>

#include "call_rig.h"

#define INVITED(text) "0 A 100\n" text

static void ring_all(struct call_rig *rig)
{
	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, INVITED("0 B INVITE\n0 C INVITE\n0 D INVITE\n"));
}

static void ring_one(struct call_rig *rig)
{
	call_rig_route(rig, CFG_PRIORITY, NULL);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, INVITED("0 B INVITE\n"));
}

static struct call_peer *callee(struct call_rig *rig, unsigned int index)
{
	return call_rig_callee(rig, index);
}

static void replies(struct call_peer *peer, int status)
{
	peer_reply_invite(peer, status, peer->local_tag, "",
			  status == 200 || status == 183 ? CALL_RIG_SDP : "");
}

/* The CANCEL that came last: 200 for it, 487 for its INVITE. */
static void cancelled(struct call_peer *peer)
{
	assert_memory_equal(peer->other, "CANCEL ", 7);
	peer_reply(peer, 200);
	replies(peer, 487);
}

static void answer(struct call_rig *rig, struct call_peer *peer)
{
	replies(peer, 200);
	peer_learn(&rig->a);
}

/* The call stands with @peer, both ways, and ends. */
static void talk_and_hang_up(struct call_rig *rig, struct call_peer *peer, bool caller_ends)
{
	peer_ack(&rig->a, "");
	assert_memory_equal(peer->last, "ACK ", 4);
	assert_string_equal(peer_tag(peer, "To"), peer->local_tag);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_memory_equal(peer->last, "INVITE ", 7);
	replies(peer, 200);
	peer_ack(&rig->a, "");
	assert_memory_equal(peer->last, "ACK ", 4);
	/* What the callee sends goes to the caller. */
	snprintf(peer->call_id, sizeof(peer->call_id), "%s", peer_header(peer, "Call-ID"));
	snprintf(peer->remote_tag, sizeof(peer->remote_tag), "%s", peer_tag(peer, "From"));
	peer_request(peer, "INVITE", "", CALL_RIG_SDP);
	assert_memory_equal(rig->a.last, "INVITE ", 7);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	peer_ack(peer, "");
	assert_memory_equal(rig->a.last, "ACK ", 4);
	peer_request(caller_ends ? &rig->a : peer, "BYE", "", "");
	assert_memory_equal((caller_ends ? peer : &rig->a)->last, "BYE ", 4);
	peer_reply(caller_ends ? peer : &rig->a, 200);
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/16.7b 3261/16.10a */
static void each_branch_is_another_dialog(void **state)
{
	struct call_rig *rig = *state;
	char call_ids[3][128], tags[3][64];

	ring_all(rig);
	for (unsigned int i = 0; i < 3; i++) {
		const struct call_peer *peer = callee(rig, i);

		snprintf(call_ids[i], sizeof(call_ids[i]), "%s", peer_header(peer, "Call-ID"));
		snprintf(tags[i], sizeof(tags[i]), "%s", peer_tag(peer, "From"));
		assert_string_equal(peer_body(peer), CALL_RIG_SDP);
		assert_non_null(strstr(peer->invite, peer->address));
		for (unsigned int j = 0; j < i; j++) {
			assert_string_not_equal(call_ids[i], call_ids[j]);
			assert_string_not_equal(tags[i], tags[j]);
		}
	}
	assert_non_null(call_rig_ladder(rig, "route for any user: B with C with D"));
	for (unsigned int i = 0; i < 3; i++) {
		replies(callee(rig, i), 180);
		snprintf(tags[i], sizeof(tags[i]), "%s", peer_tag(&rig->a, "To"));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(tags[i], tags[j]);
	}
	call_rig_expect(rig, "0 A 180\n0 A 180\n0 A 180\n");
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 B CANCEL\n0 C CANCEL\n0 D CANCEL\n");
	for (unsigned int i = 0; i < 3; i++)
		cancelled(callee(rig, i));
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 0);
}

/* Shows: 3261/16.7e 3326/2b */
static void the_first_2xx_wins(void **state)
{
	struct call_rig *rig = *state;

	for (unsigned int winner = 0; winner < 3; winner++) {
		struct call_peer *peer = callee(rig, winner);

		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-%u", winner);
		snprintf(rig->a.target, sizeof(rig->a.target), "sip:bob@%s", rig->a.sipd);
		rig->a.remote_tag[0] = '\0';
		call_rig_route(rig, CFG_PARALLEL, NULL);
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		for (unsigned int i = 0; i < 3; i++)
			replies(callee(rig, i), 180);
		answer(rig, peer);
		for (unsigned int i = 0; i < 3; i++) {
			if (i == winner)
				continue;
			assert_non_null(strstr(callee(rig, i)->other,
					       "\r\nReason: SIP;cause=200;"
					       "text=\"Call completed elsewhere\"\r\n"));
			cancelled(callee(rig, i));
			assert_memory_equal(callee(rig, i)->last, "ACK ", 4);
		}
		talk_and_hang_up(rig, peer, winner % 2);
	}
}

/* Shows: 3261/13.2.2.4a 3261/13.2.2.4c */
static void two_2xx_cross(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	replies(callee(rig, 0), 180);
	replies(callee(rig, 1), 180);
	answer(rig, callee(rig, 1));
	call_rig_expect(rig, "0 A 180\n0 A 180\n0 A 200\n0 B CANCEL\n");
	/* The CANCEL is on its way. */
	replies(callee(rig, 0), 200);
	call_rig_expect(rig, "0 B ACK\n0 B BYE\n");
	assert_string_equal(peer_tag(&rig->b, "To"), rig->b.local_tag);
	peer_reply(&rig->b, 200);
	/* Silent so far: its 2xx comes before the CANCEL could be sent. */
	replies(callee(rig, 2), 200);
	call_rig_expect(rig, "0 D ACK\n0 D BYE\n");
	peer_reply(callee(rig, 2), 200);
	/* A repetition of a 2xx that lost is acknowledged, too; its dialog is over. */
	replies(callee(rig, 0), 200);
	call_rig_expect(rig, "0 B ACK\n");
	talk_and_hang_up(rig, callee(rig, 1), true);
}

/* Shows: 3261/16.7c */
static void a_6xx_ends_all(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	replies(callee(rig, 0), 180);
	replies(callee(rig, 1), 603);
	/* The third has not said a word: it is not waited for. */
	call_rig_expect(rig, "0 A 180\n0 B CANCEL\n0 C ACK\n");
	cancelled(callee(rig, 0));
	call_rig_expect(rig, "0 A 603\n0 B ACK\n");
	peer_ack(&rig->a, "");
	replies(callee(rig, 2), 180);
	call_rig_expect(rig, "0 D CANCEL\n");
	cancelled(callee(rig, 2));
	assert_counts(rig, 0, 1);
}

static void a_2xx_beats_a_6xx(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	replies(callee(rig, 0), 180);
	replies(callee(rig, 1), 603);
	answer(rig, callee(rig, 0));
	call_rig_expect(rig, "0 A 180\n0 B CANCEL\n0 C ACK\n0 A 200\n");
	talk_and_hang_up(rig, callee(rig, 0), true);
}

/* Shows: 3261/16.7d 3261/16.7l */
static void the_best_refusal_goes_back(void **state)
{
	static const struct {
		int statuses[3];
		int best;
	} cases[] = {
		{ { 486, 486, 486 }, 486 }, { { 503, 486, 500 }, 486 }, { { 500, 503, 503 }, 500 },
		{ { 503, 503, 503 }, 500 }, { { 404, 486, 415 }, 415 }, { { 480, 404, 487 }, 480 },
		{ { 500, 302, 404 }, 502 }, { { 408, 480, 408 }, 480 }, { { 404, 401, 486 }, 401 },
	};
	struct call_rig *rig = *state;
	char status[16];

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-%u", i);
		call_rig_route(rig, CFG_PARALLEL, NULL);
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		for (unsigned int j = 0; j < 3; j++)
			replies(callee(rig, j), cases[i].statuses[j]);
		snprintf(status, sizeof(status), "SIP/2.0 %d", cases[i].best);
		assert_memory_equal(rig->a.last, status, strlen(status));
		assert_string_not_equal(peer_tag(&rig->a, "To"), "");
		peer_ack(&rig->a, "");
	}
}

/* Shows: 3261/16.7m */
static void all_challenges_go_back(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	peer_reply_invite(callee(rig, 0), 401, "b", "WWW-Authenticate: Digest realm=\"b\"\r\n", "");
	peer_reply_invite(callee(rig, 1), 407, "c", "Proxy-Authenticate: Digest realm=\"c\"\r\n",
			  "");
	peer_reply_invite(callee(rig, 2), 404, "d", "", "");
	assert_memory_equal(rig->a.last, "SIP/2.0 401", 11);
	assert_non_null(strstr(rig->a.last, "\r\nWWW-Authenticate: Digest realm=\"b\"\r\n"));
	assert_non_null(strstr(rig->a.last, "\r\nProxy-Authenticate: Digest realm=\"c\"\r\n"));
	peer_ack(&rig->a, "");
}

static void failures_lead_to_the_next(void **state)
{
	struct call_rig *rig = *state;

	ring_one(rig);
	replies(callee(rig, 0), 503);
	/* The refusal is acknowledged before the next try. */
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	assert_non_null(call_rig_ladder(rig, "B: 503 Whatever"));
	assert_non_null(call_rig_ladder(rig, "C: tried"));
	replies(callee(rig, 1), 500);
	call_rig_expect(rig, "0 C ACK\n0 D INVITE\n");
	answer(rig, callee(rig, 2));
	assert_non_null(call_rig_ladder(rig, "D: answered"));
	talk_and_hang_up(rig, callee(rig, 2), false);
}

static void a_refusal_by_the_callee_does_not(void **state)
{
	struct call_rig *rig = *state;

	ring_one(rig);
	replies(callee(rig, 0), 503);
	replies(callee(rig, 1), 486);
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

static void unless_it_is_configured(void **state)
{
	static const int busy[] = { 486, 0 };
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, busy);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(callee(rig, 0), 486);
	replies(callee(rig, 1), 503);
	/* Of 486 and 503 the first is the better one, and it leads on. */
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n0 C ACK\n0 D INVITE\n");
	replies(callee(rig, 2), 404);
	call_rig_expect(rig, "0 A 486\n0 D ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/8.1.3.1a */
static void silence_leads_to_the_next(void **state)
{
	struct call_rig *rig = *state;

	ring_one(rig);
	call_rig_advance(rig, 33000);
	assert_memory_equal(callee(rig, 1)->last, "INVITE ", 7);
	assert_non_null(call_rig_ladder(rig, "B: no response from 127.0.0.1"));
	answer(rig, callee(rig, 1));
	talk_and_hang_up(rig, callee(rig, 1), true);
}

static void no_answer_leads_to_the_next(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->trunks[0].no_answer_ms = rig->trunks[1].no_answer_ms = 10000;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(callee(rig, 0), 180);
	call_rig_advance(rig, 10000);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n10000 B CANCEL\n10000 C INVITE\n");
	assert_non_null(strstr(rig->b.other, "\r\nReason: Q.850;cause=19"));
	assert_non_null(call_rig_ladder(rig, "B: no answer for 10 s"));
	cancelled(callee(rig, 0));
	replies(callee(rig, 1), 180);
	call_rig_expect(rig, "10000 B ACK\n10000 A 180\n");
	call_rig_advance(rig, 20000);
	call_rig_expect(rig, "20000 C CANCEL\n20000 D INVITE\n");
	/* The CANCEL crosses: who answers has the call. */
	answer(rig, callee(rig, 1));
	call_rig_expect(rig, "20000 A 200\n");
	replies(callee(rig, 2), 180);
	call_rig_expect(rig, "20000 D CANCEL\n");
	cancelled(callee(rig, 2));
	talk_and_hang_up(rig, callee(rig, 1), true);
}

static void nobody_answers(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	for (int i = 0; i < 3; i++)
		rig->trunks[i].no_answer_ms = 1000;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	for (int i = 0; i < 3; i++) {
		replies(callee(rig, i), 180);
		call_rig_advance(rig, 1000 * (i + 1));
	}
	assert_memory_equal(rig->a.last, "SIP/2.0 408", 11);
	peer_ack(&rig->a, "");
	/* The second one answers the CANCEL with a 200 after all that. */
	cancelled(callee(rig, 0));
	replies(callee(rig, 1), 200);
	assert_memory_equal(callee(rig, 1)->last, "BYE ", 4);
	peer_reply(callee(rig, 1), 200);
	cancelled(callee(rig, 2));
	call_rig_advance(rig, 4000);
	assert_counts(rig, 0, 1);
}

static void cancel_crosses_2xx_of_two(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	replies(callee(rig, 0), 180);
	replies(callee(rig, 1), 180);
	replies(callee(rig, 2), 180);
	peer_cancel(&rig->a, "Reason: SIP;cause=487\r\n");
	call_rig_expect(rig, "0 A 180\n0 A 180\n0 A 180\n0 A 200\n0 A 487\n"
			     "0 B CANCEL\n0 C CANCEL\n0 D CANCEL\n");
	peer_ack(&rig->a, "");
	replies(callee(rig, 1), 200);
	call_rig_expect(rig, "0 C ACK\n0 C BYE\n");
	peer_reply(callee(rig, 1), 200);
	replies(callee(rig, 2), 200);
	call_rig_expect(rig, "0 D ACK\n0 D BYE\n");
	peer_reply(callee(rig, 2), 200);
	cancelled(callee(rig, 0));
	call_rig_expect(rig, "0 B ACK\n");
	assert_counts(rig, 0, 0);
}

static void turns_and_weights(void **state)
{
	struct call_rig *rig = *state;
	unsigned int first[3] = { 0 };

	call_rig_route(rig, CFG_ROUND_ROBIN, NULL);
	for (unsigned int i = 0; i < 6; i++) {
		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "turn-%u", i);
		callee(rig, i % 3)->invite[0] = '\0';
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		assert_memory_equal(callee(rig, i % 3)->invite, "INVITE ", 7);
		replies(callee(rig, i % 3), 486);
		peer_ack(&rig->a, "");
	}
	call_rig_route(rig, CFG_WEIGHT, NULL);
	rig->trunks[0].weight = 30;
	rig->trunks[1].weight = 10;
	rig->trunks[2].weight = 1;
	for (unsigned int i = 0; i < 410; i++) {
		unsigned int who = 0;

		rig->journal_len = 0;
		for (unsigned int j = 0; j < 3; j++)
			callee(rig, j)->invite[0] = '\0';
		snprintf(rig->a.call_id, sizeof(rig->a.call_id), "weight-%u", i);
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		while (!callee(rig, who)->invite[0])
			assert_true(++who < 3);
		first[who]++;
		replies(callee(rig, who), 486);
		peer_ack(&rig->a, "");
	}
	/* 300, 100 and 10 are expected; a mistake of 5 standard deviations is none of chance. */
	assert_in_range(first[0], 255, 345);
	assert_in_range(first[1], 57, 143);
	assert_in_range(first[2], 1, 30);
}

static void a_callee_who_leaves_early_takes_nobody_with_him(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	replies(callee(rig, 0), 180);
	replies(callee(rig, 1), 180);
	peer_learn(callee(rig, 0));
	snprintf(rig->b.remote_tag, sizeof(rig->b.remote_tag), "%s", peer_tag(&rig->b, "From"));
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A 180\n0 A 180\n0 B 200\n0 B CANCEL\n");
	replies(callee(rig, 0), 487);
	answer(rig, callee(rig, 1));
	talk_and_hang_up(rig, callee(rig, 1), true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_branch_is_another_dialog),
		TEST(the_first_2xx_wins),
		TEST(two_2xx_cross),
		TEST(a_6xx_ends_all),
		TEST(a_2xx_beats_a_6xx),
		TEST(the_best_refusal_goes_back),
		TEST(all_challenges_go_back),
		TEST(failures_lead_to_the_next),
		TEST(a_refusal_by_the_callee_does_not),
		TEST(unless_it_is_configured),
		TEST(silence_leads_to_the_next),
		TEST(no_answer_leads_to_the_next),
		TEST(nobody_answers),
		TEST(cancel_crosses_2xx_of_two),
		TEST(turns_and_weights),
		TEST(a_callee_who_leaves_early_takes_nobody_with_him),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
