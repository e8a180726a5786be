// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions about flows, a bounded piece at a time. */
#include "flow/store.h"

/* The Call-ID may have been too long for the record. */
static bool call_id_fits(const struct flow *flow, const char *wanted)
{
	struct view call_id = flow_text(flow, FLOW_CALL_ID);
	size_t len = strlen(wanted);

	return call_id.len <= len && !memcmp(call_id.p, wanted, call_id.len) &&
	       (call_id.len == len || call_id.len >= FLOW_CALL_ID_MAX);
}

static bool peer_fits(const struct flow *flow, const struct tp_addr *wanted)
{
	return tp_addr_same_host(&flow->peer, wanted) &&
	       (!tp_addr_port(wanted) || tp_addr_port(wanted) == tp_addr_port(&flow->peer));
}

static bool fits(const struct flow *flow, const struct flow_filter *filter)
{
	bool running = flow->end == FLOW_RUNNING;

	if (filter->state != FLOW_ANY_STATE && running != (filter->state == FLOW_ONLY_RUNNING))
		return false;
	if (filter->call && strcmp(flow->call, filter->call))
		return false;
	if (filter->code_max &&
	    (flow->status < filter->code_min || flow->status > filter->code_max))
		return false;
	if (filter->method && !view_eq(flow_text(flow, FLOW_METHOD), view_str(filter->method)))
		return false;
	if (filter->peer.sa.sa_family && !peer_fits(flow, &filter->peer))
		return false;
	return !filter->call_id || call_id_fits(flow, filter->call_id);
}

/*
 * Where @cursor is: the next flow to look at. The record of the last one may have gone to another
 * flow; those that are older than it are few then, as nearly all of them went before.
 */
static const struct flow *resume(const struct flow_store *store, const struct flow_filter *filter,
				 const struct flow_cursor *cursor)
{
	const struct flow *flow, *last = NULL;

	if (filter->mark)
		return flow_of(store, filter->mark);
	if (!cursor->mark)
		return TAILQ_LAST(&store->by_age, flow_list);
	flow = flow_of(store, cursor->mark);
	if (flow)
		return cursor->message ? flow : TAILQ_PREV(flow, flow_list, by_age);
	TAILQ_FOREACH(flow, &store->by_age, by_age)
	{
		if (flow->start_ns >= cursor->start_ns)
			break;
		last = flow;
	}
	return last;
}

static void note_place(const struct flow_store *store, struct flow_cursor *cursor,
		       const struct flow *flow)
{
	if (cursor->message && cursor->mark != flow_mark(store, flow))
		cursor->message = 0;
	cursor->mark = flow_mark(store, flow);
	cursor->start_ns = flow->start_ns;
}

/* True: all is told of the flow. */
typedef bool (*tell_cb)(void *arg, const struct flow *flow, struct flow_cursor *cursor);

/* Calls @tell for what fits until it returns false or enough has been looked at. */
static bool walk(const struct flow_store *store, const struct flow_filter *filter,
		 struct flow_cursor *cursor, tell_cb tell, void *arg)
{
	const struct flow *flow = resume(store, filter, cursor);

	for (unsigned int seen = 0; flow; seen++) {
		if (flow->start_ns < filter->since_ns)
			return false;
		if (seen == FLOW_SCAN_MAX)
			return true;
		note_place(store, cursor, flow);
		if (fits(flow, filter) && !tell(arg, flow, cursor))
			return true;
		if (filter->mark)
			return false;
		flow = TAILQ_PREV(flow, flow_list, by_age);
	}
	return false;
}

struct teller {
	const struct flow_store *store;
	size_t left;
	void (*flow_cb)(void *arg, const struct flow *flow);
	void (*message_cb)(void *arg, const struct flow_message *message);
	void *arg;
};

static bool tell_flow(void *arg, const struct flow *flow, struct flow_cursor *cursor)
{
	struct teller *teller = arg;

	(void)cursor;
	teller->flow_cb(teller->arg, flow);
	return --teller->left;
}

bool flow_each(const struct flow_store *store, const struct flow_filter *filter,
	       struct flow_cursor *cursor, unsigned int max,
	       void (*cb)(void *arg, const struct flow *flow), void *arg)
{
	struct teller teller = { .store = store, .left = max, .flow_cb = cb, .arg = arg };

	return walk(store, filter, cursor, tell_flow, &teller);
}

/* A cursor comes from outside: @wanted stands only if an entry of @flow begins there. */
static uint64_t first_place(const struct flow_store *store, const struct flow *flow,
			    uint64_t wanted)
{
	uint64_t place = flow->newest;
	const struct flow_entry *entry;

	while (wanted && place != wanted) {
		entry = flow_ring_at(&store->ring, place);
		if (!entry)
			return 0;
		place = entry->prev;
	}
	return place;
}

static bool tell_messages(void *arg, const struct flow *flow, struct flow_cursor *cursor)
{
	struct teller *teller = arg;
	uint64_t place = first_place(teller->store, flow, cursor->message);
	const struct flow_entry *entry;

	while ((entry = flow_ring_at(&teller->store->ring, place))) {
		size_t size = sizeof(*entry) + entry->len;

		if (!teller->left) {
			cursor->message = place;
			return false;
		}
		teller->message_cb(teller->arg, &(struct flow_message){
							.flow = flow,
							.time_ns = entry->time_ns,
							.outgoing = entry->outgoing,
							.retransmission = entry->retransmission,
							.octets = { entry->octets, entry->len },
						});
		teller->left = size < teller->left ? teller->left - size : 0;
		place = entry->prev;
	}
	cursor->message = 0;
	return true;
}

bool flow_each_message(const struct flow_store *store, const struct flow_filter *filter,
		       struct flow_cursor *cursor, size_t max,
		       void (*cb)(void *arg, const struct flow_message *message), void *arg)
{
	struct teller teller = { .store = store, .left = max, .message_cb = cb, .arg = arg };

	return walk(store, filter, cursor, tell_messages, &teller);
}
