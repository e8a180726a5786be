// SPDX-License-Identifier: GPL-2.0-or-later
/* sipd's ladder of a call as the model that is drawn. */
#include "sipctl/call_ladder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/field.h"
#include "sipctl/ladder.h"
#include "sipctl/text.h"

static void read_columns(struct ladder *ladder, const json_t *columns)
{
	json_t *column;
	size_t i;

	json_array_foreach(columns, i, column) {
		if (ladder->ncolumns == LADDER_COLUMNS_MAX)
			return;
		ladder->columns[ladder->ncolumns++] = (struct ladder_column){
			.name = text_escape(field_text(column, "name")),
			.realm = text_escape(field_text(column, "realm")),
		};
	}
	/* Nothing can be drawn between less than two. */
	while (ladder->ncolumns < 2)
		ladder->columns[ladder->ncolumns++] = (struct ladder_column){
			.name = text_escape("?"),
			.realm = text_escape(""),
		};
}

static void read_event(struct ladder_event *event, const json_t *object)
{
	const char *kind = field_text(object, "kind");
	long long t_ms = field_int(object, "t_ms");

	event->kind = !strcmp(kind, "media") ? LADDER_MEDIA :
		      !strcmp(kind, "note")  ? LADDER_NOTE :
					       LADDER_MESSAGE;
	event->retransmission = json_is_true(json_object_get(object, "retransmission"));
	event->from = field_int(object, "from");
	event->to = field_int(object, "to");
	event->t_ms = t_ms > 0 ? t_ms : 0;
	event->label = text_escape(field_text(object, "label"));
	event->detail = text_escape(field_text(object, "detail"));
}

void call_ladder_print(const json_t *result)
{
	const json_t *events = json_object_get(result, "events");
	struct ladder ladder = { 0 };

	ladder.events = calloc(json_array_size(events) + 1, sizeof(*ladder.events));
	if (!ladder.events) {
		perror("sipctl");
		exit(1);
	}
	read_columns(&ladder, json_object_get(result, "columns"));
	for (size_t i = 0; i < json_array_size(events); i++)
		read_event(&ladder.events[ladder.nevents++], json_array_get(events, i));
	ladder_draw(&ladder, ladder_width(), stdout);
	field_print_omitted(result);
	ladder_release(&ladder);
}
