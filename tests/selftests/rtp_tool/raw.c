// SPDX-License-Identifier: GPL-2.0-or-later
#include "raw.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/ip.h>
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

void raw_open(struct raw *raw, const struct sockaddr_in *source,
	      const struct sockaddr_in *destination)
{
	raw->source = *source;
	raw->destination = *destination;
	raw->link = (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
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
	return raw_sum(IPPROTO_UDP + udp_len, ip + 12, 8);
}

static void transmit(struct raw *raw, const uint8_t *ip, unsigned int len)
{
	while (sendto(raw->fd, ip, len, 0, (struct sockaddr *)&raw->link, sizeof(raw->link)) < 0)
		if (errno != EINTR)
			fail("%s: %s", raw->device, strerror(errno));
}

static void put_ip(const struct raw *raw, uint8_t *buf, unsigned int total, unsigned int offset,
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
		.saddr = htonl(ntohl(raw->source.sin_addr.s_addr) + raw->sent % raw->sources),
		.daddr = raw->destination.sin_addr.s_addr,
	};

	memset(buf + sizeof(ip), IPOPT_NOOP, raw->options);
	memcpy(buf, &ip, sizeof(ip));
	ip.check = htons(~raw_fold(raw_sum(0, buf, header)));
	memcpy(buf, &ip, sizeof(ip));
}

static void put_udp(const struct raw *raw, const uint8_t *ip, uint8_t *buf, unsigned int len)
{
	struct udphdr udp = {
		.source = htons(ntohs(raw->source.sin_port) + raw->sent % raw->sources),
		.dest = raw->destination.sin_port,
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

		put_ip(raw, buf, header + size, at, more);
		memcpy(buf + header, datagram + at, size);
		transmit(raw, buf, header + size);
	}
}

void raw_send(struct raw *raw, const uint8_t *payload, unsigned int len)
{
	unsigned int header = sizeof(struct iphdr) + raw->options;
	unsigned int udp_len = sizeof(struct udphdr) + len;
	unsigned int size = header + udp_len + raw->padding;
	static uint8_t buf[MAX_PAYLOAD + 2048];

	memcpy(buf + header + sizeof(struct udphdr), payload, len);
	put_ip(raw, buf, header + udp_len, 0, false);
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
