/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sources of all classes; what "ban" and "kernel source" share. */
#ifndef SIPCTL_SOURCE_H
#define SIPCTL_SOURCE_H

#include "sipctl/ctl.h"
#include "sipctl/listing.h"
#include "sipctl/sip_parse.h"

/* Which sources a list has: of @class, or SIPFAST_CLASS_UNKNOWN of any, that @within overlaps. */
struct source_filter {
	enum sipfast_class class;
	struct sf_source within; /* without an address: everywhere */
};

/* Lists with a filter as listing->filter; source_heads begins with the class, ban_heads not. */
extern const char *const source_heads[], *const ban_heads[];
int source_dump(struct sf_client *client, struct listing *listing);

json_t *source_json(const struct sf_source *source);

/* Whether @a and @b are or may be of one host. */
bool source_overlaps(const struct sf_source *a, const struct sf_source *b);

/* Readers for keywords of a struct sf_source; they bring "for" and "reason". */
int source_read_for(void *source, const char *value);
int source_read_reason(void *source, const char *value);
#define SOURCE_FOR "a time such as 10m, 2h or 7d, or never"
#define SOURCE_REASON "a text of 1 to 31 octets"

/* Adds @source and tells what it takes the place of. */
int source_add(struct ctl *ctl, const struct sf_source *source);

/* Deletes all that the words name, if they are of @class. */
int source_del(struct ctl *ctl, enum sipfast_class class, int argc, char **argv);

/* Prints those of @class, one a line. */
void source_complete(enum sipfast_class class);

#endif /* SIPCTL_SOURCE_H */
