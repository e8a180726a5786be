// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose media is relayed while several are called, and when one of them answers. */
#include <stdio.h>

#include "call_media_fixture.h"

#define PER_FORK 32 /* endpoint IDs of one branch */
enum { A_RTP = 1, B_RTP = 3 };

/* SDP of a callee at an address of its own. */
static const char *sdp_of(unsigned int index)
{
	static char text[256];

	snprintf(text, sizeof(text),
		 "v=0\r\no=- 1 1 IN IP4 192.0.2.%u\r\ns=-\r\nc=IN IP4 192.0.2.%u\r\nt=0 0\r\n"
		 "m=audio %u RTP/AVP 0\r\n",
		 20 + index, 20 + index, 5000 + 2 * index);
	return text;
}

static void replies(struct call_rig *rig, unsigned int index, int status)
{
	struct call_peer *peer = call_rig_callee(rig, index);

	peer_reply_invite(peer, status, peer->local_tag, "",
			  status == 200 || status == 183 ? sdp_of(index) : "");
}

/* The caller hears that one and nobody else. */
static void assert_heard(unsigned int index)
{
	struct sf_session *session = fake_only();
	const struct sf_endpoint *b = fake_endpoint_of(session, B_RTP + index * PER_FORK);
	char text[INET_ADDRSTRLEN], expected[INET_ADDRSTRLEN];

	assert_int_equal(session->nendpoints, 4);
	assert_non_null(b);
	snprintf(expected, sizeof(expected), "192.0.2.%u", 20 + index);
	inet_ntop(AF_INET, &b->remote.v4, text, sizeof(text));
	assert_string_equal(text, expected);
	assert_int_equal(ntohs(b->remote.port), 5000 + 2 * index);
	assert_int_equal(b->forwards[0].to, A_RTP);
	assert_int_equal(fake_endpoint_of(session, A_RTP)->forwards[0].to, b->id);
}

static void ring(struct call_rig *rig, enum cfg_strategy strategy)
{
	call_rig_route(rig, strategy, NULL);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
}

static void hang_up(struct call_rig *rig, unsigned int winner)
{
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_heard(winner);
	assert_ports(rig, 2, 2);
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(call_rig_callee(rig, winner), 200);
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

static bool has_sdp(const struct call_peer *peer)
{
	return strstr(peer->last, "\r\nm=audio ");
}

static void each_is_offered_another_port(void **state)
{
	struct call_rig *rig = *state;
	const char *ports[3];

	ring(rig, CFG_PARALLEL);
	for (unsigned int i = 0; i < 3; i++) {
		ports[i] = strstr(call_rig_callee(rig, i)->last, "\r\nm=audio ");
		assert_non_null(ports[i]);
		for (unsigned int j = 0; j < i; j++)
			assert_memory_not_equal(ports[i], ports[j], 15);
	}
	assert_ports(rig, 2, 6);
	replies(rig, 2, 200);
	hang_up(rig, 2);
}

static void early_media_of_one_only(void **state)
{
	struct call_rig *rig = *state;

	ring(rig, CFG_PARALLEL);
	replies(rig, 1, 183);
	assert_true(has_sdp(&rig->a));
	assert_heard(1);
	replies(rig, 2, 183);
	assert_false(has_sdp(&rig->a));
	assert_memory_equal(rig->a.last, "SIP/2.0 183", 11);
	assert_heard(1);
	assert_non_null(call_rig_ladder(rig, "D: early media not heard"));
	/* Once more, by the one that is heard. */
	replies(rig, 1, 183);
	assert_heard(1);
	replies(rig, 0, 200);
	assert_true(has_sdp(&rig->a));
	hang_up(rig, 0);
}

/* As many dialogs of one callee as there is room for, all ringing. */
static void fill_dialogs(struct call_peer *peer)
{
	char tag[16];

	for (int i = 0; i < 16; i++) {
		snprintf(tag, sizeof(tag), "b%d", i);
		peer_reply_invite(peer, 180, tag, "", "");
	}
}

static void who_is_heard_makes_room(void **state)
{
	struct call_rig *rig = *state;

	ring(rig, CFG_PARALLEL);
	fill_dialogs(&rig->b);
	replies(rig, 1, 183);
	assert_heard(1);
	peer_reply_invite(&rig->b, 200, "one-more", "", sdp_of(0));
	assert_true(has_sdp(&rig->a));
	hang_up(rig, 0);
}

static void who_is_heard_makes_room_for_another_of_his_own(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	fill_dialogs(&rig->b);
	peer_reply_invite(&rig->b, 183, "b7", "", sdp_of(1));
	assert_true(has_sdp(&rig->a));
	peer_reply_invite(&rig->b, 200, "one-more", "", sdp_of(0));
	assert_true(has_sdp(&rig->a));
	hang_up(rig, 0);
}

static void who_is_heard_fails(void **state)
{
	struct call_rig *rig = *state;

	ring(rig, CFG_PARALLEL);
	replies(rig, 1, 183);
	replies(rig, 1, 486);
	/* Somebody else may be heard now. */
	assert_ports(rig, 2, 4);
	replies(rig, 2, 183);
	assert_true(has_sdp(&rig->a));
	assert_heard(2);
	replies(rig, 2, 200);
	hang_up(rig, 2);
}

static void one_after_the_other(void **state)
{
	struct call_rig *rig = *state;

	ring(rig, CFG_PRIORITY);
	replies(rig, 0, 183);
	assert_heard(0);
	replies(rig, 0, 503);
	assert_ports(rig, 2, 2);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_non_null(fake_endpoint_of(fake_only(), B_RTP + PER_FORK));
	replies(rig, 1, 183);
	assert_heard(1);
	replies(rig, 1, 200);
	hang_up(rig, 1);
}

/* Its ports wait for who was given up, and may answer all the same. */
static void given_up_but_answers(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->trunks[0].no_answer_ms = 1000;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(rig, 0, 180);
	call_rig_advance(rig, 1000);
	assert_ports(rig, 2, 4);
	replies(rig, 1, 183);
	assert_heard(1);
	replies(rig, 0, 200);
	assert_true(has_sdp(&rig->a));
	hang_up(rig, 0);
}

static void no_port_for_the_second(void **state)
{
	struct call_rig *rig = *state;
	struct media_realm *core = rig->engine->realms[1].media;
	struct media_realm *const realms[2] = { core, core };
	struct media_call *hog[17];
	struct sdp_error error;
	struct sdp_edit edit;
	struct host any = { .family = AF_UNSPEC };
	unsigned int used, total, n = 0;
	struct sdp sdp;

	assert_int_equal(sdp_parse(&sdp, VIEW_LIT(CALL_RIG_SDP), &error), 0);
	for (media_realm_ports(core, &used, &total); total - used > 4;
	     media_realm_ports(core, &used, &total)) {
		hog[n] = media_call_alloc(rig->engine->media, realms, NULL);
		assert_int_equal(media_offer(hog[n++], MEDIA_A, &sdp, any, any, &edit), 0);
	}
	/* Two pairs are left: for the first two. */
	ring(rig, CFG_PARALLEL);
	assert_int_equal(rig->more[1].last[0], '\0');
	replies(rig, 0, 486);
	replies(rig, 1, 486);
	assert_int_equal(rig->a.invite_status, 486);
	peer_ack(&rig->a, "");
	while (n)
		media_call_free(hog[--n], NULL);
}

static void the_offer_comes_with_the_answer(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", "", "");
	assert_int_equal(fake_count(), 0);
	replies(rig, 1, 200);
	assert_true(has_sdp(&rig->a));
	peer_learn(&rig->a);
	peer_ack(&rig->a, CALL_RIG_SDP);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports(rig, 2, 2);
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(call_rig_callee(rig, 1), 200);
	assert_int_equal(fake_count(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_is_offered_another_port),
		TEST(early_media_of_one_only),
		TEST(who_is_heard_makes_room),
		TEST(who_is_heard_makes_room_for_another_of_his_own),
		TEST(who_is_heard_fails),
		TEST(one_after_the_other),
		TEST(given_up_but_answers),
		TEST(no_port_for_the_second),
		TEST(the_offer_comes_with_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
