// SPDX-License-Identifier: GPL-2.0-or-later
/* Offers and answers, and what the kernel is told of them. */
#include "base/log_limit.h"
#include "media_fixture.h"
#include "stderr_text.h"

static void a_call_is_relayed(void **state)
{
	struct sf_session *session;

	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_true(fx.edit.media_relayed);
	assert_host(&fx.edit.address, B_REALM);
	assert_int_equal(fx.edit.media[0].port, 30000);
	assert_int_equal(fx.edit.media[0].rtcp_port, 30001);
	assert_int_equal(fx.edit.origin_version, 1);
	assert_true(fx.edit.origin_id);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_host(&fx.edit.address, "203.0.113.1");
	assert_int_equal(fx.edit.media[0].port, 20000);
	media_commit(fx.call);

	session = fake_only();
	assert_int_equal(session->nendpoints, 4);
	assert_int_equal(session->timeout_ms, TIMEOUT_MS);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20000);
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4000);
	assert_endpoint(&endpoint(A_RTCP)->local, A_REALM, 20001);
	assert_endpoint(&endpoint(A_RTCP)->remote, A_PEER, 4001);
	assert_endpoint(&endpoint(B_RTP)->local, B_REALM, 30000);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	assert_endpoint(&endpoint(B_RTCP)->local, B_REALM, 30001);
	assert_endpoint(&endpoint(B_RTCP)->remote, B_PEER, 5001);
	assert_int_equal(endpoint(A_RTP)->component, SIPFAST_COMPONENT_RTP);
	assert_int_equal(endpoint(B_RTCP)->component, SIPFAST_COMPONENT_RTCP);
	for (uint32_t id = A_RTP; id <= B_RTCP; id++) {
		assert_int_equal(endpoint(id)->nforwards, 1);
		assert_int_equal(endpoint(id)->forwards[0].to, id <= A_RTCP ? id + 2 : id - 2);
		assert_int_equal(endpoint(id)->dscp, id <= A_RTCP ? 46 : 0);
		assert_int_equal(endpoint(id)->ttl, 64);
		assert_int_equal(endpoint(id)->clock_rate, 8000);
	}
}

/* Shows: 7362/4a 7362/5a */
static void remotes_are_learned_from_where_they_may_be(void **state)
{
	static const struct {
		const char *sdp, *signalling, *expected;
	} cases[] = {
		{ "198.18.0.1", "198.18.0.2", "198.18.0.1" },
		{ "10.1.2.3", "10.1.2.3", "10.1.2.3" },
		{ "10.1.2.3", "198.18.0.2", "198.18.0.2" },
		{ "172.16.0.1", "198.18.0.2", "198.18.0.2" },
		{ "172.31.255.255", "198.18.0.2", "198.18.0.2" },
		{ "172.32.0.1", "198.18.0.2", "172.32.0.1" },
		{ "192.168.0.1", "198.18.0.2", "198.18.0.2" },
		{ "192.169.0.1", "198.18.0.2", "192.169.0.1" },
		{ "100.64.0.1", "198.18.0.2", "198.18.0.2" },
		{ "100.127.255.255", "198.18.0.2", "198.18.0.2" },
		{ "100.128.0.1", "198.18.0.2", "100.128.0.1" },
		{ "10.1.2.3", "0.0.0.0", "10.1.2.3" },
	};

	(void)state;
	open_all(10);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			 "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nc=IN IP4 %s\r\n" AUDIO(4000),
			 cases[i].sdp);
		read_sdp(text);
		assert_int_equal(media_offer(fx.call, MEDIA_A, &fx.sdp,
					     address(cases[i].signalling), address(B_PEER),
					     &fx.edit),
				 0);
		assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
		assert_int_equal(endpoint(A_RTP)->learn, SIPFAST_LEARN_ONCE);
		assert_int_equal(endpoint(A_RTP)->learn_prefix, 32);
		assert_int_equal(endpoint(A_RTP)->learn_addr.v4.s_addr,
				 inet_addr(cases[i].expected));
		assert_int_equal(endpoint(A_RTCP)->learn_addr.v4.s_addr,
				 inet_addr(cases[i].expected));
		assert_endpoint(&endpoint(A_RTP)->remote, cases[i].sdp, 4000);
		assert_int_equal(endpoint(B_RTP)->learn, SIPFAST_LEARN_OFF);
		media_rollback(fx.call);
		assert_int_equal(fake_count(), 0);
	}
}

static void a_late_offer_comes_from_b(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_host(&fx.edit.address, "203.0.113.1");
	assert_int_equal(fx.edit.media[0].port, 20000);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_host(&fx.edit.address, B_REALM);
	assert_int_equal(fx.edit.media[0].port, 30000);
	media_commit(fx.call);
	assert_endpoint(&endpoint(A_RTP)->remote, A_PEER, 4000);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
}

static void an_equal_second_answer_changes_nothing(void **state)
{
	uint64_t version;

	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	version = fx.edit.origin_version;
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake.adds, 1);
	assert_int_equal(fake.sets, 1);
	assert_int_equal(fx.edit.origin_version, version);
	assert_endpoint(&endpoint(A_RTP)->remote, A_SIGNALLING, 61000);
}

static void another_early_answer_moves_its_side_only(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_int_equal(fx.edit.origin_version, 1);
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	assert_int_equal(answer(MEDIA_B, TEXT("198.51.100.78", AUDIO(5000))), 0);
	/* To A both look the same. */
	assert_int_equal(fx.edit.origin_version, 1);
	media_commit(fx.call);
	assert_int_equal(fake.sets, 2);
	assert_int_equal(fake.request.nendpoints, 2);
	assert_int_equal(fake.request.endpoints[0].id, B_RTP);
	assert_int_equal(fake.request.endpoints[0].has, SF_HAS_REMOTE);
	assert_endpoint(&endpoint(B_RTP)->remote, "198.51.100.78", 5000);
	assert_endpoint(&endpoint(A_RTP)->remote, A_SIGNALLING, 61000);
}

static void a_refused_call_leaves_nothing(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_rollback(fx.call);
	assert_int_equal(fake_count(), 0);
	assert_ports_used(MEDIA_A, 0);
	/* The next one to be asked gets other ports. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(fx.edit.media[0].port, 30002);
}

static void what_is_no_datagrams_is_rejected_beside_audio(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=image 4002 tcp t38\r\n"
								 "m=message 9 TCP/MSRP *\r\n"
								 "m=audio 4004 UDP/TLS/RTP/SAVPF "
								 "0\r\n")),
			 0);
	assert_int_equal(fx.edit.media[0].port, 30000);
	for (unsigned int i = 1; i < 4; i++)
		assert_int_equal(fx.edit.media[i].port, 0);
	/* Even if the answer accepts what was not offered. */
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000) "m=image 5002 tcp t38\r\n"
								  "m=message 0 TCP/MSRP *\r\n"
								  "m=audio 0 UDP/TLS/RTP/SAVPF "
								  "0\r\n")),
			 0);
	assert_int_equal(fx.edit.media[0].port, 20000);
	for (unsigned int i = 1; i < 4; i++)
		assert_int_equal(fx.edit.media[i].port, 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports_used(MEDIA_A, 2);
}

static void fax_over_tcp_alone_is_refused(void **state)
{
	(void)state;
	open_all(10);
	establish();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, "m=image 5000 tcp t38\r\n")),
			 -EPROTONOSUPPORT);
	assert_int_equal(fake_only()->nendpoints, 4);
	/* Refused, it is not pending. */
	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000)), TEXT(A_PEER, AUDIO(4000)));
}

static void what_cannot_be_relayed(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A,
			       "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\n" AUDIO(4000)),
			 -EAFNOSUPPORT);
	assert_int_equal(offer(MEDIA_A, TEXT("host.example", AUDIO(4000))), -ENOTSUP);
	assert_int_equal(offer(MEDIA_A, TEXT("224.0.0.1/127", AUDIO(4000))), -ENOTSUP);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, "m=audio 4000/2 RTP/AVP 0\r\n")), -ENOTSUP);
	assert_int_equal(offer(MEDIA_A, "v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\n" AUDIO(4000)),
			 -ENOTSUP);
	/* An IPv6 stream that is rejected anyway does not matter. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 0 RTP/AVP 31\r\n"
								 "c=IN IP6 ::1\r\n")),
			 0);
	assert_int_equal(answer(MEDIA_B,
				TEXT("2001:db8::1", AUDIO(5000) "m=video 0 RTP/AVP 31\r\n")),
			 -ENOTSUP);
	assert_int_equal(fake.sets, 0);
}

static void offer_much_fax(void)
{
	for (unsigned int i = 0; i < 500; i++)
		assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, "m=image 4000 tcp t38\r\n")),
				 -EPROTONOSUPPORT);
}

static void a_flood_of_offers_does_not_fill_the_log(void **state)
{
	unsigned int lines = 0;
	char *text;

	(void)state;
	open_all(10);
	text = stderr_text(offer_much_fax);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_true(lines <= LOG_LIMIT_LINES);
	free(text);
}

static void what_is_no_answer(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EPROTO);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) "m=video 4002 RTP/AVP 31\r\n")),
			 0);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), -EBUSY);
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EBUSY);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000) AUDIO(5002) AUDIO(5004))),
			 -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, "m=video 5002 RTP/AVP 31\r\n" AUDIO(5000))),
			 -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, "m=audio 5000 udptl t38\r\n"
						      "m=video 0 RTP/AVP 31\r\n")),
			 -EPROTO);
	assert_int_equal(fake.sets, 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000) "m=video 0 RTP/AVP 31\r\n")), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
}

static void ports_run_out(void **state)
{
	struct media_call *first;

	(void)state;
	open_all(2);
	establish();
	first = fx.call;
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) AUDIO(4002))), -ENOSPC);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(fx.edit.media[0].port, 30002);
	media_rollback(fx.call);
	media_call_free(first, NULL);
	/* 30002 was returned before 30000. */
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000) AUDIO(4002))), 0);
	assert_int_equal(fx.edit.media[0].port, 30002);
	assert_int_equal(fx.edit.media[1].port, 30000);
}

static void most_streams(void **state)
{
	char offered[1024] = TEXT(A_PEER, ""), answered[1024] = TEXT(B_PEER, "");

	(void)state;
	open_all(10);
	for (unsigned int i = 0; i < SDP_MAX_MEDIA; i++) {
		strcat(offered, AUDIO(4000));
		strcat(answered, AUDIO(5000));
	}
	exchange(MEDIA_A, offered, answered);
	assert_int_equal(fake_only()->nendpoints, 4 * SDP_MAX_MEDIA);
	assert_endpoint(&endpoint(4 * SDP_MAX_MEDIA)->local, B_REALM, 30015);
}

static void without_the_module_nothing_is_touched(void **state)
{
	struct media_stats stats;

	(void)state;
	fake.no_module = true;
	assert_int_equal(open_media(false), 0);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20009), 0);
	assert_int_equal(open_realm(MEDIA_B, 30000, 30009), 0);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	assert_int_equal(offer(MEDIA_A, TEXT("2001:db8::1", AUDIO(4000))), 0);
	assert_false(fx.edit.media_relayed);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), -EBUSY);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	assert_false(fx.edit.media_relayed);
	media_commit(fx.call);
	assert_int_equal(media_call_stats(fx.call, &stats), -ENOENT);
	assert_null(media_module_version(fx.media));
	assert_int_equal(media_kernel_sessions(fx.media, 0), 0);
	assert_int_equal(media_orphan_clear(fx.media), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_call_is_relayed),
		TEST(remotes_are_learned_from_where_they_may_be),
		TEST(a_late_offer_comes_from_b),
		TEST(an_equal_second_answer_changes_nothing),
		TEST(another_early_answer_moves_its_side_only),
		TEST(a_refused_call_leaves_nothing),
		TEST(what_is_no_datagrams_is_rejected_beside_audio),
		TEST(fax_over_tcp_alone_is_refused),
		TEST(what_cannot_be_relayed),
		TEST(a_flood_of_offers_does_not_fill_the_log),
		TEST(what_is_no_answer),
		TEST(ports_run_out),
		TEST(most_streams),
		TEST(without_the_module_nothing_is_touched),
	};

	return cmocka_run_group_tests_name("media", tests, NULL, NULL);
}
