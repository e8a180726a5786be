// SPDX-License-Identifier: GPL-2.0-or-later
/* What proxies and redirect servers must leave alone (RFC 3261 s.8.3, s.16, RFC 5393, RFC 4320). */
#include <stdio.h>

#include "call/proxy.h"
#include "call_rig.h"

static void configure(struct call_rig *rig)
{
	rig->cfg.modes = true;
	rig->realms[0].next_hop_mode = CFG_MODE_PROXY;
}

static int setup(void **state)
{
	return call_rig_setup_with(state, configure);
}

static void route(struct call_rig *rig, enum cfg_strategy strategy, enum cfg_mode mode)
{
	rig->route.mode = mode;
	call_rig_route(rig, strategy, NULL);
}

static void answer(struct call_peer *callee, int status)
{
	peer_reply_invite(callee, status, callee->local_tag, "", "");
}

/* The caller's INVITE once more, as it comes by another way: with another branch. */
static void invite_by_another_way(struct call_peer *caller)
{
	caller->cseq--;
	peer_request(caller, "INVITE", "", CALL_RIG_SDP);
}

/* Shows: 3261/16.3g */
static void a_merged_request_is_no_error(void **state)
{
	struct call_rig *rig = *state;
	unsigned int first;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	first = rig->a.invite_branch;
	invite_by_another_way(&rig->a);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 100\n0 B INVITE\n");
	answer(&rig->b, 482);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 482\n0 B ACK\n");
	rig->a.invite_branch = first;
	peer_cancel(&rig->a, "");
	call_rig_expect(rig, "0 A 200\n");
	call_rig_advance(rig, 33000);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* Shows: 3261/16.3f 3261/16.6a */
static void what_is_malformed_goes_on(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE",
		     "Date: nonsense\r\nWarning: ,,\r\nX-No: Max-Forwards:\r\nRetry-After: \"\r\n",
		     CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	assert_non_null(strstr(rig->b.last, "\r\nDate: nonsense\r\nWarning: ,,\r\n"));
	assert_true(peer_got(&rig->b, "Retry-After: \""));
	/* There was none. */
	assert_true(peer_got(&rig->b, "Max-Forwards: 70"));
	peer_reply_invite(&rig->b, 404, "b", "Date: nonsense\r\n", "");
	assert_true(peer_got(&rig->a, "Date: nonsense"));
	peer_ack(&rig->a, "");
}

/* Shows: 3261/16.5b 3261/8.1.3.4a */
static void nobody_is_asked_twice(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);
	char line[300];

	route(rig, CFG_PARALLEL, CFG_MODE_PROXY);
	rig->route.nto = 2;
	for (int i = 0; i < CALL_RIG_CALLEES; i++)
		rig->trunks[i].redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n");
	/* Who rings already, who redirects himself, and one twice. */
	snprintf(line, sizeof(line),
		 "Contact: <sip:bob@%s>, <sip:bob@%s>, <sip:dave@%s>, <sip:dave@%s>\r\n",
		 c->address, rig->b.address, d->address, d->address);
	peer_reply_invite(&rig->b, 302, "b", line, "");
	call_rig_expect(rig, "0 B ACK\n0 D INVITE\n");
	snprintf(line, sizeof(line), "Contact: <sip:bob@%s>\r\n", rig->b.address);
	peer_reply_invite(d, 302, "d", line, "");
	call_rig_expect(rig, "0 D ACK\n");
	answer(c, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3261/8.1.3.4c 3261/16.6h 3261/19.1.5a 3261/19.1.5b */
static void headers_of_a_target_are_left_out(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	char line[300], via[256], call_id[128];

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	snprintf(via, sizeof(via), "%s", peer_header(&rig->b, "Via"));
	snprintf(call_id, sizeof(call_id), "%s", peer_header(&rig->b, "Call-ID"));
	snprintf(line, sizeof(line),
		 "Contact: <sip:carol@%s;method=BYE>, "
		 "<sip:carol@%s;x=y?Subject=no&Route=%%3Csip:a%%3E&Call-ID=b>\r\n",
		 c->address, c->address);
	peer_reply_invite(&rig->b, 302, "b", line, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n");
	snprintf(line, sizeof(line), "INVITE sip:carol@%s;x=y SIP/2.0\r\n", c->address);
	assert_memory_equal(c->last, line, strlen(line));
	assert_string_equal(peer_header(c, "Subject"), "");
	assert_string_equal(peer_header(c, "Route"), "");
	assert_string_equal(peer_header(c, "Call-ID"), call_id);
	assert_string_not_equal(peer_header(c, "Via"), via);
	answer(c, 486);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 486\n0 C ACK\n");
}

/* Shows: 3261/16.7b */
static void a_100_goes_no_further(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 100, "", "", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	peer_reply_invite(&rig->b, 199, "b", "", "");
	answer(&rig->b, 486);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 199\n0 A 486\n0 B ACK\n");
}

/* Challenges are no list: each keeps its line. Shows: 3261/7.3.1f 3261/16.7m */
static void challenges_keep_their_lines(void **state)
{
	struct call_rig *rig = *state;
	static const char one[] = "Proxy-Authenticate: Digest realm=\"b\", nonce=\"1\"",
			  two[] = "Proxy-Authenticate: Digest realm=\"b\", nonce=\"2\"",
			  three[] = "WWW-Authenticate: Digest realm=\"c\", nonce=\"3\"";
	char lines[400];

	route(rig, CFG_PARALLEL, CFG_MODE_PROXY);
	rig->route.nto = 2;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	snprintf(lines, sizeof(lines), "%s\r\n%s\r\n", one, two);
	peer_reply_invite(&rig->b, 407, "b", lines, "");
	snprintf(lines, sizeof(lines), "%s\r\n", three);
	peer_reply_invite(call_rig_callee(rig, 1), 401, "c", lines, "");
	assert_true(peer_got(&rig->a, one) && peer_got(&rig->a, two) && peer_got(&rig->a, three));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* A response is as it came, a Record-Route in it, too. Shows: 3261/16.7f 5658/3d */
static void a_response_stays_as_it_is(void **state)
{
	struct call_rig *rig = *state;
	char recorded[1400], extra[1500];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	snprintf(recorded, sizeof(recorded), "Record-Route: %s",
		 peer_header(&rig->b, "Record-Route"));
	snprintf(extra, sizeof(extra), "%s\r\nError-Info: <sip:x@192.0.2.7>\r\n", recorded);
	peer_reply_invite(&rig->b, 200, "b", extra, CALL_RIG_SDP);
	assert_non_null(strstr(rig->a.last, recorded));
	assert_true(peer_got(&rig->a, "Error-Info: <sip:x@192.0.2.7>"));
	assert_string_equal(peer_tag(&rig->a, "To"), "b");
	assert_string_equal(peer_body(&rig->a), CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_learn_route(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
}

/* A Via of ours, as it would come back with what was sent last. */
static void own_via(const struct call_rig *rig, char *line, size_t size)
{
	const char *branch = strstr(rig->b.last, ";branch=");

	snprintf(line, size, "Via: SIP/2.0/UDP %s%.*s\r\n", rig->b.sipd, (int)strcspn(branch, "\r"),
		 branch);
}

/* Shows: 3261/16.6k 5393/4.2c 5393/4.2d */
static void what_a_loop_is_told_by(void **state)
{
	struct call_rig *rig = *state;
	char via[300];

	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	own_via(rig, via, sizeof(via));
	answer(&rig->b, 404);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	/* Not by the method, nor by what leads nowhere else. */
	peer_request(&rig->a, "MESSAGE", via, "");
	peer_request(&rig->a, "FROBNICATE", via, "");
	call_rig_expect(rig, "0 A 482\n0 A 482\n");
	/* But by Route. */
	snprintf(rig->a.route, sizeof(rig->a.route), "<sip:%s;lr>", rig->a.sipd);
	peer_request(&rig->a, "MESSAGE", via, "");
	call_rig_expect(rig, "0 B MESSAGE\n");
	peer_reply(&rig->b, 200);
	call_rig_forget(rig);
}

/* Shows: 5393/4.2e */
static void a_loop_is_found_before_anybody_is_asked(void **state)
{
	struct call_rig *rig = *state;
	char via[300];

	route(rig, CFG_PARALLEL, CFG_MODE_PROXY);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	own_via(rig, via, sizeof(via));
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++)
		answer(call_rig_callee(rig, i), 404);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	peer_request(&rig->a, "INVITE", via, CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 482\n");
	peer_ack(&rig->a, "");
}

/* One at a time is enough for any number, one after the other. Shows: 5393/5.3d */
static void a_branch_gives_its_share_back(void **state)
{
	struct call_rig *rig = *state;

	route(rig, CFG_PRIORITY, CFG_MODE_PROXY);
	peer_request(&rig->a, "INVITE", "Max-Breadth: 1\r\n", CALL_RIG_SDP);
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++) {
		assert_true(peer_got(call_rig_callee(rig, i), "Max-Breadth: 1"));
		answer(call_rig_callee(rig, i), 500);
	}
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n0 C ACK\n0 D INVITE\n"
			     "0 A 500\n0 D ACK\n");
	peer_ack(&rig->a, "");
}

/* Nobody would wait for it any more. Shows: 4320/4.2a 4320/4.2b */
static void a_408_is_not_sent_on(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "MESSAGE", "", "");
	peer_reply(&rig->b, 408);
	call_rig_expect(rig, "0 B MESSAGE\n");
	peer_repeat(&rig->b);
	call_rig_advance(rig, 33000);
	call_rig_forget(rig);
	/* Nor is anything else that comes as late. */
	peer_request(&rig->a, "MESSAGE", "", "");
	call_rig_advance(rig, 66000);
	call_rig_forget(rig);
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "");
	/* That of an INVITE is. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	answer(&rig->b, 408);
	call_rig_expect(rig, "66000 A 100\n66000 B INVITE\n66000 A 408\n66000 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Shows: 7044/9.2b 7044/10.3b */
static void its_history_goes_on(void **state)
{
	struct call_rig *rig = *state;
	static const char line[] = "History-Info: <sip:x@192.0.2.7>;index=1, <sip:y@z>;index=1.1";
	struct call_peer *c = call_rig_callee(rig, 1);
	char extra[128], text[512];

	snprintf(extra, sizeof(extra), "%s\r\n", line);
	peer_request(&rig->a, "INVITE", extra, CALL_RIG_SDP);
	assert_true(peer_got(&rig->b, line));
	answer(&rig->b, 486);
	peer_ack(&rig->a, "");
	/* Ours is counted on behind it. */
	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", extra, CALL_RIG_SDP);
	snprintf(extra, sizeof(extra), "Contact: <sip:carol@%s>\r\n", c->address);
	peer_reply_invite(&rig->b, 302, "b", extra, "");
	snprintf(text, sizeof(text),
		 "\r\n%s\r\nHistory-Info: <sip:bob@%s?Reason=SIP%%3Bcause%%3D302>;index=1.1.1, "
		 "<sip:carol@%s>;index=1.1.2\r\n",
		 line, rig->b.address, c->address);
	assert_non_null(strstr(c->last, strstr(text, "History-Info: <sip:bob")));
	assert_true(peer_got(c, line));
	assert_true(strstr(c->last, line) < strstr(c->last, "History-Info: <sip:bob"));
	answer(c, 486);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* Shows: 7044/9.1a 7044/9.2a */
static void its_history_begins_here(void **state)
{
	static const char *const none[] = { "", "History-Info: <sip:x@y>, <sip:z>;index=x\r\n" };
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);
	char line[300], text[512];

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	for (size_t i = 0; i < 2; i++) {
		peer_request(&rig->a, "INVITE", none[i], CALL_RIG_SDP);
		snprintf(line, sizeof(line), "Contact: <sip:carol@%s>\r\n", c->address);
		peer_reply_invite(&rig->b, 302, "b", line, "");
		snprintf(text, sizeof(text),
			 "History-Info: <%s>;index=1, <sip:bob@%s?Reason=SIP%%3Bcause%%3D302>;"
			 "index=1.1, <sip:carol@%s>;index=1.2",
			 rig->a.target, rig->b.address, c->address);
		assert_true(peer_got(c, text));
		answer(c, 486);
		peer_ack(&rig->a, "");
	}
	call_rig_forget(rig);
}

/* What others have said stays as it is; ours stands on top. Shows: 5806/3.1e 5806/3.1f 5806/6.5a */
static void its_diversions_go_on(void **state)
{
	static const char asked[] = "Diversion: <sip:x@192.0.2.7>;reason=time-of-day;screen=no\r\n"
				    "diversion:<sip:y@z>;counter=3 ,<tel:+44>\r\n";
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1), *d = call_rig_callee(rig, 2);
	char text[512];

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	peer_request(&rig->a, "INVITE", asked, CALL_RIG_SDP);
	assert_non_null(strstr(rig->b.last, asked));
	assert_null(strstr(rig->b.last, "unknown"));
	peer_reply_invite(&rig->b, 183, "b", "Diversion: <sip:me@b>;reason=x\r\n", "");
	assert_true(peer_got(&rig->a, "Diversion: <sip:me@b>;reason=x"));
	snprintf(text, sizeof(text),
		 "Contact: <sip:carol@%s>\r\nDiversion: <sip:me@b>;reason=away\r\n", c->address);
	peer_reply_invite(&rig->b, 302, "b", text, "");
	snprintf(text, sizeof(text), "\r\nDiversion: <sip:me@b>;reason=away\r\n");
	assert_non_null(strstr(c->last, text));
	assert_non_null(strstr(c->last, asked));
	assert_true(strstr(c->last, text) < strstr(c->last, asked));
	snprintf(text, sizeof(text), "Contact: <sip:dave@%s>\r\n", d->address);
	peer_reply_invite(c, 302, "c", text, "");
	snprintf(text, sizeof(text),
		 "\r\nDiversion: <sip:carol@%s>;reason=unknown;counter=1\r\n"
		 "Diversion: <sip:me@b>;reason=away\r\n",
		 c->address);
	assert_non_null(strstr(d->last, text));
	assert_true(strstr(d->last, text) < strstr(d->last, asked));
	answer(d, 486);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* Shows: 3892/2.2b 3261/16.3f */
static void a_referrers_token_stays_with_its_header(void **state)
{
	static const char by[] =
		"Referred-By: <sip:al@referrer.example>;cid=\"t.1@referrer.example\"";
	static const char body[] =
		"--x\r\nContent-Type: application/sdp\r\n\r\n" CALL_RIG_SDP
		"\r\n--x\r\nContent-ID: <t.1@referrer.example>\r\n"
		"Content-Type: multipart/signed;boundary=y\r\n\r\n"
		"--y\r\n\r\nsigned\r\n--y--\r\n--x--\r\n";
	static const char *const methods[] = { "REFER", "MESSAGE", "FROBNICATE" };
	struct call_rig *rig = *state;
	char extra[256], journal[64];

	snprintf(extra, sizeof(extra),
		 "Content-Type: multipart/mixed;boundary=x\r\nRefer-To: <sip:c@x>\r\n%s\r\n", by);
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		peer_request(&rig->a, methods[i], extra, body);
		snprintf(journal, sizeof(journal), "0 B %s\n", methods[i]);
		call_rig_expect(rig, journal);
		assert_true(peer_got(&rig->b, by));
		assert_string_equal(peer_header(&rig->b, "Content-Type"),
				    "multipart/mixed;boundary=x");
		assert_string_equal(peer_body(&rig->b), body);
		peer_reply(&rig->b, 200);
		call_rig_expect(rig, "0 A 200\n");
	}
}

/* Shows: 3261/8.3d */
static void who_redirects_need_not_understand(void **state)
{
	struct call_rig *rig = *state;

	route(rig, CFG_PRIORITY, CFG_MODE_REDIRECT);
	peer_request(&rig->a, "FROBNICATE", "Require: magic\r\nX-Odd: 1\r\n", "");
	call_rig_expect(rig, "0 A 302\n");
	peer_request(&rig->a, "INVITE", "Require: magic\r\nProxy-Require: magic\r\n", "");
	call_rig_expect(rig, "0 A 302\n");
	assert_string_not_equal(peer_header(&rig->a, "Contact"), "");
	peer_ack(&rig->a, "");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, call_rig_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_merged_request_is_no_error),
		TEST(what_is_malformed_goes_on),
		TEST(nobody_is_asked_twice),
		TEST(headers_of_a_target_are_left_out),
		TEST(a_100_goes_no_further),
		TEST(challenges_keep_their_lines),
		TEST(a_response_stays_as_it_is),
		TEST(what_a_loop_is_told_by),
		TEST(a_loop_is_found_before_anybody_is_asked),
		TEST(a_branch_gives_its_share_back),
		TEST(a_408_is_not_sent_on),
		TEST(its_history_goes_on),
		TEST(its_history_begins_here),
		TEST(its_diversions_go_on),
		TEST(a_referrers_token_stays_with_its_header),
		TEST(who_redirects_need_not_understand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
