/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: newline-delimited JSON over a Unix stream socket, for sipctl. */
#ifndef SIPD_ADMIN_ADMIN_H
#define SIPD_ADMIN_ADMIN_H

#include "base/loop.h"
#include "base/mailbox.h"
#include "call/call.h"

struct admin;
struct cfg_certs;
struct cfg_reloader;

/* Where a shard's calls are, and the mailbox of its loop, which may be NULL for the only one. */
struct admin_shard {
	struct call_engine *engine;
	struct mailbox *box;
};

/*
 * Listens on @path (mode 0660), replacing a stale socket, refusing one that a living process
 * answers on (-EADDRINUSE). @loop is that of the first of @shards, which are borrowed; the others
 * are asked by mail. The reason of a failure is logged.
 */
int admin_alloc(struct admin **admin, struct loop *loop, const char *path,
		const struct admin_shard *shards, unsigned int nshards);
/* What "cert reload" works with; borrowed. */
void admin_set_certs(struct admin *admin, struct cfg_certs *certs);
/* What the noun "config" works with; borrowed. */
void admin_set_reloader(struct admin *admin, struct cfg_reloader *reloader);
/* Closes all connections and removes the socket file. */
void admin_free(struct admin *admin);

#endif
