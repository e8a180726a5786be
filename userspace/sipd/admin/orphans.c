// SPDX-License-Identifier: GPL-2.0-or-later
/* "call orphans": kernel sessions of an earlier sipd, to list and to clear. */
#include <inttypes.h>
#include <stdlib.h>

#include "admin/request.h"
#include "admin/text.h"

/* JSON's integers are signed here: a text beyond that, as sipctl prints it. */
static json_t *session_id(uint64_t id)
{
	return id <= INT64_MAX ? json_integer((json_int_t)id) : json_sprintf("%" PRIu64, id);
}

static json_t *orphan_object(const struct media_orphan *orphan)
{
	return json_pack("{s:o, s:I, s:I, s:I, s:o, s:o}",
			 "session_id", session_id(orphan->session_id),
			 "age_ms", (json_int_t)orphan->age_ms,
			 "idle_ms", (json_int_t)orphan->idle_ms,
			 "endpoints", (json_int_t)orphan->endpoints,
			 "local", admin_sockaddr(&orphan->local),
			 "remote", admin_sockaddr(&orphan->remote));
}

/* NULL without memory. */
static json_t *orphan_list(struct media *media, unsigned int *omitted)
{
	struct media_orphan *orphans;
	unsigned int count, i;
	json_t *list;

	*omitted = 0;
	orphans = calloc(ADMIN_MAX_LIST, sizeof(*orphans));
	if (!orphans)
		return NULL;
	list = json_array();
	count = media_orphan_list(media, orphans, ADMIN_MAX_LIST);
	if (count > ADMIN_MAX_LIST) {
		*omitted = count - ADMIN_MAX_LIST;
		count = ADMIN_MAX_LIST;
	}
	for (i = 0; i < count; i++)
		json_array_append_new(list, orphan_object(&orphans[i]));
	free(orphans);
	return list;
}

json_t *admin_call_orphans(struct admin_request *request)
{
	struct call_engine *engine = request->context->engine;
	bool kernel = call_engine_cfg(engine)->media_kernel;
	struct media *media = call_engine_media(engine);
	unsigned int omitted = 0, cleared = 0;
	json_t *list;

	list = kernel ? orphan_list(media, &omitted) : json_array();
	if (list && kernel && admin_flag_arg(request, "clear"))
		cleared = media_orphan_clear(media);
	return json_pack("{s:o, s:i, s:i}", "orphans", list, "cleared", (int)cleared, "omitted",
			 (int)omitted);
}
