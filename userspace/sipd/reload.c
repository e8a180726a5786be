// SPDX-License-Identifier: GPL-2.0-or-later
#include "reload.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mailbox.h"
#include "config/diff.h"

#define MAX_LINES 1000

struct lines {
	char *line[MAX_LINES];
	unsigned int count;
};

struct reload {
	struct cfg_reloader reloader; /* first */
	const struct cfg *cfg; /* in force; a reference */
	struct shards *shards;
	struct cfg_certs *certs;
	struct mailbox *box;
	struct mail done;
	pthread_t thread;
	bool running; /* from reload_start() until @cb has been called */
	bool joinable;
	enum cfg_reload_purpose purpose;
	cfg_reload_cb cb;
	void *arg;
	/* What the thread makes: */
	struct cfg *next; /* a reference; NULL: it is not right */
	struct shards_settings settings;
	struct lines mistakes, changes;
};

static void keep_line(struct lines *lines, const char *text)
{
	char *line = lines->count < MAX_LINES ? strdup(text) : NULL;

	if (line)
		lines->line[lines->count++] = line;
}

static void lines_clean(struct lines *lines)
{
	while (lines->count)
		free(lines->line[--lines->count]);
}

static void on_mistake(void *arg, const char *line)
{
	struct reload *reload = arg;

	keep_line(&reload->mistakes, line);
}

static void on_change(void *arg, const char *change)
{
	struct reload *reload = arg;

	keep_line(&reload->changes, change);
}

static void drop_next(struct reload *reload)
{
	shards_settings_drop(&reload->settings);
	cfg_put(reload->next);
	reload->next = NULL;
}

/* --- in the thread --- */

static void make(struct reload *reload)
{
	const struct cfg *cfg = reload->cfg;

	reload->next = cfg_load_next(cfg->path, cfg, on_mistake, reload);
	if (!reload->next)
		return;
	if (!cfg_diff(cfg, reload->next, on_change, reload) &&
	    (reload->purpose == CFG_RELOAD_CHECK ||
	     !shards_settings_make(reload->shards, reload->next, &reload->settings)))
		return;
	on_mistake(reload, "out of memory, or of what DNS needs; see the log, and try again\n");
	drop_next(reload);
}

static void on_done(struct mail *mail, bool alive);

static void *run(void *arg)
{
	struct reload *reload = arg;

	make(reload);
	mailbox_post(reload->box, &reload->done, 0, on_done);
	return NULL;
}

/* --- in the loop --- */

static void tell(struct reload *reload, bool ok)
{
	const struct cfg_reload_result result = {
		.ok = ok,
		.cfg = reload->cfg,
		.mistakes = (const char *const *)reload->mistakes.line,
		.nmistakes = reload->mistakes.count,
		.changes = (const char *const *)reload->changes.line,
		.nchanges = reload->changes.count,
	};

	cfg_certs_release(reload->certs, reload->cfg);
	reload->running = false;
	reload->cb(reload->arg, &result);
	lines_clean(&reload->mistakes);
	lines_clean(&reload->changes);
}

/* All shards work by it. */
static void on_enforced(void *arg)
{
	struct reload *reload = arg;
	unsigned int older = cfg_count() - 1;

	log_info("configuration %u, of %s, is in force: %u changes", reload->cfg->generation,
		 reload->cfg->path, reload->changes.count);
	if (older >= CFG_MANY)
		log_warn("%u earlier configurations are still in use by calls that began with them",
			 older);
	tell(reload, true);
}

static void enforce(struct reload *reload)
{
	const struct cfg *was = reload->cfg;

	cfg_enforce(reload->next);
	reload->cfg = reload->next;
	reload->next = NULL;
	shards_enforce(reload->shards, &reload->settings, on_enforced, reload);
	cfg_put(was);
}

static void on_done(struct mail *mail, bool alive)
{
	struct reload *reload = (struct reload *)((char *)mail - offsetof(struct reload, done));

	if (!alive) {
		drop_next(reload);
		return;
	}
	pthread_join(reload->thread, NULL);
	reload->joinable = false;
	if (reload->next && reload->purpose == CFG_RELOAD_APPLY && reload->changes.count) {
		enforce(reload);
		return;
	}
	/* One that says the same would only be one more. */
	if (reload->next && reload->purpose == CFG_RELOAD_APPLY) {
		log_info("%s has not changed; certificates are read again", reload->cfg->path);
		cfg_enforce_certs(reload->next);
	}
	tell(reload, reload->next);
	drop_next(reload);
}

static int start(struct cfg_reloader *reloader, enum cfg_reload_purpose purpose, cfg_reload_cb cb,
		 void *arg)
{
	struct reload *reload = (struct reload *)reloader;
	int err;

	if (reload->running || !cfg_certs_hold(reload->certs))
		return -EBUSY;
	reload->purpose = purpose;
	reload->cb = cb;
	reload->arg = arg;
	err = -pthread_create(&reload->thread, NULL, run, reload);
	if (err) {
		cfg_certs_release(reload->certs, reload->cfg);
		return err;
	}
	reload->running = true;
	reload->joinable = true;
	return 0;
}

struct cfg_reloader *reload_reloader(struct reload *reload)
{
	return &reload->reloader;
}

int reload_alloc(struct reload **out, const struct cfg *cfg, struct shards *shards,
		 struct cfg_certs *certs)
{
	struct reload *reload = calloc(1, sizeof(*reload));
	int err;

	if (!reload)
		return -ENOMEM;
	err = mailbox_alloc(&reload->box, shards_loop(shards), 0);
	if (err) {
		free(reload);
		return err;
	}
	reload->reloader.start = start;
	reload->cfg = cfg_get(cfg);
	reload->shards = shards;
	reload->certs = certs;
	*out = reload;
	return 0;
}

void reload_free(struct reload *reload)
{
	if (!reload)
		return;
	if (reload->joinable)
		pthread_join(reload->thread, NULL);
	mailbox_free(reload->box);
	if (reload->running)
		reload->cb(reload->arg, NULL);
	lines_clean(&reload->mistakes);
	lines_clean(&reload->changes);
	cfg_put(reload->cfg);
	free(reload);
}
