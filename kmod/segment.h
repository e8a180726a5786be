/* SPDX-License-Identifier: GPL-2.0 */
/* TCP segments in skbs whose data starts at the IP header. */
#ifndef SF_SEGMENT_H
#define SF_SEGMENT_H

#include <linux/skbuff.h>

#include "addr.h"

/**
 * struct sf_segment
 * @src: who sent it
 * @dst: whom it is for
 * @offset: of the TCP header
 * @payload: offset of the payload
 * @len: octets of payload, of which there may be none
 * @seq: sequence number of its first octet, or of its SYN
 * @ack: valid with @has_ack
 * @window: as it is in the header
 */
struct sf_segment {
	struct sf_addr src;
	struct sf_addr dst;
	unsigned int offset;
	unsigned int payload;
	unsigned int len;
	u32 seq;
	u32 ack;
	u16 window;
	bool syn;
	bool has_ack;
	bool fin;
	bool rst;
	bool urg;
};

/*
 * Reads the header at @offset of a packet that ends at @end, all but the addresses. False: it is
 * none that TCP would take.
 */
bool sf_segment_read(const struct sk_buff *skb, unsigned int offset, unsigned int end,
		     struct sf_segment *segment);

/* Is its checksum right, or known to be so? Reads all of it if it is not known. */
bool sf_segment_is_sound(const struct sk_buff *skb, const struct sf_segment *segment);

/* The window scale that a SYN tells (RFC 7323 s.2.2); 0: none. */
u8 sf_segment_scale(const struct sk_buff *skb, const struct sf_segment *segment);

/*
 * Leaves only the first @len octets of payload, and no FIN. What is gone was never acknowledged,
 * so it comes again. False without memory: nothing is changed. @skb is not shared.
 */
bool sf_segment_cut(struct sk_buff *skb, struct sf_segment *segment, unsigned int len);
/* Makes it a RST with @seq for its receiver. The same. */
bool sf_segment_reset(struct sk_buff *skb, struct sf_segment *segment, u32 seq);

#endif /* SF_SEGMENT_H */
