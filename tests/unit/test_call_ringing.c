// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A, who talks to B, calls C, and brings the two together while C rings still: Replaces of an early
 * dialog, as desk phones do it.
 */
#include "fake_libsipfast.h"
#include "media_private.h"
#include "prack_fixture.h"
#include "transfer_fixture.h"

static struct call_peer *c_of(struct call_rig *rig)
{
	return &rig->more[0];
}

static void c_rings_for(struct call_rig *rig, const char *headers)
{
	second_call(rig, headers, CALL_RIG_SDP);
	peer_reply_invite(c_of(rig), 180, "tag-of-C", "", "");
	second_learns(rig);
	peer_learn(&second);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 180\n");
}

static void c_rings(struct call_rig *rig)
{
	c_rings_for(rig, "");
}

static void refer(struct call_rig *rig)
{
	refer_to_second(rig, "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n");
	assert_sipfrag(&rig->a, "SIP/2.0 100 Trying\r\n", "active;expires=");
	peer_reply(&rig->a, 200);
}

/* The one who was called by A has answered: he gets B, like anybody who is in a call already. */
static void joined(struct call_rig *rig)
{
	peer_reply_invite(c_of(rig), 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
}

/* B and C talk, and there is no other call. */
static void talk(struct call_rig *rig)
{
	assert_counts(rig, 1, 0);
	peer_request(&rig->b, "INFO", "", "");
	peer_reply(c_of(rig), 200);
	call_rig_expect(rig, "0 C INFO\n0 B 200\n");
	peer_request(c_of(rig), "INFO", "", "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 B INFO\n0 C 200\n");
	transfer_hang_up(&rig->b, c_of(rig));
	assert_counts(rig, 0, 0);
}

/* A is told that they are, and hangs up. */
static void join_and_talk(struct call_rig *rig)
{
	joined(rig);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	talk(rig);
}

/* Shows: 5589/7c 3515/2.4.5b 7044/9.4b */
static void answered(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	/* A hears it ring on, in both ways. */
	peer_reply_invite(c_of(rig), 183, "tag-of-C", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 A 183\n");
	assert_sipfrag(&rig->a, "SIP/2.0 183 ", "active;expires=");
	peer_reply(&rig->a, 200);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 487\n0 C ACK\n0 C INVITE\n");
	assert_string_equal(peer_header(&rig->a, "Call-ID"), second.call_id);
	assert_null(strstr(rig->a.last, "History-Info"));
	second_ack(rig);
	joined(rig);
	call_rig_expect(rig, "0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	assert_sipfrag(&rig->a, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource");
	peer_reply(&rig->a, 200);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	talk(rig);
}

/* A gives the second call up as soon as its REFER is accepted. Shows: 5589/7c */
static void cancelled(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_cancel(&second, "");
	call_rig_expect(rig, "0 A 200\n0 A 487\n");
	second_ack(rig);
	/* And the first one: B waits for C. */
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	call_rig_advance(rig, 60000);
	peer_reply_invite(c_of(rig), 180, "tag-of-C", "", "");
	call_rig_expect(rig, "");
	assert_counts(rig, 2, 0);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "60000 C ACK\n60000 C INVITE\n");
	peer_reply_invite(c_of(rig), 200, "", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "60000 B INVITE\n60000 B ACK\n60000 C ACK\n");
	assert_counts(rig, 1, 0);
	transfer_hang_up(c_of(rig), &rig->b);
}

/* What the 487 says of C, who rings on, or has answered somebody else. */
static void assert_told(struct call_rig *rig)
{
	assert_memory_equal(rig->a.last, "SIP/2.0 487", 11);
	assert_true(peer_got(&rig->a, "History-Info: <sip:carol@127.0.0.1>;index=1.1"));
}

/* Shows: 7044/9.4a */
static void who_has_rung_is_told_of(void **state)
{
	struct call_rig *rig = *state;

	c_rings_for(rig, "Supported: histinfo\r\n");
	refer(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	assert_told(rig);
	second_ack(rig);
	call_rig_expect(rig, "0 A 487\n0 C ACK\n0 C INVITE\n");
	join_and_talk(rig);
}

/* Shows: 7044/9.4a */
static void who_rings_on_is_told_of(void **state)
{
	struct call_rig *rig = *state;

	c_rings_for(rig, "Supported: histinfo\r\n");
	refer(rig);
	peer_cancel(&second, "");
	assert_told(rig);
	second_ack(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 C ACK\n0 C INVITE\n");
	join_and_talk(rig);
}

/* The CANCEL crosses C's answer. */
static void cancelled_too_late(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_cancel(&second, "");
	call_rig_expect(rig, "0 A 487\n0 C ACK\n0 C INVITE\n0 A 200\n");
	second_ack(rig);
	joined(rig);
	call_rig_expect(rig, "0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	transfer_hang_up(&rig->b, c_of(rig));
	peer_reply(&rig->a, 200);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_forget(rig);
}

/* A ends the early dialog by BYE (RFC 3261 s.15). */
static void early_bye(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	second.invite_cseq = second.cseq;
	peer_request(&second, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n0 A 487\n");
	second_ack(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 C ACK\n0 C INVITE\n");
	join_and_talk(rig);
}

/* Shows: 5589/7b 3515/2.4.5b */
static void refused(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_reply_invite(c_of(rig), 486, "tag-of-C", "", "");
	second_ack(rig);
	call_rig_expect(rig, "0 A 486\n0 A NOTIFY\n0 C ACK\n");
	assert_sipfrag(&rig->a, "SIP/2.0 486 Busy Here\r\n", "terminated");
	peer_reply(&rig->a, 200);
	call_rig_hang_up(rig);
	assert_counts(rig, 0, 1);
}

/* Nobody is left to take B back. */
static void refused_after_all_left(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_cancel(&second, "");
	second_ack(rig);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 A 200\n");
	peer_reply_invite(c_of(rig), 603, "tag-of-C", "", "");
	call_rig_expect(rig, "0 B BYE\n0 C ACK\n");
	assert_non_null(strstr(rig->b.last, "Transfer failed"));
	peer_reply(&rig->b, 200);
	/* Timer I of A's INVITE. */
	call_rig_advance(rig, 5000);
	assert_int_equal(rig->engine->counts.active, 0);
}

/* B hangs up: A still waits for C, who becomes his. */
static void left_over_hangs_up(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 A BYE\n0 B 200\n");
	peer_reply(&rig->a, 200);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	second_learns(rig);
	second_ack(rig);
	call_rig_expect(rig, "0 A 200\n0 C ACK\n");
	assert_counts(rig, 1, 0);
	peer_request(&second, "BYE", "", "");
	peer_reply(c_of(rig), 200);
}

/* The same when A has gone: there is nobody whom C might answer. */
static void all_hang_up(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_cancel(&second, "");
	second_ack(rig);
	call_rig_expect(rig, "0 A 200\n0 A 487\n");
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 A BYE\n0 B 200\n0 C CANCEL\n");
	peer_reply(&rig->a, 200);
	peer_reply(c_of(rig), 200);
	peer_reply_invite(c_of(rig), 487, "tag-of-C", "", "");
	call_rig_expect(rig, "0 C ACK\n");
	assert_int_equal(rig->engine->counts.active, 0);
}

static void nobody_answers(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.no_answer_ms = 50000;
	c_rings(rig);
	refer(rig);
	call_rig_advance(rig, 50000);
	second_ack(rig);
	call_rig_expect(rig, "50000 A NOTIFY\n50000 A 480\n50000 C CANCEL\n");
	assert_sipfrag(&rig->a, "SIP/2.0 480 ", "terminated");
	peer_reply(&rig->a, 200);
	peer_reply(c_of(rig), 200);
	peer_reply_invite(c_of(rig), 487, "tag-of-C", "", "");
	call_rig_forget(rig);
	call_rig_hang_up(rig);
}

/* B does not take C's media: B is A's as before, and C has nobody. */
static void left_over_refuses(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	second_ack(rig);
	peer_reply_invite(c_of(rig), 200, "", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 488, "", "", "");
	call_rig_expect(rig, "0 A 487\n0 C ACK\n0 C INVITE\n0 B INVITE\n"
			     "0 A NOTIFY\n0 B ACK\n0 C ACK\n0 C BYE\n");
	assert_sipfrag(&rig->a, "SIP/2.0 488 ", "terminated");
	peer_reply(&rig->a, 200);
	peer_reply(c_of(rig), 200);
	call_rig_hang_up(rig);
}

/* One call is transferred to one at a time, and not taken over by an INVITE. */
static void taken(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];
	char line[512];

	c_rings(rig);
	refer(rig);
	refer_to_second(rig, "");
	call_rig_expect(rig, "0 A 491\n");
	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s\r\n", second.call_id,
		 second.remote_tag, second.local_tag);
	peer_request(d, "INVITE", line, CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 491\n");
	peer_reply_invite(c_of(rig), 486, "tag-of-C", "", "");
	second_ack(rig);
	peer_reply(&rig->a, 200);
	call_rig_forget(rig);
	call_rig_hang_up(rig);
}

/* An early dialog that is named so has early-only, and loses nothing by it. */
static void early_only(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer_to_second(rig, "%3Bearly-only");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n");
	peer_reply(&rig->a, 200);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	second_ack(rig);
	call_rig_expect(rig, "0 A 487\n0 C ACK\n0 C INVITE\n");
	joined(rig);
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 B ACK\n0 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_forget(rig);
	transfer_hang_up(&rig->b, c_of(rig));
}

/* Without an offer of A's there would be one of C's, which nobody could answer. */
static void late_offer(void **state)
{
	struct call_rig *rig = *state;

	second_call(rig, "", "");
	peer_reply_invite(c_of(rig), 180, "tag-of-C", "", "");
	second_learns(rig);
	peer_learn(&second);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 180\n");
	refer_to_second(rig, "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 A NOTIFY\n");
	assert_sipfrag(&rig->a, "SIP/2.0 481 ", "terminated");
	peer_reply(&rig->a, 200);
	peer_reply_invite(c_of(rig), 486, "tag-of-C", "", "");
	second_ack(rig);
	call_rig_forget(rig);
	call_rig_hang_up(rig);
}

/*
 * C's answer waits for A's PRACK, who has gone: it is taken all the same, and what C says reliably
 * is acknowledged by sipd.
 */
static void reliable(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = c_of(rig);

	second_call(rig, SUPPORTED, CALL_RIG_SDP);
	rings(c, 183, "tag-of-C", 1, CALL_RIG_SDP);
	second_learns(rig);
	peer_learn(&second);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 183\n");
	refer(rig);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	call_rig_expect(rig, "");
	peer_cancel(&second, "");
	second_ack(rig);
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 C ACK\n0 C INVITE\n");
	join_and_talk(rig);
}

static void reliable_afterwards(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = c_of(rig);

	second_call(rig, SUPPORTED, CALL_RIG_SDP);
	rings(c, 180, "tag-of-C", 0, "");
	second_learns(rig);
	peer_learn(&second);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 180\n");
	refer(rig);
	peer_cancel(&second, "");
	second_ack(rig);
	rings(c, 183, "tag-of-C", 1, CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 200\n0 A 487\n0 A NOTIFY\n0 C PRACK\n");
	peer_reply(&rig->a, 200);
	peer_reply(c, 200);
	peer_reply_invite(c, 200, "tag-of-C", "", "");
	call_rig_expect(rig, "0 C ACK\n0 C INVITE\n");
	join_and_talk(rig);
}

/* --- media --- */

static void with_media(struct call_rig *rig)
{
	call_rig_configure_media(rig);
	transfer_route_to_c(rig);
}

static int setup_media(void **state)
{
	fake_reset();
	return call_rig_setup_with(state, with_media);
}

/* What C answers cannot be used: C's call ends, and B is A's as before. */
static void unusable_answer(void **state)
{
	struct call_rig *rig = *state;

	c_rings(rig);
	refer(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "",
			  "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\nt=0 0\r\n"
			  "m=audio 6000 RTP/AVP 0\r\n");
	second_ack(rig);
	call_rig_expect(rig, "0 A 487\n0 A NOTIFY\n0 C ACK\n0 C BYE\n");
	assert_sipfrag(&rig->a, "SIP/2.0 ", "terminated");
	peer_reply(&rig->a, 200);
	peer_reply(c_of(rig), 200);
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
	assert_int_equal(fake_count(), 0);
}

/* The o= line that C has seen goes on, and B hears C. Shows: 5589/7c */
static void media(void **state)
{
	unsigned long long id[2], version[2];
	struct call_rig *rig = *state;

	c_rings(rig);
	assert_int_equal(sscanf(strstr(c_of(rig)->invite, "\r\no="), "\r\no=%*s %llu %llu", &id[0],
				&version[0]),
			 2);
	refer(rig);
	peer_reply_invite(c_of(rig), 200, "tag-of-C", "", CALL_RIG_SDP);
	second_ack(rig);
	call_rig_forget(rig);
	joined(rig);
	assert_int_equal(sscanf(strstr(c_of(rig)->last, "\r\no="), "\r\no=%*s %llu %llu", &id[1],
				&version[1]),
			 2);
	assert_true(id[1] == id[0]);
	assert_true(version[1] > version[0]);
	peer_reply(&rig->a, 200);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_forget(rig);
	assert_int_equal(fake_count(), 1);
	transfer_hang_up(&rig->b, c_of(rig));
	assert_ports(rig, 0, 0);
	assert_int_equal(fake_count(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, transfer_setup, call_rig_teardown)
#define TEST_MEDIA(name) cmocka_unit_test_setup_teardown(name, setup_media, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answered),
		TEST(cancelled),
		TEST(who_has_rung_is_told_of),
		TEST(who_rings_on_is_told_of),
		TEST(cancelled_too_late),
		TEST(early_bye),
		TEST(refused),
		TEST(refused_after_all_left),
		TEST(left_over_hangs_up),
		TEST(all_hang_up),
		TEST(nobody_answers),
		TEST(left_over_refuses),
		TEST(taken),
		TEST(early_only),
		TEST(late_offer),
		TEST(reliable),
		TEST(reliable_afterwards),
		TEST_MEDIA(unusable_answer),
		TEST_MEDIA(media),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
