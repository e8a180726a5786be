// SPDX-License-Identifier: GPL-2.0-or-later
/* T.38 over UDPTL: alone, beside audio, in the place of audio and back. */
#include "media_fixture.h"
#include "media_private.h"

#define FAX(port) "m=image " #port " udptl t38\r\na=T38FaxVersion:0\r\n"

/* The endpoints of T.38 in the first m= line, and in the second. */
enum { A_FAX = 1 + (1 << 30), B_FAX = 3 + (1 << 30), A_FAX_2 = 5 + (1 << 30), B_FAX_2 };

static void assert_fax(uint32_t id, uint32_t to, const char *host, uint16_t port)
{
	const struct sf_endpoint *ep = endpoint(id);

	assert_int_equal(ep->component, SIPFAST_COMPONENT_TRANSPARENT);
	assert_endpoint(&ep->remote, host, port);
	assert_int_equal(ep->nforwards, 1);
	assert_int_equal(ep->forwards[0].to, to);
	assert_false(ep->has & (SF_HAS_DTMF_TYPE | SF_HAS_CLOCK_RATE));
}

static void establish_fax(void)
{
	exchange(MEDIA_A, TEXT(A_PEER, FAX(4000)), TEXT(B_PEER, FAX(5000)));
}

/* One endpoint a side: there is no RTCP. Who may be learned is as it is for RTP. */
static void fax_from_the_first_offer(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, FAX(4000))), 0);
	assert_int_equal(fx.edit.media[0].port, 30000);
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	assert_int_equal(fx.edit.media[0].port, 20000);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_fax(A_FAX, B_FAX, A_PEER, 4000);
	assert_fax(B_FAX, A_FAX, B_PEER, 5000);
	assert_int_equal(endpoint(A_FAX)->learn, SIPFAST_LEARN_ONCE);
	assert_int_equal(endpoint(A_FAX)->learn_addr.v4.s_addr, inet_addr(A_SIGNALLING));
	assert_int_equal(endpoint(B_FAX)->learn, SIPFAST_LEARN_OFF);
}

static void fax_beside_audio(void **state)
{
	(void)state;
	open_all(10);
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000) FAX(4002)), TEXT(B_PEER, AUDIO(5000) FAX(5002)));
	assert_int_equal(fake_only()->nendpoints, 6);
	assert_int_equal(endpoint(A_RTP)->component, SIPFAST_COMPONENT_RTP);
	assert_endpoint(&endpoint(A_FAX_2)->local, A_REALM, 20002);
	assert_ports_used(MEDIA_A, 4);
	/* The audio goes on when the fax is over. */
	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000) FAX(0)), TEXT(A_PEER, AUDIO(4000) FAX(0)));
	assert_int_equal(fx.edit.media[1].port, 0);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports_used(MEDIA_A, 2);
}

/*
 * What is late of the one kind cannot be taken for the other: the ports are others.
 * Shows: 3264/8.3.3a
 */
static void audio_becomes_fax_and_audio_again(void **state)
{
	(void)state;
	open_all(10);
	establish();
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	assert_int_equal(fx.edit.media[0].port, 20002);
	assert_int_equal(fx.edit.origin_version, 2);
	/* Nothing has changed yet. */
	assert_int_equal(fake.sets, 1);
	assert_true(endpoint(A_RTP)->learned);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, FAX(4002))), 0);
	assert_int_equal(fx.edit.media[0].port, 30002);
	/* One request takes what was and brings what shall be. */
	assert_int_equal(fake.sets, 2);
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_fax(A_FAX, B_FAX, A_PEER, 4002);
	assert_endpoint(&endpoint(A_FAX)->local, A_REALM, 20002);
	assert_false(endpoint(A_FAX)->learned);
	media_commit(fx.call);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);

	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000)), TEXT(A_PEER, AUDIO(4000)));
	assert_int_equal(fake.sets, 3);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20004);
	assert_int_equal(endpoint(A_RTP)->component, SIPFAST_COMPONENT_RTP);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);
}

/* Shows: 3264/8a */
static void a_refused_fax_leaves_the_audio(void **state)
{
	struct sf_session before;

	(void)state;
	open_all(10);
	establish();
	fake_learn(fake_only()->id, A_RTP, A_SIGNALLING, 61000);
	before = *fake_only();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	assert_ports_used(MEDIA_A, 4);
	media_rollback(fx.call);
	assert_memory_equal(fake_only(), &before, sizeof(before));
	assert_int_equal(fake.sets, 1);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);

	/* And after an early answer, which the final one takes back. */
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, FAX(4002))), 0);
	assert_int_equal(fake_only()->nendpoints, 2);
	media_rollback(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20000);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);
}

/* A call that ends while it is offered: the ports of both kinds come back, which teardown sees. */
static void a_call_ends_while_fax_is_offered(void **state)
{
	(void)state;
	open_all(10);
	establish();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	assert_ports_used(MEDIA_A, 4);
}

static void a_call_ends_when_fax_was_answered_early(void **state)
{
	(void)state;
	open_all(10);
	establish();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, FAX(4002))), 0);
}

/* The answer gives the line up, and with it the audio that it had been. Shows: 3264/6b */
static void fax_is_answered_with_port_0(void **state)
{
	(void)state;
	open_all(10);
	establish();
	exchange(MEDIA_B, TEXT(B_PEER, FAX(5000)), TEXT(A_PEER, FAX(0)));
	assert_int_equal(fx.edit.media[0].port, 0);
	assert_int_equal(fake_count(), 0);
	assert_ports_used(MEDIA_A, 0);
	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000)), TEXT(A_PEER, AUDIO(4000)));
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports_used(MEDIA_A, 2);
}

/* Audio is offered with port 0 in its line, fax in another one. */
static void audio_is_rejected_and_fax_added(void **state)
{
	(void)state;
	open_all(10);
	establish();
	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(0) FAX(5002)), TEXT(A_PEER, AUDIO(0) FAX(4002)));
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_int_equal(endpoint(A_FAX_2)->component, SIPFAST_COMPONENT_TRANSPARENT);
	assert_ports_used(MEDIA_A, 2);
	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000) FAX(0)), TEXT(A_PEER, AUDIO(4000) FAX(0)));
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_endpoint(&endpoint(B_RTP)->remote, B_PEER, 5000);
}

static void fax_moves(void **state)
{
	(void)state;
	open_all(10);
	establish_fax();
	exchange(MEDIA_B, TEXT(B_PEER, FAX(5010)), TEXT(A_PEER, FAX(4000)));
	assert_int_equal(fake.request.nendpoints, 1);
	assert_fax(B_FAX, A_FAX, B_PEER, 5010);
	assert_endpoint(&endpoint(B_FAX)->local, B_REALM, 30000);
}

/* T.38 over TCP, and an answer of another transport than was offered. */
static void what_is_no_udptl(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, "m=image 4000 tcp t38\r\n")),
			 -EPROTONOSUPPORT);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, "m=image 4000 TCPTL t38\r\n")),
			 -EPROTONOSUPPORT);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, "m=image 4000 UDP/TLS/UDPTL t38\r\n")),
			 -EPROTONOSUPPORT);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, "m=image 4000/2 UDPTL t38\r\n")), -ENOTSUP);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, FAX(4000))), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, "m=image 5000 tcp t38\r\n")), -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, "m=image 5000 RTP/AVP 0\r\n")), -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), -EPROTO);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, "m=audio 5000 udptl t38\r\n")), -EPROTO);
	media_rollback(fx.call);
}

/* No line has more than four endpoints, a request no more than 32: eight lines do not fit. */
static void many_lines_become_fax_at_once(void **state)
{
#define FOUR(line) line(4000) line(4002) line(4004) line(4006)
#define EIGHT(line) FOUR(line) FOUR(line)
	uint64_t id;

	(void)state;
	open_all(20);
	exchange(MEDIA_A, TEXT(A_PEER, EIGHT(AUDIO)), TEXT(B_PEER, EIGHT(AUDIO)));
	assert_int_equal(fake_only()->nendpoints, 32);
	id = fake_only()->id;
	exchange(MEDIA_A, TEXT(A_PEER, EIGHT(FAX)), TEXT(B_PEER, EIGHT(FAX)));
	assert_int_equal(fake_only()->nendpoints, 16);
	assert_int_not_equal(fake_only()->id, id);
	assert_ports_used(MEDIA_A, 16);
	assert_ports_used(MEDIA_B, 16);
}

static void five_lines_become_fax_in_one_request(void **state)
{
#define FIVE(line) FOUR(line) line(4008)
	uint64_t id;

	(void)state;
	open_all(20);
	exchange(MEDIA_A, TEXT(A_PEER, FIVE(AUDIO)), TEXT(B_PEER, FIVE(AUDIO)));
	id = fake_only()->id;
	exchange(MEDIA_A, TEXT(A_PEER, FIVE(FAX)), TEXT(B_PEER, FIVE(FAX)));
	assert_int_equal(fake_only()->nendpoints, 10);
	assert_int_equal(fake_only()->id, id);
	assert_int_equal(fake.sets, 2);
}

static void no_port_is_free_for_fax(void **state)
{
	struct sf_session before;

	(void)state;
	open_all(1);
	establish();
	before = *fake_only();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), -ENOSPC);
	assert_memory_equal(fake_only(), &before, sizeof(before));
	assert_ports_used(MEDIA_A, 1 * 2);
	exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000)), TEXT(A_PEER, AUDIO(4000)));
}

static void the_module_refuses_fax(void **state)
{
	(void)state;
	open_all(10);
	establish();
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	fake.refuse = -ENOMEM;
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, FAX(4002))), -EIO);
	media_rollback(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports_used(MEDIA_A, 2);
}

/* Silence ends it, too, but not what T.30 may wait. */
static void fax_may_be_silent_for_a_minute(void **state)
{
	static const struct {
		uint32_t configured, expected;
	} cases[] = { { 2000, 60000 }, { 60000, 60000 }, { 90000, 90000 }, { 0, 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		open_all(10);
		fx.call->timeout_ms = cases[i].configured;
		establish();
		assert_int_equal(fake_only()->timeout_ms, cases[i].configured);
		exchange(MEDIA_B, TEXT(B_PEER, FAX(5000)), TEXT(A_PEER, FAX(4002)));
		assert_int_equal(fake_only()->timeout_ms, cases[i].expected);
		exchange(MEDIA_B, TEXT(B_PEER, AUDIO(5000)), TEXT(A_PEER, AUDIO(4000)));
		assert_int_equal(fake_only()->timeout_ms, cases[i].configured);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

/* What the module has not counted is not told. */
static void statistics_are_packets(void **state)
{
	struct media_stats stats;

	(void)state;
	open_all(10);
	establish_fax();
	endpoint(A_FAX)->rx.packets = 7;
	assert_int_equal(media_call_stats(fx.call, &stats), 0);
	assert_int_equal(stats.nstreams, 1);
	assert_string_equal(stats.streams[0].type, "image");
	assert_string_equal(stats.streams[0].codec, "t38");
	assert_true(stats.streams[0].transparent);
	assert_int_equal(stats.streams[0].rx_packets[MEDIA_A], 7);
	assert_socket(&stats.streams[0].remote[MEDIA_B], B_PEER, 5000);
}

static void learned_remotes_are_told(void **state)
{
	(void)state;
	open_all(10);
	establish_fax();
	fake_learn(fake_only()->id, A_FAX, A_SIGNALLING, 61000);
	deliver();
	assert_string_equal(fx.learned, "image A " A_SIGNALLING ":61000, SDP says " A_PEER ":4000");
}

/* Each branch has a port of its own; the one that answers has the call. */
static void branches_of_fax(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, FAX(4000))), 0);
	assert_int_equal(media_fork(fx.call, 1, fx.realms[MEDIA_B], &fx.sdp, signalling_of(MEDIA_B),
				    &fx.edit),
			 0);
	assert_int_equal(fx.edit.media[0].port, 30002);
	media_fork_choose(fx.call, 1);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, FAX(5000))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_fax(A_FAX, B_FAX + 32, A_PEER, 4000);
	assert_fax(B_FAX + 32, A_FAX, B_PEER, 5000);
	assert_ports_used(MEDIA_B, 2);
}

/* A branch that has answered early goes over to fax, and loses all the same. */
static void a_branch_loses_while_fax_is_offered(void **state)
{
	(void)state;
	open_all(10);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(media_fork(fx.call, 1, fx.realms[MEDIA_B], &fx.sdp, signalling_of(MEDIA_B),
				    &fx.edit),
			 0);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5000))), 0);
	media_commit_early(fx.call);
	assert_int_equal(offer(MEDIA_B, TEXT(B_PEER, FAX(5002))), 0);
	assert_int_equal(answer(MEDIA_A, TEXT(A_PEER, FAX(4002))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 2);
	media_reopen(fx.call);
	media_fork_choose(fx.call, 1);
	assert_int_equal(answer(MEDIA_B, TEXT(B_PEER, AUDIO(5010))), 0);
	media_commit(fx.call);
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_endpoint(&endpoint(A_RTP)->local, A_REALM, 20000);
	assert_ports_used(MEDIA_A, 2);
	assert_ports_used(MEDIA_B, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fax_from_the_first_offer),
		TEST(fax_beside_audio),
		TEST(audio_becomes_fax_and_audio_again),
		TEST(a_refused_fax_leaves_the_audio),
		TEST(a_call_ends_while_fax_is_offered),
		TEST(a_call_ends_when_fax_was_answered_early),
		TEST(fax_is_answered_with_port_0),
		TEST(audio_is_rejected_and_fax_added),
		TEST(fax_moves),
		TEST(what_is_no_udptl),
		TEST(many_lines_become_fax_at_once),
		TEST(five_lines_become_fax_in_one_request),
		TEST(no_port_is_free_for_fax),
		TEST(the_module_refuses_fax),
		TEST(fax_may_be_silent_for_a_minute),
		TEST(statistics_are_packets),
		TEST(learned_remotes_are_told),
		TEST(branches_of_fax),
		TEST(a_branch_loses_while_fax_is_offered),
	};

	return cmocka_run_group_tests_name("media_fax", tests, NULL, NULL);
}
