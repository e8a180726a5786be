// SPDX-License-Identifier: GPL-2.0-or-later
/* The media of one call: offers and answers as they pass, ports, and what is written instead. */
#include <errno.h>
#include <stdlib.h>

#include "base/log_limit.h"
#include "media_private.h"

static const char side_names[] = { [MEDIA_A] = 'A', [MEDIA_B] = 'B' };

struct media_call *media_call_alloc(struct media *media, struct media_realm *const realms[2],
				    void *user)
{
	struct media_call *mc = pool_alloc(&media->calls);

	if (!mc)
		return NULL;
	mc->media = media;
	mc->realms[MEDIA_A] = realms[MEDIA_A];
	mc->realms[MEDIA_B] = realms[MEDIA_B];
	mc->user = user;
	media_program_id(mc);
	return mc;
}

/* Gives back the ports of @plan that @keep, which may be NULL, has not. */
static void put_ports(struct media_call *mc, const struct media_plan *plan,
		      const struct media_plan *keep)
{
	for (unsigned int i = 0; plan && i < plan->nstreams; i++) {
		for (unsigned int side = MEDIA_A; side <= MEDIA_B; side++) {
			uint16_t port = plan->streams[i].ports[side];

			if (!port)
				continue;
			if (keep && i < keep->nstreams && keep->streams[i].ports[side] == port)
				continue;
			media_ports_put(&mc->realms[side]->ports, port);
			mc->realms[side]->exhausted = false;
		}
	}
}

static uint16_t get_port(struct media_realm *realm)
{
	uint16_t port = media_ports_get(&realm->ports);

	if (!port && !realm->exhausted) {
		realm->exhausted = true;
		log_warn_limited("realm %s: all %u media ports are in use; calls are refused until "
				 "some end: give it more ports",
				 realm->name, realm->ports.npairs * 2);
	}
	return port;
}

static int get_ports(struct media_call *mc, struct media_plan *plan)
{
	for (unsigned int i = 0; i < plan->nstreams; i++) {
		struct media_stream *stream = &plan->streams[i];

		for (unsigned int side = MEDIA_A; stream->active && side <= MEDIA_B; side++) {
			if (!stream->ports[side])
				stream->ports[side] = get_port(mc->realms[side]);
			if (!stream->ports[side])
				return -ENOSPC;
		}
	}
	return 0;
}

/* Takes over @plan, which may be NULL. */
static void set_applied(struct media_call *mc, struct media_plan *plan)
{
	if (mc->applied != mc->agreed && mc->applied != mc->offer)
		free(mc->applied);
	mc->applied = plan;
}

void media_call_free(struct media_call *mc, struct media_stats *last)
{
	struct media *media = mc->media;
	int err;

	if (last)
		last->nstreams = 0;
	if (last && mc->final)
		*last = *mc->final;
	err = media_program_delete(mc, last);
	put_ports(mc, mc->pending ? mc->offer : mc->agreed, NULL);
	htab_del(&media->sessions, &mc->node);
	/* What could not be deleted is found there, and keeps its ports. */
	if (err)
		media_session_dump(media);
	set_applied(mc, NULL);
	free(mc->agreed);
	free(mc->offer);
	free(mc->final);
	pool_free(&media->calls, mc);
}

/* How @sdp, of which @plan was made, is written for @to. */
static int fill_edit(struct media_call *mc, enum media_side to, const struct sdp *sdp,
		     const struct media_plan *plan, struct sdp_edit *edit)
{
	struct media *media = mc->media;

	edit->media_relayed = true;
	edit->address = mc->realms[to]->advertise;
	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		const struct sdp_media *m = &sdp->media[i];
		uint16_t port = plan->streams[i].ports[to];

		if (!plan->streams[i].active)
			continue;
		edit->media[i].port = port;
		/* RTP's own port there tells that only rtcp-mux will do (RFC 8858). */
		edit->media[i].rtcp_port = m->rtcp_port == m->port ? port : port + 1;
	}
	return sdp_origin_stamp(&mc->origins[to], sdp, edit, media->text, sizeof(media->text));
}

static void forget_offer(struct media_call *mc)
{
	free(mc->offer);
	mc->offer = NULL;
	mc->pending = false;
}

int media_offer(struct media_call *mc, enum media_side from, const struct sdp *offer,
		struct in_addr signalling, struct in_addr to, struct sdp_edit *edit)
{
	struct media_plan *plan = NULL;
	const char *reason = NULL;
	int err;

	if (mc->pending)
		return -EBUSY;
	memset(edit, 0, sizeof(*edit));
	mc->offer_from = from;
	if (!mc->media->client) {
		mc->pending = true;
		return 0;
	}
	err = media_plan_offer(mc->agreed, from, offer, signalling, to, &plan, &reason);
	if (err) {
		if (reason)
			log_info_limited("media: the offer of side %c cannot be relayed: %s",
					 side_names[from], reason);
		return err;
	}
	err = get_ports(mc, plan);
	if (!err)
		err = fill_edit(mc, !from, offer, plan, edit);
	if (err) {
		put_ports(mc, plan, mc->agreed);
		free(plan);
		return err;
	}
	mc->offer = plan;
	mc->pending = true;
	/* Refused, it is tried again with the answer. */
	if (!mc->agreed && !media_program(mc, plan))
		mc->applied = plan;
	return 0;
}

static int refuse_answer(enum media_side from, int err, const char *reason)
{
	if (reason)
		log_info_limited("media: the answer of side %c cannot be used: %s",
				 side_names[from], reason);
	return err;
}

int media_answer(struct media_call *mc, enum media_side from, const struct sdp *answer,
		 struct in_addr signalling, struct sdp_edit *edit)
{
	struct media_plan *plan = NULL;
	const char *reason = NULL;
	int err;

	if (!mc->pending || mc->offer_from == from)
		return refuse_answer(from, -EPROTO, "no offer was made to it");
	memset(edit, 0, sizeof(*edit));
	if (!mc->media->client)
		return 0;
	err = media_plan_answer(mc->offer, from, answer, signalling, &plan, &reason);
	if (err)
		return refuse_answer(from, err, reason);
	err = fill_edit(mc, !from, answer, plan, edit);
	if (!err)
		err = media_program(mc, plan);
	if (err) {
		free(plan);
		return err;
	}
	set_applied(mc, plan);
	return 0;
}

void media_commit(struct media_call *mc)
{
	if (!mc->pending)
		return;
	if (mc->applied == mc->agreed || mc->applied == mc->offer) {
		/* There was no answer. */
		media_rollback(mc);
		return;
	}
	put_ports(mc, mc->offer, mc->applied);
	free(mc->agreed);
	mc->agreed = mc->applied;
	forget_offer(mc);
}

void media_rollback(struct media_call *mc)
{
	if (!mc->pending)
		return;
	put_ports(mc, mc->offer, mc->agreed);
	if (mc->applied != mc->agreed) {
		media_program_undo(mc);
		set_applied(mc, mc->agreed);
	}
	forget_offer(mc);
}

int media_call_stats(struct media_call *mc, struct media_stats *stats)
{
	struct media *media = mc->media;
	int err;

	if (mc->final) {
		*stats = *mc->final;
		return 0;
	}
	if (!mc->applied)
		return -ENOENT;
	err = mc->in_kernel ? sf_session_get(media->client, mc->id, &media->session) : -ENOENT;
	if (err && err != -ENOENT)
		return err;
	media_endpoint_stats(mc->applied, mc->realms, err ? NULL : &media->session, stats);
	return mc->applied->answered || stats->nstreams ? 0 : -ENOENT;
}
