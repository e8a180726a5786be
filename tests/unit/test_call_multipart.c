// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SDP beside other parts (RFC 5621): it is read and written anew as if it were alone, and the
 * other parts go on octet by octet, wherever a session is made or changed.
 */
#include "multipart_fixture.h"
#include "prack_fixture.h"

#define HEAD "preamble\r\n" PART_LOCATION "--rig\r\n" SDP_HEADERS "\r\n"
#define TAIL "\r\n" PART_ISUP PARTS_END
#define ASSERT_PARTS(peer) assert_around(peer, HEAD, TAIL)
/* Without SDP, as they are sent, and as they go on. */
#define NO_SDP "preamble\r\n" PART_LOCATION PART_ISUP PARTS_END

static void assert_type(const struct call_peer *peer)
{
	assert_string_equal(peer_header(peer, "Content-Type"), CALL_RIG_PARTS);
}

static void assert_no_sdp(const struct call_peer *peer)
{
	assert_string_equal(peer_body(peer), NO_SDP);
	assert_type(peer);
}

/* Both ways. */
static void assert_ladder_has_sdp(const struct call_rig *rig, const char *label)
{
	const struct ladder *ladder = &TAILQ_FIRST(&rig->engine->active)->ladder;
	unsigned int count = 0;

	for (uint32_t i = 0; i < ladder->nevents; i++) {
		const struct ladder_event *event = &ladder->events[i];

		if (strncmp(ladder_label(ladder, event), label, strlen(label)))
			continue;
		assert_non_null(strstr(ladder_detail(ladder, event), "SDP audio PCMU sendrecv"));
		count++;
	}
	assert_int_equal(count, 2);
}

static void hang_up(struct call_rig *rig)
{
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

/* Shows: 5621/3.2a 5621/5.2a 5621/5.3a */
static void offer_and_answer(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "MIME-Version: 1.0\r\n", PARTS);
	ASSERT_PARTS(&rig->b);
	assert_type(&rig->b);
	assert_string_equal(peer_header(&rig->b, "MIME-Version"), "1.0");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 183, "tag-of-B", "", PARTS);
	ASSERT_PARTS(&rig->a);
	assert_ladder_has_sdp(rig, "INVITE");
	assert_ladder_has_sdp(rig, "183");
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PARTS);
	ASSERT_PARTS(&rig->a);
	assert_type(&rig->a);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_string_equal(peer_body(&rig->b), "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 183\n0 A 200\n0 B ACK\n");
	assert_int_equal(fake_only()->nendpoints, 4);
	hang_up(rig);
}

/* Shows: 5621/5.2b */
static void it_may_be_the_only_part(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", PART_SDP PARTS_END);
	assert_around(&rig->b, "--rig\r\n" SDP_HEADERS "\r\n", "\r\n" PARTS_END);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 183, "tag-of-B", "Require: 100rel\r\nRSeq: 1\r\n", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PART_SDP PARTS_END);
	assert_non_null(strstr(rig->a.last, "m=audio 40"));
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	hang_up(rig);
}

/* The first one that is for the session is the offer. Shows: 5621/9.3a */
static void more_than_one_sdp(void **state)
{
#define EARLY \
	PART(SDP_HEADERS "Content-Disposition: early-session;handling=optional\r\n", "v=0\r\n")
#define SESSION PART(SDP_HEADERS "Content-Disposition: Session ; x=y\r\n", CALL_RIG_SDP)
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", EARLY SESSION PART_ISUP EARLY PARTS_END);
	assert_around(&rig->b,
		      EARLY "--rig\r\n" SDP_HEADERS "Content-Disposition: Session ; x=y\r\n\r\n",
		      "\r\n" PART_ISUP EARLY PARTS_END);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SESSION EARLY PARTS_END);
	assert_around(&rig->a, "--rig\r\n" SDP_HEADERS "Content-Disposition: Session ; x=y\r\n\r\n",
		      "\r\n" EARLY PARTS_END);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	hang_up(rig);
#undef EARLY
#undef SESSION
}

static void a_part_that_says_its_length(void **state)
{
	struct call_rig *rig = *state;
	const char *length;
	size_t len;

	peer_request(&rig->a, "INVITE", "",
		     PART(SDP_HEADERS "Content-Length: 4711\r\n", CALL_RIG_SDP) PARTS_END);
	length = strstr(peer_body(&rig->b), "\r\nContent-Length: ");
	assert_non_null(length);
	len = strlen(strstr(length, "\r\n\r\n") + 4) - strlen("\r\n" PARTS_END);
	assert_int_equal(atoi(length + strlen("\r\nContent-Length: ")), len);
	call_rig_refuse(rig, 486);
}

/* Shows: 5621/5.2a 3261/13.2.1a */
static void late_offer(void **state)
{
	struct call_rig *rig = *state;
	char ack[8192];

	peer_request(&rig->a, "INVITE", "", NO_SDP);
	assert_no_sdp(&rig->b);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", NO_SDP);
	assert_no_sdp(&rig->a);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PARTS);
	ASSERT_PARTS(&rig->a);
	peer_learn(&rig->a);
	peer_ack(&rig->a, PARTS);
	ASSERT_PARTS(&rig->b);
	assert_type(&rig->b);
	assert_int_equal(fake_only()->nendpoints, 4);
	/* An ACK that is lost is sent once more as it was. */
	memcpy(ack, rig->b.last, sizeof(ack));
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PARTS);
	assert_memory_equal(rig->b.last, "ACK ", 4);
	assert_string_equal(strstr(rig->b.last, "\r\n\r\n"), strstr(ack, "\r\n\r\n"));
	assert_type(&rig->b);
	hang_up(rig);
}

static void late_offer_that_the_ack_does_not_answer(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", "");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PARTS);
	peer_learn(&rig->a);
	call_rig_forget(rig);
	peer_ack(&rig->a, NO_SDP);
	call_rig_expect(rig, "0 A BYE\n0 B ACK\n0 B BYE\n");
	peer_reply(&rig->a, 200);
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 1);
}

/* Those of requests and responses that make no offer or answer. */
static void parts_without_sdp(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", NO_SDP);
	assert_no_sdp(&rig->a);
	peer_reply_invite(&rig->b, 183, "tag-of-B", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", NO_SDP);
	assert_no_sdp(&rig->a);
	peer_learn(&rig->a);
	peer_ack(&rig->a, NO_SDP);
	assert_memory_equal(rig->b.last, "ACK ", 4);
	assert_no_sdp(&rig->b);
	assert_int_equal(fake_only()->nendpoints, 4);
	peer_request(&rig->b, "UPDATE", "", NO_SDP);
	assert_no_sdp(&rig->a);
	peer_reply_body(&rig->a, 200, NO_SDP);
	assert_no_sdp(&rig->b);
	peer_request(&rig->a, "INVITE", "", NO_SDP);
	assert_no_sdp(&rig->b);
	peer_reply_invite(&rig->b, 488, "", "", "");
	peer_ack(&rig->a, "");
	hang_up(rig);
}

/* Shows: 5621/5.2a */
static void changes_of_the_session(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	peer_request(&rig->a, "INVITE", "", PARTS);
	ASSERT_PARTS(&rig->b);
	peer_reply_invite(&rig->b, 200, "", "", PARTS);
	ASSERT_PARTS(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->b, "UPDATE", "", PARTS);
	ASSERT_PARTS(&rig->a);
	peer_reply_body(&rig->a, 200, PARTS);
	ASSERT_PARTS(&rig->b);
	peer_request(&rig->b, "INVITE", "", "");
	peer_reply_invite(&rig->a, 200, "", "", PARTS);
	ASSERT_PARTS(&rig->b);
	peer_ack(&rig->b, PARTS);
	ASSERT_PARTS(&rig->a);
	assert_int_equal(fake_only()->nendpoints, 4);
	hang_up(rig);
}

static void fax(void **state)
{
#define FAX                                                                         \
	"v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" \
	"m=image 4002 udptl t38\r\na=T38FaxVersion:0\r\n"
	struct call_rig *rig = *state;
	const char *body;

	call_rig_establish(rig);
	for (int i = 0; i < 2; i++) {
		struct call_peer *to = i ? &rig->a : &rig->b;

		if (i)
			peer_reply_invite(&rig->b, 200, "", "",
					  PART_ISUP PART(SDP_HEADERS, FAX) PARTS_END);
		else
			peer_request(&rig->a, "INVITE", "",
				     PART_ISUP PART(SDP_HEADERS, FAX) PARTS_END);
		body = peer_body(to);
		assert_memory_equal(body, PART_ISUP, strlen(PART_ISUP));
		assert_non_null(strstr(body, "m=image 40"));
		assert_null(strstr(body, "4002"));
		assert_null(strstr(body, "192.0.2.9"));
	}
	peer_ack(&rig->a, "");
	hang_up(rig);
#undef FAX
}

/* Who has the answer gets none once more, but all else. */
static void reliable_responses(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, PARTS);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, PARTS);
	ASSERT_PARTS(&rig->a);
	acknowledges(&rig->a, NO_SDP);
	assert_memory_equal(rig->b.last, "PRACK ", 6);
	assert_no_sdp(&rig->b);
	peer_reply_body(&rig->b, 200, NO_SDP);
	assert_no_sdp(&rig->a);
	peer_request(&rig->a, "UPDATE", "", PARTS);
	ASSERT_PARTS(&rig->b);
	peer_reply_body(&rig->b, 200, PARTS);
	ASSERT_PARTS(&rig->a);
	rings(&rig->b, 180, "tag-of-B", 2, PARTS);
	assert_no_sdp(&rig->a);
	acknowledges(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PARTS);
	assert_memory_equal(rig->a.last, "SIP/2.0 200 ", 12);
	assert_no_sdp(&rig->a);
	peer_ack(&rig->a, "");
	hang_up(rig);
}

static void late_offer_in_a_reliable_response(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, NO_SDP);
	assert_true(peer_got(&rig->b, "Supported: 100rel"));
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, PARTS);
	ASSERT_PARTS(&rig->a);
	acknowledges(&rig->a, PARTS);
	ASSERT_PARTS(&rig->b);
	peer_reply(&rig->b, 200);
	assert_int_equal(fake_only()->nendpoints, 4);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", "");
	assert_string_equal(peer_body(&rig->a), "");
	peer_ack(&rig->a, "");
	hang_up(rig);
}

/* What only the callee has said reliably, is in the 2xx for the caller. */
static void reliable_for_the_callee_alone(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].reliable = CFG_100REL_ALWAYS;
	peer_request(&rig->a, "INVITE", "", PARTS);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, PARTS);
	ASSERT_PARTS(&rig->a);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", PARTS);
	ASSERT_PARTS(&rig->a);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	hang_up(rig);
}

/* --- several callees --- */

static const char *audio_of(const struct call_peer *peer)
{
	static char line[64];
	const char *audio = strstr(peer_body(peer), "m=audio ");

	snprintf(line, sizeof(line), "%.13s", audio);
	return line;
}

/* Each is sent the same parts, and SDP of its own. Shows: 5621/5.2a */
static void all_at_once(void **state)
{
	struct call_rig *rig = *state;
	char ports[2][64];

	call_rig_route(rig, CFG_PARALLEL, NULL);
	rig->route.nto = 2;
	peer_request(&rig->a, "INVITE", "", PARTS);
	for (unsigned int i = 0; i < 2; i++) {
		ASSERT_PARTS(call_rig_callee(rig, i));
		assert_type(call_rig_callee(rig, i));
		snprintf(ports[i], sizeof(ports[i]), "%s", audio_of(call_rig_callee(rig, i)));
	}
	assert_string_not_equal(ports[0], ports[1]);
	peer_reply_invite(&rig->b, 183, "tag-of-B", "", PARTS);
	ASSERT_PARTS(&rig->a);
	/* His media is not heard, as another one's is. */
	peer_reply_invite(&rig->more[0], 183, "tag-of-C", "", PARTS);
	assert_no_sdp(&rig->a);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", PARTS);
	ASSERT_PARTS(&rig->a);
	peer_learn(&rig->a);
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->more[0], 200);
	assert_counts(rig, 0, 0);
}

static void one_after_the_other(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	peer_request(&rig->a, "INVITE", "", PARTS);
	ASSERT_PARTS(&rig->b);
	peer_reply_invite(&rig->b, 503, "tag-of-B", "", "");
	assert_memory_equal(rig->more[0].last, "INVITE ", 7);
	ASSERT_PARTS(&rig->more[0]);
	assert_type(&rig->more[0]);
	peer_reply_invite(&rig->more[0], 486, "tag-of-C", "", "");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* --- sipd's own requests --- */

/* It has the SDP, the rest is not its own to repeat. */
static void refresh(void **state)
{
	static const char timer[] = "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n";
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", PARTS);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", timer, PARTS);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_advance(rig, 300000);
	assert_memory_equal(rig->b.last, "INVITE ", 7);
	assert_string_equal(peer_header(&rig->b, "Content-Type"), "application/sdp");
	assert_around(&rig->b, "", "\r\n");
	peer_reply_invite(&rig->b, 200, "", timer, PARTS);
	call_rig_forget(rig);
	hang_up(rig);
}

/* By accounts: the INVITE goes out once more, as it was. */
static void challenge(void **state)
{
	struct call_rig *rig = *state;
	struct cfg_account account = {
		.user = (char[]){ "sbc" },
		.password = (char[]){ "secret" },
	};

	rig->realms[0].next_hop.account = &account;
	peer_request(&rig->a, "INVITE", "", PARTS);
	peer_reply_invite(&rig->b, 401, "tag-of-B",
			  "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\"\r\n",
			  "");
	assert_string_not_equal(peer_header(&rig->b, "Authorization"), "");
	ASSERT_PARTS(&rig->b);
	assert_type(&rig->b);
	call_rig_refuse(rig, 486);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(offer_and_answer),
		TEST(it_may_be_the_only_part),
		TEST(more_than_one_sdp),
		TEST(a_part_that_says_its_length),
		TEST(late_offer),
		TEST(late_offer_that_the_ack_does_not_answer),
		TEST(parts_without_sdp),
		TEST(changes_of_the_session),
		TEST(fax),
		TEST(reliable_responses),
		TEST(late_offer_in_a_reliable_response),
		TEST(reliable_for_the_callee_alone),
		TEST(all_at_once),
		TEST(one_after_the_other),
		TEST(refresh),
		TEST(challenge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
