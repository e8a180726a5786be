/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whom peers of TLS must prove to be, by numbers small enough for a flow; one object for all
 * shards. It knows the names that were asked for last, as redirections can name any number of them.
 * A number is never given to another name.
 */
#ifndef SIPD_TRANSPORT_NAMES_H
#define SIPD_TRANSPORT_NAMES_H

#include <stdint.h>

#define TP_MAX_NAMES 4096

struct tp_names;

/* NULL without memory. */
struct tp_names *tp_names_alloc(void);
void tp_names_free(struct tp_names *names);

/* Each from any thread. The number of @name; 0: it is too long for one, or there is no memory. */
uint32_t tp_names_id(struct tp_names *names, const char *name);
/* A copy, for the caller to free; NULL: it is forgotten, or there is no memory. */
char *tp_names_dup(struct tp_names *names, uint32_t id);

#endif
