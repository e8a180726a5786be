// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls to users of ours as they want them treated, and to groups: whom the call comes to, when,
 * and what the caller is told. bo is at peer B, cy at C, di at D.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/callee.h"
#include "call/history.h"
#include "call/registrar.h"
#include "call/route.h"
#include "call_rig.h"
#include "short_of_memory.h"

static struct {
	struct cfg_domain domain;
	struct cfg_group group;
	struct registrar registrar;
} tr;

static const char *const names[] = { "bo", "cy", "di" };

static void configure(struct call_rig *rig)
{
	static char name[] = "example.com";

	memset(&tr, 0, sizeof(tr));
	tr.domain = (struct cfg_domain){
		.name = name,
		.realm = &rig->realms[1],
		.registrar = true,
		.auth = CFG_AUTH_NONE,
	};
	rig->cfg.domains = &tr.domain;
	rig->cfg.ndomains = 1;
	rig->cfg.failover_ms = 4000;
	/* What no route leads to goes nowhere. */
	rig->realms[0].next_hop_realm = NULL;
}

static void setting(const char *user, enum treat_key key, const char *to, uint32_t number)
{
	const struct treat_setting new = { .key = key, .to = to, .number = number };

	assert_int_equal(users_set(tr.registrar.users, user, "example.com", &new), 0);
}

static void put_user(const char *name)
{
	const struct store_user user = { .user = name, .domain = "example.com", .enabled = true };

	assert_int_equal(users_put(tr.registrar.users, &user), 0);
}

/* @user at @peer, one more of his phones. */
static void reg(const char *user, const struct call_peer *peer)
{
	char contact[128];
	struct view texts[LOCATION_TEXTS] = { [LOCATION_CONTACT] = { contact, 0 } };
	struct location_binding *binding;
	struct location_ref ref;

	snprintf(contact, sizeof(contact), "sip:%s@%s", user, peer->address);
	texts[LOCATION_CONTACT].len = strlen(contact);
	binding = location_binding_alloc(texts);
	assert_non_null(binding);
	binding->flow.listener = 1;
	binding->flow.remote = peer->flow.remote;
	binding->expires_ms = UINT64_MAX;
	binding->q = CALL_Q_MAX;
	location_open(tr.registrar.location, user, "example.com", 0, &ref);
	assert_int_equal(location_prepare(&ref), 0);
	location_add(&ref, binding);
	location_close(&ref);
}

static int setup(void **state)
{
	struct call_rig *rig;

	call_rig_setup_with(state, configure);
	rig = *state;
	tr.registrar = (struct registrar){
		.users = users_alloc(),
		.location = location_alloc(),
	};
	call_engine_set_registrar(rig->engine, &tr.registrar, NULL);
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++) {
		put_user(names[i]);
		reg(names[i], call_rig_callee(rig, i));
	}
	return 0;
}

static int teardown(void **state)
{
	int ret = call_rig_teardown(state);

	users_free(tr.registrar.users);
	location_free(tr.registrar.location);
	return ret;
}

static void call_user(struct call_rig *rig, const char *user, const char *extra)
{
	snprintf(rig->a.target, sizeof(rig->a.target), "sip:%s@example.com", user);
	rig->a.remote_tag[0] = '\0';
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-%u", rig->a.cseq);
	peer_request(&rig->a, "INVITE", extra, CALL_RIG_SDP);
}

static void clear_journal(struct call_rig *rig)
{
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

static void replies(struct call_rig *rig, unsigned int callee, int status)
{
	struct call_peer *peer = call_rig_callee(rig, callee);

	peer_reply_invite(peer, status, peer->local_tag, "", status == 200 ? CALL_RIG_SDP : "");
}

static void answers(struct call_rig *rig, unsigned int callee)
{
	replies(rig, callee, 200);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_memory_equal(call_rig_callee(rig, callee)->last, "ACK ", 4);
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(call_rig_callee(rig, callee), 200);
	assert_int_equal(rig->engine->counts.active, 0);
	assert_null(strstr(rig->journal, "A 5"));
	clear_journal(rig);
}

/* --- what a user has set --- */

static void before_he_is_called(void **state)
{
	struct call_rig *rig = *state;

	setting("bo", TREAT_ALWAYS, "cy", 0);
	call_user(rig, "bo", "");
	call_rig_expect(rig, "0 A 100\n0 A 181\n0 C INVITE\n");
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	assert_non_null(call_rig_ladder(
		rig, "bo@example.com: forwarded to cy by the user's setting always"));
	answers(rig, 1);
}

/* Two phones: busy is what the one says, but the other rings. */
static void busy_is_decided_at_the_end(void **state)
{
	struct call_rig *rig = *state;

	reg("bo", &rig->more[1]);
	setting("bo", TREAT_BUSY, "cy", 0);
	call_user(rig, "bo", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 D INVITE\n");
	replies(rig, 0, 486);
	replies(rig, 2, 180);
	call_rig_expect(rig, "0 B ACK\n0 A 180\n");
	replies(rig, 2, 408);
	call_rig_expect(rig, "0 A 181\n0 C INVITE\n0 D ACK\n");
	answers(rig, 1);
}

/* Nobody set a forwarding for it: the code goes back, though others are set. */
static void what_is_not_set_is_not_done(void **state)
{
	static const int statuses[] = { 403, 488, 486, 600, 603, 401 };
	struct call_rig *rig = *state;

	setting("bo", TREAT_UNREACHABLE, "cy", 0);
	setting("bo", TREAT_NO_ANSWER, "cy", 20);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		char expected[64];

		call_user(rig, "bo", "");
		replies(rig, 0, statuses[i]);
		snprintf(expected, sizeof(expected), "0 A 100\n0 B INVITE\n0 A %d\n0 B ACK\n",
			 statuses[i]);
		call_rig_expect(rig, expected);
		peer_ack(&rig->a, "");
	}
}

/* 600 of one phone: the other one is cancelled, and then it is forwarded; 603 ends the call. */
static void busy_everywhere(void **state)
{
	struct call_rig *rig = *state;

	reg("bo", &rig->more[1]);
	setting("bo", TREAT_BUSY, "cy", 0);
	call_user(rig, "bo", "");
	replies(rig, 2, 180);
	replies(rig, 0, 600);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 D INVITE\n0 A 180\n0 B ACK\n0 D CANCEL\n");
	peer_reply(&rig->more[1], 200);
	replies(rig, 2, 487);
	call_rig_expect(rig, "0 A 181\n0 C INVITE\n0 D ACK\n");
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 A 600\n0 C ACK\n");
	peer_ack(&rig->a, "");
	call_user(rig, "bo", "");
	replies(rig, 0, 603);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 D INVITE\n0 A 603\n0 B ACK\n");
	peer_ack(&rig->a, "");
	replies(rig, 2, 487);
	call_rig_expect(rig, "0 D ACK\n");
}

/* The time is exact; who lifts the receiver a moment too late has the call all the same. */
static void no_answer_in_time(void **state)
{
	struct call_rig *rig = *state;

	setting("bo", TREAT_NO_ANSWER, "cy", 12);
	call_user(rig, "bo", "");
	replies(rig, 0, 180);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n");
	call_rig_advance(rig, 12000);
	call_rig_expect(rig, "12000 A 181\n12000 B CANCEL\n12000 C INVITE\n");
	replies(rig, 1, 180);
	peer_reply(&rig->b, 200);
	replies(rig, 0, 200);
	call_rig_expect(rig, "12000 A 180\n12000 A 200\n12000 C CANCEL\n");
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	peer_reply(&rig->more[0], 200);
	replies(rig, 1, 487);
	call_rig_expect(rig, "12000 B ACK\n12000 C ACK\n");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->b, 200);
	assert_counts(rig, 0, 0);
}

/* Shows: 7044/9.3a */
/* A phone that says nothing at all is left as a silent address is; who said 100 is waited for. */
static void a_silent_phone_is_not_there(void **state)
{
	struct call_rig *rig = *state;

	setting("bo", TREAT_UNREACHABLE, "cy", 0);
	call_user(rig, "bo", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	call_rig_advance(rig, 4000);
	call_rig_expect(rig, "500 B INVITE\n1500 B INVITE\n3500 B INVITE\n4000 A 181\n"
			     "4000 C INVITE\n");
	assert_non_null(strstr(peer_header(&rig->more[0], "History-Info"), "cause%3D408"));
	/* When it says something after all, it is told. */
	replies(rig, 0, 100);
	call_rig_expect(rig, "4000 B CANCEL\n");
	peer_reply(&rig->b, 200);
	replies(rig, 0, 487);
	answers(rig, 1);
	call_user(rig, "bo", "");
	replies(rig, 0, 100);
	call_rig_advance(rig, 20000);
	assert_null(strstr(rig->journal, " A 181"));
	answers(rig, 0);
}

/* Those that are not there, in each way that a phone or its network says so. */
static void not_reached(void **state)
{
	static const int statuses[] = { 404, 408, 410, 480, 500, 503, 504 };
	struct call_rig *rig = *state;

	setting("bo", TREAT_UNREACHABLE, "cy", 0);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		call_user(rig, "bo", "");
		replies(rig, 0, statuses[i]);
		call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 181\n0 B ACK\n0 C INVITE\n");
		answers(rig, 1);
	}
}

/* Where bo has it sent is told to who is trusted alone. Shows: 7044/9.4a 7044/10.1.2a */
static void the_caller_is_told_where_it_went(void **state)
{
	static const char *const shown[] = { "<sip:bo@127.0.0.1", "<sip:cy@example.com",
					     "<sip:cy@127.0.0.1" };
	static const char hidden[] = "<sip:anonymous@anonymous.invalid";
	struct call_rig *rig = *state;
	char text[512];

	setting("bo", TREAT_BUSY, "cy", 0);
	for (int trusted = 0; trusted < 2; trusted++) {
		rig->realms[0].border.trusted = trusted;
		call_user(rig, "bo", "Supported: histinfo\r\n");
		replies(rig, 0, 486);
		snprintf(text, sizeof(text),
			 "History-Info: <sip:bo@example.com?Reason=SIP%%3Bcause%%3D486>;index=1.1, "
			 "%s?Reason=SIP%%3Bcause%%3D486>;index=1.1.1;rc=1.1, "
			 "%s>;index=1.1.2;mp=1.1",
			 trusted ? shown[0] : hidden, trusted ? shown[1] : hidden);
		assert_memory_equal(rig->a.last, "SIP/2.0 181", 11);
		assert_true(peer_got(&rig->a, "History-Info: <sip:bo@example.com>;index=1"));
		assert_non_null(strstr(rig->a.last, text));
		replies(rig, 1, 180);
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 ", %s>;index=1.1.2.1;rc=1.1.2", trusted ? shown[2] : hidden);
		assert_non_null(strstr(rig->a.last, text));
		answers(rig, 1);
	}
}

/*
 * Who is called next is told how often bo's phones were called in vain, and where they are if he is
 * trusted. Shows: 7044/9.2c 7044/10.3a 7044/10.4a
 */
static void who_has_it_then_is_told(void **state)
{
	static const char hidden[] = "<sip:anonymous@anonymous.invalid";
	struct call_rig *rig = *state;
	char phone[128], text[512];

	setting("bo", TREAT_BUSY, "cy", 0);
	for (int trusted = 0; trusted < 2; trusted++) {
		rig->realms[1].border.trusted = trusted;
		call_user(rig, "bo", "");
		assert_null(strstr(rig->b.invite, "History-Info"));
		replies(rig, 0, 486);
		snprintf(phone, sizeof(phone), "<sip:bo@%s", rig->b.address);
		snprintf(text, sizeof(text),
			 "<sip:bo@example.com?Reason=SIP%%3Bcause%%3D486>;index=1, "
			 "%s?Reason=SIP%%3Bcause%%3D486>;index=1.1;rc=1, "
			 "<sip:cy@example.com>;index=1.2;mp=1, <sip:cy@%s>;index=1.2.1;rc=1.2",
			 trusted ? phone : hidden, rig->more[0].address);
		assert_string_equal(peer_header(&rig->more[0], "History-Info"), text);
		answers(rig, 1);
	}
}

/* Of the response that he is left for, and of no other. Shows: 7044/10.2b */
static void reasons_of_a_refusal_are_told(void **state)
{
	struct call_rig *rig = *state;
	char text[64];

	setting("bo", TREAT_BUSY, "cy", 0);
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "Reason: Q.850;cause=%d\r\n", 17 + i);
		call_user(rig, "bo", "");
		replies(rig, 0, 180);
		peer_reply_invite(&rig->b, 486, rig->b.local_tag, text, "");
		snprintf(text, sizeof(text), "%%3D486&Reason=Q.850%%3Bcause%%3D%d>;", 17 + i);
		assert_non_null(strstr(peer_header(&rig->more[0], "History-Info"), text));
		rig->journal_len = 0;
		answers(rig, 1);
	}
	setting("bo", TREAT_BUSY, "", 0);
	setting("bo", TREAT_NO_ANSWER, "cy", 5);
	call_user(rig, "bo", "");
	replies(rig, 0, 180);
	peer_reply_invite(&rig->b, 480, rig->b.local_tag, "Reason: Q.850;cause=19\r\n", "");
	assert_non_null(strstr(peer_header(&rig->more[0], "History-Info"),
			       "<sip:bo@example.com?Reason=SIP%3Bcause%3D408>;index=1, "));
	rig->journal_len = 0;
	answers(rig, 1);
}

/* --- chains --- */

/* Shows: 7044/10.3a */
static void ten_deep(void **state)
{
	struct call_rig *rig = *state;
	char name[8], next[8];

	setting("bo", TREAT_ALWAYS, "u0", 0);
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		snprintf(next, sizeof(next), "u%d", i + 1);
		put_user(name);
		setting(name, TREAT_ALWAYS, next, 0);
	}
	put_user("u8");
	setting("u8", TREAT_ALWAYS, "cy", 0);
	call_user(rig, "bo", "");
	call_rig_expect(rig, "0 A 100\n0 A 181\n0 C INVITE\n");
	assert_non_null(strstr(rig->more[0].invite, ";index=1.1.1.1.1.1.1.1.1.1.1.1;rc=1.1.1"));
	answers(rig, 1);
	/* One more is too many. */
	setting("cy", TREAT_ALWAYS, "di", 0);
	call_user(rig, "bo", "");
	call_rig_expect(rig, "0 A 482\n");
	peer_ack(&rig->a, "");
}

/* Behind a conditional forwarding somebody who refuses, or is away: his code is the call's. */
static void the_last_one_refuses(void **state)
{
	struct call_rig *rig = *state;

	setting("bo", TREAT_NO_ANSWER, "cy", 5);
	setting("cy", TREAT_DND, "", 480);
	call_user(rig, "bo", "");
	replies(rig, 0, 180);
	replies(rig, 0, 480);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 180\n0 A 480\n0 B ACK\n");
	assert_non_null(call_rig_ladder(rig, "cy@example.com does not want to be disturbed"));
	peer_ack(&rig->a, "");
	put_user("eve");
	setting("bo", TREAT_BUSY, "eve", 0);
	call_user(rig, "bo", "");
	replies(rig, 0, 486);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 486\n0 B ACK\n");
	peer_ack(&rig->a, "");
}

/* No route is for it: to the next hop, with no Route that anybody has left behind. */
static void to_the_next_hop(void **state)
{
	struct call_rig *rig = *state;

	rig->realms[1].next_hop_realm = &rig->realms[1];
	rig->realms[1].next_hop = rig->realms[0].next_hop;
	setting("cy", TREAT_ALWAYS, "+4420", 0);
	call_user(rig, "cy", "");
	call_rig_expect(rig, "0 A 100\n0 A 181\n0 B INVITE\n");
	assert_memory_equal(rig->b.invite, "INVITE sip:+4420@", 17);
	assert_null(strstr(rig->b.invite, "\r\nRoute:"));
	answers(rig, 0);
}

/* Shows: 7044/10.3a */
/* By a route to trunks, one after the other as its failover says. */
static void to_the_trunks_of_a_route(void **state)
{
	struct call_rig *rig = *state;

	call_rig_route(rig, CFG_PRIORITY, NULL);
	setting("di", TREAT_BUSY, "+4420", 0);
	call_user(rig, "di", "");
	replies(rig, 2, 486);
	call_rig_expect(rig, "0 A 100\n0 D INVITE\n0 A 181\n0 B INVITE\n0 D ACK\n");
	assert_memory_equal(rig->b.invite, "INVITE sip:+4420@", 17);
	/* Not the 486 of before decides, but this. */
	replies(rig, 0, 503);
	call_rig_expect(rig, "0 B ACK\n0 C INVITE\n");
	assert_non_null(strstr(rig->more[0].invite, ";index=1.3;mp=1\r\n"));
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* --- groups --- */

static void make_group(struct call_rig *rig, enum cfg_hunting strategy, char *overflow)
{
	static char bo[] = "bo", cy[] = "cy", away[] = "away", sales[] = "sales";
	static char *members[] = { bo, cy, away };

	tr.group = (struct cfg_group){
		.name = sales,
		.domain = &tr.domain,
		.members = members,
		.nmembers = 3,
		.strategy = strategy,
		.member_timeout_ms = 8000,
		.overflow = overflow,
	};
	put_user("away");
	rig->cfg.groups = &tr.group;
	rig->cfg.ngroups = 1;
}

static void one_after_the_other(void **state)
{
	struct call_rig *rig = *state;

	make_group(rig, CFG_LINEAR, (char[]){ "di" });
	call_user(rig, "sales", "");
	replies(rig, 0, 603);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n");
	replies(rig, 1, 180);
	call_rig_advance(rig, 8000);
	call_rig_expect(rig, "0 A 180\n8000 A 181\n8000 C CANCEL\n8000 D INVITE\n");
	assert_non_null(strstr(rig->more[1].invite, "Diversion: <sip:sales@example.com>;"
						    "reason=no-answer;counter=1\r\n"));
	peer_reply(&rig->more[0], 200);
	replies(rig, 1, 487);
	answers(rig, 2);
}

static void all_at_once(void **state)
{
	struct call_rig *rig = *state;

	make_group(rig, CFG_RING_ALL, NULL);
	call_user(rig, "sales", "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n");
	replies(rig, 0, 486);
	replies(rig, 1, 600);
	call_rig_expect(rig, "0 B ACK\n0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
	/* Not all are busy. */
	call_user(rig, "sales", "");
	replies(rig, 0, 486);
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 B ACK\n0 A 480\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

static void in_turn(void **state)
{
	/* The third one is away. */
	static const unsigned int first[] = { 0, 1, 0, 0, 1 };
	static const char *const expected[] = { "0 A 100\n0 B INVITE\n", "0 A 100\n0 C INVITE\n" };
	struct call_rig *rig = *state;

	make_group(rig, CFG_IN_TURN, NULL);
	for (unsigned int i = 0; i < 5; i++) {
		call_user(rig, "sales", "");
		call_rig_expect(rig, expected[first[i]]);
		answers(rig, first[i]);
		clear_journal(rig);
	}
}

/* A group that overflows to a user who forwards to the group. */
static void a_loop_through_a_group(void **state)
{
	struct call_rig *rig = *state;

	make_group(rig, CFG_LINEAR, (char[]){ "di" });
	setting("di", TREAT_ALWAYS, "sales", 0);
	call_user(rig, "sales", "");
	replies(rig, 0, 486);
	replies(rig, 1, 486);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
	call_user(rig, "di", "");
	replies(rig, 0, 486);
	replies(rig, 1, 486);
	call_rig_expect(rig, "0 A 100\n0 A 181\n0 B INVITE\n0 B ACK\n0 C INVITE\n0 A 486\n"
			     "0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* --- without memory --- */

/* At any point of a call that is forwarded twice: it may fail, but nothing is left of it. */
static void no_memory(void **state)
{
	struct call_rig *rig = *state;
	unsigned int n, forwarded = 0;
	bool reached = true;

	make_group(rig, CFG_LINEAR, (char[]){ "di" });
	setting("di", TREAT_BUSY, "sales", 0);
	for (n = 1; reached && n < 300; n++) {
		rig->b.invite[0] = rig->more[0].invite[0] = rig->more[1].invite[0] = '\0';
		fail_in = n;
		call_user(rig, "di", "");
		for (unsigned int i = 3; i--;)
			if (call_rig_callee(rig, i)->invite[0] && !rig->a.invite_status)
				replies(rig, i, 486);
		reached = !fail_in;
		fail_in = 0;
		forwarded += rig->b.invite[0] || rig->more[0].invite[0];
		for (unsigned int i = 0; i < 3; i++)
			if (call_rig_callee(rig, i)->invite[0] && !rig->a.invite_status)
				replies(rig, i, 486);
		call_rig_advance(rig, loop_now_ms(rig->loop) - rig->start_ms + 70000);
		peer_ack(&rig->a, "");
		/* Without a transaction there is no answer. */
		assert_true(!rig->a.invite_status || rig->a.invite_status >= 400);
		assert_int_equal(rig->engine->counts.active, 0);
		clear_journal(rig);
	}
	assert_in_range(n, 20, 299);
	assert_in_range(forwarded, 10, n);
}

/* --- what is read --- */

static void diversions_are_counted(void **state)
{
	static const struct {
		const char *lines;
		unsigned int count;
	} cases[] = {
		{ "", 0 },
		{ "Diversion: <sip:a@b>\r\n", 1 },
		{ "Diversion: <sip:a@b>;counter=3, <sip:c@d>;reason=x\r\ndiversion: <sip:e@f>\r\n",
		  5 },
		{ "Diversion: <sip:a@b>;counter=4294967297\r\n", 1000 },
		{ "Diversion: <sip:a@b>;counter=0\r\n", 1000 },
		{ "Diversion: <sip:a@b>;counter=-1\r\n", 1000 },
		{ "History-Info: <sip:a@b>;index=1, <sip:c@d?Reason=SIP>;index=1.1\r\n", 1 },
		{ "History-Info: <sip:a@b?x=y&Reason=SIP>;index=1\r\nDiversion: <sip:a@b>;counter=7"
		  "\r\n",
		  7 },
		/* Those who have refused before others were tried have sent nothing on. */
		{ "History-Info: <sip:a@b?Reason=SIP%3Bcause%3D486>;index=1, "
		  "<sip:c@d?Reason=SIP%3bcause%3d503>;index=1.1, <sip:e@f>;index=1.2\r\n",
		  1 },
		{ "History-Info: <sip:a@b?Reason=SIP%3Bcause%3D302>;index=1, "
		  "<sip:c@d?Reason=Q.850%3Bcause%3D17>;index=2, "
		  "<sip:e@f?x=y&Reason=SIP%3Bcause%3D99999999999>;index=3, <sip:g@h>;index=33\r\n",
		  2 },
	};
	struct sip_msg_error error;
	static struct sip_msg msg;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(
			text, sizeof(text),
			"INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\n"
			"From: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
			"Max-Forwards: 70\r\n%sContent-Length: 0\r\n\r\n",
			cases[i].lines);
		assert_int_equal(sip_msg_parse(&msg, text, strlen(text), &error), 0);
		assert_int_equal(call_history_count(&msg), cases[i].count);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(before_he_is_called),
		CASE(busy_is_decided_at_the_end),
		CASE(what_is_not_set_is_not_done),
		CASE(busy_everywhere),
		CASE(no_answer_in_time),
		CASE(a_silent_phone_is_not_there),
		CASE(not_reached),
		CASE(the_caller_is_told_where_it_went),
		CASE(who_has_it_then_is_told),
		CASE(reasons_of_a_refusal_are_told),
		CASE(ten_deep),
		CASE(the_last_one_refuses),
		CASE(to_the_trunks_of_a_route),
		CASE(to_the_next_hop),
		CASE(one_after_the_other),
		CASE(all_at_once),
		CASE(in_turn),
		CASE(a_loop_through_a_group),
		CASE(no_memory),
		cmocka_unit_test(diversions_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
