// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/flow_fetch.h"

#include <stdlib.h>
#include <string.h>

#include "sipctl/field.h"
#include "sipctl/parse.h"

json_t *flow_filter_args(struct ctl *ctl)
{
	static const struct {
		enum ctl_option option;
		const char *name;
	} words[] = { { CTL_METHOD, "method" },
		      { CTL_STATE, "state" },
		      { CTL_PEER, "peer" },
		      { CTL_CODE, "code" },
		      { CTL_CALL_ID, "call_id" } };
	const char *since = ctl->option[CTL_SINCE];
	json_t *args = json_object();
	uint32_t ms;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const char *word = ctl->option[words[i].option];

		if (word && json_object_set_new(args, words[i].name, json_string(word))) {
			ctl_fail(ctl, CTL_USAGE, "bad value \"%s\", --%s, give text", word,
				 words[i].name);
			goto fail;
		}
	}
	if (!since)
		return args;
	if (parse_duration(since, &ms) || !ms) {
		ctl_fail(ctl, CTL_USAGE, "bad duration \"%s\", --since, give 30s, 10m or 2h",
			 since);
		goto fail;
	}
	json_object_set_new(args, "since_ms", json_integer(ms));
	return args;
fail:
	json_decref(args);
	return NULL;
}

/* The next page's cursor, or NULL: behind the shard of this one when it is @full. */
static json_t *next_cursor(const json_t *page, bool full)
{
	json_t *cursor = json_object_get(page, "cursor");
	long long shard = field_int(page, "shard") + 1;

	if (!full)
		return json_is_object(cursor) ? json_incref(cursor) : NULL;
	return shard < field_int(page, "shards") ? json_pack("{s:I}", "shard", (json_int_t)shard) :
						   NULL;
}

static int newest_first(const void *a, const void *b)
{
	double x = json_number_value(json_object_get(*(json_t *const *)a, "start"));
	double y = json_number_value(json_object_get(*(json_t *const *)b, "start"));

	return (x < y) - (x > y);
}

static int oldest_first(const void *a, const void *b)
{
	json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, "time_ns"));
	json_int_t y = json_integer_value(json_object_get(*(json_t *const *)b, "time_ns"));

	return (x > y) - (x < y);
}

/* Sorted, at most @most; takes @list. */
static json_t *sorted(json_t *list, int (*compare)(const void *, const void *), size_t most,
		      bool *omitted)
{
	size_t n = json_array_size(list), i;
	json_t **items = calloc(n + 1, sizeof(*items)), *item, *result = json_array();

	if (!items) {
		perror("sipctl");
		exit(1);
	}
	json_array_foreach(list, i, item)
		items[i] = item;
	qsort(items, n, sizeof(*items), compare);
	*omitted |= most && n > most;
	for (i = 0; i < n && (!most || i < most); i++)
		json_array_append(result, items[i]);
	free(items);
	json_decref(list);
	return result;
}

int flow_fetch(struct ctl *ctl, const char *verb, json_t *args, size_t most, bool *omitted,
	       json_t **list)
{
	bool flows = !strcmp(verb, "list"), more = false;
	const char *name = flows ? "flows" : "messages";
	json_t *all = json_array(), *page, *cursor = NULL;
	size_t before = 0; /* of the shards that are done with */
	int code;

	do {
		bool full;

		if (cursor)
			json_object_set_new(args, "cursor", cursor);
		code = ctl_daemon(ctl, "flow", verb, json_incref(args), &page);
		if (code)
			break;
		json_array_extend(all, json_object_get(page, name));
		full = most && json_array_size(all) - before >= most;
		more |= full && json_is_object(json_object_get(page, "cursor"));
		cursor = next_cursor(page, full);
		if (cursor && field_int(cursor, "shard") != field_int(page, "shard"))
			before = json_array_size(all);
		json_decref(page);
	} while (cursor);
	json_decref(args);
	if (code) {
		json_decref(all);
		return code;
	}
	*list = sorted(all, flows ? newest_first : oldest_first, most, &more);
	if (omitted)
		*omitted = more;
	return CTL_OK;
}

/* *@args: those that found something. */
static bool found(struct ctl *ctl, const char *key, const char *word, json_t **args, json_t **list)
{
	*args = json_pack("{s:s}", key, word);
	if (!*args)
		return false;
	if (!flow_fetch(ctl, "list", json_incref(*args), 0, NULL, list)) {
		json_object_del(*args, "cursor");
		if (json_array_size(*list))
			return true;
		json_decref(*list);
	}
	json_decref(*args);
	return false;
}

/* Nobody there, or nobody to ask? */
static int tell_not_found(struct ctl *ctl, const char *word)
{
	json_t *none;
	int code;

	code = flow_fetch(ctl, "list", json_pack("{s:s}", "id", "0-1"), 1, NULL, &none);
	if (code)
		return code;
	json_decref(none);
	return ctl_fail(ctl, CTL_NOT_FOUND,
			"nothing is known (any more), \"%s\", see \"sipctl flow list -a\" and "
			"\"sipctl call list -a\"",
			word);
}

int flow_fetch_named(struct ctl *ctl, const char *word, json_t **args, json_t **list)
{
	struct ctl quiet = { .socket = ctl->socket, .quiet = true };
	json_t *flow, *whole_args, *whole;
	size_t i;

	if (!found(&quiet, "id", word, args, list) && !found(&quiet, "call_id", word, args, list) &&
	    !found(&quiet, "call", word, args, list))
		return tell_not_found(ctl, word);
	json_array_foreach(*list, i, flow) {
		const char *call = field_text(flow, "call");

		if (!*call || !found(&quiet, "call", call, &whole_args, &whole))
			continue;
		json_decref(*args);
		json_decref(*list);
		*args = whole_args;
		*list = whole;
		break;
	}
	return CTL_OK;
}
