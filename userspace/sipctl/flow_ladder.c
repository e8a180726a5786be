// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl flow ladder": messages of transactions, drawn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/flow_fetch.h"
#include "sipctl/flow_message.h"
#include "sipctl/ladder.h"
#include "sipctl/text.h"

/* Who takes part, in the order of the columns; sipd is the second. */
struct parties {
	const char *peers[LADDER_COLUMNS_MAX];
	const char *realms[LADDER_COLUMNS_MAX];
	unsigned int count;
};

/* What is too many shares the last column. */
static unsigned int column_of(struct parties *parties, const json_t *message)
{
	const char *peer = field_text(message, "peer");
	unsigned int i;

	for (i = 0; i < parties->count; i++)
		if (i != 1 && !strcmp(parties->peers[i], peer))
			return i;
	if (parties->count == LADDER_COLUMNS_MAX)
		return LADDER_COLUMNS_MAX - 1;
	parties->peers[i] = peer;
	parties->realms[i] = field_text(message, "realm");
	parties->count++;
	if (parties->count == 1) {
		parties->peers[1] = "sipd";
		parties->realms[1] = "";
		parties->count = 2;
	}
	return i;
}

static void read_event(struct ladder_event *event, const json_t *message, struct parties *parties,
		       json_int_t start_ns)
{
	bool outgoing = json_is_true(json_object_get(message, "outgoing"));
	json_int_t ns = json_integer_value(json_object_get(message, "time_ns"));
	unsigned int peer = column_of(parties, message);
	size_t len;
	char *text = flow_message_octets(message, &len);
	char *label = flow_message_label(text), *detail = flow_message_detail(text);

	*event = (struct ladder_event){
		.kind = LADDER_MESSAGE,
		.retransmission = json_is_true(json_object_get(message, "retransmission")),
		.from = outgoing ? 1 : peer,
		.to = outgoing ? peer : 1,
		.t_ms = (ns - start_ns) / 1000000,
		.label = text_escape(label),
		.detail = text_escape(detail),
	};
	free(text);
	free(label);
	free(detail);
}

static void draw(const json_t *messages)
{
	json_int_t start =
		json_integer_value(json_object_get(json_array_get(messages, 0), "time_ns"));
	struct parties parties = { .count = 0 };
	struct ladder ladder = { 0 };
	json_t *message;
	size_t i;

	ladder.events = calloc(json_array_size(messages) + 1, sizeof(*ladder.events));
	if (!ladder.events) {
		perror("sipctl");
		exit(1);
	}
	json_array_foreach(messages, i, message)
		read_event(&ladder.events[ladder.nevents++], message, &parties, start);
	for (unsigned int c = 0; c < parties.count; c++)
		ladder.columns[ladder.ncolumns++] = (struct ladder_column){
			.name = text_escape(parties.peers[c]),
			.realm = text_escape(parties.realms[c]),
		};
	if (ladder.ncolumns)
		ladder_draw(&ladder, ladder_width(), stdout);
	else
		printf("no messages are kept of it any more\n");
	ladder_release(&ladder);
}

int flow_ladder(struct ctl *ctl, int argc, char **argv)
{
	json_t *args, *flows, *messages;
	int code;

	(void)argc;
	code = flow_fetch_named(ctl, argv[0], &args, &flows);
	if (code)
		return code;
	code = flow_fetch(ctl, "messages", args, 0, NULL, &messages);
	if (code) {
		json_decref(flows);
		return code;
	}
	if (ctl->json) {
		ctl_print_json(ctl, json_pack("{s:o, s:o}", "flows", flows, "messages", messages));
		return CTL_OK;
	}
	draw(messages);
	if (ctl->option[CTL_MESSAGES])
		flow_messages_print(messages);
	json_decref(flows);
	json_decref(messages);
	return CTL_OK;
}
