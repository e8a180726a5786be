// SPDX-License-Identifier: GPL-2.0
/* From a session to its attributes. */
#include "fill.h"

#include "netlink.h"

static size_t forwards_size(const struct sf_endpoint_conf *c)
{
	size_t size = c->nforwards * (nla_total_size(0) + SF_SIZE_U32 + 2 * SF_SIZE_U8);
	unsigned int i;

	for (i = 0; i < c->nforwards; i++)
		if (c->forwards[i].rewrite)
			size += SF_SIZE_U8 + SF_SIZE_U16 + 2 * SF_SIZE_U32 +
				nla_total_size(2 * SF_MAX_PAIRS);
	return size;
}

static size_t endpoint_size(const struct sf_endpoint_conf *c)
{
	return nla_total_size(0) + 4 * SF_SIZE_U32 + 3 * SF_SIZE_IP + 2 * SF_SIZE_U16 +
	       7 * SF_SIZE_U8 + nla_total_size(0) + forwards_size(c) + sf_rx_size() +
	       sf_tx_size();
}

size_t sf_session_size(const struct sf_session *s)
{
	const struct sf_conf *conf = sf_session_conf(s);
	size_t size = nla_total_size(0) + 3 * SF_SIZE_U64 + 2 * SF_SIZE_U32;
	unsigned int i;

	for (i = 0; i < conf->n; i++)
		if (conf->ep[i].ep)
			size += endpoint_size(&conf->ep[i]);
	return size;
}

static int put_pairs(struct sk_buff *skb, const struct rtp_rewrite *rtp)
{
	u8 pairs[2 * SF_MAX_PAIRS];
	unsigned int i, n = 0;

	if (!(rtp->what & RTP_REWRITE_PAYLOAD_TYPES))
		return 0;
	for (i = 0; i < RTP_PAYLOAD_TYPES; i++) {
		if (rtp->payload_types[i] == i)
			continue;
		pairs[n++] = i;
		pairs[n++] = rtp->payload_types[i];
	}
	return n ? nla_put(skb, SIPFAST_A_FORWARD_PAYLOAD_TYPES, n, pairs) : 0;
}

static int put_rewrite(struct sk_buff *skb, const struct sf_rewrite *rewrite)
{
	const struct rtp_rewrite *rtp = &rewrite->rtp;

	if ((rewrite->mode != SIPFAST_FORWARD_PASS &&
	     nla_put_u8(skb, SIPFAST_A_FORWARD_MODE, rewrite->mode)) ||
	    (rtp->what & RTP_REWRITE_SSRC &&
	     nla_put_u32(skb, SIPFAST_A_FORWARD_SSRC, rtp->ssrc)) ||
	    (rtp->what & RTP_REWRITE_SEQ &&
	     nla_put_u16(skb, SIPFAST_A_FORWARD_SEQ_OFFSET, rtp->seq_offset)) ||
	    (rtp->what & RTP_REWRITE_TIMESTAMP &&
	     nla_put_u32(skb, SIPFAST_A_FORWARD_TIMESTAMP_OFFSET, rtp->timestamp_offset)))
		return -EMSGSIZE;
	return put_pairs(skb, rtp);
}

static int put_forward(struct sk_buff *skb, const struct sf_conf *conf,
		       const struct sf_forward_conf *f)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_FORWARD);

	if (!nest ||
	    nla_put_u32(skb, SIPFAST_A_FORWARD_TO, conf->ep[f->to].ep->id) ||
	    (f->has & SF_FORWARD_HAS_DSCP &&
	     nla_put_u8(skb, SIPFAST_A_FORWARD_DSCP, f->dscp)) ||
	    (f->has & SF_FORWARD_HAS_TTL && nla_put_u8(skb, SIPFAST_A_FORWARD_TTL, f->ttl)) ||
	    (f->rewrite && put_rewrite(skb, f->rewrite)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_forwards(struct sk_buff *skb, const struct sf_conf *conf,
			const struct sf_endpoint_conf *c)
{
	unsigned int i;

	for (i = 0; i < c->nforwards; i++)
		if (put_forward(skb, conf, &c->forwards[i]))
			return -EMSGSIZE;
	return 0;
}

/* As it was given: of an IPv4 address, or of an IPv6 address. */
static u8 learn_prefix(const struct sf_endpoint_conf *c)
{
	return c->learn_prefix && sf_ip_is4(&c->learn_ip) ? c->learn_prefix - 96 : c->learn_prefix;
}

static int put_addr(struct sk_buff *skb, const struct sf_addr *addr, int type4, int type6,
		    int port_type)
{
	return sf_nl_put_ip(skb, type4, type6, &addr->ip) ?:
	       nla_put_be16(skb, port_type, addr->port);
}

int sf_put_remote(struct sk_buff *skb, const struct sf_endpoint_conf *c)
{
	const struct sf_addr *remote;
	int err = 0;

	/* Held against one that is learned in its place. */
	rcu_read_lock();
	remote = sf_conf_remote(c);
	if (sf_addr_is_set(remote))
		err = put_addr(skb, remote, SIPFAST_A_ENDPOINT_REMOTE_ADDR4,
			       SIPFAST_A_ENDPOINT_REMOTE_ADDR6, SIPFAST_A_ENDPOINT_REMOTE_PORT);
	if (!err && remote != &c->remote)
		err = nla_put_flag(skb, SIPFAST_A_ENDPOINT_LEARNED);
	rcu_read_unlock();
	return err;
}

static u32 ms_left(u64 until)
{
	u64 now = ktime_get_ns();

	return until > now ? div_u64(until - now + NSEC_PER_MSEC - 1, NSEC_PER_MSEC) : 0;
}

static int put_learning(struct sk_buff *skb, const struct sf_endpoint_conf *c)
{
	if (nla_put_u8(skb, SIPFAST_A_ENDPOINT_LEARN, c->learn) ||
	    nla_put_u8(skb, SIPFAST_A_ENDPOINT_LEARN_PREFIX, learn_prefix(c)))
		return -EMSGSIZE;
	if (c->learn_prefix &&
	    sf_nl_put_ip(skb, SIPFAST_A_ENDPOINT_LEARN_ADDR4, SIPFAST_A_ENDPOINT_LEARN_ADDR6,
			 &c->learn_ip))
		return -EMSGSIZE;
	if (c->learn != SIPFAST_LEARN_WINDOW)
		return 0;
	return nla_put_u32(skb, SIPFAST_A_ENDPOINT_LEARN_MS,
			   ms_left(READ_ONCE(c->latch->until)));
}

static int put_conf(struct sk_buff *skb, const struct sf_endpoint_conf *c)
{
	if (put_addr(skb, &c->ep->local, SIPFAST_A_ENDPOINT_LOCAL_ADDR4,
		     SIPFAST_A_ENDPOINT_LOCAL_ADDR6, SIPFAST_A_ENDPOINT_LOCAL_PORT) ||
	    sf_put_remote(skb, c) || put_learning(skb, c))
		return -EMSGSIZE;
	return nla_put_u8(skb, SIPFAST_A_ENDPOINT_COMPONENT, c->component) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_SOURCE, c->source) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_DSCP, c->dscp) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_TTL, c->ttl) ?:
	       nla_put_u32(skb, SIPFAST_A_ENDPOINT_CLOCK_RATE, c->clock_rate) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_DTMF_TYPE, c->dtmf_type) ?:
	       nla_put_u32(skb, SIPFAST_A_ENDPOINT_INACTIVE_MS, c->inactive_ms);
}

static int put_endpoint(struct sk_buff *skb, const struct sf_conf *conf,
			const struct sf_endpoint_conf *c)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SESSION_ENDPOINT);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, SIPFAST_A_ENDPOINT_ID, c->ep->id) || put_conf(skb, c) ||
	    put_forwards(skb, conf, c) || sf_put_rx(skb, c) || sf_put_tx(skb, c->ep)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_head(struct sk_buff *skb, const struct sf_session *s)
{
	const int pad = SIPFAST_A_SESSION_PAD;

	return nla_put_u64_64bit(skb, SIPFAST_A_SESSION_ID, s->id, pad) ?:
	       nla_put_u32(skb, SIPFAST_A_SESSION_OWNER, s->owner) ?:
	       nla_put_u32(skb, SIPFAST_A_SESSION_TIMEOUT_MS, s->timeout_ms) ?:
	       nla_put_u64_64bit(skb, SIPFAST_A_SESSION_AGE_MS, sf_ms_since(s->created), pad) ?:
	       nla_put_u64_64bit(skb, SIPFAST_A_SESSION_IDLE_MS,
				 sf_ms_since(sf_session_last_active(s)), pad);
}

int sf_put_session(struct sk_buff *skb, const struct sf_session *s, unsigned int *place)
{
	const struct sf_conf *conf = sf_session_conf(s);
	unsigned int first = *place;
	struct nlattr *nest;

	nest = nla_nest_start(skb, SIPFAST_A_SESSION);
	if (!nest)
		return -EMSGSIZE;
	if (put_head(skb, s))
		goto none;
	for (; *place < conf->n; ++*place) {
		if (conf->ep[*place].ep && put_endpoint(skb, conf, &conf->ep[*place])) {
			if (*place == first)
				goto none;
			nla_nest_end(skb, nest);
			return -EMSGSIZE;
		}
	}
	nla_nest_end(skb, nest);
	return 0;

none:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}
