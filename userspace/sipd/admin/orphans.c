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
			 "local", admin_host_port(&orphan->local),
			 "remote", admin_host_port(&orphan->remote));
}

struct orphans {
	unsigned int count, cleared;
};

/* NULL without memory. */
static json_t *orphan_list(struct media *media, unsigned int *count)
{
	struct media_orphan *orphans;
	unsigned int i;
	json_t *list;

	orphans = calloc(ADMIN_MAX_LIST, sizeof(*orphans));
	if (!orphans)
		return NULL;
	list = json_array();
	*count = media_orphan_list(media, orphans, ADMIN_MAX_LIST);
	for (i = 0; i < *count && i < ADMIN_MAX_LIST; i++)
		json_array_append_new(list, orphan_object(&orphans[i]));
	free(orphans);
	return list;
}

static void gather_orphans(struct admin_part *part)
{
	struct media *media = call_engine_media(part->engine);
	struct orphans *orphans = calloc(1, sizeof(*orphans));

	part->data = orphans;
	if (!orphans)
		return;
	if (!call_engine_cfg(part->engine)->media_kernel) {
		part->json = json_array();
		return;
	}
	part->json = orphan_list(media, &orphans->count);
	if (part->json && admin_flag_arg(part->request, "clear"))
		orphans->cleared = media_orphan_clear(media);
}

/* What one shard has cleared still takes ports of others, until they have looked. */
static void look_again(struct admin_part *part)
{
	media_orphan_recount(call_engine_media(part->engine));
}

static json_t *finish_clear(struct admin_request *request)
{
	return json_incref(request->kept);
}

static json_t *finish_orphans(struct admin_request *request)
{
	unsigned int count = 0, cleared = 0;
	json_t *list = json_array();
	size_t room;

	for (unsigned int i = 0; i < request->nparts; i++) {
		const struct orphans *orphans = request->parts[i].data;

		if (!orphans || json_array_extend(list, request->parts[i].json)) {
			json_decref(list);
			return NULL;
		}
		count += orphans->count;
		cleared += orphans->cleared;
	}
	for (room = json_array_size(list); room > ADMIN_MAX_LIST; room--)
		json_array_remove(list, room - 1);
	request->kept = json_pack("{s:o, s:i, s:i}", "orphans", list, "cleared", (int)cleared,
				  "omitted", (int)(count - room));
	if (!cleared || request->context.nshards == 1)
		return json_incref(request->kept);
	return admin_ask(request, look_again, finish_clear);
}

json_t *admin_call_orphans(struct admin_request *request)
{
	return admin_ask(request, gather_orphans, finish_orphans);
}
