// SPDX-License-Identifier: GPL-2.0-or-later
/* The callee's side forks: several early dialogs, several 2xx (RFC 3261 s.12.1, s.13.2.2.4). */
#include <stdio.h>

#include "call_rig.h"

static void keep_tag(struct call_rig *rig, char tag[64])
{
	snprintf(tag, 64, "%s", peer_tag(&rig->a, "To"));
	assert_string_not_equal(tag, "");
}

/* Shows: 3261/13.2.2.4c */
static void each_branch_has_its_dialog(void **state)
{
	struct call_rig *rig = *state;
	char first[64], second[64];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b1", "", "");
	keep_tag(rig, first);
	peer_reply_invite(&rig->b, 183, "b2", "", CALL_RIG_SDP);
	keep_tag(rig, second);
	assert_string_not_equal(first, second);
	peer_reply_invite(&rig->b, 181, "b1", "", "");
	assert_string_equal(peer_tag(&rig->a, "To"), first);
	peer_reply_invite(&rig->b, 200, "b2", "", CALL_RIG_SDP);
	assert_string_equal(peer_tag(&rig->a, "To"), second);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 183\n0 A 181\n0 A 200\n");
	/* The other dialogs are gone. */
	peer_learn(&rig->a);
	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "%s", first);
	peer_request(&rig->a, "INFO", "", "");
	call_rig_expect(rig, "0 A 481\n");
	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "%s", second);
	peer_ack(&rig->a, "");
	assert_string_equal(peer_tag(&rig->b, "To"), "b2");
	call_rig_hang_up(rig);
}

/* Shows: 3261/13.2.2.4c */
static void later_2xx_are_ended(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 180, "b1", "", "");
	peer_reply_invite(&rig->b, 180, "b2", "", "");
	peer_reply_invite(&rig->b, 200, "b2", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 180\n0 A 200\n");
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n0 B BYE\n");
	assert_string_equal(peer_tag(&rig->b, "To"), "b1");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "b3", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n0 B BYE\n");
	assert_string_equal(peer_tag(&rig->b, "To"), "b3");
	peer_reply(&rig->b, 200);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 B ACK\n");
	assert_string_equal(peer_tag(&rig->b, "To"), "b2");
	call_rig_hang_up(rig);
}

/* Two losers that have not had their ACK repeat their 2xx in turn. */
static void losers_are_ended_once_each(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "b2", "", CALL_RIG_SDP);
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 B ACK\n0 B BYE\n0 B ACK\n0 B BYE\n");
	for (int i = 0; i < 3; i++) {
		peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
		peer_reply_invite(&rig->b, 200, "b2", "", CALL_RIG_SDP);
		call_rig_expect(rig, "0 B ACK\n0 B ACK\n");
	}
	call_rig_hang_up(rig);
}

static void end_call(struct call_rig *rig)
{
	call_rig_establish(rig);
	call_rig_hang_up(rig);
	call_rig_forget(rig);
	call_rig_advance(rig, 60000);
}

static void orphans_are_ended_once_each(void **state)
{
	struct call_rig *rig = *state;

	end_call(rig);
	peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "b2", "", CALL_RIG_SDP);
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "60000 B ACK\n60000 B BYE\n60000 B ACK\n60000 B BYE\n");
	for (int i = 0; i < 3; i++) {
		peer_reply_invite(&rig->b, 200, "b1", "", CALL_RIG_SDP);
		peer_reply_invite(&rig->b, 200, "b2", "", CALL_RIG_SDP);
		call_rig_expect(rig, "60000 B ACK\n60000 B ACK\n");
	}
}

static void orphans_are_bounded(void **state)
{
	struct call_rig *rig = *state;
	uint64_t sent;
	char tag[16];

	end_call(rig);
	sent = call_engine_sip_stats(rig->engine)->tx;
	for (int i = 0; i < CALL_ORPHANS_MAX + 100; i++) {
		snprintf(tag, sizeof(tag), "b%d", i);
		peer_reply_invite(&rig->b, 200, tag, "", "");
		if (!strncmp(rig->b.last, "BYE", 3))
			peer_reply(&rig->b, 200);
		rig->b.last[0] = '\0';
	}
	assert_int_equal(call_engine_sip_stats(rig->engine)->tx - sent, 2 * CALL_ORPHANS_MAX);
	call_rig_forget(rig);
	/* In a while there is room again. */
	call_rig_advance(rig, 60000 + 32000);
	peer_reply_invite(&rig->b, 200, "b999", "", "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "92000 B ACK\n92000 B BYE\n");
}

/* Whoever has had an INVITE of ours knows all that a 2xx needs, for ever. */
static void orphans_lead_to_nobody_else(void **state)
{
	struct call_rig *rig = *state;
	uint64_t sent;

	end_call(rig);
	sent = call_engine_sip_stats(rig->engine)->tx;
	peer_reply_invite(&rig->b, 200, "b1", "Record-Route: <sip:127.0.0.2;lr>\r\n", "");
	call_rig_expect(rig, "");
	assert_int_equal(call_engine_sip_stats(rig->engine)->tx, sent);
	/* The same from there counts as if it was the first. */
	peer_reply_invite(&rig->b, 200, "b1", "", "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "60000 B ACK\n60000 B BYE\n");
}

static void late_2xx_of_the_call_is_only_acknowledged(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	call_rig_advance(rig, 60000);
	assert_int_equal(rig->engine->relays.in_use, 0);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	call_rig_expect(rig, "60000 B ACK\n");
	call_rig_hang_up(rig);
}

static void branches_are_bounded(void **state)
{
	struct call_rig *rig = *state;
	char tag[16];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	for (int i = 0; i < 100; i++) {
		snprintf(tag, sizeof(tag), "b%d", i);
		peer_reply_invite(&rig->b, 180, tag, "", "");
	}
	assert_int_equal(rig->engine->pairs.in_use, 16);
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	/* One that there was no room for gets the call all the same. */
	peer_reply_invite(&rig->b, 200, "b99", "", CALL_RIG_SDP);
	assert_memory_equal(rig->a.last, "SIP/2.0 200", 11);
	assert_int_equal(rig->engine->pairs.in_use, 1);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(peer_tag(&rig->b, "To"), "b99");
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_branch_has_its_dialog),
		TEST(later_2xx_are_ended),
		TEST(losers_are_ended_once_each),
		TEST(orphans_are_ended_once_each),
		TEST(orphans_are_bounded),
		TEST(orphans_lead_to_nobody_else),
		TEST(late_2xx_of_the_call_is_only_acknowledged),
		TEST(branches_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
