// SPDX-License-Identifier: GPL-2.0-or-later
/* Offers in a call: hold, streams that come and go, and refusals. */
#include "media_fixture.h"

/* Shows: 3264/8.4a 3264/8b 6337/5.3a */
static void hold_and_resume(void **state)
{
	(void)state;
	open_all(10);
	establish();
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "a=sendonly\r\n"),
		 TEXT(B_PEER, AUDIO(5000) "a=recvonly\r\n"));
	assert_int_equal(fx.edit.media[0].port, 20000);
	assert_int_equal(fx.edit.origin_version, 2);
	assert_int_equal(fake.sets, 2);
	assert_int_equal(fake.request.nendpoints, 0);
	assert_int_equal(fake_only()->timeout_ms, 0);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	assert_int_equal(fake.sets, 3);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
	assert_endpoint(&endpoint(A_RTP)->remote, A_SIGNALLING, 61000);
	assert_true(endpoint(A_RTP)->learned);
}

/* Shows: 6337/5.4a */
static void hold_by_address_zero(void **state)
{
	(void)state;
	open_all(10);
	establish();
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	exchange(MEDIA_B, TEXT("0.0.0.0", AUDIO(5000)), TEXT(A_PEER, AUDIO(4000)));
	assert_int_equal(fake_only()->timeout_ms, 0);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	exchange(MEDIA_B, TEXT("198.51.100.78", AUDIO(5002)), TEXT(A_PEER, AUDIO(4000)));
	assert_endpoint(&endpoint(B_RTP)->remote, "198.51.100.78", 5002);
	assert_endpoint(&endpoint(B_RTCP)->remote, "198.51.100.78", 5003);
	assert_endpoint(&endpoint(A_RTP)->remote, A_SIGNALLING, 61000);
	assert_int_equal(fake_only()->timeout_ms, TIMEOUT_MS);
}

static void held_from_the_beginning(void **state)
{
	(void)state;
	open_all(10);
	exchange(MEDIA_A, TEXT("0.0.0.0", AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	assert_false(endpoint(A_RTP)->has & SF_HAS_REMOTE);
	assert_int_equal(endpoint(A_RTP)->learn_addr.v4.s_addr, inet_addr(A_SIGNALLING));
	assert_int_equal(fake_only()->timeout_ms, 0);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4000);
}

static void hold_keeps_who_may_be_learned(void **state)
{
	(void)state;
	open_all(10);
	exchange(MEDIA_A, TEXT("198.18.0.1", AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	exchange(MEDIA_A, TEXT("0.0.0.0", AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	assert_int_equal(fake.request.nendpoints, 0);
	assert_int_equal(endpoint(A_RTP)->learn_addr.v4.s_addr, inet_addr("198.18.0.1"));
}

static void nothing_is_kept_of_a_stream_that_ended(void **state)
{
	(void)state;
	open_all(10);
	establish();
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(0)), TEXT(B_PEER, AUDIO(0)));
	exchange(MEDIA_A, TEXT("0.0.0.0", AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	assert_false(endpoint(A_RTP)->has & SF_HAS_REMOTE);
}

/* Shows: 3261/14.2c */
static void a_side_moves_and_changes_its_codec(void **state)
{
	(void)state;
	open_all(10);
	establish();
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	exchange(MEDIA_A, TEXT("198.18.0.1", AUDIO(4000)),
		 TEXT(B_PEER, "m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"));
	assert_int_equal(fake.sets, 2);
	assert_endpoint(&endpoint(A_RTP)->remote, "198.18.0.1", 4000);
	assert_false(endpoint(A_RTP)->learned);
	assert_int_equal(endpoint(A_RTP)->learn_addr.v4.s_addr, inet_addr("198.18.0.1"));
	for (uint32_t id = A_RTP; id <= B_RTCP; id++)
		assert_int_equal(endpoint(id)->clock_rate, 48000);
}

/* Shows: 3261/14.1c 3264/8a */
static void a_refused_offer_leaves_all_as_it_was(void **state)
{
	(void)state;
	open_all(10);
	establish();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(6000) "m=video 6002 RTP/AVP 31\r\n")),
			 0);
	assert_int_equal(fx.edit.media[1].port, 20002);
	assert_ports_used(MEDIA_A, 4);
	media_rollback(fx.call);
	assert_ports_used(MEDIA_A, 2);
	assert_int_equal(fake.sets, 1);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);

	/* Refused after an early answer has been programmed. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 4002 RTP/AVP 31\r\n")),
			 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(6000) "m=video 6002 RTP/AVP 31\r\n")),
			 0);
	assert_int_equal(fake_only()->nendpoints, 8);
	media_rollback(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	assert_ports_used(MEDIA_B, 2);
}

/* Shows: 3261/14.2c 3264/8.1a 3264/8.2a */
static void a_stream_is_added_and_removed(void **state)
{
	(void)state;
	open_all(10);
	establish();
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 4002 RTP/AVP 31\r\n"),
		 TEXT(B_PEER, AUDIO(5000) "m=video 5002 RTP/AVP 31\r\n"));
	assert_int_equal(fx.edit.media[0].port, 20000);
	assert_int_equal(fx.edit.media[1].port, 20002);
	assert_int_equal(fake_only()->nendpoints, 8);
	assert_int_equal(fake.request.nendpoints, 4);
	assert_endpoint(&endpoint(5)->local, A_REALM, 20002);
	assert_int_equal(endpoint(5)->clock_rate, 90000);
	assert_ports_used(MEDIA_A, 4);

	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(5000) "m=video 0 RTP/AVP 31\r\n")), 0);
	assert_int_equal(fx.edit.media[1].port, 0);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 0 RTP/AVP 31\r\n")), 0);
	assert_int_equal(fx.edit.media[0].port, 30000);
	assert_int_equal(fx.edit.media[1].port, 0);
	assert_int_equal(fake_only()->nendpoints, 4);
	/* Until it is sure, the ports are kept. */
	assert_ports_used(MEDIA_A, 4);
	media_commit(fx.call);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);
}

static void an_answer_rejects_a_stream(void **state)
{
	(void)state;
	open_all(10);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 4002 RTP/AVP 31\r\n"),
		 TEXT(B_PEER, AUDIO(5000) "m=video 0 RTP/AVP 31\r\n"));
	assert_int_equal(fx.edit.media[0].port, 20000);
	assert_int_equal(fx.edit.media[1].port, 0);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports_used(MEDIA_A, 2);
}

static void all_streams_end_and_one_comes_back(void **state)
{
	(void)state;
	open_all(10);
	establish();
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(0)), TEXT(B_PEER, AUDIO(0)));
	assert_int_equal(fake_count(), 0);
	assert_ports_used(MEDIA_A, 0);
	establish();
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4000);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20002);
}

static void an_offer_with_fewer_lines(void **state)
{
	(void)state;
	open_all(10);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 4002 RTP/AVP 31\r\n"),
		 TEXT(B_PEER, AUDIO(5000) "m=video 5002 RTP/AVP 31\r\n"));
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_ports_used(MEDIA_A, 4);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports_used(MEDIA_A, 2);
}

/* Shows: 5761/5.1.1a 5761/5.1.1b */
static void rtcp_mux_needs_one_port_a_side(void **state)
{
	(void)state;
	open_all(10);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "a=rtcp-mux\r\na=rtcp:4000\r\n"),
		 TEXT(B_PEER, AUDIO(5000) "a=rtcp-mux\r\n"));
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_int_equal(endpoint(A_RTP)->component, SIPFAST_COMPONENT_MUX);
	assert_int_equal(endpoint(B_RTP)->component, SIPFAST_COMPONENT_MUX);
	/* The answerer does not want it any more. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "a=rtcp-mux\r\na=rtcp:4000\r\n")),
			 0);
	assert_int_equal(fx.edit.media[0].rtcp_port, 30000);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_int_equal(endpoint(A_RTP)->component, SIPFAST_COMPONENT_RTP);
	assert_endpoint(&endpoint(A_RTCP)->remote, A_PEER, 4000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hold_and_resume),
		TEST(hold_by_address_zero),
		TEST(held_from_the_beginning),
		TEST(hold_keeps_who_may_be_learned),
		TEST(nothing_is_kept_of_a_stream_that_ended),
		TEST(a_side_moves_and_changes_its_codec),
		TEST(a_refused_offer_leaves_all_as_it_was),
		TEST(a_stream_is_added_and_removed),
		TEST(an_answer_rejects_a_stream),
		TEST(all_streams_end_and_one_comes_back),
		TEST(an_offer_with_fewer_lines),
		TEST(rtcp_mux_needs_one_port_a_side),
	};

	return cmocka_run_group_tests_name("media_reoffer", tests, NULL, NULL);
}
