// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Blind transfer done by sipd: who is left over goes on with the new party, C, and who has failed
 * leaves the call as it was. The realm access, A's, has a route for carol to C; all else goes to B.
 */
#include "call/route.h"
#include "transfer_fixture.h"

#define REFER_TO "Refer-To: <sip:carol@sipd.example>\r\n"

static int setup_refusing(void **state)
{
	int ret = transfer_setup(state);
	struct call_rig *rig = *state;

	rig->realms[0].transfer = CFG_TRANSFER_REFUSE;
	return ret;
}

/* @peer refers; C is called. */
static void refer(struct call_peer *peer)
{
	struct call_rig *rig = peer->rig;
	const char *a = peer == &rig->a ? "0 A 202\n0 A NOTIFY\n" : "";
	const char *b = peer == &rig->b ? "0 B 202\n0 B NOTIFY\n" : "";
	char expected[128];

	peer_request(peer, "REFER", REFER_TO "Referred-By: <sip:a@home.example>\r\n", "");
	snprintf(expected, sizeof(expected), "%s%s0 C INVITE\n", a, b);
	call_rig_expect(rig, expected);
	assert_sipfrag(peer, "SIP/2.0 100 Trying\r\n", "\r\nSubscription-State: active;expires=");
	peer_reply(peer, 200);
	peer_learn(&rig->more[0]);
}

/* C answers, @left, who is left over, is offered what C offers, and answers that. */
static void answer(struct call_rig *rig, struct call_peer *left)
{
	struct call_peer *c = &rig->more[0];
	char expected[128];

	assert_string_equal(strstr(c->invite, "\r\n\r\n"), "\r\n\r\n");
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	snprintf(expected, sizeof(expected), "0 %s INVITE\n", left->name);
	call_rig_expect(rig, expected);
	assert_non_null(strstr(left->invite, "m=audio "));
	peer_reply_invite(left, 200, "", "", CALL_RIG_SDP);
	assert_true(!strncmp(left->last, "ACK ", 4));
	assert_non_null(strstr(c->last, "ACK "));
	assert_non_null(strstr(c->last, "m=audio "));
}

static void note_of(const struct call *call, const char *text)
{
	const struct ladder *ladder = &call->ladder;

	for (unsigned int i = 0; i < ladder->nevents; i++)
		if (strstr(ladder_label(ladder, &ladder->events[i]), text) ||
		    strstr(ladder_detail(ladder, &ladder->events[i]), text))
			return;
	fail_msg("no note '%s'", text);
}

/*
 * Shows: 3515/2.4.2a 3515/2.4.4a 3515/2.4.4b 3515/2.4.5a 3515/2.4.7a
 * Shows: 3892/2.2a 4488/4b 5589/6a 6665/4.2.2e
 */
static void by_caller(void **state)
{
	struct call_rig *rig = *state;
	const struct call *old;

	call_rig_establish(rig);
	old = TAILQ_FIRST(&rig->engine->active);
	refer(&rig->a);
	/* He is told of by the address that he has on this side. */
	assert_non_null(strstr(rig->more[0].invite, "\r\nReferred-By: <sip:a@127.0.0.1>\r\n"));
	assert_null(strstr(rig->more[0].invite, "home.example"));
	peer_reply_invite(&rig->more[0], 180, "tag-of-C", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n");
	assert_sipfrag(&rig->a, "SIP/2.0 180 Whatever\r\n", "active;expires=");
	peer_reply(&rig->a, 200);
	answer(rig, &rig->b);
	call_rig_expect(rig, "0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	assert_sipfrag(&rig->a, "SIP/2.0 200 OK\r\n",
		       "Subscription-State: terminated;reason=noresource\r\n");
	peer_reply(&rig->a, 200);
	note_of(old, "transferred: the callee goes on in call ");
	note_of(TAILQ_FIRST(&rig->engine->active), "transfer: the callee of call ");
	/* He hangs up: nobody else hears of it. */
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	assert_counts(rig, 1, 0);
	/* What the two say goes from one to the other. */
	peer_request(&rig->b, "INFO", "", "");
	call_rig_expect(rig, "0 C INFO\n");
	peer_reply(&rig->more[0], 200);
	call_rig_expect(rig, "0 B 200\n");
	peer_request(&rig->more[0], "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->more[0], "");
	call_rig_expect(rig, "0 B INVITE\n0 C 100\n0 C 200\n0 B ACK\n");
	transfer_hang_up(&rig->more[0], &rig->b);
	assert_counts(rig, 0, 0);
}

static void by_callee(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->b);
	answer(rig, &rig->a);
	call_rig_expect(rig, "0 A ACK\n0 B NOTIFY\n0 C ACK\n");
	peer_reply(&rig->b, 200);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 B 200\n");
	transfer_hang_up(&rig->a, &rig->more[0]);
	assert_counts(rig, 0, 0);
}

/* Shows: 3515/2.4.5b 3515/2.4.6a 5589/6c */
static void busy(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_reply_invite(&rig->more[0], 486, "tag-of-C", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 C ACK\n");
	assert_sipfrag(&rig->a, "SIP/2.0 486 Busy Here\r\n", "terminated;reason=noresource");
	peer_reply(&rig->a, 200);
	assert_counts(rig, 1, 1);
	/* The call goes on: it is taken off hold. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	/* Another try has an ID of its own (RFC 3515 s.2.4.6). */
	peer_request(&rig->a, "REFER", REFER_TO, "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n");
	assert_non_null(strstr(rig->a.other, "\r\nEvent: refer;id="));
	peer_reply(&rig->a, 200);
	peer_reply_invite(&rig->more[0], 603, "tag-of-C", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 C ACK\n");
	peer_reply(&rig->a, 200);
	call_rig_hang_up(rig);
}

static void no_answer(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_reply_invite(&rig->more[0], 180, "tag-of-C", "", "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n");
	call_rig_advance(rig, 180000);
	call_rig_expect(rig, "180000 A NOTIFY\n180000 C CANCEL\n");
	assert_sipfrag(&rig->a, "SIP/2.0 480 ", "terminated");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->more[0], 200);
	peer_reply_invite(&rig->more[0], 487, "tag-of-C", "", "");
	call_rig_expect(rig, "180000 C ACK\n");
	call_rig_hang_up(rig);
}

/* Shows: 5589/6b */
static void leaves_at_once(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	answer(rig, &rig->b);
	call_rig_expect(rig, "0 B ACK\n0 C ACK\n");
	assert_counts(rig, 1, 0);
	transfer_hang_up(&rig->b, &rig->more[0]);
}

static void leaves_and_nobody_answers(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_request(&rig->a, "BYE", "", "");
	/* Who is alone can only wait, or go. */
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_ack(&rig->b, "");
	call_rig_expect(rig, "0 A 200\n0 B 491\n");
	peer_reply_invite(&rig->more[0], 486, "tag-of-C", "", "");
	call_rig_expect(rig, "0 B BYE\n0 C ACK\n");
	assert_non_null(strstr(rig->b.last, "Transfer failed"));
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

static void left_over_hangs_up(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_reply_invite(&rig->more[0], 180, "tag-of-C", "", "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n");
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 A BYE\n0 B 200\n0 C CANCEL\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->more[0], 200);
	/* The answer crosses the CANCEL: it is acknowledged, and ended. */
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 C ACK\n0 C BYE\n");
	peer_reply(&rig->more[0], 200);
	assert_counts(rig, 0, 0);
}

static void does_not_hang_up(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	answer(rig, &rig->b);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	/* In a dialog that leads nowhere nothing but BYE is of use. */
	peer_request(&rig->a, "INFO", "", "");
	call_rig_expect(rig, "0 A 481\n");
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 A BYE\n");
	assert_non_null(strstr(rig->a.last, "Call transferred"));
	peer_reply(&rig->a, 200);
	assert_counts(rig, 1, 0);
	transfer_hang_up(&rig->b, &rig->more[0]);
}

/* Shows: 6665/4.2.2c */
static void vanishes(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "REFER", REFER_TO, "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n");
	peer_learn(&rig->more[0]);
	/* Its NOTIFY is never answered: there are no more. */
	peer_reply_invite(&rig->more[0], 100, "", "", "");
	call_rig_advance(rig, 33000);
	rig->journal_len = 0;
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "33000 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "33000 B ACK\n33000 C ACK\n");
	call_rig_advance(rig, 100000);
	rig->journal_len = 0;
	transfer_hang_up(&rig->b, &rig->more[0]);
}

static void party_refuses(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 488, "", "", "");
	call_rig_expect(rig, "0 B INVITE\n0 A NOTIFY\n0 B ACK\n0 C ACK\n0 C BYE\n");
	assert_sipfrag(&rig->a, "SIP/2.0 488 ", "terminated");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->more[0], 200);
	/* The two of before still talk. */
	call_rig_hang_up(rig);
}

static void glare(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 491, "", "", "");
	call_rig_expect(rig, "0 B INVITE\n0 B ACK\n");
	/* The 2xx waits for its ACK meanwhile. */
	peer_repeat(&rig->more[0]);
	call_rig_expect(rig, "");
	call_rig_advance(rig, 1000);
	call_rig_expect(rig, "1000 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "1000 A NOTIFY\n1000 B ACK\n1000 C ACK\n");
	/* Repetitions are acknowledged, and do nothing. */
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "1000 B ACK\n1000 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "1000 A 200\n");
	transfer_hang_up(&rig->b, &rig->more[0]);
}

static void glare_with_ours(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	refer(&rig->a);
	/* The two are in the middle of a re-INVITE. */
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A INVITE\n0 B 100\n");
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "");
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->b, "");
	call_rig_expect(rig, "0 B 200\n0 A ACK\n");
	call_rig_advance(rig, 1000);
	call_rig_expect(rig, "1000 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "1000 A NOTIFY\n1000 B ACK\n1000 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "1000 A 200\n");
	transfer_hang_up(&rig->b, &rig->more[0]);
}

/* C hangs up before who is left over has answered, whose answer then comes too late. */
static void target_leaves(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	call_rig_establish(rig);
	refer(&rig->a);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n");
	peer_request(c, "BYE", "", "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 C 200\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	/* What it has taken is nobody's media. */
	call_rig_expect(rig, "0 A BYE\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	assert_int_equal(rig->engine->counts.active, 0);
}

static void repeated(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "REFER", REFER_TO, "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n");
	peer_repeat(&rig->a);
	call_rig_expect(rig, "0 A 202\n");
	peer_reply(&rig->a, 200);
	/* A second one while the first is not decided. */
	peer_request(&rig->a, "REFER", REFER_TO, "");
	call_rig_expect(rig, "0 A 491\n");
	peer_request(&rig->b, "REFER", REFER_TO, "");
	call_rig_expect(rig, "0 B 491\n");
	peer_reply_invite(&rig->more[0], 486, "tag-of-C", "", "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 C ACK\n");
	call_rig_hang_up(rig);
}

/* Shows: 4488/4a 4488/5a */
static void silent(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "REFER", REFER_TO "Refer-Sub: false\r\nRequire: norefersub\r\n", "");
	call_rig_expect(rig, "0 A 202\n0 C INVITE\n");
	peer_learn(&rig->more[0]);
	assert_non_null(strstr(rig->a.last, "\r\nRefer-Sub: false\r\n"));
	answer(rig, &rig->b);
	call_rig_expect(rig, "0 B ACK\n0 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	transfer_hang_up(&rig->b, &rig->more[0]);
}

static void assert_refused(struct call_rig *rig, const char *extra, const char *journal)
{
	peer_request(&rig->a, "REFER", extra, "");
	call_rig_expect(rig, journal);
}

/* Shows: 3515/2.1a 3515/2.4.2b 3515/2.4.2c */
static void refused(void **state)
{
	struct call_rig *rig = *state;
	char long_one[1024] = "Refer-To: <sip:carol@sipd.example?Replaces=";

	memset(long_one + strlen(long_one), 'x', 600);
	strcat(long_one, "%3Bto-tag%3Da%3Bfrom-tag%3Db>\r\n");
	call_rig_establish(rig);
	assert_refused(rig, "", "0 A 400\n");
	assert_refused(rig, REFER_TO REFER_TO, "0 A 400\n");
	assert_refused(rig, "Refer-To: <sip:carol@>\r\n", "0 A 400\n");
	assert_refused(rig, "Refer-To: <http://carol.example>\r\n", "0 A 416\n");
	assert_refused(rig, "Refer-To: <sip:carol@sipd.example;method=BYE>\r\n", "0 A 403\n");
	assert_refused(rig, "Refer-To: <sip:carol@sipd.example?Replaces=x%3Bto-tag%3Da>\r\n",
		       "0 A 400\n");
	assert_refused(rig, "Refer-To: <sip:carol@sipd.example?Replaces=>\r\n", "0 A 400\n");
	assert_refused(rig, long_one, "0 A 400\n");
	assert_refused(rig, REFER_TO "Require: unheard-of\r\n", "0 A 420\n");
	call_rig_hang_up(rig);
}

/* Shows: 3515/4a */
static void refused_by_realm(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	assert_refused(rig, REFER_TO, "0 A 403\n");
	assert_non_null(strstr(rig->a.last, "Transfer is not allowed in this realm"));
	call_rig_hang_up(rig);
}

static void outside(void **state)
{
	struct call_rig *rig = *state;

	assert_refused(rig, REFER_TO, "0 A 403\n");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	peer_learn(&rig->a);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n");
	/* There is nobody to be transferred yet. */
	assert_refused(rig, REFER_TO, "0 A 500\n");
	peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 486\n0 B ACK\n");
}

/* Nowhere to go: the NOTIFY says so (no route for B's realm, which has no next hop either). */
static void no_route(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->b, "REFER", "Refer-To: <sip:dave@sipd.example>\r\n", "");
	call_rig_expect(rig, "0 B 202\n0 B NOTIFY\n0 B NOTIFY\n");
	assert_sipfrag(&rig->b, "SIP/2.0 404 ", "terminated");
	peer_reply(&rig->b, 200);
	call_rig_hang_up(rig);
}

/* The result of a transfer is a call like any other: it is transferred as well. */
static void twice(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	call_rig_establish(rig);
	refer(&rig->b);
	answer(rig, &rig->a);
	peer_reply(&rig->b, 200);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A ACK\n0 B NOTIFY\n0 C ACK\n0 B 200\n");
	/* A is with C now, and sends C to B, the next hop of A's realm. */
	peer_request(&rig->a, "REFER", "Refer-To: <sip:dave@sipd.example>\r\n", "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 B INVITE\n");
	note_of(TAILQ_FIRST(&rig->engine->active), "next-hop of realm access: ");
	rig->b.local_tag[0] = 'T';
	rig->b.cseq = 0;
	peer_reply(&rig->a, 200);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, rig->b.local_tag, "", CALL_RIG_SDP);
	peer_reply_invite(c, 200, "", "", CALL_RIG_SDP);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 C INVITE\n0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	assert_counts(rig, 1, 0);
	transfer_hang_up(c, &rig->b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, transfer_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(by_caller),
		TEST(by_callee),
		TEST(busy),
		TEST(no_answer),
		TEST(leaves_at_once),
		TEST(leaves_and_nobody_answers),
		TEST(left_over_hangs_up),
		TEST(does_not_hang_up),
		TEST(vanishes),
		TEST(party_refuses),
		TEST(glare),
		TEST(glare_with_ours),
		TEST(target_leaves),
		TEST(repeated),
		TEST(silent),
		TEST(refused),
		cmocka_unit_test_setup_teardown(refused_by_realm, setup_refusing,
						call_rig_teardown),
		TEST(outside),
		TEST(no_route),
		TEST(twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
