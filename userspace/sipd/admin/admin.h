/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The control socket: newline-delimited JSON over a Unix stream socket, for sipctl. */
#ifndef SIPD_ADMIN_ADMIN_H
#define SIPD_ADMIN_ADMIN_H

#include "base/loop.h"
#include "call/call.h"

struct admin;

/*
 * Listens on @path (mode 0660), replacing a stale socket, refusing one that a living process
 * answers on (-EADDRINUSE). The reason of a failure is logged.
 */
int admin_alloc(struct admin **admin, struct loop *loop, const char *path,
		struct call_engine *engine);
/* Closes all connections and removes the socket file. */
void admin_free(struct admin *admin);

#endif
