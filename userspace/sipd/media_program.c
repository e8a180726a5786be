// SPDX-License-Identifier: GPL-2.0-or-later
/* A call's session in the kernel: each change of plan is one request. */
#include <errno.h>
#include <stdlib.h>

#include "base/log_limit.h"
#include "media_private.h"

void media_program_id(struct media_call *mc)
{
	struct media *media = mc->media;

	htab_del(&media->sessions, &mc->node);
	do {
		mc->id = media->next_id;
		media->next_id += media->share.count;
	} while (!mc->id);
	htab_add(&media->sessions, &mc->node, htab_hash(&mc->id, sizeof(mc->id)));
}

/*
 * A fax may be silent while one side waits for the other: for up to 40 s (T1 of ITU-T T.30), and
 * UDPTL keeps nothing alive in between.
 */
#define FAX_SILENCE_MS 60000

/* 0, never, until the first answer: who rings sends nothing. */
static uint32_t plan_timeout(const struct media_call *mc, const struct media_plan *plan)
{
	uint32_t timeout = media_plan_flows(plan) ? mc->timeout_ms : 0;

	return timeout && timeout < FAX_SILENCE_MS && media_plan_has_fax(plan) ? FAX_SILENCE_MS :
										 timeout;
}

static int refused(const struct media_call *mc, const char *what)
{
	log_error_limited("media: the kernel refused to %s the session of a call: %s", what,
			  sf_error(mc->media->client));
	return -EIO;
}

static int add(struct media_call *mc, const struct media_plan *want)
{
	struct media *media = mc->media;
	struct sf_session *session = &media->session;

	session->id = mc->id;
	session->owner = SF_OWNER_SIPD;
	session->timeout_ms = plan_timeout(mc, want);
	session->has_timeout = session->timeout_ms;
	media_endpoint_diff(NULL, want, session);
	if (sf_session_add(media->client, session))
		return refused(mc, "add");
	media_set_in_kernel(mc, true);
	mc->early = false;
	free(mc->final);
	mc->final = NULL;
	return 0;
}

/* What was learned before the first answer. */
static void get_learned(const struct media_call *mc, struct media_learned learned[MEDIA_ENDPOINTS])
{
	struct media *media = mc->media;
	const struct sf_session *session = &media->session;

	memset(learned, 0, MEDIA_ENDPOINTS * sizeof(*learned));
	if (!mc->early || mc->applied->answered ||
	    sf_session_get_brief(media->client, mc->id, &media->session))
		return;
	for (unsigned int i = 0; i < session->nendpoints; i++) {
		const struct sf_endpoint *ep = &session->endpoints[i];

		if (ep->learned)
			learned[(ep->id - 1) % MEDIA_ENDPOINTS] =
				(struct media_learned){ .id = ep->id, .remote = ep->remote };
	}
}

/* Changes that are more than one request may have get a new session. */
static int replace(struct media_call *mc, const struct media_plan *want)
{
	int err = media_program_delete(mc, NULL);

	if (err)
		return err;
	media_program_id(mc);
	return add(mc, want);
}

static int change(struct media_call *mc, const struct media_plan *want)
{
	struct media *media = mc->media;
	struct sf_session *session = &media->session;
	struct media_learned learned[MEDIA_ENDPOINTS];
	int err;

	get_learned(mc, learned);
	session->id = mc->id;
	session->timeout_ms = plan_timeout(mc, want);
	session->has_timeout = session->timeout_ms != plan_timeout(mc, mc->applied);
	if (!media_endpoint_diff(mc->applied, want, session))
		return replace(mc, want);
	media_endpoint_keep(session, learned);
	if (!session->nendpoints && !session->has_timeout)
		return 0;
	err = sf_session_set(media->client, session);
	if (err == -ENOENT) {
		/* Somebody deleted it, or it timed out: that event must not meet the new one. */
		log_warn_limited("media: the session of a call is gone from the kernel, adding it "
				 "again");
		media_set_in_kernel(mc, false);
		media_program_id(mc);
		return add(mc, want);
	}
	return err ? refused(mc, "change") : 0;
}

int media_program(struct media_call *mc, const struct media_plan *want)
{
	if (!want || !media_plan_relays(want))
		return media_program_delete(mc, NULL);
	return mc->in_kernel ? change(mc, want) : add(mc, want);
}

void media_program_undo(struct media_call *mc)
{
	if (!media_program(mc, mc->agreed) || mc->agreed)
		return;
	media_set_in_kernel(mc, false);
	media_program_id(mc);
	media_session_dump(mc->media);
}

int media_program_delete(struct media_call *mc, struct media_stats *last)
{
	struct media *media = mc->media;
	int err;

	if (!mc->in_kernel)
		return 0;
	err = sf_session_del_brief(media->client, mc->id, last ? &media->session : NULL);
	if (last)
		media_endpoint_stats(mc->applied, err ? NULL : &media->session, last);
	if (err && err != -ENOENT)
		return refused(mc, "delete");
	media_set_in_kernel(mc, false);
	return 0;
}
