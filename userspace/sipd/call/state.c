// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/state.h"

#include <stdlib.h>
#include <time.h>

#include "call/digest.h"
#include "call/exchange.h"
#include "call/history_back.h"
#include "call/hunt.h"
#include "call/refer.h"
#include "call/transfer.h"
#include "sip/shard.h"

const char *call_state_name(enum call_state state)
{
	static const char *const names[] = {
		[CALL_RESOLVING] = "resolving",
		[CALL_TRYING] = "trying",
		[CALL_EARLY] = "early",
		[CALL_ANSWERED] = "answered",
		[CALL_ESTABLISHED] = "established",
		[CALL_ENDING] = "ending",
		[CALL_ENDED] = "ended",
	};

	return names[state];
}

static double unix_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct call *call_alloc(struct call_engine *engine, struct call_realm *const realms[2])
{
	struct media_realm *const media[2] = { realms[MEDIA_A]->media, realms[MEDIA_B]->media };
	char id[SIP_TOKEN_STRLEN];
	struct call *call;

	call = pool_alloc(&engine->calls);
	if (!call) {
		call_room_give(engine);
		return NULL;
	}
	call->engine = engine;
	call->state = CALL_TRYING;
	call->realm[MEDIA_A] = realms[MEDIA_A];
	call->realm[MEDIA_B] = realms[MEDIA_B];
	call->media = media_call_alloc(engine->media, media, call);
	if (!call->media) {
		pool_free(&engine->calls, call);
		call_room_give(engine);
		return NULL;
	}
	call->settings = call_settings_get(engine->settings);
	memcpy(call->id, sip_token(engine->stack, 64, id), CALL_ID_STRLEN);
	call->start = unix_time();
	call->start_ms = loop_now_ms(engine->loop);
	call->ended_by = "";
	TAILQ_INSERT_HEAD(&engine->active, call, link);
	engine->counts.active++;
	engine->counts.early++;
	engine->counts.total++;
	return call;
}

struct call_pair *call_pair_alloc(struct call *call)
{
	struct call_pair *pair = pool_alloc(&call->engine->pairs);
	struct call_pair **at = &call->pairs;

	if (!pair)
		return NULL;
	pair->call = call;
	pair->leg[MEDIA_A].user = pair;
	pair->leg[MEDIA_B].user = pair;
	while (*at)
		at = &(*at)->next;
	*at = pair;
	return pair;
}

void call_pair_free(struct call_pair *pair)
{
	struct call *call = pair->call;
	struct call_pair **at = &call->pairs;
	struct call_relay *relay;

	call_pair_stop_sessions(pair);
	while (*at != pair)
		at = &(*at)->next;
	*at = pair->next;
	for (relay = call->relays; relay; relay = relay->next)
		if (relay->pair == pair)
			relay->pair = NULL;
	if (call->hunt && call->hunt->early == pair)
		call->hunt->early = NULL;
	sip_reliable_clean(&pair->early.out);
	free(pair->early.answer);
	free(pair->early.held);
	for (int side = MEDIA_A; side <= MEDIA_B; side++) {
		sip_shard_release(&pair->leg[side].claim);
		sip_dialog_del(&call->engine->dialogs, &pair->leg[side]);
		sip_dialog_clean(&pair->leg[side]);
	}
	pool_free(&call->engine->pairs, pair);
}

void call_pairs_keep(struct call *call, const struct call_pair *keep)
{
	struct call_pair *pair = call->pairs, *next;

	while (pair) {
		next = pair->next;
		if (pair != keep)
			call_pair_free(pair);
		pair = next;
	}
}

struct call_relay *call_relay_alloc(struct call *call, enum sip_method method, enum media_side from,
				    struct sip_strans *st, const struct sip_strans_ops *ops)
{
	struct call_relay *relay = pool_alloc(&call->engine->relays);

	if (!relay)
		return NULL;
	relay->call = call;
	relay->method = (uint8_t)method;
	relay->from = (uint8_t)from;
	relay->st = st;
	relay->next = call->relays;
	relay->pprev = &call->relays;
	if (relay->next)
		relay->next->pprev = &relay->next;
	call->relays = relay;
	call->nrelays++;
	if (st) {
		sip_strans_attach(st, ops, relay);
		flow_own(call->engine->flows, sip_strans_mark(st), call->id);
	}
	return relay;
}

static void relay_free(struct call_relay *relay)
{
	struct call *call = relay->call;
	struct call_pair *pair;

	call_branch_forget(relay);
	for (pair = call->pairs; pair; pair = pair->next)
		if (pair->invite == relay)
			pair->invite = NULL;
	*relay->pprev = relay->next;
	if (relay->next)
		relay->next->pprev = relay->pprev;
	call->nrelays--;
	if (call->invite == relay) {
		call_merge_del(call);
		call->invite = NULL;
	}
	free(relay->ack_body);
	free(relay->target);
	pool_free(&call->engine->relays, relay);
}

void call_relay_drop(struct call_relay *relay)
{
	if (!relay->st && !relay->ct && !relay->held)
		relay_free(relay);
}

static void relay_ended(struct call_relay *relay)
{
	struct call *call = relay->call;

	call_relay_drop(relay);
	call_settle(call);
}

void call_relay_st_ended(void *user, struct sip_strans *st)
{
	struct call_relay *relay = user;

	(void)st;
	relay->st = NULL;
	relay_ended(relay);
}

void call_relay_ct_ended(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;

	(void)ct;
	relay->ct = NULL;
	relay_ended(relay);
}

struct call_relay *call_invite_pending(const struct call *call, enum media_side from)
{
	struct call_relay *relay;

	for (relay = call->relays; relay; relay = relay->next) {
		if (relay->method != SIP_INVITE || relay->from != from)
			continue;
		if (relay->stage == CALL_STAGE_PROCEEDING ||
		    (relay->stage == CALL_STAGE_ACCEPTED && !relay->acked_in))
			return relay;
	}
	return NULL;
}

/* Keeps of the statistics what there is, not the room for all streams there could be. */
static void release_media(struct call *call)
{
	struct media_stats stats = { 0 };
	size_t size;

	if (!call->media)
		return;
	media_call_free(call->media, &stats);
	call->media = NULL;
	if (!stats.nstreams)
		return;
	size = offsetof(struct media_stats, streams) + stats.nstreams * sizeof(*stats.streams);
	call->media_stats = malloc(size);
	if (!call->media_stats)
		return;
	memcpy(call->media_stats, &stats, size);
	call_trace_media_end(call);
}

void call_mark_ending(struct call *call, const char *by, struct view why)
{
	if (call->state >= CALL_ENDING)
		return;
	if (call->state < CALL_ANSWERED)
		call->engine->counts.early--;
	call->state = CALL_ENDING;
	call_transfer_ending(call);
	call->end_ms = call_now(call);
	call->ended_by = by;
	if (!call->reason && why.len)
		call->reason = view_dup(why);
	call_sessions_stop(call);
	call_start_end_timer(call);
}

static bool waits_for(const struct call_relay *relay)
{
	if (relay->ct && !relay->final)
		return relay->method == SIP_INVITE || relay->method == SIP_BYE;
	return relay->stage == CALL_STAGE_REFUSED && relay->st;
}

/* At the end of the turn. */
static void defer(struct call *call)
{
	if (call->reap_due || call->media_due)
		return;
	TAILQ_INSERT_TAIL(&call->engine->reap, call, reap_link);
	loop_defer(call->engine->loop, &call->engine->reaper, call_reap);
}

void call_session_over(struct call *call)
{
	if (call->state != CALL_ENDING || !call->answer_ms || !call->media)
		return;
	if (call->bye_due[MEDIA_A] || call->bye_due[MEDIA_B])
		return;
	defer(call);
	call->media_due = true;
}

void call_settle(struct call *call)
{
	struct call_relay *relay;

	if (call->state != CALL_ENDING || call->reap_due)
		return;
	if (call->bye_due[MEDIA_A] || call->bye_due[MEDIA_B])
		return;
	for (relay = call->relays; relay; relay = relay->next)
		if (waits_for(relay))
			return;
	defer(call);
	call->reap_due = true;
}

static void relays_free(struct call *call)
{
	struct call_relay *relay;

	while ((relay = call->relays)) {
		if (relay->st)
			sip_strans_detach(relay->st);
		if (relay->ct)
			sip_ctrans_detach(relay->ct);
		relay_free(relay);
	}
}

static void take_down(struct call *call)
{
	struct call_engine *engine = call->engine;
	struct call_pair *pair = call->pairs;

	loop_timer_cancel(engine->loop, &call->timer);
	call_hunt_free(call);
	call_history_free(&call->history);
	release_media(call);
	call_session_sdp_clean(call);
	call_digests_free(call);
	call_passed_clean(call);
	relays_free(call);
	call_pairs_keep(call, pair);
	for (int side = MEDIA_A; pair && side <= MEDIA_B; side++) {
		sip_shard_release(&pair->leg[side].claim);
		sip_dialog_del(&engine->dialogs, &pair->leg[side]);
		sip_dialog_terminate(&pair->leg[side]);
	}
	if (pair)
		pair->account = NULL;
	call_settings_put(call->settings);
	call->settings = NULL;
	call->state = CALL_ENDED;
	engine->counts.active--;
	call_room_give(engine);
	if (call->fault || (call->code >= 300 && call->code != 487))
		engine->counts.failed++;
	TAILQ_REMOVE(&engine->active, call, link);
	call_record(call);
}

void call_reap(struct loop_deferred *deferred)
{
	struct call_engine *engine = HTAB_ENTRY(deferred, struct call_engine, reaper);
	struct call *call;

	while ((call = TAILQ_FIRST(&engine->reap))) {
		TAILQ_REMOVE(&engine->reap, call, reap_link);
		call->media_due = false;
		if (call->reap_due)
			take_down(call);
		else
			release_media(call);
	}
}

void call_free(struct call *call)
{
	while (call->pairs)
		call_pair_free(call->pairs);
	ladder_clean(&call->ladder);
	free(call->media_stats);
	free(call->reason);
	pool_free(&call->engine->calls, call);
}
