// SPDX-License-Identifier: GPL-2.0-or-later
/* "call list", "call kill" and what every mention of a call has. */
#include <errno.h>

#include "admin/call_object.h"
#include "admin/request.h"
#include "admin/text.h"

json_t *admin_call_object(const struct call_info *info)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:f, s:I, s:b, s:i, s:o}",
			 "id", info->id,
			 "state", call_state_name(info->state),
			 "from", admin_text(info->from),
			 "to", admin_text(info->to),
			 "realm_in", admin_text(info->legs[0].realm),
			 "realm_out", admin_text(info->legs[1].realm),
			 "start", info->start,
			 "duration_ms", (json_int_t)info->duration_ms,
			 "answered", info->setup_ms >= 0,
			 "code", info->code,
			 "reason", admin_text(info->reason));
}

struct listing {
	json_t *calls;
	unsigned long omitted;
	bool failed;
};

static void list_call(const struct call_info *info, void *arg)
{
	struct listing *listing = arg;

	if (json_array_size(listing->calls) >= ADMIN_MAX_LIST)
		listing->omitted++;
	else if (json_array_append_new(listing->calls, admin_call_object(info)))
		listing->failed = true;
}

json_t *admin_call_list(struct admin_request *request)
{
	struct listing listing = { .calls = json_array() };

	call_each(request->context->engine, admin_flag_arg(request, "all"), list_call, &listing);
	if (listing.failed) {
		json_decref(listing.calls);
		return NULL;
	}
	return json_pack("{s:o, s:I}", "calls", listing.calls, "omitted",
			 (json_int_t)listing.omitted);
}

/* For an error of call_find() or call_kill(). */
static json_t *refuse(struct admin_request *request, const char *id, int error)
{
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

struct description {
	json_t *(*make)(const struct call_info *info);
	json_t *result;
};

static void describe(const struct call_info *info, void *arg)
{
	struct description *description = arg;

	description->result = description->make(info);
}

json_t *admin_call_describe(struct admin_request *request,
			    json_t *(*make)(const struct call_info *info))
{
	struct description description = { .make = make };
	const char *id = admin_string_arg(request, "id");
	int ret;

	if (!id)
		return NULL;
	ret = call_find(request->context->engine, id, describe, &description);
	return ret ? refuse(request, id, ret) : description.result;
}

json_t *admin_call_kill(struct admin_request *request)
{
	const char *id = admin_string_arg(request, "id");
	char full_id[CALL_ID_STRLEN];
	int ret;

	if (!id)
		return NULL;
	ret = call_kill(request->context->engine, id, full_id);
	if (ret)
		return refuse(request, id, ret);
	return json_pack("{s:s, s:b}", "id", full_id, "killed", 1);
}
