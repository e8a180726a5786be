// SPDX-License-Identifier: GPL-2.0-or-later
/* "call why": what was decided about one call, and what is known of its end. */
#include <stdio.h>

#include "admin/call_object.h"
#include "admin/text.h"
#include "call/ladder.h"

static json_t *note_object(const struct ladder *ladder, const struct ladder_event *event)
{
	bool media = event->kind == LADDER_MEDIA;
	const char *detail = ladder_detail(ladder, event);
	char text[ADMIN_TEXT_MAX];

	snprintf(text, sizeof(text), "%s%s%s", media ? "" : ladder_label(ladder, event),
		 media || !*detail ? "" : " ", detail);
	return json_pack("{s:I, s:s, s:o}",
			 "t_ms", (json_int_t)event->t_ms,
			 "note", media ? "media" : ladder_note_name((enum call_note)event->note),
			 "text", admin_text(text));
}

static json_t *note_list(const struct ladder *ladder)
{
	json_t *list = json_array();

	for (uint32_t i = 0; ladder && i < ladder->nevents; i++)
		if (ladder->events[i].kind != LADDER_MESSAGE)
			json_array_append_new(list, note_object(ladder, &ladder->events[i]));
	return list;
}

static json_t *reasons(const struct call_info *info)
{
	json_t *call = admin_call_details(info);

	if (call && json_object_set_new(call, "notes", note_list(info->ladder))) {
		json_decref(call);
		return NULL;
	}
	return call;
}

static void gather(struct admin_part *part)
{
	admin_call_gather(part, reasons);
}

json_t *admin_call_why(struct admin_request *request)
{
	return admin_call_describe(request, gather);
}
