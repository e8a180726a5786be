/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connections that bindings came by (RFC 5626): when one ends, those whom it led to are known
 * at once to be out of reach. From any thread; a lock of this table is taken within that of a
 * user's bindings, and nothing within it.
 */
#ifndef SIPD_CALL_LOCATION_FLOW_H
#define SIPD_CALL_LOCATION_FLOW_H

#include "call/location.h"
#include "sip/msg.h"

struct location_flows;

/* NULL without memory. */
struct location_flows *location_flows_alloc(void);
/* Every binding has left it; NULL is fine. */
void location_flows_free(struct location_flows *flows);

/* The binding's flow is what it will be; one without a connection is in no table. */
void location_flows_add(struct location_flows *flows, struct location_binding *binding);
void location_flows_del(struct location_flows *flows, struct location_binding *binding);

/* Marks what came by @conn as lost; how many there were. */
unsigned int location_flows_lost(struct location_flows *flows, uint64_t conn);

/*
 * Can nothing but the flow of a REGISTER from @remote by @proto lead to @contact? It is of
 * RFC 5626, or behind a NAT or a name that is none.
 */
bool location_flow_pinned(const struct sip_uri *contact, enum tp_proto proto,
			  const struct tp_addr *remote, bool outbound);

#endif
