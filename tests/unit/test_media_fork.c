// SPDX-License-Identifier: GPL-2.0-or-later
/* One offer, several branches: each has ports of its own, one is relayed. */
#include "media_fixture.h"

#define C_PEER "198.51.100.88"
#define PER_FORK 32 /* endpoint IDs of one branch */

static void offer_audio(void)
{
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(fx.edit.media[0].port, 30000);
}

static int fork_offer(unsigned int number, const char *to)
{
	read_sdp(TEXT(A_PEER, AUDIO(4000)));
	return media_fork(fx.call, number, fx.realms[MEDIA_B], &fx.sdp, address(to), &fx.edit);
}

static int answer_of(unsigned int number, const char *peer, const char *text)
{
	read_sdp(text);
	media_fork_choose(fx.call, number);
	return media_answer(fx.call, MEDIA_B, &fx.sdp, address(peer), &fx.edit);
}

static void assert_relayed(unsigned int number, uint16_t port, const char *peer, uint16_t peer_port)
{
	const struct sf_session *session = fake_only();
	uint32_t b = B_RTP + number * PER_FORK;

	assert_int_equal(session->nendpoints, 4);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20000);
	assert_int_equal(endpoint(A_RTP)->forwards[0].to, b);
	assert_int_equal(endpoint(A_RTCP)->forwards[0].to, b + 1);
	assert_int_equal(endpoint(b)->forwards[0].to, A_RTP);
	assert_int_equal(endpoint(b + 1)->forwards[0].to, A_RTCP);
	assert_endpoint(&endpoint(b)->local, B_REALM, port);
	assert_endpoint(&endpoint(b + 1)->local, B_REALM, port + 1);
	if (peer_port)
		assert_endpoint(&endpoint(b)->remote, peer, peer_port);
}

static void each_has_ports_of_its_own(void **state)
{
	(void)state;
	open_all(8);
	offer_audio();
	assert_int_equal(fork_offer(1, C_PEER), 0);
	assert_int_equal(fx.edit.media[0].port, 30002);
	assert_int_equal(fx.edit.media[0].rtcp_port, 30003);
	assert_int_equal(fork_offer(2, C_PEER), 0);
	assert_int_equal(fx.edit.media[0].port, 30004);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 6);
	/* The module knows of the first one only. */
	assert_int_equal(fake.sets, 0);
	assert_relayed(0, 30000, NULL, 0);
	media_fork_drop(fx.call, 1);
	assert_ports_used(MEDIA_B, 4);
	media_fork_drop(fx.call, 1);
	media_rollback(fx.call);
	assert_ports_used(MEDIA_A, 0);
	assert_ports_used(MEDIA_B, 0);
	assert_int_equal(fake_count(), 0);
}

static void who_answers_is_relayed(void **state)
{
	(void)state;
	for (unsigned int winner = 0; winner < 3; winner++) {
		if (winner) {
			media_call_free(fx.call, NULL);
			fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
		} else {
			open_all(16);
		}
		assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
		assert_int_equal(fork_offer(1, C_PEER), 0);
		assert_int_equal(fork_offer(2, C_PEER), 0);
		assert_int_equal(answer_of(winner, C_PEER, TEXT(C_PEER, AUDIO(5002))), 0);
		media_commit(fx.call);
		assert_ports_used(MEDIA_A, 2);
		assert_ports_used(MEDIA_B, 2);
		assert_int_equal(fake_only()->nendpoints, 4);
		assert_int_equal(endpoint(A_RTP)->forwards[0].to, B_RTP + winner * PER_FORK);
		assert_endpoint(&endpoint(B_RTP + winner * PER_FORK)->remote, C_PEER, 5002);
		/* A re-offer changes the same endpoints. */
		assert_int_equal(offer(MEDIA_B, TEXT(C_PEER, AUDIO(5004))), 0);
		assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, AUDIO(4002))), 0);
		media_commit(fx.call);
		assert_int_equal(fake_only()->nendpoints, 4);
		assert_endpoint(&endpoint(B_RTP + winner * PER_FORK)->remote, C_PEER, 5004);
		assert_ports_used(MEDIA_B, 2);
	}
}

static void early_media_then_another_answers(void **state)
{
	(void)state;
	open_all(8);
	offer_audio();
	assert_int_equal(fork_offer(1, C_PEER), 0);
	assert_int_equal(answer_of(1, C_PEER, TEXT(C_PEER, AUDIO(5002))), 0);
	assert_relayed(1, 30002, C_PEER, 5002);
	assert_int_equal(answer_of(0, B_PEER, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_relayed(0, 30000, B_PEER, 5000);
	media_commit(fx.call);
	assert_ports_used(MEDIA_B, 2);
	/* In one request each, so that nothing is heard twice or not at all. */
	assert_int_equal(fake.adds, 1);
	assert_int_equal(fake.sets, 2);
	assert_int_equal(fake.dels, 0);
}

static void one_after_the_other(void **state)
{
	(void)state;
	open_all(8);
	offer_audio();
	assert_int_equal(answer_of(0, B_PEER, TEXT(B_PEER, AUDIO(5000))), 0);
	/* Its announcement is over, it refuses; the next one is tried. */
	assert_int_equal(fork_offer(1, C_PEER), 0);
	media_fork_show(fx.call, 1);
	media_fork_drop(fx.call, 0);
	assert_relayed(1, 30002, NULL, 0);
	assert_false(endpoint(B_RTP + PER_FORK)->has & SF_HAS_REMOTE);
	assert_ports_used(MEDIA_B, 2);
	/* Without an answer the offer is as if it had not been. */
	media_commit(fx.call);
	assert_int_equal(fake_count(), 0);
	assert_ports_used(MEDIA_B, 0);
}

static void the_module_refuses(void **state)
{
	(void)state;
	open_all(8);
	offer_audio();
	assert_int_equal(fork_offer(1, C_PEER), 0);
	fake.refuse = -ENOMEM;
	media_fork_show(fx.call, 1);
	/* The first one is there still, and so are its ports. */
	media_fork_drop(fx.call, 0);
	assert_relayed(0, 30000, NULL, 0);
	assert_ports_used(MEDIA_B, 4);
	fake.refuse = -ENOMEM;
	assert_int_equal(answer_of(1, C_PEER, TEXT(C_PEER, AUDIO(5002))), -EIO);
	assert_int_equal(answer_of(1, C_PEER, TEXT(C_PEER, AUDIO(5002))), 0);
	assert_relayed(1, 30002, C_PEER, 5002);
	media_commit(fx.call);
	assert_ports_used(MEDIA_B, 2);
}

static void too_many_streams_for_one_request(void **state)
{
	static const char many[] = TEXT(A_PEER, AUDIO(4000) AUDIO(4002) AUDIO(4004) AUDIO(4006)
							AUDIO(4008) AUDIO(4010));
	uint64_t id;

	(void)state;
	open_all(16);
	assert_int_equal(offer(MEDIA_A, many), 0);
	id = fake_only()->id;
	read_sdp(many);
	assert_int_equal(
		media_fork(fx.call, 1, fx.realms[MEDIA_B], &fx.sdp, address(C_PEER), &fx.edit), 0);
	assert_int_equal(answer_of(1, C_PEER, many), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 24);
	assert_int_not_equal(fake_only()->id, id);
	assert_ports_used(MEDIA_B, 12);
}

static void no_port_is_left(void **state)
{
	(void)state;
	open_all(1);
	offer_audio();
	assert_int_equal(fork_offer(1, C_PEER), -ENOSPC);
	assert_int_equal(answer_of(0, B_PEER, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fork_offer(1, C_PEER), -EPROTO);
}

/* Its ports, address and all else are those of the realm that it is reached from. */
static void in_another_realm(void **state)
{
	(void)state;
	open_all(8);
	offer_audio();
	read_sdp(TEXT(A_PEER, AUDIO(4000)));
	assert_int_equal(
		media_fork(fx.call, 1, fx.realms[MEDIA_A], &fx.sdp, address(C_PEER), &fx.edit), 0);
	assert_int_equal(fx.edit.media[0].port, 20002);
	assert_host(&fx.edit.address, "203.0.113.1");
	assert_ports_used(MEDIA_A, 4);
	assert_int_equal(answer_of(1, C_PEER, TEXT(C_PEER, AUDIO(5002))), 0);
	media_commit(fx.call);
	assert_ports_used(MEDIA_A, 4);
	assert_ports_used(MEDIA_B, 0);
	assert_endpoint(&endpoint(B_RTP + PER_FORK)->local, A_REALM, 20002);
	assert_int_equal(endpoint(B_RTP + PER_FORK)->learn, SIPFAST_LEARN_ONCE);
	/* In a re-offer as well. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) AUDIO(4002))), 0);
	assert_int_equal(fx.edit.media[1].port, 20006);
	media_rollback(fx.call);
	assert_ports_used(MEDIA_A, 4);
}

static void learned_before_the_answer(void **state)
{
	const struct media_realm_config config = {
		.name = "core",
		.address = address(B_REALM),
		.port_min = 30000,
		.port_max = 30019,
		.learn = MEDIA_LEARN_ONCE,
	};

	(void)state;
	assert_int_equal(open_media(true), 0);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20019), 0);
	assert_int_equal(media_realm_add(fx.media, &config, &fx.realms[MEDIA_B]), 0);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	offer_audio();
	assert_int_equal(fork_offer(1, C_PEER), 0);
	fake_learn(fake_only()->id, B_RTP, B_PEER, 6000);
	deliver();
	/* What the first one was heard from is not where the second one is. */
	assert_int_equal(answer_of(1, C_PEER, TEXT(C_PEER, AUDIO(5002))), 0);
	assert_relayed(1, 30002, C_PEER, 5002);
	media_commit(fx.call);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_has_ports_of_its_own),
		TEST(who_answers_is_relayed),
		TEST(early_media_then_another_answers),
		TEST(one_after_the_other),
		TEST(the_module_refuses),
		TEST(too_many_streams_for_one_request),
		TEST(no_port_is_left),
		TEST(in_another_realm),
		TEST(learned_before_the_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
