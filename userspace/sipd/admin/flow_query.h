/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the verbs of the noun "flow" share: a question about flows is answered a page at a time, of
 * one shard each, so that none keeps the loop from its work. An answer has the cursor that the next
 * page is asked for with, null at the end.
 */
#ifndef SIPD_ADMIN_FLOW_QUERY_H
#define SIPD_ADMIN_FLOW_QUERY_H

#include <jansson.h>

#include "admin/request.h"
#include "flow/flow.h"

struct flow_query {
	struct flow_filter filter; /* borrows from the request's args */
	struct flow_cursor cursor;
	unsigned int shard;
};

/* Asks the shard that the arguments name; NULL after a refusal. */
json_t *admin_flow_ask(struct admin_request *request, admin_gather_cb gather);
/* The question again, in the thread of the shard; it has been checked before. */
void admin_flow_query(const struct admin_part *part, struct flow_query *query);
/* The part's answer: @list under @name, and the cursor if there is @more. Takes @list. */
void admin_flow_answer(struct admin_part *part, const char *name, json_t *list,
		       const struct flow_query *query, bool more);

/* What names a flow to people: its record of all shards', and how often that has been used. */
#define ADMIN_FLOW_ID_STRLEN 24
const char *admin_flow_id(const struct admin_part *part, const struct flow *flow,
			  char id[ADMIN_FLOW_ID_STRLEN]);

#endif
