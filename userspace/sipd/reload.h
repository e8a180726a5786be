/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts another configuration in the place of the one in force, or tells what it would change. The
 * file is read, checked and compared in a thread of its own, which also makes all that shards need
 * to work by it, so that nothing can fail once the first one does: either all have it, or none.
 */
#ifndef SIPD_RELOAD_H
#define SIPD_RELOAD_H

#include "config/certs.h"
#include "config/config.h"
#include "config/reload.h"
#include "shards.h"

struct reload;

/* @cfg is in force; the rest is borrowed. 0 or negative errno. */
int reload_alloc(struct reload **reload, const struct cfg *cfg, struct shards *shards,
		 struct cfg_certs *certs);
/* Waits for what is being read. NULL is fine. Before @certs and shards are freed. */
void reload_free(struct reload *reload);
/* Belongs to @reload. */
struct cfg_reloader *reload_reloader(struct reload *reload);

#endif
