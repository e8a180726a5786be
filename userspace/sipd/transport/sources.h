/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many connections there are, in all and of each source; one object for all shards. */
#ifndef SIPD_TRANSPORT_SOURCES_H
#define SIPD_TRANSPORT_SOURCES_H

#include "transport/transport.h"

/* NULL without memory. */
struct tp_sources *tp_sources_alloc(void);
void tp_sources_free(struct tp_sources *sources);

/*
 * Each from any thread. Counts a connection that was accepted from @remote: 0, -EUSERS when there
 * are @limits->max in all, -EDQUOT when there are @limits->per_source of that source, -ENOMEM.
 */
int tp_sources_take(struct tp_sources *sources, const struct tp_limits *limits,
		    const struct tp_addr *remote);
/* Takes that back. */
void tp_sources_put(struct tp_sources *sources, const struct tp_addr *remote);
/* The same for a connection of our own making, which counts in all only. 0 or -EUSERS. */
int tp_sources_take_own(struct tp_sources *sources, const struct tp_limits *limits);
void tp_sources_put_own(struct tp_sources *sources);

#endif
