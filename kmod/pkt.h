/* SPDX-License-Identifier: GPL-2.0 */
/* The geometry of packets: all that knows where in an skb what is. */
#ifndef SF_PKT_H
#define SF_PKT_H

#include <linux/skbuff.h>

#include "addr.h"

/**
 * struct sf_pkt - a whole UDP datagram in an skb whose data starts at the IP header
 * @payload: offset of the UDP payload
 * @len: octets of the UDP payload
 * @kind: enum rtp_kind, of the payload
 */
struct sf_pkt {
	struct sf_addr src;
	struct sf_addr dst;
	u16 payload;
	u16 len;
	u8 tos;
	u8 ttl;
	u8 kind;
};

/* How a packet leaves. */
struct sf_pkt_out {
	struct sf_addr src;
	struct sf_addr dst;
	u8 tos;
	u8 ttl;
};

/*
 * Reads the UDP destination; false when the skb has none: another protocol, or not the
 * first fragment. This is all that is done to packets that are not for us.
 */
bool sf_pkt_destination(const struct sk_buff *skb, struct sf_addr *dst);

/* Reads and checks the headers; false when a length does not fit. */
bool sf_pkt_parse(const struct sk_buff *skb, struct sf_pkt *pkt);

/*
 * The first octets of the payload: all, or at least @want, pulled into the linear part when
 * they are not there; NULL without memory. Valid until @skb is changed.
 */
const u8 *sf_pkt_payload(struct sk_buff *skb, const struct sf_pkt *pkt, unsigned int want);

/* Size on the wire of what sf_pkt_rewrite() makes, from the IP header on. */
unsigned int sf_pkt_out_size(const struct sf_pkt *pkt);

/*
 * Gives @skb, which @pkt describes, new addresses, DSCP and TTL, and makes it as clean as
 * if it came from a socket. IP options and what follows the datagram are removed, ECN, ID
 * and DF stay. Checksums are updated (RFC 1624), an absent UDP checksum stays absent.
 * -ENOMEM; then @skb is as good as lost.
 */
int sf_pkt_rewrite(struct sk_buff *skb, const struct sf_pkt *pkt, const struct sf_pkt_out *out,
		   unsigned int headroom);

#endif /* SF_PKT_H */
