/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module has many of, as a table or, with -j, as one array. */
#ifndef SIPCTL_LISTING_H
#define SIPCTL_LISTING_H

#include "sipctl/ctl.h"
#include "sipctl/table.h"

struct listing {
	const char *name; /* of what is listed: "ranges" */
	const char *const *heads; /* of the table */
	/* Dumps it all: fills @array with -j, @table without. 0 or libsipfast's error. */
	int (*dump)(struct sf_client *client, struct listing *listing);
	const void *filter; /* for @dump */
	json_t *more; /* that the document has, too; stolen; or NULL */
	/* Made by listing_print(): */
	const struct ctl *ctl;
	json_t *array;
	struct table table;
};

/* Asks the module and prints. Returns an exit code, having told the reason. */
int listing_print(struct ctl *ctl, struct listing *listing);

#endif /* SIPCTL_LISTING_H */
