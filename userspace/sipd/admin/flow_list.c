// SPDX-License-Identifier: GPL-2.0-or-later
/* "flow list": records of transactions. */
#include "admin/flow_query.h"
#include "admin/text.h"

/* Of one page. */
#define MAX_FLOWS 100

struct listing {
	const struct admin_part *part;
	json_t *list;
};

static json_t *text_of(const struct flow *flow, enum flow_text which)
{
	struct view text = flow_text(flow, which);
	char copy[FLOW_TEXT_ROOM + 1];

	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	return admin_text(copy);
}

static json_t *optional_ms(bool is_there, uint32_t us)
{
	return is_there ? json_real((double)us / 1000) : json_null();
}

static json_t *flow_object(const struct admin_part *part, const struct flow *flow)
{
	bool final = flow->status >= 200 && flow->end != FLOW_SINGLE && flow->end != FLOW_IGNORED;
	char id[ADMIN_FLOW_ID_STRLEN];
	json_t *object, *more;

	object = json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:s, s:o, s:I, s:o, s:o, s:s}",
			   "id", admin_flow_id(part, flow, id),
			   "method", text_of(flow, FLOW_METHOD),
			   "direction", flow->outgoing ? "out" : "in",
			   "transport", tp_proto_name((enum tp_proto)flow->proto),
			   "local", admin_addr(&flow->local),
			   "peer", admin_addr(&flow->peer),
			   "realm", flow->realm,
			   "call_id", text_of(flow, FLOW_CALL_ID),
			   "cseq", (json_int_t)flow->cseq,
			   "from", text_of(flow, FLOW_FROM),
			   "to", text_of(flow, FLOW_TO),
			   "call", flow->call);
	more = json_pack("{s:f, s:s, s:s, s:i, s:i, s:o, s:o, s:I, s:i, s:i, s:b, s:o, s:o}",
			 "start", (double)flow_unix_ns(flow->start_ns) / 1e9,
			 "state", flow->end == FLOW_RUNNING ? "running" : "finished",
			 "end", flow_end_name((enum flow_end)flow->end),
			 "code", (int)flow->status,
			 "first_code", (int)flow->first,
			 "first_ms", optional_ms(flow->first, flow->first_us),
			 "final_ms", optional_ms(final, flow->final_us),
			 "messages", (json_int_t)flow->messages,
			 "retransmissions_in", (int)flow->rx_again,
			 "retransmissions_out", (int)flow->tx_again,
			 "acked", (int)flow->acked,
			 "note", text_of(flow, FLOW_NOTE),
			 "error", admin_text(flow->error));
	if (!object || !more || json_object_update(object, more)) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	return object;
}

static void list_flow(void *arg, const struct flow *flow)
{
	struct listing *listing = arg;

	json_array_append_new(listing->list, flow_object(listing->part, flow));
}

static void gather(struct admin_part *part)
{
	struct listing listing = { .part = part, .list = json_array() };
	struct flow_query query;
	bool more;

	admin_flow_query(part, &query);
	more = flow_each(call_engine_flows(part->engine), &query.filter, &query.cursor, MAX_FLOWS,
			 list_flow, &listing);
	admin_flow_answer(part, "flows", listing.list, &query, more);
}

json_t *admin_flow_list(struct admin_request *request)
{
	return admin_flow_ask(request, gather);
}
