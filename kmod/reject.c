// SPDX-License-Identifier: GPL-2.0
#include "reject.h"

#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>

#include "route.h"

#define HEADROOM	(LL_MAX_HEADER + sizeof(struct ipv6hdr) + sizeof(struct udphdr))
#define DEFAULT_PORT	5060

/* A response while it is written behind @skb's data, which has room for @left octets more. */
struct response {
	struct sk_buff *skb;
	unsigned int left;
	bool failed;
};

static void put(struct response *r, const char *text, size_t len)
{
	if (len > r->left) {
		r->failed = true;
		return;
	}
	skb_put_data(r->skb, text, len);
	r->left -= len;
}

static void put_text(struct response *r, struct sip_scan_text text)
{
	put(r, text.p, text.len);
}

static __printf(2, 3) void put_format(struct response *r, const char *format, ...)
{
	char buf[96];
	va_list args;

	va_start(args, format);
	put(r, buf, vscnprintf(buf, sizeof(buf), format, args));
	va_end(args);
}

static void put_received(struct response *r, const struct sf_addr *peer)
{
	__be32 ip4 = sf_addr_ip4(peer);

	if (sf_addr_is_ip4(peer))
		put_format(r, ";received=%pI4", &ip4);
	else
		put_format(r, ";received=%pI6c", &peer->ip);
}

/* Behind the name of an empty rport in @params, or NULL. */
static const char *find_rport(struct sip_scan_text params)
{
	struct sip_scan_param param;

	while (sip_scan_param_next(&params, &param) > 0)
		if (!param.value.p && param.name.len == 5 &&
		    !strncasecmp(param.name.p, "rport", 5))
			return param.name.p + param.name.len;
	return NULL;
}

/* The topmost element says where the request came from (s.18.2.1, RFC 3581 s.4). */
static void put_via(struct response *r, struct sip_scan_text value, const struct sf_addr *peer,
		    __be16 *port)
{
	struct sip_scan_text rest = value, top;
	const char *end, *rport;
	struct sip_scan_via via;

	if (!sip_scan_list_next(&rest, &top) || !sip_scan_via(&via, top)) {
		r->failed = true;
		return;
	}
	end = top.p + top.len;
	rport = find_rport(via.params);
	if (rport) {
		*port = peer->port;
		put(r, value.p, rport - value.p);
		put_format(r, "=%u", ntohs(peer->port));
		put_received(r, peer);
		put(r, rport, end - rport);
	} else {
		*port = htons(via.port ?: DEFAULT_PORT);
		put(r, value.p, end - value.p);
		put_received(r, peer);
	}
	put(r, end, value.p + value.len - end);
}

static void put_header(struct response *r, const struct sf_message *m,
		       const struct sip_scan_header *header, bool is_first_via, __be16 *port)
{
	static const char colon[] = ": ", line_end[] = "\r\n";

	put_text(r, header->name);
	put(r, colon, sizeof(colon) - 1);
	if (is_first_via)
		put_via(r, header->value, &m->peer, port);
	else
		put_text(r, header->value);
	/* The same for each copy of a request. */
	if (header->id == SIP_HDR_TO && !m->scan.to_tag.len)
		put_format(r, ";tag=%016llx", siphash_1u64(m->request, &m->sip->tag_key));
	put(r, line_end, sizeof(line_end) - 1);
}

/* Those that a response has from its request (s.8.2.6.2). */
static void put_headers(struct response *r, const struct sf_message *m, __be16 *port)
{
	struct sip_scan_header header;
	struct sip_scan_start start;
	struct sip_scan_iter iter;
	enum sip_scan_step step;
	bool has_via = false;

	sip_scan_begin(&iter, &start, m->text, m->len);
	while (!r->failed && (step = sip_scan_next(&iter, &header)) < SIP_SCAN_BODY) {
		if (step == SIP_SCAN_BAD_LINE)
			continue;
		switch (header.id) {
		case SIP_HDR_VIA:
			put_header(r, m, &header, !has_via, port);
			has_via = true;
			break;
		case SIP_HDR_FROM:
		case SIP_HDR_TO:
		case SIP_HDR_CALL_ID:
		case SIP_HDR_CSEQ:
			put_header(r, m, &header, false, port);
			break;
		default:
			break;
		}
	}
}

static bool write(struct response *r, const struct sf_message *m, __be16 *port)
{
	put_format(r, "SIP/2.0 503 Service Unavailable\r\n");
	put_headers(r, m, port);
	put_format(r, "Retry-After: %u\r\nContent-Length: 0\r\n\r\n", m->policy->retry_after);
	return !r->failed;
}

static void push_udp(struct sk_buff *skb, const struct sf_addr *local,
		     const struct sf_addr *remote)
{
	unsigned int len = skb->len + sizeof(struct udphdr);
	struct udphdr *udp = skb_push(skb, sizeof(*udp));
	__wsum sum;

	skb_reset_transport_header(skb);
	*udp = (struct udphdr){
		.source = local->port,
		.dest = remote->port,
		.len = htons(len),
	};
	sum = csum_partial(udp, len, 0);
	if (sf_addr_is_ip4(local))
		udp->check = csum_tcpudp_magic(sf_addr_ip4(local), sf_addr_ip4(remote), len,
					       IPPROTO_UDP, sum);
	else
		udp->check = csum_ipv6_magic(&local->ip, &remote->ip, len, IPPROTO_UDP, sum);
	udp->check = udp->check ?: CSUM_MANGLED_0;
}

static void push_ip4(struct sk_buff *skb, const struct sf_addr *local,
		     const struct sf_addr *remote, u8 ttl)
{
	struct iphdr *ip = skb_push(skb, sizeof(*ip));

	skb_reset_network_header(skb);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*ip) / 4,
		.ttl = ttl,
		.protocol = IPPROTO_UDP,
		.saddr = sf_addr_ip4(local),
		.daddr = sf_addr_ip4(remote),
	};
	skb->protocol = htons(ETH_P_IP);
}

static void push_ip6(struct sk_buff *skb, const struct sf_addr *local,
		     const struct sf_addr *remote, u8 ttl)
{
	struct ipv6hdr *ip6 = skb_push(skb, sizeof(*ip6));

	skb_reset_network_header(skb);
	*ip6 = (struct ipv6hdr){
		.version = 6,
		.payload_len = htons(skb->len - sizeof(*ip6)),
		.nexthdr = IPPROTO_UDP,
		.hop_limit = ttl,
		.saddr = local->ip,
		.daddr = remote->ip,
	};
	skb->protocol = htons(ETH_P_IPV6);
}

static bool send(struct net *net, struct sk_buff *skb, const struct sf_addr *local,
		 const struct sf_addr *remote)
{
	struct sf_route route = {};
	struct dst_entry *dst = sf_route_renew(&route, net, local, remote, 0);

	if (!dst)
		return false;
	skb_dst_set(skb, dst);
	push_udp(skb, local, remote);
	if (sf_addr_is_ip4(local)) {
		push_ip4(skb, local, remote, ip4_dst_hoplimit(dst));
		ip_local_out(net, NULL, skb);
	} else {
		push_ip6(skb, local, remote, ip6_dst_hoplimit(dst));
		ip6_local_out(net, NULL, skb);
	}
	return true;
}

bool sf_reject(const struct sf_message *m)
{
	struct sf_addr remote = m->peer;
	struct response r = { .left = m->len };

	if (!m->text || !m->has_request || m->is_malformed)
		return false;
	r.skb = alloc_skb(HEADROOM + m->len, GFP_ATOMIC);
	if (!r.skb)
		return false;
	skb_reserve(r.skb, HEADROOM);
	if (write(&r, m, &remote.port) &&
	    send(m->sip->sn->net, r.skb, &m->listener->local, &remote))
		return true;
	kfree_skb(r.skb);
	return false;
}
