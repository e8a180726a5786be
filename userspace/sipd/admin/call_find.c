// SPDX-License-Identifier: GPL-2.0-or-later
/* The one call that an id names, whichever shard has it: to describe it, or "call kill". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/call_object.h"
#include "admin/request.h"

/* For an error of call_find() or call_kill(). */
static json_t *refuse(struct admin_request *request, int error)
{
	const char *id = request->id;

	switch (error) {
	case -ENOENT:
		return admin_refuse(request, "not-found",
				    "no call \"%.40s\"; sipctl call list -a shows them all", id);
	case -EEXIST:
		return admin_refuse(request, "usage",
				    "several calls begin with \"%.40s\"; give more of the id", id);
	case -EALREADY:
		return admin_refuse(request, "failed", "call \"%.40s\" has ended already", id);
	default:
		return admin_refuse(request, "failed", "call \"%.40s\": error %d", id, -error);
	}
}

/* The part that has found the call, or NULL after a refusal. */
static struct admin_part *found(struct admin_request *request)
{
	struct admin_part *part, *only = NULL;
	int error = -ENOENT;

	for (part = request->parts; part < request->parts + request->nparts; part++) {
		if (part->ret == -ENOENT)
			continue;
		error = only ? -EEXIST : part->ret;
		if (error)
			break;
		only = part;
	}
	if (error)
		refuse(request, error);
	return error ? NULL : only;
}

static json_t *finish_description(struct admin_request *request)
{
	struct admin_part *part = found(request);

	return part ? json_incref(part->json) : NULL;
}

json_t *admin_call_describe(struct admin_request *request, admin_gather_cb gather)
{
	request->id = admin_string_arg(request, "id");
	return request->id ? admin_ask(request, gather, finish_description) : NULL;
}

static json_t *id_object(const struct call_info *info)
{
	return json_string(info->id);
}

struct description {
	struct admin_part *part;
	json_t *(*make)(const struct call_info *info);
};

static void describe(const struct call_info *info, void *arg)
{
	const struct description *description = arg;

	description->part->json = description->make(info);
}

void admin_call_gather(struct admin_part *part, json_t *(*make)(const struct call_info *info))
{
	struct description description = { .part = part, .make = make };

	part->ret = call_find(part->engine, part->request->id, describe, &description);
}

static void gather_id(struct admin_part *part)
{
	admin_call_gather(part, id_object);
}

static void kill_call(struct admin_part *part)
{
	const char *id = json_string_value(part->request->kept);
	char full_id[CALL_ID_STRLEN];

	part->ret = call_kill(part->engine, id, full_id);
	if (!part->ret)
		part->json = json_pack("{s:s, s:b}", "id", full_id, "killed", 1);
}

/* What begins with the id in one shard only may not be the only one: all are asked before. */
static json_t *finish_id(struct admin_request *request)
{
	struct admin_part *part = found(request);

	if (!part || !part->json)
		return NULL;
	request->kept = json_incref(part->json);
	return admin_ask_one(request, part->shard, kill_call, finish_description);
}

json_t *admin_call_kill(struct admin_request *request)
{
	request->id = admin_string_arg(request, "id");
	return request->id ? admin_ask(request, gather_id, finish_id) : NULL;
}
