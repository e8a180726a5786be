// SPDX-License-Identifier: GPL-2.0-or-later
/* "call ladder": what happened in one call, message by message. */
#include "admin/call_object.h"
#include "admin/text.h"
#include "call/ladder.h"

static const char *const kind_names[] = {
	[LADDER_MESSAGE] = "message",
	[LADDER_MEDIA] = "media",
	[LADDER_NOTE] = "note",
};

static json_t *event_object(const struct ladder *ladder, const struct ladder_event *event)
{
	return json_pack("{s:I, s:i, s:i, s:o, s:o, s:b, s:s, s:s}",
			 "t_ms", (json_int_t)event->t_ms,
			 "from", event->from,
			 "to", event->to,
			 "label", admin_text(ladder_label(ladder, event)),
			 "detail", admin_text(ladder_detail(ladder, event)),
			 "retransmission", event->retransmission,
			 "kind", kind_names[event->kind],
			 "note", event->kind == LADDER_NOTE ?
					 ladder_note_name((enum call_note)event->note) :
					 "");
}

static json_t *event_list(const struct ladder *ladder)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; ladder && i < ladder->nevents; i++)
		json_array_append_new(list, event_object(ladder, &ladder->events[i]));
	return list;
}

static json_t *peer_column(const struct call_leg_info *leg)
{
	return json_pack("{s:o, s:o}", "name", admin_addr(&leg->peer), "realm",
			 admin_text(leg->realm));
}

/* Columns in the order of enum ladder_column. */
static json_t *ladder_object(const struct call_info *info)
{
	const struct ladder *ladder = info->ladder;

	return json_pack("{s:s, s:[o, {s:s}, o], s:o, s:I}",
			 "id", info->id,
			 "columns", peer_column(&info->legs[0]), "name", "sipd",
			 peer_column(&info->legs[1]),
			 "events", event_list(ladder),
			 "omitted", (json_int_t)(ladder ? ladder->omitted : 0));
}

static void gather(struct admin_part *part)
{
	admin_call_gather(part, ladder_object);
}

json_t *admin_call_ladder(struct admin_request *request)
{
	return admin_call_describe(request, gather);
}
