// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Thousands of short calls between two peers that do what they should, or anything else, in any
 * order, and lose or repeat messages. Whatever they did, when all time of the protocol has passed
 * nothing may be left: no call, dialog, transaction, timer, port or session of the module. Half of
 * the scenarios run short of memory as well. A scenario is its seed; the one that failed is
 * printed.
 */
#include <stdio.h>

#include "call/hop.h"
#include "call/hunt.h"
#include "call/transfer.h"
#include "call_rig.h"
#include "fake_dns.h"
#include "fake_libsipfast.h"
#include "media_private.h"

#define SCENARIOS 10000
#define MAX_STEPS 24

#define TWO_STREAMS CALL_RIG_SDP "m=video 4002 RTP/AVP 31\r\n"
#define HELD CALL_RIG_SDP "a=sendonly\r\n"

static struct {
	uint64_t random;
	unsigned int seed;
	unsigned int answered, ended_here; /* scenarios that got that far */
	unsigned int pracks, early;
	unsigned int fail_in; /* allocations until one fails, 0: none does */
	bool route; /* calls may go to several callees */
	unsigned int forked, redirected; /* steps with several branches, and with one of a 3xx */
	unsigned int calls; /* that took over another one, for their Call-IDs */
	unsigned int transfers, moved_parties; /* steps in transfers, and with one moved already */
	unsigned int resolving, moved; /* with one that waits for DNS, and at another address */
} sc;

/* Under the sanitizer a scenario that is its end prints its seed, too. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void print_seed(void)
{
	print_error("seed %u\n", sc.seed);
}

/* --- want of memory --- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static bool fails(void)
{
	return sc.fail_in && !--sc.fail_in;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fails() ? NULL : __real_realloc(old, size);
}

/* Refusals of the module are played by the thousand: not a word about them. */
void __wrap_log_at(int level, const char *format, ...);

void __wrap_log_at(int level, const char *format, ...)
{
	(void)level;
	(void)format;
}

/* --- chance --- */

/* 0 to @n - 1 (xorshift64*). */
static unsigned int any(unsigned int n)
{
	sc.random ^= sc.random >> 12;
	sc.random ^= sc.random << 25;
	sc.random ^= sc.random >> 27;
	return (sc.random * 0x2545f4914f6cdd1dULL >> 33) % n;
}

static bool percent(unsigned int n)
{
	return any(100) < n;
}

#define ANY_OF(array) (array)[any(sizeof(array) / sizeof(*(array)))]

static const char *any_body(void)
{
	static const char *const bodies[] = { "",	   CALL_RIG_SDP, CALL_RIG_SDP, CALL_RIG_SDP,
					      TWO_STREAMS, HELD,	 "v=0\r\njunk" };

	return ANY_OF(bodies);
}

static int any_status(void)
{
	static const int statuses[] = { 100, 180, 183, 199, 200, 200, 200, 202, 302, 302, 401,
					404, 408, 422, 481, 486, 487, 488, 491, 500, 503, 603 };

	return ANY_OF(statuses);
}

static const char *any_tag(const struct call_peer *peer)
{
	static const char *const tags[] = { "b2", "b3", "" };

	return percent(80) ? peer->local_tag : ANY_OF(tags);
}

static const char *any_header(void)
{
	static const char *const headers[] = {
		"Record-Route: <sip:127.0.0.1:9;lr>\r\n",
		"Require: 100rel\r\n",
		"Supported: 100rel\r\n",
		"Require: 100rel\r\nRSeq: 1\r\n",
		"Require: 100rel\r\nRSeq: 2\r\n",
		"Max-Forwards: 0\r\n",
		"Reason: Q.850;cause=16;text=\"bye\"\r\n",
		"Content-Disposition: session;handling=optional\r\n",
		"WWW-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n",
		"WWW-Authenticate: Digest realm=\"x\", nonce=\"z\", qop=\"auth\", stale=true\r\n",
		"Min-SE: 90\r\n",
		"Supported: timer\r\nSession-Expires: 40\r\n",
		"Session-Expires: 50;refresher=uac\r\nAllow: INVITE, ACK, BYE, UPDATE\r\n",
	};

	return percent(85) ? "" : ANY_OF(headers);
}

/* Trunks by names: of two addresses, of none, of one behind an alias. */
static char names[CALL_RIG_CALLEES][16] = { "two.example", "none.example", "alias.example" };

static struct cfg_uri name_of(unsigned int callee)
{
	return (struct cfg_uri){
		.text = names[callee],
		.host = names[callee],
		.target = names[callee],
		.where.host = names[callee],
	};
}

static void name_callees(struct call_rig *rig)
{
	static char zone[512];
	unsigned int ports[CALL_RIG_CALLEES];

	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++)
		ports[i] = tp_addr_port(&call_rig_callee(rig, i)->flow.remote);
	snprintf(zone, sizeof(zone),
		 "_sip._udp.two.example 30 SRV 1 0 %u host.example\n"
		 "_sip._udp.two.example 30 SRV 1 1 %u host.example\n"
		 "_sip._udp.real.example 30 SRV 1 0 %u host.example\n"
		 "_sip._udp.alias.example 30 CNAME _sip._udp.real.example\n"
		 "host.example 30 A 127.0.0.1\n",
		 ports[0], ports[1], ports[2]);
	fake_dns_reset(zone);
}

/* Who is called: the next hop alone, or several in one way or another. */
static void choose_targets(struct call_rig *rig)
{
	static const int hunted[] = { 401, 404, 408, 480, 486, 500, 503, 0 };

	rig->cfg.nroutes = sc.route && percent(75);
	if (!rig->cfg.nroutes)
		return;
	call_rig_route(rig, (enum cfg_strategy)any(4), percent(50) ? hunted : NULL);
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++) {
		rig->trunks[i].no_answer_ms = percent(50) ? 1 + any(20000) : 0;
		rig->trunks[i].redirect = percent(80) ? CFG_REDIRECT_RECURSE :
							(enum cfg_redirect)any(3);
		rig->trunks[i].address.uri = percent(30) ? name_of(i) :
							   (struct cfg_uri){ .text = NULL };
	}
	rig->cfg.failover_ms = percent(50) ? 1 + any(5000) : 0;
}

static struct call_peer *any_callee(struct call_rig *rig)
{
	return call_rig_callee(rig, sc.route ? any(CALL_RIG_CALLEES) : 0);
}

/* --- what a peer does --- */

static void learn(struct call_peer *peer)
{
	if (peer->last[0] && peer_header(peer, "Contact")[0])
		peer_learn(peer);
}

static void acknowledge(struct call_peer *peer)
{
	bool success = peer->invite_status >= 200 && peer->invite_status < 300;

	if (success && !peer->remote_tag[0])
		learn(peer);
	peer_ack(peer, percent(20) ? any_body() : "");
	peer->invite_status = 0;
}

static void send_any(struct call_peer *peer)
{
	static const char *const methods[] = { "INVITE", "INVITE",  "BYE",   "UPDATE", "INFO",
					       "PRACK",	 "OPTIONS", "REFER", "FOO" };
	const char *method = ANY_OF(methods);

	if (percent(5) && peer->cseq)
		peer->cseq--;
	peer_request(peer, method, any_header(), any_body());
}

/* A contact of somebody else's, of a name, or of nobody. */
static const char *any_contact(struct call_rig *rig)
{
	static char line[160];

	snprintf(line, sizeof(line), "Contact: <sip:u%u@%s>;q=0.%u, <sip:x@%s.example>\r\n", any(3),
		 call_rig_callee(rig, any(CALL_RIG_CALLEES))->address, any(10),
		 percent(50) ? "two" : "none");
	return line;
}

static void answer_any(struct call_peer *peer)
{
	int status = sc.route && percent(30) ? 302 : any_status();

	if (peer->invite[0] && percent(70))
		peer_reply_invite(peer, status, any_tag(peer),
				  status == 302 ? any_contact(peer->rig) : any_header(),
				  any_body());
	else if (peer->other[0])
		peer_reply_body(peer, any_status(), any_body());
}

/* Reliable responses come in order, now and then with a gap. */
static void ring_reliably(struct call_peer *peer)
{
	char lines[64];

	peer->rseq += percent(90) ? 1 : any(3);
	snprintf(lines, sizeof(lines), "Require: 100rel\r\nRSeq: %u\r\n", peer->rseq);
	peer_reply_invite(peer, percent(50) ? 183 : 180, any_tag(peer), lines,
			  percent(60) ? CALL_RIG_SDP : "");
}

static bool is_reliable(const struct call_peer *peer)
{
	return peer->last[0] && peer_header(peer, "RSeq")[0];
}

static void acknowledge_reliable(struct call_peer *peer)
{
	char line[64];

	snprintf(line, sizeof(line), "RAck: %d %u INVITE\r\n", atoi(peer_header(peer, "RSeq")),
		 peer->invite_cseq);
	learn(peer);
	peer_request(peer, "PRACK", line, percent(30) ? any_body() : "");
	sc.pracks++;
}

/* What brings a call on: answers what waits, acknowledges, or asks for something. */
static void do_next(struct call_peer *peer)
{
	static const int good[] = { 100, 180, 183, 200, 200, 200 };

	if (peer->invite_status) {
		acknowledge(peer);
	} else if (peer->invite[0] && percent(35)) {
		ring_reliably(peer);
	} else if (peer->invite[0] && percent(70)) {
		int status = ANY_OF(good);

		if (!peer->remote_tag[0])
			learn(peer);
		peer_reply_invite(peer, status, peer->local_tag, "",
				  status == 200 ? CALL_RIG_SDP : "");
		if (status == 200)
			peer->invite[0] = '\0';
	} else if (peer->other[0] && percent(70)) {
		peer_reply_body(peer, 200, strstr(peer->other, "m=audio") ? CALL_RIG_SDP : "");
		peer->other[0] = '\0';
	} else {
		peer_request(peer,
			     percent(50) ? "INVITE" :
			     percent(50) ? "BYE" :
					   "UPDATE",
			     "", CALL_RIG_SDP);
	}
}

/* Asks sipd to call somebody else, or to bring him together with A's party. */
static void refer_any(struct call_peer *peer)
{
	const struct call_peer *a = &peer->rig->a;
	char line[512];

	snprintf(line, sizeof(line), "Refer-To: <sip:carol@sipd.example>\r\n%s",
		 percent(20) ? "Refer-Sub: false\r\n" : "");
	if (percent(10))
		snprintf(line, sizeof(line),
			 "Refer-To: <sip:x@y?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s>\r\n",
			 a->call_id, a->remote_tag, a->local_tag);
	peer_request(peer, "REFER", line, "");
}

/* A new call that takes A's place, or that of his party. */
static void take_over(struct call_peer *peer)
{
	const struct call_peer *a = &peer->rig->a;
	bool turned = percent(30);
	char line[512];

	if (!a->remote_tag[0])
		return;
	snprintf(line, sizeof(line), "Replaces: %s;to-tag=%s;from-tag=%s\r\n", a->call_id,
		 turned ? a->local_tag : a->remote_tag, turned ? a->remote_tag : a->local_tag);
	peer->remote_tag[0] = '\0';
	snprintf(peer->call_id, sizeof(peer->call_id), "new-%u-of-%s", ++sc.calls, peer->name);
	peer_request(peer, "INVITE", line, percent(80) ? CALL_RIG_SDP : "");
}

static void transfer_any(struct call_peer *peer)
{
	if (percent(70))
		refer_any(peer);
	else if (peer != &peer->rig->a)
		take_over(peer);
}

static void act(struct call_peer *peer)
{
	if (is_reliable(peer) && percent(80)) {
		acknowledge_reliable(peer);
		return;
	}
	switch (any(12)) {
	case 0:
		send_any(peer);
		break;
	case 1:
		answer_any(peer);
		break;
	case 2:
		if (peer->sent[0])
			peer_repeat(peer);
		break;
	case 3:
		if (peer->invite_cseq)
			peer_cancel(peer, any_header());
		break;
	case 4:
		learn(peer);
		break;
	case 5:
		if (peer->invite_cseq)
			peer_ack(peer, any_body());
		break;
	case 6:
	case 7:
		transfer_any(peer);
		break;
	default:
		do_next(peer);
		break;
	}
}

/* --- what happens around them --- */

static void wait_a_while(struct call_rig *rig)
{
	static const unsigned int longest[] = { 10, 600, 5000, 33000, 70000 };
	uint64_t now = loop_now_ms(rig->loop) - rig->start_ms;

	call_rig_advance(rig, now + 1 + any(ANY_OF(longest)));
}

static void end_media(struct call_rig *rig)
{
	struct sf_session *session = &fake.sessions[any(FAKE_SESSIONS)];

	if (session->id)
		fake_timeout(session->id, percent(80));
	else if (percent(10))
		fake_queue(SF_EVENT_OVERRUN, NULL);
	media_session_event(&rig->engine->media->lfd, EPOLLIN);
}

static void kill_call(struct call_rig *rig)
{
	const struct call *call = TAILQ_FIRST(&rig->engine->active);
	char id[CALL_ID_STRLEN];

	if (call && !call_kill(rig->engine, call->id, id))
		sc.ended_here++;
}

static void step(struct call_rig *rig)
{
	unsigned int what = any(100);

	rig->journal_len = 0;
	if (percent(60))
		fake_dns_answer();
	if (what < 40)
		act(&rig->a);
	else if (what < 80)
		act(any_callee(rig));
	else if (what < 94)
		wait_a_while(rig);
	else if (what < 97)
		end_media(rig);
	else if (what < 98)
		kill_call(rig);
	else
		fake.refuse = -ENOMEM;
}

/* Each endpoint of the module's forwards to one that forwards back: no branch but one is heard. */
static void check_forwards(void)
{
	for (unsigned int i = 0; i < FAKE_SESSIONS; i++) {
		struct sf_session *session = &fake.sessions[i];

		for (unsigned int j = 0; session->id && j < session->nendpoints; j++) {
			const struct sf_endpoint *ep = &session->endpoints[j], *other;

			assert_int_equal(ep->nforwards, 1);
			other = fake_endpoint_of(session, ep->forwards[0].to);
			assert_non_null(other);
			assert_int_equal(other->forwards[0].to, ep->id);
		}
	}
}

/* Every call of a transfer knows it, and it knows them. */
static void count_transfers(struct call_rig *rig)
{
	const struct call *call;

	TAILQ_FOREACH(call, &rig->engine->active, link) {
		const struct call_transfer *t = call->transfer;

		if (!t)
			continue;
		assert_true(t->from == call || t->other == call || t->to == call);
		assert_true(call->state < CALL_ENDING);
		sc.transfers++;
		sc.moved_parties += t->moved;
	}
}

static void check_hunt(struct call_rig *rig)
{
	const struct call *call = TAILQ_FIRST(&rig->engine->active);

	check_forwards();
	count_transfers(rig);
	if (!call || !call->hunt)
		return;
	sc.forked += call->hunt->noffers > 1;
	for (const struct call_pair *pair = call->pairs; pair; pair = pair->next)
		sc.early += pair->early.committed;
	for (const struct call_branch *b = call->hunt->branches; b; b = b->next) {
		sc.redirected += !!b->target->from;
		sc.resolving += b->hop && !b->relay;
		sc.moved += b->hop && b->relay && b->hop->next > 1;
	}
}

static void start_peer(struct call_peer *peer)
{
	snprintf(peer->call_id, sizeof(peer->call_id), "call-%u-of-%s", sc.seed, peer->name);
	snprintf(peer->target, sizeof(peer->target), "sip:bob@%s", peer->sipd);
	peer->remote_tag[0] = peer->sent[0] = peer->last[0] = '\0';
	peer->invite[0] = peer->other[0] = '\0';
	peer->cseq = peer->invite_cseq = 0;
	peer->invite_status = 0;
	peer->rseq = 0;
}

static void assert_no_ports(struct call_rig *rig)
{
	unsigned int used, total;

	for (int i = 0; i < 2; i++) {
		media_realm_ports(rig->engine->realms[i].media, &used, &total);
		assert_int_equal(used, 0);
		assert_int_equal(total, CALL_RIG_PORT_MAX - CALL_RIG_PORT_MIN + 1);
	}
}

/* Longer than no answer, the longest call, and what a transaction may take after each. */
static void let_time_pass(struct call_rig *rig)
{
	uint64_t now = loop_now_ms(rig->loop) - rig->start_ms;

	rig->journal_len = 0;
	fake.refuse = 0;
	sc.fail_in = 0;
	media_session_event(&rig->engine->media->lfd, EPOLLIN);
	for (unsigned int i = 1; i <= 20; i++) {
		rig->journal_len = 0;
		while (fake_dns_answer())
			;
		call_rig_advance(rig, now + i * 20000);
	}
}

static void run(struct call_rig *rig, unsigned int seed, bool short_of_memory)
{
	unsigned int steps;

	sc.seed = seed;
	sc.random = seed * 0x9e3779b97f4a7c15ULL;
	steps = 1 + any(MAX_STEPS);
	start_peer(&rig->a);
	for (unsigned int i = 0; i < CALL_RIG_CALLEES; i++)
		start_peer(call_rig_callee(rig, i));
	choose_targets(rig);
	for (int i = 0; i < 2; i++)
		rig->realms[i].reliable = percent(90) ? CFG_100REL_FOLLOW : (enum cfg_100rel)any(3);
	peer_request(&rig->a, "INVITE",
		     percent(50) ? "" :
		     percent(80) ? "Supported: 100rel\r\n" :
				   "Require: 100rel\r\n",
		     percent(80) ? CALL_RIG_SDP : "");
	while (steps--) {
		if (short_of_memory)
			sc.fail_in = percent(50) ? 1 + any(10) : 0;
		step(rig);
		check_hunt(rig);
		sc.answered += rig->engine->counts.active > rig->engine->counts.early;
	}
	let_time_pass(rig);
	/* What could neither be deleted nor remembered. */
	media_orphan_list(rig->engine->media, NULL, 0);
	media_orphan_clear(rig->engine->media);
	call_rig_assert_empty(rig);
	assert_no_ports(rig);
	assert_int_equal(fake_count(), 0);
}

static void run_all(struct call_rig *rig, unsigned int first, bool short_of_memory)
{
	for (unsigned int i = 0; i < SCENARIOS; i++)
		run(rig, first + i, short_of_memory);
	print_message("# seeds %u to %u, %u steps in answered calls, %u calls killed\n", first,
		      first + SCENARIOS - 1, sc.answered, sc.ended_here);
	/* Or else they would not go far enough to prove anything. */
	assert_true(sc.answered > SCENARIOS);
	assert_true(sc.ended_here > SCENARIOS / 100);
	print_message("# %u reliable responses acknowledged, %u steps after an early change\n",
		      sc.pracks, sc.early);
	assert_true(sc.pracks > SCENARIOS / 50);
	assert_true(sc.early > SCENARIOS / 500);
	if (sc.route) {
		print_message("# %u steps with several branches, %u with redirected ones\n",
			      sc.forked, sc.redirected);
		assert_true(sc.forked > SCENARIOS);
		assert_true(sc.redirected > SCENARIOS / 100);
		print_message("# %u steps with one that waits for DNS, %u at another address\n",
			      sc.resolving, sc.moved);
		assert_true(sc.resolving > SCENARIOS / 100);
		assert_true(sc.moved > SCENARIOS / 100);
	}
	print_message("# %u steps in transfers, %u with a party moved\n", sc.transfers,
		      sc.moved_parties);
	assert_true(sc.transfers > SCENARIOS / 50);
	assert_true(sc.route || sc.moved_parties);
	sc.seed = 0;
}

static void nothing_is_left(void **state)
{
	run_all(*state, 1, false);
}

static void route(struct call_rig *rig)
{
	call_rig_route(rig, CFG_PRIORITY, NULL);
	sc.route = true;
}

static void nothing_is_left_of_several(void **state)
{
	route(*state);
	run_all(*state, 2 * SCENARIOS + 1, false);
}

static void nothing_is_left_of_several_without_memory(void **state)
{
	route(*state);
	run_all(*state, 3 * SCENARIOS + 1, true);
}

static void nothing_is_left_without_memory(void **state)
{
	run_all(*state, SCENARIOS + 1, true);
}

/* Who follows redirections has a resolver. */
static void configure(struct call_rig *rig)
{
	static char user[] = "sbc", password[] = "secret";
	static struct cfg_account account = { .user = user, .password = password };

	rig->realms[0].next_hop_redirect = CFG_REDIRECT_RECURSE;
	rig->realms[0].next_hop.account = &account;
	rig->trunks[1].address.account = &account;
	for (int i = 0; i < 2; i++)
		rig->realms[i].session_timers = CFG_SESSION_TIMERS_REQUEST;
	rig->cfg.dns.dead_ms = 5000;
	rig->cfg.dns.cache = (struct dns_cache_config){
		.min_ttl_s = 5, .max_ttl_s = 3600, .max_negative_ttl_s = 5, .stale_ms = 10000
	};
	call_rig_configure_media(rig);
}

static int setup(void **state)
{
	struct call_rig *rig;

	memset(&sc, 0, sizeof(sc));
	fake_reset();
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(print_seed);
	call_rig_setup_with(state, configure);
	rig = *state;
	name_callees(rig);
	rig->cfg.no_answer_ms = 40000;
	rig->cfg.session_expires = 60;
	rig->cfg.min_se = 30;
	rig->cfg.max_duration_ms = 120000;
	return 0;
}

static int teardown(void **state)
{
	sc.fail_in = 0;
	if (sc.seed)
		print_seed();
	return call_rig_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_left_without_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_left_of_several, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_left_of_several_without_memory, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
