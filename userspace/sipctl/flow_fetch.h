/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows and their messages from sipd, page by page. */
#ifndef SIPCTL_FLOW_FETCH_H
#define SIPCTL_FLOW_FETCH_H

#include "sipctl/ctl.h"

/* The arguments that the options --method, --peer ... ask for; NULL after a failure. */
json_t *flow_filter_args(struct ctl *ctl);
/*
 * All of "flow list" ("flows", newest first) or "flow messages" ("messages", oldest first) that
 * @args ask for; @args is stolen. @most: of each shard, and all in all; 0: all there are; *@omitted
 * tells whether there were more, and may be NULL. An exit code; *@list is the caller's on success.
 */
int flow_fetch(struct ctl *ctl, const char *verb, json_t *args, size_t most, bool *omitted,
	       json_t **list);
/*
 * The flows that @word names, as the id of a flow, as a Call-ID, or as the id of a call; of a call
 * all of its flows. *@args (the caller's) ask for the same again. The reason of a failure is told.
 */
int flow_fetch_named(struct ctl *ctl, const char *word, json_t **args, json_t **list);

#endif /* SIPCTL_FLOW_FETCH_H */
