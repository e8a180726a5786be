// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls and their sessions in a module that the test plays. */
#include <stdio.h>

#include "call_rig.h"
#include "fake_libsipfast.h"

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

static int setup(void **state)
{
	fake_reset();
	return call_rig_setup_media(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_who_asks_for_one_call_gets_its_media),
		TEST(a_refresh_of_the_session_keeps_its_media),
		TEST(media_of_the_other_family_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
