// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl call why": an account in sentences, then the steps as a table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/flow_fetch.h"
#include "sipctl/table.h"
#include "sipctl/text.h"
#include "sipctl/why.h"

/* A row of the table; texts are freed with it. */
struct step {
	long long t_ms;
	size_t number; /* for those at the same time */
	char *what, *text;
};

struct steps {
	struct step *list;
	size_t count;
};

static int by_time(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->t_ms != y->t_ms)
		return x->t_ms < y->t_ms ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static char *flow_text(const json_t *flow)
{
	long long code = field_int(flow, "code"), first = field_int(flow, "first_code");
	long long again =
		field_int(flow, "retransmissions_in") + field_int(flow, "retransmissions_out");
	bool out = !strcmp(field_text(flow, "direction"), "out");
	const char *end = field_text(flow, "end");
	char *first_text =
		first && first != code ?
			text_format(" %lld after %.0f ms,", first,
				    json_number_value(json_object_get(flow, "first_ms"))) :
			text_format("%s", "");
	char *code_text =
		code ? text_format(" %lld after %.0f ms", code,
				   json_number_value(json_object_get(
					   flow, code >= 200 ? "final_ms" : "first_ms"))) :
		       text_format(" no response");
	char *again_text = again ? text_format(", %lld repeated", again) : text_format("%s", "");
	/* Of what sipd has answered, why. */
	const char *note = !out && code >= 300 ? field_text(flow, "note") : "";
	char *text = text_format("%s %s %s:%s%s%s%s%s%s%s", field_text(flow, "method"),
				 out ? "to" : "from", field_text(flow, "peer"), first_text,
				 code_text, again_text, strcmp(end, "answered") && *end ? ", " : "",
				 strcmp(end, "answered") ? end : "", *note ? ", because: " : "",
				 note);

	free(first_text);
	free(code_text);
	free(again_text);
	return text;
}

static void read_steps(struct steps *steps, const json_t *call, const json_t *flows)
{
	const json_t *notes = json_object_get(call, "notes");
	double start = json_number_value(json_object_get(call, "start"));
	json_t *item;
	size_t i;

	steps->list =
		calloc(json_array_size(notes) + json_array_size(flows) + 1, sizeof(*steps->list));
	if (!steps->list) {
		perror("sipctl");
		exit(1);
	}
	/* They come newest first. */
	for (i = json_array_size(flows); i--;) {
		double at;

		item = json_array_get(flows, i);
		at = json_number_value(json_object_get(item, "start")) - start;
		steps->list[steps->count++] = (struct step){
			.t_ms = at > 0 ? (long long)(at * 1000) : 0,
			.what = text_format("flow %s", field_text(item, "id")),
			.text = flow_text(item),
		};
	}
	json_array_foreach(notes, i, item)
		steps->list[steps->count++] = (struct step){
			.t_ms = field_int(item, "t_ms"),
			.what = text_format("%s", field_text(item, "note")),
			.text = text_format("%s", field_text(item, "text")),
		};
	for (i = 0; i < steps->count; i++)
		steps->list[i].number = i;
	qsort(steps->list, steps->count, sizeof(*steps->list), by_time);
}

static void print_steps(const json_t *call, const json_t *flows)
{
	static const char *const heads[] = { ">TIME", "STEP", "WHAT", NULL };
	struct steps steps = { NULL, 0 };
	struct table table;

	read_steps(&steps, call, flows);
	table_init(&table, heads);
	for (size_t i = 0; i < steps.count; i++) {
		table_cell(&table, "%lld.%03lld", steps.list[i].t_ms / 1000,
			   steps.list[i].t_ms % 1000);
		table_take(&table, steps.list[i].what);
		table_take(&table, steps.list[i].text);
	}
	putchar('\n');
	table_print(&table, stdout);
	table_clean(&table);
	free(steps.list);
}

/* @text and @call are taken. */
static int print_call(struct ctl *ctl, json_t *call, const json_t *flows, char *text)
{
	if (ctl->json) {
		json_object_set_new(call, "summary", ctl_json_text(text));
		ctl_print_json(ctl, json_pack("{s:o, s:O}", "call", call, "flows", flows));
		return CTL_OK;
	}
	fputs(text, stdout);
	free(text);
	print_steps(call, flows);
	json_decref(call);
	return CTL_OK;
}

static int explain_call(struct ctl *ctl, json_t *call)
{
	json_t *flows;
	int code;

	code = flow_fetch(ctl, "list", json_pack("{s:s}", "call", field_text(call, "id")), 0, NULL,
			  &flows);
	/* The call is known all the same when no flows are kept. */
	if (code == CTL_FAILED)
		flows = json_array();
	else if (code) {
		json_decref(call);
		return code;
	}
	code = print_call(ctl, call, flows, why_call(call, flows));
	json_decref(flows);
	return code;
}

static int explain_flows(struct ctl *ctl, const json_t *flows)
{
	json_t *list = json_array();

	for (size_t i = json_array_size(flows); i--;) {
		const json_t *flow = json_array_get(flows, i);
		char *text = why_flow(flow);

		if (ctl->json) {
			json_array_append_new(list, json_pack("{s:O, s:o}", "flow", flow, "summary",
							      ctl_json_text(text)));
			continue;
		}
		fputs(text, stdout);
		free(text);
		if (i)
			putchar('\n');
	}
	if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:O}", "flows", list));
	json_decref(list);
	return CTL_OK;
}

/* The call that the flows belong to, or NULL. */
static json_t *call_of(struct ctl *quiet, const json_t *flows)
{
	json_t *flow, *call;
	size_t i;

	json_array_foreach(flows, i, flow) {
		const char *id = field_text(flow, "call");

		if (*id && !ctl_daemon(quiet, "call", "why", json_pack("{s:s}", "id", id), &call))
			return call;
	}
	return NULL;
}

int call_why(struct ctl *ctl, int argc, char **argv)
{
	struct ctl quiet = { .socket = ctl->socket, .quiet = true };
	json_t *args = json_pack("{s:s}", "id", argv[0]), *call, *flows;
	int code;

	(void)argc;
	if (!args)
		return ctl_fail(ctl, CTL_USAGE, "bad ID \"%s\", call, see \"sipctl call list\"",
				argv[0]);
	if (!ctl_daemon(&quiet, "call", "why", args, &call))
		return explain_call(ctl, call);
	code = flow_fetch_named(ctl, argv[0], &args, &flows);
	if (code)
		return code;
	call = call_of(&quiet, flows);
	code = call ? explain_call(ctl, call) : explain_flows(ctl, flows);
	json_decref(flows);
	json_decref(args);
	return code;
}
