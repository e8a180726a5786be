/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shards of sipd: each an event loop with an engine of its own, the first one in the calling
 * thread, every other one in a thread that it starts.
 */
#ifndef SIPD_SHARDS_H
#define SIPD_SHARDS_H

#include "admin/admin.h"
#include "base/loop.h"
#include "config/config.h"

struct shards;

/*
 * Makes cfg->shards loops and engines: sockets are bound, media ranges registered. The reason of a
 * failure is logged; -ENOENT: the module is not loaded.
 */
int shards_alloc(struct shards **shards, const struct cfg *cfg);
/* After shards_run(), if that was called. */
void shards_free(struct shards *shards);

/* Of the configuration that is to follow: one for each shard. */
struct shards_settings {
	struct call_settings *settings[CFG_MAX_SHARDS];
};

/* Fills @next. From any thread. 0, or -ENOMEM with nothing left behind. */
int shards_settings_make(const struct shards *shards, const struct cfg *cfg,
			 struct shards_settings *next);
void shards_settings_drop(struct shards_settings *next);
/*
 * Puts them in force: in the first shard at once, in others by mail. @done is called in the first
 * one's loop when all have them. One at a time. Cannot fail.
 */
void shards_enforce(struct shards *shards, struct shards_settings *next, void (*done)(void *arg),
		    void *arg);

/* Of the first shard. */
struct loop *shards_loop(struct shards *shards);
const struct admin_shard *shards_admin(const struct shards *shards);
/* Whose message is whose, with the key that the kernel has to reckon with; NULL: there is one. */
const struct sip_shards *shards_sip(const struct shards *shards);

/*
 * Starts the threads, without which the first shard would not be complete: what signals the program
 * takes is blocked before. 0 or negative errno, logged.
 */
int shards_start(struct shards *shards);
/*
 * Runs the first shard until its loop is stopped, or that of another one fails; then all have
 * ended. 0 or negative errno, logged.
 */
int shards_run(struct shards *shards);
/*
 * In the first shard's loop: registrations with trunks are ended, then shards_run(). The second
 * time it does not wait for the carriers, and in any case not for long.
 */
void shards_stop(struct shards *shards);

#endif
