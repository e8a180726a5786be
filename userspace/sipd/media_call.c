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
	mc->timeout_ms = media->config.timeout_ms;
	mc->realms[MEDIA_A] = realms[MEDIA_A];
	mc->realms[MEDIA_B] = realms[MEDIA_B];
	mc->user = user;
	media_program_id(mc);
	return mc;
}

static bool has_port(const struct media_plan *plan, unsigned int i, enum media_side side,
		     const struct media_realm *realm, uint16_t port)
{
	return plan && i < plan->nstreams && plan->realms[side] == realm &&
	       plan->streams[i].ports[side] == port;
}

void media_call_put_ports(const struct media_call *mc, const struct media_plan *plan,
			  const struct media_plan *keep)
{
	for (unsigned int i = 0; plan && i < plan->nstreams; i++) {
		for (unsigned int side = MEDIA_A; side <= MEDIA_B; side++) {
			struct media_realm *realm = plan->realms[side];
			uint16_t port = plan->streams[i].ports[side];

			if (!port || has_port(keep, i, side, realm, port) ||
			    has_port(mc->first, i, side, realm, port) ||
			    has_port(mc->agreed, i, side, realm, port))
				continue;
			media_ports_put(&realm->ports, port);
			realm->exhausted = false;
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

static int get_ports(struct media_plan *plan)
{
	for (unsigned int i = 0; i < plan->nstreams; i++) {
		struct media_stream *stream = &plan->streams[i];

		for (unsigned int side = MEDIA_A; stream->active && side <= MEDIA_B; side++) {
			if (!stream->ports[side])
				stream->ports[side] = get_port(plan->realms[side]);
			if (!stream->ports[side])
				return -ENOSPC;
		}
	}
	return 0;
}

/* Is it what was agreed on, or offered to one branch or another? */
static bool is_kept(const struct media_call *mc, const struct media_plan *plan)
{
	const struct media_plan *fork = mc->forks;

	while (fork && fork != plan)
		fork = fork->next;
	return plan == mc->agreed || plan == mc->offer || plan == mc->first || fork;
}

/* Takes over @plan, which may be NULL. */
static void set_applied(struct media_call *mc, struct media_plan *plan)
{
	if (!is_kept(mc, mc->applied))
		free(mc->applied);
	mc->applied = plan;
}

void media_call_forget_forks(struct media_call *mc)
{
	const struct media_plan *keep = mc->offer;
	struct media_plan *fork, *first = mc->first;

	while ((fork = mc->forks)) {
		mc->forks = fork->next;
		media_call_put_ports(mc, fork, keep);
		free(fork);
	}
	mc->first = NULL;
	mc->open = false;
	media_call_put_ports(mc, first, keep);
	free(first);
}

void media_call_free(struct media_call *mc, struct media_stats *last)
{
	struct media_plan *agreed = mc->agreed;
	struct media *media = mc->media;
	int err;

	if (last)
		last->nstreams = 0;
	if (last && mc->final)
		*last = *mc->final;
	err = media_program_delete(mc, last);
	set_applied(mc, NULL);
	media_call_forget_forks(mc);
	media_call_put_ports(mc, mc->offer, NULL);
	mc->agreed = NULL;
	media_call_put_ports(mc, agreed, NULL);
	htab_del(&media->sessions, &mc->node);
	/* What could not be deleted is found there, and keeps its ports. */
	if (err)
		media_session_dump(media);
	free(agreed);
	free(mc->offer);
	free(mc->final);
	pool_free(&media->calls, mc);
}

void media_call_edit(struct media_call *mc, enum media_side to, const struct sdp *sdp,
		     const struct media_plan *plan, struct sdp_edit *edit)
{
	edit->media_relayed = true;
	edit->address = plan->realms[to]->advertise;
	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		const struct sdp_media *m = &sdp->media[i];
		uint16_t port = plan->streams[i].ports[to];

		if (!plan->streams[i].active || plan->streams[i].withheld)
			continue;
		edit->media[i].port = port;
		/* RTP's own port there tells that only rtcp-mux will do (RFC 8858). */
		edit->media[i].rtcp_port = m->rtcp_port == m->port ? port : port + 1;
	}
	sdp_origin_stamp(&mc->origins[to], sdp, edit);
}

static void forget_offer(struct media_call *mc)
{
	free(mc->offer);
	mc->offer = NULL;
	mc->pending = false;
}

static const struct media_realm *realm_of(const struct media_call *mc, enum media_side side)
{
	return mc->agreed ? mc->agreed->realms[side] : mc->realms[side];
}

int media_offer(struct media_call *mc, enum media_side from, const struct sdp *offer,
		struct host signalling, struct host to, struct sdp_edit *edit)
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
	err = media_plan_reaches(offer, &realm_of(mc, from)->address, &reason);
	if (!err)
		err = media_plan_offer(mc->agreed, from, offer, signalling, to, &plan, &reason);
	if (err) {
		if (reason)
			log_info_limited("media: the offer of side %c cannot be relayed: %s",
					 side_names[from], reason);
		return err;
	}
	if (!mc->agreed)
		memcpy(plan->realms, mc->realms, sizeof(plan->realms));
	err = get_ports(plan);
	if (err) {
		media_call_put_ports(mc, plan, NULL);
		free(plan);
		return err;
	}
	media_call_edit(mc, !from, offer, plan, edit);
	mc->offer = plan;
	mc->pending = true;
	/* Refused, it is tried again with the answer. */
	if (!mc->agreed && !media_program(mc, plan))
		mc->applied = plan;
	return 0;
}

int media_fork(struct media_call *mc, unsigned int number, struct media_realm *realm,
	       const struct sdp *offer, struct host to, struct sdp_edit *edit)
{
	const struct media_plan *first = mc->open ? mc->first : mc->offer;
	enum media_side other = mc->open ? MEDIA_B : !mc->offer_from;
	struct media_plan *fork;
	int err;

	if (!mc->open && (!mc->pending || mc->agreed))
		return -EPROTO;
	memset(edit, 0, sizeof(*edit));
	if (!mc->media->client)
		return 0;
	fork = media_plan_fork(first, other, number, to);
	if (!fork)
		return -ENOMEM;
	fork->realms[other] = realm;
	err = media_plan_withhold(fork, offer) ? get_ports(fork) : -EPROTONOSUPPORT;
	if (err) {
		media_call_put_ports(mc, fork, first);
		free(fork);
		return err;
	}
	media_call_edit(mc, other, offer, fork, edit);
	fork->next = mc->forks;
	mc->forks = fork;
	return 0;
}

void media_fork_choose(struct media_call *mc, unsigned int number)
{
	struct media_plan **at = &mc->forks, *fork;

	while (*at && (*at)->fork != number)
		at = &(*at)->next;
	fork = *at;
	if (!fork || !mc->offer)
		return;
	*at = mc->offer;
	mc->offer->next = fork->next;
	fork->next = NULL;
	mc->offer = fork;
}

void media_fork_show(struct media_call *mc, unsigned int number)
{
	media_fork_choose(mc, number);
	if (!mc->pending || !mc->offer || mc->offer->fork != number || mc->applied == mc->offer)
		return;
	/* Refused, it is tried again with the answer. */
	if (!media_program(mc, mc->offer))
		set_applied(mc, mc->offer);
}

void media_fork_drop(struct media_call *mc, unsigned int number)
{
	struct media_plan **at = &mc->forks, *fork;

	while (*at && (*at)->fork != number)
		at = &(*at)->next;
	fork = *at;
	/* What the kernel would not part with keeps its ports. */
	if (!fork || (mc->applied && mc->applied->fork == number))
		return;
	*at = fork->next;
	media_call_put_ports(mc, fork, mc->offer);
	free(fork);
}

void media_call_move(struct media_call *mc, enum media_side side, struct media_realm *realm)
{
	mc->realms[side] = realm;
}

void media_call_adopt(struct media_call *mc, enum media_side side, const struct sdp_origin *origin)
{
	mc->origins[side] = *origin;
}

struct sdp_origin media_call_origin(const struct media_call *mc, enum media_side side)
{
	return mc->origins[side];
}

unsigned int media_call_lines(const struct media_call *mc)
{
	return mc->agreed ? mc->agreed->nlines : 0;
}

static int refuse_answer(enum media_side from, int err, const char *reason)
{
	if (reason)
		log_info_limited("media: the answer of side %c cannot be used: %s",
				 side_names[from], reason);
	return err;
}

int media_answer(struct media_call *mc, enum media_side from, const struct sdp *answer,
		 struct host signalling, struct sdp_edit *edit)
{
	struct media_plan *plan = NULL;
	const char *reason = NULL;
	int err;

	if (!mc->pending || mc->offer_from == from)
		return refuse_answer(from, -EPROTO, "no offer was made to it");
	memset(edit, 0, sizeof(*edit));
	if (!mc->media->client)
		return 0;
	err = media_plan_reaches(answer, &mc->offer->realms[from]->address, &reason);
	if (!err)
		err = media_plan_answer(mc->offer, from, answer, signalling, &plan, &reason);
	if (err)
		return refuse_answer(from, err, reason);
	media_call_edit(mc, !from, answer, plan, edit);
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
	struct media_plan *was = mc->agreed;

	if (!mc->pending)
		return;
	if (mc->applied == mc->agreed || !mc->applied->answered) {
		/* There was no answer. */
		media_rollback(mc);
		return;
	}
	if (!mc->open)
		media_call_forget_forks(mc);
	mc->agreed = mc->applied;
	media_call_put_ports(mc, mc->offer, NULL);
	/* Those of a line that has become another one, which the offer had no more. */
	media_call_put_ports(mc, was, mc->offer);
	free(was);
	forget_offer(mc);
}

void media_rollback(struct media_call *mc)
{
	if (!mc->pending)
		return;
	media_call_put_ports(mc, mc->offer, NULL);
	if (mc->applied != mc->agreed) {
		media_program_undo(mc);
		set_applied(mc, mc->agreed);
	}
	if (!mc->open)
		media_call_forget_forks(mc);
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
	err = mc->in_kernel ? sf_session_get_brief(media->client, mc->id, &media->session) :
			      -ENOENT;
	if (err && err != -ENOENT)
		return err;
	media_endpoint_stats(mc->applied, err ? NULL : &media->session, stats);
	return mc->applied->answered || stats->nstreams ? 0 : -ENOENT;
}
