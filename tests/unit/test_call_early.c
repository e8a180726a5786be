// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offers and answers before the call is answered, in reliable provisional responses, PRACK and
 * UPDATE (RFC 3262 s.5, RFC 3311, RFC 6337), and the media that follows them.
 */
#include "call_media_fixture.h"
#include "prack_fixture.h"

#define PER_FORK 32 /* endpoint IDs of one branch */
enum { A_RTP = 1, B_RTP = 3 };

#define SDP_A SDP_OF("192.0.2.10", "6000", "")
#define SDP_A2 SDP_OF("192.0.2.11", "6100", "")
#define SDP_B SDP_OF("192.0.2.20", "7000", "")
#define SDP_B2 SDP_OF("192.0.2.21", "7100", "")

static void assert_at(uint32_t id, const char *host, unsigned int port)
{
	const struct sf_endpoint *endpoint = fake_endpoint_of(fake_only(), id);
	char text[INET_ADDRSTRLEN];

	assert_non_null(endpoint);
	inet_ntop(AF_INET, &endpoint->remote.v4, text, sizeof(text));
	assert_string_equal(text, host);
	assert_int_equal(ntohs(endpoint->remote.port), port);
}

#define ASSERT_FIRST_MEDIA \
	(assert_at(A_RTP, "192.0.2.10", 6000), assert_at(B_RTP, "192.0.2.20", 7000))

static bool has_sdp(const struct call_peer *peer)
{
	return strstr(peer->last, "\r\nm=audio ");
}

static void assert_status(const struct call_peer *peer, int status)
{
	int got = 0;

	sscanf(peer->last, "SIP/2.0 %d", &got);
	assert_int_equal(got, status);
}

static void assert_retry(const struct call_peer *peer, int status)
{
	assert_status(peer, status);
	assert_string_not_equal(peer_header(peer, "Retry-After"), "");
	assert_in_range(atoi(peer_header(peer, "Retry-After")), 0, 10);
}

/* Offer in the INVITE, answer in a reliable 183, its PRACK: the session is complete. */
static void begin(struct call_rig *rig)
{
	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	acknowledges(&rig->a, "");
	peer_reply(&rig->b, 200);
	ASSERT_FIRST_MEDIA;
	pass_over(rig);
}

/* The 200 without SDP, and the end. */
static void finish(struct call_rig *rig)
{
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", "");
	assert_status(&rig->a, 200);
	assert_false(has_sdp(&rig->a));
	peer_ack(&rig->a, "");
	assert_ports(rig, 2, 2);
	call_rig_hang_up(rig);
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

/* Shows: 3262/5b 6337/2.2a 3261/13.2.1a */
static void answer_in_a_reliable_response(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	/* What comes later is no answer any more. */
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B2);
	assert_false(has_sdp(&rig->a));
	ASSERT_FIRST_MEDIA;
	peer_ack(&rig->a, "");
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

/* Shows: 3262/5a 3262/5c 6337/2.2b 3261/13.2.1a */
static void late_offer(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, "");
	assert_true(peer_got(&rig->b, "Supported: 100rel"));
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	assert_true(has_sdp(&rig->a));
	acknowledges(&rig->a, SDP_A);
	assert_memory_equal(rig->b.last, "PRACK ", 6);
	assert_true(has_sdp(&rig->b));
	ASSERT_FIRST_MEDIA;
	peer_reply(&rig->b, 200);
	assert_status(&rig->a, 200);
	/* And more, in the session that stands. */
	peer_request(&rig->b, "UPDATE", "", SDP_B2);
	assert_memory_equal(rig->a.last, "UPDATE ", 7);
	peer_reply_body(&rig->a, 200, SDP_A);
	assert_at(B_RTP, "192.0.2.21", 7100);
	finish(rig);
}

/* Shows: 3262/5c 3262/3g */
static void late_offer_without_answer(void **state)
{
	struct call_rig *rig = *state;
	unsigned int rseq;

	peer_request(&rig->a, "INVITE", SUPPORTED, "");
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	rseq = rseq_of(&rig->a);
	acknowledges(&rig->a, "");
	assert_status(&rig->a, 400);
	sends_prack(&rig->a, rseq, "nonsense");
	assert_status(&rig->a, 400);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", "");
	assert_status(&rig->a, 400);
	pass_over(rig);
	call_rig_advance(rig, 500);
	call_rig_expect(rig, "500 A 183\n");
	sends_prack(&rig->a, rseq, SDP_A);
	assert_true(strstr(rig->b.other, "PRACK ") == rig->b.other);
	ASSERT_FIRST_MEDIA;
	call_rig_expect(rig, "500 A 200\n500 B PRACK\n");
	peer_reply(&rig->b, 200);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

/* Shows: 3262/5d */
static void late_offer_of_an_unreliable_callee(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, "");
	rings(&rig->b, 180, "tag-of-B", 0, "");
	assert_unreliable(&rig->a);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B);
	peer_learn(&rig->a);
	peer_learn(&rig->b);
	peer_ack(&rig->a, SDP_A);
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
}

/* There is no offer that a reliable one must have. Shows: 3262/5d */
static void late_offer_to_who_requires_it(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", REQUIRED, "");
	rings(&rig->b, 180, "tag-of-B", 0, "");
	assert_status(&rig->a, 100);
	assert_non_null(call_rig_ladder(rig, "180 not sent on"));
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B);
	peer_learn(&rig->a);
	peer_ack(&rig->a, SDP_A);
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
}

static void late_offer_is_not_for_many(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", SUPPORTED, "");
	assert_false(peer_got(&rig->b, "Supported: 100rel"));
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B);
	peer_learn(&rig->a);
	peer_ack(&rig->a, SDP_A);
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

/* Shows: 3262/5e 3262/5f 6337/2.2c */
static void offer_in_prack(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	acknowledges(&rig->a, SDP_A2);
	assert_true(has_sdp(&rig->b));
	ASSERT_FIRST_MEDIA;
	/* While it is under way nobody else offers. */
	peer_request(&rig->a, "UPDATE", "", SDP_A);
	assert_retry(&rig->a, 500);
	peer_request(&rig->b, "UPDATE", "", SDP_B);
	assert_status(&rig->b, 491);
	peer_reply_body(&rig->b, 200, SDP_B2);
	assert_status(&rig->a, 200);
	assert_string_equal(peer_header(&rig->a, "CSeq"), "2 PRACK");
	assert_true(has_sdp(&rig->a));
	assert_at(A_RTP, "192.0.2.11", 6100);
	assert_at(B_RTP, "192.0.2.21", 7100);
	finish(rig);
}

/* Shows: 6337/2.3a */
static void refused_offer_in_prack(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	acknowledges(&rig->a, SDP_A2);
	peer_reply(&rig->b, 488);
	assert_status(&rig->a, 488);
	ASSERT_FIRST_MEDIA;
	pass_over(rig);
	call_rig_advance(rig, 40000);
	call_rig_expect(rig, "");
	finish(rig);
}

static void offer_in_prack_without_answer(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	acknowledges(&rig->a, SDP_A2);
	peer_reply(&rig->b, 200);
	assert_status(&rig->a, 502);
	ASSERT_FIRST_MEDIA;
	finish(rig);
}

static void offer_in_prack_that_nobody_can_answer(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	rings(&rig->b, 183, "tag-of-B", 0, SDP_B);
	acknowledges(&rig->a, SDP_A2);
	assert_status(&rig->a, 488);
	assert_string_not_equal(peer_header(&rig->a, "Warning"), "");
	ASSERT_FIRST_MEDIA;
	pass_over(rig);
	call_rig_advance(rig, 40000);
	call_rig_expect(rig, "");
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B);
	assert_false(has_sdp(&rig->a));
	peer_ack(&rig->a, "");
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
}

/* What sipd refuses itself, the callee never sees; that his 180 has arrived, he learns. */
static void prack_with_a_body_that_is_not_understood(void **state)
{
	struct call_rig *rig = *state;
	char lines[128];

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	rings(&rig->b, 180, "tag-of-B", 5, "");
	snprintf(lines, sizeof(lines), "RAck: %u 1 INVITE\r\nContent-Type: text/plain\r\n",
		 rseq_of(&rig->a));
	peer_learn(&rig->a);
	peer_learn(&rig->b);
	peer_request(&rig->a, "PRACK", lines, "hello");
	assert_status(&rig->a, 415);
	assert_string_equal(peer_header(&rig->b, "RAck"), "5 1 INVITE");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B);
	peer_ack(&rig->a, "");
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
}

/* Shows: 3311/5.1a 3311/5.2a 3311/5.2e 3311/5.2f 6337/2.2d */
static void update_of_the_caller(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	assert_memory_equal(rig->b.last, "UPDATE ", 7);
	assert_true(has_sdp(&rig->b));
	assert_string_not_equal(peer_header(&rig->b, "Contact"), "");
	ASSERT_FIRST_MEDIA;
	peer_reply_body(&rig->b, 200, SDP_B2);
	assert_status(&rig->a, 200);
	assert_true(has_sdp(&rig->a));
	assert_string_not_equal(peer_header(&rig->a, "Contact"), "");
	assert_at(A_RTP, "192.0.2.11", 6100);
	assert_at(B_RTP, "192.0.2.21", 7100);
	/* Refused: as it was. */
	peer_request(&rig->a, "UPDATE", "", SDP_A);
	peer_reply(&rig->b, 488);
	assert_status(&rig->a, 488);
	assert_at(A_RTP, "192.0.2.11", 6100);
	assert_at(B_RTP, "192.0.2.21", 7100);
	finish(rig);
}

/* Shows: 3311/5.1b 6337/2.2e */
static void update_of_the_callee(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	peer_request(&rig->b, "UPDATE", "", SDP_B2);
	assert_memory_equal(rig->a.last, "UPDATE ", 7);
	peer_reply_body(&rig->a, 200, SDP_A2);
	assert_status(&rig->b, 200);
	assert_at(A_RTP, "192.0.2.11", 6100);
	assert_at(B_RTP, "192.0.2.21", 7100);
	finish(rig);
}

/* Shows: 3311/5.2b 3311/5.2c 3311/5.2d */
static void update_too_early(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	peer_learn(&rig->b);
	rings(&rig->b, 180, "tag-of-B", 1, "");
	acknowledges(&rig->a, "");
	peer_reply(&rig->b, 200);
	/* The offer of the INVITE is not answered. */
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "tag-of-B");
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	assert_retry(&rig->a, 500);
	peer_request(&rig->b, "UPDATE", "", SDP_B2);
	assert_status(&rig->b, 491);
	/* Without an offer it may come. */
	peer_request(&rig->a, "UPDATE", "", "");
	peer_request(&rig->a, "UPDATE", "", "");
	assert_retry(&rig->a, 500);
	peer_reply(&rig->b, 200);
	assert_status(&rig->a, 200);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", SDP_B);
	peer_ack(&rig->a, "");
	ASSERT_FIRST_MEDIA;
	call_rig_hang_up(rig);
}

/* Shows: 3311/5.2b 3311/5.2c 6337/4.2a */
static void update_glare(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	peer_request(&rig->b, "UPDATE", "", SDP_B2);
	assert_status(&rig->b, 491);
	peer_request(&rig->a, "UPDATE", "", SDP_A);
	assert_retry(&rig->a, 500);
	peer_reply_body(&rig->b, 200, SDP_B);
	assert_status(&rig->a, 200);
	assert_at(A_RTP, "192.0.2.11", 6100);
	/* And after the answer. */
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", "");
	peer_ack(&rig->a, "");
	peer_request(&rig->b, "UPDATE", "", SDP_B2);
	peer_request(&rig->a, "UPDATE", "", SDP_A);
	assert_status(&rig->a, 491);
	peer_request(&rig->b, "UPDATE", "", SDP_B);
	assert_retry(&rig->b, 500);
	peer_reply_body(&rig->a, 200, SDP_A);
	assert_at(A_RTP, "192.0.2.10", 6000);
	assert_at(B_RTP, "192.0.2.21", 7100);
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

/* Shows: 3311/5.3a */
static void update_moves_the_target_of_an_early_dialog(void **state)
{
	struct call_rig *rig = *state;
	char start[128];

	begin(rig);
	rig->b.name = "moved";
	peer_request(&rig->b, "UPDATE", "", "");
	rig->b.name = "B";
	peer_reply(&rig->a, 200);
	assert_status(&rig->b, 200);
	peer_request(&rig->a, "INFO", "", "");
	snprintf(start, sizeof(start), "INFO sip:moved@%s SIP/2.0\r\n", rig->b.address);
	assert_memory_equal(rig->b.last, start, strlen(start));
	peer_reply(&rig->b, 200);
	ASSERT_FIRST_MEDIA;
	finish(rig);
}

/* The session goes on, and with it the call. */
static void update_that_the_callee_does_not_know(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	peer_reply(&rig->b, 481);
	assert_status(&rig->a, 481);
	ASSERT_FIRST_MEDIA;
	finish(rig);
}

/* The 2xx crosses an UPDATE of the caller. */
static void answered_while_an_update_is_under_way(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", "");
	assert_status(&rig->a, 200);
	peer_ack(&rig->a, "");
	ASSERT_FIRST_MEDIA;
	peer_reply_body(&rig->b, 200, SDP_B2);
	assert_at(A_RTP, "192.0.2.11", 6100);
	assert_at(B_RTP, "192.0.2.21", 7100);
	assert_ports(rig, 2, 2);
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

static void cancelled_while_an_update_is_under_way(void **state)
{
	struct call_rig *rig = *state;

	begin(rig);
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	rig->a.remote_tag[0] = '\0';
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 B UPDATE\n0 A 200\n0 A 487\n0 A 487\n0 B CANCEL\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

static void answer_that_cannot_be_used(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	rings(&rig->b, 183, "tag-of-B", 3, "nonsense");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 502\n0 B PRACK\n0 B CANCEL\n");
	assert_non_null(call_rig_ladder(rig, "the SDP in a reliable provisional response"));
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	assert_ports(rig, 0, 0);
}

/* The caller has nothing reliable: he learns the answer, as it was given, from the 200. */
static void answer_kept_for_the_2xx(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].reliable = CFG_100REL_ALWAYS;
	peer_request(&rig->a, "INVITE", "", SDP_A);
	peer_learn(&rig->b);
	rings(&rig->b, 183, "tag-of-B", 1, SDP_B);
	peer_reply(&rig->b, 200);
	/* He has no session to change yet. */
	snprintf(rig->b.local_tag, sizeof(rig->b.local_tag), "tag-of-B");
	peer_request(&rig->b, "UPDATE", "", SDP_B2);
	assert_status(&rig->b, 491);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", "");
	assert_true(has_sdp(&rig->a));
	ASSERT_FIRST_MEDIA;
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
	assert_ports(rig, 0, 0);
}

/* --- several callees --- */

static const char *sdp_of(unsigned int index)
{
	static const char *const texts[] = { SDP_OF("192.0.2.20", "7000", ""),
					     SDP_OF("192.0.2.21", "7100", ""),
					     SDP_OF("192.0.2.22", "7200", "") };

	return texts[index];
}

static void assert_heard(unsigned int index)
{
	char host[16];

	snprintf(host, sizeof(host), "192.0.2.%u", 20 + index);
	assert_at(B_RTP + index * PER_FORK, host, 7000 + 100 * index);
	assert_int_equal(fake_only()->nendpoints, 4);
}

static void answers_reliably(struct call_rig *rig, unsigned int index)
{
	struct call_peer *peer = call_rig_callee(rig, index);

	rings(peer, 183, peer->local_tag, 1 + index, sdp_of(index));
	assert_true(has_sdp(&rig->a));
	acknowledges(&rig->a, "");
	peer_reply(peer, 200);
}

static void ring_all(struct call_rig *rig)
{
	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
}

static void wins(struct call_rig *rig, unsigned int index)
{
	struct call_peer *peer = call_rig_callee(rig, index);

	peer_reply_invite(peer, 200, peer->local_tag, "", "");
	assert_status(&rig->a, 200);
	assert_heard(index);
	assert_ports(rig, 2, 2);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(peer, 200);
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

/* Shows: 3262/5b */
static void each_branch_answers_for_itself(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	answers_reliably(rig, 1);
	assert_heard(1);
	answers_reliably(rig, 2);
	assert_heard(1);
	answers_reliably(rig, 0);
	assert_heard(1);
	/* He has answered before; now he is heard. */
	wins(rig, 2);
}

static void changes_session(struct call_rig *rig, unsigned int index)
{
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	assert_memory_equal(call_rig_callee(rig, index)->last, "UPDATE ", 7);
	peer_reply_body(call_rig_callee(rig, index), 200, sdp_of(index));
	assert_status(&rig->a, 200);
	assert_at(A_RTP, "192.0.2.11", 6100);
	assert_heard(index);
}

static void another_one_wins_after_an_update(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	answers_reliably(rig, 1);
	changes_session(rig, 1);
	answers_reliably(rig, 0);
	/* Only who is heard changes his session. */
	peer_request(&rig->a, "UPDATE", "", SDP_A2);
	assert_retry(&rig->a, 500);
	assert_heard(1);
	peer_reply_invite(&rig->more[1], 200, "tag-of-D", "", sdp_of(2));
	assert_status(&rig->a, 200);
	assert_true(has_sdp(&rig->a));
	assert_heard(2);
	/* His session is that of the INVITE. */
	assert_at(A_RTP, "192.0.2.10", 6000);
	assert_ports(rig, 2, 2);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->more[1], 200);
	assert_ports(rig, 0, 0);
}

static void who_is_heard_wins_after_an_update(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	answers_reliably(rig, 1);
	changes_session(rig, 1);
	wins(rig, 1);
}

static void who_is_heard_fails_after_an_update(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	answers_reliably(rig, 1);
	changes_session(rig, 1);
	/* With one more under way. */
	peer_request(&rig->a, "UPDATE", "", SDP_A);
	peer_reply_invite(&rig->more[0], 486, "tag-of-C", "", "");
	answers_reliably(rig, 2);
	assert_heard(2);
	assert_at(A_RTP, "192.0.2.10", 6000);
	peer_reply(&rig->more[0], 481);
	assert_heard(2);
	wins(rig, 2);
}

static void all_fail_after_an_update(void **state)
{
	struct call_rig *rig = *state;

	ring_all(rig);
	answers_reliably(rig, 1);
	changes_session(rig, 1);
	for (unsigned int i = 0; i < 3; i++)
		peer_reply_invite(call_rig_callee(rig, i), 486, call_rig_callee(rig, i)->local_tag,
				  "", "");
	assert_status(&rig->a, 486);
	peer_ack(&rig->a, "");
	call_rig_settle(rig);
	assert_int_equal(fake_count(), 0);
	assert_ports(rig, 0, 0);
}

/* One after the other: the next one gets the offer of the INVITE, and its own port. */
static void the_next_one_is_tried_after_an_update(void **state)
{
	static const int busy[] = { 486, 0 };
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, busy);
	peer_request(&rig->a, "INVITE", SUPPORTED, SDP_A);
	answers_reliably(rig, 0);
	changes_session(rig, 0);
	peer_reply_invite(&rig->b, 486, "tag-of-B", "", "");
	assert_memory_equal(rig->more[0].last, "INVITE ", 7);
	answers_reliably(rig, 1);
	assert_heard(1);
	wins(rig, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_media_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answer_in_a_reliable_response),
		TEST(late_offer),
		TEST(late_offer_without_answer),
		TEST(late_offer_of_an_unreliable_callee),
		TEST(late_offer_to_who_requires_it),
		TEST(late_offer_is_not_for_many),
		TEST(offer_in_prack),
		TEST(refused_offer_in_prack),
		TEST(offer_in_prack_without_answer),
		TEST(offer_in_prack_that_nobody_can_answer),
		TEST(prack_with_a_body_that_is_not_understood),
		TEST(update_of_the_caller),
		TEST(update_of_the_callee),
		TEST(update_too_early),
		TEST(update_glare),
		TEST(update_moves_the_target_of_an_early_dialog),
		TEST(update_that_the_callee_does_not_know),
		TEST(answered_while_an_update_is_under_way),
		TEST(cancelled_while_an_update_is_under_way),
		TEST(answer_that_cannot_be_used),
		TEST(answer_kept_for_the_2xx),
		TEST(each_branch_answers_for_itself),
		TEST(another_one_wins_after_an_update),
		TEST(who_is_heard_wins_after_an_update),
		TEST(who_is_heard_fails_after_an_update),
		TEST(all_fail_after_an_update),
		TEST(the_next_one_is_tried_after_an_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
