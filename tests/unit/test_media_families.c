// SPDX-License-Identifier: GPL-2.0-or-later
/* Realm A has IPv6 media, realm B IPv4. */
#include "media_fixture.h"

#define A6_REALM "2001:db8:a::1"
#define A6_PEER "2001:db8:a::2"
#define A6_SIGNALLING "2001:db8:5::5"

#define TEXT6(address, media) \
	"v=0\r\no=- 1 1 IN IP6 " address "\r\ns=-\r\nc=IN IP6 " address "\r\nt=0 0\r\n" media

static void open_realms(const char *advertise)
{
	struct media_realm_config config = {
		.name = "access",
		.address = address(A6_REALM),
		.port_min = 20000,
		.port_max = 20019,
		.learn = MEDIA_LEARN_ONCE,
	};

	if (advertise)
		config.advertise = address(advertise);
	assert_int_equal(media_realm_add(fx.media, &config, &fx.realms[MEDIA_A]), 0);
	assert_int_equal(open_realm(MEDIA_B, 30000, 30019), 0);
}

static void open_families(const char *advertise)
{
	assert_int_equal(open_media(true), 0);
	open_realms(advertise);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	assert_non_null(fx.call);
}

/* Both are signalled from where A's messages come, B's from B_PEER. */
static int offer_of_a(const char *text, const char *signalling)
{
	read_sdp(text);
	return media_offer(fx.call, MEDIA_A, &fx.sdp, address(signalling), address(B_PEER),
			   &fx.edit);
}

static void a_calls_b(const char *text, const char *signalling)
{
	assert_int_equal(offer_of_a(text, signalling), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
}

static void from_ipv6_to_ipv4(void **state)
{
	(void)state;
	open_families(NULL);
	assert_int_equal(offer_of_a(TEXT6(A6_PEER, AUDIO(4000)), A6_SIGNALLING), 0);
	assert_int_equal(fx.edit.address.family, AF_INET);
	assert_host(&fx.edit.address, B_REALM);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fx.edit.address.family, AF_INET6);
	assert_host(&fx.edit.address, A6_REALM);
	assert_endpoint(&endpoint(A_RTP)->local, A6_REALM, 20000);
	assert_endpoint(&endpoint(A_RTP)->remote, A6_PEER, 4000);
	assert_endpoint(&endpoint(A_RTCP)->remote, A6_PEER, 4001);
	assert_endpoint(&endpoint(A_RTP)->learn_addr, A6_PEER, 0);
	assert_int_equal(endpoint(A_RTP)->learn_prefix, 128);
	assert_endpoint(&endpoint(B_RTP)->local, B_REALM, 30000);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
}

static void from_ipv4_to_ipv6(void **state)
{
	(void)state;
	open_families("2001:db8:b::1");
	read_sdp(TEXT(B_PEER, AUDIO(5000)));
	assert_int_equal(media_offer(fx.call, MEDIA_B, &fx.sdp, address(B_PEER),
				     address(A6_SIGNALLING), &fx.edit),
			 0);
	assert_host(&fx.edit.address, "2001:db8:b::1");
	/* What comes before the answer is expected from where the offer goes. */
	assert_endpoint(&endpoint(A_RTP)->learn_addr, A6_SIGNALLING, 0);
	assert_int_equal(answer(MEDIA_A, TEXT6(A6_PEER, AUDIO(4000))), 0);
	media_commit(fx.call);
	assert_host(&fx.edit.address, B_REALM);
	assert_endpoint(&endpoint(A_RTP)->remote, A6_PEER, 4000);
}

static void the_other_family_is_refused(void **state)
{
	(void)state;
	open_families(NULL);
	assert_int_equal(offer_of_a(TEXT(A_PEER, AUDIO(4000)), A6_SIGNALLING), -EAFNOSUPPORT);
	assert_ports_used(MEDIA_A, 0);
	assert_ports_used(MEDIA_B, 0);
	assert_int_equal(fake_count(), 0);
	/* One line is enough, unless it is rejected. */
	assert_int_equal(offer_of_a(TEXT6(A6_PEER, AUDIO(4000) AUDIO(4002) "c=IN IP4 10.0.0.1\r\n"),
				    A6_SIGNALLING),
			 -EAFNOSUPPORT);
	assert_int_equal(offer_of_a(TEXT6(A6_PEER, AUDIO(4000) AUDIO(0) "c=IN IP4 10.0.0.1\r\n"),
				    A6_SIGNALLING),
			 0);
	assert_int_equal(answer(MEDIA_B, TEXT6(A6_PEER, AUDIO(5000) AUDIO(0))), -EAFNOSUPPORT);
	read_sdp(TEXT6(A6_PEER, AUDIO(5000) AUDIO(0)));
	assert_int_equal(media_preview(fx.call, 0, &fx.sdp, address(B_PEER), &fx.edit),
			 -EAFNOSUPPORT);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000) AUDIO(0))), 0);
	media_commit(fx.call);
	/* What is agreed on stays. */
	assert_int_equal(offer_of_a(TEXT(A_PEER, AUDIO(4000) AUDIO(0)), A6_SIGNALLING),
			 -EAFNOSUPPORT);
	assert_endpoint(&endpoint(A_RTP)->remote, A6_PEER, 4000);
}

static void addresses_that_are_none_of_a_host(void **state)
{
	(void)state;
	open_families(NULL);
	assert_int_equal(offer_of_a(TEXT6("fe80::1", AUDIO(4000)), A6_SIGNALLING), -ENOTSUP);
	assert_int_equal(offer_of_a(TEXT6("ff15::101", AUDIO(4000)), A6_SIGNALLING), -ENOTSUP);
	assert_int_equal(offer_of_a(TEXT6("::ffff:192.0.2.9", AUDIO(4000)), A6_SIGNALLING),
			 -ENOTSUP);
	assert_int_equal(offer_of_a(TEXT6("10.0.0.1", AUDIO(4000)), A6_SIGNALLING), -ENOTSUP);
}

/* Services of our own host must not get media from where they trust the sender. */
static void loopback_is_not_for_others(void **state)
{
	(void)state;
	open_families(NULL);
	assert_int_equal(offer_of_a(TEXT6("::1", AUDIO(4000)), A6_SIGNALLING), -ENOTSUP);
	assert_int_equal(offer_of_a(TEXT6(A6_PEER, AUDIO(4000) "a=rtcp:53 IN IP6 ::1\r\n"),
				    A6_SIGNALLING),
			 -ENOTSUP);
	assert_int_equal(offer_of_a(TEXT6(A6_PEER, AUDIO(4000)), A6_SIGNALLING), 0);
	assert_int_equal(answer(MEDIA_B, TEXT("127.0.0.1", AUDIO(5000))), -ENOTSUP);
	assert_int_equal(answer(MEDIA_B, TEXT("127.8.0.1", AUDIO(5000))), -ENOTSUP);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit(fx.call);
}

static void held_by_an_address_of_either_family(void **state)
{
	static const char *const holds[] = { TEXT6("::", AUDIO(4000)),
					     TEXT("0.0.0.0", AUDIO(4000)) };

	(void)state;
	open_families(NULL);
	a_calls_b(TEXT6(A6_PEER, AUDIO(4000)), A6_SIGNALLING);
	for (unsigned int i = 0; i < 2; i++) {
		struct media_stats stats;

		a_calls_b(holds[i], A6_SIGNALLING);
		assert_int_equal(media_call_stats(fx.call, &stats), 0);
		assert_true(stats.streams[0].held);
		assert_endpoint(&endpoint(A_RTP)->remote, A6_PEER, 4000);
		a_calls_b(TEXT6(A6_PEER, AUDIO(4000)), A6_SIGNALLING);
		assert_int_equal(media_call_stats(fx.call, &stats), 0);
		assert_false(stats.streams[0].held);
	}
}

/* RTCP may have another address, but it is sent from the realm's. Shows: 3605/2.1b */
static void rtcp_at_an_address_of_its_own(void **state)
{
	(void)state;
	open_families(NULL);
	a_calls_b(TEXT6(A6_PEER, AUDIO(4000) "a=rtcp:4999 IN IP6 2001:db8:a::3\r\n"),
		  A6_SIGNALLING);
	assert_endpoint(&endpoint(A_RTCP)->remote, "2001:db8:a::3", 4999);
	media_call_free(fx.call, NULL);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	a_calls_b(TEXT6(A6_PEER, AUDIO(4000) "a=rtcp:4999 IN IP4 192.0.2.9\r\n"), A6_SIGNALLING);
	assert_endpoint(&endpoint(A_RTP)->remote, A6_PEER, 4000);
	assert_false(endpoint(A_RTCP)->has & SF_HAS_REMOTE);
	assert_endpoint(&endpoint(A_RTCP)->learn_addr, A6_PEER, 0);
}

static void where_media_is_expected_from(void **state)
{
	static const struct {
		const char *media, *signalling, *expected;
	} cases[] = {
		{ A6_PEER, A6_SIGNALLING, A6_PEER },
		{ "fd00:1::2", A6_SIGNALLING, A6_SIGNALLING },
		{ "fd00:1::2", A_SIGNALLING, "fd00:1::2" },
		{ A6_PEER, A_SIGNALLING, A6_PEER },
		{ "::", A6_SIGNALLING, A6_SIGNALLING },
		{ "::", A_SIGNALLING, NULL },
	};

	(void)state;
	open_families(NULL);
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[256];

		snprintf(text, sizeof(text), TEXT6("%s", AUDIO(4000)), cases[i].media,
			 cases[i].media);
		a_calls_b(text, cases[i].signalling);
		assert_int_equal(!!(endpoint(A_RTP)->has & SF_HAS_LEARN_FROM), !!cases[i].expected);
		if (cases[i].expected)
			assert_endpoint(&endpoint(A_RTP)->learn_addr, cases[i].expected, 0);
		media_call_free(fx.call, NULL);
		fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	}
}

static void what_was_learned_is_told(void **state)
{
	struct media_stats stats;

	(void)state;
	open_families(NULL);
	a_calls_b(TEXT6("fd00:1::2", AUDIO(4000)), A6_SIGNALLING);
	fake_learn(fake_only()->id, A_RTP, A6_SIGNALLING, 6000);
	deliver();
	assert_string_equal(fx.learned,
			    "audio A [" A6_SIGNALLING "]:6000, SDP says [fd00:1::2]:4000");
	assert_int_equal(media_call_stats(fx.call, &stats), 0);
	assert_socket(&stats.streams[0].local[MEDIA_A], A6_REALM, 20000);
	assert_socket(&stats.streams[0].remote[MEDIA_A], A6_SIGNALLING, 6000);
	assert_socket(&stats.streams[0].local[MEDIA_B], B_REALM, 30000);
}

/* What came from where the offer went is more than a private address in the answer. */
static void the_answer_does_not_undo_what_was_learned(void **state)
{
	(void)state;
	open_families(NULL);
	read_sdp(TEXT(B_PEER, AUDIO(5000)));
	assert_int_equal(media_offer(fx.call, MEDIA_B, &fx.sdp, address(B_PEER),
				     address(A6_SIGNALLING), &fx.edit),
			 0);
	fake_learn(fake_only()->id, A_RTP, A6_SIGNALLING, 6000);
	deliver();
	read_sdp(TEXT6("fd00:1::2", AUDIO(4000)));
	assert_int_equal(media_answer(fx.call, MEDIA_A, &fx.sdp, address(A6_SIGNALLING), &fx.edit),
			 0);
	media_commit(fx.call);
	assert_endpoint(&endpoint(A_RTP)->remote, A6_SIGNALLING, 6000);
}

static void orphans_keep_their_ports(void **state)
{
	struct media_orphan orphan;

	(void)state;
	fake_left_behind(7, A6_REALM, 20000);
	assert_int_equal(open_media(true), 0);
	open_realms(NULL);
	assert_int_equal(media_orphan_list(fx.media, &orphan, 1), 1);
	assert_socket(&orphan.local, A6_REALM, 20000);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	a_calls_b(TEXT6(A6_PEER, AUDIO(4000)), A6_SIGNALLING);
	assert_int_equal(fx.edit.media[0].port, 20002);
}

static void the_ranges_of_a_family_do_not_overlap(void **state)
{
	struct media_realm_config config = {
		.name = "more", .address = address(A6_REALM), .port_min = 20010, .port_max = 20029
	};
	struct media_realm *realm;

	(void)state;
	open_families(NULL);
	assert_int_equal(media_realm_add(fx.media, &config, &realm), -EEXIST);
	config.address = address("2001:db8:a::7");
	assert_int_equal(media_realm_add(fx.media, &config, &realm), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(from_ipv6_to_ipv4),
		TEST(from_ipv4_to_ipv6),
		TEST(the_other_family_is_refused),
		TEST(addresses_that_are_none_of_a_host),
		TEST(loopback_is_not_for_others),
		TEST(held_by_an_address_of_either_family),
		TEST(rtcp_at_an_address_of_its_own),
		TEST(where_media_is_expected_from),
		TEST(what_was_learned_is_told),
		TEST(the_answer_does_not_undo_what_was_learned),
		TEST(orphans_keep_their_ports),
		TEST(the_ranges_of_a_family_do_not_overlap),
	};

	return cmocka_run_group_tests_name("media_families", tests, NULL, NULL);
}
