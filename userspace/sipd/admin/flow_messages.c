// SPDX-License-Identifier: GPL-2.0-or-later
/* "flow messages": the octets of messages, secrets masked. */
#include <stdlib.h>

#include "admin/flow_query.h"
#include "admin/text.h"
#include "flow/mask.h"

/* Of one page, give or take the last message. */
#define MAX_OCTETS (64u << 10)

struct reading {
	const struct admin_part *part;
	json_t *list;
	unsigned int secrets; /* that are masked */
};

/* What is no text goes as hexadecimal digits. */
static void set_octets(json_t *object, const char *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	json_t *text = memchr(octets, '\0', len) ? NULL : json_stringn(octets, len);
	char *hex;

	if (text) {
		json_object_set_new(object, "text", text);
		return;
	}
	hex = malloc(2 * len);
	if (!hex)
		return;
	for (size_t i = 0; i < len; i++) {
		hex[2 * i] = digits[(unsigned char)octets[i] >> 4];
		hex[2 * i + 1] = digits[octets[i] & 15];
	}
	json_object_set_new(object, "hex", json_stringn(hex, 2 * len));
	free(hex);
}

static json_t *message_object(const struct reading *reading, const struct flow_message *message)
{
	const struct flow *flow = message->flow;
	char id[ADMIN_FLOW_ID_STRLEN];

	return json_pack("{s:s, s:s, s:I, s:b, s:b, s:s, s:o, s:o, s:s}",
			 "flow", admin_flow_id(reading->part, flow, id),
			 "call", flow->call,
			 "time_ns", (json_int_t)flow_unix_ns(message->time_ns),
			 "outgoing", (int)message->outgoing,
			 "retransmission", (int)message->retransmission,
			 "transport", tp_proto_name((enum tp_proto)flow->proto),
			 "local", admin_addr(&flow->local),
			 "peer", admin_addr(&flow->peer),
			 "realm", flow->realm);
}

static void read_message(void *arg, const struct flow_message *message)
{
	struct reading *reading = arg;
	char *copy = view_dup(message->octets);
	json_t *object;

	if (!copy)
		return;
	flow_mask(copy, message->octets.len, reading->secrets);
	object = message_object(reading, message);
	if (object)
		set_octets(object, copy, message->octets.len);
	json_array_append_new(reading->list, object);
	free(copy);
}

static unsigned int secrets_of(const struct cfg_trace *trace)
{
	static const unsigned int secrets[] = {
		[CFG_MASK_CREDENTIALS] = FLOW_SECRET_CREDENTIALS,
		[CFG_MASK_KEYS] = FLOW_SECRET_KEYS,
		[CFG_MASK_DTMF] = FLOW_SECRET_DTMF,
		[CFG_MASK_MESSAGES] = FLOW_SECRET_MESSAGES,
	};
	unsigned int all = 0;

	for (unsigned int i = 0; i < sizeof(secrets) / sizeof(*secrets); i++)
		if (trace->mask & 1u << i)
			all |= secrets[i];
	return all;
}

static void gather(struct admin_part *part)
{
	struct reading reading = { .part = part, .list = json_array() };
	struct flow_query query;
	bool more;

	if (!admin_flag_arg(part->request, "secrets"))
		reading.secrets = secrets_of(&call_engine_cfg(part->engine)->trace);
	admin_flow_query(part, &query);
	more = flow_each_message(call_engine_flows(part->engine), &query.filter, &query.cursor,
				 MAX_OCTETS, read_message, &reading);
	admin_flow_answer(part, "messages", reading.list, &query, more);
}

json_t *admin_flow_messages(struct admin_request *request)
{
	if (admin_flag_arg(request, "secrets") && !request->context.is_root)
		return admin_refuse(request, "permission",
				    "secrets are shown to root only; leave out --secrets");
	return admin_flow_ask(request, gather);
}
