// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/location_flow.h"

#include <stdlib.h>

struct location_flows {
	struct stripes stripes; /* by number of the connection */
};

static uint32_t conn_hash(uint64_t conn)
{
	return htab_hash(&conn, sizeof(conn));
}

struct location_flows *location_flows_alloc(void)
{
	struct location_flows *flows = calloc(1, sizeof(*flows));

	if (flows && stripes_init(&flows->stripes)) {
		free(flows);
		return NULL;
	}
	return flows;
}

void location_flows_free(struct location_flows *flows)
{
	if (flows)
		stripes_clean(&flows->stripes);
	free(flows);
}

void location_flows_add(struct location_flows *flows, struct location_binding *binding)
{
	uint32_t hash = conn_hash(binding->flow.conn);
	struct stripe *stripe;

	if (!binding->flow.conn)
		return;
	stripe = stripe_lock(&flows->stripes, hash);
	htab_add(&stripe->tab, &binding->by_conn, hash);
	stripe_unlock(stripe);
}

void location_flows_del(struct location_flows *flows, struct location_binding *binding)
{
	struct stripe *stripe;

	if (!binding->flow.conn)
		return;
	stripe = stripe_lock(&flows->stripes, conn_hash(binding->flow.conn));
	htab_del(&stripe->tab, &binding->by_conn);
	stripe_unlock(stripe);
}

unsigned int location_flows_lost(struct location_flows *flows, uint64_t conn)
{
	uint32_t hash = conn_hash(conn);
	struct stripe *stripe = stripe_lock(&flows->stripes, hash);
	struct hnode *node = htab_first(&stripe->tab, hash);
	unsigned int count = 0;

	for (; node; node = htab_next(node)) {
		struct location_binding *binding =
			HTAB_ENTRY(node, struct location_binding, by_conn);

		if (binding->flow.conn == conn &&
		    !atomic_exchange_explicit(&binding->flow_lost, true, memory_order_relaxed))
			count++;
	}
	stripe_unlock(stripe);
	return count;
}

bool location_flow_pinned(const struct sip_uri *contact, enum tp_proto proto,
			  const struct tp_addr *remote, bool outbound)
{
	struct tp_addr at;

	return tp_is_stream(proto) &&
	       (outbound || tp_is_ws(proto) || tp_addr_parse(&at, sip_uri_target(contact), 0) ||
		!tp_addr_same_host(&at, remote));
}
