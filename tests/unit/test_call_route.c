// SPDX-License-Identifier: GPL-2.0-or-later
/* Which route a called user takes, and which targets it makes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/route.h"
#include "call/target.h"
#include "call_rig.h"

struct route_rig {
	struct call_rig *rig;
	struct cfg_route routes[4];
};

static struct route_rig rr;

static void add_route(const char *match, const struct cfg_realm *from, unsigned int trunk)
{
	struct cfg_route *route = &rr.routes[rr.rig->cfg.nroutes++];

	*route = rr.rig->route;
	route->match = (char *)match;
	route->from = from;
	route->to = &rr.rig->to[trunk];
	route->nto = 1;
	rr.rig->cfg.routes = rr.routes;
}

static void start(void **state)
{
	rr.rig = *state;
	call_rig_route(rr.rig, CFG_PRIORITY, NULL);
	rr.rig->cfg.nroutes = 0;
}

/* The label of the target for @uri, "" if there is none. */
static const char *target_of(const char *uri, unsigned int realm)
{
	struct sip_msg invite = { .ruri = view_str(uri) };
	struct call_choice choice;
	static char label[16];

	label[0] = '\0';
	if (call_route(rr.rig->engine, &rr.rig->engine->realms[realm], &invite, &choice))
		return label;
	assert_non_null(choice.targets.waiting);
	snprintf(label, sizeof(label), "%s", choice.targets.waiting->label.p);
	call_targets_clean(&choice.targets);
	return label;
}

static void the_first_that_fits(void **state)
{
	char longest[400] = "sip:";

	start(state);
	add_route("^\\+44", NULL, 0);
	add_route("^(0049|\\+49)[0-9]{3,}$", NULL, 1);
	add_route("^bob$", &rr.rig->realms[0], 2);
	call_rig_enforce(rr.rig, &rr.rig->cfg);
	assert_string_equal(target_of("sip:+4420@10.0.0.1", 0), "B");
	assert_string_equal(target_of("sip:%2b4420@10.0.0.1", 0), "B");
	assert_string_equal(target_of("tel:+44-20-(123)", 0), "B");
	assert_string_equal(target_of("tel:+49.30-123;phone-context=x", 0), "C");
	assert_string_equal(target_of("sip:004930123@10.0.0.1", 0), "C");
	/* No separators but of a telephone number. */
	assert_string_equal(target_of("sip:0049-30123@10.0.0.1", 0), "next hop");
	assert_string_equal(target_of("sip:bob@10.0.0.1", 0), "D");
	assert_string_equal(target_of("sip:%62ob@10.0.0.1", 0), "D");
	assert_string_equal(target_of("sip:bobby@10.0.0.1", 0), "next hop");
	assert_string_equal(target_of("sip:10.0.0.1", 0), "next hop");
	/* From elsewhere. */
	assert_string_equal(target_of("sip:bob@10.0.0.1", 1), "");
	assert_string_equal(target_of("sip:+4420@10.0.0.1", 1), "B");
	/* What is too long to be matched fits nothing. */
	memset(longest + 4, '4', 300);
	strcpy(longest + 304, "@10.0.0.1");
	assert_string_equal(target_of(longest, 0), "next hop");
	assert_string_equal(target_of("bob", 0), "");
}

static void request_uri_is_the_user_at_the_hop(void **state)
{
	struct sip_msg invite = { .ruri = VIEW_LIT("sip:a%20b:secret@10.9.9.9:99;x=y") };
	struct call_choice choice;
	char expected[128];

	start(state);
	assert_int_equal(call_route(rr.rig->engine, &rr.rig->engine->realms[0], &invite, &choice),
			 0);
	snprintf(expected, sizeof(expected), "sip:a%%20b@%s", rr.rig->b.address);
	assert_string_equal(choice.targets.waiting->ruri.p, expected);
	call_targets_clean(&choice.targets);
	invite.ruri = VIEW_LIT("sip:10.9.9.9");
	assert_int_equal(call_route(rr.rig->engine, &rr.rig->engine->realms[0], &invite, &choice),
			 0);
	snprintf(expected, sizeof(expected), "sip:%s", rr.rig->b.address);
	assert_string_equal(choice.targets.waiting->ruri.p, expected);
	call_targets_clean(&choice.targets);
}

static void a_hop_that_no_listener_reaches(void **state)
{
	struct sip_msg invite = { .ruri = VIEW_LIT("sip:bob@10.9.9.9") };
	struct call_choice choice;

	start(state);
	assert_int_equal(tp_addr_parse(&rr.rig->realms[0].next_hop.addr, VIEW_LIT("[::1]:5060"), 0),
			 0);
	assert_int_equal(call_route(rr.rig->engine, &rr.rig->engine->realms[0], &invite, &choice),
			 -EAFNOSUPPORT);
}

static void on_peer(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	unsigned int *peers = arg;

	assert_ptr_equal(realm, &rr.rig->realms[1]);
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++)
		*peers |= tp_addr_eq(peer, &call_rig_callee(rr.rig, i)->flow.remote) << i;
}

static void each_trunk_is_a_peer(void **state)
{
	unsigned int peers = 0;

	start(state);
	call_each_peer(&rr.rig->cfg, on_peer, &peers);
	assert_int_equal(peers, 7);
}

/* --- targets --- */

static void add(struct call_targets *targets, const char *label, uint16_t q)
{
	static struct call_realm realm;
	const struct call_target_spec spec = { .realm = &realm,
					       .label = view_str(label),
					       .ruri = VIEW_LIT("sip:x@10.0.0.1"),
					       .q = q };

	assert_int_equal(call_targets_add(targets, &spec, NULL), 0);
}

static void assert_group(struct call_targets *targets, const char *labels)
{
	const struct call_target *target = NULL;

	for (; *labels; labels++) {
		target = call_targets_take(targets, target);
		assert_non_null(target);
		assert_int_equal(target->label.p[0], *labels);
	}
	assert_null(call_targets_take(targets, target));
}

static void groups_in_order(void **state)
{
	struct call_targets targets = { 0 };

	(void)state;
	add(&targets, "a", 500);
	add(&targets, "b", 1000);
	add(&targets, "c", 500);
	add(&targets, "d", 0);
	assert_group(&targets, "b");
	/* A redirection comes before what waits, whatever the q. */
	call_targets_begin(&targets);
	add(&targets, "e", 10);
	add(&targets, "f", 500);
	add(&targets, "g", 10);
	assert_group(&targets, "f");
	assert_group(&targets, "eg");
	assert_group(&targets, "ac");
	assert_group(&targets, "d");
	assert_null(call_targets_take(&targets, NULL));
	assert_int_equal(targets.count, 7);
	for (unsigned int i = 7; i < CALL_MAX_TARGETS; i++)
		add(&targets, "x", 0);
	assert_int_equal(call_targets_add(&targets, &(struct call_target_spec){ .q = 1 }, NULL),
			 -E2BIG);
	call_targets_clean(&targets);
}

static int add_sips(struct call_targets *targets, const char *ruri, enum tp_proto proto,
		    const struct dns_where *where)
{
	static struct call_realm realm;
	struct tp_listener listener = { .proto = proto };
	const struct call_target_spec spec = {
		.to.listener = &listener,
		.where = where,
		.realm = &realm,
		.ruri = view_str(ruri),
	};

	return call_targets_add(targets, &spec, NULL);
}

/* Shows: 3261/26.3.1c */
static void sips_goes_on_by_tls_only(void **state)
{
	struct call_targets targets = { .sips = true };
	const struct dns_where sip = { .host = "x" }, sips = { .host = "x", .sips = true },
			       tcp = { .host = "x", .has_proto = true, .proto = TP_TCP },
			       tls = { .host = "x", .has_proto = true, .proto = TP_TLS };

	(void)state;
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_UDP, NULL), -EPROTOTYPE);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_TCP, NULL), -EPROTOTYPE);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_WS, NULL), -EPROTOTYPE);
	/* A phone that has registered so has not said that it is reached by sips. */
	assert_int_equal(add_sips(&targets, "sip:a@x;transport=tls", TP_TLS, NULL), -EPROTOTYPE);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_TLS, &sip), -EPROTOTYPE);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_TLS, &tcp), -EPROTOTYPE);
	assert_int_equal(targets.count, 0);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_TLS, NULL), 0);
	assert_int_equal(add_sips(&targets, "SIPS:a@x", TP_WSS, NULL), 0);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_UDP, &sips), 0);
	assert_int_equal(add_sips(&targets, "sips:a@x", TP_UDP, &tls), 0);
	targets.sips = false;
	assert_int_equal(add_sips(&targets, "sip:a@x", TP_UDP, NULL), 0);
	call_targets_clean(&targets);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, call_rig_setup, call_rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_that_fits),
		TEST(request_uri_is_the_user_at_the_hop),
		TEST(a_hop_that_no_listener_reaches),
		TEST(each_trunk_is_a_peer),
		cmocka_unit_test(groups_in_order),
		cmocka_unit_test(sips_goes_on_by_tls_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
