/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store from inside; private to flow/. */
#ifndef SIPD_FLOW_STORE_H
#define SIPD_FLOW_STORE_H

#include "flow/flow.h"
#include "flow/ring.h"

TAILQ_HEAD(flow_list, flow);

struct flow_store {
	struct flow *flows; /* mapped; pages that no flow has reached take no memory */
	uint32_t max;
	uint32_t used; /* records that have been in use at all */
	struct flow_list by_age; /* oldest first */
	struct flow_list by_end; /* that finished first, first */
	uint64_t total, replaced_running;
	struct flow_ring ring;
};

/* The flow that @mark is of; NULL: its record has another one by now. */
struct flow *flow_of(const struct flow_store *store, uint64_t mark);

/* --- text.c --- */

/* Call-ID, method and the URIs of From and To, from a flow's first message. */
void flow_text_read(struct flow *flow, const struct sip_trace *trace);
/* Takes the place of the last piece. */
void flow_text_note(struct flow *flow, const char *note);

#endif
