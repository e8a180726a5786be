// SPDX-License-Identifier: GPL-2.0-or-later
/* Pairs of ports, given out first in, first out. */
#include "media_ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * A free pair is in the queue. One that becomes withheld stays there until media_ports_get()
 * meets it and takes it out; the last release puts it back.
 */
#define QUEUED 0x80
#define TAKEN 0x40
#define WITHHELD 0x3f /* how often */

int media_ports_init(struct media_ports *ports, uint16_t min, uint16_t max)
{
	unsigned int first = (min + 1u) & ~1u, end = max + 1u;

	if (!min || first + 2 > end)
		return -EINVAL;
	*ports = (struct media_ports){ .first = first, .npairs = (end - first) / 2 };
	ports->queue = malloc(ports->npairs * sizeof(*ports->queue));
	ports->state = malloc(ports->npairs);
	if (!ports->queue || !ports->state) {
		media_ports_clean(ports);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < ports->npairs; i++) {
		ports->queue[i] = i;
		ports->state[i] = QUEUED;
	}
	ports->count = ports->npairs;
	return 0;
}

int media_ports_part(uint16_t *min, uint16_t *max, unsigned int index, unsigned int count)
{
	unsigned int first = (*min + 1u) & ~1u, end = *max + 1u;
	unsigned int npairs = end > first ? (end - first) / 2 : 0;
	unsigned int from = npairs * index / count, to = npairs * (index + 1) / count;

	if (from == to)
		return -EINVAL;
	*min = first + 2 * from;
	*max = first + 2 * to - 1;
	return 0;
}

void media_ports_clean(struct media_ports *ports)
{
	free(ports->queue);
	free(ports->state);
	*ports = (struct media_ports){ 0 };
}

static void set_state(struct media_ports *ports, unsigned int pair, uint8_t state)
{
	bool was_used = ports->state[pair] & (TAKEN | WITHHELD), used = state & (TAKEN | WITHHELD);

	ports->used += used - was_used;
	ports->state[pair] = state;
}

/* Puts @pair into the queue if nothing keeps it out. */
static void enqueue(struct media_ports *ports, unsigned int pair)
{
	unsigned int tail = ports->head + ports->count;

	if (ports->state[pair])
		return;
	ports->queue[tail < ports->npairs ? tail : tail - ports->npairs] = pair;
	ports->count++;
	set_state(ports, pair, QUEUED);
}

static unsigned int dequeue(struct media_ports *ports)
{
	unsigned int pair = ports->queue[ports->head];

	ports->head = ports->head + 1 < ports->npairs ? ports->head + 1 : 0;
	ports->count--;
	set_state(ports, pair, ports->state[pair] & ~QUEUED);
	return pair;
}

static bool pair_of(const struct media_ports *ports, uint16_t port, unsigned int *pair)
{
	*pair = (port - ports->first) / 2;
	return port >= ports->first && *pair < ports->npairs;
}

uint16_t media_ports_get(struct media_ports *ports)
{
	while (ports->count) {
		unsigned int pair = dequeue(ports);

		if (ports->state[pair] & WITHHELD)
			continue;
		set_state(ports, pair, TAKEN);
		return ports->first + 2 * pair;
	}
	return 0;
}

void media_ports_put(struct media_ports *ports, uint16_t rtp_port)
{
	unsigned int pair;

	if (!pair_of(ports, rtp_port, &pair))
		return;
	set_state(ports, pair, ports->state[pair] & ~TAKEN);
	enqueue(ports, pair);
}

void media_ports_withhold(struct media_ports *ports, uint16_t port)
{
	unsigned int pair;

	if (pair_of(ports, port, &pair))
		set_state(ports, pair, ports->state[pair] + 1);
}

void media_ports_release(struct media_ports *ports, uint16_t port)
{
	unsigned int pair;

	if (!pair_of(ports, port, &pair))
		return;
	set_state(ports, pair, ports->state[pair] - 1);
	enqueue(ports, pair);
}
