// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls and their sessions in a module that the test plays. */
#include <stdio.h>

#include "call_media_fixture.h"

static void take_streams(const struct call_info *info, void *arg)
{
	*(unsigned int *)arg += info->media.nstreams;
}

/* Or else the loop would stand still for a question to the kernel per call. */
static void only_who_asks_for_one_call_gets_its_media(void **state)
{
	struct call_rig *rig = *state;
	unsigned int streams = 0;

	call_rig_establish(rig);
	assert_int_equal(fake_only()->nendpoints, 4);
	call_each(rig->engine, true, take_streams, &streams);
	assert_int_equal(fake.gets, 0);
	assert_int_equal(streams, 0);
	assert_int_equal(call_find(rig->engine, "", take_streams, &streams), 0);
	assert_int_equal(fake.gets, 1);
	assert_int_equal(streams, 1);
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
	assert_int_equal(call_find(rig->engine, "", take_streams, &streams), 0);
	assert_int_equal(streams, 2);
}

static bool has_remote(const char *text)
{
	const struct sf_session *session = fake_only();
	struct tp_addr addr;

	assert_int_equal(tp_addr_parse(&addr, view_str(text), 0), 0);
	for (unsigned int i = 0; i < session->nendpoints; i++)
		if (session->endpoints[i].remote.v4.s_addr == addr.in.sin_addr.s_addr &&
		    session->endpoints[i].remote.port == addr.in.sin_port)
			return true;
	return false;
}

/* It is offered what it has, and may move all the same. */
static void a_refresh_of_the_session_keeps_its_media(void **state)
{
	static const char timer[] = "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n";
	struct call_rig *rig = *state;
	char offered[1024];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	snprintf(offered, sizeof(offered), "%s", peer_body(&rig->b));
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", timer, CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_int_equal(fake_only()->nendpoints, 4);
	call_rig_advance(rig, 300000);
	assert_int_equal(strncmp(rig->b.last, "INVITE ", 7), 0);
	assert_string_equal(peer_body(&rig->b), offered);
	peer_reply_invite(&rig->b, 200, "", timer, CALL_RIG_SDP);
	assert_true(has_remote("192.0.2.9:4000"));
	call_rig_advance(rig, 600000);
	assert_string_equal(peer_body(&rig->b), offered);
	peer_reply_invite(&rig->b, 200, "", timer,
			  "v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
			  "t=0 0\r\nm=audio 4100 RTP/AVP 0\r\n");
	assert_true(has_remote("192.0.2.9:4100"));
	assert_int_equal(fake_only()->nendpoints, 4);
	/* One that is refused changes nothing. */
	call_rig_advance(rig, 900000);
	peer_reply_invite(&rig->b, 500, "", "", "");
	assert_true(has_remote("192.0.2.9:4000"));
	assert_true(has_remote("192.0.2.9:4100"));
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
}

/* Shows: 3261/13.3.1.3a */
static void media_of_the_other_family_is_refused(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "",
		     "v=0\r\no=- 1 1 IN IP6 2001:db8::9\r\ns=-\r\nc=IN IP6 2001:db8::9\r\nt=0 0\r\n"
		     "m=audio 4000 RTP/AVP 0\r\n");
	assert_int_equal(rig->a.invite_status, 488);
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "301 "));
	assert_non_null(strstr(peer_header(&rig->a, "Warning"),
			       "\"Media is relayed over IPv4 here, the SDP has IPv6 in c=\""));
	peer_ack(&rig->a, "");
	assert_int_equal(fake_count(), 0);
}

static void assert_over(struct call_rig *rig)
{
	unsigned int streams = 0;

	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
	/* What it has come to is known. */
	assert_int_equal(call_find(rig->engine, "", take_streams, &streams), 0);
	assert_int_equal(streams, 1);
}

/* And B's answer, or its silence, changes nothing. Shows: 3261/15.1.1a */
static void the_session_ends_with_bye(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	assert_int_equal(fake_count(), 1);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n0 B BYE\n");
	assert_over(rig);
	assert_counts(rig, 1, 0);
	assert_non_null(call_rig_ladder(rig, "media"));
	call_rig_advance(rig, 32000);
	call_rig_forget(rig);
	assert_counts(rig, 0, 0);
	assert_over(rig);
}

/* Shows: 3261/15.1.1a */
static void a_bye_that_is_challenged(void **state)
{
	struct call_rig *rig = *state;
	struct cfg_account account = {
		.user = (char[]){ "sbc" },
		.password = (char[]){ "secret" },
	};

	rig->realms[0].next_hop.account = &account;
	call_rig_establish(rig);
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 200\n0 B BYE\n");
	peer_reply_other(&rig->b, 401, "",
			 "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n");
	call_rig_expect(rig, "0 B BYE\n");
	assert_non_null(strstr(rig->b.last, "\r\nAuthorization: "));
	assert_over(rig);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 0);
	assert_over(rig);
}

/* B hangs up, and A has not acknowledged B's 2xx: his BYE waits for that, and the media for him. */
static void a_bye_that_waits(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	call_rig_forget(rig);
	peer_request(&rig->b, "BYE", "", "");
	call_rig_expect(rig, "0 B 200\n");
	assert_int_equal(fake_count(), 1);
	peer_ack(&rig->a, "");
	assert_int_equal(strncmp(rig->a.last, "BYE ", 4), 0);
	assert_over(rig);
	peer_reply(&rig->a, 200);
	call_rig_forget(rig);
	assert_counts(rig, 0, 0);
}

/* A re-INVITE was under way, and is accepted afterwards. */
static void an_answer_that_comes_too_late(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_request(&rig->a, "BYE", "", "");
	assert_over(rig);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	assert_int_equal(strncmp(rig->b.last, "ACK ", 4), 0);
	assert_over(rig);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	assert_counts(rig, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_who_asks_for_one_call_gets_its_media),
		TEST(a_refresh_of_the_session_keeps_its_media),
		TEST(media_of_the_other_family_is_refused),
		TEST(the_session_ends_with_bye),
		TEST(a_bye_that_is_challenged),
		TEST(a_bye_that_waits),
		TEST(an_answer_that_comes_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
