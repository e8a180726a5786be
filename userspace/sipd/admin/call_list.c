// SPDX-License-Identifier: GPL-2.0-or-later
/* "call list" and what every mention of a call has. */
#include <stdlib.h>

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

/* Calls of one shard, in the order of the list; their objects are in the part's JSON. */
struct listing {
	json_t *calls;
	unsigned int room;
	unsigned long omitted;
	bool failed;
	size_t next; /* the first one that is not in the answer yet */
	struct place {
		bool ended;
		double when; /* Unix time: began, or if it has ended, ended */
	} places[];
};

static void list_call(const struct call_info *info, void *arg)
{
	struct listing *listing = arg;
	size_t n = json_array_size(listing->calls);

	if (n == listing->room) {
		listing->omitted++;
		return;
	}
	listing->places[n].ended = info->state == CALL_ENDED;
	listing->places[n].when = info->start;
	if (info->state == CALL_ENDED)
		listing->places[n].when += (double)info->duration_ms / 1000;
	if (json_array_append_new(listing->calls, admin_call_object(info)))
		listing->failed = true;
}

static void gather_list(struct admin_part *part)
{
	const struct admin_request *request = part->request;
	unsigned int room = ADMIN_MAX_LIST / request->context.nshards;
	struct listing *listing;

	listing = calloc(1, sizeof(*listing) + room * sizeof(*listing->places));
	if (!listing)
		return;
	part->data = listing;
	part->json = listing->calls = json_array();
	listing->room = room;
	call_each(part->engine, admin_flag_arg(request, "all"), list_call, listing);
}

/* Does @a's next call come before @b's: active ones first, then the newest? */
static bool comes_first(const struct listing *a, const struct listing *b)
{
	const struct place *x = &a->places[a->next], *y = &b->places[b->next];

	return x->ended != y->ended ? y->ended : x->when > y->when;
}

/* The shard whose next call comes first, or NULL when there is none left. */
static struct listing *first_listing(const struct admin_request *request)
{
	struct listing *first = NULL;

	for (unsigned int i = 0; i < request->nparts; i++) {
		struct listing *listing = request->parts[i].data;

		if (listing->next < json_array_size(listing->calls) &&
		    (!first || comes_first(listing, first)))
			first = listing;
	}
	return first;
}

static json_t *finish_list(struct admin_request *request)
{
	json_t *calls = json_array();
	unsigned long omitted = 0;
	struct listing *listing;
	bool failed = false;

	for (unsigned int i = 0; i < request->nparts && !failed; i++) {
		listing = request->parts[i].data;
		failed = !listing || !listing->calls || listing->failed;
		omitted += failed ? 0 : listing->omitted;
	}
	while (!failed && (listing = first_listing(request)))
		failed = json_array_append(calls, json_array_get(listing->calls, listing->next++));
	if (failed) {
		json_decref(calls);
		return NULL;
	}
	return json_pack("{s:o, s:I}", "calls", calls, "omitted", (json_int_t)omitted);
}

json_t *admin_call_list(struct admin_request *request)
{
	return admin_ask(request, gather_list, finish_list);
}
