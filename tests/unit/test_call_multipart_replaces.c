// SPDX-License-Identifier: GPL-2.0-or-later
/* INVITEs with Replaces whose SDP is one of several parts: D takes the place of A, or of B. */
#include "multipart_fixture.h"
#include "transfer_fixture.h"

static void replaces(const struct call_peer *as, struct call_peer *d, const char *body)
{
	char line[512];

	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s\r\n", as->call_id,
		 as->remote_tag, as->local_tag);
	peer_request(d, "INVITE", line, body);
}

/* D takes A's place, with one stream where B has seen two. */
static void take_place(struct call_rig *rig)
{
#define TWO CALL_RIG_SDP "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
	struct call_peer *a = &rig->a, *d = &rig->more[1];
	const char *body;

	peer_request(a, "INVITE", "", TWO);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", TWO);
	peer_learn(a);
	peer_ack(a, "");
	call_rig_forget(rig);
	replaces(a, d, PART_ISUP PART_SDP PART_LOCATION PARTS_END);
	assert_memory_equal(rig->b.last, "INVITE ", 7);
	body = peer_body(&rig->b);
	assert_memory_equal(body, PART_ISUP, strlen(PART_ISUP));
	assert_non_null(strstr(body, "m=audio 0 RTP/AVP 0\r\n\r\n" PART_LOCATION PARTS_END));
#undef TWO
}

static void who_takes_a_place(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *a = &rig->a, *d = &rig->more[1];
	const char *body;

	take_place(rig);
	peer_reply_invite(&rig->b, 200, "", "", PART_SDP PART_ISUP PARTS_END);
	body = peer_body(d);
	assert_memory_equal(d->last, "SIP/2.0 200 ", 12);
	assert_non_null(strstr(body, "m=audio 4"));
	peer_learn(d);
	peer_ack(d, "");
	call_rig_forget(rig);
	peer_reply(a, 200);
	transfer_hang_up(d, &rig->b);
}

/* An answer that is none has no lines to take out. */
static void who_stays_does_not_answer(void **state)
{
	struct call_rig *rig = *state;

	take_place(rig);
	peer_reply_invite(&rig->b, 200, "", "", "");
	assert_memory_equal(rig->more[1].last, "SIP/2.0 200 ", 12);
	assert_string_equal(peer_body(&rig->more[1]), "");
	peer_learn(&rig->more[1]);
	peer_ack(&rig->more[1], "");
	peer_reply(&rig->a, 200);
	call_rig_forget(rig);
	transfer_hang_up(&rig->more[1], &rig->b);
}

/* Where both offer, each has the other one's SDP for his answer, in his own words. */
static void who_picks_up(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *d = &rig->more[1];

	peer_request(&rig->a, "INVITE", "", PARTS);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	call_rig_forget(rig);
	replaces(&rig->b, d, PARTS);
	call_rig_expect(rig, "0 A 200\n0 B CANCEL\n0 D 200\n");
	for (int i = 0; i < 2; i++) {
		assert_string_equal(peer_header(i ? d : &rig->a, "Content-Type"),
				    "application/sdp");
		assert_around(i ? d : &rig->a, "", "\r\n");
		peer_learn(i ? d : &rig->a);
		peer_ack(i ? d : &rig->a, "");
	}
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	call_rig_expect(rig, "0 B ACK\n");
	transfer_hang_up(&rig->a, d);
	assert_int_equal(fake_count(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_takes_a_place),
		TEST(who_stays_does_not_answer),
		TEST(who_picks_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
