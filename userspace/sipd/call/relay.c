// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/relay.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/auth.h"
#include "call/event.h"
#include "call/hide.h"
#include "call/history_back.h"
#include "call/subscription.h"

/* --- requests under way, for merged ones (RFC 3261 s.8.2.2.2) --- */

/* Of Call-ID, From tag, CSeq and method. The hash is keyed: nobody can make two that are equal. */
static uint64_t merge_key(const struct sip_msg *req)
{
	uint32_t low = htab_hash(req->call_id.p, req->call_id.len);
	uint32_t high;

	low = htab_hash_more(low, req->from.tag.p, req->from.tag.len);
	low = htab_hash_more(low, &req->cseq, sizeof(req->cseq));
	low = htab_hash_more(low, req->method_name.p, req->method_name.len);
	high = htab_hash_more(~low, req->call_id.p, req->call_id.len);
	high = htab_hash_more(high, req->from.tag.p, req->from.tag.len);
	return (uint64_t)high << 32 | low;
}

static bool is_merged(const struct outside *outside, uint64_t key)
{
	struct hnode *node = htab_first(&outside->merged, (uint32_t)key);

	for (; node; node = htab_next(node))
		if (HTAB_ENTRY(node, struct relay, merge_node)->merge_key == key)
			return true;
	return false;
}

/* --- birth and death --- */

/* Lets go of all that the answer needed. */
static void let_go(struct relay *relay)
{
	struct relay_branch *branch;

	while ((branch = relay->branches)) {
		relay->branches = branch->next;
		relay_branch_free(branch);
	}
	call_targets_clean(&relay->targets);
	call_best_clean(&relay->best);
	call_history_free(&relay->history);
	memset(&relay->targets, 0, sizeof(relay->targets));
	memset(&relay->best, 0, sizeof(relay->best));
	free(relay->request);
	relay->request = NULL;
}

static void relay_free(struct relay *relay)
{
	let_go(relay);
	LIST_REMOVE(relay, link);
	htab_del(&relay->engine->outside->merged, &relay->merge_node);
	call_settings_put(relay->settings);
	pool_free(&relay->engine->outside->relay_pool, relay);
}

static void st_ended(void *user, struct sip_strans *st)
{
	(void)st;
	relay_free(user);
}

static const struct sip_strans_ops st_ops = {
	.ended = st_ended,
};

/* Takes over the targets of @choice. NULL without memory. */
static struct relay *relay_alloc(struct call_engine *engine, struct sip_strans *st,
				 const struct sip_msg *req, const struct tp_flow *from,
				 struct call_choice *choice)
{
	struct outside *outside = engine->outside;
	struct relay *relay = pool_alloc(&outside->relay_pool);
	char id[SIP_TOKEN_STRLEN];

	if (!relay)
		return NULL;
	memcpy(relay->id, sip_token(engine->stack, 64, id), CALL_ID_STRLEN);
	relay->user = (struct call_outside_user){ .kind = CALL_USER_OUTSIDE, .id = relay->id };
	relay->engine = engine;
	relay->st = st;
	relay->from = *from;
	relay->settings = call_settings_get(choice->settings);
	relay->targets = choice->targets;
	relay->failover = choice->route ? &choice->route->failover : NULL;
	relay->history = call_history_of(req, false);
	relay->merge_key = merge_key(req);
	LIST_INSERT_HEAD(&outside->relays, relay, link);
	htab_add(&outside->merged, &relay->merge_node, (uint32_t)relay->merge_key);
	sip_strans_attach(st, &st_ops, relay);
	flow_own(engine->flows, sip_strans_mark(st), relay->id);
	engine->counts.relayed++;
	return relay;
}

int outside_alloc(struct call_engine *engine)
{
	struct outside *outside = calloc(1, sizeof(*outside));

	if (!outside)
		return -ENOMEM;
	LIST_INIT(&outside->relays);
	LIST_INIT(&outside->subscriptions);
	pool_init(&outside->relay_pool, "relays", sizeof(struct relay));
	pool_init(&outside->branch_pool, "relay branches", sizeof(struct relay_branch));
	pool_init(&outside->subscription_pool, "subscriptions", sizeof(struct subscription));
	pool_init(&outside->request_pool, "subscription requests",
		  sizeof(struct subscription_request));
	if (htab_init(&outside->merged)) {
		free(outside);
		return -ENOMEM;
	}
	if (htab_init(&outside->dialogs)) {
		htab_clean(&outside->merged);
		free(outside);
		return -ENOMEM;
	}
	engine->outside = outside;
	return 0;
}

void outside_set_limit(struct call_engine *engine, unsigned int max_subscriptions)
{
	engine->outside->max_subscriptions = max_subscriptions;
}

void outside_end(struct call_engine *engine)
{
	struct outside *outside = engine->outside;
	struct relay *relay;

	if (!outside)
		return;
	while ((relay = LIST_FIRST(&outside->relays))) {
		struct sip_strans *st = relay->st;

		if (!relay->answered)
			relay_answer(relay, VIEW_NONE, 503, VIEW_NONE, NULL, NULL);
		relay_free(relay);
		sip_strans_detach(st);
	}
	subscriptions_end(engine);
}

void outside_free(struct call_engine *engine)
{
	struct outside *outside = engine->outside;

	if (!outside)
		return;
	htab_clean(&outside->merged);
	htab_clean(&outside->dialogs);
	pool_clean(&outside->relay_pool);
	pool_clean(&outside->branch_pool);
	pool_clean(&outside->subscription_pool);
	pool_clean(&outside->request_pool);
	free(outside);
}

/* --- notes and the answer --- */

void relay_note(struct relay *relay, const char *format, ...)
{
	size_t len = strlen(relay->note);
	va_list args;

	if (len && len + 2 < sizeof(relay->note))
		len += (size_t)snprintf(relay->note + len, sizeof(relay->note) - len, "; ");
	va_start(args, format);
	vsnprintf(relay->note + len, sizeof(relay->note) - len, format, args);
	va_end(args);
	flow_note(relay->engine->flows, sip_strans_mark(relay->st), relay->note);
}

void relay_answer(struct relay *relay, struct view to_tag, int status, struct view reason,
		  const struct sip_out *lines, const struct call_body *body)
{
	relay->answered = true;
	/* A 2xx that is too long must not be cut short. */
	if (call_respond(relay->st, to_tag, status, reason, lines, body))
		call_respond(relay->st, VIEW_NONE, 513, VIEW_NONE, NULL, NULL);
	let_go(relay);
}

/* --- the door --- */

/* What the method itself demands. 0 or a status, with headers in @lines. */
static int screen_method(const struct sip_msg *req, const struct tp_flow *from,
			 struct sip_out *lines)
{
	const char *missing = NULL;

	if (req->body.len && !sip_msg_header(req, SIP_HDR_CONTENT_TYPE, NULL))
		missing = "The body has no Content-Type";
	if (req->method == SIP_SUBSCRIBE && !sip_msg_header(req, SIP_HDR_CONTACT, NULL))
		missing = "SUBSCRIBE without Contact";
	if (missing) {
		call_write_warning(lines, from, 399, missing);
		return 400;
	}
	/* RFC 6665 s.8.3.2, RFC 3903 s.6. */
	if ((req->method == SIP_SUBSCRIBE || req->method == SIP_PUBLISH) &&
	    !event_header(req).len) {
		call_write_warning(lines, from, 399, "One Event is needed");
		return 489;
	}
	return 0;
}

/* 0 or the status that refuses it, with headers in @lines. */
static int screen(struct call_engine *engine, const struct sip_msg *req, const struct tp_flow *from,
		  struct sip_out *lines)
{
	int status;

	if (!call_scheme_ok(req->ruri, from))
		return 416;
	/* What sipd sent itself would come back until Max-Forwards runs out. */
	if (is_merged(engine->outside, merge_key(req)) || call_is_own(engine, &from->remote))
		return 482;
	status = call_screen_request(req, lines);
	if (!status)
		status = screen_method(req, from, lines);
	if (!status && req->method == SIP_SUBSCRIBE && !subscription_has_room(engine)) {
		call_write_warning(lines, from, 399, "As many subscriptions as are allowed");
		sip_out_str(lines, CALL_RETRY_OVERLOAD);
		status = 503;
	}
	return status;
}

static void refuse(struct call_engine *engine, struct sip_strans *st, int status,
		   const struct sip_out *lines)
{
	call_note_refused(engine, st, status, lines);
	call_answer_bare(st, status, lines);
}

/* The targets are in @choice. */
static void carry(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		  const struct tp_flow *from, struct call_choice *choice)
{
	struct relay *relay = relay_alloc(engine, st, req, from, choice);

	if (!relay) {
		call_targets_clean(&choice->targets);
		call_answer_bare(st, 500, NULL);
		return;
	}
	if (choice->route)
		relay_note(relay, "route %.64s",
			   choice->route->match ? choice->route->match : "for any user");
	else
		relay_note(relay, "%.120s",
			   relay->targets.waiting->hunted ?
				   "user of ours" :
				   call_settings_way(engine->settings, call_listener(from)->realm));
	relay_start(relay, req);
}

void relay_receive(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		   const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_choice choice;
	int status = screen(engine, req, from, &lines), err;

	if (!status) {
		err = call_route(engine, call_listener(from)->realm, req, &choice);
		status = err ? call_screen_route(err, engine, from, &lines) : 0;
	}
	if (status)
		refuse(engine, st, status, &lines);
	else
		carry(engine, st, req, from, &choice);
}

bool relay_receive_options(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_choice choice;
	struct sip_uri ruri;
	int status, err;

	/* RFC 3261 s.11: with no hop left it is answered by who has it. */
	if (sip_uri_parse(&ruri, req->ruri) || !call_hide_user(&ruri).len || !req->max_forwards ||
	    !call_scheme_ok(req->ruri, from))
		return false;
	err = call_route(engine, call_listener(from)->realm, req, &choice);
	/* A peer's keep-alive, whatever user it names. */
	if (err == -ENOENT)
		return false;
	/* Before anything is said of who there is. */
	status = call_admit(engine, st, req, from, &lines);
	if (!status)
		status = err ? call_screen_route(err, engine, from, &lines) :
			       screen(engine, req, from, &lines);
	if (!status) {
		carry(engine, st, req, from, &choice);
		return true;
	}
	call_targets_clean(&choice.targets);
	refuse(engine, st, status, &lines);
	return true;
}
