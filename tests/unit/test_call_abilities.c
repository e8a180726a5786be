// SPDX-License-Identifier: GPL-2.0-or-later
/* Allow and Supported of INVITEs and what answers them: what sipd does with it on that leg. */
#include "call/leg.h"
#include "transfer_fixture.h"

static void invite(struct call_rig *rig, const char *headers)
{
	peer_request(&rig->a, "INVITE", headers, CALL_RIG_SDP);
	peer_learn(&rig->b);
}

/* Its last one, as the first one may be of timers or 100rel. */
static void assert_told(const struct call_peer *peer, const char *allow, const char *supported)
{
	assert_string_equal(peer_header(peer, "Allow"), allow);
	assert_true(peer_got(peer, supported));
}

static void finish(struct call_rig *rig)
{
	peer_ack(&rig->a, "");
	rig->journal_len = 0;
	call_rig_hang_up(rig);
}

/* Shows: 3261/13.2.1c 3261/13.3.1.4c 3311/4a */
static void says_what_the_other_side_takes(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "Allow: INVITE, ACK, BYE, UPDATE, DANCE\r\nAllow: INFO\r\n"
		    "Supported: uui, path, replaces\r\n");
	assert_told(&rig->b, "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER",
		    "Supported: replaces, norefersub, uui");
	peer_reply_invite(&rig->b, 180, "tag-of-B", "Allow: INVITE, UPDATE\r\n", "");
	assert_told(&rig->a, "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, REFER",
		    "Supported: replaces, norefersub");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "Allow: INVITE, MESSAGE\r\n", CALL_RIG_SDP);
	assert_told(&rig->a, "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, REFER, MESSAGE",
		    "Supported: replaces, norefersub");
	peer_learn(&rig->a);
	finish(rig);
}

#define OF_SILENT                                                                     \
	"INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, PRACK, REFER, MESSAGE, SUBSCRIBE, " \
	"NOTIFY, PUBLISH"

/* Who says nothing is asked; an UPDATE he need not know. Shows: 3261/13.2.1c 3261/13.3.1.4c */
static void other_side_says_nothing(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "");
	assert_told(&rig->b, OF_SILENT, "Supported: replaces, norefersub");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	assert_told(&rig->a, OF_SILENT, "Supported: replaces, norefersub");
	peer_learn(&rig->a);
	finish(rig);
}

/* A re-INVITE without Allow takes nothing back. Shows: 3311/4a */
static void update_stays_known(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "Allow: INVITE, ACK, BYE, UPDATE\r\n");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "Allow: INVITE, UPDATE\r\n", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_non_null(strstr(peer_header(&rig->b, "Allow"), ", UPDATE,"));
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	assert_non_null(strstr(peer_header(&rig->a, "Allow"), ", UPDATE,"));
	finish(rig);
}

static void core_refuses(struct call_rig *rig)
{
	rig->realms[1].transfer = CFG_TRANSFER_REFUSE;
	rig->realms[1].reliable = CFG_100REL_NEVER;
	rig->realms[1].session_timers = CFG_SESSION_TIMERS_OFF;
}

static int setup_core_refuses(void **state)
{
	return call_rig_setup_with(state, core_refuses);
}

/* Of the leg's own realm, whatever the other side knows. Shows: 3261/13.2.1c */
static void realm_does_not_take_it(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "Allow: INVITE, REFER, PRACK\r\nSupported: 100rel, norefersub\r\n");
	assert_told(&rig->b, "INVITE, ACK, CANCEL, BYE, OPTIONS", "Supported: replaces");
	assert_false(peer_got(&rig->b, "Supported: replaces, norefersub"));
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	assert_told(&rig->a, OF_SILENT, "Supported: replaces, norefersub");
	peer_learn(&rig->a);
	finish(rig);
}

static void core_passes(struct call_rig *rig)
{
	rig->realms[1].transfer = CFG_TRANSFER_PASS;
}

static int setup_core_passes(void **state)
{
	return call_rig_setup_with(state, core_passes);
}

/* A REFER that the other side is to carry out is taken if that does. Shows: 3261/13.2.1c */
static void refer_is_passed(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "Allow: INVITE, REFER\r\nSupported: norefersub\r\n");
	assert_told(&rig->b, "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, REFER",
		    "Supported: replaces, norefersub");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "Allow: INVITE\r\n", CALL_RIG_SDP);
	assert_told(&rig->b, "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK", "Supported: replaces");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	finish(rig);
}

/* What is asked of the other side is all that sipd knows, as CALL_ALLOW says it to others. */
static void none_is_missing(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, "Allow: " CALL_ALLOW "\r\n");
	assert_string_equal(peer_header(&rig->b, "Allow"), CALL_ALLOW);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "Allow: " CALL_ALLOW "\r\n", CALL_RIG_SDP);
	assert_string_equal(peer_header(&rig->a, "Allow"), CALL_ALLOW);
	peer_learn(&rig->a);
	finish(rig);
}

/* C's new peer is B, who has said @allow. */
static void assert_new_party_is_told(struct call_rig *rig, const char *allow, bool update)
{
	struct call_peer *c = &rig->more[0];

	invite(rig, "Allow: INVITE, ACK, BYE, UPDATE\r\n");
	peer_reply_invite(&rig->b, 200, "tag-of-B", allow, CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "REFER", "Refer-To: <sip:carol@sipd.example>\r\n", "");
	assert_int_equal(!strncmp(c->invite, "INVITE ", 7), 1);
	assert_int_equal(!!strstr(peer_header(c, "Allow"), "UPDATE"), update);
	assert_non_null(strstr(peer_header(c, "Allow"), "INVITE, ACK, CANCEL, BYE, "));
	peer_reply(&rig->a, 200);
	peer_reply_invite(c, 486, "tag-of-C", "", "");
	peer_reply(&rig->a, 200);
	rig->journal_len = 0;
	call_rig_hang_up(rig);
}

/* Shows: 3311/4a */
static void who_is_transferred_takes_update(void **state)
{
	assert_new_party_is_told(*state, "Allow: INVITE, ACK, BYE, UPDATE\r\n", true);
}

/* Whatever the transferor takes. Shows: 3311/4a */
static void who_is_transferred_does_not(void **state)
{
	assert_new_party_is_told(*state, "Allow: INVITE, ACK, BYE\r\n", false);
}

static void who_is_transferred_has_not_said(void **state)
{
	assert_new_party_is_told(*state, "", false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)
#define TEST_WITH(name, setup) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(says_what_the_other_side_takes),
		TEST(other_side_says_nothing),
		TEST(update_stays_known),
		TEST_WITH(realm_does_not_take_it, setup_core_refuses),
		TEST_WITH(refer_is_passed, setup_core_passes),
		TEST(none_is_missing),
		TEST_WITH(who_is_transferred_takes_update, transfer_setup),
		TEST_WITH(who_is_transferred_does_not, transfer_setup),
		TEST_WITH(who_is_transferred_has_not_said, transfer_setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
