// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests outside calls: MESSAGE, PUBLISH and OPTIONS on their way through sipd. */
#include <stdio.h>

#include "call/relay.h"
#include "call/route.h"
#include "call_rig.h"
#include "named_next_hop.h"

#define TEXT "Content-Type: text/plain;charset=UTF-8\r\n"

static const char *note(struct call_rig *rig)
{
	static char text[FLOW_TEXT_ROOM + 1];
	const struct relay *relay = LIST_FIRST(&rig->engine->outside->relays);

	assert_non_null(relay);
	snprintf(text, sizeof(text), "%s", relay->note);
	return text;
}

static void say(struct call_rig *rig, const char *extra)
{
	char all[1024];

	snprintf(all, sizeof(all), "%s%s", TEXT, extra);
	peer_request(&rig->a, "MESSAGE", all, "Hello.");
}

static void replies(struct call_peer *peer, int status)
{
	peer_reply_other(peer, status, peer->local_tag, "");
}

/* Shows: 3428/4a 3428/4b 3428/7b 3428/7a 3428/4c 3428/4d 3261/7.4.1a 7332/5a */
static void a_message_goes_through(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "Subject: greeting\r\nMax-Forwards: 33\r\nExpires: 60\r\n"
		 "Record-Route: <sip:secret.example;lr>\r\nUser-Agent: aphone\r\n");
	call_rig_expect(rig, "0 B MESSAGE\n");
	assert_string_equal(peer_body(&rig->b), "Hello.");
	assert_string_equal(peer_header(&rig->b, "Content-Type"), "text/plain;charset=UTF-8");
	assert_string_equal(peer_header(&rig->b, "Subject"), "greeting");
	assert_string_equal(peer_header(&rig->b, "Expires"), "60");
	assert_string_equal(peer_header(&rig->b, "Max-Forwards"), "32");
	assert_string_equal(peer_header(&rig->b, "Contact"), "");
	assert_string_equal(peer_header(&rig->b, "Record-Route"), "");
	assert_string_equal(peer_header(&rig->b, "User-Agent"), "");
	assert_null(strstr(rig->b.last, rig->a.address));
	assert_null(strstr(rig->b.last, rig->a.call_id));
	assert_null(strstr(rig->b.last, rig->a.local_tag));
	assert_non_null(strstr(peer_header(&rig->b, "From"), "sip:A@"));
	/* Said by a store that keeps it for later: it must not be told as delivered. */
	peer_reply_body(&rig->b, 202, "no body is due");
	call_rig_expect(rig, "0 A 202\n");
	assert_string_equal(peer_header(&rig->a, "Contact"), "");
	assert_string_equal(peer_body(&rig->a), "");
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	assert_null(strstr(rig->a.last, rig->b.local_tag));
	assert_null(strstr(rig->a.last, rig->b.address));
	assert_int_equal(rig->engine->counts.relayed, 1);
	assert_non_null(strstr(note(rig), "next-hop of realm access"));
	assert_non_null(strstr(note(rig), "202 from 127.0.0.1"));
}

/* Shows: 3261/17.2.2a 3261/17.1.2.2b */
static void repetitions_go_no_further(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	peer_repeat(&rig->a);
	call_rig_expect(rig, "0 B MESSAGE\n");
	replies(&rig->b, 200);
	peer_repeat(&rig->b);
	peer_repeat(&rig->a);
	call_rig_expect(rig, "0 A 200\n0 A 200\n");
}

/* Shows: 3261/8.2.2.2a */
static void by_another_way_it_is_merged(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	/* The same request with another branch, before and after the answer. */
	rig->a.cseq--;
	say(rig, "");
	replies(&rig->b, 200);
	rig->a.cseq--;
	say(rig, "");
	call_rig_expect(rig, "0 B MESSAGE\n0 A 482\n0 A 200\n0 A 482\n");
}

/* Shows: 3261/16.7d */
static void refusals_pass(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	peer_reply_other(&rig->b, 404, "x", "Warning: 399 b.example \"Not here\"\r\n");
	say(rig, "");
	peer_reply_other(&rig->b, 503, "x", "Retry-After: 5\r\n");
	say(rig, "");
	peer_reply_other(&rig->b, 302, "x", "Contact: <sip:elsewhere.example>\r\n");
	assert_string_equal(peer_header(&rig->a, "Contact"), "");
	say(rig, "");
	peer_reply_other(&rig->b, 415, "x", "Accept: text/html\r\n");
	assert_string_equal(peer_header(&rig->a, "Accept"), "text/html");
	call_rig_expect(rig, "0 B MESSAGE\n0 A 404\n0 B MESSAGE\n0 A 500\n0 B MESSAGE\n0 A 502\n"
			     "0 B MESSAGE\n0 A 415\n");
}

/* Shows: 3428/3a 4320/4.2a 4320/4.1b 4320/4.1c 4321/1.2a 3261/17.1.2.2a */
static void silence_is_not_answered(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	call_rig_advance(rig, 31999);
	call_rig_expect(rig,
			"0 B MESSAGE\n500 B MESSAGE\n1500 B MESSAGE\n3500 A 100\n"
			"3500 B MESSAGE\n7500 B MESSAGE\n11500 B MESSAGE\n15500 B MESSAGE\n"
			"19500 B MESSAGE\n23500 B MESSAGE\n27500 B MESSAGE\n31500 B MESSAGE\n");
	call_rig_advance(rig, 100000);
	call_rig_expect(rig, "");
	call_rig_assert_empty(rig);
	/* Nor is a 408 of the other side's passed. */
	say(rig, "");
	replies(&rig->b, 408);
	call_rig_expect(rig, "100000 B MESSAGE\n");
}

/* An answer that comes when nobody waits any more. */
static void too_late(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	call_rig_advance(rig, 33000);
	call_rig_forget(rig);
	replies(&rig->b, 200);
	call_rig_expect(rig, "");
}

/* Shows: 3428/6a 3261/16.7l */
static void the_best_answer_of_all_wins(void **state)
{
	struct call_rig *rig = *state;
	char call_id[128];

	call_rig_route(rig, CFG_PARALLEL, NULL);
	say(rig, "");
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 D MESSAGE\n");
	snprintf(call_id, sizeof(call_id), "%s", peer_header(&rig->b, "Call-ID"));
	assert_string_not_equal(peer_header(&rig->more[0], "Call-ID"), call_id);
	replies(&rig->b, 500);
	replies(&rig->more[1], 404);
	call_rig_expect(rig, "");
	replies(&rig->more[0], 200);
	call_rig_expect(rig, "0 A 200\n");
	say(rig, "");
	replies(&rig->b, 500);
	replies(&rig->more[0], 408);
	replies(&rig->more[1], 404);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 D MESSAGE\n0 A 404\n");
	assert_non_null(strstr(note(rig), "route for any user"));
	assert_non_null(strstr(note(rig), "; 404 from 127.0.0.1"));
}

/* The first answer goes back at once; those of others find nobody. */
static void the_first_2xx_goes_back(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PARALLEL, NULL);
	say(rig, "");
	replies(&rig->more[0], 200);
	replies(&rig->b, 200);
	replies(&rig->more[1], 603);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 D MESSAGE\n0 A 200\n");
}

static void trunks_follow_one_another(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	say(rig, "");
	replies(&rig->b, 503);
	replies(&rig->more[0], 200);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 A 200\n");
	assert_non_null(strstr(note(rig), "503 from 127.0.0.1"));
	assert_non_null(strstr(note(rig), "then C"));
	/* No 403 is a reason to try another one. */
	say(rig, "");
	replies(&rig->b, 403);
	call_rig_expect(rig, "0 B MESSAGE\n0 A 403\n");
	/* Nor is anything after a 6xx. */
	say(rig, "");
	replies(&rig->b, 603);
	call_rig_expect(rig, "0 B MESSAGE\n0 A 603\n");
	say(rig, "");
	replies(&rig->b, 500);
	replies(&rig->more[0], 500);
	replies(&rig->more[1], 503);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 D MESSAGE\n0 A 500\n");
}

/* Long before the sender gives up, or else nobody would hear the answer. Shows: 4321/1.4a */
static void a_silent_trunk_is_left(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.failover_ms = 4000;
	call_rig_route(rig, CFG_PRIORITY, NULL);
	say(rig, "");
	call_rig_advance(rig, 4000);
	replies(&rig->more[0], 200);
	call_rig_expect(rig, "0 B MESSAGE\n500 B MESSAGE\n1500 B MESSAGE\n3500 A 100\n"
			     "3500 B MESSAGE\n4000 C MESSAGE\n4000 A 200\n");
}

/* It may answer all the same, as long as nobody else has. */
static void a_trunk_that_was_left_answers(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.failover_ms = 4000;
	call_rig_route(rig, CFG_PRIORITY, NULL);
	say(rig, "");
	call_rig_advance(rig, 4000);
	call_rig_forget(rig);
	replies(&rig->b, 200);
	replies(&rig->more[0], 500);
	call_rig_expect(rig, "4000 A 200\n");
}

/* Who says 100 is at work on it. */
static void a_trunk_at_work_is_waited_for(void **state)
{
	struct call_rig *rig = *state;

	rig->cfg.failover_ms = 4000;
	call_rig_route(rig, CFG_PRIORITY, NULL);
	say(rig, "");
	replies(&rig->b, 100);
	call_rig_advance(rig, 20000);
	call_rig_forget(rig);
	replies(&rig->b, 200);
	call_rig_expect(rig, "20000 A 200\n");
}

/* Shows: 3261/8.2.2.1a 3261/8.2.2.3a 3261/20.15a */
static void the_door(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "Max-Forwards: 0\r\n");
	say(rig, "Require: magic\r\n");
	assert_string_equal(peer_header(&rig->a, "Unsupported"), "magic");
	/* "Content-Type:" in the value keeps the rig from adding one. */
	peer_request(&rig->a, "MESSAGE", "X-No: Content-Type:\r\n", "Hello.");
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "Content-Type"));
	snprintf(rig->a.target, sizeof(rig->a.target), "mailto:bob@example.com");
	say(rig, "");
	call_rig_expect(rig, "0 A 483\n0 A 420\n0 A 400\n0 A 416\n");
}

static void credentials_and_challenges_pass(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "Proxy-Authorization: Digest username=\"a\", realm=\"b\", nonce=\"n\", "
		 "uri=\"sip:x\", response=\"00000000000000000000000000000000\"\r\n");
	assert_non_null(strstr(peer_header(&rig->b, "Proxy-Authorization"), "realm=\"b\""));
	peer_reply_other(&rig->b, 407, "x",
			 "Proxy-Authenticate: Digest realm=\"b\", nonce=\"m\"\r\n");
	assert_non_null(strstr(peer_header(&rig->a, "Proxy-Authenticate"), "nonce=\"m\""));
	call_rig_expect(rig, "0 B MESSAGE\n0 A 407\n");
}

/* Shows: 3903/4.4a 3903/4a 3903/6d 3903/6c 3903/6b 3903/4.3a 3903/4.5a 3903/6a */
static void publications_pass(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "PUBLISH",
		     "Event: presence\r\nExpires: 600\r\nSIP-If-Match: abc\r\n"
		     "Record-Route: <sip:home;lr>\r\nContent-Type: application/pidf+xml\r\n",
		     "<presence/>");
	assert_string_equal(peer_header(&rig->b, "SIP-If-Match"), "abc");
	assert_string_equal(peer_header(&rig->b, "Event"), "presence");
	assert_string_equal(peer_header(&rig->b, "Expires"), "600");
	assert_string_equal(peer_header(&rig->b, "Record-Route"), "");
	assert_string_equal(peer_header(&rig->b, "Contact"), "");
	assert_string_equal(peer_body(&rig->b), "<presence/>");
	peer_reply_other(&rig->b, 200, "x", "SIP-ETag: def\r\nExpires: 300\r\n");
	assert_string_equal(peer_header(&rig->a, "SIP-ETag"), "def");
	assert_string_equal(peer_header(&rig->a, "Expires"), "300");
	peer_request(&rig->a, "PUBLISH", "Event: presence\r\n", "");
	peer_reply_other(&rig->b, 423, "x", "Min-Expires: 60\r\n");
	assert_string_equal(peer_header(&rig->a, "Min-Expires"), "60");
	peer_request(&rig->a, "PUBLISH", "Event: presence\r\nSIP-If-Match: x\r\n", "");
	assert_string_equal(peer_header(&rig->b, "SIP-If-Match"), "x");
	assert_string_equal(peer_body(&rig->b), "");
	peer_reply_other(&rig->b, 412, "x", "Record-Route: <sip:core;lr>\r\n");
	assert_string_equal(peer_header(&rig->a, "Record-Route"), "");
	peer_request(&rig->a, "PUBLISH", "Event: presence\r\nSIP-If-Match: y\r\nExpires: 0\r\n",
		     "");
	assert_string_equal(peer_header(&rig->b, "SIP-If-Match"), "y");
	assert_string_equal(peer_header(&rig->b, "Expires"), "0");
	assert_string_equal(peer_body(&rig->b), "");
	peer_reply_other(&rig->b, 200, "x", "SIP-ETag: z\r\nExpires: 0\r\n");
	peer_request(&rig->a, "PUBLISH", "", "");
	call_rig_expect(rig, "0 B PUBLISH\n0 A 200\n0 B PUBLISH\n0 A 423\n0 B PUBLISH\n0 A 412\n"
			     "0 B PUBLISH\n0 A 200\n0 A 489\n");
}

/* Shows: */
static void options_for_others_go_on(void **state)
{
	struct call_rig *rig = *state;
	const char *allow;

	peer_request(&rig->a, "OPTIONS", "Accept: application/sdp\r\n", "");
	peer_reply_other(&rig->b, 200, "x", "Allow: INVITE, ACK, DANCE\r\nAccept: text/plain\r\n");
	allow = peer_header(&rig->a, "Allow");
	assert_string_equal(allow, "INVITE, ACK, PRACK");
	assert_string_equal(peer_header(&rig->a, "Accept"), "text/plain");
	/* One that is for sipd is answered here: it names no user. */
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:%s", rig->a.sipd);
	peer_request(&rig->a, "OPTIONS", "", "");
	/* The callee's realm has no way on: his keep-alive is for us, whomever it names. */
	peer_request(&rig->b, "OPTIONS", "", "");
	call_rig_expect(rig, "0 B OPTIONS\n0 A 200\n0 A 200\n0 B 200\n");
}

/*
 * INFO has no meaning without a call, and what we know not is not carried on.
 * Shows: 6086/4.2.1a
 */
static void others_stay(void **state)
{
	struct call_rig *rig = *state;

	peer_request(&rig->a, "INFO", "", "");
	peer_request(&rig->a, "NOTIFY", "Event: message-summary\r\n", "");
	peer_request(&rig->a, "DANCE", "", "");
	peer_request(&rig->b, "MESSAGE", TEXT, "Hello.");
	call_rig_expect(rig, "0 A 481\n0 A 481\n0 A 501\n0 B 404\n");
}

/* The body is octets, whatever they are. */
static void large_bodies_are_whole(void **state)
{
	struct call_rig *rig = *state;
	char body[6001];

	for (size_t i = 0; i < sizeof(body) - 1; i++)
		body[i] = (char)(1 + i % 255);
	body[sizeof(body) - 1] = '\0';
	peer_request(&rig->a, "MESSAGE", "Content-Type: application/octet-stream\r\n", body);
	/* By UDP: the rig has no TCP. */
	assert_string_equal(peer_body(&rig->b), body);
	replies(&rig->b, 200);
	call_rig_expect(rig, "0 B MESSAGE\n0 A 200\n");
}

/* sipd stops while a request is under way: its sender is told. */
static void at_the_end_senders_are_told(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	call_engine_end(rig->engine);
	call_rig_settle(rig);
	call_rig_expect(rig, "0 B MESSAGE\n0 A 503\n");
}

/* --- a next hop that has a name --- */

static int setup_named(void **state)
{
	return call_rig_setup_with(state, name_next_hop);
}

/* Shows: 3263/4.3a */
static void addresses_follow_one_another(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	call_rig_expect(rig, "");
	resolve(rig);
	call_rig_expect(rig, "0 C MESSAGE\n");
	replies(&rig->more[0], 503);
	call_rig_expect(rig, "0 B MESSAGE\n");
	/* It is the same request to both. */
	assert_null(strstr(rig->b.last, rig->a.call_id));
	replies(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
	assert_non_null(strstr(note(rig), "is not available"));
	say(rig, "");
	call_rig_advance(rig, 4000);
	replies(&rig->b, 200);
	call_rig_expect(rig, "0 C MESSAGE\n500 C MESSAGE\n1500 C MESSAGE\n3500 A 100\n"
			     "3500 C MESSAGE\n4000 B MESSAGE\n4000 A 200\n");
	/* What was silent is tried last for a while. */
	say(rig, "");
	replies(&rig->b, 486);
	call_rig_expect(rig, "4000 B MESSAGE\n4000 A 486\n");
}

static void a_name_that_is_none(void **state)
{
	struct call_rig *rig = *state;

	fake_dns_reset("");
	say(rig, "");
	resolve(rig);
	call_rig_expect(rig, "0 A 504\n");
	assert_null(strstr(rig->a.last, HOST));
	assert_non_null(strstr(note(rig), HOST));
}

/* The sender has gone before there was an answer from DNS. */
static void nobody_waits_for_dns(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	call_rig_advance(rig, 40000);
	call_rig_forget(rig);
	resolve(rig);
	call_rig_expect(rig, "");
}

/* --- redirections --- */

static int setup_recursing(void **state)
{
	int ret = call_rig_setup(state);
	struct call_rig *rig = *state;

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	return ret;
}

static void moved_to(struct call_peer *from, const struct call_peer *to)
{
	char line[128];

	snprintf(line, sizeof(line), "Contact: <sip:carol@%s>\r\n", to->address);
	peer_reply_other(from, 302, from->local_tag, line);
}

/* Shows: 3261/8.1.3.4a */
static void who_has_moved_is_followed(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	call_rig_expect(rig, "0 B MESSAGE\n");
	moved_to(&rig->b, &rig->more[0]);
	call_rig_expect(rig, "0 C MESSAGE\n");
	assert_memory_equal(rig->more[0].other, "MESSAGE sip:carol@", 18);
	assert_string_equal(peer_body(&rig->more[0]), "Hello.");
	assert_non_null(strstr(note(rig), "302 from "));
	assert_non_null(strstr(note(rig), ", redirected"));
	replies(&rig->more[0], 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 7044/9.3b 7044/9.4a 7044/9.4b */
static void the_way_is_told(void **state)
{
	static const int statuses[] = { 200, 404 };
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];
	char line[512];

	for (size_t i = 0; i < 4; i++) {
		int status = statuses[i % 2];
		bool told = i < 2;

		say(rig, told ? "Supported: histinfo\r\n" : "");
		snprintf(
			line, sizeof(line),
			"Contact: <sip:carol@%s>\r\n"
			"History-Info: <sip:bob@%s>;index=1, "
			"<sip:desk@10.9.9.9>;index=1.1;rc=1\r\n",
			c->address, rig->b.address);
		peer_reply_other(&rig->b, 302, rig->b.local_tag, line);
		snprintf(line, sizeof(line),
			 "<sip:bob@%s?Reason=SIP%%3Bcause%%3D302>;index=1, "
			 "<sip:desk@10.9.9.9>;index=1.1;rc=1, <sip:carol@%s>;index=2",
			 rig->b.address, c->address);
		assert_string_equal(call_rig_header(c->other, "History-Info"), line);
		replies(c, status);
		snprintf(line, sizeof(line),
			 "History-Info: <sip:bob@127.0.0.1?Reason=SIP%%3Bcause%%3D302>;index=1.1, "
			 "<sip:desk@127.0.0.1>;index=1.1.1;rc=1.1, <sip:carol@127.0.0.1%s>;"
			 "index=1.2\r\n",
			 status == 404 ? "?Reason=SIP%3Bcause%3D404" : "");
		assert_int_equal(!!strstr(rig->a.last, line), told);
		assert_int_equal(!!strstr(rig->a.last, "History-Info"), told);
	}
	call_rig_forget(rig);
}

/* Shows: 3261/8.1.3.4a */
static void no_loop_is_followed(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	moved_to(&rig->b, &rig->more[0]);
	moved_to(&rig->more[0], &rig->b);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 B MESSAGE\n");
	moved_to(&rig->b, &rig->more[0]);
	call_rig_expect(rig, "0 A 502\n");
	assert_null(strstr(rig->a.last, "Contact:"));
}

/* What is not followed is not shown. */
static void who_has_moved_nowhere(void **state)
{
	struct call_rig *rig = *state;

	say(rig, "");
	peer_reply_other(&rig->b, 302, rig->b.local_tag, "Contact: <tel:+4930>\r\n");
	call_rig_expect(rig, "0 B MESSAGE\n0 A 502\n");
	assert_non_null(strstr(note(rig), "its scheme is not supported"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, call_rig_setup, call_rig_teardown)
#define R(f) cmocka_unit_test_setup_teardown(f, setup_recursing, call_rig_teardown)
#define N(f) cmocka_unit_test_setup_teardown(f, setup_named, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_message_goes_through),
		R(who_has_moved_is_followed),
		R(the_way_is_told),
		R(no_loop_is_followed),
		R(who_has_moved_nowhere),
		T(repetitions_go_no_further),
		T(by_another_way_it_is_merged),
		T(refusals_pass),
		T(silence_is_not_answered),
		T(too_late),
		T(the_best_answer_of_all_wins),
		T(the_first_2xx_goes_back),
		T(trunks_follow_one_another),
		T(a_silent_trunk_is_left),
		T(a_trunk_that_was_left_answers),
		T(a_trunk_at_work_is_waited_for),
		T(the_door),
		T(credentials_and_challenges_pass),
		T(publications_pass),
		T(options_for_others_go_on),
		T(others_stay),
		T(large_bodies_are_whole),
		T(at_the_end_senders_are_told),
		N(addresses_follow_one_another),
		N(a_name_that_is_none),
		N(nobody_waits_for_dns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
