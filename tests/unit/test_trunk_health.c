// SPDX-License-Identifier: GPL-2.0-or-later
/* Trunks are asked by OPTIONS whether they answer, and calls pass by those that do not. */
#include <stdio.h>
#include <stdlib.h>

#include "call/trunk.h"
#include "call_rig.h"

/* Of trunk.c: B is asked first then. */
#define START_MS 20
#define INTERVAL_MS 10000
/* timers: failover */
#define SILENCE_MS 4000

static char name[] = "B";

/* Three in a row take B down, two in a row up again. */
static void add_health(struct call_rig *rig)
{
	for (int i = 0; i < CALL_RIG_CALLEES; i++) {
		rig->trunks[i].name = name;
		rig->trunks[i].realm = &rig->realms[1];
	}
	rig->trunks[0].address.addr = rig->b.flow.remote;
	rig->trunks[0].health_ms = INTERVAL_MS;
	rig->trunks[0].health_fall = 3;
	rig->trunks[0].health_rise = 2;
	rig->cfg.failover_ms = SILENCE_MS;
	rig->cfg.trunks = rig->trunks;
	rig->cfg.ntrunks = CALL_RIG_CALLEES;
}

static int setup(void **state)
{
	int ret = call_rig_setup_with(state, add_health);

	call_rig_route(*state, CFG_PRIORITY, NULL);
	return ret;
}

/* Who is disabled is not asked. */
static int teardown(void **state)
{
	struct call_rig *rig = *state;

	call_trunk_enable(rig->engine, name, false);
	return call_rig_teardown(state);
}

static void copy_info(void *arg, const struct call_trunk_info *info)
{
	if (!strcmp(info->cfg->name, name))
		*(struct call_trunk_info *)arg = *info;
}

static void assert_health(const struct call_rig *rig, const char *health)
{
	struct call_trunk_info info = { .cfg = NULL };

	call_each_trunk(rig->engine, copy_info, &info);
	assert_string_equal(info.health, health);
}

static void advance(struct call_rig *rig, uint64_t ms)
{
	call_rig_advance(rig, loop_now_ms(rig->loop) - rig->start_ms + ms);
}

/* The next OPTIONS, at its time, is new to B; its Call-ID is in @call_id. */
static void ask(struct call_rig *rig, uint64_t ms, char call_id[128])
{
	advance(rig, ms - 1);
	call_rig_forget(rig);
	advance(rig, 1);
	assert_non_null(strstr(rig->journal, " B OPTIONS\n"));
	assert_string_not_equal(call_rig_header(rig->b.other, "Call-ID"), call_id);
	snprintf(call_id, 128, "%s", call_rig_header(rig->b.other, "Call-ID"));
}

/* Three that nobody answers; the fourth is due INTERVAL_MS later. */
static void fall(struct call_rig *rig, char call_id[128])
{
	call_id[0] = '\0';
	ask(rig, START_MS, call_id);
	for (int i = 0; i < 2; i++) {
		advance(rig, SILENCE_MS);
		assert_health(rig, "up");
		ask(rig, INTERVAL_MS, call_id);
	}
	advance(rig, SILENCE_MS - 1);
	assert_health(rig, "up");
	advance(rig, 1);
	assert_health(rig, "down");
}

static void call(struct call_rig *rig)
{
	rig->a.call_id[0]++;
	rig->a.remote_tag[0] = '\0';
	rig->b.invite[0] = rig->more[0].invite[0] = '\0';
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
}

static void refuse_call(struct call_rig *rig, struct call_peer *peer)
{
	assert_string_not_equal(peer->invite, "");
	peer_reply_invite(peer, 486, "t", "", "");
	peer_ack(&rig->a, "");
}

/* Shows: 3261/11.1a */
static void what_is_asked(void **state)
{
	struct call_rig *rig = *state;
	char text[128], call_id[128] = "";

	ask(rig, START_MS, call_id);
	snprintf(text, sizeof(text), "OPTIONS sip:%s SIP/2.0\r\n", rig->b.address);
	assert_memory_equal(rig->b.other, text, strlen(text));
	assert_string_equal(call_rig_header(rig->b.other, "Accept"),
			    "application/sdp, multipart/mixed");
	assert_string_equal(call_rig_header(rig->b.other, "Max-Forwards"), "70");
	assert_non_null(strstr(call_rig_header(rig->b.other, "Contact"), rig->b.sipd));
	assert_null(strstr(call_rig_header(rig->b.other, "To"), "tag="));
	peer_reply(&rig->b, 200);
	ask(rig, INTERVAL_MS, call_id);
	peer_reply(&rig->b, 200);
	assert_health(rig, "up");
}

static void who_is_down_is_passed_by(void **state)
{
	struct call_rig *rig = *state;
	char call_id[128];

	call(rig);
	refuse_call(rig, &rig->b);
	fall(rig, call_id);
	call(rig);
	assert_string_equal(rig->b.invite, "");
	assert_non_null(strstr(call_rig_ladder(rig, "route "), "C, then D; down: B"));
	refuse_call(rig, &rig->more[0]);
	/* It answers, but once is not enough. */
	ask(rig, INTERVAL_MS, call_id);
	peer_reply(&rig->b, 200);
	assert_health(rig, "down");
	ask(rig, INTERVAL_MS, call_id);
	advance(rig, SILENCE_MS);
	ask(rig, INTERVAL_MS, call_id);
	peer_reply(&rig->b, 200);
	assert_health(rig, "down");
	ask(rig, INTERVAL_MS, call_id);
	peer_reply(&rig->b, 200);
	assert_health(rig, "up");
	call(rig);
	refuse_call(rig, &rig->b);
}

static void what_counts_as_an_answer(void **state)
{
	static const int answers[] = { 200, 404, 405, 481, 500, 603 };
	struct call_rig *rig = *state;
	char call_id[128] = "";
	uint64_t wait = START_MS;

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		/* Two failures are forgotten with each. */
		for (int j = 0; j < 2; j++) {
			ask(rig, wait, call_id);
			peer_reply(&rig->b, 503);
			wait = INTERVAL_MS;
		}
		ask(rig, wait, call_id);
		peer_reply(&rig->b, answers[i]);
		assert_health(rig, "up");
	}
	for (int j = 0; j < 3; j++) {
		ask(rig, wait, call_id);
		peer_reply(&rig->b, 503);
	}
	assert_health(rig, "down");
}

/* It may be OPTIONS alone that nobody answers there. */
static void the_last_one_is_tried(void **state)
{
	struct call_rig *rig = *state;
	char call_id[128];

	rig->route.nto = 1;
	fall(rig, call_id);
	call(rig);
	refuse_call(rig, &rig->b);
	/* Another one that takes no calls is none. */
	rig->route.nto = 2;
	call_trunk_enable(rig->engine, "C", false);
	call(rig);
	refuse_call(rig, &rig->b);
	call_trunk_enable(rig->engine, "C", true);
	call(rig);
	refuse_call(rig, &rig->more[0]);
}

static void a_disabled_one_is_not_asked(void **state)
{
	struct call_rig *rig = *state;
	char call_id[128];

	fall(rig, call_id);
	call_trunk_enable(rig->engine, name, false);
	/* What was sent before is repeated for a while. */
	advance(rig, 64000);
	call_rig_forget(rig);
	advance(rig, 10 * INTERVAL_MS);
	call_rig_expect(rig, "");
	call_trunk_enable(rig->engine, name, true);
	assert_health(rig, "up");
	ask(rig, START_MS, call_id);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_asked),
		TEST(who_is_down_is_passed_by),
		TEST(what_counts_as_an_answer),
		TEST(the_last_one_is_tried),
		TEST(a_disabled_one_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
