// SPDX-License-Identifier: GPL-2.0-or-later
#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

bool raw_option(struct raw *raw, int option, const char *value)
{
	switch (option) {
	case 'D':
		raw->device = value;
		return true;
	case 'M':
		if (sscanf(value, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &raw->mac[0], &raw->mac[1],
			   &raw->mac[2], &raw->mac[3], &raw->mac[4], &raw->mac[5]) != 6)
			fail("bad MAC address \"%s\"", value);
		return true;
	case 'c':
		raw->checksum = !strcmp(value, "none") ? RAW_NONE : RAW_BAD;
		return true;
	case 'o':
		raw->options = (parse_number(value, 40) + 3) / 4 * 4;
		return true;
	case 'U':
		raw->udp_len = parse_number(value, 65535);
		return true;
	case 'I':
		raw->ip_len = parse_number(value, 65535);
		return true;
	case 'C':
		raw->cut = parse_number(value, 65535);
		return true;
	case 'P':
		raw->padding = parse_number(value, 1000);
		return true;
	case 'F':
		raw->fragment = parse_number(value, 65535) / 8 * 8;
		return true;
	case 'S':
		raw->sources = parse_number(value, 65535);
		return true;
	}
	return false;
}

void raw_open(struct raw *raw, const union address *source, const union address *destination)
{
	bool ipv6 = address_is_ipv6(source);

	if (ipv6 && (raw->options || raw->fragment))
		fail("-o and -F are for IPv4");
	raw->source = *source;
	raw->destination = *destination;
	raw->link = (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_IP),
		.sll_ifindex = if_nametoindex(raw->device),
		.sll_halen = 6,
	};
	memcpy(raw->link.sll_addr, raw->mac, 6);
	raw->fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (raw->fd < 0 || !raw->link.sll_ifindex)
		fail("%s: %s", raw->device, strerror(errno));
}

uint32_t raw_sum(uint32_t sum, const uint8_t *data, unsigned int len)
{
	for (; len > 1; data += 2, len -= 2)
		sum += data[0] << 8 | data[1];
	if (len)
		sum += data[0] << 8;
	return sum;
}

uint16_t raw_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

uint32_t raw_pseudo_sum(const uint8_t *ip, unsigned int udp_len)
{
	uint32_t sum = IPPROTO_UDP + udp_len;

	return ip[0] >> 4 == 6 ? raw_sum(sum, ip + 8, 32) : raw_sum(sum, ip + 12, 8);
}

static void transmit(struct raw *raw, const uint8_t *ip, unsigned int len)
{
	while (sendto(raw->fd, ip, len, 0, (struct sockaddr *)&raw->link, sizeof(raw->link)) < 0)
		if (errno != EINTR)
			fail("%s: %s", raw->device, strerror(errno));
}

static void put_ip4(const struct raw *raw, uint8_t *buf, unsigned int total, unsigned int offset,
		    bool more)
{
	unsigned int header = sizeof(struct iphdr) + raw->options;
	struct iphdr ip = {
		.version = 4,
		.ihl = header / 4,
		.tos = raw->tos,
		.tot_len = htons(raw->ip_len < 0 ? total : (unsigned int)raw->ip_len),
		.id = htons(raw->sent + 1),
		.frag_off = htons(offset / 8 | (more ? IP_MF : 0)),
		.ttl = raw->ttl,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(ntohl(raw->source.in.sin_addr.s_addr) + raw->sent % raw->sources),
		.daddr = raw->destination.in.sin_addr.s_addr,
	};

	memset(buf + sizeof(ip), IPOPT_NOOP, raw->options);
	memcpy(buf, &ip, sizeof(ip));
	ip.check = htons(~raw_fold(raw_sum(0, buf, header)));
	memcpy(buf, &ip, sizeof(ip));
}

static void put_ip6(const struct raw *raw, uint8_t *buf, unsigned int total)
{
	unsigned int len = total - sizeof(struct ip6_hdr);
	struct ip6_hdr ip = {
		.ip6_flow = htonl(6u << 28 | raw->tos << 20),
		.ip6_plen = htons(raw->ip_len < 0 ? len : (unsigned int)raw->ip_len),
		.ip6_nxt = IPPROTO_UDP,
		.ip6_hlim = raw->ttl,
		.ip6_src = raw->source.in6.sin6_addr,
		.ip6_dst = raw->destination.in6.sin6_addr,
	};
	uint32_t *last = &ip.ip6_src.s6_addr32[3];

	*last = htonl(ntohl(*last) + raw->sent % raw->sources);
	memcpy(buf, &ip, sizeof(ip));
}

static unsigned int header_size(const struct raw *raw)
{
	if (address_is_ipv6(&raw->source))
		return sizeof(struct ip6_hdr);
	return sizeof(struct iphdr) + raw->options;
}

static void put_udp(const struct raw *raw, const uint8_t *ip, uint8_t *buf, unsigned int len)
{
	struct udphdr udp = {
		.source = htons(ntohs(address_port(&raw->source)) + raw->sent % raw->sources),
		.dest = address_port(&raw->destination),
		.len = htons(raw->udp_len < 0 ? len : (unsigned int)raw->udp_len),
	};
	uint16_t sum;

	memcpy(buf, &udp, sizeof(udp));
	sum = ~raw_fold(raw_sum(raw_pseudo_sum(ip, len), buf, len));
	if (raw->checksum == RAW_NONE)
		return;
	udp.check = htons(raw->checksum == RAW_BAD ? sum ^ 0x5555 : sum ? sum : 0xffff);
	memcpy(buf, &udp, sizeof(udp));
}

static void send_fragments(struct raw *raw, const uint8_t *datagram, unsigned int len)
{
	unsigned int header = sizeof(struct iphdr) + raw->options;
	uint8_t buf[65536];

	for (unsigned int at = 0; at < len; at += raw->fragment) {
		bool more = len - at > raw->fragment;
		unsigned int size = more ? raw->fragment : len - at;

		put_ip4(raw, buf, header + size, at, more);
		memcpy(buf + header, datagram + at, size);
		transmit(raw, buf, header + size);
	}
}

void raw_send(struct raw *raw, const uint8_t *payload, unsigned int len)
{
	unsigned int header = header_size(raw);
	unsigned int udp_len = sizeof(struct udphdr) + len;
	unsigned int size = header + udp_len + raw->padding;
	static uint8_t buf[MAX_PAYLOAD + 2048];

	memcpy(buf + header + sizeof(struct udphdr), payload, len);
	if (address_is_ipv6(&raw->source))
		put_ip6(raw, buf, header + udp_len);
	else
		put_ip4(raw, buf, header + udp_len, 0, false);
	put_udp(raw, buf, buf + header, udp_len);
	memset(buf + header + udp_len, 0xee, raw->padding);
	if (raw->cut >= 0 && (unsigned int)raw->cut < size)
		size = raw->cut;
	if (raw->fragment)
		send_fragments(raw, buf + header, udp_len);
	else
		transmit(raw, buf, size);
	raw->sent++;
}
