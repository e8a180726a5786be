// SPDX-License-Identifier: GPL-2.0-or-later
/* Session timers (RFC 4028) of those who come into a call by a transfer. */
#include "transfer_fixture.h"

#define ALLOW_UPDATE "Allow: INVITE, ACK, BYE, UPDATE\r\n"
#define NO_UPDATE "Allow: INVITE, ACK, BYE\r\n"
#define TIMER(seconds, refresher) \
	"Require: timer\r\nSession-Expires: " #seconds ";refresher=" refresher "\r\n"
#define REFER_TO "Refer-To: <sip:carol@sipd.example>\r\n"

/* A calls B, who answers with @answered. */
static void call_b(struct call_rig *rig, const char *answered)
{
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", answered, CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* A refers B to C, who answers with @c, then B with @b. A stays. */
static void refer_b(struct call_rig *rig, const char *c, const char *b)
{
	struct call_peer *carol = &rig->more[0];

	peer_request(&rig->a, "REFER", REFER_TO, "");
	peer_reply(&rig->a, 200);
	peer_learn(carol);
	peer_reply_invite(carol, 200, "tag-of-C", c, CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", b, CALL_RIG_SDP);
	peer_reply(&rig->a, 200);
	assert_sipfrag(&rig->a, "SIP/2.0 200 OK\r\n", "Subscription-State: terminated");
}

static void blind(struct call_rig *rig, const char *c, const char *b)
{
	call_b(rig, "");
	refer_b(rig, c, b);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_forget(rig);
	assert_counts(rig, 1, 0);
}

static void reply_update(struct call_peer *peer, const char *extra)
{
	assert_int_equal(strncmp(peer->last, "UPDATE ", 7), 0);
	peer_reply_other(peer, 200, "", extra);
}

/* B and C have BYE, as nobody has refreshed. */
static void assert_expired(struct call_rig *rig, const char *journal)
{
	static const char reason[] = "SIP;cause=408;text=\"Session timer expired\"";
	struct call_peer *c = &rig->more[0];

	call_rig_expect(rig, journal);
	assert_string_equal(peer_header(&rig->b, "Reason"), reason);
	assert_string_equal(peer_header(c, "Reason"), reason);
	peer_reply(&rig->b, 200);
	peer_reply(c, 200);
	assert_counts(rig, 0, 1);
}

/* Shows: 4028/7.4a 4028/10b */
static void both_are_refreshed(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	blind(rig, ALLOW_UPDATE TIMER(1800, "uac"), ALLOW_UPDATE TIMER(1200, "uac"));
	call_rig_advance(rig, 600000);
	call_rig_expect(rig, "600000 B UPDATE\n");
	reply_update(&rig->b, TIMER(1800, "uac"));
	call_rig_advance(rig, 900000);
	call_rig_expect(rig, "900000 C UPDATE\n");
	reply_update(c, TIMER(1800, "uac"));
	call_rig_advance(rig, 1499999);
	call_rig_expect(rig, "");
	assert_counts(rig, 1, 0);
	transfer_hang_up(c, &rig->b);
}

/* Each is offered what the other one has said last. Shows: 4028/7.4b */
static void by_reinvite(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	blind(rig, NO_UPDATE TIMER(1800, "uac"), NO_UPDATE TIMER(1200, "uac"));
	call_rig_advance(rig, 600000);
	call_rig_expect(rig, "600000 B INVITE\n");
	assert_non_null(strstr(peer_body(&rig->b), "m=audio "));
	peer_reply_invite(&rig->b, 200, "", TIMER(1800, "uac"), CALL_RIG_SDP);
	call_rig_expect(rig, "600000 B ACK\n");
	call_rig_advance(rig, 900000);
	call_rig_expect(rig, "900000 C INVITE\n");
	assert_non_null(strstr(peer_body(c), "m=audio "));
	peer_reply_invite(c, 200, "", TIMER(1800, "uac"), CALL_RIG_SDP);
	call_rig_expect(rig, "900000 C ACK\n");
	transfer_hang_up(&rig->b, c);
}

/* Shows: 4028/10a */
static void target_is_silent(void **state)
{
	struct call_rig *rig = *state;

	blind(rig, TIMER(600, "uas"), "");
	call_rig_advance(rig, 567999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 568000);
	assert_expired(rig, "568000 B BYE\n568000 C BYE\n");
}

static void who_is_left_over_is_silent(void **state)
{
	struct call_rig *rig = *state;

	blind(rig, "", TIMER(600, "uas"));
	call_rig_advance(rig, 568000);
	assert_expired(rig, "568000 B BYE\n568000 C BYE\n");
}

/*
 * What was agreed before is asked for again, and counts in the new call only, though the old one
 * still waits for A. Shows: 4028/7.4d
 */
static void session_moves(void **state)
{
	struct call_rig *rig = *state;

	call_b(rig, ALLOW_UPDATE TIMER(600, "uac"));
	call_rig_advance(rig, 299999);
	refer_b(rig, "", ALLOW_UPDATE TIMER(600, "uac"));
	assert_string_equal(call_rig_header(rig->b.invite, "Session-Expires"),
			    "600;refresher=uac");
	call_rig_forget(rig);
	call_rig_advance(rig, 310000);
	call_rig_expect(rig, "");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "310000 A 200\n");
	call_rig_advance(rig, 599999);
	call_rig_expect(rig, "599999 B UPDATE\n");
	reply_update(&rig->b, TIMER(600, "uac"));
	transfer_hang_up(&rig->b, &rig->more[0]);
}

/* B has a refresh of the old call's to answer when it is moved, and has it sent no more there. */
static void refresh_under_way(void **state)
{
	struct call_rig *rig = *state;

	call_b(rig, ALLOW_UPDATE TIMER(600, "uac"));
	call_rig_advance(rig, 300000);
	call_rig_expect(rig, "300000 B UPDATE\n");
	refer_b(rig, "", ALLOW_UPDATE TIMER(600, "uac"));
	peer_reply(&rig->b, 491);
	call_rig_forget(rig);
	call_rig_advance(rig, 304000);
	call_rig_expect(rig, "");
	peer_request(&rig->a, "BYE", "", "");
	transfer_hang_up(&rig->b, &rig->more[0]);
}

/* A calls B, and C as well, who answers with @answered. */
static void call_both(struct call_rig *rig, const char *answered)
{
	struct call_peer *c = &rig->more[0];

	second_call(rig, "", CALL_RIG_SDP);
	peer_reply_invite(c, 200, "tag-of-C", answered, CALL_RIG_SDP);
	second_learns(rig);
	peer_learn(&second);
	second_ack(rig);
	call_rig_forget(rig);
	assert_counts(rig, 2, 0);
}

/* Shows: 4028/7.4d 4028/10a 4028/10b */
static void attended(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	call_both(rig, ALLOW_UPDATE TIMER(600, "uac"));
	call_rig_advance(rig, 200000);
	refer_to_second(rig, "");
	peer_reply(&rig->a, 200);
	assert_string_equal(call_rig_header(c->invite, "Session-Expires"), "600;refresher=uac");
	peer_request(&second, "BYE", "", "");
	peer_reply_invite(c, 200, "", TIMER(600, "uac"), CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", TIMER(600, "uas"), CALL_RIG_SDP);
	peer_reply(&rig->a, 200);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_forget(rig);
	assert_counts(rig, 1, 0);
	call_rig_advance(rig, 500000);
	call_rig_expect(rig, "500000 C UPDATE\n");
	reply_update(c, TIMER(600, "uac"));
	call_rig_advance(rig, 767999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 768000);
	assert_expired(rig, "768000 B BYE\n768000 C BYE\n");
}

/* Who goes back to his call is refreshed there when he would have been anyway. */
static void goes_back(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	call_both(rig, ALLOW_UPDATE TIMER(600, "uac"));
	call_rig_advance(rig, 200000);
	refer_to_second(rig, "");
	peer_reply(&rig->a, 200);
	peer_reply_invite(c, 488, "", "", "");
	peer_reply(&rig->a, 200);
	call_rig_forget(rig);
	assert_counts(rig, 2, 1);
	call_rig_advance(rig, 299999);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 300000);
	call_rig_expect(rig, "300000 C UPDATE\n");
	reply_update(c, TIMER(600, "uac"));
	peer_request(&second, "BYE", "", "");
	peer_reply(c, 200);
	call_rig_forget(rig);
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, transfer_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_are_refreshed),
		TEST(by_reinvite),
		TEST(target_is_silent),
		TEST(who_is_left_over_is_silent),
		TEST(session_moves),
		TEST(refresh_under_way),
		TEST(attended),
		TEST(goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
