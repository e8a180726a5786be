// SPDX-License-Identifier: GPL-2.0-or-later
/* What the module tells, refuses and has kept from before. */
#include "media_fixture.h"
#include "media_private.h"

static void statistics(void **state)
{
	struct media_stats stats;
	struct sf_endpoint *ep;

	(void)state;
	open_all(10);
	assert_int_equal(media_call_stats(fx.call, &stats), -ENOENT);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 4002 RTP/AVP 31\r\n"),
		 TEXT(B_PEER, "m=audio 5000 RTP/AVP 8\r\nm=video 0 RTP/AVP 31\r\n"));
	ep = endpoint(A_RTP);
	ep->rx.packets = 100;
	ep->rx.octets = 17200;
	ep->rx.lost = -1;
	ep->rx.jitter_us = 250;
	endpoint(B_RTP)->tx.packets = 99;
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	assert_int_equal(media_call_stats(fx.call, &stats), 0);
	assert_int_equal(stats.nstreams, 2);
	assert_string_equal(stats.streams[0].type, "audio");
	assert_string_equal(stats.streams[0].codec, "PCMA");
	assert_false(stats.streams[0].held);
	assert_socket(&stats.streams[0].local[MEDIA_A], A_REALM, 20000);
	assert_socket(&stats.streams[0].remote[MEDIA_A], A_SIGNALLING, 61000);
	assert_socket(&stats.streams[0].local[MEDIA_B], B_REALM, 30000);
	assert_socket(&stats.streams[0].remote[MEDIA_B], B_PEER, 5000);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 100);
	assert_int_equal(stats.streams[0].rx_octets[MEDIA_A], 17200);
	assert_int_equal(stats.streams[0].lost[MEDIA_A], -1);
	assert_int_equal(stats.streams[0].jitter_us[MEDIA_A], 250);
	assert_int_equal(stats.streams[0].tx_packets[MEDIA_B], 99);
	assert_string_equal(stats.streams[1].type, "video");
	assert_int_equal(stats.streams[1].local[MEDIA_A].port, 0);
}

static void the_final_statistics(void **state)
{
	struct media_stats stats = { .nstreams = 9 };

	(void)state;
	open_all(10);
	establish();
	endpoint(B_RTP)->rx.packets = 42;
	media_call_free(fx.call, &stats);
	assert_int_equal(fake_count(), 0);
	assert_int_equal(stats.nstreams, 1);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_B], 42);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	media_call_free(fx.call, &stats);
	assert_int_equal(stats.nstreams, 0);
	fx.call = NULL;
}

static void a_remote_is_learned(void **state)
{
	(void)state;
	open_all(10);
	establish();
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	deliver();
	assert_string_equal(fx.learned, "audio A 203.0.113.50:61000, SDP says 10.0.1.2:4000");
	fake_learn(fake_only()->id, B_RTCP, B_PEER, 61001);
	deliver();
	assert_string_equal(fx.learned,
			    "audio B RTCP 198.51.100.77:61001, SDP says 198.51.100.77:5001");
}

static void silence_ends_a_session(void **state)
{
	struct media_stats stats;

	(void)state;
	open_all(10);
	establish();
	endpoint(A_RTP)->rx.packets = 7;
	fake_timeout(fake_only()->id, true);
	deliver();
	assert_int_equal(fx.timeouts, 1);
	assert_ptr_equal(fx.timed_out, &fx.call);
	assert_int_equal(media_call_stats(fx.call, &stats), 0);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 7);
	assert_ports_used(MEDIA_A, 2);
	media_call_free(fx.call, &stats);
	fx.call = NULL;
	assert_int_equal(fake.dels, 0);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 7);
	assert_ports_used(MEDIA_A, 0);
}

static void a_call_goes_on_after_its_session_ended(void **state)
{
	struct media_stats stats;

	(void)state;
	open_all(10);
	establish();
	endpoint(A_RTP)->rx.packets = 7;
	fake_timeout(fake_only()->id, true);
	deliver();
	establish();
	assert_int_equal(fake.adds, 2);
	endpoint(A_RTP)->rx.packets = 3;
	assert_int_equal(media_call_stats(fx.call, &stats), 0);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 3);
}

static void free_at_once(void *arg, void *user)
{
	(void)arg;
	(void)user;
	media_call_free(fx.call, NULL);
	fx.call = NULL;
}

static void a_call_is_freed_by_its_handler(void **state)
{
	const struct media_config config = { .kernel = true, .timeout_ms = TIMEOUT_MS };
	const struct media_handlers handlers = { .timeout = free_at_once };
	uint64_t id;

	(void)state;
	assert_int_equal(media_alloc(&fx.media, fx.loop, &config, &handlers, &fx), 0);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20009), 0);
	assert_int_equal(open_realm(MEDIA_B, 30000, 30009), 0);
	fx.call = media_call_alloc(fx.media, fx.realms, NULL);
	establish();
	id = fake_only()->id;
	fake_learn(id, A_RTP, A_SIGNALLING, 61000);
	fake_timeout(id, true);
	deliver();
	assert_null(fx.call);
	assert_ports_used(MEDIA_A, 0);
}

static void a_session_gone_unnoticed_is_added_again(void **state)
{
	uint64_t id;

	(void)state;
	open_all(10);
	establish();
	id = fake_only()->id;
	fake_timeout(id, true);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4002)), TEXT(B_PEER, AUDIO(5000)));
	assert_int_equal(fake.adds, 2);
	assert_int_not_equal(fake_only()->id, id);
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4002);
	/* The event about the old one says nothing of the new one. */
	deliver();
	assert_int_equal(fx.timeouts, 0);
}

static void lost_events_are_caught_up_with(void **state)
{
	struct media_call *other;
	struct media_stats stats;

	(void)state;
	fake_left_behind(4711, A_REALM, 20004);
	open_all(10);
	establish();
	other = fx.call;
	fake_timeout(fake.request.id, false);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.realms);
	establish();
	fake_timeout(4711, false);
	fake_queue(SF_EVENT_OVERRUN, NULL);
	deliver();
	assert_int_equal(fx.timeouts, 1);
	assert_ptr_equal(fx.timed_out, &fx.call);
	assert_int_equal(media_orphan_count(fx.media), 0);
	assert_int_equal(media_call_stats(other, &stats), 0);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 0);
	media_call_free(other, NULL);
	/* The other call goes on. */
	assert_int_equal(fake_only()->nendpoints, 4);
}

static void sessions_of_before_keep_their_ports(void **state)
{
	struct media_orphan list[2];

	(void)state;
	fake_left_behind(4711, A_REALM, 20000);
	open_all(2);
	assert_int_equal(media_orphan_count(fx.media), 1);
	assert_int_equal(media_kernel_sessions(fx.media, 0), 1);
	assert_int_equal(media_orphan_list(fx.media, list, 2), 1);
	assert_int_equal(list[0].session_id, 4711);
	assert_int_equal(list[0].age_ms, 5000);
	assert_int_equal(list[0].idle_ms, 20);
	assert_int_equal(list[0].endpoints, 2);
	assert_socket(&list[0].local, A_REALM, 20000);
	assert_ports_used(MEDIA_A, 2);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
	assert_int_equal(fx.edit.media[0].port, 20002);
	assert_int_equal(media_kernel_sessions(fx.media, 0), 2);
	assert_int_equal(media_orphan_count(fx.media), 1);
	assert_int_equal(media_orphan_list(fx.media, list, 0), 1);
	assert_int_equal(media_orphan_clear(fx.media), 1);
	assert_int_equal(media_orphan_count(fx.media), 0);
	assert_null(fake_find(4711));
	assert_ports_used(MEDIA_A, 2);
	assert_int_equal(media_orphan_clear(fx.media), 0);
}

static void a_session_of_before_times_out(void **state)
{
	(void)state;
	fake_left_behind(4711, A_REALM, 20000);
	open_all(1);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), -ENOSPC);
	fake_timeout(4711, true);
	deliver();
	assert_int_equal(fx.timeouts, 0);
	assert_int_equal(media_orphan_count(fx.media), 0);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
}

static void a_session_of_others_is_none_of_ours(void **state)
{
	(void)state;
	fake_left_behind(4711, A_REALM, 40000);
	fake.sessions[0].owner = SF_OWNER_OPERATOR;
	open_all(1);
	assert_int_equal(media_orphan_count(fx.media), 0);
	assert_int_equal(media_kernel_sessions(fx.media, 0), 1);
	fake.sessions[0].id = 0;
}

static void sessions_are_counted_by_the_kernel(void **state)
{
	unsigned int dumps;

	(void)state;
	fake_left_behind(4711, A_REALM, 20000);
	open_all(2);
	establish();
	dumps = fake.dumps;
	assert_int_equal(media_kernel_sessions(fx.media, 0), 2);
	assert_int_equal(fake.dumps, dumps);
	/* An operator deletes what no call has. */
	fake_timeout(4711, false);
	assert_int_equal(media_kernel_sessions(fx.media, 0), 1);
	assert_int_equal(fake.dumps, dumps + 1);
	assert_int_equal(media_orphan_count(fx.media), 0);
	assert_int_equal(media_kernel_sessions(fx.media, 0), 1);
	assert_int_equal(fake.dumps, dumps + 1);
}

static void the_module_refuses(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	fake.refuse = -ENOMEM;
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EIO);
	media_rollback(fx.call);
	assert_ports_used(MEDIA_A, 0);
	establish();
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4002))), 0);
	fake.refuse = -ENOMEM;
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EIO);
	media_rollback(fx.call);
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4000);
	assert_ports_used(MEDIA_A, 2);
}

static void a_session_that_cannot_be_deleted_keeps_its_ports(void **state)
{
	(void)state;
	open_all(2);
	establish();
	fake.refuse = -ENOBUFS;
	media_call_free(fx.call, NULL);
	assert_int_equal(media_orphan_count(fx.media), 1);
	assert_ports_used(MEDIA_A, 2);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) AUDIO(4002))), -ENOSPC);
}

static void ranges_of_before_are_taken_over(void **state)
{
	const struct sf_range range = {
		.addr = fake_address(A_REALM, 0),
		.port_min = 20000,
		.port_max = 20009,
	};

	(void)state;
	assert_int_equal(sf_range_add(NULL, &range), 0);
	assert_int_equal(open_media(true), 0);
	assert_string_equal(media_module_version(fx.media), "0.0-fake");
	assert_int_equal(open_realm(MEDIA_A, 20000, 20011), -EEXIST);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20009), 0);
	/* But not from a realm of the same process. */
	assert_int_equal(open_realm(MEDIA_A, 20000, 20009), -EEXIST);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20000), -EINVAL);
}

static void ranges_stay_while_sessions_live(void **state)
{
	unsigned int ranges = 0;

	(void)state;
	fake_left_behind(4711, A_REALM, 20000);
	assert_int_equal(open_media(true), 0);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20009), 0);
	assert_int_equal(open_realm(MEDIA_B, 30000, 30009), 0);
	media_free(fx.media);
	fx.media = NULL;
	for (unsigned int i = 0; i < FAKE_RANGES; i++)
		ranges += fake.ranges[i].port_max != 0;
	assert_int_equal(ranges, 1);
	assert_int_equal(fake_count(), 1);
	memset(fake.ranges, 0, sizeof(fake.ranges));
}

static void no_module(void **state)
{
	(void)state;
	fake.no_module = true;
	assert_int_equal(open_media(true), -ENOENT);
	assert_null(fx.media);
}

static void a_call_is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct media_call) + sizeof(struct media_plan) +
			    sizeof(struct media_stream) <=
		    416);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(statistics),
		TEST(the_final_statistics),
		TEST(a_remote_is_learned),
		TEST(silence_ends_a_session),
		TEST(a_call_goes_on_after_its_session_ended),
		TEST(a_call_is_freed_by_its_handler),
		TEST(a_session_gone_unnoticed_is_added_again),
		TEST(lost_events_are_caught_up_with),
		TEST(sessions_of_before_keep_their_ports),
		TEST(a_session_of_before_times_out),
		TEST(a_session_of_others_is_none_of_ours),
		TEST(sessions_are_counted_by_the_kernel),
		TEST(the_module_refuses),
		TEST(a_session_that_cannot_be_deleted_keeps_its_ports),
		TEST(ranges_of_before_are_taken_over),
		TEST(ranges_stay_while_sessions_live),
		TEST(no_module),
		cmocka_unit_test(a_call_is_small),
	};

	return cmocka_run_group_tests_name("media_kernel", tests, NULL, NULL);
}
