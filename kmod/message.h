/* SPDX-License-Identifier: GPL-2.0 */
/* A SIP message in an skb, read once for all that judge it. */
#ifndef SF_MESSAGE_H
#define SF_MESSAGE_H

#include <linux/skbuff.h>

#include "listener.h"
#include "sip.h"
#include "sip_scan_brief.h"
#include "sip_scan_stream.h"

/**
 * struct sf_message
 * @listener: that it came for, or left from
 * @sip: of that namespace
 * @policy: of this moment
 * @skb: with @len octets of SIP from @offset; of a stream: where they begin to be in @skb
 * @now: ns
 * @peer: who sent it, or whom it goes to
 * @host: hash of its address
 * @enforce: verdicts are carried out
 * @is_stream: it came over TCP: it is not repeated by its sender, nor answered by us
 * @is_repeated: but it was held back before, and counted then
 * @class: enum sipfast_class, of @peer
 * @kind: enum sipfast_sip_kind
 * @group: enum sipfast_group
 * @known: it answers a request of ours, or is of a dialog of ours with its host
 * @has_request: @request is there
 * @is_repeatable: a request that may come twice for want of an answer, and is the same then
 * @place: of such a one among those that were not answered yet
 * @is_cookie: and by a branch that is unique (RFC 3261 s.8.1.1.7)
 * @request: hash of what identifies a request, the same of its responses (s.17.2.3)
 * @is_malformed: no SIP, or wrong in a way that no standard allows
 * @cseq: of one whose @scan.cseq is absent
 * @text: the message, if it lies in one piece, else NULL
 * @scan: what was read; its texts point into the skb or the CPU's scratch, and are absent when they
 *	are longer than that has room for
 */
struct sf_message {
	struct sf_listener *listener;
	struct sf_sip *sip;
	const struct sf_policy *policy;
	struct sk_buff *skb;
	unsigned int offset;
	unsigned int len;
	u64 now;
	struct sf_addr peer;
	u64 host;
	bool enforce;
	bool is_stream;
	bool is_repeated;
	u8 class;
	u8 kind;
	u8 group;
	bool known;
	bool has_request;
	bool is_repeatable;
	bool is_cookie;
	bool is_malformed;
	u32 cseq;
	u64 request;
	struct sf_memo_place place;
	const char *text;
	struct sip_scan_brief scan;
};

/* Takes what @stream has read. The texts are its copies. */
void sf_message_take(struct sf_message *m, const struct sip_scan_stream *stream);

/* Is it nothing but line ends or NULs, or STUN (RFC 5626 s.3.5.2)? */
bool sf_message_is_keepalive(const struct sf_message *m);

#endif /* SF_MESSAGE_H */
