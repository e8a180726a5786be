// SPDX-License-Identifier: GPL-2.0-or-later
/* From the first offer on the offerer can receive (RFC 3264 s.5.1). */
#include "media_fixture.h"
#include "media_private.h"

#define B_INSIDE "10.0.2.9" /* what a callee behind NAT knows of itself */
#define VIDEO(port) "m=video " #port " RTP/AVP 31\r\n"

/* As open_all(), but realm B learns, too. */
static void open_learning(void)
{
	const struct media_realm_config config = {
		.name = "core",
		.address = address(B_REALM),
		.port_min = 30000,
		.port_max = 30019,
		.learn = MEDIA_LEARN_ONCE,
	};

	assert_int_equal(open_media(true), 0);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20019), 0);
	assert_int_equal(media_realm_add(fx.media, &config, &fx.realms[MEDIA_B]), 0);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	assert_non_null(fx.call);
}

static void offer_audio(void)
{
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
}

/* Packets of the callee's come from there before the answer. */
static void early_media(uint32_t id, uint16_t port)
{
	fake_learn(fake_only()->id, id, B_PEER, port);
	endpoint(id)->rx.packets = 5;
	deliver();
}

static void the_offerer_can_receive(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	assert_int_equal(fake.adds, 1);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_int_equal(fake_only()->timeout_ms, 0);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20000);
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4000);
	assert_endpoint(&endpoint(A_RTCP)->remote, A_PEER, 4001);
	assert_endpoint(&endpoint(B_RTP)->local, B_REALM, 30000);
	for (uint32_t id = A_RTP; id <= B_RTCP; id++) {
		struct sf_endpoint *ep = endpoint(id);
		bool is_a = id <= A_RTCP;

		assert_int_equal(!!(ep->has & SF_HAS_REMOTE), is_a);
		assert_int_equal(ep->learn, SIPFAST_LEARN_ONCE);
		assert_int_equal(ep->learn_addr.v4.s_addr, inet_addr(is_a ? A_SIGNALLING : B_PEER));
		assert_int_equal(ep->learn_prefix, 32);
		assert_int_equal(ep->source, SIPFAST_SOURCE_STRICT);
		assert_int_equal(ep->nforwards, 1);
		assert_int_equal(ep->forwards[0].to, is_a ? id + 2 : id - 2);
	}
}

static void the_answer_says_the_rest_at_once(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	assert_int_equal(answer(MEDIA_B, TEXT("198.18.0.1", AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake.adds, 1);
	assert_int_equal(fake.sets, 1);
	assert_int_equal(fake.gets, 0);
	/* The caller's side stays as it is, so that what was learned there stays. */
	assert_int_equal(fake.request.nendpoints, 2);
	assert_int_equal(fake.request.endpoints[0].id, B_RTP);
	assert_int_equal(fake.request.endpoints[0].has, SF_HAS_REMOTE | SF_HAS_LEARN_FROM);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
	assert_endpoint(&endpoint(B_RTP)->remote, "198.18.0.1", 5000);
	assert_endpoint(&endpoint(B_RTCP)->remote, "198.18.0.1", 5001);
	assert_int_equal(endpoint(B_RTP)->learn_addr.v4.s_addr, inet_addr("198.18.0.1"));
}

static void nothing_is_learned_where_that_is_off(void **state)
{
	(void)state;
	open_all(10);
	offer_audio();
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_int_equal(endpoint(A_RTP)->learn, SIPFAST_LEARN_ONCE);
	for (uint32_t id = B_RTP; id <= B_RTCP; id++) {
		assert_int_equal(endpoint(id)->learn, SIPFAST_LEARN_OFF);
		assert_int_equal(endpoint(id)->source, SIPFAST_SOURCE_STRICT);
		assert_false(endpoint(id)->has & SF_HAS_REMOTE);
	}
}

static void nothing_is_learned_from_an_unknown_address(void **state)
{
	(void)state;
	open_learning();
	read_sdp(TEXT(A_PEER, AUDIO(4000)));
	assert_int_equal(media_offer(fx.call, MEDIA_A, &fx.sdp, address(A_SIGNALLING),
				     address("0.0.0.0"), &fx.edit),
			 0);
	assert_int_equal(endpoint(B_RTP)->learn, SIPFAST_LEARN_OFF);
	assert_int_equal(endpoint(B_RTP)->learn_prefix, 0);
}

static void a_late_offer_learns_from_a(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_int_equal(fake_only()->timeout_ms, 0);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	assert_false(endpoint(A_RTP)->has & SF_HAS_REMOTE);
	assert_int_equal(endpoint(A_RTP)->learn, SIPFAST_LEARN_ONCE);
	assert_int_equal(endpoint(A_RTP)->learn_addr.v4.s_addr, inet_addr(A_SIGNALLING));
	assert_int_equal(endpoint(A_RTP)->learn_prefix, 32);
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	deliver();
	assert_string_equal(fx.learned, "audio A 203.0.113.50:61000");
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	media_commit(fx.call);
	assert_endpoint(&endpoint(A_RTP)->remote, A_SIGNALLING, 61000);
	assert_endpoint(&endpoint(A_RTCP)->remote, A_PEER, 4001);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
}

static void the_answer_confirms_what_was_learned(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	early_media(B_RTP, 5000);
	assert_string_equal(fx.learned, "audio B 198.51.100.77:5000");
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake.sets, 1);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	/* From where the packets come it goes on to be taken. */
	assert_int_equal(endpoint(B_RTP)->learn, SIPFAST_LEARN_ONCE);
	assert_int_equal(endpoint(B_RTP)->learn_addr.v4.s_addr, inet_addr(B_PEER));
	assert_int_equal(endpoint(B_RTP)->rx.packets, 5);
}

static void a_callee_behind_nat_is_not_cut_off(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	early_media(B_RTP, 61000);
	assert_int_equal(answer(MEDIA_B, TEXT(B_INSIDE, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 61000);
	assert_endpoint(&endpoint(B_RTCP)->remote, B_INSIDE, 5001);
	assert_int_equal(endpoint(B_RTP)->learn_addr.v4.s_addr, inet_addr(B_PEER));
	/* Given, it is not the last word: another branch may have sent that. */
	assert_false(endpoint(B_RTP)->learned);
	/* The same again, as after a provisional response, changes nothing. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_INSIDE, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake.sets, 1);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 61000);
}

static void the_answer_is_right_about_an_address_that_can_be_reached(void **state)
{
	static const char *const hosts[] = { B_PEER, "198.18.0.1" };

	(void)state;
	open_learning();
	for (unsigned int i = 0; i < 2; i++) {
		char text[256];

		offer_audio();
		early_media(B_RTP, 61000);
		snprintf(text, sizeof(text),
			 "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nc=IN IP4 %s\r\n" AUDIO(5000), hosts[i]);
		assert_int_equal(answer(MEDIA_B, text), 0);
		assert_endpoint(&endpoint(B_RTP)->remote, hosts[i], 5000);
		assert_int_equal(endpoint(B_RTP)->learn_addr.v4.s_addr, inet_addr(hosts[i]));
		media_rollback(fx.call);
	}
}

static void a_held_answer_leaves_what_was_learned(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	early_media(B_RTP, 61000);
	assert_int_equal(answer(MEDIA_B, TEXT("0.0.0.0", AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 61000);
	assert_true(endpoint(B_RTP)->learned);
	assert_int_equal(fake_only()->timeout_ms, 0);
}

static void what_the_answer_rejects_goes(void **state)
{
	(void)state;
	open_learning();
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "a=rtcp-mux\r\n" VIDEO(4002))), 0);
	assert_int_equal(fake_only()->nendpoints, 6);
	early_media(5 + 2, 61000);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000) VIDEO(0))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_int_equal(endpoint(B_RTP)->component, SIPFAST_COMPONENT_RTP);
	assert_ports_used(MEDIA_A, 2);
}

static void a_refused_offer_leaves_nothing(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	early_media(B_RTP, 5000);
	media_rollback(fx.call);
	assert_int_equal(fake_count(), 0);
	assert_ports_used(MEDIA_A, 0);
	/* Completed without an answer, it was refused. */
	offer_audio();
	assert_int_equal(fake_count(), 1);
	media_commit(fx.call);
	assert_int_equal(fake_count(), 0);
	assert_ports_used(MEDIA_B, 0);
	establish();
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
}

static void a_call_ends_before_its_answer(void **state)
{
	struct media_stats stats = { .nstreams = 9 };

	(void)state;
	open_learning();
	offer_audio();
	assert_int_equal(media_call_stats(fx.call, &stats), -ENOENT);
	media_call_free(fx.call, &stats);
	assert_int_equal(fake_count(), 0);
	assert_int_equal(stats.nstreams, 0);
	assert_ports_used(MEDIA_A, 0);

	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	offer_audio();
	early_media(B_RTP, 5000);
	assert_int_equal(media_call_stats(fx.call, &stats), 0);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_B], 5);
	memset(&stats, 0, sizeof(stats));
	media_call_free(fx.call, &stats);
	fx.call = NULL;
	assert_int_equal(fake_count(), 0);
	assert_int_equal(stats.nstreams, 1);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_B], 5);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 0);
	assert_socket(&stats.streams[0].remote[MEDIA_B], B_PEER, 5000);
	assert_ports_used(MEDIA_B, 0);
}

static void a_session_refused_at_the_offer_comes_with_the_answer(void **state)
{
	(void)state;
	open_learning();
	fake.refuse = -ENOMEM;
	offer_audio();
	assert_int_equal(fx.edit.media[0].port, 30000);
	assert_int_equal(fake_count(), 0);
	fake.refuse = -ENOMEM;
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EIO);
	assert_int_equal(fake_count(), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake.adds, 1);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
}

static void a_session_gone_before_the_answer_is_added_again(void **state)
{
	(void)state;
	open_learning();
	offer_audio();
	early_media(B_RTP, 61000);
	fake_timeout(fake_only()->id, false);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake.adds, 2);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
}

static void a_session_that_cannot_be_deleted_is_an_orphan(void **state)
{
	uint64_t id;

	(void)state;
	open_learning();
	offer_audio();
	id = fake_only()->id;
	fake.refuse = -ENOBUFS;
	media_rollback(fx.call);
	assert_int_equal(media_orphan_count(fx.media), 1);
	assert_ports_used(MEDIA_A, 2);
	/* The call is free to begin anew. */
	establish();
	assert_int_equal(fake_count(), 2);
	assert_int_not_equal(fake.request.id, id);
	assert_int_equal(media_orphan_clear(fx.media), 1);
	assert_ports_used(MEDIA_A, 2);
}

static void a_reoffer_waits_for_its_answer(void **state)
{
	(void)state;
	open_learning();
	establish();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(6000) VIDEO(6002))), 0);
	assert_int_equal(fake.sets, 1);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
	media_rollback(fx.call);
	assert_int_equal(fake.sets, 1);
	/* Likewise when there is nothing left in the kernel. */
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(0)), TEXT(B_PEER, AUDIO(0)));
	offer_audio();
	assert_int_equal(fake_count(), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_offerer_can_receive),
		TEST(the_answer_says_the_rest_at_once),
		TEST(nothing_is_learned_where_that_is_off),
		TEST(nothing_is_learned_from_an_unknown_address),
		TEST(a_late_offer_learns_from_a),
		TEST(the_answer_confirms_what_was_learned),
		TEST(a_callee_behind_nat_is_not_cut_off),
		TEST(the_answer_is_right_about_an_address_that_can_be_reached),
		TEST(a_held_answer_leaves_what_was_learned),
		TEST(what_the_answer_rejects_goes),
		TEST(a_refused_offer_leaves_nothing),
		TEST(a_call_ends_before_its_answer),
		TEST(a_session_refused_at_the_offer_comes_with_the_answer),
		TEST(a_session_gone_before_the_answer_is_added_again),
		TEST(a_session_that_cannot_be_deleted_is_an_orphan),
		TEST(a_reoffer_waits_for_its_answer),
	};

	return cmocka_run_group_tests_name("media_early", tests, NULL, NULL);
}
