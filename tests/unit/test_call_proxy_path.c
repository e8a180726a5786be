// SPDX-License-Identifier: GPL-2.0-or-later
/* The proxy between phones and a registrar that is elsewhere (RFC 3327, RFC 5626 s.5). */
#include <stdio.h>

#include "call/proxy.h"
#include "call_rig.h"

static void configure(struct call_rig *rig)
{
	rig->cfg.modes = true;
	rig->realms[0].next_hop_mode = CFG_MODE_PROXY;
	rig->realms[0].path = true;
}

static int setup(void **state)
{
	return call_rig_setup_with(state, configure);
}

static void register_past(struct call_rig *rig, const char *headers)
{
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:far.example");
	peer_request(&rig->a, "REGISTER", headers, "");
	call_rig_expect(rig, "0 B REGISTER\n");
}

/* What the registrar keeps is the Route of what it sends. */
static void keep_path(struct call_rig *rig)
{
	snprintf(rig->b.route, sizeof(rig->b.route), "%s", peer_header(&rig->b, "Path"));
	assert_string_not_equal(rig->b.route, "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3327/5.2a 5626/5.1a */
static void a_path_of_two_flows_is_left(void **state)
{
	struct call_rig *rig = *state;
	const char *path, *second;

	register_past(rig, "Supported: outbound, path\r\n");
	path = peer_header(&rig->b, "Path");
	second = strchr(path, ',');
	assert_non_null(second);
	assert_non_null(strstr(path, rig->b.sipd));
	assert_true(strstr(path, rig->b.sipd) < second);
	assert_non_null(strstr(second, rig->a.sipd));
	assert_string_equal(strstr(second, ";lr"), ";lr;ob>");
	assert_true(strstr(path, ";lr>") < second);
	assert_string_equal(peer_header(&rig->b, "Record-Route"), "");
	keep_path(rig);
}

/* Shows: 3327/5.2a 3327/5.2b 5626/5.1a */
static void who_is_not_the_first_hop_says_no_ob(void **state)
{
	struct call_rig *rig = *state;
	const char *ours, *theirs;

	register_past(rig, "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKx\r\nSupported: path\r\n"
			   "Path: <sip:edge.example;lr;ob>\r\n");
	ours = strstr(rig->b.last, "\r\nPath: <sip:0");
	theirs = strstr(rig->b.last, "\r\nPath: <sip:edge.example;lr;ob>\r\n");
	assert_non_null(ours);
	assert_true(ours < theirs);
	assert_null(strstr(peer_header(&rig->b, "Path"), ";ob"));
	keep_path(rig);
}

static void expect_no_path(struct call_rig *rig, const char *headers)
{
	register_past(rig, headers);
	assert_string_equal(peer_header(&rig->b, "Path"), "");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3327/5.2a */
static void nobody_has_a_path_who_does_not_support_it(void **state)
{
	struct call_rig *rig = *state;

	expect_no_path(rig, "Supported: outbound\r\n");
	rig->realms[0].path = false;
	expect_no_path(rig, "Supported: path\r\n");
}

/* Shows: 5626/5.3c */
static void a_call_goes_to_the_flow_that_registered(void **state)
{
	static const char line[] = "INVITE sip:al@192.168.1.7:5099;ob SIP/2.0\r\n";
	struct call_rig *rig = *state;

	register_past(rig, "Supported: path\r\n");
	keep_path(rig);
	snprintf(rig->b.target, sizeof(rig->b.target), "sip:al@192.168.1.7:5099;ob");
	peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A INVITE\n0 B 100\n");
	assert_memory_equal(rig->a.last, line, strlen(line));
	assert_string_equal(peer_header(&rig->a, "Route"), "");
	assert_non_null(strchr(peer_header(&rig->a, "Record-Route"), ','));
	peer_reply_invite(&rig->a, 486, "a", "", "");
	call_rig_expect(rig, "0 A ACK\n0 B 486\n");
	peer_ack(&rig->b, "");
	peer_request(&rig->b, "MESSAGE", "Content-Type: text/plain\r\n", "Hello.");
	call_rig_expect(rig, "0 A MESSAGE\n");
	peer_reply(&rig->a, 200);
	call_rig_expect(rig, "0 B 200\n");
}

static void expect_refusal(struct call_peer *peer, const char *method, const char *journal)
{
	peer_request(peer, method, "", "");
	call_rig_expect(peer->rig, journal);
}

/* Shows: 5626/5.3c */
static void nobody_else_uses_it(void **state)
{
	struct call_rig *rig = *state;
	char *digit;

	register_past(rig, "Supported: path\r\n");
	keep_path(rig);
	/* From the phones' side. */
	snprintf(rig->a.route, sizeof(rig->a.route), "%s", rig->b.route);
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:al@192.168.1.7");
	expect_refusal(&rig->a, "OPTIONS", "0 A 403\n");
	/* To another port than the phone's. */
	digit = strchr(strchr(rig->b.route, ','), '@') - 1;
	*digit = *digit == '0' ? '1' : '0';
	snprintf(rig->b.target, sizeof(rig->b.target), "sip:al@192.168.1.7");
	peer_request(&rig->b, "MESSAGE", "Content-Type: text/plain\r\n", "Hello.");
	call_rig_expect(rig, "0 B 404\n");
}

/* --- Service-Route --- */

#define SERVICE "<sip:orig@home.example;lr>"
#define SECOND "<sip:second@192.0.2.77:5099;lr>"

/* With a Contact that lasts as Expires says. */
static void be_given(struct call_rig *rig, const char *lines)
{
	rig->a.route[0] = '\0';
	register_past(rig, "Supported: path\r\n");
	peer_reply_other(&rig->b, 200, "t", lines);
	call_rig_expect(rig, "0 A 200\n");
}

/* A sends a MESSAGE to somebody at home, with that Route. */
static void send_by(struct call_rig *rig, const char *route)
{
	snprintf(rig->a.route, sizeof(rig->a.route), "%s", route);
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:bo@home.example");
	peer_request(&rig->a, "MESSAGE", "Content-Type: text/plain\r\n", "Hello.");
}

static void expect_forbidden(struct call_rig *rig, const char *route)
{
	send_by(rig, route);
	call_rig_expect(rig, "0 A 403\n");
}

static void expect_carried(struct call_rig *rig, const char *route)
{
	static const char line[] = "MESSAGE sip:bo@home.example SIP/2.0\r\n";

	send_by(rig, route);
	call_rig_expect(rig, "0 B MESSAGE\n");
	assert_memory_equal(rig->b.last, line, strlen(line));
	assert_string_equal(peer_header(&rig->b, "Route"), SERVICE "," SECOND);
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* Shows: 3608/6.2 */
static void a_phone_uses_its_service_route(void **state)
{
	struct call_rig *rig = *state;
	char route[256];

	expect_forbidden(rig, SERVICE "," SECOND);
	be_given(rig, "Expires: 60\r\nService-Route: " SERVICE "\r\nService-Route: " SECOND "\r\n");
	assert_non_null(strstr(rig->a.last,
			       "\r\nService-Route: " SERVICE "\r\nService-Route: " SECOND "\r\n"));
	expect_carried(rig, SERVICE " , " SECOND);
	/* After sipd as its outbound proxy. */
	snprintf(route, sizeof(route), "<sip:%s;lr>," SERVICE "," SECOND, rig->a.sipd);
	expect_carried(rig, route);
	/* A call stays on the way. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	assert_string_equal(peer_header(&rig->b, "Route"), SERVICE "," SECOND);
	assert_non_null(strchr(peer_header(&rig->b, "Record-Route"), ','));
	peer_reply_invite(&rig->b, 486, "b", "", "");
	call_rig_expect(rig, "0 A 486\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* Nothing but that, as long as it is registered. */
static void no_other_route_is_taken(void **state)
{
	struct call_rig *rig = *state;
	struct tp_addr own = rig->a.flow.remote;

	be_given(
		rig,
		"Expires: 30\r\nContact: <sip:al@192.168.1.7>;expires=60\r\nService-Route: " SERVICE
		"," SECOND "\r\n");
	expect_forbidden(rig, SERVICE);
	expect_forbidden(rig, SECOND);
	expect_forbidden(rig, SECOND "," SERVICE);
	expect_forbidden(rig, SERVICE "," SECOND ",<sip:third.example;lr>");
	expect_forbidden(rig, "<sip:third.example;lr>," SERVICE "," SECOND);
	expect_forbidden(rig, "<sip:orig@home.example>," SECOND);
	/* Somebody else. */
	rig->a.flow.remote.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 8);
	send_by(rig, SERVICE "," SECOND);
	rig->a.flow.remote = own;
	call_rig_expect(rig, "");
	call_rig_advance(rig, 59000);
	send_by(rig, SERVICE "," SECOND);
	call_rig_expect(rig, "59000 B MESSAGE\n");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "59000 A 200\n");
	call_rig_advance(rig, 60000);
	send_by(rig, SERVICE "," SECOND);
	call_rig_expect(rig, "60000 A 403\n");
}

/* Who is not registered any more, or whose edge proxy sipd is not. */
static void what_gives_no_service_route(void **state)
{
	struct call_rig *rig = *state;

	be_given(rig, "Service-Route: " SERVICE "\r\nExpires: 0\r\n");
	expect_forbidden(rig, SERVICE);
	be_given(rig, "Service-Route: " SERVICE ", nonsense\r\n");
	expect_forbidden(rig, SERVICE);
	rig->realms[0].path = false;
	be_given(rig, "Service-Route: " SERVICE "\r\n");
	rig->realms[0].path = true;
	expect_forbidden(rig, SERVICE);
	be_given(rig, "Service-Route: " SERVICE "\r\n");
	send_by(rig, SERVICE);
	call_rig_expect(rig, "0 B MESSAGE\n");
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
}

/* A later 200 says what is from then on: another one, none, or that it has ended. */
static void a_registration_has_one_service_route(void **state)
{
	struct call_rig *rig = *state;

	be_given(rig, "Service-Route: <sip:first@home.example;lr>\r\n");
	be_given(rig, "Service-Route: " SERVICE "," SECOND "\r\n");
	expect_forbidden(rig, "<sip:first@home.example;lr>");
	expect_carried(rig, SERVICE "," SECOND);
	be_given(rig, "");
	expect_forbidden(rig, SERVICE "," SECOND);
	be_given(rig, "Service-Route: " SERVICE "," SECOND "\r\n");
	expect_carried(rig, SERVICE "," SECOND);
	be_given(rig, "Expires: 0\r\n");
	expect_forbidden(rig, SERVICE "," SECOND);
}

/* To B, C and D, as proxy; nothing goes to the next hop. */
static void go_by_route(struct call_rig *rig)
{
	rig->realms[0].next_hop_mode = CFG_MODE_B2BUA;
	rig->route.mode = CFG_MODE_PROXY;
	call_rig_route(rig, CFG_PRIORITY, NULL);
}

static void a_service_route_leads_to_the_trunk_that_gave_it(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *second = &rig->more[0];

	go_by_route(rig);
	register_past(rig, "Supported: path\r\n");
	peer_reply(&rig->b, 503);
	call_rig_expect(rig, "0 C REGISTER\n");
	peer_reply_other(second, 200, "t", "Expires: 60\r\nService-Route: " SERVICE "\r\n");
	call_rig_expect(rig, "0 A 200\n");
	expect_forbidden(rig, SECOND);
	send_by(rig, SERVICE);
	call_rig_expect(rig, "0 C MESSAGE\n");
	assert_string_equal(peer_header(second, "Route"), SERVICE);
	peer_reply(second, 500);
	/* He alone has given it. */
	call_rig_expect(rig, "0 A 500\n");
	/* The configuration leads there no more, or in another way. */
	rig->route.mode = CFG_MODE_REDIRECT;
	expect_forbidden(rig, SERVICE);
	rig->route.mode = CFG_MODE_PROXY;
	rig->to[1] = &rig->trunks[2];
	expect_forbidden(rig, SERVICE);
	rig->to[1] = &rig->trunks[1];
	send_by(rig, SERVICE);
	call_rig_expect(rig, "0 C MESSAGE\n");
	peer_reply(second, 200);
	call_rig_expect(rig, "0 A 200\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_path_of_two_flows_is_left),
		CASE(who_is_not_the_first_hop_says_no_ob),
		CASE(nobody_has_a_path_who_does_not_support_it),
		CASE(a_call_goes_to_the_flow_that_registered),
		CASE(nobody_else_uses_it),
		CASE(a_phone_uses_its_service_route),
		CASE(no_other_route_is_taken),
		CASE(what_gives_no_service_route),
		CASE(a_registration_has_one_service_route),
		CASE(a_service_route_leads_to_the_trunk_that_gave_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
