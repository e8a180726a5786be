/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ACCOUNT_H
#define SF_ACCOUNT_H

#include "pkt.h"
#include "session.h"
#include "stats.h"

/*
 * Whether an endpoint accepts a packet: is it what @c says, from whom @c says. Learns from it,
 * counts it and tells what it changes. @header is that of RTP, if it is; @payload is as much
 * of RTP as rtp_parse() wants, and all of RTCP; neither is read when @c is transparent. It came
 * by @dev.
 *
 * SF_FORWARDED, or why it is dropped. Called with RCU read lock held and bottom halves disabled.
 */
enum sf_counter sf_account(const struct sf_endpoint_conf *c, const struct sf_pkt *pkt,
			   const struct rtp_header *header, const u8 *payload,
			   const struct net_device *dev);

#endif /* SF_ACCOUNT_H */
