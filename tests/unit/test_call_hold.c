// SPDX-License-Identifier: GPL-2.0-or-later
/* Credentials that a trunk has refused, and when it is shown them again. */
#include <stdio.h>

#include "call/trunk.h"
#include "call_rig.h"

static struct cfg_account account = {
	.user = (char[]){ "sbc" },
	.password = (char[]){ "wrong" },
	.realm = (char[]){ "carrier" },
};

static void add_account(struct call_rig *rig)
{
	rig->realms[0].next_hop.account = &account;
}

static int setup(void **state)
{
	return call_rig_setup_with(state, add_account);
}

static int setup_trunks(void **state)
{
	call_rig_setup(state);
	call_rig_route(*state, CFG_PRIORITY, NULL);
	((struct call_rig *)*state)->trunks[0].address.account = &account;
	((struct call_rig *)*state)->route.nto = 1;
	call_trunks_enforce(((struct call_rig *)*state)->engine);
	return 0;
}

#define CHALLENGE(realm, nonce) \
	"WWW-Authenticate: Digest realm=\"" realm "\", nonce=\"" nonce "\", qop=\"auth\"\r\n"

static bool shows(const struct call_rig *rig)
{
	return strstr(rig->b.invite, "\r\nAuthorization: ");
}

static void call(struct call_rig *rig)
{
	rig->a.call_id[0]++;
	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_forget(rig);
}

static void challenge(struct call_rig *rig, const char *line)
{
	assert_false(shows(rig));
	peer_reply_invite(&rig->b, 401, "t", line, "");
}

/* A call that ends with a refusal of the credentials. */
static void be_refused(struct call_rig *rig)
{
	call(rig);
	challenge(rig, CHALLENGE("carrier", "n1"));
	assert_true(shows(rig));
	peer_reply_invite(&rig->b, 401, "t", CHALLENGE("carrier", "n2"), "");
	call_rig_expect(rig, "0 B ACK\n0 B INVITE\n0 A 500\n0 B ACK\n");
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* One whose challenge is answered for the caller. */
static void be_held(struct call_rig *rig)
{
	call(rig);
	challenge(rig, CHALLENGE("carrier", "n3"));
	assert_false(shows(rig));
	assert_int_equal(rig->a.invite_status, 500);
	assert_null(strstr(rig->a.last, "-Authenticate:"));
	assert_non_null(strstr(peer_header(&rig->a, "Warning"), "refused the credentials"));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

/* One that shows them, and what comes of it. */
static void be_tried(struct call_rig *rig, int status)
{
	call(rig);
	challenge(rig, CHALLENGE("carrier", "n4"));
	assert_true(shows(rig));
	peer_reply_invite(&rig->b, status, "t", status == 401 ? CHALLENGE("carrier", "n5") : "",
			  "");
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

static void each_refusal_doubles_the_time(void **state)
{
	struct call_rig *rig = *state;
	uint64_t now_ms = 0, length_ms = 60000;

	be_refused(rig);
	assert_non_null(call_rig_ladder(rig, "401 from 127.0.0.1"));
	be_held(rig);
	assert_non_null(strstr(call_rig_ladder(rig, "401 from 127.0.0.1"), "another 60 s"));
	for (unsigned int i = 0; i < 9; i++) {
		call_rig_advance(rig, now_ms + length_ms - 1);
		be_held(rig);
		now_ms += length_ms;
		call_rig_advance(rig, now_ms);
		be_tried(rig, 401);
		length_ms = length_ms < 1800000 ? 2 * length_ms : 3600000;
	}
	assert_int_equal(length_ms, 3600000);
}

static void a_success_ends_it(void **state)
{
	struct call_rig *rig = *state;

	be_refused(rig);
	call_rig_advance(rig, 60000);
	be_tried(rig, 486);
	/* What was accepted goes with the next one at once. */
	call(rig);
	assert_true(shows(rig));
	call_rig_refuse(rig, 486);
}

/* Of the first call after it the others wait, too; and what says nothing of them ends nothing. */
static void a_403_says_nothing(void **state)
{
	struct call_rig *rig = *state;

	be_refused(rig);
	call_rig_advance(rig, 60000);
	be_tried(rig, 403);
	be_held(rig);
	call_rig_advance(rig, 60000 + 32000);
	be_tried(rig, 500);
	be_held(rig);
	call_rig_advance(rig, 60000 + 64000);
	be_tried(rig, 180);
	assert_non_null(call_rig_ladder(rig, "401 from 127.0.0.1"));
	peer_cancel(&rig->a, "");
	peer_reply(&rig->b, 200);
	call_rig_refuse(rig, 487);
	call(rig);
	assert_true(shows(rig));
	call_rig_refuse(rig, 486);
}

/* Its nonce has gone stale meanwhile, which is no refusal. */
static void a_trial_may_renew_its_nonce(void **state)
{
	struct call_rig *rig = *state;

	be_refused(rig);
	call_rig_advance(rig, 60000);
	call(rig);
	challenge(rig, CHALLENGE("carrier", "n1"));
	peer_reply_invite(&rig->b, 401, "t",
			  "WWW-Authenticate: Digest realm=\"carrier\", nonce=\"n2\", stale=true, "
			  "qop=\"auth\"\r\n",
			  "");
	assert_true(shows(rig));
	assert_non_null(strstr(rig->b.invite, "nonce=\"n2\""));
	call_rig_refuse(rig, 486);
	call(rig);
	assert_true(shows(rig));
	call_rig_refuse(rig, 486);
}

/* Calls in progress, which have shown them before they became wrong. */
static void other_calls_hold_them_back_too(void **state)
{
	struct call_rig *rig = *state;
	struct call_peer first;

	call(rig);
	challenge(rig, CHALLENGE("carrier", "n1"));
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	first = rig->a;
	call(rig);
	assert_true(shows(rig));
	peer_reply_invite(&rig->b, 401, "t", CHALLENGE("carrier", "n2"), "");
	assert_true(shows(rig));
	peer_reply_invite(&rig->b, 401, "t", CHALLENGE("carrier", "n3"), "");
	peer_ack(&rig->a, "");
	rig->a = first;
	peer_request(&rig->a, "INFO", "", "");
	assert_string_equal(call_rig_header(rig->b.last, "CSeq"), "3 INFO");
	assert_null(strstr(rig->b.last, "\r\nAuthorization: "));
	peer_reply(&rig->b, 200);
	peer_request(&rig->a, "BYE", "", "");
	assert_null(strstr(rig->b.last, "\r\nAuthorization: "));
	peer_reply(&rig->b, 200);
	call_rig_forget(rig);
}

static void another_realm_is_another_matter(void **state)
{
	struct call_rig *rig = *state;
	char *realm = account.realm;

	account.realm = NULL;
	be_refused(rig);
	call(rig);
	challenge(rig, CHALLENGE("another", "n1"));
	assert_true(shows(rig));
	call_rig_refuse(rig, 486);
	account.realm = realm;
}

/* A peer that names a new realm each time fills its own few entries, and nobody else's. */
static void realms_are_bounded(void **state)
{
	struct call_holds *holds = ((struct call_rig *)*state)->engine->holds;
	struct call_hold_key mine = call_hold_key(1, VIEW_LIT("carrier"));
	enum call_hold_user by;
	char realm[16];

	call_hold_refused(holds, mine, 0, CALL_HOLD_CALL);
	for (int i = 0; i < 1000; i++) {
		snprintf(realm, sizeof(realm), "%d", i);
		call_hold_refused(holds, call_hold_key(2, view_str(realm)), 1, CALL_HOLD_CALL);
	}
	assert_int_equal(atomic_load(&holds->used), 1 + CALL_HOLDS_PER_ACCOUNT);
	assert_int_equal(call_hold_account_left(holds, 1, 0, &by), 60000);
	for (uint64_t i = 0; i < 1000; i++)
		call_hold_refused(holds, call_hold_key(3 + i, VIEW_LIT("carrier")), 2,
				  CALL_HOLD_CALL);
	assert_int_equal(atomic_load(&holds->used), CALL_HOLDS_MAX);
}

/* A registration has its own pause for what it has come to itself. */
static void a_registration_waits_for_calls(void **state)
{
	struct call_holds *holds = ((struct call_rig *)*state)->engine->holds;
	struct call_hold_key mine = call_hold_key(1, VIEW_LIT("carrier"));
	enum call_hold_user by = CALL_HOLD_CALL;
	bool trial;

	call_hold_refused(holds, mine, 0, CALL_HOLD_REGISTER);
	assert_int_equal(call_hold_account_left(holds, 1, 0, &by), 60000);
	assert_int_equal(by, CALL_HOLD_REGISTER);
	assert_int_equal(call_hold_ask(holds, mine, 0, CALL_HOLD_CALL, &trial), 60000);
	assert_int_equal(call_hold_ask(holds, mine, 0, CALL_HOLD_REGISTER, &trial), 0);
	assert_true(trial);
	/* Both wait for what comes of one that is under way. */
	assert_int_equal(call_hold_ask(holds, mine, 0, CALL_HOLD_REGISTER, &trial), 32000);
	assert_int_equal(call_hold_refused(holds, mine, 1000, CALL_HOLD_CALL), 120000);
	assert_int_equal(call_hold_ask(holds, mine, 1000, CALL_HOLD_REGISTER, &trial), 120000);
	assert_int_equal(call_hold_account_left(holds, 1, 1000, &by), 120000);
	assert_int_equal(by, CALL_HOLD_CALL);
}

static void other_credentials_are_shown_at_once(void **state)
{
	static struct cfg cfg;
	static struct cfg_realm realms[2];
	struct cfg_account right = account;
	struct call_rig *rig = *state;

	right.password = (char[]){ "right" };
	be_refused(rig);
	cfg = rig->cfg;
	memcpy(realms, rig->realms, sizeof(realms));
	cfg.realms = realms;
	for (unsigned int i = 0; i < 2; i++)
		cfg.by_slot[i] = &realms[i];
	realms[0].next_hop_realm = &realms[1];
	atomic_init(&cfg.refs, 2);
	cfg.generation++;
	/* A reload that changes nothing of it ends nothing. */
	call_rig_enforce(rig, &cfg);
	be_held(rig);
	realms[0].next_hop.account = &right;
	cfg.generation++;
	call_rig_enforce(rig, &cfg);
	be_tried(rig, 486);
	call_rig_enforce(rig, &rig->cfg);
}

static uint64_t held_ms;

static void note_held(void *arg, const struct call_trunk_info *info)
{
	(void)arg;
	if (info->cfg->address.account)
		held_ms = info->held_ms;
}

static uint64_t held_of(const struct call_rig *rig)
{
	held_ms = 1;
	call_each_trunk(rig->engine, note_held, NULL);
	return held_ms;
}

static void trunks_tell_of_it(void **state)
{
	struct call_rig *rig = *state;

	assert_int_equal(held_of(rig), 0);
	be_refused(rig);
	assert_int_equal(held_of(rig), 60000);
	call_rig_advance(rig, 1000);
	assert_int_equal(held_of(rig), 59000);
	be_held(rig);
	assert_int_equal(call_trunk_enable(rig->engine, "B", true), 0);
	assert_int_equal(held_of(rig), 0);
	be_tried(rig, 486);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_refusal_doubles_the_time),
		TEST(a_success_ends_it),
		TEST(a_403_says_nothing),
		TEST(a_trial_may_renew_its_nonce),
		TEST(other_calls_hold_them_back_too),
		TEST(another_realm_is_another_matter),
		TEST(realms_are_bounded),
		TEST(a_registration_waits_for_calls),
		TEST(other_credentials_are_shown_at_once),
		cmocka_unit_test_setup_teardown(trunks_tell_of_it, setup_trunks, call_rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
