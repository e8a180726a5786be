// SPDX-License-Identifier: GPL-2.0
/* From a session to its attributes. */
#include <linux/ktime.h>

#include "netlink.h"

#define SIZE_U8		nla_total_size(sizeof(u8))
#define SIZE_U16	nla_total_size(sizeof(u16))
#define SIZE_U32	nla_total_size(sizeof(u32))
#define SIZE_IP		nla_total_size(sizeof(struct in6_addr))
#define SIZE_U64	nla_total_size_64bit(sizeof(u64))

static size_t rx_size(void)
{
	return nla_total_size(0) + 8 * SIZE_U64 + 2 * SIZE_U32 + SIZE_U8;
}

static size_t tx_size(void)
{
	return nla_total_size(0) + 3 * SIZE_U64;
}

static size_t endpoint_size(void)
{
	return nla_total_size(0) + 2 * SIZE_U32 + 3 * SIZE_IP + 2 * SIZE_U16 + 6 * SIZE_U8 + nla_total_size(0) +
	       SIPFAST_MAX_FORWARDS * (nla_total_size(0) + SIZE_U32) + rx_size() + tx_size();
}

static size_t session_size(void)
{
	return nla_total_size(0) + 3 * SIZE_U64 + 2 * SIZE_U32;
}

size_t sf_session_size(const struct sf_session *s)
{
	return session_size() + sf_session_conf(s)->n * endpoint_size();
}

static u64 ms_since(u64 then)
{
	return div_u64(ktime_get_ns() - then, NSEC_PER_MSEC);
}

static int put_rx(struct sk_buff *skb, struct sf_endpoint *ep)
{
	struct sf_rx_stats st;
	struct nlattr *nest;
	const int pad = SIPFAST_A_RX_PAD;

	sf_endpoint_rx_stats(ep, &st);
	nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_RX);
	if (!nest ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_PACKETS, st.packets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_OCTETS, st.octets, pad) ||
	    nla_put_s64(skb, SIPFAST_A_RX_LOST, rtp_source_lost(&st.source), pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_DUPLICATE, st.duplicate, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_REORDERED, st.reordered, pad) ||
	    nla_put_u32(skb, SIPFAST_A_RX_JITTER_US, rtp_source_jitter_us(&st.source)) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_BAD_SOURCE, st.bad_source, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_MALFORMED, st.malformed, pad))
		return -EMSGSIZE;
	if (st.source.clock_rate &&
	    (nla_put_u32(skb, SIPFAST_A_RX_SSRC, st.source.ssrc) ||
	     nla_put_u8(skb, SIPFAST_A_RX_PAYLOAD_TYPE, st.source.payload_type)))
		return -EMSGSIZE;
	if (st.last && nla_put_u64_64bit(skb, SIPFAST_A_RX_IDLE_MS, ms_since(st.last), pad))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_tx(struct sk_buff *skb, struct sf_endpoint *ep)
{
	struct sf_tx_stats st;
	struct nlattr *nest;
	const int pad = SIPFAST_A_TX_PAD;

	sf_endpoint_tx_stats(ep, &st);
	nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_TX);
	if (!nest ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_PACKETS, st.packets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_OCTETS, st.octets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_DROPPED, st.dropped, pad))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_forwards(struct sk_buff *skb, const struct sf_conf *conf,
			const struct sf_endpoint_conf *c)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < c->nforwards; i++) {
		nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_FORWARD);
		if (!nest ||
		    nla_put_u32(skb, SIPFAST_A_FORWARD_TO, conf->ep[c->forwards[i]].ep->id))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

/* As it was given: of an IPv4 address, or of an IPv6 address. */
static u8 learn_prefix(const struct sf_endpoint_conf *c)
{
	return c->learn_prefix && sf_ip_is4(&c->learn_ip) ? c->learn_prefix - 96 : c->learn_prefix;
}

static int put_conf(struct sk_buff *skb, const struct sf_endpoint_conf *c)
{
	const struct sf_addr *remote = sf_conf_remote(c);

	if (sf_nl_put_ip(skb, SIPFAST_A_ENDPOINT_LOCAL_ADDR4, SIPFAST_A_ENDPOINT_LOCAL_ADDR6,
			 &c->ep->local.ip) ||
	    nla_put_be16(skb, SIPFAST_A_ENDPOINT_LOCAL_PORT, c->ep->local.port))
		return -EMSGSIZE;
	if (sf_addr_is_set(remote) &&
	    (sf_nl_put_ip(skb, SIPFAST_A_ENDPOINT_REMOTE_ADDR4, SIPFAST_A_ENDPOINT_REMOTE_ADDR6,
			  &remote->ip) ||
	     nla_put_be16(skb, SIPFAST_A_ENDPOINT_REMOTE_PORT, remote->port)))
		return -EMSGSIZE;
	if (remote != &c->remote && nla_put_flag(skb, SIPFAST_A_ENDPOINT_LEARNED))
		return -EMSGSIZE;
	if (c->learn_prefix &&
	    sf_nl_put_ip(skb, SIPFAST_A_ENDPOINT_LEARN_ADDR4, SIPFAST_A_ENDPOINT_LEARN_ADDR6,
			 &c->learn_ip))
		return -EMSGSIZE;
	return nla_put_u8(skb, SIPFAST_A_ENDPOINT_COMPONENT, c->component) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_LEARN, c->learn) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_LEARN_PREFIX, learn_prefix(c)) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_SOURCE, c->source) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_DSCP, c->dscp) ?:
	       nla_put_u8(skb, SIPFAST_A_ENDPOINT_TTL, c->ttl) ?:
	       nla_put_u32(skb, SIPFAST_A_ENDPOINT_CLOCK_RATE, c->clock_rate);
}

static int put_endpoint(struct sk_buff *skb, const struct sf_conf *conf,
			const struct sf_endpoint_conf *c)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SESSION_ENDPOINT);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, SIPFAST_A_ENDPOINT_ID, c->ep->id) || put_conf(skb, c) ||
	    put_forwards(skb, conf, c) || put_rx(skb, c->ep) || put_tx(skb, c->ep)) {
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
	       nla_put_u64_64bit(skb, SIPFAST_A_SESSION_AGE_MS, ms_since(s->created), pad) ?:
	       nla_put_u64_64bit(skb, SIPFAST_A_SESSION_IDLE_MS,
				 ms_since(sf_session_last_active(s)), pad);
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
