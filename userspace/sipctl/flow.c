// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl flow list": SIP transactions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/flow_fetch.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

/* Shown without -a. */
#define LIST_MOST 500

static char *time_text(double start)
{
	char *seconds = text_time(start);
	char *text = text_format("%s.%03u", seconds,
				 (unsigned int)((start - (double)(long long)start) * 1000));

	free(seconds);
	return text;
}

static char *ms_text(const json_t *flow, const char *key)
{
	const json_t *value = json_object_get(flow, key);

	return json_is_number(value) ? text_format("%.1fms", json_number_value(value)) :
				       text_format("%s", "");
}

static void list_flow(struct table *table, const json_t *flow)
{
	const char *end = field_text(flow, "end"), *note = field_text(flow, "error");
	long long again =
		field_int(flow, "retransmissions_in") + field_int(flow, "retransmissions_out");
	long long code = field_int(flow, "code");

	table_cell(table, "%s", field_text(flow, "id"));
	table_take(table, time_text(json_number_value(json_object_get(flow, "start"))));
	table_cell(table, "%s", field_text(flow, "method"));
	table_cell(table, "%s %s", !strcmp(field_text(flow, "direction"), "out") ? "to" : "from",
		   field_text(flow, "peer"));
	table_cell(table, "%s", field_text(flow, "realm"));
	table_cell(table, "%s", *end ? end : "running");
	table_take(table, code ? text_format("%lld", code) : text_format("%s", ""));
	table_take(table, ms_text(flow, "first_ms"));
	table_take(table, ms_text(flow, "final_ms"));
	table_take(table, again ? text_format("%lld", again) : text_format("%s", ""));
	table_cell(table, "%s", field_text(flow, "from"));
	table_cell(table, "%s", field_text(flow, "to"));
	table_cell(table, "%s", field_text(flow, "call"));
	table_cell(table, "%s", *note ? note : field_text(flow, "note"));
}

static void print_table(const json_t *flows, bool omitted)
{
	static const char *const heads[] = { "FLOW",  "START", "METHOD", "PEER",   "REALM",
					     "STATE", ">CODE", ">FIRST", ">FINAL", ">AGAIN",
					     "FROM",  "TO",    "CALL",	 "NOTE",   NULL };
	struct table table;
	json_t *flow;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(flows, i, flow)
		list_flow(&table, flow);
	table_print(&table, stdout);
	table_clean(&table);
	if (omitted)
		printf("and older ones; -a shows all\n");
}

int flow_list(struct ctl *ctl, int argc, char **argv)
{
	json_t *args = flow_filter_args(ctl), *flows;
	bool omitted = false;
	int code;

	(void)argc;
	(void)argv;
	if (!args)
		return CTL_USAGE;
	code = flow_fetch(ctl, "list", args, ctl->all ? 0 : LIST_MOST, &omitted, &flows);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl,
			       json_pack("{s:o, s:b}", "flows", flows, "omitted", (int)omitted));
		return CTL_OK;
	}
	print_table(flows, omitted);
	json_decref(flows);
	return CTL_OK;
}
