// SPDX-License-Identifier: GPL-2.0-or-later
#include "call_rig.h"

#include "call/relay.h"
#include "call/route.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void text_copy(char *to, size_t size, const char *from)
{
	assert_true((size_t)snprintf(to, size, "%s", from) < size);
}

/* --- rig --- */

static void peer_open(struct call_peer *peer, struct call_rig *rig, const char *name)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	peer->rig = rig;
	peer->name = name;
	peer->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_true(peer->fd >= 0);
	assert_int_equal(bind(peer->fd, (struct sockaddr *)&addr, len), 0);
	assert_int_equal(getsockname(peer->fd, (struct sockaddr *)&addr, &len), 0);
	peer->flow.remote.in = addr;
	tp_addr_format(&peer->flow.remote, peer->address);
}

static void peer_connect(struct call_peer *peer, unsigned int realm)
{
	peer->flow.listener = peer->rig->engine->realms[realm].listeners[0].tp;
	tp_addr_format(&peer->flow.listener->local, peer->sipd);
	snprintf(peer->call_id, sizeof(peer->call_id), "call-of-%s", peer->name);
	snprintf(peer->local_tag, sizeof(peer->local_tag), "tag-of-%s", peer->name);
	snprintf(peer->target, sizeof(peer->target), "sip:bob@%s", peer->sipd);
}

static void configure(struct call_rig *rig)
{
	static char core[] = "core", access[] = "access";
	struct cfg *cfg = &rig->cfg;

	atomic_init(&cfg->refs, 1);
	cfg->generation = 1;
	cfg->realms = rig->realms;
	cfg->nrealms = 2;
	cfg->no_answer_ms = 180000;
	cfg->t1_ms = 500;
	cfg->t2_ms = 4000;
	cfg->t4_ms = 5000;
	cfg->keep_finished = 2;
	cfg->session_expires = 1800;
	cfg->min_se = 90;
	cfg->max_subscriptions = 20;
	rig->realms[0].name = access;
	rig->realms[1].name = core;
	for (int i = 0; i < 2; i++) {
		rig->realms[i].slot = (unsigned int)i;
		cfg->by_slot[i] = &rig->realms[i];
		rig->realms[i].listen = &rig->listens[i];
		rig->realms[i].nlisten = 1;
		assert_int_equal(tp_addr_parse(&rig->listens[i].addr, VIEW_LIT("127.0.0.1:0"), 0),
				 0);
	}
	rig->realms[0].next_hop_realm = &rig->realms[1];
	rig->realms[0].next_hop.addr = rig->b.flow.remote;
}

void call_rig_configure_media(struct call_rig *rig)
{
	rig->cfg.media_kernel = true;
	rig->cfg.media_timeout_ms = 60000;
	for (int i = 0; i < 2; i++) {
		rig->realms[i].media_address =
			(struct host){ .family = AF_INET,
				       .v4.s_addr = inet_addr(i ? "198.51.100.1" : "192.0.2.1") };
		rig->realms[i].media_port_min = CALL_RIG_PORT_MIN;
		rig->realms[i].media_port_max = CALL_RIG_PORT_MAX;
	}
}

void call_rig_route(struct call_rig *rig, enum cfg_strategy strategy, const int *failover)
{
	static char names[CALL_RIG_CALLEES][2] = { "B", "C", "D" };
	struct cfg_route *route = &rig->route;

	for (int i = 0; i < CALL_RIG_CALLEES; i++) {
		rig->trunks[i].name = names[i];
		rig->trunks[i].realm = &rig->realms[1];
		rig->trunks[i].address.addr = call_rig_callee(rig, i)->flow.remote;
		rig->trunks[i].weight = 1;
		rig->to[i] = &rig->trunks[i];
	}
	memset(&route->failover, 0, sizeof(route->failover));
	for (int status = CFG_STATUS_MIN; !failover && status <= CFG_STATUS_MAX; status++)
		if (status == 408 || status >= 500)
			route->failover.bits[(status - CFG_STATUS_MIN) / 32] |=
				1u << (status - CFG_STATUS_MIN) % 32;
	for (; failover && *failover; failover++)
		route->failover.bits[(*failover - CFG_STATUS_MIN) / 32] |=
			1u << (*failover - CFG_STATUS_MIN) % 32;
	route->to = rig->to;
	route->nto = CALL_RIG_CALLEES;
	route->strategy = strategy;
	rig->cfg.trunks = rig->trunks;
	rig->cfg.ntrunks = CALL_RIG_CALLEES;
	rig->cfg.routes = route;
	if (!rig->cfg.nroutes) {
		rig->cfg.nroutes = 1;
		call_rig_enforce(rig, &rig->cfg);
	}
}

void call_rig_enforce(struct call_rig *rig, struct cfg *cfg)
{
	struct call_settings *settings =
		call_settings_alloc(cfg_get(cfg), rig->loop, !rig->engine->dns);

	assert_non_null(settings);
	call_settings_enforce(rig->engine, settings);
}

/* As the file's check does. */
static void number_names(struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		cfg->realms[i].next_hop.uri.id = ++cfg->last_id;
		cfg->has_dns |= cfg->realms[i].next_hop.uri.text ||
				cfg->realms[i].next_hop_redirect == CFG_REDIRECT_RECURSE;
	}
	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		cfg->trunks[i].address.uri.id = ++cfg->last_id;
		cfg->has_dns |= cfg->trunks[i].address.uri.text ||
				cfg->trunks[i].redirect == CFG_REDIRECT_RECURSE;
	}
}

struct call_peer *call_rig_callee(struct call_rig *rig, unsigned int index)
{
	return index ? &rig->more[index - 1] : &rig->b;
}

const char *call_rig_ladder(const struct call_rig *rig, const char *label)
{
	const struct call *call = TAILQ_FIRST(&rig->engine->active);
	const struct ladder *ladder;

	call = call ? call : TAILQ_FIRST(&rig->engine->finished);
	assert_non_null(call);
	ladder = &call->ladder;
	for (unsigned int i = 0; i < ladder->nevents; i++)
		if (!strncmp(ladder_label(ladder, &ladder->events[i]), label, strlen(label)))
			return ladder_label(ladder, &ladder->events[i]);
	return NULL;
}

int call_rig_setup_with(void **state, void (*more)(struct call_rig *rig))
{
	struct call_rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	peer_open(&rig->a, rig, "A");
	peer_open(&rig->b, rig, "B");
	peer_open(&rig->more[0], rig, "C");
	peer_open(&rig->more[1], rig, "D");
	configure(rig);
	if (more)
		more(rig);
	number_names(&rig->cfg);
	assert_int_equal(loop_alloc(&rig->loop), 0);
	assert_int_equal(call_engine_alloc(&rig->engine, rig->loop, &rig->cfg, NULL), 0);
	peer_connect(&rig->a, 0);
	peer_connect(&rig->b, 1);
	peer_connect(&rig->more[0], 1);
	peer_connect(&rig->more[1], 1);
	rig->start_ms = loop_now_ms(rig->loop);
	*state = rig;
	return 0;
}

int call_rig_setup(void **state)
{
	return call_rig_setup_with(state, NULL);
}

int call_rig_setup_media(void **state)
{
	return call_rig_setup_with(state, call_rig_configure_media);
}

void call_rig_assert_empty(struct call_rig *rig)
{
	const struct sip_stack_stats *stats = call_engine_sip_stats(rig->engine);
	const struct call_engine *engine = rig->engine;
	const struct call_settings *settings;
	unsigned int users = 1 + (engine->trunks != NULL);

	assert_int_equal(engine->counts.active, 0);
	assert_int_equal(engine->rooms, 0);
	/* Nothing refers to settings any more but what is done for trunks all the time. */
	for (unsigned int i = 0; i < engine->cfg->ntrunks; i++)
		users += (engine->cfg->trunks[i].registration != NULL) +
			 (engine->cfg->trunks[i].health_ms != 0);
	LIST_FOREACH(settings, &engine->settings_used, link)
		users -= settings->users;
	assert_int_equal(users, 0);
	assert_int_equal(engine->counts.early, 0);
	assert_int_equal(engine->dialogs.count, 0);
	assert_int_equal(engine->invites.count, 0);
	assert_int_equal(engine->relays.in_use, 0);
	assert_int_equal(engine->hunts.in_use, 0);
	assert_int_equal(engine->branches.in_use, 0);
	assert_int_equal(engine->proxies.in_use, 0);
	assert_int_equal(engine->proxy_branches.in_use, 0);
	assert_int_equal(engine->counts.subscriptions, 0);
	assert_int_equal(engine->outside->dialogs.count, 0);
	assert_int_equal(engine->outside->merged.count, 0);
	assert_int_equal(engine->outside->relay_pool.in_use, 0);
	assert_int_equal(engine->outside->branch_pool.in_use, 0);
	assert_int_equal(engine->outside->subscription_pool.in_use, 0);
	assert_int_equal(engine->outside->request_pool.in_use, 0);
	assert_int_equal(engine->calls.in_use, engine->counts.finished_kept);
	assert_in_range(engine->pairs.in_use, 0, engine->counts.finished_kept);
	assert_int_equal(stats->client_transactions, 0);
	assert_int_equal(stats->server_transactions, 0);
	/* The name of a next hop is looked at for ever. */
	assert_in_range(timer_wheel_count(loop_timers(rig->loop)), 0,
			LIST_EMPTY(&engine->peers) ? 0 : 1);
}

int call_rig_teardown(void **state)
{
	struct call_rig *rig = *state;

	call_rig_advance(rig, loop_now_ms(rig->loop) - rig->start_ms + 100000);
	call_rig_assert_empty(rig);
	call_engine_free(rig->engine);
	loop_free(rig->loop);
	close(rig->a.fd);
	close(rig->b.fd);
	close(rig->more[0].fd);
	close(rig->more[1].fd);
	free(rig);
	return 0;
}

static void peer_note(struct call_peer *peer)
{
	struct call_rig *rig = peer->rig;
	size_t room = sizeof(rig->journal) - rig->journal_len;
	char line[64];
	int len;

	if (sscanf(peer->last, "SIP/2.0 %60s", line) != 1)
		assert_int_equal(sscanf(peer->last, "%60s", line), 1);
	len = snprintf(rig->journal + rig->journal_len, room, "%llu %s %s\n",
		       (unsigned long long)(loop_now_ms(rig->loop) - rig->start_ms), peer->name,
		       line);
	assert_true((size_t)len < room);
	rig->journal_len += len;
}

static void peer_keep(struct call_peer *peer)
{
	const char *cseq = peer_header(peer, "CSeq");
	int status = 0;

	if (sscanf(peer->last, "SIP/2.0 %d", &status) == 1) {
		if (status >= 200 && strstr(cseq, "INVITE"))
			peer->invite_status = status;
	} else if (strstr(cseq, "INVITE")) {
		text_copy(peer->invite, sizeof(peer->invite), peer->last);
	} else if (!strstr(cseq, " ACK")) {
		text_copy(peer->other, sizeof(peer->other), peer->last);
	}
}

static void peer_collect(struct call_peer *peer)
{
	ssize_t len;

	while ((len = recv(peer->fd, peer->last, sizeof(peer->last) - 1, 0)) >= 0) {
		peer->last[len] = '\0';
		peer_note(peer);
		peer_keep(peer);
	}
}

void call_rig_turn(struct call_rig *rig)
{
	call_reap(&rig->engine->reaper);
	tp_flush(rig->engine->tp);
}

void call_rig_settle(struct call_rig *rig)
{
	call_rig_turn(rig);
	peer_collect(&rig->a);
	peer_collect(&rig->b);
	peer_collect(&rig->more[0]);
	peer_collect(&rig->more[1]);
}

void call_rig_expect_at(struct call_rig *rig, const char *text, const char *file, int line)
{
	if (strcmp(rig->journal, text))
		print_error("expected:\n%s\ngot:\n%s\n", text, rig->journal);
	_assert_true(!strcmp(rig->journal, text), "the journal is as expected", file, line);
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

void call_rig_advance(struct call_rig *rig, uint64_t ms)
{
	struct timer_wheel *wheel = loop_timers(rig->loop);
	uint64_t end = rig->start_ms + ms, now;
	int next;

	while ((now = timer_wheel_now(wheel)) < end) {
		next = timer_wheel_next(wheel);
		timer_wheel_advance(wheel, next < 0 || now + next > end ? end : now + next);
		call_rig_settle(rig);
	}
}

/* --- peers --- */

static void peer_send(struct call_peer *peer, const char *text)
{
	/* Of exactly its size, for the sanitizer. */
	char *exact = strdup(text);

	assert_non_null(exact);
	if (text != peer->sent)
		text_copy(peer->sent, sizeof(peer->sent), text);
	sip_stack_receive(peer->rig->engine->stack, &peer->flow, exact, strlen(text));
	free(exact);
	call_rig_settle(peer->rig);
}

void peer_repeat(struct call_peer *peer)
{
	peer_send(peer, peer->sent);
}

/* Unless @extra says it. */
static const char *type_of(const char *extra, const char *body)
{
	if (!body[0] || strstr(extra, "Content-Type:"))
		return "";
	return strstr(body, "--rig") ? "Content-Type: " CALL_RIG_PARTS "\r\n" :
				       "Content-Type: application/sdp\r\n";
}

static void send_request(struct call_peer *peer, const char *method, unsigned int cseq,
			 unsigned int branch, const char *extra, const char *body)
{
	char text[sizeof(peer->sent)];
	int len;

	len = snprintf(text, sizeof(text),
		       "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%s-%u\r\n"
		       "From: <sip:%s@home.example>;tag=%s\r\nTo: <sip:peer@sipd.example>%s%s\r\n"
		       "Call-ID: %s\r\nCSeq: %u %s\r\n%s%s%s%sContact: <sip:%s@%s>\r\n%s%s"
		       "Content-Length: %zu\r\n\r\n%s",
		       method, peer->target, peer->address, peer->name, branch, peer->name,
		       peer->local_tag, peer->remote_tag[0] ? ";tag=" : "", peer->remote_tag,
		       peer->call_id, cseq, method,
		       strstr(extra, "Max-Forwards:") ? "" : "Max-Forwards: 70\r\n",
		       peer->route[0] ? "Route: " : "", peer->route, peer->route[0] ? "\r\n" : "",
		       peer->name, peer->address, extra, type_of(extra, body), strlen(body), body);
	assert_true((size_t)len < sizeof(text));
	peer_send(peer, text);
}

void peer_request(struct call_peer *peer, const char *method, const char *extra, const char *body)
{
	peer->cseq++;
	peer->branch++;
	if (!strcmp(method, "INVITE")) {
		peer->invite_cseq = peer->cseq;
		peer->invite_branch = peer->branch;
		peer->invite_status = 0;
	}
	send_request(peer, method, peer->cseq, peer->branch, extra, body);
}

void peer_ack(struct call_peer *peer, const char *body)
{
	bool own = peer->invite_status >= 200 && peer->invite_status < 300;

	send_request(peer, "ACK", peer->invite_cseq, own ? ++peer->branch : peer->invite_branch, "",
		     body);
}

void peer_cancel(struct call_peer *peer, const char *extra)
{
	send_request(peer, "CANCEL", peer->invite_cseq, peer->invite_branch, extra, "");
}

static void header_of(const char *message, const char *name, char *value, size_t size)
{
	char start[64];
	const char *line;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	line = strstr(message, start);
	snprintf(value, size, "%s", line ? line + strlen(start) : "");
	value[strcspn(value, "\r")] = '\0';
}

/* The same, of all lines of that name, as one list. */
static void all_of(const char *message, const char *name, char *value, size_t size)
{
	char start[64];
	const char *line = message;
	size_t len = 0;

	snprintf(start, sizeof(start), "\r\n%s: ", name);
	value[0] = '\0';
	while ((line = strstr(line, start))) {
		line += strlen(start);
		len += (size_t)snprintf(value + len, size - len, "%s%.*s", len ? ", " : "",
					(int)strcspn(line, "\r"), line);
		assert_true(len < size);
	}
}

void peer_learn_route(struct call_peer *peer)
{
	bool response = !strncmp(peer->last, "SIP/2.0", 7);
	char routes[1024], *last;

	all_of(peer->last, "Record-Route", routes, sizeof(routes));
	peer->route[0] = '\0';
	if (!response) {
		text_copy(peer->route, sizeof(peer->route), routes);
		return;
	}
	while ((last = strrchr(routes, '<'))) {
		strcat(strcat(peer->route, peer->route[0] ? "," : ""), last);
		if (strrchr(peer->route, '>'))
			strrchr(peer->route, '>')[1] = '\0';
		*last = '\0';
	}
}

static void reply_to(struct call_peer *peer, const char *request, int status, const char *tag,
		     const char *extra, const char *body)
{
	char text[sizeof(peer->sent)], via[2048], from[512], to[512], call_id[128], cseq[64];
	char contact[128];

	all_of(request, "Via", via, sizeof(via));
	header_of(request, "From", from, sizeof(from));
	header_of(request, "To", to, sizeof(to));
	header_of(request, "Call-ID", call_id, sizeof(call_id));
	header_of(request, "CSeq", cseq, sizeof(cseq));
	if (strstr(to, ";tag="))
		tag = "";
	snprintf(contact, sizeof(contact), "Contact: <sip:%s@%s>\r\n", peer->name, peer->address);
	snprintf(text, sizeof(text),
		 "SIP/2.0 %d Whatever\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s%s\r\nCall-ID: %s\r\n"
		 "CSeq: %s\r\n%s%s%sContent-Length: %zu\r\n\r\n%s",
		 status, via, from, to, tag[0] ? ";tag=" : "", tag, call_id, cseq,
		 status / 100 == 3 && extra[0] ? "" : contact, extra, type_of(extra, body),
		 strlen(body), body);
	peer_send(peer, text);
}

void peer_reply_invite(struct call_peer *peer, int status, const char *tag, const char *extra,
		       const char *body)
{
	reply_to(peer, peer->invite, status, tag, extra, body);
}

void peer_reply(struct call_peer *peer, int status)
{
	peer_reply_body(peer, status, "");
}

void peer_reply_body(struct call_peer *peer, int status, const char *body)
{
	reply_to(peer, peer->other, status, "", "", body);
}

void peer_reply_other(struct call_peer *peer, int status, const char *tag, const char *extra)
{
	reply_to(peer, peer->other, status, tag, extra, "");
}

const char *call_rig_header(const char *message, const char *name)
{
	static char value[2048];

	header_of(message, name, value, sizeof(value));
	return value;
}

const char *peer_header(const struct call_peer *peer, const char *name)
{
	return call_rig_header(peer->last, name);
}

bool peer_got(const struct call_peer *peer, const char *line)
{
	char whole[256];

	assert_in_range(snprintf(whole, sizeof(whole), "\r\n%s\r\n", line), 1, sizeof(whole) - 1);
	return strstr(peer->last, whole);
}

const char *peer_tag(const struct call_peer *peer, const char *name)
{
	const char *found = strstr(peer_header(peer, name), ";tag=");

	return found ? found + strlen(";tag=") : "";
}

const char *peer_body(const struct call_peer *peer)
{
	return strstr(peer->last, "\r\n\r\n") + 4;
}

void peer_learn(struct call_peer *peer)
{
	bool response = !strncmp(peer->last, "SIP/2.0", 7);
	const char *contact;

	text_copy(peer->remote_tag, sizeof(peer->remote_tag),
		  peer_tag(peer, response ? "To" : "From"));
	if (!response) {
		text_copy(peer->call_id, sizeof(peer->call_id), peer_header(peer, "Call-ID"));
	}
	contact = peer_header(peer, "Contact");
	text_copy(peer->target, sizeof(peer->target), contact + 1);
	*strchr(peer->target, '>') = '\0';
}

/* --- whole calls --- */

void call_rig_forget(struct call_rig *rig)
{
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

void call_rig_establish(struct call_rig *rig)
{
	peer_request(&rig->a, "INVITE", "", CALL_RIG_SDP);
	peer_learn(&rig->b);
	peer_reply_invite(&rig->b, 200, "tag-of-B", "", CALL_RIG_SDP);
	peer_learn(&rig->a);
	peer_ack(&rig->a, "");
	call_rig_expect(rig, "0 A 100\n0 B INVITE\n0 A 200\n0 B ACK\n");
	assert_counts(rig, 1, 0);
	call_rig_forget(rig);
}

void call_rig_refuse(struct call_rig *rig, int status)
{
	peer_reply_invite(&rig->b, status, "tag-of-B", "", "");
	assert_int_equal(rig->a.invite_status, status);
	peer_ack(&rig->a, "");
	call_rig_forget(rig);
}

void call_rig_refused(struct call_rig *rig, const char *extra, const char *body, int status)
{
	char expected[32];

	rig->a.remote_tag[0] = '\0';
	peer_request(&rig->a, "INVITE", extra, body);
	snprintf(expected, sizeof(expected), "0 A %d\n", status);
	call_rig_expect(rig, expected);
	assert_string_not_equal(peer_tag(&rig->a, "To"), "");
	assert_int_equal(rig->engine->counts.total, 0);
	peer_ack(&rig->a, "");
}

void call_rig_hang_up(struct call_rig *rig)
{
	call_rig_forget(rig);
	peer_request(&rig->a, "BYE", "", "");
	assert_int_equal(strncmp(rig->b.last, "BYE ", 4), 0);
	peer_reply(&rig->b, 200);
	assert_int_equal(rig->engine->counts.active, 0);
	call_rig_forget(rig);
}

void assert_counts(struct call_rig *rig, unsigned int active, unsigned int failed)
{
	struct call_counts counts;

	call_counts(rig->engine, &counts);
	assert_int_equal(counts.active, active);
	assert_int_equal(counts.failed, failed);
}

void assert_ports(struct call_rig *rig, unsigned int a, unsigned int b)
{
	unsigned int used, total;

	media_realm_ports(rig->engine->realms[0].media, &used, &total);
	assert_int_equal(used, a);
	media_realm_ports(rig->engine->realms[1].media, &used, &total);
	assert_int_equal(used, b);
}
