// SPDX-License-Identifier: GPL-2.0
#include "watch.h"

#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <linux/udp.h>

#include "evidence.h"
#include "message_read.h"
#include "range.h"
#include "sip_scan_stale.h"
#include "stream.h"

/* Refused for what it asks, and not for who is called or how he is: what scanners get. */
static bool is_refusal(unsigned int status)
{
	switch (status) {
	case 403:
	case 404:
	case 405:
	case 410:
	case 501:
	case 604:
		return true;
	default:
		return false;
	}
}

/*
 * Of credentials. A 403 may be for something else, which is refused before the server asks whether
 * who sends it has heard a challenge. Of a stranger it is taken for what it often is.
 */
static bool is_failure(unsigned int status, u8 class)
{
	return status == 401 || status == 407 ||
	       (status == 403 && class == SIPFAST_CLASS_UNKNOWN);
}

/* One that is not there in one piece. What cannot be read is held against nobody. */
static bool is_copy_stale(const struct sf_message *m)
{
	bool is_stale = true;
	char *copy;

	if (!m->len || m->len > PAGE_SIZE)
		return true;
	copy = kmalloc(m->len, GFP_ATOMIC | __GFP_NOWARN);
	if (copy && !skb_copy_bits(m->skb, m->offset, copy, m->len))
		is_stale = sip_scan_is_stale(copy, m->len);
	kfree(copy);
	return is_stale;
}

/* Who has the password may have asked many things by a nonce that is no longer good. */
static bool is_stale(const struct sf_message *m)
{
	return m->text ? sip_scan_is_stale(m->text, m->len) : is_copy_stale(m);
}

/*
 * Who has asked for what @m refuses. If the Via says so, that goes to another port than the request
 * came from (RFC 3261 s.18.2.2), which is not known then.
 */
static struct sf_addr sender_of(const struct sf_message *m, u16 note)
{
	struct sf_addr sender = m->peer;

	if (note >> SF_REQUEST_PORT_SHIFT != sf_sip_port_print(m->sip, m->peer.port))
		sender.port = 0;
	return sender;
}

static void hold_against(const struct sf_message *m, u16 note)
{
	const struct sf_addr sender = sender_of(m, note);
	struct sf_source *source = sf_source_lookup(&m->sip->sources, &sender);
	struct sf_court court = {
		.sip = m->sip,
		.policy = m->policy,
		.enforce = m->enforce,
		.now = m->now,
	};
	u8 class = source ? source->class : SIPFAST_CLASS_UNKNOWN;

	/* A first 401 is no failure: it asks for credentials. */
	if (note & SF_REQUEST_CREDENTIALS && is_failure(m->scan.status, class)) {
		if (class < SIPFAST_CLASS_TRUSTED && !is_stale(m))
			sf_accuse(&court, &sender, SF_EVIDENCE_FAILURE);
	} else if (note & SF_REQUEST_OUTSIDE && is_refusal(m->scan.status)) {
		if (class == SIPFAST_CLASS_UNKNOWN)
			sf_accuse(&court, &sender, SF_EVIDENCE_REFUSED);
	}
}

/* Whom a server refuses something is worth a closer look. */
static void look_closer(const struct sf_message *m)
{
	if (m->scan.status >= 400)
		sf_sip_watch(m->sip, m->policy, &m->peer, m->now);
}

/* What a peer who begins a dialog, and whose address may be made up, proves it by is our tag. */
static void learn_dialog(const struct sf_message *m)
{
	const bool is_request = m->scan.kind == SIP_SCAN_REQUEST;
	const struct sip_scan_text tag = m->scan.to_tag;

	if (!m->scan.call_id.len || m->scan.method == SIP_REGISTER ||
	    m->scan.method == SIP_OPTIONS)
		return;
	if (is_request ? !tag.len : tag.len && m->scan.status < 300)
		sf_memo_put(&m->sip->dialogs, sf_message_dialog(m, tag), m->now, 0);
}

static void learn_request(const struct sf_message *m)
{
	if (m->has_request && m->scan.method != SIP_ACK)
		sf_memo_put(&m->sip->requests, sf_message_sent(m), m->now, 0);
}

void sf_watch_message(struct sf_message *m)
{
	struct sf_memory memory;

	learn_dialog(m);
	if (m->scan.kind != SIP_SCAN_RESPONSE) {
		learn_request(m);
		return;
	}
	look_closer(m);
	if (!m->has_request)
		return;
	memory = sf_memo_find(&m->sip->requests, m->request);
	if (!memory.set)
		return;
	if (m->scan.status < 200) {
		sf_memo_put(&m->sip->requests, m->request, m->now,
			    sf_memory_note(memory) | SF_REQUEST_PROCEEDING);
		return;
	}
	sf_memo_forget(memory);
	/* What a server has begun with is refused for who is called. */
	if (!(sf_memory_note(memory) & SF_REQUEST_PROCEEDING))
		hold_against(m, sf_memory_note(memory));
}

/* Does what leaves from @listener matter? */
static bool begin(struct sf_message *m, struct sf_listener *listener, struct sk_buff *skb,
		  const struct sf_addr *remote)
{
	u8 mode = READ_ONCE(listener->mode);

	if (mode == SIPFAST_MODE_OFF)
		return false;
	*m = (struct sf_message){
		.listener = listener,
		.sip = listener->sip,
		.policy = rcu_dereference(listener->sip->policy),
		.skb = skb,
		.peer = *remote,
		.host = sf_ip_words_hash(&listener->sip->key, sf_ip_words(&remote->ip), 0),
		.enforce = mode == SIPFAST_MODE_ENFORCE,
		.now = sf_sip_now(),
	};
	return true;
}

/* UDP of @len octets, the header included, at @offset. */
static void watch_datagram(struct sf_message *m, unsigned int offset, unsigned int len)
{
	m->offset = offset + sizeof(struct udphdr);
	m->len = len - sizeof(struct udphdr);
	if (m->offset > skb_headlen(m->skb) || m->len > m->skb->len - m->offset)
		return;
	/* It is the server's: it is not judged. */
	sf_message_read(m, SIP_SCAN_MANDATORY);
	if (m->scan.kind <= SIP_SCAN_RESPONSE)
		sf_watch_message(m);
}

static void watch_segment(struct sf_message *m, unsigned int offset)
{
	struct sf_segment segment = { .src = m->listener->local, .dst = m->peer };

	if (sf_segment_read(m->skb, offset, m->skb->len, &segment))
		sf_stream_send(m, &segment);
}

/* What the header at @offset has ports in is where TCP has them, too. */
static void watch(struct sf_listener *listener, struct sk_buff *skb, unsigned int offset,
		  const struct sf_addr *remote)
{
	struct sf_message m;

	if (!begin(&m, listener, skb, remote))
		return;
	/* It may go through the CPU's scratch. */
	local_bh_disable();
	if (listener->transport == SIPFAST_TRANSPORT_UDP)
		watch_datagram(&m, offset,
			       ntohs(((const struct udphdr *)(skb->data + offset))->len));
	else
		watch_segment(&m, offset);
	local_bh_enable();
}

static bool is_watched(u8 protocol)
{
	return protocol == IPPROTO_UDP || protocol == IPPROTO_TCP;
}

static u8 transport_of(u8 protocol)
{
	return protocol == IPPROTO_UDP ? SIPFAST_TRANSPORT_UDP : SIPFAST_TRANSPORT_TCP;
}

static unsigned int watch4(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	struct sf_listener *listener;
	const struct udphdr *ports;
	struct sf_net *sn = priv;
	struct sf_addr remote;

	if (!is_watched(ip->protocol) || skb_headlen(skb) < ip->ihl * 4 + sizeof(*ports))
		return NF_ACCEPT;
	ports = (const struct udphdr *)(skb->data + ip->ihl * 4);
	if (likely(sf_range_is_far(sn, ports->source)))
		return NF_ACCEPT;
	listener = sf_listener_lookup4(sn, ip->saddr, ports->source, transport_of(ip->protocol));
	if (!listener)
		return NF_ACCEPT;
	sf_addr_set_ip4(&remote, ip->daddr, ports->dest);
	watch(listener, skb, ip->ihl * 4, &remote);
	return NF_ACCEPT;
}

static unsigned int watch6(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct udphdr *ports = (const struct udphdr *)(ip6 + 1);
	struct sf_listener *listener;
	struct sf_net *sn = priv;
	struct sf_addr remote;

	if (skb_headlen(skb) < sizeof(*ip6) + sizeof(*ports) || !is_watched(ip6->nexthdr) ||
	    likely(sf_range_is_far(sn, ports->source)))
		return NF_ACCEPT;
	listener = sf_listener_lookup(sn, &ip6->saddr, ports->source,
				      transport_of(ip6->nexthdr));
	if (!listener)
		return NF_ACCEPT;
	remote = (struct sf_addr){ .ip = ip6->daddr, .port = ports->dest };
	watch(listener, skb, sizeof(*ip6), &remote);
	return NF_ACCEPT;
}

/* Last, as others may still drop or change it. */
int sf_watch_start(struct sf_net *sn)
{
	sn->watching[0] = (struct nf_hook_ops){
		.hook = watch4,
		.priv = sn,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_LAST,
	};
	sn->watching[1] = (struct nf_hook_ops){
		.hook = watch6,
		.priv = sn,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_LAST,
	};
	return nf_register_net_hooks(sn->net, sn->watching, ARRAY_SIZE(sn->watching));
}

void sf_watch_stop(struct sf_net *sn)
{
	nf_unregister_net_hooks(sn->net, sn->watching, ARRAY_SIZE(sn->watching));
}
