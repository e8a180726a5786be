// SPDX-License-Identifier: GPL-2.0-or-later
/* The media of several shards: ports, session IDs and orphans are told apart without asking. */
#include "media_fixture.h"

#define SHARDS 3
#define PAIRS 2 /* of each shard in each realm */

static struct shard {
	struct loop *loop;
	struct media *media;
	struct media_realm *realms[2];
	struct media_call *call;
} shards[SHARDS];

static uint64_t ids;

/* What the fixture does from here on, it does in that shard. */
static void enter(unsigned int index)
{
	fx.loop = shards[index].loop;
	fx.media = shards[index].media;
	memcpy(fx.realms, shards[index].realms, sizeof(fx.realms));
	fx.call = shards[index].call;
}

static void open_shard(unsigned int index)
{
	const struct media_config config = {
		.kernel = true,
		.timeout_ms = TIMEOUT_MS,
		.share = { .index = index, .count = SHARDS, .ids = ids },
	};
	const struct media_handlers handlers = { .timeout = on_timeout };
	struct shard *shard = &shards[index];

	assert_int_equal(loop_alloc(&shard->loop), 0);
	assert_int_equal(media_alloc(&shard->media, shard->loop, &config, &handlers, &fx), 0);
	enter(index);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20000 + 2 * PAIRS * SHARDS - 1), 0);
	assert_int_equal(open_realm(MEDIA_B, 30000, 30000 + 2 * PAIRS * SHARDS - 1), 0);
	memcpy(shard->realms, fx.realms, sizeof(fx.realms));
	shard->call = media_call_alloc(shard->media, shard->realms, shard);
	assert_non_null(shard->call);
}

static void open_shards(void)
{
	for (unsigned int i = 0; i < SHARDS; i++)
		open_shard(i);
}

static int set_up(void **state)
{
	(void)state;
	memset(&fx, 0, sizeof(fx));
	memset(shards, 0, sizeof(shards));
	fake_reset();
	ids = UINT64_MAX - 1; /* begins anew at 0, which is none */
	return 0;
}

static unsigned int ranges(void)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < FAKE_RANGES; i++)
		count += fake.ranges[i].port_max != 0;
	return count;
}

/* Of realm A, of the call whose session was added or changed last. */
static uint16_t last_port(void)
{
	struct sf_session *session = fake_find(fake.request.id);

	assert_non_null(session);
	return ntohs(fake_endpoint_of(session, A_RTP)->local.port);
}

/* The last one goes first; the range goes with the first. */
static int tear_down(void **state)
{
	(void)state;
	for (unsigned int i = SHARDS; i--;) {
		if (shards[i].call)
			media_call_free(shards[i].call, NULL);
		media_orphan_clear(shards[i].media);
		assert_int_equal(ranges(), 2);
		media_free(shards[i].media);
		loop_free(shards[i].loop);
	}
	assert_int_equal(fake_count(), 0);
	assert_int_equal(ranges(), 0);
	assert_int_equal(fake.clients, 0);
	assert_int_equal(fake.monitors, 0);
	return 0;
}

static void each_has_its_ports_and_ids(void **state)
{
	unsigned int used, total;
	uint64_t seen[SHARDS];

	(void)state;
	open_shards();
	for (unsigned int i = 0; i < SHARDS; i++) {
		enter(i);
		media_realm_ports(fx.realms[MEDIA_A], &used, &total);
		assert_int_equal(total, 2 * PAIRS);
		establish();
		seen[i] = fake.request.id;
		assert_int_not_equal(seen[i], 0);
		for (unsigned int j = 0; j < i; j++)
			assert_int_not_equal(seen[i], seen[j]);
		assert_non_null(fake_find(seen[i]));
		assert_int_equal(last_port(), 20000 + 2 * PAIRS * i);
	}
	assert_int_equal(fake_count(), SHARDS);
}

static void calls_of_others_are_no_orphans(void **state)
{
	struct media_orphan list[4];

	(void)state;
	open_shards();
	for (unsigned int i = 0; i < SHARDS; i++) {
		enter(i);
		establish();
	}
	for (unsigned int i = 0; i < SHARDS; i++) {
		media_orphan_recount(shards[i].media);
		assert_int_equal(media_orphan_list(shards[i].media, list, 4), 0);
		assert_int_equal(media_session_count(shards[i].media), 1);
	}
	assert_int_equal(media_kernel_sessions(shards[0].media, 2), SHARDS);
}

/* One of an earlier sipd, on a port of shard 1. */
static void an_orphan_is_told_of_by_the_first_alone(void **state)
{
	(void)state;
	fake_left_behind(4711, A_REALM, 20004);
	open_shards();
	assert_int_equal(media_orphan_count(shards[0].media), 1);
	assert_int_equal(media_orphan_count(shards[1].media), 0);
	assert_int_equal(media_orphan_count(shards[2].media), 0);
	enter(1);
	establish();
	assert_int_equal(last_port(), 20006);
}

static void what_one_clears_is_free_for_others(void **state)
{
	(void)state;
	fake_left_behind(4711, A_REALM, 20004);
	fake_left_behind(4712, A_REALM, 20006);
	open_shards();
	enter(1);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), -ENOSPC);
	assert_int_equal(media_orphan_clear(shards[1].media), 0);
	assert_int_equal(media_orphan_clear(shards[0].media), 2);
	assert_int_equal(fake_count(), 0);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), -ENOSPC);
	media_orphan_recount(shards[1].media);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
}

/* All hear of its end, and each forgets it. */
static void an_orphan_that_times_out_is_free_for_all(void **state)
{
	(void)state;
	fake_left_behind(4711, A_REALM, 20004);
	fake_left_behind(4712, A_REALM, 20006);
	open_shards();
	fake_timeout(4711, true);
	for (unsigned int i = 0; i < SHARDS; i++) {
		enter(i);
		loop_defer(fx.loop, &fx.stop, stop);
		assert_int_equal(loop_run(fx.loop), 0);
	}
	assert_int_equal(fake.nevents, 0);
	assert_int_equal(media_orphan_count(shards[0].media), 1);
	enter(1);
	assert_int_equal(offer(MEDIA_A, TEXT(A_PEER, AUDIO(4000))), 0);
	assert_int_equal(fx.edit.media[0].port, 30004);
}

/* Whoever cannot get rid of a session tells of it himself, and no other. */
static void what_one_cannot_delete_is_its_orphan(void **state)
{
	(void)state;
	open_shards();
	enter(2);
	establish();
	fake.refuse = -ENOBUFS;
	media_call_free(fx.call, NULL);
	shards[2].call = NULL;
	for (unsigned int i = 0; i < SHARDS; i++) {
		media_orphan_recount(shards[i].media);
		assert_int_equal(media_orphan_count(shards[i].media), i == 2);
	}
	assert_int_equal(media_orphan_clear(shards[2].media), 1);
	assert_int_equal(fake_count(), 0);
}

/* A session of before that has an ID of ours by chance is there at the start, so it is none. */
static void an_id_by_chance(void **state)
{
	(void)state;
	fake_left_behind(ids + 7, A_REALM, 20000); /* would be shard 1's */
	open_shards();
	assert_int_equal(media_orphan_count(shards[0].media), 1);
	assert_int_equal(media_orphan_count(shards[1].media), 0);
	media_orphan_recount(shards[0].media);
	assert_int_equal(media_orphan_count(shards[0].media), 1);
}

static void an_event_meets_its_shard(void **state)
{
	uint64_t id;

	(void)state;
	open_shards();
	enter(1);
	establish();
	id = fake_only()->id;
	fake_timeout(id, true);
	for (unsigned int i = 0; i < SHARDS; i++) {
		enter(i);
		loop_defer(fx.loop, &fx.stop, stop);
		assert_int_equal(loop_run(fx.loop), 0);
		assert_int_equal(fx.timeouts, i >= 1);
	}
	assert_ptr_equal(fx.timed_out, &shards[1]);
	assert_int_equal(media_session_count(shards[1].media), 0);
}

#define SHARDED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHARDED(each_has_its_ports_and_ids),
		SHARDED(calls_of_others_are_no_orphans),
		SHARDED(an_orphan_is_told_of_by_the_first_alone),
		SHARDED(what_one_clears_is_free_for_others),
		SHARDED(an_orphan_that_times_out_is_free_for_all),
		SHARDED(what_one_cannot_delete_is_its_orphan),
		SHARDED(an_id_by_chance),
		SHARDED(an_event_meets_its_shard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
