// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/session_json.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sipctl/names.h"
#include "sipctl/text.h"

static json_t *taken_string(char *text)
{
	json_t *string = json_string(text);

	free(text);
	return string;
}

json_t *session_json_id(uint64_t id)
{
	return id <= INT64_MAX ? json_integer(id) : taken_string(text_format("%" PRIu64, id));
}

static void set_u64(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

static json_t *rx_json(const struct sf_endpoint *ep)
{
	const struct sf_rx *rx = &ep->rx;
	json_t *object = json_object();

	set_u64(object, "packets", rx->packets);
	set_u64(object, "octets", rx->octets);
	json_object_set_new(object, "lost", json_integer(rx->lost));
	set_u64(object, "duplicate", rx->duplicate);
	set_u64(object, "reordered", rx->reordered);
	set_u64(object, "jitter_us", rx->jitter_us);
	json_object_set_new(object, "ssrc",
			    ep->has & SF_HAS_SSRC ? json_integer(rx->ssrc) : json_null());
	json_object_set_new(object, "payload_type",
			    ep->has & SF_HAS_PAYLOAD_TYPE ? json_integer(rx->payload_type) :
							    json_null());
	json_object_set_new(object, "idle_ms",
			    ep->has & SF_HAS_IDLE ? json_integer(rx->idle_ms) : json_null());
	set_u64(object, "bad_source", rx->bad_source);
	set_u64(object, "malformed", rx->malformed);
	return object;
}

static json_t *tx_json(const struct sf_tx *tx)
{
	json_t *object = json_object();

	set_u64(object, "packets", tx->packets);
	set_u64(object, "octets", tx->octets);
	set_u64(object, "dropped", tx->dropped);
	return object;
}

static json_t *address_json(const struct sf_endpoint *ep, uint32_t has,
			    const struct sockaddr_in *address)
{
	return ep->has & has ? taken_string(name_address(address)) : json_null();
}

static json_t *endpoint_json(const struct sf_endpoint *ep)
{
	json_t *object = json_object();
	json_t *forwards = json_array();

	for (unsigned int i = 0; i < ep->nforwards; i++)
		json_array_append_new(forwards, json_integer(ep->forwards[i]));
	set_u64(object, "id", ep->id);
	json_object_set_new(object, "local", address_json(ep, SF_HAS_LOCAL, &ep->local));
	json_object_set_new(object, "remote", address_json(ep, SF_HAS_REMOTE, &ep->remote));
	json_object_set_new(object, "learned", json_boolean(ep->learned));
	json_object_set_new(object, "component",
			    json_string(name_of(component_names, ep->component)));
	json_object_set_new(object, "learn", json_string(name_of(learn_names, ep->learn)));
	json_object_set_new(object, "learn_from",
			    taken_string(name_prefix(ep->learn_addr, ep->learn_prefix)));
	json_object_set_new(object, "source", json_string(name_of(source_names, ep->source)));
	set_u64(object, "dscp", ep->dscp);
	set_u64(object, "ttl", ep->ttl);
	set_u64(object, "clock_rate", ep->clock_rate);
	json_object_set_new(object, "forwards", forwards);
	json_object_set_new(object, "rx", rx_json(ep));
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
	json_object_set_new(object, "owner_name", taken_string(name_owner(session->owner)));
	set_u64(object, "timeout_ms", session->timeout_ms);
	set_u64(object, "age_ms", session->age_ms);
	set_u64(object, "idle_ms", session->idle_ms);
	json_object_set_new(object, "endpoints", endpoints);
	return object;
}
