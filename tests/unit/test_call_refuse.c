// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests that make no call (RFC 3261 s.8.2, s.11.2, s.12.2.2). */
#include <stdio.h>

#include "call_rig.h"

#define BOTH_TYPES "application/sdp, multipart/mixed"

/* Shows: 3261/8.2.2.1a 3261/8.2.2.3a 3261/8.2.3a 3261/8.2.3b 3261/16.3a 7332/5b */
static void invites(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *a = &rig->a;

	call_rig_refused(rig, "Max-Forwards: 0\r\n", CALL_RIG_SDP, 483);
	call_rig_refused(rig, "Require: 100rel, timer, foo\r\nProxy-Require: bar\r\n", CALL_RIG_SDP,
			 420);
	assert_string_equal(peer_header(a, "Unsupported"), "foo, bar");
	call_rig_refused(rig, "Content-Type: multipart/related\r\n", "x", 415);
	assert_string_equal(peer_header(a, "Accept"), BOTH_TYPES);
	call_rig_refused(rig, "Content-Type: application/sdp\r\nContent-Encoding: gzip\r\n", "x",
			 415);
	assert_string_equal(peer_header(a, "Accept-Encoding"), "identity");
	snprintf(a->target, sizeof(a->target), "mailto:bob@example.com");
	call_rig_refused(rig, "", CALL_RIG_SDP, 416);
	/* It has not come by TLS. */
	snprintf(a->target, sizeof(a->target), "sips:bob@example.com");
	call_rig_refused(rig, "", CALL_RIG_SDP, 416);
}

/* The status comes even when what it should say does not fit into a datagram. */
static void with_more_than_an_answer_can_hold(void **state)
{
	struct call_rig *rig = *state;
	char extra[50000] = "Require: a";
	size_t len = strlen(extra);

	for (int i = 0; i < 21780; i++, len += 2)
		memcpy(extra + len, ",a", 2);
	memcpy(extra + len, "\r\n", 3);
	call_rig_refused(rig, extra, CALL_RIG_SDP, 420);
	assert_string_equal(peer_header(&rig->a, "Unsupported"), "");
}

static void by_the_callee_with_more_than_an_answer_can_hold(void **state)
{
	struct call_rig *rig = *state;
	char extra[65000] = "X-Large: ", via[512];
	size_t len = strlen(extra);

	memset(extra + len, 'x', sizeof(extra) - len);
	memcpy(extra + sizeof(extra) - 3, "\r\n", 3);
	/* The response to the caller repeats this, too. */
	snprintf(via, sizeof(via), "Via: SIP/2.0/UDP proxy.home.example;branch=z9hG4bK%0400d\r\n",
		 0);
	peer_request(&rig->a, "INVITE", via, "");
	peer_reply_invite(&rig->b, 486, "b", extra, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 486\n0 B ACK\n");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

static void sdp_that_cannot_be_read(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", "v=0\r\nnonsense\r\n");
	call_rig_expect(rig, "0 A 100\n0 A 400\n");
	assert_memory_equal(peer_header(&rig->a, "Warning"), "399 127.0.0.1", 13);
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* Shows: 3261/8.2.3a */
static void body_that_may_be_ignored(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE",
		     "Content-Type: text/plain\r\nContent-Disposition: icon;handling=optional\r\n",
		     "x");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	assert_string_equal(peer_body(&rig->b), "");
	assert_string_equal(peer_header(&rig->b, "Content-Disposition"), "");
	peer_reply_invite(&rig->b, 486, "b", "", "");
	peer_ack(&rig->a, "");
}

static void realm_without_next_hop(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 B 404\n");
	assert_non_null(strstr(peer_header(&rig->b, "Warning"), "No next hop for realm core"));
	peer_ack(&rig->b, "");
	assert_int_equal(rig->engine->counts.total, 0);
}

static void too_many_calls(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.max_calls = 1;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "another");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 503\n");
	assert_string_not_equal(peer_header(&rig->a, "Retry-After"), "");
	peer_ack(&rig->a, "");
	peer_reply_invite(&rig->b, 486, "b", "", "");
}

/* Shows: 3261/8.2.2.2a */
static void merged(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	/* The same request by another way: another branch. */
	rig->a.cseq--;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 482\n");
	peer_ack(&rig->a, "");
	rig->a.invite_branch = rig->a.branch - 1;
	peer_reply_invite(&rig->b, 486, "b", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 486\n0 B ACK\n");
	assert_counts(rig, 0, 1);
}

/* Shows: 7332/4a */
static void our_own_request(void **state)
{
	struct call_rig *rig = *state;

	rig->a.flow.remote = rig->engine->realms[1].listeners[0].tp->local;
	snprintf(rig->a.address, sizeof(rig->a.address), "%s", rig->b.sipd);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_int_equal(rig->engine->counts.total, 0);
}

/* Shows: 6665/4.1.3a 3261/8.2.1a */
static void other_methods(void **state)
{
	static const struct {
		const char *method;
		int status;
	} cases[] = {
		{ "OPTIONS", 200 }, { "REGISTER", 405 }, { "REFER", 403 }, { "FOO", 501 },
		{ "BYE", 481 },	    { "NOTIFY", 481 },	 { "INFO", 481 },
	};
	struct call_rig *rig = *state;
	char expected[32];

	/* OPTIONS for a user would be carried on. */
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:%s", rig->a.sipd);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		peer_request(&rig->a, cases[i].method, "", "");
		snprintf(expected, sizeof(expected), "0 A %d\n", cases[i].status);
		call_rig_expect(rig, expected);
		if (cases[i].status != 481 && cases[i].status != 403)
			assert_string_not_equal(peer_header(&rig->a, "Allow"), "");
		if (cases[i].status == 200)
			assert_string_equal(peer_header(&rig->a, "Accept"), BOTH_TYPES);
	}
}

/* Shows: 3261/12.2.2a 3261/15.1.2a */
static void requests_of_no_dialog(void **state)
{
	static const char *const methods[] = { "INVITE", "BYE", "INFO", "OPTIONS", "UPDATE" };
	struct call_rig *rig = *state;

	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "nobody");
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		peer_request(&rig->a, methods[i], "", "");
		call_rig_expect(rig, "0 A 481\n");
	}
	peer_ack(&rig->a, "");
	rig->a.invite_status = 200;
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "");
}

/* The right local tag alone opens nothing. */
static void request_with_a_guessed_tag(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	snprintf(rig->a.local_tag, sizeof(rig->a.local_tag), "other");
	peer_request(&rig->a, "BYE", "", "");
	snprintf(rig->a.local_tag, sizeof(rig->a.local_tag), "tag-of-A");
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "other");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 481\n0 A 481\n");
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-of-A");
	call_rig_hang_up(rig);
}

/* A dialog is known on its own side of the network only. */
static void request_from_the_other_side(void **state)
{
	struct call_rig *rig = *state;
	const struct tp_flow own = rig->a.flow;

	call_rig_establish(rig);
	rig->a.flow.listener = rig->b.flow.listener;
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "0 A 481\n");
	rig->a.flow = own;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n");
	rig->a.flow.listener = rig->b.flow.listener;
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "");
	rig->a.flow = own;
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 B ACK\n");
	call_rig_hang_up(rig);
}

/*
 * What anybody may send costs no memory, and is not answered more often than it comes.
 * Shows: 3261/8.2.7a 3261/8.2.7b 3261/8.2.7c
 */
static void refusals_leave_nothing_behind(void **state)
{
	struct call_rig *rig = *state;
	const struct sip_stack_stats *stats = call_engine_sip_stats(rig->engine);
	char tag[64];

	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	assert_int_equal(stats->server_transactions, 0);
	snprintf(tag, sizeof(tag), "%s", peer_tag(&rig->b, "To"));
	peer_repeat(&rig->b);
	assert_string_equal(peer_tag(&rig->b, "To"), tag);
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "0 B 404\n0 B 404\n");
	peer_ack(&rig->b, "");
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:%s", rig->a.sipd);
	peer_request(&rig->a, "OPTIONS", "", "");
	peer_request(&rig->a, "REGISTER", "", "");
	snprintf(rig->a.remote_tag, sizeof(rig->a.remote_tag), "nobody");
	peer_request(&rig->a, "BYE", "", "");
	call_rig_expect(rig, "32000 A 200\n32000 A 405\n32000 A 481\n");
	assert_int_equal(stats->server_transactions, 0);
}

/* Requests of one dialog that linger are looked through for each new one: there is a bound. */
static void too_many_requests_in_a_dialog(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	call_rig_advance(rig, 60000);
	for (int i = 0; i < CALL_MAX_REQUESTS; i++) {
		peer_request(&rig->a, "OPTIONS", "", "");
		call_rig_expect(rig, "60000 A 200\n");
	}
	peer_request(&rig->a, "OPTIONS", "", "");
	call_rig_expect(rig, "60000 A 503\n");
	assert_string_not_equal(peer_header(&rig->a, "Retry-After"), "");
	assert_int_equal(rig->engine->relays.in_use, CALL_MAX_REQUESTS);
	call_rig_advance(rig, 92000);
	peer_request(&rig->a, "OPTIONS", "", "");
	call_rig_expect(rig, "92000 A 200\n");
	for (int i = 0; i < CALL_MAX_REQUESTS; i++) {
		peer_request(&rig->a, "OPTIONS", "", "");
		rig->journal_len = 0;
	}
	/* It must still be possible to end it. */
	call_rig_hang_up(rig);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(invites),
		TEST(with_more_than_an_answer_can_hold),
		TEST(by_the_callee_with_more_than_an_answer_can_hold),
		TEST(sdp_that_cannot_be_read),
		TEST(body_that_may_be_ignored),
		TEST(realm_without_next_hop),
		TEST(too_many_calls),
		TEST(merged),
		TEST(our_own_request),
		TEST(other_methods),
		TEST(requests_of_no_dialog),
		TEST(request_with_a_guessed_tag),
		TEST(request_from_the_other_side),
		TEST(refusals_leave_nothing_behind),
		TEST(too_many_requests_in_a_dialog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
