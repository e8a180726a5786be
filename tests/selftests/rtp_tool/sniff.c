// SPDX-License-Identifier: GPL-2.0-or-later
#include "sniff.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>

#include "raw.h"
#include "tool.h"

#define CONTROL_SIZE 256

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fail("setsockopt: %s", strerror(errno));
}

int socket_open(const union address *local)
{
	int fd = udp_socket(local);

	if (address_is_ipv6(local)) {
		set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
		set(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	} else {
		set(fd, IPPROTO_IP, IP_RECVTTL, 1);
		set(fd, IPPROTO_IP, IP_RECVTOS, 1);
	}
	return fd;
}

static void note_control(const struct cmsghdr *c, struct datagram *d)
{
	bool is4 = c->cmsg_level == IPPROTO_IP, is6 = c->cmsg_level == IPPROTO_IPV6;

	if ((is4 && c->cmsg_type == IP_TTL) || (is6 && c->cmsg_type == IPV6_HOPLIMIT))
		memcpy(&d->ttl, CMSG_DATA(c), sizeof(d->ttl));
	if (is4 && c->cmsg_type == IP_TOS)
		d->tos = *CMSG_DATA(c);
	if (is6 && c->cmsg_type == IPV6_TCLASS)
		memcpy(&d->tos, CMSG_DATA(c), sizeof(d->tos));
}

bool socket_receive(int fd, uint8_t *buf, size_t size, struct datagram *d)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CONTROL_SIZE];
	} control;
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_name = &d->source,
		.msg_namelen = sizeof(d->source),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, MSG_DONTWAIT);

	if (len < 0)
		return false;
	d->data = buf;
	d->len = len;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		note_control(c, d);
	return true;
}

int sniff_open(const char *device)
{
	struct sockaddr_ll link = {
		.sll_family = AF_PACKET,
		/* Only who listens to all protocols sees packets before the ingress hook. */
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(device),
	};
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&link, sizeof(link)))
		fail("%s: %s", device, strerror(errno));
	set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 16 << 20);
	set(fd, SOL_PACKET, PACKET_AUXDATA, 1);
	return fd;
}

static bool checksum_is_partial(struct msghdr *msg)
{
	struct tpacket_auxdata aux;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		return aux.tp_status & TP_STATUS_CSUMNOTREADY;
	}
	return false;
}

static void count_udp(const uint8_t *ip, const uint8_t *udp, unsigned int len, bool partial,
		      struct sniff_sums *sums)
{
	if (partial)
		sums->udp_partial++;
	else if (!udp[6] && !udp[7])
		sums->udp_none++;
	else if (raw_fold(raw_sum(raw_pseudo_sum(ip, len), udp, len)) == 0xffff)
		sums->udp_good++;
	else
		sums->udp_bad++;
}

static void take_apart(const uint8_t *buf, unsigned int size, bool partial,
		       const struct sockaddr_in *local, struct datagram *d, struct sniff_sums *sums)
{
	struct iphdr ip;
	struct udphdr udp;
	unsigned int header, total, len;

	d->data = NULL;
	if (size < sizeof(ip) + sizeof(udp))
		return;
	memcpy(&ip, buf, sizeof(ip));
	header = ip.ihl * 4;
	total = ntohs(ip.tot_len);
	if (ip.protocol != IPPROTO_UDP || ip.daddr != local->sin_addr.s_addr ||
	    size < header + sizeof(udp))
		return;
	memcpy(&udp, buf + header, sizeof(udp));
	len = ntohs(udp.len);
	if (udp.dest != local->sin_port)
		return;
	if (total > size || header + len != total || len < sizeof(udp) ||
	    raw_fold(raw_sum(0, buf, header)) != 0xffff) {
		sums->ip_bad++;
		return;
	}
	sums->ip_options += header > sizeof(ip);
	sums->trailing += size > total;
	sums->fragments += !!(ntohs(ip.frag_off) & (IP_MF | IP_OFFMASK));
	sums->df += !!(ntohs(ip.frag_off) & IP_DF);
	count_udp(buf, buf + header, len, partial, sums);
	d->data = buf + header + sizeof(udp);
	d->len = len - sizeof(udp);
	d->source.in = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = ip.saddr,
		.sin_port = udp.source,
	};
	d->ttl = ip.ttl;
	d->tos = ip.tos;
}

bool sniff_receive(int fd, const struct sockaddr_in *local, uint8_t *buf, size_t size,
		   struct datagram *d, struct sniff_sums *sums)
{
	union {
		struct cmsghdr align;
		uint8_t octets[CONTROL_SIZE];
	} control;
	struct sockaddr_ll link;
	struct iovec iov = { buf, size };
	struct msghdr msg = {
		.msg_name = &link,
		.msg_namelen = sizeof(link),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(fd, &msg, MSG_DONTWAIT);

	if (len < 0)
		return false;
	d->data = NULL;
	if (link.sll_pkttype != PACKET_OUTGOING && link.sll_protocol == htons(ETH_P_IP))
		take_apart(buf, len, checksum_is_partial(&msg), local, d, sums);
	return true;
}

void sniff_report(const struct sniff_sums *sums)
{
	printf("ip_bad %lu\nip_options %lu\ntrailing %lu\nfragments %lu\ndf %lu\n", sums->ip_bad,
	       sums->ip_options, sums->trailing, sums->fragments, sums->df);
	printf("udp_good %lu\nudp_bad %lu\nudp_none %lu\nudp_partial %lu\n", sums->udp_good,
	       sums->udp_bad, sums->udp_none, sums->udp_partial);
}
