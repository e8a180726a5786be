// SPDX-License-Identifier: GPL-2.0-or-later
/* sipd registers with a carrier that the test plays, by a clock that it moves. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/trunk.h"
#include "named_next_hop.h"
#include "sip/digest.h"

/* Of trunk.c: the first one begins then. */
#define START_MS 20
#define RETRY_MS 30000
#define MAX_RETRY_MS 1800000
#define REFUSED_MS 3600000
/* 64*T1: nobody has answered. */
#define SILENCE_MS 32000

static struct cfg_account account = {
	.user = (char[]){ "sbc" },
	.password = (char[]){ "secret" },
	.realm = (char[]){ "carrier" },
};

static char trunk_name[] = "carrier";
static struct cfg_registration registration;

#define CHALLENGE(nonce, more) \
	"WWW-Authenticate: Digest realm=\"carrier\", nonce=\"" nonce "\", qop=\"auth\"" more "\r\n"
#define SHA256(nonce) CHALLENGE(nonce, ", algorithm=SHA-256")

static void add_trunk(struct call_rig *rig)
{
	static char user[] = "+15550100", domain[] = "carrier.example", contact[] = "trunk";
	struct cfg_trunk *trunk = &rig->trunks[0];

	registration = (struct cfg_registration){
		.user = user,
		.domain = domain,
		.contact = contact,
		.expires_s = 3600,
		.retry_ms = RETRY_MS,
		.max_retry_ms = MAX_RETRY_MS,
		.refused_ms = REFUSED_MS,
	};
	trunk->name = trunk_name;
	trunk->realm = &rig->realms[1];
	trunk->address.addr = rig->b.flow.remote;
	trunk->address.account = &account;
	trunk->registration = &registration;
	trunk->weight = 1;
	rig->cfg.trunks = rig->trunks;
	rig->cfg.ntrunks = 1;
}

/* The same by a name, which leads to C, then to B. */
static void add_named_trunk(struct call_rig *rig)
{
	add_trunk(rig);
	name_next_hop(rig);
	rig->trunks[0].address.uri = rig->realms[0].next_hop.uri;
	memset(&rig->realms[0].next_hop.uri, 0, sizeof(rig->realms[0].next_hop.uri));
}

static int setup(void **state)
{
	return call_rig_setup_with(state, add_trunk);
}

static int setup_named(void **state)
{
	return call_rig_setup_with(state, add_named_trunk);
}

/* Whatever it waits for, it comes to an end when it is not wanted. */
static int teardown(void **state)
{
	struct call_rig *rig = *state;

	call_trunk_enable(rig->engine, "carrier", false);
	return call_rig_teardown(state);
}

/* --- what it does --- */

static uint64_t elapsed(const struct call_rig *rig)
{
	return loop_now_ms(rig->loop) - rig->start_ms;
}

/* To B, since the journal was cleared. */
static unsigned int registers(const struct call_rig *rig)
{
	unsigned int count = 0;

	for (const char *p = rig->journal; (p = strstr(p, " B REGISTER\n")); p++)
		count++;
	return count;
}

static void clear(struct call_rig *rig)
{
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

/* Until a REGISTER has come that had not, within @ms; how long that was. */
static uint64_t wait_register(struct call_rig *rig, uint64_t ms)
{
	struct timer_wheel *wheel = loop_timers(rig->loop);
	uint64_t begin = elapsed(rig), end = begin + ms;
	int next;

	clear(rig);
	while (!registers(rig) && elapsed(rig) < end) {
		next = timer_wheel_next(wheel);
		call_rig_advance(rig, next < 0 || elapsed(rig) + (uint64_t)next > end ?
					      end :
					      elapsed(rig) + (uint64_t)(next ? next : 1));
	}
	assert_int_equal(registers(rig), 1);
	return elapsed(rig) - begin;
}

static void assert_none_for(struct call_rig *rig, uint64_t ms)
{
	clear(rig);
	call_rig_advance(rig, elapsed(rig) + ms);
	assert_int_equal(registers(rig), 0);
}

/* Is @text the @number-th REGISTER of a registration that began with that one? */
static void assert_same_registration(const char *text, const char *first, unsigned int number)
{
	static const char *const constant[] = { "Call-ID", "From", "To", "Contact" };
	char expected[512];

	for (size_t i = 0; i < sizeof(constant) / sizeof(*constant); i++) {
		snprintf(expected, sizeof(expected), "%s", call_rig_header(first, constant[i]));
		assert_string_not_equal(expected, "");
		assert_string_equal(call_rig_header(text, constant[i]), expected);
	}
	snprintf(expected, sizeof(expected), "%u REGISTER", number);
	assert_string_equal(call_rig_header(text, "CSeq"), expected);
}

/* Are its credentials right, for that nonce and nc? */
static void assert_credentials(const char *text, const char *nonce, uint32_t nc)
{
	struct sip_credentials credentials;
	char expected[SIP_DIGEST_STRLEN];
	uint8_t ha1[SIP_DIGEST_MAX];

	assert_int_equal(sip_credentials_parse(&credentials,
					       view_str(call_rig_header(text, "Authorization"))),
			 0);
	assert_true(view_eq(credentials.username, view_str(account.user)));
	assert_true(view_eq(credentials.uri, VIEW_LIT("sip:carrier.example")));
	assert_true(view_eq(credentials.nonce, view_str(nonce)));
	assert_int_equal(sip_credentials_nc(&credentials), nc);
	assert_int_equal(sip_digest_ha1(credentials.algorithm, view_str(account.user),
					credentials.realm, view_str(account.password), ha1),
			 0);
	assert_int_equal(sip_digest_response(&credentials, ha1, VIEW_LIT("REGISTER"), expected), 0);
	assert_true(sip_digest_equal(credentials.response, view_str(expected)));
}

/* The 200 for the last REGISTER: our contact with those parameters, beside another one. */
static void grant(struct call_peer *peer, const char *params)
{
	char extra[600];

	snprintf(extra, sizeof(extra), "Contact: %s%s\r\n", call_rig_header(peer->other, "Contact"),
		 params);
	peer_reply_other(peer, 200, "t", extra);
}

static void copy_info(void *arg, const struct call_trunk_info *info)
{
	*(struct call_trunk_info *)arg = *info;
}

static struct call_trunk_info info_of(const struct call_rig *rig)
{
	struct call_trunk_info info = { .cfg = NULL };

	call_each_trunk(rig->engine, copy_info, &info);
	assert_non_null(info.state);
	return info;
}

static void assert_state(const struct call_rig *rig, const char *state)
{
	assert_string_equal(info_of(rig).state, state);
}

static void assert_said(const struct call_rig *rig, const char *text)
{
	const char *answer = info_of(rig).answer;

	if (!strstr(answer, text))
		print_error("\"%s\" is not in \"%s\"\n", text, answer);
	assert_non_null(strstr(answer, text));
}

/* Registered for that long, with the nonce "n1" at hand. */
static void establish(struct call_rig *rig, const char *params)
{
	wait_register(rig, START_MS);
	peer_reply_other(&rig->b, 401, "t", SHA256("n1"));
	grant(&rig->b, params);
	assert_state(rig, "registered");
}

/* --- as it should be --- */

/* Shows: 3261/10.2a 3261/10.2b 3261/10.2.4a 7616/3.3d 7616/3.4c */
static void registers_and_renews(void **state)
{
	struct call_rig *rig = *state;
	char first[8192], contact[256];
	uint64_t waited;

	assert_state(rig, "registering");
	assert_int_equal(wait_register(rig, START_MS), START_MS);
	snprintf(first, sizeof(first), "%s", rig->b.other);
	assert_int_equal(strncmp(first, "REGISTER sip:carrier.example SIP/2.0\r\n", 38), 0);
	snprintf(contact, sizeof(contact), "<sip:trunk@%s>", rig->b.sipd);
	assert_string_equal(call_rig_header(first, "Contact"), contact);
	assert_string_equal(call_rig_header(first, "To"), "<sip:+15550100@carrier.example>");
	assert_string_equal(call_rig_header(first, "Expires"), "3600");
	assert_string_equal(call_rig_header(first, "Max-Forwards"), "70");
	assert_string_equal(call_rig_header(first, "Authorization"), "");
	/* The strongest of what is known, and unknown ones passed over. */
	peer_reply_other(&rig->b, 401, "t",
			 CHALLENGE("weak", ", algorithm=MD5") CHALLENGE("new", ", algorithm=X")
				 SHA256("n1"));
	assert_same_registration(rig->b.other, first, 2);
	assert_credentials(rig->b.other, "n1", 1);
	grant(&rig->b, ";expires=1800");
	assert_state(rig, "registered");
	assert_int_equal(info_of(rig).expires_ms, 1800000);
	assert_int_equal(info_of(rig).expires_s, 1800);
	for (unsigned int i = 3; i < 8; i++) {
		waited = wait_register(rig, 1800000);
		assert_in_range(waited, 1080000, 1200000);
		assert_same_registration(rig->b.other, first, i);
		assert_credentials(rig->b.other, "n1", i - 1);
		grant(&rig->b, ";expires=1800");
		assert_state(rig, "registered");
	}
	/* One to whom it has been told is not asked again in the meantime. */
	assert_none_for(rig, 1000000);
}

static void what_is_granted_counts(void **state)
{
	static const struct {
		const char *params;
		uint64_t min_ms, max_ms;
	} cases[] = {
		{ ";expires=60", 27000, 30000 },
		{ ";expires=1200", 540000, 600000 },
		{ ";expires=86400", 77220000, 85800000 },
		/* What cannot be read is as if it were not there: what was asked for. */
		{ ";expires=soon", 2700000, 3000000 },
		{ "", 2700000, 3000000 },
		/* Not hammered. */
		{ ";expires=3", 5000, 5000 },
		{ ";expires=1", 5000, 5000 },
		{ ";expires=4294967295", 4294000000, 4294967295000 },
	};
	struct call_rig *rig = *state;

	wait_register(rig, START_MS);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		grant(&rig->b, cases[i].params);
		assert_state(rig, "registered");
		assert_in_range(info_of(rig).next_ms, cases[i].min_ms, cases[i].max_ms);
		if (i + 1 < sizeof(cases) / sizeof(*cases))
			wait_register(rig, cases[i].max_ms);
	}
}

/* A carrier that does not list us by the very URI, or not at all. */
static void contacts_of_the_answer(void **state)
{
	struct call_rig *rig = *state;

	wait_register(rig, START_MS);
	/* The rig's own Contact alone: rewritten, for all that can be known. */
	peer_reply_other(&rig->b, 200, "t", "Expires: 100\r\n");
	assert_int_equal(info_of(rig).expires_s, 100);
	wait_register(rig, 100000);
	peer_reply_other(&rig->b, 200, "t",
			 "Contact: <sip:x@192.0.2.7>;expires=50, <sip:trunk@192.0.2.8>;expires=70,"
			 " <sip:trunk@192.0.2.9>;expires=60\r\n");
	assert_int_equal(info_of(rig).expires_s, 60);
	wait_register(rig, 100000);
	/* Others only. */
	peer_reply_other(&rig->b, 200, "t", "Contact: <sip:x@192.0.2.7>;expires=50\r\n");
	assert_state(rig, "registered"); /* by the one before */
	assert_int_equal(info_of(rig).failures, 1);
	assert_said(rig, "the 200 does not list our contact");
	call_rig_advance(rig, elapsed(rig) + 34000);
	assert_state(rig, "failed");
}

/* Shows: 3261/10.2.8a */
static void a_longer_interval_is_asked_for(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	wait_register(rig, START_MS);
	snprintf(first, sizeof(first), "%s", rig->b.other);
	clear(rig);
	peer_reply_other(&rig->b, 423, "t", "Min-Expires: 7200\r\n");
	assert_int_equal(registers(rig), 1);
	assert_same_registration(rig->b.other, first, 2);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "7200");
	grant(&rig->b, ";expires=7200");
	wait_register(rig, 7200000);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "7200");
	/* Nothing to follow: it has failed. */
	peer_reply_other(&rig->b, 423, "t", "Min-Expires: 60\r\n");
	assert_said(rig, "423 from");
	assert_int_equal(info_of(rig).failures, 1);
	assert_none_for(rig, RETRY_MS - 1);
}

/* Intervals that grow without end are no reason to go on without end. */
static void requests_of_one_try_are_few(void **state)
{
	struct call_rig *rig = *state;
	char extra[64];

	wait_register(rig, START_MS);
	clear(rig);
	for (unsigned int i = 1; i < 20 && !info_of(rig).failures; i++) {
		snprintf(extra, sizeof(extra), "Min-Expires: %u\r\n", 3600 + i);
		peer_reply_other(&rig->b, 423, "t", extra);
	}
	assert_int_equal(registers(rig), 5);
	assert_said(rig, "6 requests in vain");
}

/* Shows: 7616/3.3a */
static void stale_nonces_are_renewed(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, ";expires=60");
	wait_register(rig, 60000);
	assert_credentials(rig->b.other, "n1", 2);
	clear(rig);
	peer_reply_other(&rig->b, 401, "t", CHALLENGE("n2", ", algorithm=SHA-256, stale=true"));
	assert_credentials(rig->b.other, "n2", 1);
	peer_reply_other(&rig->b, 401, "t", CHALLENGE("n3", ", algorithm=SHA-256, stale=true"));
	assert_credentials(rig->b.other, "n3", 1);
	assert_int_equal(registers(rig), 2);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	/* A carrier that has forgotten its nonces does not say that they are stale. */
	wait_register(rig, 60000);
	assert_credentials(rig->b.other, "n3", 2);
	peer_reply_other(&rig->b, 401, "t", SHA256("n3"));
	assert_credentials(rig->b.other, "n3", 1);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
}

/* --- wrong credentials --- */

static void refuse_credentials(struct call_rig *rig, int status)
{
	peer_reply_other(&rig->b, 401, "t", SHA256("n1"));
	assert_credentials(rig->b.other, "n1", 1);
	peer_reply_other(&rig->b, status, "t", status == 401 ? SHA256("n2") : "");
	assert_state(rig, "refused");
	assert_said(rig, "after the credentials of sbc");
}

/* Shows: 3261/22.2b 7616/3.3b */
static void wrong_credentials_are_shown_rarely(void **state)
{
	static const int statuses[] = { 401, 403, 401 };
	struct call_rig *rig = *state;
	uint64_t waited;

	wait_register(rig, START_MS);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		refuse_credentials(rig, statuses[i]);
		waited = wait_register(rig, 2 * REFUSED_MS);
		assert_in_range(waited, REFUSED_MS, REFUSED_MS + REFUSED_MS / 10);
		/* It begins anew, without what was refused. */
		assert_string_equal(call_rig_header(rig->b.other, "Authorization"), "");
	}
	/* They have been set right in the meantime. */
	peer_reply_other(&rig->b, 401, "t", SHA256("n3"));
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	assert_int_equal(info_of(rig).failures, 0);
}

/* To enable what is enabled means that they are right by now. */
static void refused_credentials_are_shown_when_it_is_enabled(void **state)
{
	struct call_rig *rig = *state;

	wait_register(rig, START_MS);
	refuse_credentials(rig, 401);
	assert_int_equal(call_trunk_enable(rig->engine, "carrier", true), 0);
	assert_false(call_holds_any(rig->engine->holds));
	wait_register(rig, 1);
	peer_reply_other(&rig->b, 401, "t", SHA256("n3"));
	assert_credentials(rig->b.other, "n3", 1);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	/* There is nothing to be tried. */
	clear(rig);
	call_trunk_enable(rig->engine, "carrier", true);
	assert_in_range(info_of(rig).next_ms, 20000, 60000);
	assert_int_equal(registers(rig), 0);
}

static struct call_hold_key hold_key(const struct call_rig *rig)
{
	return call_hold_key(call_hold_account(&rig->cfg, &account), VIEW_LIT("carrier"));
}

/* As a call does that shows them. */
static void refuse_in_a_call(struct call_rig *rig)
{
	call_hold_refused(rig->engine->holds, hold_key(rig), loop_now_ms(rig->loop),
			  CALL_HOLD_CALL);
}

/* What a REGISTER has come to is known to calls, and what ends it, too. */
static void calls_hold_them_back_too(void **state)
{
	struct call_rig *rig = *state;

	registration.refused_ms = 120000;
	wait_register(rig, START_MS);
	refuse_credentials(rig, 401);
	assert_int_equal(info_of(rig).held_ms, 60000);
	assert_int_equal(info_of(rig).held_by, CALL_HOLD_REGISTER);
	/* Its own pause is over; a call would have to try them first. */
	wait_register(rig, 140000);
	assert_true(call_hold_is(rig->engine->holds, hold_key(rig), loop_now_ms(rig->loop)));
	peer_reply_other(&rig->b, 401, "t", SHA256("n3"));
	assert_credentials(rig->b.other, "n3", 1);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	assert_false(call_hold_is(rig->engine->holds, hold_key(rig), loop_now_ms(rig->loop)));
}

/* A call that the trunk challenges. */
static void a_call_does_not_show_what_a_register_has_shown(void **state)
{
	struct call_rig *rig = *state;

	wait_register(rig, START_MS);
	refuse_credentials(rig, 401);
	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->route.nto = rig->cfg.ntrunks = 1;
	rig->trunks[0].name = trunk_name;
	rig->trunks[0].address.account = &account;
	rig->trunks[0].registration = &registration;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_null(strstr(rig->b.invite, "\r\nAuthorization: "));
	peer_reply_invite(&rig->b, 401, "t", CHALLENGE("c1", ""), "");
	assert_null(strstr(rig->b.invite, "\r\nAuthorization: "));
	assert_int_equal(rig->a.invite_status, 500);
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "refused the credentials"));
	peer_ack(&rig->a, "");
}

/* It may be that the carrier wants no registration, and takes the credentials in calls. */
static void a_403_holds_no_calls(void **state)
{
	struct call_rig *rig = *state;

	wait_register(rig, START_MS);
	refuse_credentials(rig, 403);
	assert_int_equal(info_of(rig).held_ms, 0);
}

/* Not registered: what calls have come to is heeded. */
static void what_calls_have_refused_is_not_shown(void **state)
{
	struct call_rig *rig = *state;

	refuse_in_a_call(rig);
	wait_register(rig, START_MS);
	clear(rig);
	peer_reply_other(&rig->b, 401, "t", SHA256("n1"));
	assert_int_equal(registers(rig), 0);
	assert_state(rig, "refused");
	assert_said(rig, "not answered: a call had the credentials of sbc refused");
	assert_in_range(info_of(rig).next_ms, 60000 - START_MS, 66000);
	/* It is the one that tries then. */
	wait_register(rig, 66000);
	peer_reply_other(&rig->b, 401, "t", SHA256("n2"));
	assert_credentials(rig->b.other, "n2", 1);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	assert_false(call_holds_any(rig->engine->holds));
}

/* Registered with them it goes on, and says no more of them than was known. */
static void a_registration_that_stands_goes_on(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, ";expires=60");
	refuse_in_a_call(rig);
	wait_register(rig, 60000);
	assert_credentials(rig->b.other, "n1", 2);
	peer_reply_other(&rig->b, 401, "t", SHA256("n2"));
	assert_credentials(rig->b.other, "n2", 1);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	assert_true(info_of(rig).held_ms);
	/* It has run out, and shows nothing that is not asked for. */
	call_rig_advance(rig, elapsed(rig) + SILENCE_MS + 30000);
	assert_state(rig, "failed");
	refuse_in_a_call(rig);
	wait_register(rig, 2 * RETRY_MS);
	assert_string_equal(call_rig_header(rig->b.other, "Authorization"), "");
}

static void nothing_for_others(void **state)
{
	struct call_rig *rig = *state;
	struct tp_addr own = rig->b.flow.remote;

	wait_register(rig, START_MS);
	clear(rig);
	rig->b.flow.remote.in.sin_addr.s_addr = inet_addr("127.0.0.9");
	peer_reply_other(&rig->b, 401, "t", SHA256("n1"));
	rig->b.flow.remote = own;
	assert_int_equal(registers(rig), 0);
	assert_said(rig, "401 from elsewhere");
	wait_register(rig, 2 * RETRY_MS);
	peer_reply_other(&rig->b, 401, "t",
			 "WWW-Authenticate: Digest realm=\"evil\", nonce=\"n\", qop=\"auth\"\r\n");
	assert_state(rig, "refused");
	assert_said(rig, "no challenge that the credentials are for");
	assert_none_for(rig, REFUSED_MS - 1);
}

static void without_credentials(void **state)
{
	struct call_rig *rig = *state;

	rig->trunks[0].address.account = NULL;
	wait_register(rig, START_MS);
	peer_reply_other(&rig->b, 401, "t", SHA256("n1"));
	assert_state(rig, "refused");
	assert_said(rig, "the trunk has no credentials");
	assert_none_for(rig, REFUSED_MS - 1);
	wait_register(rig, REFUSED_MS);
	grant(&rig->b, "");
	assert_state(rig, "registered");
}

/* --- failures --- */

/* Shows: 3261/10.2.7a 5626/4.5a 5626/4.5b */
static void never_gives_up(void **state)
{
	struct call_rig *rig = *state;
	uint64_t bound = RETRY_MS, waited;
	unsigned int spread = 0, number = 1;
	char first[8192];

	wait_register(rig, START_MS);
	snprintf(first, sizeof(first), "%s", rig->b.other);
	for (unsigned int i = 1; i < 60; i++) {
		call_rig_advance(rig, elapsed(rig) + SILENCE_MS);
		assert_state(rig, "failed");
		assert_int_equal(info_of(rig).failures, i);
		assert_said(rig, "no answer from 127.0.0.1");
		bound = 2 * bound > MAX_RETRY_MS ? MAX_RETRY_MS : 2 * bound;
		waited = wait_register(rig, bound);
		assert_in_range(waited, bound / 2, bound);
		spread += waited != bound / 2 && waited != bound;
		assert_same_registration(rig->b.other, first, ++number);
	}
	/* At random: were it not, all would wait for the same time. */
	assert_in_range(spread, 30, 59);
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	assert_int_equal(info_of(rig).failures, 0);
	wait_register(rig, 30000);
	/* The next outage begins from below. */
	peer_reply_other(&rig->b, 500, "t", "");
	waited = wait_register(rig, 2 * RETRY_MS);
	assert_in_range(waited, RETRY_MS, 2 * RETRY_MS);
}

static void refusals_are_failures(void **state)
{
	static const int statuses[] = { 302, 400, 403, 404, 408, 480, 500, 503, 600 };
	struct call_rig *rig = *state;
	char status[16];

	rig->trunks[0].registration->max_retry_ms = RETRY_MS;
	wait_register(rig, START_MS);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		peer_reply_other(&rig->b, statuses[i], "t",
				 statuses[i] == 302 ? "Contact: <sip:192.0.2.7>\r\n" : "");
		assert_state(rig, "failed");
		assert_int_equal(info_of(rig).status, statuses[i]);
		snprintf(status, sizeof(status), "%d ", statuses[i]);
		assert_said(rig, status);
		if (statuses[i] == 302)
			assert_said(rig, "to <sip:192.0.2.7>; correct the trunk's uri");
		assert_in_range(wait_register(rig, RETRY_MS), RETRY_MS / 2, RETRY_MS);
	}
}

/* Shows: 3261/20.33a */
static void retry_after_is_heeded(void **state)
{
	struct call_rig *rig = *state;

	rig->trunks[0].registration->max_retry_ms = RETRY_MS;
	wait_register(rig, START_MS);
	peer_reply_other(&rig->b, 503, "t", "Retry-After: 120 (soon)\r\n");
	assert_int_equal(wait_register(rig, 200000), 120000);
	/* Less than it would wait in any case. */
	peer_reply_other(&rig->b, 503, "t", "Retry-After: 1\r\n");
	assert_in_range(wait_register(rig, RETRY_MS), RETRY_MS / 2, RETRY_MS);
	/* But not for ever. */
	peer_reply_other(&rig->b, 503, "t", "Retry-After: 4294967295\r\n");
	assert_int_equal(wait_register(rig, 4000000), 3600000);
}

/* It is registered until that ends, whatever becomes of the renewal. */
static void a_renewal_that_fails(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, ";expires=300");
	wait_register(rig, 150000);
	peer_reply_other(&rig->b, 500, "t", "");
	assert_state(rig, "registered");
	assert_in_range(info_of(rig).next_ms, RETRY_MS, 2 * RETRY_MS);
	assert_said(rig, "500 ");
	rig->trunks[0].registration->max_retry_ms = MAX_RETRY_MS;
	for (unsigned int i = 0; i < 3; i++) {
		wait_register(rig, 8 * RETRY_MS);
		peer_reply_other(&rig->b, 500, "t", "");
	}
	call_rig_advance(rig, 310000);
	assert_state(rig, "failed");
	assert_int_equal(info_of(rig).expires_ms, -1);
}

/* --- by a name --- */

/* Shows: 3263/4.3a */
static void the_next_address(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer *c = &rig->more[0];
	char first[8192];

	call_rig_advance(rig, START_MS);
	resolve(rig);
	call_rig_expect(rig, "20 C REGISTER\n");
	snprintf(first, sizeof(first), "%s", c->other);
	/* Silent: after timers.failover the next one. */
	call_rig_advance(rig, START_MS + 4000);
	assert_same_registration(rig->b.other, first, 2);
	peer_reply_other(&rig->b, 401, "t", SHA256("n1"));
	grant(&rig->b, ";expires=60");
	assert_state(rig, "registered");
	/* The other one is the last now, as it has been silent. */
	call_rig_advance(rig, elapsed(rig) + 30000);
	resolve(rig);
	assert_credentials(rig->b.other, "n1", 2);
	/* The one that serves is not available any more. */
	peer_reply_other(&rig->b, 503, "t", "Retry-After: 60\r\n");
	assert_same_registration(c->other, first, 5);
	/* It knows nothing of the other one's nonces, and gives its own. */
	peer_reply_other(c, 401, "t", SHA256("m1"));
	assert_credentials(c->other, "m1", 1);
	peer_reply_other(c, 200, "t", "Expires: 60\r\n");
	assert_state(rig, "registered");
}

static void a_name_that_leads_nowhere(void **state)
{
	struct call_rig *rig = *state;

	fake_dns_reset("carrier.example 60 SOA 30");
	call_rig_advance(rig, START_MS);
	resolve(rig);
	assert_state(rig, "failed");
	assert_said(rig, HOST " is not resolved: ");
	name_both(rig);
	for (unsigned int i = 0; i < 4 && !rig->more[0].other[0]; i++) {
		call_rig_advance(rig, elapsed(rig) + 60000);
		resolve(rig);
	}
	peer_reply_other(&rig->more[0], 200, "t", "Expires: 60\r\n");
	assert_state(rig, "registered");
}

/* --- the end --- */

/* Shows: 3261/10.2.2b */
static void a_trunk_is_disabled(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	establish(rig, ";expires=600");
	snprintf(first, sizeof(first), "%s", rig->b.other);
	clear(rig);
	assert_int_equal(call_trunk_enable(rig->engine, "nobody", false), -ENOENT);
	assert_int_equal(call_trunk_enable(rig->engine, "carrier", false), 0);
	call_rig_settle(rig);
	assert_int_equal(registers(rig), 1);
	assert_same_registration(rig->b.other, first, 3);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	assert_credentials(rig->b.other, "n1", 2);
	peer_reply_other(&rig->b, 401, "t", SHA256("n2"));
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	peer_reply_other(&rig->b, 200, "t", "");
	assert_state(rig, "off");
	assert_false(info_of(rig).enabled);
	assert_none_for(rig, 7200000);
	call_trunk_enable(rig->engine, "carrier", true);
	assert_int_equal(wait_register(rig, 10), 1);
	assert_same_registration(rig->b.other, first, 5);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "3600");
	grant(&rig->b, "");
	assert_state(rig, "registered");
}

/* A REGISTER is under way: the next one waits for its final response. Shows: 3261/10.2c */
static void one_at_a_time(void **state)
{
	struct call_rig *rig = *state;

	wait_register(rig, START_MS);
	clear(rig);
	call_trunk_enable(rig->engine, "carrier", false);
	call_rig_settle(rig);
	assert_int_equal(registers(rig), 0);
	grant(&rig->b, ";expires=600");
	assert_int_equal(registers(rig), 1);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	/* And the other way round. */
	call_trunk_enable(rig->engine, "carrier", true);
	clear(rig);
	call_rig_advance(rig, elapsed(rig) + 300);
	assert_int_equal(registers(rig), 0);
	peer_reply_other(&rig->b, 200, "t", "");
	assert_int_equal(wait_register(rig, 10), 1);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "3600");
	/* Not wanted once more, and it has failed: there is nothing to end. */
	call_trunk_enable(rig->engine, "carrier", false);
	peer_reply_other(&rig->b, 500, "t", "");
	assert_state(rig, "off");
	assert_none_for(rig, 100000);
}

static void note_left(void *arg)
{
	(*(unsigned int *)arg)++;
}

static void the_end_is_told_to_the_carrier(void **state)
{
	struct call_rig *rig = *state;
	unsigned int left = 0;

	establish(rig, ";expires=600");
	call_trunks_leave(rig->engine, 2000, note_left, &left);
	call_rig_settle(rig);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	assert_int_equal(left, 0);
	peer_reply_other(&rig->b, 200, "t", "");
	assert_int_equal(left, 1);
	call_rig_advance(rig, elapsed(rig) + 10000);
	assert_int_equal(left, 1);
}

static void the_end_does_not_wait_for_long(void **state)
{
	struct call_rig *rig = *state;
	unsigned int left = 0;
	uint64_t begin;

	establish(rig, ";expires=600");
	begin = elapsed(rig);
	call_trunks_leave(rig->engine, 2000, note_left, &left);
	call_rig_advance(rig, begin + 1999);
	assert_int_equal(left, 0);
	call_rig_advance(rig, begin + 2000);
	assert_int_equal(left, 1);
	/* An answer that comes all the same. */
	peer_reply_other(&rig->b, 200, "t", "");
	assert_int_equal(left, 1);
}

static void nothing_to_be_ended(void **state)
{
	struct call_rig *rig = *state;
	unsigned int left = 0;

	wait_register(rig, START_MS);
	peer_reply_other(&rig->b, 500, "t", "");
	clear(rig);
	call_trunks_leave(rig->engine, 2000, note_left, &left);
	assert_int_equal(left, 1);
	assert_none_for(rig, 100000);
}

/* --- another configuration --- */

/* The rig's, with that registration at its trunk; NULL: without trunks. One per test. */
static struct cfg *other_cfg(struct call_rig *rig, struct cfg_registration *with)
{
	static struct cfg_trunk trunk;
	static struct cfg cfg;

	cfg = rig->cfg;
	trunk = rig->trunks[0];
	trunk.registration = with;
	cfg.trunks = &trunk;
	cfg.ntrunks = with ? 1 : 0;
	return &cfg;
}

/* The first REGISTER, which is granted. */
static void register_first(struct call_rig *rig, char first[8192])
{
	wait_register(rig, START_MS);
	snprintf(first, 8192, "%s", rig->b.other);
	grant(&rig->b, ";expires=1800");
}

static void reload_with_other_times(struct call_rig *rig)
{
	static struct cfg_registration sooner;

	sooner = registration;
	sooner.expires_s = 600;
	call_rig_enforce(rig, other_cfg(rig, &sooner));
}

static void a_reload_leaves_it_alone(void **state)
{
	static struct cfg_registration same;
	struct call_rig *rig = *state;
	char first[8192];

	same = registration;
	register_first(rig, first);
	call_rig_enforce(rig, other_cfg(rig, &same));
	assert_none_for(rig, 1000000);
	assert_state(rig, "registered");
	wait_register(rig, 1800000);
	assert_same_registration(rig->b.other, first, 2);
	grant(&rig->b, ";expires=1800");
}

/* Shows: 3261/10.2b */
static void a_reload_with_other_times_keeps_its_call_id(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	reload_with_other_times(rig);
	wait_register(rig, START_MS);
	assert_same_registration(rig->b.other, first, 2);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "600");
	grant(&rig->b, ";expires=600");
	assert_state(rig, "registered");
}

static void a_reload_leaves_a_disabled_one_off(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	call_trunk_enable(rig->engine, "carrier", false);
	call_rig_settle(rig);
	peer_reply_other(&rig->b, 200, "t", "");
	reload_with_other_times(rig);
	assert_state(rig, "off");
	assert_none_for(rig, 1000000);
	assert_state(rig, "off");
	call_trunk_enable(rig->engine, "carrier", true);
	assert_int_equal(wait_register(rig, 10), 1);
	assert_same_registration(rig->b.other, first, 3);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "600");
	grant(&rig->b, ";expires=600");
	assert_state(rig, "registered");
}

/* While its last REGISTER waits for an answer. */
static void a_reload_while_a_disabled_one_ends(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	call_trunk_enable(rig->engine, "carrier", false);
	call_rig_settle(rig);
	clear(rig);
	reload_with_other_times(rig);
	call_rig_settle(rig);
	assert_int_equal(registers(rig), 0);
	peer_reply_other(&rig->b, 200, "t", "");
	assert_state(rig, "off");
	assert_none_for(rig, 1000000);
}

/* The next one waits for its final response. Shows: 3261/10.2c */
static void a_reload_while_it_registers(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	wait_register(rig, START_MS);
	snprintf(first, sizeof(first), "%s", rig->b.other);
	clear(rig);
	reload_with_other_times(rig);
	call_rig_settle(rig);
	assert_int_equal(registers(rig), 0);
	grant(&rig->b, ";expires=1800");
	assert_int_equal(wait_register(rig, 10), 1);
	assert_same_registration(rig->b.other, first, 2);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "600");
	grant(&rig->b, ";expires=600");
	assert_state(rig, "registered");
}

/* sipd ends already: what is under way for trunks goes on by the settings that it has. */
static void a_reload_while_sipd_ends(void **state)
{
	struct call_rig *rig = *state;
	unsigned int left = 0;
	char first[8192];

	register_first(rig, first);
	call_trunks_leave(rig->engine, 2000, note_left, &left);
	call_rig_settle(rig);
	reload_with_other_times(rig);
	assert_int_equal(left, 0);
	assert_state(rig, "off");
	peer_reply_other(&rig->b, 200, "t", "");
	assert_int_equal(left, 1);
	assert_none_for(rig, 1000000);
}

static void a_reload_without_it_ends_it(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	call_rig_enforce(rig, other_cfg(rig, NULL));
	call_rig_settle(rig);
	assert_same_registration(rig->b.other, first, 2);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	peer_reply_other(&rig->b, 200, "t", "");
	assert_none_for(rig, 10000000);
}

static void a_reload_with_another_user_is_another_registration(void **state)
{
	static char user[] = "+15550199";
	static struct cfg_registration other;
	struct call_rig *rig = *state;
	char first[8192];

	other = registration;
	other.user = user;
	register_first(rig, first);
	call_rig_enforce(rig, other_cfg(rig, &other));
	call_rig_settle(rig);
	assert_same_registration(rig->b.other, first, 2);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	peer_reply_other(&rig->b, 200, "t", "");
	wait_register(rig, START_MS);
	assert_string_equal(call_rig_header(rig->b.other, "CSeq"), "1 REGISTER");
	assert_string_equal(call_rig_header(rig->b.other, "To"), "<sip:+15550199@carrier.example>");
	grant(&rig->b, ";expires=1800");
	assert_state(rig, "registered");
}

/* To C, of the same address-of-record and contact. */
static struct cfg *elsewhere(struct call_rig *rig)
{
	struct cfg *cfg = other_cfg(rig, &registration);

	cfg->trunks[0].address.addr = call_rig_callee(rig, 1)->flow.remote;
	return cfg;
}

/* What ends the old one does not come behind the new one, and end that. Shows: 3261/10.2c */
static void a_reload_with_another_address_waits_for_the_end(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	call_rig_enforce(rig, elsewhere(rig));
	call_rig_settle(rig);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	clear(rig);
	call_rig_advance(rig, elapsed(rig) + 400);
	assert_string_equal(rig->journal, "");
	peer_reply_other(&rig->b, 401, "t", SHA256("n"));
	call_rig_settle(rig);
	assert_string_equal(call_rig_header(rig->b.other, "Expires"), "0");
	assert_null(strstr(rig->journal, "C REGISTER"));
	assert_state(rig, "registering");
	peer_reply_other(&rig->b, 200, "t", "");
	call_rig_advance(rig, elapsed(rig) + 10);
	assert_non_null(strstr(rig->journal, "C REGISTER"));
	grant(call_rig_callee(rig, 1), ";expires=1800");
	assert_state(rig, "registered");
}

/* It is disabled while it waits, and waits no more when it is enabled again. */
static void one_that_waits_is_disabled(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	call_rig_enforce(rig, elsewhere(rig));
	call_rig_advance(rig, elapsed(rig) + 400);
	call_trunk_enable(rig->engine, "carrier", false);
	assert_state(rig, "off");
	peer_reply_other(&rig->b, 200, "t", "");
	clear(rig);
	call_rig_advance(rig, elapsed(rig) + 100000);
	assert_string_equal(rig->journal, "");
	call_trunk_enable(rig->engine, "carrier", true);
	call_rig_advance(rig, elapsed(rig) + 10);
	assert_non_null(strstr(rig->journal, "C REGISTER"));
	grant(call_rig_callee(rig, 1), ";expires=1800");
	assert_state(rig, "registered");
}

/* Nobody is there any more to be told the end. */
static void an_end_that_nobody_hears_is_not_waited_for_for_ever(void **state)
{
	struct call_rig *rig = *state;
	char first[8192];

	register_first(rig, first);
	call_rig_enforce(rig, elsewhere(rig));
	clear(rig);
	call_rig_advance(rig, elapsed(rig) + 33000);
	assert_non_null(strstr(rig->journal, "C REGISTER"));
	grant(call_rig_callee(rig, 1), ";expires=1800");
	assert_state(rig, "registered");
}

/* --- calls --- */

static void disabled_trunks_take_no_calls(void **state)
{
	struct call_rig *rig = *state;

	establish(rig, ";expires=600");
	call_rig_route(rig, CFG_PRIORITY, NULL);
	rig->route.nto = rig->cfg.ntrunks = 1;
	rig->trunks[0].name = trunk_name;
	call_trunk_enable(rig->engine, "carrier", false);
	call_rig_settle(rig);
	peer_reply_other(&rig->b, 200, "t", "");
	clear(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "20 A 503\n");
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "disabled"));
}

#define TEST_WITH(name, setup) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define TEST(name) TEST_WITH(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_and_renews),
		TEST(what_is_granted_counts),
		TEST(contacts_of_the_answer),
		TEST(a_longer_interval_is_asked_for),
		TEST(requests_of_one_try_are_few),
		TEST(stale_nonces_are_renewed),
		TEST(wrong_credentials_are_shown_rarely),
		TEST(calls_hold_them_back_too),
		TEST(a_call_does_not_show_what_a_register_has_shown),
		TEST(a_403_holds_no_calls),
		TEST(what_calls_have_refused_is_not_shown),
		TEST(refused_credentials_are_shown_when_it_is_enabled),
		TEST(a_registration_that_stands_goes_on),
		TEST(nothing_for_others),
		TEST(without_credentials),
		TEST(never_gives_up),
		TEST(refusals_are_failures),
		TEST(retry_after_is_heeded),
		TEST(a_renewal_that_fails),
		TEST_WITH(the_next_address, setup_named),
		TEST_WITH(a_name_that_leads_nowhere, setup_named),
		TEST(a_trunk_is_disabled),
		TEST(one_at_a_time),
		TEST(the_end_is_told_to_the_carrier),
		TEST(the_end_does_not_wait_for_long),
		TEST(nothing_to_be_ended),
		TEST(a_reload_leaves_it_alone),
		TEST(a_reload_with_other_times_keeps_its_call_id),
		TEST(a_reload_leaves_a_disabled_one_off),
		TEST(a_reload_while_a_disabled_one_ends),
		TEST(a_reload_while_it_registers),
		TEST(a_reload_while_sipd_ends),
		TEST(a_reload_without_it_ends_it),
		TEST(a_reload_with_another_user_is_another_registration),
		TEST(a_reload_with_another_address_waits_for_the_end),
		TEST(one_that_waits_is_disabled),
		TEST(an_end_that_nobody_hears_is_not_waited_for_for_ever),
		TEST(disabled_trunks_take_no_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
