// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Targets that no configuration makes, but a registrar: q, Route, names of any kind, other realms.
 * The test chooses them in the place of call/route.c.
 */
#include <errno.h>
#include <stdio.h>

#include "call/route.h"
#include "call/target.h"
#include "call_rig.h"
#include "fake_dns.h"

#define MAX_SPECS 4

static struct {
	struct call_target_spec specs[MAX_SPECS];
	bool proxied;
	struct dns_where where;
	unsigned int count;
	struct cfg_route route;
	struct view params; /* of all */
} chosen;

static void add_chosen(struct call_engine *engine, struct call_choice *choice)
{
	*choice = (struct call_choice){ .settings = engine->settings, .route = &chosen.route };
	choice->targets.trait.params = chosen.params;
	for (unsigned int i = 0; i < chosen.count; i++)
		assert_int_equal(call_targets_add(&choice->targets, &chosen.specs[i], NULL), 0);
}

int call_way_find(struct call_engine *engine, const struct call_realm *realm,
		  const struct sip_uri *ruri, struct call_way *way)
{
	(void)engine;
	(void)realm;
	(void)ruri;
	*way = (struct call_way){ .mode = CFG_MODE_PROXY };
	return chosen.proxied ? 0 : -ENOENT;
}

int call_way_targets(struct call_engine *engine, const struct call_realm *realm,
		     const struct call_way *way, const struct sip_uri *ruri, struct view as_is,
		     struct call_choice *choice)
{
	(void)realm;
	(void)way;
	(void)ruri;
	(void)as_is;
	add_chosen(engine, choice);
	return 0;
}

int call_route(struct call_engine *engine, const struct call_realm *realm,
	       const struct sip_msg *invite, struct call_choice *choice)
{
	(void)realm;
	(void)invite;
	add_chosen(engine, choice);
	return 0;
}

static struct call_target_spec *choose(struct call_rig *rig, unsigned int callee, uint16_t q)
{
	struct call_target_spec *spec = &chosen.specs[chosen.count++];

	*spec = (struct call_target_spec){
		.to = call_rig_callee(rig, callee)->flow,
		.ruri = VIEW_LIT("sip:bob@192.168.1.7:5099;ob"),
		.label = view_str(call_rig_callee(rig, callee)->name),
		.q = q,
	};
	return spec;
}

/* One with the addresses of B and the next ones, @count of all. */
static struct call_target_spec *choose_named(struct call_rig *rig, unsigned int count, uint16_t q)
{
	static char zone[256];
	struct call_target_spec *spec = choose(rig, 0, q);
	size_t len = 0;

	for (unsigned int i = 0; i < count; i++)
		len += (size_t)snprintf(zone + len, sizeof(zone) - len,
					"_sip._udp.edge.example 300 SRV %u 0 %u host.example\n", i,
					tp_addr_port(&call_rig_callee(rig, i)->flow.remote));
	snprintf(zone + len, sizeof(zone) - len, "host.example 300 A 127.0.0.1\n");
	fake_dns_reset(zone);
	chosen.where = (struct dns_where){ .host = "edge.example" };
	spec->to = (struct tp_flow){ .listener = NULL };
	spec->where = &chosen.where;
	spec->realm = &rig->engine->realms[1];
	return spec;
}

static void resolve(struct call_rig *rig)
{
	while (fake_dns_answer())
		;
	call_rig_settle(rig);
}

static void replies(struct call_rig *rig, unsigned int callee, int status)
{
	struct call_peer *peer = call_rig_callee(rig, callee);

	peer_reply_invite(peer, status, peer->local_tag, "", status == 200 ? CALL_RIG_SDP : "");
}

/* The CANCEL that came last: 200 for it, 487 for its INVITE. */
static void cancelled(struct call_rig *rig, unsigned int callee)
{
	struct call_peer *peer = call_rig_callee(rig, callee);

	assert_memory_equal(peer->other, "CANCEL ", 7);
	peer_reply(peer, 200);
	replies(rig, callee, 487);
}

static void finish(struct call_rig *rig, unsigned int callee)
{
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	assert_memory_equal(call_rig_callee(rig, callee)->last, "ACK ", 4);
	peer_request(&rig->a, "BYE", "", "");
	assert_memory_equal(call_rig_callee(rig, callee)->last, "BYE ", 4);
	peer_reply(call_rig_callee(rig, callee), 200);
	assert_counts(rig, 0, 0);
}

/* Contacts of a registrar: groups by q, each after any refusal of those before. */
static void bindings_by_q(void **state)
{
	struct call_rig *rig = *state;

	choose(rig, 2, 100)->hunted = true;
	choose(rig, 0, 1000)->hunted = true;
	choose(rig, 1, 1000)->hunted = true;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n");
	replies(rig, 0, 486);
	call_rig_expect(rig, "0 B ACK\n");
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 C ACK\n0 D INVITE\n");
	replies(rig, 2, 200);
	finish(rig, 2);
}

/* Three flows to one phone, of two reg-ids and another phone beside. */
static void choose_flows(struct call_rig *rig)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct call_target_spec *spec = choose(rig, i, 1000);

		spec->hunted = true;
		spec->instance = i == 1 ? 2 : 1;
	}
}

/* Shows: 5626/7a 5626/7b 5626/7d */
static void one_flow_to_a_phone_and_the_next_when_it_has_failed(void **state)
{
	struct call_rig *rig = *state;

	choose_flows(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n");
	replies(rig, 0, 430);
	call_rig_expect(rig, "0 B ACK\n0 D INVITE\n");
	replies(rig, 1, 430);
	call_rig_expect(rig, "0 C ACK\n");
	replies(rig, 2, 430);
	/* No caller sees which way has failed. */
	call_rig_expect(rig, "0 A 480\n0 D ACK\n");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* Shows: 5626/7c */
static void who_has_refused_is_not_called_by_another_flow(void **state)
{
	struct call_rig *rig = *state;

	choose_flows(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	rig->journal_len = 0;
	replies(rig, 0, 486);
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 B ACK\n0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
	assert_counts(rig, 0, 1);
}

/* Shows: 5626/7b */
static void silence_is_a_flow_that_has_failed(void **state)
{
	struct call_rig *rig = *state;

	choose_flows(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(rig, 1, 180);
	call_rig_advance(rig, 31999);
	rig->journal_len = 0;
	call_rig_advance(rig, 32000);
	call_rig_expect(rig, "32000 D INVITE\n");
	replies(rig, 2, 200);
	cancelled(rig, 1);
	finish(rig, 2);
}

/* He has let it ring, by whatever flow. Shows: 5626/7c */
static void no_answer_is_no_flow_that_has_failed(void **state)
{
	struct call_rig *rig = *state;

	choose_flows(rig);
	chosen.specs[0].no_answer_ms = 5000;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(rig, 0, 180);
	replies(rig, 1, 486);
	call_rig_forget(rig);
	call_rig_advance(rig, 5000);
	call_rig_expect(rig, "5000 A 486\n5000 B CANCEL\n");
	cancelled(rig, 0);
	peer_ack(&rig->a, "");
}

/* Shows: 5626/7a 5626/7b 5626/7c 5626/7d */
static void a_proxy_tries_the_next_flow(void **state)
{
	struct call_rig *rig = *state;

	chosen.proxied = true;
	choose_flows(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n");
	replies(rig, 1, 430);
	call_rig_expect(rig, "0 C ACK\n");
	replies(rig, 0, 430);
	call_rig_expect(rig, "0 B ACK\n0 D INVITE\n");
	replies(rig, 2, 430);
	call_rig_expect(rig, "0 A 480\n0 D ACK\n");
	assert_null(strstr(rig->a.last, "Whatever"));
	peer_ack(&rig->a, "");
	/* A refusal of the other phone says more than a flow that has failed. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(rig, 0, 430);
	replies(rig, 2, 430);
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 B ACK\n0 D INVITE\n0 D ACK\n"
			     "0 A 404\n0 C ACK\n");
	peer_ack(&rig->a, "");
	/* Whom a phone has refused it does not ask by another flow. */
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(rig, 0, 486);
	replies(rig, 1, 404);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 C INVITE\n0 B ACK\n0 A 486\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

static void say(struct call_rig *rig)
{
	peer_request(&rig->a, "MESSAGE", "Content-Type: text/plain\r\n", "Hello.");
}

static void replies_other(struct call_rig *rig, unsigned int callee, int status)
{
	struct call_peer *peer = call_rig_callee(rig, callee);

	peer_reply_other(peer, status, peer->local_tag, "");
}

/* Shows: 5626/7a 5626/7b 5626/7d */
static void a_message_takes_the_next_flow(void **state)
{
	struct call_rig *rig = *state;

	choose_flows(rig);
	say(rig);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n");
	replies_other(rig, 1, 430);
	replies_other(rig, 0, 430);
	call_rig_expect(rig, "0 D MESSAGE\n");
	replies_other(rig, 2, 430);
	call_rig_expect(rig, "0 A 480\n");
	say(rig);
	replies_other(rig, 0, 430);
	replies_other(rig, 2, 200);
	call_rig_expect(rig, "0 B MESSAGE\n0 C MESSAGE\n0 D MESSAGE\n0 A 200\n");
}

/* Who has sent it does not wait for longer than that for an answer either. Shows: 5626/7b */
static void a_message_leaves_a_silent_flow(void **state)
{
	struct call_rig *rig = *state;

	choose_flows(rig);
	chosen.specs[1] = chosen.specs[--chosen.count];
	rig->cfg.failover_ms = 400;
	say(rig);
	call_rig_expect(rig, "0 B MESSAGE\n");
	call_rig_advance(rig, 400);
	call_rig_expect(rig, "400 D MESSAGE\n");
	replies_other(rig, 2, 200);
	call_rig_expect(rig, "400 A 200\n");
}

/* The Request-URI says nothing of where it is sent; the Route goes with it. */
static void a_way_of_its_own(void **state)
{
	struct call_rig *rig = *state;

	choose(rig, 1, 1000)->routes = VIEW_LIT("<sip:10.9.9.9;lr>, <sip:edge.example;lr>");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 C INVITE\n");
	assert_memory_equal(rig->more[0].last, "INVITE sip:bob@192.168.1.7:5099;ob SIP/2.0\r\n",
			    44);
	assert_string_equal(peer_header(&rig->more[0], "Route"),
			    "<sip:10.9.9.9;lr>, <sip:edge.example;lr>");
	replies(rig, 1, 200);
	finish(rig, 1);
}

/* Shows: 3261/8.1.2c */
static void address_after_address(void **state)
{
	struct call_rig *rig = *state;

	choose_named(rig, 3, 1000);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	resolve(rig);
	/* Nobody there. */
	call_rig_advance(rig, 32000);
	assert_memory_equal(rig->more[0].last, "INVITE ", 7);
	rig->journal_len = 0;
	replies(rig, 1, 503);
	call_rig_expect(rig, "32000 C ACK\n32000 D INVITE\n");
	replies(rig, 2, 200);
	finish(rig, 2);
}

static void no_address_after_an_answer(void **state)
{
	struct call_rig *rig = *state;

	choose_named(rig, 2, 1000);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	resolve(rig);
	/* 408 is what somebody there says. */
	replies(rig, 0, 408);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 408\n0 B ACK\n");
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	replies(rig, 0, 503);
	replies(rig, 1, 503);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 B ACK\n0 C INVITE\n0 A 500\n0 C ACK\n");
	peer_ack(&rig->a, "");
}

/* While another one rings: the second address takes the place of the first. */
static void addresses_of_one_of_two(void **state)
{
	struct call_rig *rig = *state;

	choose_named(rig, 2, 1000);
	choose(rig, 2, 1000);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_int_equal(TAILQ_FIRST(&rig->engine->active)->state, CALL_TRYING);
	resolve(rig);
	replies(rig, 2, 180);
	replies(rig, 0, 503);
	call_rig_expect(rig, "0 A 100\n0 D INVITE\n0 B INVITE\n0 A 180\n0 B ACK\n0 C INVITE\n");
	replies(rig, 1, 200);
	call_rig_expect(rig, "0 A 200\n0 D CANCEL\n");
	peer_learn(&rig->a);
	peer_reply(&rig->more[1], 200);
	replies(rig, 2, 487);
	peer_ack(&rig->a, "");
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->more[0], 200);
	assert_counts(rig, 0, 0);
}

/* One target is on the caller's own side. */
static void in_another_realm(void **state)
{
	struct call_rig *rig = *state;
	const struct call *call;

	choose(rig, 0, 1000);
	choose(rig, 1, 1000)->to.listener = rig->a.flow.listener;
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	assert_non_null(strstr(rig->more[0].invite, rig->a.sipd));
	assert_non_null(strstr(rig->b.invite, rig->b.sipd));
	/* Its responses come to that side, too. */
	rig->more[0].flow.listener = rig->a.flow.listener;
	replies(rig, 1, 200);
	call = TAILQ_FIRST(&rig->engine->active);
	assert_ptr_equal(call->realm[MEDIA_B], &rig->engine->realms[0]);
	finish(rig, 1);
	rig->more[0].flow.listener = rig->b.flow.listener;
}

/* Who follows redirections has a resolver. */
static void configure(struct call_rig *rig)
{
	rig->cfg.modes = true;
	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	rig->cfg.dns.dead_ms = 60000;
	rig->cfg.dns.cache = (struct dns_cache_config){
		.min_ttl_s = 5, .max_ttl_s = 3600, .max_negative_ttl_s = 60, .stale_ms = 600000
	};
}

static int setup(void **state)
{
	memset(&chosen, 0, sizeof(chosen));
	fake_dns_reset("");
	return call_rig_setup_with(state, configure);
}

/* A mailbox that has registered with some of its own. Shows: 4458/2a 4458/2.1a 4458/2.2a */
static void parameters_stand_there_once(void **state)
{
	static const struct {
		const char *contact, *ruri;
	} cases[] = {
		{ "sip:vm@192.168.1.7", "sip:vm@192.168.1.7;target=al;cause=486" },
		{ "sip:vm@192.168.1.7;ob", "sip:vm@192.168.1.7;ob;target=al;cause=486" },
		{ "sip:vm@192.168.1.7;cause=1;ob;TARGET=x;causes=2",
		  "sip:vm@192.168.1.7;ob;causes=2;target=al;cause=486" },
		{ "sip:a;cause=1@192.168.1.7;cause;target=x;lr",
		  "sip:a;cause=1@192.168.1.7;lr;target=al;cause=486" },
		{ "sip:vm@192.168.1.7?Subject=x", "sip:vm@192.168.1.7;target=al;cause=486" },
	};
	struct call_rig *rig = *state;
	char line[128];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		chosen.count = 0;
		chosen.params = VIEW_LIT(";target=al;cause=486");
		choose(rig, 0, 1000)->ruri = view_str(cases[i].contact);
		rig->a.call_id[0]++;
		rig->a.remote_tag[0] = '\0';
		peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
		snprintf(line, sizeof(line), "INVITE %s SIP/2.0\r\n", cases[i].ruri);
		assert_memory_equal(rig->b.invite, line, strlen(line));
		peer_reply_invite(&rig->b, 486, "t", "", "");
		peer_ack(&rig->a, "");
		call_rig_forget(rig);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bindings_by_q),
		TEST(a_way_of_its_own),
		TEST(address_after_address),
		TEST(no_address_after_an_answer),
		TEST(addresses_of_one_of_two),
		TEST(in_another_realm),
		TEST(one_flow_to_a_phone_and_the_next_when_it_has_failed),
		TEST(who_has_refused_is_not_called_by_another_flow),
		TEST(silence_is_a_flow_that_has_failed),
		TEST(no_answer_is_no_flow_that_has_failed),
		TEST(a_proxy_tries_the_next_flow),
		TEST(a_message_takes_the_next_flow),
		TEST(a_message_leaves_a_silent_flow),
		TEST(parameters_stand_there_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
