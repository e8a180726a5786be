// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Replaces: A has a call with B and another one with C, and brings the two together (attended
 * transfer, RFC 5589 s.7); or D takes A's place by an INVITE of its own (RFC 3891).
 */
#include "call/transfer.h"
#include "transfer_fixture.h"

static void establish_both(struct call_rig *rig)
{
	struct call_peer *c = &rig->more[0];

	second_call(rig, "", CALL_RIG_SDP);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	second_learns(rig);
	peer_learn(&second);
	second_ack(rig);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n0 A 200\n0 C ACK\n");
	assert_counts(rig, 2, 0);
}

/* As A, in the second call. */
static void hang_up_second(struct call_rig *rig)
{
	peer_request(&second, "BYE", "", "");
	peer_reply(&rig->more[0], 200);
	call_rig_forget(rig);
}

/* Shows: 5589/7a 3891/3a 3515/2.4.5a */
static void attended(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	establish_both(rig);
	refer_to_second(rig, "");
	/* C is asked for an offer in the dialog that it has: it need not know of any transfer. */
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n");
	assert_null(strstr(c->invite, "Replaces:"));
	assert_null(strstr(c->invite, "of-A"));
	peer_reply(&rig->a, 200);
	peer_reply_invite(c, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A NOTIFY\n0 A BYE\n0 B ACK\n0 C ACK\n");
	/* BYE in the second call; the first one is A's to end. */
	assert_string_equal(peer_header(&rig->a, "Call-ID"), second.call_id);
	peer_reply(&rig->a, 200);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	assert_counts(rig, 1, 0);
	transfer_assert_talking(&rig->b, c);
	transfer_hang_up(&rig->b, c);
	assert_counts(rig, 0, 0);
}

/* Neither call has changed when the party of the second one refuses. Shows: 5589/7b */
static void attended_refused(void **state)
{
	struct call_rig *rig = *state;

	establish_both(rig);
	refer_to_second(rig, "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n");
	/* Its dialog is lent meanwhile. */
	peer_request(&second, "INFO", "", "");
	call_rig_expect(rig, "0 A 491\n");
	peer_reply_invite(&rig->more[0], 488, "", "", "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 C ACK\n");
	assert_counts(rig, 2, 1);
	peer_request(&second, "INFO", "", "");
	call_rig_expect(rig, "0 C INFO\n");
	peer_reply(&rig->more[0], 200);
	hang_up_second(rig);
	call_rig_hang_up(rig);
}

static void attended_unknown(void **state)
{
	struct call_rig *rig = *state;

	establish_both(rig);
	strcpy(second.local_tag, "not-my-tag");
	refer_to_second(rig, "");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 A NOTIFY\n");
	assert_non_null(strstr(rig->a.other, "SIP/2.0 481 "));
	strcpy(second.local_tag, "second-tag-of-A");
	/* An answered call is not early any more. */
	refer_to_second(rig, "%3Bearly-only");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 A NOTIFY\n");
	hang_up_second(rig);
	call_rig_hang_up(rig);
}

/* A leaves both calls as soon as the REFER is out. */
static void attended_leaves_at_once(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];

	establish_both(rig);
	refer_to_second(rig, "");
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	peer_request(&second, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	peer_reply_invite(c, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n0 C ACK\n");
	assert_counts(rig, 1, 0);
	transfer_hang_up(c, &rig->b);
}

/* Who is left over does not take the new media: his call is as before, the other one is not. */
static void attended_half(void **state)
{
	struct call_rig *rig = *state;

	establish_both(rig);
	refer_to_second(rig, "");
	peer_reply(&rig->a, 200);
	peer_reply_invite(&rig->more[0], 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 202\n0 A NOTIFY\n0 C INVITE\n0 B INVITE\n");
	peer_reply_invite(&rig->b, 488, "", "", "");
	call_rig_expect(rig, "0 A NOTIFY\n0 A BYE\n0 B ACK\n0 C ACK\n0 C BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->more[0], 200);
	call_rig_hang_up(rig);
}

/* --- INVITE with Replaces --- */

static void invite_with(struct call_peer *peer, const char *call_id, const char *to_tag,
			const char *from_tag, const char *more, const char *body)
{
	char line[512];

	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s%s\r\n", call_id, to_tag,
		 from_tag, more);
	peer_request(peer, "INVITE", line, body);
}

static void take_over(struct call_rig *rig, const char *call_id, const char *to_tag,
		      const char *from_tag)
{
	struct call_peer *d = &rig->more[1];

	invite_with(d, call_id, to_tag, from_tag, "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n0 D 100\n");
	assert_null(strstr(rig->b.invite, "Replaces:"));
	assert_non_null(strstr(rig->b.invite, "m=audio "));
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A BYE\n0 D 200\n");
	peer_reply(&rig->a, 200);
	peer_learn(d);
	peer_ack(d, "");
	call_rig_expect(rig, "0 B ACK\n");
	assert_counts(rig, 1, 0);
	transfer_hang_up(d, &rig->b);
}

/* Shows: 3891/3a 3891/3b */
static void takes_over(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	take_over(rig, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag);
}

/* The same dialog, named as B knows it. */
static void takes_over_as_named_by_the_other(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	take_over(rig, rig->b.call_id, rig->b.local_tag, rig->b.remote_tag);
}

static void late_offer(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	call_rig_establish(rig);
	invite_with(d, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag, "", "");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n0 D 100\n0 A BYE\n0 D 200\n");
	peer_reply(&rig->a, 200);
	assert_non_null(strstr(d->last, "m=audio "));
	peer_learn(d);
	peer_ack(d, CALL_RIG_SDP);
	call_rig_expect(rig, "0 B ACK\n");
	assert_non_null(strstr(rig->b.last, "m=audio "));
	transfer_hang_up(&rig->b, d);
}

/* Shows: 3891/3c 3891/3d 3891/3e 3891/3f */
static void not_taken(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];
	const struct call_peer *a = &rig->a;

	call_rig_establish(rig);
	invite_with(d, "no-such-call", a->remote_tag, a->local_tag, "", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 481\n");
	invite_with(d, a->call_id, a->remote_tag, "no-such-tag", "", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 481\n");
	invite_with(d, a->call_id, a->remote_tag, a->local_tag, ";early-only", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 486\n");
	invite_with(d, a->call_id, a->remote_tag, a->local_tag,
		    "\r\nReplaces: x;to-tag=1;from-tag=2", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 400\n");
	peer_request(d, "INVITE", "Replaces: x;to-tag=1\r\n", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 400\n");
	peer_request(d, "INVITE", "Replaces:\r\n", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 400\n");
	/* While B's BYE is under way there is nobody to take over. */
	peer_request(&rig->a, "BYE", "", "");
	invite_with(d, a->call_id, a->remote_tag, a->local_tag, "", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 A 200\n0 B BYE\n0 D 603\n");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 0);
}

static void expect_400(struct call_rig *rig, struct call_peer *peer, const char *warning)
{
	char expected[16];

	snprintf(expected, sizeof(expected), "0 %s 400\n", peer->name);
	call_rig_expect(rig, expected);
	assert_non_null(strstr(peer->last, "\r\nWarning: 399 "));
	assert_non_null(strstr(peer->last, warning));
}

/* In and out of dialogs, whatever dialog is named. Shows: 3891/3k */
static void of_another_method(void **state)
{
	static const char *const methods[] = { "OPTIONS", "MESSAGE", "SUBSCRIBE",
					       "REFER",	  "BYE",     "REGISTER" };
	static const char *const in_dialog[] = { "INFO", "UPDATE", "REFER", "BYE" };
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];
	char line[512];

	call_rig_establish(rig);
	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s\r\n", rig->a.call_id,
		 rig->a.remote_tag, rig->a.local_tag);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		peer_request(d, methods[i], line, "");
		expect_400(rig, d, "Replaces is for INVITE only");
	}
	for (size_t i = 0; i < sizeof(in_dialog) / sizeof(*in_dialog); i++) {
		peer_request(&rig->a, in_dialog[i], line, "");
		expect_400(rig, &rig->a, "Replaces is for INVITE only");
	}
	/* Nothing of that has ended it. */
	call_rig_hang_up(rig);
}

/* In a dialog, too. Shows: 3891/3d 3891/3l */
static void contradicted(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1], *a = &rig->a;

	call_rig_establish(rig);
	invite_with(d, a->call_id, a->remote_tag, a->local_tag, "\r\nJoin: x;to-tag=1;from-tag=2",
		    CALL_RIG_SDP);
	peer_ack(d, "");
	expect_400(rig, d, "Join and Replaces contradict each other");
	invite_with(a, a->call_id, a->remote_tag, a->local_tag, "\r\nJoin: x;to-tag=1;from-tag=2",
		    CALL_RIG_SDP);
	peer_ack(a, "");
	expect_400(rig, a, "Join and Replaces contradict each other");
	invite_with(d, a->call_id, a->remote_tag, a->local_tag,
		    "\r\nReplaces: x;to-tag=1;from-tag=2", CALL_RIG_SDP);
	peer_ack(d, "");
	expect_400(rig, d, "More than one Replaces");
	call_rig_hang_up(rig);
}

/* Shows: 3891/6.1a */
static void tags_missing_or_twice(void **state)
{
	static const char *const values[] = {
		"x",
		"x;to-tag=1",
		"x;from-tag=2",
		"x;to-tag=1;from-tag=2;to-tag=3",
		"x;to-tag=1;from-tag=2;From-Tag=2",
		"x;to-tag=1;from-tag=2, y;to-tag=1;from-tag=2",
	};
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];
	char line[256];

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		snprintf(line, sizeof(line), "Replaces: %s\r\n", values[i]);
		peer_request(d, "INVITE", line, CALL_RIG_SDP);
		peer_ack(d, "");
		expect_400(rig, d, "Replaces cannot be read");
	}
}

/* Shows: 3891/3g */
static void not_taken_early(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	peer_learn(&rig->a);
	invite_with(d, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag, "", CALL_RIG_SDP);
	peer_ack(d, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 D 481\n");
	peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 486\n0 B ACK\n");
}

/* Shows: 3891/3h */
static void not_taken_by_strangers(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *b = &rig->b, *c = &rig->more[0];

	strcpy(b->target, "sip:carol@sipd.example");
	peer_request(b, "INVITE", "", CALL_RIG_SDP);
	peer_learn(c);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_learn(b);
	peer_ack(b, "");
	call_rig_expect(rig, "0 B 100\n0 C INVITE\n0 B 200\n0 C ACK\n");
	/* A is in another realm than both. */
	invite_with(&rig->a, b->call_id, b->remote_tag, b->local_tag, "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 403\n");
	transfer_hang_up(b, c);
}

/*
 * Who stays refuses the new media: the call goes on as it was.
 * Shows: 3891/3j
 */
static void refused(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	call_rig_establish(rig);
	invite_with(d, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag, "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_ack(d, "");
	call_rig_expect(rig, "0 B INVITE\n0 D 100\n0 B ACK\n0 D 488\n");
	peer_request(&rig->b, "INFO", "", "");
	call_rig_expect(rig, "0 A INFO\n");
	peer_reply(&rig->a, 200);
	call_rig_hang_up(rig);
}

static const char *const wants[] = { "", "\r\nSupported: histinfo",
				     "\r\nHistory-Info: <sip:x@y>;index=1" };

/* Whom he called, or what he has said of that, as he has asked for it. */
static void assert_told(struct call_rig *rig, struct call_peer *d, int status, size_t want)
{
	char text[300];

	assert_int_equal(d->invite_status, status);
	snprintf(text, sizeof(text), "\r\nHistory-Info: <%s>;index=1\r\n",
		 want == 1 ? d->target : "sip:x@y");
	assert_int_equal(!!strstr(d->last, text), want > 0);
	assert_int_equal(!!strstr(d->last, "\r\nHistory-Info: "), want > 0);
	peer_ack(d, "");
	call_rig_forget(rig);
}

/* Shows: 7044/9.4a 7044/9.4b */
static void a_refusal_has_the_history(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *a = &rig->a, *d = &rig->more[1];
	char more[128];

	call_rig_establish(rig);
	for (size_t i = 0; i < 3; i++) {
		snprintf(more, sizeof(more), "\r\nReplaces: x;to-tag=1;from-tag=2%s", wants[i]);
		invite_with(d, a->call_id, a->remote_tag, a->local_tag, more, CALL_RIG_SDP);
		assert_told(rig, d, 400, i);
		/* Nothing that is known. */
		invite_with(d, "no-such-call", a->remote_tag, a->local_tag, wants[i], CALL_RIG_SDP);
		assert_told(rig, d, 481, i);
		/* It cannot be offered. */
		invite_with(d, a->call_id, a->remote_tag, a->local_tag, wants[i], "v=1\r\n");
		assert_told(rig, d, 400, i);
		/* Who stays does not want to, or d himself. */
		invite_with(d, a->call_id, a->remote_tag, a->local_tag, wants[i], CALL_RIG_SDP);
		peer_reply_invite(&rig->b, 488, "", "", "");
		assert_told(rig, d, 488, i);
		invite_with(d, a->call_id, a->remote_tag, a->local_tag, wants[i], CALL_RIG_SDP);
		peer_reply_invite(&rig->b, 100, "", "", "");
		peer_cancel(d, "");
		assert_told(rig, d, 487, i);
		peer_reply(&rig->b, 200);
		peer_reply_invite(&rig->b, 487, "", "", "");
		call_rig_forget(rig);
	}
	call_rig_hang_up(rig);
}

static void cancelled(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	call_rig_establish(rig);
	invite_with(d, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag, "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 100, "", "", "");
	peer_cancel(d, "");
	peer_ack(d, "");
	call_rig_expect(rig, "0 B INVITE\n0 D 100\n0 B CANCEL\n0 D 200\n0 D 487\n");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "", "", "");
	call_rig_expect(rig, "0 B ACK\n");
	call_rig_hang_up(rig);
}

/* B's 200 crosses the CANCEL: what it has agreed to is not there. */
static void cancelled_too_late(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	call_rig_establish(rig);
	invite_with(d, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag, "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 100, "", "", "");
	peer_cancel(d, "");
	peer_ack(d, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n0 D 100\n0 B CANCEL\n0 D 200\n0 D 487\n"
			     "0 A BYE\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	assert_int_equal(rig->engine->counts.active, 0);
}

/* A hangs up while D is taking its place: D has the call. */
static void replaced_leaves_first(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	call_rig_establish(rig);
	invite_with(d, rig->a.call_id, rig->a.remote_tag, rig->a.local_tag, "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B INVITE\n0 D 100\n");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_learn(d);
	peer_ack(d, "");
	call_rig_expect(rig, "0 D 200\n0 B ACK\n");
	transfer_hang_up(d, &rig->b);
}

static void parse(void **state)
{
	struct call_replaces r;

	(void)state;
	assert_int_equal(call_replaces_parse(&r, VIEW_LIT("a@b;to-tag=1;from-tag=2")), 0);
	assert_true(view_eq(r.call_id, VIEW_LIT("a@b")));
	assert_true(view_eq(r.to_tag, VIEW_LIT("1")));
	assert_true(view_eq(r.from_tag, VIEW_LIT("2")));
	assert_false(r.early_only);
	assert_int_equal(
		call_replaces_parse(&r, VIEW_LIT("a ; from-tag=2;early-only ; x=y ;to-tag=1")), 0);
	assert_true(view_eq(r.call_id, VIEW_LIT("a")));
	assert_true(view_eq(r.to_tag, VIEW_LIT("1")));
	assert_true(r.early_only);
	assert_int_not_equal(call_replaces_parse(&r, VIEW_LIT("a;to-tag=1")), 0);
	assert_int_not_equal(call_replaces_parse(&r, VIEW_LIT(";to-tag=1;from-tag=2")), 0);
	assert_int_not_equal(call_replaces_parse(&r, VIEW_LIT("a;to-tag=;from-tag=2")), 0);
	assert_int_not_equal(call_replaces_parse(&r, VIEW_NONE), 0);
}

static void lines(void **state)
{
	const struct view text = VIEW_LIT("v=0\r\nm=audio 1 RTP/AVP 0\r\na=m=x\r\n"
					  "m=video 2 RTP/AVP 31\r\na=x\r\n");

	(void)state;
	assert_int_equal(call_transfer_lines(text), 2);
	assert_int_equal(call_transfer_lines(VIEW_NONE), 0);
	assert_int_equal(call_transfer_cut(text, 2).len, text.len);
	assert_int_equal(call_transfer_cut(text, 3).len, text.len);
	assert_int_equal(call_transfer_cut(text, 1).len, strstr(text.p, "m=video") - text.p);
	assert_int_equal(call_transfer_cut(text, 0).len, strstr(text.p, "m=audio") - text.p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, transfer_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(attended),
		TEST(attended_refused),
		TEST(attended_unknown),
		TEST(attended_leaves_at_once),
		TEST(attended_half),
		TEST(takes_over),
		TEST(takes_over_as_named_by_the_other),
		TEST(late_offer),
		TEST(not_taken),
		TEST(of_another_method),
		TEST(contradicted),
		TEST(tags_missing_or_twice),
		TEST(not_taken_early),
		TEST(not_taken_by_strangers),
		TEST(refused),
		TEST(a_refusal_has_the_history),
		TEST(cancelled),
		TEST(cancelled_too_late),
		TEST(replaced_leaves_first),
		cmocka_unit_test(parse),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
