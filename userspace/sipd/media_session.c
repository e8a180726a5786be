// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel tells of its sessions: dumps and events. */
#include <errno.h>
#include <stdlib.h>

#include "base/log_limit.h"
#include "media_private.h"

static struct media_call *call_of(struct hnode *node)
{
	return HTAB_ENTRY(node, struct media_call, node);
}

struct media_call *media_session_find(struct media *media, uint64_t id)
{
	struct hnode *node = htab_first(&media->sessions, htab_hash(&id, sizeof(id)));

	while (node && call_of(node)->id != id)
		node = htab_next(node);
	return node ? call_of(node) : NULL;
}

struct dump {
	struct media *media;
	int count;
	bool no_memory;
};

static int take_stock(const struct sf_session *session, void *arg)
{
	struct dump *dump = arg;
	struct media_call *mc = media_session_find(dump->media, session->id);

	dump->count++;
	if (mc)
		mc->generation = dump->media->generation;
	else if (media_orphan_add(dump->media, session))
		dump->no_memory = true;
	return 0;
}

int media_session_dump(struct media *media)
{
	static const uint32_t owner = SF_OWNER_SIPD;
	struct dump dump = { .media = media };
	int err;

	if (!media->client)
		return 0;
	media->generation++;
	err = sf_session_dump(media->client, &owner, take_stock, &dump);
	if (err) {
		log_error_limited("media: cannot list the kernel's sessions: %s",
				  sf_error(media->client));
		return err;
	}
	media_orphan_forget_unseen(media);
	if (dump.no_memory) {
		log_error_limited("media: no memory for sessions that an earlier sipd left");
		return -ENOMEM;
	}
	return dump.count;
}

unsigned int media_session_count(const struct media *media)
{
	return media->in_kernel;
}

int media_kernel_sessions(struct media *media, unsigned int elsewhere)
{
	struct sf_status status;
	int err;

	if (!media->client)
		return 0;
	err = sf_status_get(media->client, &status, NULL, NULL);
	if (err)
		return err;
	/* No event tells that somebody else has deleted an orphan. */
	if (media->orphans.count &&
	    status.sessions < media->orphans.count + media->in_kernel + elsewhere)
		media_session_dump(media);
	return status.sessions;
}

/* The kernel has ended a session. The handler may free @mc. */
static void session_ended(struct media_call *mc, const struct sf_session *session)
{
	struct media *media = mc->media;

	media_set_in_kernel(mc, false);
	if (!mc->final)
		mc->final = malloc(sizeof(*mc->final));
	if (mc->final)
		media_endpoint_stats(mc->applied, session, mc->final);
	if (media->handlers.timeout)
		media->handlers.timeout(media->arg, mc->user);
}

struct missing {
	struct media *media;
	uint64_t *ids;
	size_t count;
};

static void collect_missing(struct hnode *node, void *arg)
{
	struct missing *missing = arg;
	struct media_call *mc = call_of(node);

	if (mc->in_kernel && mc->generation != missing->media->generation)
		missing->ids[missing->count++] = mc->id;
}

/* Events were lost. Sessions that are missing have timed out; what they counted is lost, too. */
static void catch_up(struct media *media)
{
	struct missing missing = { .media = media };

	log_warn_limited("media: the kernel's events came too fast, comparing all sessions");
	if (media_session_dump(media) < 0)
		return;
	missing.ids = malloc((media->sessions.count + 1) * sizeof(*missing.ids));
	if (!missing.ids) {
		log_error_limited("media: no memory to find the sessions that timed out");
		return;
	}
	htab_each(&media->sessions, collect_missing, &missing);
	for (size_t i = 0; i < missing.count; i++) {
		struct media_call *mc = media_session_find(media, missing.ids[i]);

		if (mc && mc->in_kernel)
			session_ended(mc, NULL);
	}
	free(missing.ids);
}

static void on_event(const struct sf_event *event, void *arg)
{
	const struct sf_session *session = event->session;
	struct media *media = arg;
	struct media_call *mc;
	char text[128];

	if (event->type == SF_EVENT_OVERRUN) {
		catch_up(media);
		return;
	}
	if (event->type != SF_EVENT_LEARNED && event->type != SF_EVENT_TIMEOUT &&
	    event->type != SF_EVENT_DTMF)
		return;
	mc = media_session_find(media, session->id);
	if (event->type == SF_EVENT_DTMF) {
		if (mc && media->handlers.digit && session->nendpoints)
			media->handlers.digit(media->arg, mc->user,
					      media_endpoint_side(&session->endpoints[0]));
		return;
	}
	if (event->type == SF_EVENT_LEARNED) {
		if (mc)
			mc->early |= mc->applied && !mc->applied->answered;
		if (mc && media->handlers.learned && session->nendpoints &&
		    media_endpoint_text(mc->applied, &session->endpoints[0], text, sizeof(text)))
			media->handlers.learned(media->arg, mc->user, text);
	} else if (mc && mc->in_kernel) {
		session_ended(mc, session);
	} else if (!mc) {
		media_orphan_forget(media, session->id);
	}
}

void media_session_event(struct loop_fd *lfd, uint32_t events)
{
	struct media *media = (struct media *)((char *)lfd - offsetof(struct media, lfd));
	int ret = sf_monitor_read(media->monitor, on_event, media);

	(void)events;
	if (ret < 0)
		log_error_limited("media: cannot read the kernel's events: %s", sf_error(NULL));
}
