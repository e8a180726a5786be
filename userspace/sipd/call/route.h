/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which targets a call has by configuration: the first route that fits, else the next hop. */
#ifndef SIPD_CALL_ROUTE_H
#define SIPD_CALL_ROUTE_H

#include "call/engine.h"
#include "call/target.h"
#include "sip/msg.h"

/* What routes need to work, in each engine: a compiled pattern has a lock inside. 0 or -ENOMEM. */
int call_routes_alloc(struct call_engine *engine);
void call_routes_free(struct call_engine *engine);

struct call_choice {
	struct call_targets targets; /* the caller's to clean */
	const struct cfg_route *route; /* NULL: the next hop of the realm */
};

/*
 * Chooses for @invite, which came to @realm. 0; -ENOENT: it goes nowhere; -ESRCH: it is for a
 * domain of ours that has no such user; -EAGAIN: it has, but he is registered nowhere;
 * -EAFNOSUPPORT: no listener reaches where it goes; -ENOMEM; -EBADMSG: its Request-URI cannot be
 * read.
 */
int call_route(struct call_engine *engine, const struct call_realm *realm,
	       const struct sip_msg *invite, struct call_choice *choice);

#endif
