/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_REWRITE_H
#define SF_REWRITE_H

#include "conf.h"
#include "pkt.h"
#include "stats.h"

/* Whether there is anything to do for sf_rewrite(). */
static inline bool sf_rewrite_is_needed(const struct sf_forward_conf *f, const struct sf_pkt *pkt)
{
	return f->rewrite || pkt->kind == RTP_KIND_RTCP;
}

/*
 * Changes the payload of what leaves by @f, a forward of @from, and remembers sender reports.
 * Makes what it changes writable first; @skb is as @pkt says, data at the IP header. UDP's
 * checksum goes along (RFC 1624).
 *
 * SF_FORWARDED, or why it can't leave: SF_BLOCKED, SF_DROP_NO_MEMORY. Called with RCU read lock
 * and &sf_tx.lock of whom it leaves from held.
 */
enum sf_counter sf_rewrite(const struct sf_conf *conf, const struct sf_endpoint_conf *from,
			   const struct sf_forward_conf *f, const struct sf_pkt *pkt,
			   struct sk_buff *skb);

#endif /* SF_REWRITE_H */
