// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offers and answers that are complete before the call is answered (RFC 3262 s.5, RFC 3311), for
 * one of the branches that may answer it.
 */
#include <errno.h>
#include <stdlib.h>

#include "media_private.h"

void media_commit_early(struct media_call *mc)
{
	if (!mc->pending || mc->agreed)
		return;
	if (mc->media->client) {
		if (!mc->applied || !mc->applied->answered)
			return;
		mc->first = mc->offer;
		mc->offer = NULL;
		mc->agreed = mc->applied;
	}
	mc->pending = false;
	mc->open = true;
}

void media_reopen(struct media_call *mc)
{
	const struct media_plan *lost;

	if (!mc->open)
		return;
	media_rollback(mc);
	/* From now on nobody but the kernel knows it: freed as soon as that is told another one. */
	lost = mc->agreed;
	mc->agreed = NULL;
	mc->offer = mc->first;
	mc->first = NULL;
	mc->offer_from = MEDIA_A;
	mc->pending = true;
	mc->open = false;
	media_call_put_ports(mc, lost, mc->offer);
}

void media_fork_end(struct media_call *mc)
{
	if (mc->open)
		media_call_forget_forks(mc);
}

static const struct media_plan *offer_to(const struct media_call *mc, unsigned int number)
{
	const struct media_plan *first = mc->open ? mc->first : mc->offer;
	const struct media_plan *fork = mc->forks;

	if (first && first->fork == number)
		return first;
	while (fork && fork->fork != number)
		fork = fork->next;
	return fork;
}

int media_preview(struct media_call *mc, unsigned int number, const struct sdp *answer,
		  struct host signalling, struct sdp_edit *edit)
{
	const struct media_plan *offer = offer_to(mc, number);
	struct media_plan *plan = NULL;
	const char *reason;
	int err;

	memset(edit, 0, sizeof(*edit));
	if (!mc->media->client)
		return 0;
	if (!offer)
		return -EPROTO;
	err = media_plan_reaches(answer, &offer->realms[MEDIA_B]->address, &reason);
	if (!err)
		err = media_plan_answer(offer, MEDIA_B, answer, signalling, &plan, &reason);
	if (!err)
		media_call_edit(mc, MEDIA_A, answer, plan, edit);
	free(plan);
	return err;
}
