// SPDX-License-Identifier: GPL-2.0-or-later
/* Offers and answers of calls to realms and trunks that do not take every codec, T.38 and video. */
#include <stdio.h>

#include "call_media_fixture.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
#define PHONE                                                               \
	HEAD "m=audio 4000 RTP/AVP 18 8 0 101\r\na=rtpmap:18 G729/8000\r\n" \
	     "a=fmtp:18 annexb=no\r\na=rtpmap:101 telephone-event/8000\r\n"
#define G729_ONLY HEAD "m=audio 4000 RTP/AVP 18\r\n"
#define T38 HEAD "m=image 4000 udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n"
#define VIDEO                                                                            \
	"m=video 5000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\na=rtcp-fb:99 nack pli\r\n" \
	"a=rtcp-fb:* ccm fir\r\n"
#define CODEC(name) (&(struct sdp_codec){ (char[]){ name }, 0 })

static struct sdp_codec g711[] = { { (char[]){ "PCMU" }, 0 }, { (char[]){ "PCMA" }, 0 } };
static const struct sdp_codec_rules only_g711 = {
	.audio = { .allow = { g711, 2 }, .order = { g711, 1 } },
};

static struct cfg_realm *realm_of(struct call_rig *rig, enum media_side side)
{
	return &rig->realms[side];
}

static void assert_media_line(const struct call_peer *peer, const char *line)
{
	if (!strstr(peer_body(peer), line))
		fail_msg("no \"%s\" in: %s", line, peer_body(peer));
}

static void only_what_the_realm_takes_is_offered_and_answered(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_B)->codecs = only_g711;
	peer_request(&rig->a, "INVITE", "", PHONE);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	assert_string_equal(
		strstr(peer_body(&rig->b), "m="),
		"m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n");
	assert_non_null(call_rig_ladder(
		rig, "codecs of realm core: G729/8000 taken out of the caller's offer"));
	peer_learn(&rig->b);
	/* What was not offered is not answered, whatever the callee says. */
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", HEAD "m=audio 4000 RTP/AVP 0 18 101\r\n");
	assert_media_line(&rig->a, "m=audio 4000 RTP/AVP 0 101\r\n");
	assert_non_null(call_rig_ladder(
		rig, "codecs of realm core: G729/8000 taken out of the callee's answer"));
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	/* The other way it is for the caller's realm to say. */
	peer_request(&rig->b, "INVITE", "", PHONE);
	assert_string_equal(peer_body(&rig->a), PHONE);
	peer_reply_invite(&rig->a, 200, "", "", G729_ONLY);
	assert_string_equal(peer_body(&rig->b), G729_ONLY);
	peer_ack(&rig->b, "");
	call_rig_hang_up(rig);
}

/* Shows: 3261/13.3.1.3a */
static void an_offer_with_nothing_left_is_refused(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_B)->codecs = only_g711;
	peer_request(&rig->a, "INVITE", "", G729_ONLY);
	call_rig_expect(rig, "0 A 100\n0 A 488\n");
	assert_memory_equal(peer_header(&rig->a, "Warning"), "305 ", 4);
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* Shows: 3264/8a */
static void a_refused_reoffer_leaves_the_session(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_A)->codecs = only_g711;
	realm_of(rig, MEDIA_B)->codecs = only_g711;
	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", G729_ONLY);
	call_rig_expect(rig, "0 A 100\n0 A 488\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->b, "UPDATE", "", G729_ONLY);
	call_rig_expect(rig, "0 B 488\n");
	assert_memory_equal(peer_header(&rig->b, "Warning"), "305 ", 4);
	peer_request(&rig->a, "INVITE", "", PHONE);
	assert_media_line(&rig->b, "m=audio 4000 RTP/AVP 0 8 101\r\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

static void late_offers_are_filtered_for_the_caller(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_A)->codecs = only_g711;
	peer_request(&rig->a, "INVITE", "", "");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PHONE);
	assert_media_line(&rig->a, "m=audio 4000 RTP/AVP 0 8 101\r\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, HEAD "m=audio 4000 RTP/AVP 18 8\r\n");
	assert_string_equal(peer_body(&rig->b), HEAD "m=audio 4000 RTP/AVP 8\r\n");
	call_rig_hang_up(rig);
}

/* An answer of nothing but what was not offered is none. */
static void an_answer_with_nothing_left_ends_the_call(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_B)->codecs = only_g711;
	peer_request(&rig->a, "INVITE", "", PHONE);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", G729_ONLY);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 488\n0 B ACK\n0 B BYE\n");
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

static void each_branch_gets_what_its_trunk_takes(void **state)
{
	struct call_rig *rig = *state;
	struct sdp_codec_rules no_g729 = { .audio.deny = { CODEC("G729"), 1 } };

	rig->cfg.trunk_codecs = true;
	rig->trunks[1].codecs = only_g711;
	rig->trunks[2].codecs = no_g729;
	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", "", PHONE);
	assert_string_equal(peer_body(&rig->b), PHONE);
	assert_media_line(&rig->more[0], "m=audio 4000 RTP/AVP 0 8 101\r\n");
	assert_media_line(&rig->more[1], "m=audio 4000 RTP/AVP 8 0 101\r\n");
	assert_non_null(call_rig_ladder(rig, "codecs of trunk C: G729/8000 taken out"));
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++)
		peer_reply_invite(call_rig_callee(rig, i), 486, "t", "", "");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* --- with media --- */

/* Shows: 3264/5.1b 3264/6a */
static void a_line_is_rejected_while_others_are_left(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_B)->codecs = only_g711;
	peer_request(&rig->a, "INVITE", "", G729_ONLY VIDEO);
	assert_media_line(&rig->b, "m=audio 0 RTP/AVP 18\r\n");
	assert_media_line(&rig->b, " RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"
				   "a=rtcp-fb:99 nack pli\r\na=rtcp-fb:* ccm fir\r\n");
	peer_learn(&rig->b);
	/* Accepted though it was not offered, it is not relayed. */
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", HEAD "m=audio 4000 RTP/AVP 0\r\n" VIDEO);
	assert_media_line(&rig->a, "m=audio 0 RTP/AVP 0\r\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports(rig, 2, 2);
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
}

static void what_would_be_left_is_not_relayed(void **state)
{
	struct call_rig *rig = *state;

	realm_of(rig, MEDIA_B)->codecs = only_g711;
	peer_request(&rig->a, "INVITE", "", G729_ONLY "m=image 5000 tcp t38\r\n");
	call_rig_expect(rig, "0 A 100\n0 A 488\n");
	assert_memory_equal(peer_header(&rig->a, "Warning"), "304 ", 4);
	peer_ack(&rig->a, "");
	assert_ports(rig, 0, 0);
}

/* A line that one branch does not get is another one's. */
static void branches_have_lines_of_their_own(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.trunk_codecs = true;
	rig->trunks[0].codecs = only_g711;
	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", "", G729_ONLY VIDEO);
	assert_media_line(&rig->b, "m=audio 0 RTP/AVP 18\r\n");
	assert_null(strstr(peer_body(&rig->more[0]), "m=audio 0 "));
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", G729_ONLY VIDEO);
	assert_null(strstr(peer_body(&rig->a), "m=audio 0 "));
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_int_equal(fake_only()->nendpoints, 8);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	peer_reply_invite(&rig->more[1], 487, "tag-of-D", "", "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->more[0], 200);
	assert_int_equal(rig->engine->counts.active, 0);
}

/* The module forwards datagrams and nothing else. Shows: 3264/8a */
static void t38_over_tcp_is_refused_where_media_is_relayed(void **state)
{
	struct call_rig *rig = *state;
	struct sf_session before;

	call_rig_establish(rig);
	before = *fake_only();
	peer_request(&rig->a, "INVITE", "", HEAD "m=image 4000 tcp t38\r\na=setup:active\r\n");
	call_rig_expect(rig, "0 A 100\n0 A 488\n");
	assert_memory_equal(peer_header(&rig->a, "Warning"), "304 ", 4);
	peer_ack(&rig->a, "");
	peer_request(&rig->b, "INVITE", "",
		     HEAD "m=audio 0 RTP/AVP 0\r\n"
			  "m=image 4000 tcp t38\r\n");
	call_rig_expect(rig, "0 B 100\n0 B 488\n");
	peer_ack(&rig->b, "");
	assert_memory_equal(fake_only(), &before, sizeof(before));
	assert_ports(rig, 2, 2);
	call_rig_hang_up(rig);
}

/* The kernel has the one or the other, and what T.38 says of itself passes. */
static void t38_takes_the_place_of_audio(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->b, "INVITE", "", T38);
	assert_media_line(&rig->a, " udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n");
	assert_int_equal(fake_only()->nendpoints, 4);
	peer_reply_invite(&rig->a, 200, "", "", T38);
	assert_media_line(&rig->b, " udptl t38\r\na=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\n");
	peer_ack(&rig->b, "");
	assert_int_equal(fake_only()->nendpoints, 2);
	assert_int_equal(fake_only()->endpoints[0].component, SIPFAST_COMPONENT_TRANSPARENT);
	assert_ports(rig, 2, 2);
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->a, 200, "", "", CALL_RIG_SDP);
	peer_ack(&rig->b, "");
	assert_int_equal(fake_only()->nendpoints, 4);
	assert_ports(rig, 2, 2);
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
}

/* Shows: 3264/8a */
static void t38_that_the_peer_refuses_leaves_the_audio(void **state)
{
	struct call_rig *rig = *state;
	struct sf_session before;

	call_rig_establish(rig);
	before = *fake_only();
	peer_request(&rig->b, "INVITE", "", T38);
	peer_reply_invite(&rig->a, 488, "", "", "");
	call_rig_expect(rig, "0 A INVITE\n0 B 100\n0 A ACK\n0 B 488\n");
	peer_ack(&rig->b, "");
	assert_memory_equal(fake_only(), &before, sizeof(before));
	assert_ports(rig, 2, 2);
	call_rig_hang_up(rig);
}

static void t38_in_the_first_invite(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", T38);
	assert_media_line(&rig->b, " udptl t38\r\na=T38FaxVersion:0\r\n");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", T38);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_int_equal(fake_only()->nendpoints, 2);
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

/* An operator may have gateways fall back to G.711; what audio he allows does not say that. */
static void t38_is_denied_where_codecs_say_so(void **state)
{
	struct sdp_codec t38[] = { { (char[]){ "T38" }, 0 } };
	struct call_rig *rig = *state;
	struct sf_session before;

	realm_of(rig, MEDIA_B)->codecs = only_g711;
	call_rig_establish(rig);
	before = *fake_only();
	realm_of(rig, MEDIA_B)->codecs.audio.deny = (struct sdp_codec_list){ t38, 1 };
	peer_request(&rig->a, "INVITE", "", T38);
	call_rig_expect(rig, "0 A 100\n0 A 488\n");
	assert_memory_equal(peer_header(&rig->a, "Warning"), "305 ", 4);
	peer_ack(&rig->a, "");
	assert_memory_equal(fake_only(), &before, sizeof(before));
	assert_non_null(
		call_rig_ladder(rig, "codecs of realm core: t38 taken out of the caller's offer"));
	/* The other way it passes. */
	peer_request(&rig->b, "INVITE", "", T38);
	assert_media_line(&rig->a, " udptl t38\r\n");
	peer_reply_invite(&rig->a, 488, "", "", "");
	peer_ack(&rig->b, "");
	call_rig_hang_up(rig);
}

/* --- media: none --- */

static void t38_passes_where_media_is_not_relayed(void **state)
{
	struct call_rig *rig = *state;

	/* Codecs are not what a fax has. */
	realm_of(rig, MEDIA_B)->codecs = only_g711;
	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", T38);
	assert_string_equal(peer_body(&rig->b), T38);
	peer_reply_invite(&rig->b, 488, "", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 488\n0 B ACK\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->b, "INVITE", "", T38);
	assert_string_equal(peer_body(&rig->a), T38);
	peer_reply_invite(&rig->a, 200, "", "", T38);
	assert_string_equal(peer_body(&rig->b), T38);
	peer_ack(&rig->b, "");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	assert_string_equal(peer_body(&rig->a), CALL_RIG_SDP);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)
#define TEST_MEDIA(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_the_realm_takes_is_offered_and_answered),
		TEST(an_offer_with_nothing_left_is_refused),
		TEST(a_refused_reoffer_leaves_the_session),
		TEST(late_offers_are_filtered_for_the_caller),
		TEST(an_answer_with_nothing_left_ends_the_call),
		TEST(each_branch_gets_what_its_trunk_takes),
		TEST_MEDIA(a_line_is_rejected_while_others_are_left),
		TEST_MEDIA(what_would_be_left_is_not_relayed),
		TEST_MEDIA(branches_have_lines_of_their_own),
		TEST_MEDIA(t38_over_tcp_is_refused_where_media_is_relayed),
		TEST_MEDIA(t38_takes_the_place_of_audio),
		TEST_MEDIA(t38_that_the_peer_refuses_leaves_the_audio),
		TEST_MEDIA(t38_in_the_first_invite),
		TEST_MEDIA(t38_is_denied_where_codecs_say_so),
		TEST(t38_passes_where_media_is_not_relayed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
