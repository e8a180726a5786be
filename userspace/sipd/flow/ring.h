/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last octets of messages, in a ring. Positions count all octets ever written, so that whether
 * something is still there is a comparison. What belongs together is chained, newest first.
 */
#ifndef SIPD_FLOW_RING_H
#define SIPD_FLOW_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

struct flow_ring {
	char *octets; /* mapped; NULL: nothing is kept */
	size_t size; /* multiple of FLOW_RING_ALIGN */
	uint64_t head; /* position of the next entry */
};

#define FLOW_RING_ALIGN 8

struct flow_entry {
	uint64_t prev; /* position + 1 of the one before it, 0: none */
	uint64_t time_ns;
	uint32_t len;
	bool outgoing;
	bool retransmission;
	char octets[];
};

/* @size 0: nothing is kept. 0 or -ENOMEM. */
int flow_ring_init(struct flow_ring *ring, size_t size);
void flow_ring_clean(struct flow_ring *ring);
/*
 * Copies @octets behind the @entry's fields. Returns its position + 1, or @entry->prev when nothing
 * is kept.
 */
uint64_t flow_ring_add(struct flow_ring *ring, const struct flow_entry *entry, struct view octets);
/* The entry at @place, a position + 1; NULL: none, or overwritten. */
const struct flow_entry *flow_ring_at(const struct flow_ring *ring, uint64_t place);

#endif
