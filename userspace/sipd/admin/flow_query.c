// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/flow_query.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
/* So that an id tells its shard. */
#define SLOT(index, shard, shards) ((uint64_t)(index) * (shards) + (shard))

const char *admin_flow_id(const struct admin_part *part, const struct flow *flow,
			  char id[ADMIN_FLOW_ID_STRLEN])
{
	uint64_t mark = flow_mark(call_engine_flows(part->engine), flow);

	snprintf(id, ADMIN_FLOW_ID_STRLEN, "%llu-%u",
		 (unsigned long long)SLOT((uint32_t)mark, part->shard,
					  part->request->context.nshards),
		 flow->generation);
	return id;
}

static const char *text_arg(const json_t *args, const char *name)
{
	return json_string_value(json_object_get(args, name));
}

static uint64_t number_arg(const json_t *args, const char *name)
{
	json_int_t number = json_integer_value(json_object_get(args, name));

	return number > 0 ? (uint64_t)number : 0;
}

static bool read_id(struct flow_query *query, const char *text, unsigned int shards)
{
	unsigned long long slot;
	unsigned int generation;
	char more;

	if (sscanf(text, "%15llu-%9u%c", &slot, &generation, &more) != 2 || !generation)
		return false;
	query->shard = (unsigned int)(slot % shards);
	query->filter.mark = (uint64_t)generation << 32 | (uint32_t)(slot / shards);
	return slot / shards <= UINT32_MAX;
}

/* "486", "4xx" */
static bool read_code(struct flow_filter *filter, const char *text)
{
	uint32_t code;

	if (strlen(text) != 3 || *text < '1' || *text > '6')
		return false;
	if (!strcasecmp(text + 1, "xx")) {
		filter->code_min = (*text - '0') * 100;
		filter->code_max = filter->code_min + 99;
		return true;
	}
	if (view_to_u32(view_str(text), 699, &code))
		return false;
	filter->code_min = filter->code_max = (int)code;
	return true;
}

static bool read_state(struct flow_filter *filter, const char *text)
{
	if (!strcmp(text, "running"))
		filter->state = FLOW_ONLY_RUNNING;
	else if (!strcmp(text, "finished"))
		filter->state = FLOW_ONLY_FINISHED;
	else
		return false;
	return true;
}

/* NULL, or what is wrong; *@word gets the value that is. */
static const char *read_filter(struct flow_query *query, const json_t *args, unsigned int shards,
			       const char **word)
{
	struct flow_filter *filter = &query->filter;
	uint64_t since_ms = number_arg(args, "since_ms");
	uint64_t now = flow_now_ns();

	filter->call = text_arg(args, "call");
	filter->call_id = text_arg(args, "call_id");
	filter->method = text_arg(args, "method");
	if (since_ms)
		filter->since_ns = since_ms < now / NS_PER_MS ? now - since_ms * NS_PER_MS : 0;
	*word = text_arg(args, "id");
	if (*word && !read_id(query, *word, shards))
		return "id: write it as \"flow list\" shows it";
	*word = text_arg(args, "state");
	if (*word && !read_state(filter, *word))
		return "state: write running or finished";
	*word = text_arg(args, "code");
	if (*word && !read_code(filter, *word))
		return "code: write a status such as 486, or 4xx";
	*word = text_arg(args, "peer");
	if (*word && tp_addr_parse(&filter->peer, view_str(*word), 0))
		return "peer: write ADDRESS or ADDRESS:PORT";
	return NULL;
}

static const char *read_query(struct flow_query *query, const struct admin_request *request,
			      const char **word)
{
	const json_t *cursor = json_object_get(request->args, "cursor");
	unsigned int shards = request->context.nshards;
	const char *wrong;

	*query = (struct flow_query){ .shard = 0 };
	wrong = read_filter(query, request->args, shards, word);
	if (wrong || !json_is_object(cursor))
		return wrong;
	query->shard = (unsigned int)(number_arg(cursor, "shard") % shards);
	query->cursor = (struct flow_cursor){
		.mark = number_arg(cursor, "mark"),
		.start_ns = number_arg(cursor, "start"),
		.message = number_arg(cursor, "message"),
	};
	return NULL;
}

void admin_flow_query(const struct admin_part *part, struct flow_query *query)
{
	const char *word;

	read_query(query, part->request, &word);
}

void admin_flow_answer(struct admin_part *part, const char *name, json_t *list,
		       const struct flow_query *query, bool more)
{
	json_t *cursor = json_null();

	if (more)
		cursor = json_pack("{s:i, s:I, s:I, s:I}", "shard", (int)part->shard, "mark",
				   (json_int_t)query->cursor.mark, "start",
				   (json_int_t)query->cursor.start_ns, "message",
				   (json_int_t)query->cursor.message);
	else if (!query->filter.mark && part->shard + 1 < part->request->context.nshards)
		cursor = json_pack("{s:i}", "shard", (int)part->shard + 1);
	part->json = json_pack("{s:o, s:o, s:i, s:i}", name, list, "cursor", cursor, "shard",
			       (int)part->shard, "shards", (int)part->request->context.nshards);
}

static json_t *finish(struct admin_request *request)
{
	return json_incref(request->parts[0].json);
}

json_t *admin_flow_ask(struct admin_request *request, admin_gather_cb gather)
{
	struct flow_query query;
	const char *wrong, *word;

	if (!admin_cfg(request)->trace.flows)
		return admin_refuse(request, "failed",
				    "no flows are kept; set trace.flows in sipd's configuration");
	wrong = read_query(&query, request, &word);
	if (wrong)
		return admin_refuse(request, "usage", "\"%.40s\" is no %s", word, wrong);
	return admin_ask_one(request, query.shard, gather, finish);
}
