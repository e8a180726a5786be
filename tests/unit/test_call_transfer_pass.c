// SPDX-License-Identifier: GPL-2.0-or-later
/* Transfers that the other party carries out itself (transfer: pass). */
#include "transfer_fixture.h"

#define REFER_TO "Refer-To: \"Carol\" <sip:carol@sipd.example>\r\n"

static int setup(void **state)
{
	int ret = transfer_setup(state);
	struct call_rig *rig = *state;

	rig->realms[0].transfer = CFG_TRANSFER_PASS;
	return ret;
}

static const char *line_of(const char *text, const char *name)
{
	static char line[1024];
	const char *at = strstr(text, name);

	assert_non_null(at);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\r"), at);
	return line;
}

static void notify(struct call_rig *rig, const char *event, const char *state, const char *body)
{
	char extra[256];

	snprintf(extra, sizeof(extra), "Event: %s\r\nSubscription-State: %s\r\n", event, state);
	peer_request(&rig->b, "NOTIFY", extra, body);
}

/* A tells B, whose answer it gets. */
static void refer(struct call_rig *rig, const char *extra, int status)
{
	char expected[64];

	peer_request(&rig->a, "REFER", extra, "");
	call_rig_expect(rig, "0 B REFER\n");
	peer_reply(&rig->b, status);
	snprintf(expected, sizeof(expected), "0 A %d\n", status);
	call_rig_expect(rig, expected);
}

/* Shows: 3515/2.4.5a 3892/2.2a 4488/4a */
static void blind(void **state)
{
	struct call_rig *rig = *state;
	char expected[128];

	call_rig_establish(rig);
	refer(rig, REFER_TO "Referred-By: <sip:a@home.example>\r\nRefer-Sub: true\r\n", 202);
	assert_non_null(strstr(rig->a.last, "\r\nContact: <sip:"));
	snprintf(expected, sizeof(expected), "Refer-To: <sip:carol@%s>", rig->b.sipd);
	assert_string_equal(line_of(rig->b.other, "Refer-To: "), expected);
	assert_non_null(strstr(rig->b.other, "\r\nReferred-By: <sip:a@127.0.0.1>\r\n"));
	assert_non_null(strstr(rig->b.other, "\r\nRefer-Sub: true\r\n"));
	assert_null(strstr(rig->b.other, "example"));
	/* What B says of it goes back, as far as it is A's business. */
	notify(rig, "refer", "active;expires=60",
	       "SIP/2.0 183 See 10.1.1.1\r\nContact: <sip:carol@10.1.1.1>\r\n");
	call_rig_expect(rig, "0 A NOTIFY\n");
	assert_sipfrag(&rig->a, "\r\n\r\nSIP/2.0 183 Session Progress\r\n", "active;expires=60");
	assert_null(strstr(rig->a.other, "10.1.1.1"));
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B 200\n");
	notify(rig, "refer", "terminated;reason=noresource", "SIP/2.0 200 Fine\r\n");
	assert_sipfrag(&rig->a, "\r\n\r\nSIP/2.0 200 Fine\r\n", "terminated;reason=noresource");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 A NOTIFY\n0 B 200\n");
	/* That was the last one. */
	notify(rig, "refer", "active", "SIP/2.0 200 Fine\r\n");
	call_rig_expect(rig, "0 B 481\n");
	call_rig_hang_up(rig);
}

/* Of several ones each side counts by its own CSeq. Shows: 3515/2.4.6a */
static void numbered(void **state)
{
	struct call_rig *rig = *state;
	char event[32], expected[64];
	unsigned int went;

	call_rig_establish(rig);
	refer(rig, REFER_TO, 603);
	peer_request(&rig->b, "OPTIONS", "", "");
	call_rig_expect(rig, "0 B 200\n");
	peer_request(&rig->a, "INFO", "", "");
	peer_reply(&rig->b, 200);
	call_rig_forget(rig);
	refer(rig, REFER_TO, 202);
	assert_int_equal(sscanf(line_of(rig->b.other, "CSeq: "), "CSeq: %u", &went), 1);
	notify(rig, "refer;id=1", "active", "SIP/2.0 100 Trying\r\n");
	call_rig_expect(rig, "0 B 481\n");
	snprintf(event, sizeof(event), "refer;id=%u", went);
	notify(rig, event, "active", "SIP/2.0 100 Trying\r\n");
	call_rig_expect(rig, "0 A NOTIFY\n");
	snprintf(expected, sizeof(expected), "Event: refer;id=%u", rig->a.cseq);
	assert_string_equal(line_of(rig->a.other, "Event: "), expected);
	peer_reply(&rig->a, 481);
	call_rig_expect(rig, "0 B 481\n");
	/* Nothing is waited for from who asked for it. */
	peer_request(&rig->a, "NOTIFY", "Event: refer\r\nSubscription-State: active\r\n",
		     "SIP/2.0 100 Trying\r\n");
	call_rig_expect(rig, "0 A 481\n");
	call_rig_hang_up(rig);
}

/* A NOTIFY may be faster than the 202 (RFC 6665 s.4.1.2.4). */
static void notified_first(void **state)
{
	struct call_rig *rig = *state;
	char refer_text[8192];

	call_rig_establish(rig);
	peer_request(&rig->a, "REFER", REFER_TO, "");
	memcpy(refer_text, rig->b.other, sizeof(refer_text));
	notify(rig, "refer", "active", "SIP/2.0 100 Trying\r\n");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B REFER\n0 A NOTIFY\n0 B 200\n");
	memcpy(rig->b.other, refer_text, sizeof(refer_text));
	peer_reply(&rig->b, 202);
	call_rig_expect(rig, "0 A 202\n");
	notify(rig, "refer", "terminated", "nonsense");
	call_rig_expect(rig, "0 B 400\n");
	call_rig_hang_up(rig);
}

static void in_second_call(struct call_rig *rig)
{
	struct call_peer *c = &rig->more[0];

	second_call(rig, "", CALL_RIG_SDP);
	peer_reply_invite(c, 200, "tag-of-C", "", CALL_RIG_SDP);
	second_learns(rig);
	peer_learn(&second);
	second_ack(rig);
	strcpy(c->local_tag, "tag-of-C");
	call_rig_forget(rig);
}

/* The dialog is named as C has it, who is to be called with it. Shows: 5589/7d */
static void attended(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0], *d = &rig->more[1];
	char expected[512];

	in_second_call(rig);
	refer_to_second(rig, "");
	call_rig_expect(rig, "0 B REFER\n");
	snprintf(expected, sizeof(expected),
		 "Refer-To: <sip:peer@%s?Replaces=%s%%3Bto-tag%%3Dtag-of-C"
		 "%%3Bfrom-tag%%3D%s>",
		 rig->b.sipd, c->call_id, c->remote_tag);
	assert_string_equal(line_of(rig->b.other, "Refer-To: "), expected);
	assert_null(strstr(rig->b.other, "of-A"));
	peer_reply(&rig->b, 202);
	call_rig_expect(rig, "0 A 202\n");
	/* B does so by a new call of its own. */
	snprintf(expected, sizeof(expected), "Replaces: %s;to-tag=tag-of-C;from-tag=%s\r\n",
		 c->call_id, c->remote_tag);
	peer_request(d, "INVITE", expected, CALL_RIG_SDP);
	call_rig_expect(rig, "0 C INVITE\n0 D 100\n");
	peer_reply_invite(c, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A BYE\n0 D 200\n");
	assert_string_equal(peer_header(&rig->a, "Call-ID"), second.call_id);
	peer_reply(&rig->a, 200);
	peer_learn(d);
	peer_ack(d, "");
	call_rig_expect(rig, "0 C ACK\n");
	transfer_hang_up(d, c);
	call_rig_hang_up(rig);
}

/* Named as the other one has it, who is A's peer then. */
static void attended_turned(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];
	char local_tag[64], tags[256];

	in_second_call(rig);
	strcpy(local_tag, second.local_tag);
	strcpy(second.local_tag, second.remote_tag);
	strcpy(second.remote_tag, local_tag);
	refer_to_second(rig, "%3Bearly-only");
	call_rig_expect(rig, "0 B REFER\n");
	snprintf(tags, sizeof(tags), "%%3Bto-tag%%3D%s%%3Bfrom-tag%%3Dtag-of-C%%3Bearly-only>",
		 c->remote_tag);
	assert_non_null(strstr(line_of(rig->b.other, "Refer-To: "), tags));
	peer_reply(&rig->b, 603);
	call_rig_expect(rig, "0 A 603\n");
	strcpy(second.remote_tag, second.local_tag);
	strcpy(second.local_tag, local_tag);
	peer_request(&second, "BYE", "", "");
	peer_reply(c, 200);
	call_rig_forget(rig);
	call_rig_hang_up(rig);
}

static void refused_here(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	second = rig->a;
	strcpy(second.call_id, "no-such-call");
	refer_to_second(rig, "");
	call_rig_expect(rig, "0 A 481\n");
	assert_non_null(strstr(rig->a.last, "Replaces names no call that is known"));
	peer_request(&rig->a, "REFER", "Refer-To: <http://carol.example>\r\n", "");
	call_rig_expect(rig, "0 A 416\n");
	peer_request(&rig->a, "REFER", "", "");
	call_rig_expect(rig, "0 A 400\n");
	for (int i = 0; i < 8; i++)
		refer(rig, REFER_TO, 202);
	peer_request(&rig->a, "REFER", REFER_TO, "");
	call_rig_expect(rig, "0 A 503\n");
	/* The other realm's REFERs are carried out by sipd. */
	peer_request(&rig->b, "REFER", "Refer-To: <sip:dave@sipd.example>\r\n", "");
	call_rig_expect(rig, "0 B 202\n0 B NOTIFY\n0 B NOTIFY\n");
	peer_reply(&rig->b, 200);
	call_rig_hang_up(rig);
}

/* B says nothing: A gives up by itself, and what comes later is of no subscription. */
static void silent(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "REFER", "Refer-To: <tel:+4930123456>\r\n", "");
	assert_non_null(strstr(line_of(rig->b.other, "Refer-To: "), "<sip:+4930123456@"));
	assert_non_null(strstr(line_of(rig->b.other, "Refer-To: "), ";user=phone>"));
	call_rig_forget(rig);
	for (unsigned int ms = 500; ms <= 33000; ms += 500)
		call_rig_advance(rig, ms);
	/* A 408 would come too late (RFC 4320). */
	assert_null(strstr(rig->journal, " A 4"));
	call_rig_forget(rig);
	notify(rig, "refer", "active", "SIP/2.0 100 Trying\r\n");
	call_rig_expect(rig, "33000 B 481\n");
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blind),	       TEST(numbered),	   TEST(notified_first), TEST(attended),
		TEST(attended_turned), TEST(refused_here), TEST(silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
