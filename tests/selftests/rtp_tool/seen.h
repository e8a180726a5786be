/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sequence numbers of which SSRC have come: exact, unlike the estimates of RFC 3550. */
#ifndef RTP_TOOL_SEEN_H
#define RTP_TOOL_SEEN_H

#include <stdint.h>

struct seen_sums {
	unsigned int ssrcs;
	unsigned long lost; /* between the lowest and the highest number of each */
	unsigned long duplicate;
};

void seen_add(uint32_t ssrc, uint16_t seq);
struct seen_sums seen_sums(void);

#endif
