// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow/ring.h"

#include <errno.h>
#include <sys/mman.h>

int flow_ring_init(struct flow_ring *ring, size_t size)
{
	*ring = (struct flow_ring){ .size = size - size % FLOW_RING_ALIGN };
	if (!ring->size)
		return 0;
	ring->octets =
		mmap(NULL, ring->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (ring->octets != MAP_FAILED)
		return 0;
	*ring = (struct flow_ring){ 0 };
	return -ENOMEM;
}

void flow_ring_clean(struct flow_ring *ring)
{
	if (ring->octets)
		munmap(ring->octets, ring->size);
	*ring = (struct flow_ring){ 0 };
}

uint64_t flow_ring_add(struct flow_ring *ring, const struct flow_entry *entry, struct view octets)
{
	size_t len = sizeof(*entry) + octets.len, offset;
	struct flow_entry *to;

	len += -len % FLOW_RING_ALIGN;
	if (len > ring->size)
		return entry->prev;
	offset = ring->head % ring->size;
	/* An entry lies in one piece: what is left at the end stays unused. */
	if (offset + len > ring->size) {
		ring->head += ring->size - offset;
		offset = 0;
	}
	to = (struct flow_entry *)(ring->octets + offset);
	*to = *entry;
	to->len = (uint32_t)octets.len;
	if (octets.len)
		memcpy(to->octets, octets.p, octets.len);
	ring->head += len;
	return ring->head - len + 1;
}

const struct flow_entry *flow_ring_at(const struct flow_ring *ring, uint64_t place)
{
	if (!place || !ring->size || ring->head - (place - 1) > ring->size)
		return NULL;
	return (const struct flow_entry *)(ring->octets + (place - 1) % ring->size);
}
