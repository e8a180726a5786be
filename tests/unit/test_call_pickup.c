// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A calls B, who rings, and D, in B's realm, answers in B's place: an INVITE with Replaces of the
 * early dialog that sipd has begun with B (RFC 3891 s.3).
 */
#include "transfer_fixture.h"

#define PCMA                                                                        \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.8\r\ns=-\r\nc=IN IP4 192.0.2.8\r\nt=0 0\r\n" \
	"m=audio 5000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"

static struct call_peer *d_of(struct call_rig *rig)
{
	return &rig->more[1];
}

static void ring_with(struct call_rig *rig, const char *sdp)
{
	peer_request(&rig->a, "INVITE", "", sdp);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n");
}

static void ring(struct call_rig *rig)
{
	ring_with(rig, CALL_RIG_SDP);
}

/* B and C ring. */
static void ring_both(struct call_rig *rig)
{
	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->route.nto = 2;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->more[0], 180, "tag-of-C", "", "");
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	call_rig_forget(rig);
}

/* As B has told @peer of it. */
static void pick_up(struct call_peer *peer, const char *extra, const char *sdp)
{
	const struct call_peer *b = &peer->rig->b;
	char line[512];

	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s;early-only\r\n%s",
		 b->call_id, b->remote_tag, b->local_tag, extra);
	peer_request(peer, "INVITE", line, sdp);
}

static void b_gives_up(struct call_rig *rig)
{
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	call_rig_expect(rig, "0 B ACK\n");
}

/* A and D have the call, and neither has acknowledged that. */
static void be_answered(struct call_rig *rig)
{
	ring(rig);
	pick_up(d_of(rig), "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 200\n0 B CANCEL\n0 D 200\n");
	peer_learn(&rig->a);
	peer_learn(d_of(rig));
}

static void assert_talking(struct call_rig *rig)
{
	struct call_peer *d = d_of(rig);

	assert_counts(rig, 1, 0);
	transfer_assert_talking(&rig->a, d);
	peer_request(d, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 A INVITE\n0 D 100\n0 D 200\n0 A ACK\n");
}

/* Shows: 3891/3i */
static void another_one_answers(void **state)
{
	struct call_rig *rig = *state;

	be_answered(rig);
	assert_non_null(strstr(rig->b.other, "\r\nReason: SIP;cause=200;"));
	assert_non_null(strstr(d_of(rig)->last, "m=audio "));
	assert_non_null(strstr(rig->a.last, "m=audio "));
	/* Neither learns anything of the other one's side. */
	assert_null(strstr(rig->a.last, d_of(rig)->call_id));
	assert_null(strstr(rig->a.last, d_of(rig)->address));
	assert_null(strstr(d_of(rig)->last, rig->a.call_id));
	assert_null(strstr(d_of(rig)->last, rig->a.address));
	peer_ack(&rig->a, "");
	peer_ack(d_of(rig), "");
	/* None of them is an ACK for anybody else. */
	call_rig_expect(rig, "");
	b_gives_up(rig);
	assert_talking(rig);
	transfer_hang_up(d_of(rig), &rig->a);
	assert_counts(rig, 0, 0);
}

/* B's 200 crosses the CANCEL. */
static void both_answer(void **state)
{
	struct call_rig *rig = *state;

	be_answered(rig);
	peer_ack(&rig->a, "");
	peer_ack(d_of(rig), "");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n0 B BYE\n");
	peer_reply(&rig->b, 200);
	assert_talking(rig);
	transfer_hang_up(&rig->a, d_of(rig));
	assert_counts(rig, 0, 0);
}

/* Others that are called for the same call are cancelled, too. */
static void others_ring_no_more(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	ring_both(rig);
	pick_up(d_of(rig), "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 200\n0 B CANCEL\n0 C CANCEL\n0 D 200\n");
	peer_learn(&rig->a);
	peer_learn(d_of(rig));
	peer_ack(&rig->a, "");
	peer_ack(d_of(rig), "");
	peer_reply(c, 200);
	peer_reply_invite(c, 487, "tag-of-C", "", "");
	call_rig_expect(rig, "0 C ACK\n");
	b_gives_up(rig);
	transfer_hang_up(&rig->a, d_of(rig));
}

/* BYE waits for the ACK of who has picked up (RFC 3261 s.15). */
static void the_caller_leaves_at_once(void **state)
{
	struct call_rig *rig = *state;

	be_answered(rig);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	peer_ack(d_of(rig), "");
	call_rig_expect(rig, "0 D BYE\n");
	peer_reply(d_of(rig), 200);
	b_gives_up(rig);
	assert_counts(rig, 0, 0);
}

static void no_ack_comes(void **state)
{
	struct call_rig *rig = *state;

	be_answered(rig);
	b_gives_up(rig);
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 32000);
	assert_int_equal(strncmp(rig->a.last, "BYE ", 4), 0);
	assert_int_equal(strncmp(d_of(rig)->last, "BYE ", 4), 0);
	peer_reply(&rig->a, 200);
	peer_reply(d_of(rig), 200);
	call_rig_forget(rig);
	assert_int_equal(rig->engine->counts.active, 0);
}

static void goes_on_ringing(struct call_rig *rig)
{
	peer_ack(d_of(rig), "");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n0 B ACK\n");
	call_rig_hang_up(rig);
}

/* What they say has no codec in common, or cannot be an answer. Shows: 3891/3j 7044/9.4a */
static void who_does_not_fit(void **state)
{
	static const char two_lines[] = CALL_RIG_SDP "m=audio 4002 RTP/AVP 0\r\n";
	static const char *const unfit[] = { PCMA, "", two_lines, "v=0\r\n" };
	struct call_rig *rig = *state;

	ring(rig);
	for (size_t i = 0; i < sizeof(unfit) / sizeof(*unfit); i++) {
		pick_up(d_of(rig), i ? "Supported: histinfo\r\n" : "", unfit[i]);
		call_rig_expect(rig, "0 D 488\n");
		assert_non_null(strstr(d_of(rig)->last, "\r\nWarning: 305 "));
		assert_int_equal(!!strstr(d_of(rig)->last, "\r\nHistory-Info: "), i > 0);
		peer_ack(d_of(rig), "");
	}
	goes_on_ringing(rig);
}

/* The caller's answer is in his ACK then, for the one who was offered something. */
static void a_caller_without_an_offer(void **state)
{
	struct call_rig *rig = *state;

	ring_with(rig, "");
	pick_up(d_of(rig), "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 D 488\n");
	peer_ack(d_of(rig), "");
	call_rig_refuse(rig, 486);
}

static void what_the_invite_demands(void **state)
{
	struct call_rig *rig = *state;

	ring(rig);
	pick_up(d_of(rig), "Require: of-the-future\r\n", CALL_RIG_SDP);
	call_rig_expect(rig, "0 D 420\n");
	goes_on_ringing(rig);
}

/* Shows: 3891/3h */
static void strangers_cannot(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer stranger = rig->a;

	ring(rig);
	strcpy(stranger.call_id, "stranger");
	strcpy(stranger.local_tag, "of-stranger");
	stranger.branch = 500;
	pick_up(&stranger, "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 403\n");
	stranger.invite_status = 403;
	memcpy(stranger.last, rig->a.last, sizeof(stranger.last));
	peer_ack(&stranger, "");
	goes_on_ringing(rig);
}

/* His dialog is no more, though the call goes on ringing elsewhere. */
static void who_rang_has_refused(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	ring_both(rig);
	peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
	call_rig_forget(rig);
	pick_up(d_of(rig), "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 D 481\n");
	peer_ack(d_of(rig), "");
	peer_reply_invite(c, 486, "tag-of-C", "", "");
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, transfer_setup, call_rig_teardown)
#define ROUTED(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_one_answers),
		TEST(both_answer),
		ROUTED(others_ring_no_more),
		TEST(the_caller_leaves_at_once),
		TEST(no_ack_comes),
		TEST(who_does_not_fit),
		TEST(a_caller_without_an_offer),
		TEST(what_the_invite_demands),
		TEST(strangers_cannot),
		ROUTED(who_rang_has_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
