// SPDX-License-Identifier: GPL-2.0-or-later
/* Another configuration in force while there are calls: each goes on by the one it began with. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/peers.h"
#include "named_next_hop.h"
#include "short_of_memory.h"

static char told[256]; /* of peers, by the hook */

static void note_peers(void *arg, const struct call_named_peer *peer, const struct tp_addr *addrs,
		       unsigned int count)
{
	size_t len = strlen(told);

	(void)arg;
	len += (size_t)snprintf(told + len, sizeof(told) - len, "%s %u:", peer->name, peer->id);
	for (unsigned int i = 0; i < count; i++)
		len += (size_t)snprintf(told + len, sizeof(told) - len, " %s",
					inet_ntoa(addrs[i].in.sin_addr));
	snprintf(told + len, sizeof(told) - len, ";");
}

static void configure_first(struct call_rig *rig)
{
	name_next_hop(rig);
	rig->cfg.trace = (struct cfg_trace){ .flows = 64, .messages = 1 << 20 };
}

static int setup(void **state)
{
	static const struct call_hooks hooks = { .peers = note_peers };
	struct call_rig *rig;

	told[0] = '\0';
	call_rig_setup_with(state, configure_first);
	rig = *state;
	call_engine_set_hooks(rig->engine, &hooks, NULL);
	return 0;
}

/*
 * The rig's with a next hop of its own, on the heap, so that whoever looks at it when nobody is to
 * any more is found out. The caller has its only reference.
 */
static struct cfg *configure(struct call_rig *rig, const struct call_peer *hop)
{
	static uint32_t generation = 1;
	struct cfg *cfg = malloc(sizeof(*cfg));

	assert_non_null(cfg);
	*cfg = rig->cfg;
	atomic_init(&cfg->refs, 1);
	cfg->generation = ++generation;
	cfg->realms = calloc(2, sizeof(*cfg->realms));
	for (unsigned int i = 0; i < 2; i++) {
		cfg->realms[i] = rig->realms[i];
		cfg->realms[i].name = strdup(rig->realms[i].name);
		cfg->realms[i].listen = malloc(sizeof(*cfg->realms[i].listen));
		*cfg->realms[i].listen = rig->listens[i];
		cfg->by_slot[i] = &cfg->realms[i];
	}
	cfg->realms[0].next_hop_realm = &cfg->realms[1];
	cfg->realms[0].next_hop.uri = (struct cfg_uri){ .text = NULL };
	if (hop)
		cfg->realms[0].next_hop.addr = hop->flow.remote;
	return cfg;
}

/* With a next hop that has a name, which is peer @id. */
static struct cfg *configure_named(struct call_rig *rig, uint32_t id)
{
	struct cfg *cfg = configure(rig, NULL);
	struct cfg_uri *uri = &cfg->realms[0].next_hop.uri;

	uri->text = strdup("sip:" HOST);
	uri->host = strdup(HOST);
	uri->target = strdup(HOST);
	uri->where.host = uri->host;
	uri->id = id;
	return cfg;
}

/* Gives away the reference. */
static void enforce(struct call_rig *rig, struct cfg *cfg)
{
	call_rig_enforce(rig, cfg);
	cfg_put(cfg);
}

static unsigned int settings_in_use(const struct call_rig *rig)
{
	const struct call_settings *settings;
	unsigned int count = 0;

	LIST_FOREACH(settings, &rig->engine->settings_used, link)
		count++;
	return count;
}

static void a_call_that_rings_is_given_up_when_it_was_to_be(void **state)
{
	struct call_rig *rig = *state;
	struct cfg *cfg = configure(rig, &rig->b);

	cfg->no_answer_ms = 5000;
	enforce(rig, cfg);
	peer_request(&rig->a, "INVITE", "", "");
	peer_reply_invite(&rig->b, 180, "tag-of-B", "", "");
	cfg = configure(rig, &rig->more[0]);
	cfg->no_answer_ms = 9000;
	enforce(rig, cfg);
	assert_int_equal(settings_in_use(rig), 2);
	call_rig_forget(rig);
	call_rig_advance(rig, 5000);
	call_rig_expect(rig, "5000 A 480\n5000 B CANCEL\n");
	assert_non_null(call_rig_ladder(rig, "no answer for 5 s"));
	peer_ack(&rig->a, "");
	peer_reply(&rig->b, 200);
	peer_reply_invite(&rig->b, 487, "tag-of-B", "", "");
	call_rig_turn(rig);
	/* It is over, and kept to be shown; what it began with is not. */
	assert_int_equal(settings_in_use(rig), 1);
	call_rig_advance(rig, 50000);
	snprintf(rig->a.call_id, sizeof(rig->a.call_id), "call-2");
	call_rig_forget(rig);
	peer_request(&rig->a, "INVITE", "", "");
	call_rig_expect(rig, "50000 A 100\n50000 C INVITE\n");
	peer_reply_invite(&rig->more[0], 486, "tag-of-C", "", "");
	peer_ack(&rig->a, "");
}

/* 422 for what was long enough when the call began would end it. */
static void a_call_that_is_established_keeps_its_session_timer(void **state)
{
	struct call_rig *rig = *state;
	struct cfg *cfg;

	enforce(rig, configure(rig, &rig->b));
	call_rig_establish(rig);
	cfg = configure(rig, &rig->more[0]);
	cfg->min_se = 600;
	cfg->realms[0].session_timers = CFG_SESSION_TIMERS_OFF;
	enforce(rig, cfg);
	peer_request(&rig->a, "INVITE", "Supported: timer\r\nSession-Expires: 90\r\n",
		     CALL_RIG_SDP);
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n");
	peer_reply_invite(&rig->b, 200, "", "", CALL_RIG_SDP);
	assert_true(peer_got(&rig->a, "Session-Expires: 90;refresher=uac"));
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
	assert_int_equal(settings_in_use(rig), 2);
	call_rig_hang_up(rig);
	assert_int_equal(settings_in_use(rig), 1);
}

/* However many come and go, only those that somebody works by are there. */
static void those_between_are_not_kept(void **state)
{
	struct call_rig *rig = *state;

	enforce(rig, configure(rig, &rig->b));
	call_rig_establish(rig);
	for (unsigned int i = 0; i < 100; i++) {
		enforce(rig, configure(rig, &rig->more[i % 2]));
		assert_int_equal(settings_in_use(rig), 2);
	}
	call_rig_hang_up(rig);
	assert_int_equal(settings_in_use(rig), 1);
}

static void a_limit_counts_those_that_are_there(void **state)
{
	struct call_rig *rig = *state;
	struct cfg *cfg;

	enforce(rig, configure(rig, &rig->b));
	call_rig_establish(rig);
	cfg = configure(rig, &rig->b);
	cfg->max_calls = 1;
	enforce(rig, cfg);
	snprintf(rig->more[1].call_id, sizeof(rig->more[1].call_id), "call-2");
	rig->more[1].flow = rig->a.flow;
	assert_false(call_room_take(rig->engine));
	cfg = configure(rig, &rig->b);
	cfg->max_calls = 2;
	enforce(rig, cfg);
	assert_true(call_room_take(rig->engine));
	call_room_give(rig->engine);
	call_rig_hang_up(rig);
}

/* Who has a name that stays is not asked for again, and nobody hears anything of it. */
static void a_name_that_stays_is_known(void **state)
{
	struct call_rig *rig = *state;
	struct cfg *cfg = configure_named(rig, 7);
	struct cfg_peer *peer = &cfg->realms[0].next_hop;

	call_rig_enforce(rig, cfg);
	call_rig_advance(rig, 10);
	resolve(rig);
	assert_string_equal(told, "access 7: 127.0.0.1;");
	assert_true(call_peer_is_at(rig->engine, peer, &rig->b.flow.remote));
	told[0] = '\0';
	enforce(rig, configure_named(rig, 7));
	assert_true(call_peer_is_at(rig->engine, peer, &rig->b.flow.remote));
	cfg_put(cfg);
	call_rig_advance(rig, 100);
	resolve(rig);
	assert_string_equal(told, "");
	/* Without memory of the one that it came with. */
	call_rig_advance(rig, 400000);
	resolve(rig);
	rig->start_ms = loop_now_ms(rig->loop);
}

/* Calls with a peer that is gone know him until they end; nobody else does. */
static void a_name_that_goes_is_known_to_its_calls(void **state)
{
	struct call_rig *rig = *state;
	struct cfg *named = configure_named(rig, 7);
	struct cfg_peer *peer = &named->realms[0].next_hop;

	call_rig_enforce(rig, named);
	call_rig_advance(rig, 10);
	resolve(rig);
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_reply_invite(&rig->more[0], 200, "tag-of-C", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	told[0] = '\0';
	enforce(rig, configure(rig, &rig->b));
	assert_string_equal(told, "access 7:;");
	/* One more in between does not make it forgotten. */
	enforce(rig, configure(rig, &rig->b));
	assert_true(call_peer_is_at(rig->engine, peer, &rig->b.flow.remote));
	assert_false(call_peers_have(rig->engine, &rig->cfg.realms[1], &rig->b.flow.remote));
	peer_request(&rig->a, "BYE", "", "");
	peer_reply(&rig->more[0], 200);
	call_rig_turn(rig);
	assert_false(call_peer_is_at(rig->engine, peer, &rig->b.flow.remote));
	assert_true(LIST_EMPTY(&rig->engine->peers_retired));
	cfg_put(named);
}

static void see_realm(void *arg, const struct flow *flow)
{
	strcat(strcat(arg, flow->realm), " ");
}

/* The realm of what was sent and received then is known by its name as long as that is shown. */
static void flows_outlive_the_configuration(void **state)
{
	const struct flow_filter filter = { .method = "OPTIONS" };
	struct flow_cursor cursor = { 0 };
	struct call_rig *rig = *state;
	char realms[64] = "";

	enforce(rig, configure(rig, &rig->b));
	peer_request(&rig->a, "OPTIONS", "", "");
	peer_reply(&rig->b, 200);
	enforce(rig, configure(rig, &rig->b));
	call_rig_advance(rig, 50000);
	assert_int_equal(settings_in_use(rig), 1);
	flow_each(rig->engine->flows, &filter, &cursor, 20, see_realm, realms);
	assert_string_equal(realms, "core access ");
}

/* It is made as a whole or not at all. */
static void settings_without_memory(void **state)
{
	struct call_rig *rig = *state;
	struct cfg *cfg = configure_named(rig, 7);
	struct call_settings *settings = NULL;
	unsigned int n;

	cfg->routes = calloc(2, sizeof(*cfg->routes));
	cfg->nroutes = 2;
	cfg->routes[0].match = strdup("^1");
	cfg->routes[1].match = strdup("^2");
	for (n = 1; !settings && n < 1000; n++) {
		fail_in = n;
		settings = call_settings_alloc(cfg_get(cfg), rig->loop, true);
		fail_in = 0;
		assert_int_equal(cfg->refs, settings ? 2 : 1);
	}
	assert_true(n > 5);
	assert_non_null(settings);
	call_settings_put(settings);
	cfg_put(cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, call_rig_teardown)
		CASE(a_call_that_rings_is_given_up_when_it_was_to_be),
		CASE(a_call_that_is_established_keeps_its_session_timer),
		CASE(those_between_are_not_kept),
		CASE(a_limit_counts_those_that_are_there),
		CASE(a_name_that_stays_is_known),
		CASE(a_name_that_goes_is_known_to_its_calls),
		CASE(flows_outlive_the_configuration),
		CASE(settings_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
