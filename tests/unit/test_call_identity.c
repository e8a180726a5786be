// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is told who sends a message: asserted identity and privacy (RFC 3325, RFC 3323). */
#include <stdio.h>

#include "call_media_fixture.h"

#define ASSERTED                                                          \
	"P-Asserted-Identity: \"Al\" <sip:+15550100@carrier.example>\r\n" \
	"P-Asserted-Identity: <tel:+15550100>\r\n"
#define ANONYMOUS "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="

static int setup(void **state)
{
	return call_rig_setup_with(state, NULL);
}

static void as_proxy(struct call_rig *rig)
{
	rig->cfg.modes = true;
	rig->realms[0].next_hop_mode = CFG_MODE_PROXY;
}

static int setup_proxy(void **state)
{
	return call_rig_setup_with(state, as_proxy);
}

static void trust(struct call_rig *rig, bool caller, bool callee)
{
	rig->realms[0].border.trusted = caller;
	rig->realms[1].border.trusted = callee;
}

static void invite(struct call_rig *rig, const char *headers)
{
	peer_request(&rig->a, "INVITE", headers, CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
}

static bool has_assertion(const struct call_peer *peer)
{
	return strstr(peer->last, "\r\n" ASSERTED);
}

static void refuse(struct call_rig *rig)
{
	peer_reply_invite(&rig->b, 486, "b", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 486\n0 B ACK\n");
}

static void accept_call(struct call_rig *rig, const char *headers)
{
	peer_reply_invite(&rig->b, 200, "b", headers, CALL_RIG_SDP);
	peer_learn(&rig->a);
}

static void hang_up(struct call_rig *rig, const char *headers)
{
	peer_request(&rig->a, "BYE", headers, "");
	call_rig_expect(rig, "0 A 200\n0 B BYE\n");
	peer_reply(&rig->b, 200);
}

/* Nobody has been called. */
static void expect_failure(struct call_rig *rig, const char *journal)
{
	call_rig_expect(rig, journal);
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "Privacy that is critical"));
	peer_ack(&rig->a, "");
}

/* Shows: 3325/5a 3325/9.2a 3323/4.2a */
static void nobody_is_trusted_unless_it_is_said(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, ASSERTED "P-Preferred-Identity: <sip:al@x>\r\nPrivacy: id;user\r\n");
	assert_null(strstr(rig->b.last, "Identity"));
	assert_true(peer_got(&rig->b, "Privacy: id;user"));
	assert_non_null(strstr(peer_header(&rig->b, "From"), "sip:A@"));
	accept_call(rig, ASSERTED);
	assert_null(strstr(rig->a.last, "Identity"));
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3325/9.1a 3325/9.2a */
static void identity_goes_from_trusted_to_trusted(void **state)
{
	struct call_rig *rig = *state;

	trust(rig, true, true);
	invite(rig, ASSERTED "P-Preferred-Identity: <sip:al@x>\r\nPrivacy: id\r\n");
	assert_true(has_assertion(&rig->b));
	assert_null(strstr(rig->b.last, "P-Preferred-Identity"));
	assert_true(peer_got(&rig->b, "Privacy: id"));
	peer_reply_invite(&rig->b, 180, "b", ASSERTED, "");
	assert_true(has_assertion(&rig->a));
	accept_call(rig, ASSERTED);
	assert_true(has_assertion(&rig->a));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	peer_request(&rig->a, "INFO", ASSERTED, "");
	call_rig_expect(rig, "0 B INFO\n");
	assert_true(has_assertion(&rig->b));
	peer_reply(&rig->b, 200);
	call_rig_expect(rig, "0 A 200\n");
	hang_up(rig, ASSERTED);
	assert_true(has_assertion(&rig->b));
}

/* Does the caller get it in a refusal? */
static void refuse_all(struct call_rig *rig, int status, bool told)
{
	invite(rig, "");
	peer_reply_invite(&rig->b, status, "b", ASSERTED "P-Preferred-Identity: <sip:b@x>\r\n", "");
	assert_int_equal(has_assertion(&rig->a), told);
	assert_null(strstr(rig->a.last, "P-Preferred-Identity"));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* Shows: 3325/9.1a 3325/5a 3325/6a */
static void refusals_say_who_refuses(void **state)
{
	static const int statuses[] = { 302, 404, 500, 603 };
	struct call_rig *rig = *state;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		trust(rig, true, true);
		refuse_all(rig, statuses[i], true);
		trust(rig, true, false);
		refuse_all(rig, statuses[i], false);
		trust(rig, false, true);
		refuse_all(rig, statuses[i], false);
	}
	/* The one that goes back is that of the best. */
	trust(rig, true, true);
	call_rig_route(rig, CFG_PARALLEL, NULL);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->b, 486, "b", "", "");
	peer_reply_invite(call_rig_callee(rig, 1), 407, "c", ASSERTED, "");
	peer_reply_invite(call_rig_callee(rig, 2), 503, "d", "", "");
	assert_int_equal(rig->a.invite_status, 407);
	assert_true(has_assertion(&rig->a));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* Shows: 3325/9.1a 3325/5a 3325/6a */
static void responses_in_a_call_say_who_sends_them(void **state)
{
	struct call_rig *rig = *state;

	call_rig_establish(rig);
	for (int trusted = 0; trusted < 2; trusted++) {
		trust(rig, true, trusted);
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		peer_reply_invite(&rig->b, 183, "", ASSERTED, "");
		assert_memory_equal(rig->a.last, "SIP/2.0 183", 11);
		assert_int_equal(has_assertion(&rig->a), trusted);
		peer_reply_invite(&rig->b, 488, "", ASSERTED, "");
		assert_int_equal(has_assertion(&rig->a), trusted);
		peer_ack(&rig->a, "");
		peer_request(&rig->b, "INVITE", "", CALL_RIG_SDP);
		peer_reply_invite(&rig->a, 486, "", ASSERTED, "");
		assert_int_equal(has_assertion(&rig->b), trusted);
		peer_ack(&rig->b, "");
		peer_request(&rig->a, "UPDATE", "", CALL_RIG_SDP);
		peer_reply_other(&rig->b, 488, "", ASSERTED);
		assert_memory_equal(rig->a.last, "SIP/2.0 488", 11);
		assert_int_equal(has_assertion(&rig->a), trusted);
	}
	call_rig_forget(rig);
	hang_up(rig, "");
}

/* Shows: 3325/9.1a 3325/6a */
static void responses_outside_of_calls_say_who_sends_them(void **state)
{
	static const int statuses[] = { 200, 404 };
	struct call_rig *rig = *state;

	for (int trusted = 0; trusted < 2; trusted++) {
		trust(rig, trusted, true);
		for (size_t i = 0; i < 2; i++) {
			peer_request(&rig->a, "MESSAGE", "Content-Type: text/plain\r\n", "Hello.");
			peer_reply_other(&rig->b, statuses[i], "b", ASSERTED);
			assert_int_equal(has_assertion(&rig->a), trusted);
		}
	}
	call_rig_forget(rig);
}

/* Shows: 3325/5a */
static void who_is_not_trusted_asserts_nothing(void **state)
{
	struct call_rig *rig = *state;

	trust(rig, false, true);
	invite(rig, ASSERTED "Privacy: none\r\n");
	assert_null(strstr(rig->b.last, "Identity"));
	refuse(rig);
}

/* Shows: 3325/6a 3325/9.1a */
static void who_is_not_trusted_is_told_nothing(void **state)
{
	struct call_rig *rig = *state;

	trust(rig, true, false);
	invite(rig, ASSERTED);
	assert_null(strstr(rig->b.last, "Identity"));
	refuse(rig);
	invite(rig, ASSERTED "Privacy: id\r\n");
	assert_null(strstr(rig->b.last, "Identity"));
	refuse(rig);
	/* He does not want it removed (s.7). */
	invite(rig, ASSERTED "Privacy: none\r\n");
	assert_true(has_assertion(&rig->b));
	assert_true(peer_got(&rig->b, "Privacy: none"));
	refuse(rig);
}

/* Shows: 3325/9.1a */
static void a_trunk_may_be_trusted_alone(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = call_rig_callee(rig, 1);

	rig->cfg.trunk_borders = true;
	rig->realms[0].border.trusted = true;
	rig->trunks[1].border.trusted = true;
	call_rig_route(rig, CFG_PRIORITY, NULL);
	invite(rig, ASSERTED);
	assert_null(strstr(rig->b.last, "Identity"));
	peer_reply_invite(&rig->b, 503, "b", "", "");
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	assert_true(has_assertion(c));
	peer_reply_invite(c, 183, "c", ASSERTED, "");
	assert_true(has_assertion(&rig->a));
	peer_reply_invite(c, 486, "c", "", "");
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 183\n0 A 486\n0 C ACK\n");
}

/* Shows: 3323/5a */
static void what_privacy_names_is_withheld(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	trust(rig, true, false);
	invite(rig, ASSERTED "Privacy: header;user\r\nSubject: Al is ill\r\nPrivacy: id, foo\r\n");
	assert_null(strstr(rig->b.last, "Identity"));
	assert_null(strstr(rig->b.last, "Al is ill"));
	assert_memory_equal(peer_header(&rig->b, "From"), ANONYMOUS, strlen(ANONYMOUS));
	assert_null(strstr(rig->b.last, "sip:A@"));
	/* What was done is taken off, what is not known here is left. */
	assert_true(peer_got(&rig->b, "Privacy: foo"));
	assert_null(strstr(strstr(rig->b.last, "Privacy:") + 1, "Privacy:"));
	accept_call(rig, "Privacy: user;id\r\n");
	assert_true(peer_got(&rig->a, "Privacy: user;id"));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	hang_up(rig, "Privacy: user\r\n");
	assert_memory_equal(peer_header(&rig->b, "From"), ANONYMOUS, strlen(ANONYMOUS));
	assert_null(strstr(rig->b.last, "Privacy"));
}

/* Shows: 3323/5a */
static void the_callee_is_hidden_as_well(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[0].border.withhold = true;
	trust(rig, false, true);
	invite(rig, "");
	accept_call(rig, ASSERTED "Privacy: user;id;critical\r\n");
	assert_null(strstr(rig->a.last, "Identity"));
	assert_null(strstr(rig->a.last, "Privacy"));
	peer_ack(&rig->a, "");
	call_rig_hang_up(rig);
}

/* Shows: 3323/5a */
static void who_wants_no_privacy_gets_none(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	invite(rig, "Privacy: none\r\nSubject: hi\r\n");
	assert_true(peer_got(&rig->b, "Privacy: none"));
	assert_true(peer_got(&rig->b, "Subject: hi"));
	assert_non_null(strstr(peer_header(&rig->b, "From"), "sip:A@"));
	refuse(rig);
}

/* Shows: 3323/5b */
static void critical_is_met_or_the_call_fails(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	/* Without media in between both see where the other one is. */
	peer_request(&rig->a, "INVITE", "Privacy: session;critical\r\n", CALL_RIG_SDP);
	expect_failure(rig, "0 A 100\n0 A 500\n");
	assert_non_null(call_rig_ladder(rig, "Privacy that is critical"));
	peer_request(&rig->a, "INVITE", "Privacy: session;critical\r\n", "");
	expect_failure(rig, "0 A 100\n0 A 500\n");
	peer_request(&rig->a, "INVITE", "Privacy: id;foo;critical\r\n", CALL_RIG_SDP);
	expect_failure(rig, "0 A 100\n0 A 500\n");
	invite(rig, "Privacy: header;user;id;critical\r\n");
	assert_null(strstr(rig->b.last, "Privacy"));
	refuse(rig);
	invite(rig, "Privacy: session\r\n");
	assert_true(peer_got(&rig->b, "Privacy: session"));
	refuse(rig);
	/* It is for somebody behind us. */
	rig->realms[1].border.withhold = false;
	invite(rig, "Privacy: session;critical\r\n");
	assert_true(peer_got(&rig->b, "Privacy: session;critical"));
	refuse(rig);
}

/* Shows: 3323/5a 3323/5b */
static void sessions_are_hidden_by_relaying_them(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	invite(rig, "Privacy: session;critical\r\n");
	assert_null(strstr(rig->b.last, "Privacy"));
	assert_null(strstr(rig->b.last, "192.0.2.9"));
	assert_non_null(strstr(rig->b.last, "198.51.100.1"));
	refuse(rig);
}

/* Shows: 3323/5a 3323/5b 3325/9.1a */
static void messages_are_told_the_same(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	trust(rig, true, true);
	peer_request(&rig->a, "MESSAGE",
		     "Content-Type: text/plain\r\nPrivacy: user;id\r\n" ASSERTED, "Hello.");
	call_rig_expect(rig, "0 B MESSAGE\n");
	assert_true(has_assertion(&rig->b));
	assert_memory_equal(peer_header(&rig->b, "From"), ANONYMOUS, strlen(ANONYMOUS));
	assert_true(peer_got(&rig->b, "Privacy: id"));
	peer_reply_other(&rig->b, 200, "b", "");
	peer_request(&rig->a, "MESSAGE", "Content-Type: text/plain\r\nPrivacy: foo;critical\r\n",
		     "Hello.");
	call_rig_expect(rig, "0 A 200\n0 A 500\n");
}

/* Shows: 3325/5a 3325/6a 3325/9.1a 3325/9.2a */
static void a_proxy_keeps_identity_within_trust(void **state)
{
	struct call_rig *rig = *state;

	invite(rig, ASSERTED "P-Preferred-Identity: <sip:al@x>\r\nSubject: hi\r\n");
	assert_null(strstr(rig->b.last, "Identity"));
	assert_true(peer_got(&rig->b, "Subject: hi"));
	refuse(rig);
	trust(rig, true, true);
	invite(rig, ASSERTED "P-Preferred-Identity: <sip:al@x>\r\nPrivacy: id\r\n");
	assert_true(has_assertion(&rig->b));
	assert_null(strstr(rig->b.last, "P-Preferred-Identity"));
	assert_true(peer_got(&rig->b, "Privacy: id"));
	peer_reply_invite(&rig->b, 183, "b", ASSERTED, "");
	assert_true(has_assertion(&rig->a));
	call_rig_expect(rig, "0 A 183\n");
	trust(rig, false, true);
	peer_reply_invite(&rig->b, 183, "b", ASSERTED "Privacy: id\r\n", "");
	assert_null(strstr(rig->a.last, "Identity"));
	assert_true(peer_got(&rig->a, "Privacy: id"));
	call_rig_expect(rig, "0 A 183\n");
	refuse(rig);
}

/* Shows: 3325/9.1a 3325/5a 3325/6a */
static void a_proxys_refusals_say_who_refuses(void **state)
{
	struct call_rig *rig = *state;

	trust(rig, true, true);
	refuse_all(rig, 486, true);
	trust(rig, true, false);
	refuse_all(rig, 486, false);
	trust(rig, false, true);
	refuse_all(rig, 486, false);
}

/* Shows: 3323/5a 3323/5b */
static void a_proxy_withholds_identity_and_nothing_else(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].border.withhold = true;
	trust(rig, true, false);
	invite(rig, ASSERTED "Privacy: id;critical\r\n");
	assert_null(strstr(rig->b.last, "Identity"));
	assert_null(strstr(rig->b.last, "Privacy"));
	refuse(rig);
	invite(rig, "Privacy: id;user\r\nSubject: hi\r\n");
	assert_true(peer_got(&rig->b, "Privacy: user"));
	assert_true(peer_got(&rig->b, "Subject: hi"));
	refuse(rig);
	peer_request(&rig->a, "INVITE", "Privacy: user;critical\r\n", CALL_RIG_SDP);
	expect_failure(rig, "0 A 500\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)
#define PROXY_CASE(name) cmocka_unit_test_setup_teardown(name, setup_proxy, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(nobody_is_trusted_unless_it_is_said),
		CASE(identity_goes_from_trusted_to_trusted),
		CASE(refusals_say_who_refuses),
		CASE(responses_in_a_call_say_who_sends_them),
		CASE(responses_outside_of_calls_say_who_sends_them),
		CASE(who_is_not_trusted_asserts_nothing),
		CASE(who_is_not_trusted_is_told_nothing),
		CASE(a_trunk_may_be_trusted_alone),
		CASE(what_privacy_names_is_withheld),
		CASE(the_callee_is_hidden_as_well),
		CASE(who_wants_no_privacy_gets_none),
		CASE(critical_is_met_or_the_call_fails),
		cmocka_unit_test_setup_teardown(sessions_are_hidden_by_relaying_them,
						call_media_setup, call_rig_teardown),
		CASE(messages_are_told_the_same),
		PROXY_CASE(a_proxy_keeps_identity_within_trust),
		PROXY_CASE(a_proxys_refusals_say_who_refuses),
		PROXY_CASE(a_proxy_withholds_identity_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
