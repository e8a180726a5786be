/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports of a media range, given out as pairs: an even one for RTP and the odd one above it
 * for RTCP (RFC 3550 s.11). First in, first out: a pair that was returned is used again as late
 * as possible, so that stragglers of the call that had it do not meet the next one. All
 * operations are O(1), three octets a pair.
 */
#ifndef SIPD_MEDIA_PORTS_H
#define SIPD_MEDIA_PORTS_H

#include <stdint.h>

struct media_ports {
	uint16_t first; /* RTP port of pair 0 */
	unsigned int npairs;
	uint16_t *queue; /* ring of free pairs */
	unsigned int head, count;
	uint8_t *state; /* of each pair */
	unsigned int used; /* pairs given out or withheld */
};

/* -EINVAL: there is no pair from @min to @max; -ENOMEM. */
int media_ports_init(struct media_ports *ports, uint16_t min, uint16_t max);
void media_ports_clean(struct media_ports *ports);

/*
 * Narrows a range to part @index of @count of its pairs; parts differ by one pair at most. -EINVAL:
 * it has none left for this one.
 */
int media_ports_part(uint16_t *min, uint16_t *max, unsigned int index, unsigned int count);

/* The RTP port of a free pair, or 0 when there is none. */
uint16_t media_ports_get(struct media_ports *ports);
void media_ports_put(struct media_ports *ports, uint16_t rtp_port);

/*
 * A port that somebody else uses: its pair is not given out until each withhold, of 63 at most,
 * has had its release. A port outside of the range is ignored.
 */
void media_ports_withhold(struct media_ports *ports, uint16_t port);
void media_ports_release(struct media_ports *ports, uint16_t port);

#endif
