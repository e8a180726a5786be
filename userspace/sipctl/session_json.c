// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/session_json.h"

#include <inttypes.h>

#include "sipctl/ctl.h"
#include "sipctl/names.h"
#include "sipctl/text.h"

json_t *session_json_id(uint64_t id)
{
	return id <= INT64_MAX ? json_integer(id) : ctl_json_text(text_format("%" PRIu64, id));
}

static void set_u64(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

/* null where the kernel has sent nothing. */
static void set_known(json_t *object, const char *key, bool known, json_int_t value)
{
	json_object_set_new(object, key, known ? json_integer(value) : json_null());
}

static json_t *payload_types_json(const struct sf_endpoint *ep)
{
	json_t *list;

	if (!(ep->has & SF_HAS_PAYLOAD_TYPES))
		return json_null();
	list = json_array();
	for (unsigned int type = 0; type < 128; type++)
		if (ep->rx.payload_types[type / 8] & 1 << type % 8)
			json_array_append_new(list, json_integer(type));
	return list;
}

json_t *session_json_rx(const struct sf_endpoint *ep)
{
	const struct sf_rx *rx = &ep->rx;
	json_t *object = json_object();
	bool report = ep->has & SF_HAS_REPORT, quality = ep->has & SF_HAS_QUALITY;

	set_u64(object, "packets", rx->packets);
	set_u64(object, "octets", rx->octets);
	set_known(object, "lost", quality, rx->lost);
	set_known(object, "duplicate", quality, (json_int_t)rx->duplicate);
	set_known(object, "reordered", quality, (json_int_t)rx->reordered);
	set_known(object, "jitter_us", quality, rx->jitter_us);
	set_known(object, "ssrc", ep->has & SF_HAS_SSRC, rx->ssrc);
	set_known(object, "ssrc_changes", quality, rx->ssrc_changes);
	set_known(object, "payload_type", ep->has & SF_HAS_PAYLOAD_TYPE, rx->payload_type);
	json_object_set_new(object, "payload_types", payload_types_json(ep));
	set_known(object, "idle_ms", ep->has & SF_HAS_IDLE, rx->idle_ms);
	set_u64(object, "bad_source", rx->bad_source);
	set_u64(object, "malformed", rx->malformed);
	set_known(object, "rtt_us", ep->has & SF_HAS_RTT, rx->rtt_us);
	set_known(object, "report_lost", report, rx->report_lost);
	json_object_set_new(object, "report_fraction",
			    report ? json_real(rx->report_fraction / 256.0) : json_null());
	set_known(object, "report_jitter_us", report, rx->report_jitter_us);
	return object;
}

static json_t *tx_json(const struct sf_tx *tx)
{
	json_t *object = json_object();

	set_u64(object, "packets", tx->packets);
	set_u64(object, "octets", tx->octets);
	set_u64(object, "dropped", tx->dropped);
	set_u64(object, "blocked", tx->blocked);
	set_u64(object, "icmp", tx->icmp);
	return object;
}

json_t *session_json_address(const struct sf_address *address)
{
	return address->family ? ctl_json_text(name_address(address)) : json_null();
}

static json_t *rewrite_json(const struct sf_forward *forward)
{
	json_t *object = json_object();
	json_t *types = json_array();

	for (unsigned int i = 0; i < forward->npayload_types; i++)
		json_array_append_new(types, json_pack("[i, i]", forward->payload_types[i].from,
						       forward->payload_types[i].to));
	set_u64(object, "to", forward->to);
	json_object_set_new(object, "mode", json_string(name_of(mode_names, forward->mode)));
	json_object_set_new(object, "payload_types", types);
	set_known(object, "ssrc", forward->has & SF_FORWARD_SSRC, forward->ssrc);
	set_u64(object, "seq_offset", forward->seq_offset);
	set_u64(object, "timestamp_offset", forward->timestamp_offset);
	set_known(object, "dscp", forward->has & SF_FORWARD_DSCP, forward->dscp);
	set_known(object, "ttl", forward->has & SF_FORWARD_TTL, forward->ttl);
	return object;
}

/* Endpoint IDs alone, and what is changed on the way. */
static void set_forwards(json_t *object, const struct sf_endpoint *ep)
{
	json_t *forwards = json_array();
	json_t *rewrites = json_array();

	for (unsigned int i = 0; i < ep->nforwards; i++) {
		json_array_append_new(forwards, json_integer(ep->forwards[i].to));
		json_array_append_new(rewrites, rewrite_json(&ep->forwards[i]));
	}
	json_object_set_new(object, "forwards", forwards);
	json_object_set_new(object, "rewrites", rewrites);
}

static json_t *endpoint_json(const struct sf_endpoint *ep)
{
	json_t *object = json_object();
	bool dtmf = ep->has & SF_HAS_DTMF_TYPE && ep->dtmf_type != SF_DTMF_NONE;

	set_u64(object, "id", ep->id);
	json_object_set_new(object, "local", session_json_address(&ep->local));
	json_object_set_new(object, "remote", session_json_address(&ep->remote));
	json_object_set_new(object, "learned", json_boolean(ep->learned));
	json_object_set_new(object, "component",
			    json_string(name_of(component_names, ep->component)));
	json_object_set_new(object, "learn", json_string(name_of(learn_names, ep->learn)));
	json_object_set_new(object, "learn_from",
			    ctl_json_text(name_prefix(&ep->learn_addr, ep->learn_prefix)));
	set_known(object, "learn_ms", ep->has & SF_HAS_LEARN_MS, ep->learn_ms);
	json_object_set_new(object, "source", json_string(name_of(source_names, ep->source)));
	set_u64(object, "dscp", ep->dscp);
	set_u64(object, "ttl", ep->ttl);
	set_u64(object, "clock_rate", ep->clock_rate);
	set_u64(object, "inactive_ms", ep->inactive_ms);
	set_known(object, "dtmf_type", dtmf, ep->dtmf_type);
	set_forwards(object, ep);
	json_object_set_new(object, "rx", session_json_rx(ep));
	json_object_set_new(object, "tx", tx_json(&ep->tx));
	return object;
}

json_t *session_json(const struct sf_session *session)
{
	json_t *object = json_object();
	json_t *endpoints = json_array();

	for (unsigned int i = 0; i < session->nendpoints; i++)
		json_array_append_new(endpoints, endpoint_json(&session->endpoints[i]));
	json_object_set_new(object, "id", session_json_id(session->id));
	set_u64(object, "owner", session->owner);
	json_object_set_new(object, "owner_name", ctl_json_text(name_owner(session->owner)));
	set_u64(object, "timeout_ms", session->timeout_ms);
	set_u64(object, "age_ms", session->age_ms);
	set_u64(object, "idle_ms", session->idle_ms);
	json_object_set_new(object, "endpoints", endpoints);
	return object;
}
