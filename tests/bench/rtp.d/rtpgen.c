// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rtpgen DEVICE DESTINATION-MAC [OPTIONS] <FLOWS: sends RTP (RFC 3550) of many flows.
 *
 * Standard input has a line per flow: source address, port, destination address, port. Packets
 * leave through a packet socket, in batches that go round the flows; each has a checksum, its
 * flow's SSRC, the next sequence number and 20 ms more of timestamp. The work per packet is the
 * same whatever the number of flows. Marks for the instruction counter enclose the packets of -n.
 *
 *   -n N   packets to send and count (default none: no marks)
 *   -w N   packets to send before (default: one per flow)
 *   -g US  pause after each batch, and run with real-time priority: a batch has left before the
 *          program that forwards it runs (default no)
 *   -b N   packets per batch (default 200)
 *   -s N   first sequence number of each flow (default 1); its timestamp is 160 times that
 *
 * Prints how many packets have left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mark.h"

#define MEDIA_SIZE 160 /* 20 ms of G.711; with the RTP header 172 octets */
#define MAX_BATCH 1024

struct rtp {
	uint8_t first;
	uint8_t payload_type;
	uint16_t sequence;
	uint32_t timestamp;
	uint32_t ssrc;
	uint8_t media[MEDIA_SIZE];
} __attribute__((packed));

/* What follows the network header. */
struct datagram {
	struct udphdr udp;
	struct rtp rtp;
} __attribute__((packed));

#define MAX_FRAME (sizeof(struct ether_header) + sizeof(struct ip6_hdr) + sizeof(struct datagram))

struct flow {
	uint32_t sum; /* ones' complement sum of all that the checksum covers and never changes */
	uint32_t count; /* sequence number of the next packet, before it is cut to 16 bits */
	size_t size;
	uint8_t frame[MAX_FRAME];
};

static struct ether_header ether;
static struct flow *flows;
static size_t nflows;

static uint8_t frames[MAX_BATCH][MAX_FRAME];
static struct iovec vectors[MAX_BATCH];
static struct mmsghdr messages[MAX_BATCH];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Of octets in network order; @size is even. */
static uint32_t sum(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint32_t result = 0;
	size_t i;

	for (i = 0; i < size; i += 2)
		result += p[i] << 8 | p[i + 1];
	return result;
}

static uint16_t fold(uint32_t value)
{
	value = (value & 0xffff) + (value >> 16);
	return (value & 0xffff) + (value >> 16);
}

/* The network header, in front of the datagram; returns its size. */
static size_t put_ipv4(struct flow *flow, const struct in_addr *src, const struct in_addr *dst)
{
	struct ip ip = {
		.ip_v = 4,
		.ip_hl = 5,
		.ip_len = htons(sizeof(ip) + sizeof(struct datagram)),
		.ip_ttl = 64,
		.ip_p = IPPROTO_UDP,
		.ip_src = *src,
		.ip_dst = *dst,
	};

	ip.ip_sum = htons(~fold(sum(&ip, sizeof(ip))));
	memcpy(flow->frame + sizeof(ether), &ip, sizeof(ip));
	flow->sum = sum(src, sizeof(*src)) + sum(dst, sizeof(*dst));
	return sizeof(ip);
}

static size_t put_ipv6(struct flow *flow, const struct in6_addr *src, const struct in6_addr *dst)
{
	struct ip6_hdr ip6 = {
		.ip6_flow = htonl(6u << 28),
		.ip6_plen = htons(sizeof(struct datagram)),
		.ip6_nxt = IPPROTO_UDP,
		.ip6_hlim = 64,
		.ip6_src = *src,
		.ip6_dst = *dst,
	};

	memcpy(flow->frame + sizeof(ether), &ip6, sizeof(ip6));
	flow->sum = sum(src, sizeof(*src)) + sum(dst, sizeof(*dst));
	return sizeof(ip6);
}

static size_t put_network(struct flow *flow, const char *src, const char *dst)
{
	struct in6_addr src6, dst6;
	struct in_addr src4, dst4;
	struct ether_header header = ether;
	size_t size;

	if (inet_pton(AF_INET, src, &src4) == 1 && inet_pton(AF_INET, dst, &dst4) == 1) {
		header.ether_type = htons(ETHERTYPE_IP);
		size = put_ipv4(flow, &src4, &dst4);
	} else if (inet_pton(AF_INET6, src, &src6) == 1 && inet_pton(AF_INET6, dst, &dst6) == 1) {
		header.ether_type = htons(ETHERTYPE_IPV6);
		size = put_ipv6(flow, &src6, &dst6);
	} else {
		fprintf(stderr, "rtpgen: bad addresses %s %s\n", src, dst);
		exit(2);
	}
	memcpy(flow->frame, &header, sizeof(header));
	return sizeof(header) + size;
}

static void add_flow(uint32_t first, const char *src, unsigned int sport, const char *dst,
		     unsigned int dport)
{
	struct datagram d = {
		.udp.uh_sport = htons(sport),
		.udp.uh_dport = htons(dport),
		.udp.uh_ulen = htons(sizeof(d)),
		.rtp.first = 2 << 6,
		.rtp.ssrc = htonl(0x11110000 + nflows),
	};
	struct flow *flow;
	size_t offset;

	if (!(nflows & (nflows - 1)) || !flows) {
		flows = realloc(flows, (nflows ? 2 * nflows : 1) * sizeof(*flows));
		if (!flows)
			die("realloc");
	}
	flow = &flows[nflows++];
	memset(flow, 0, sizeof(*flow));
	memset(d.rtp.media, 0xd5, sizeof(d.rtp.media));
	offset = put_network(flow, src, dst);
	memcpy(flow->frame + offset, &d, sizeof(d));
	flow->sum += sum(&d, sizeof(d)) + sizeof(d) + IPPROTO_UDP;
	flow->size = offset + sizeof(d);
	flow->count = first;
}

static void read_flows(uint32_t first)
{
	char src[64], dst[64];
	unsigned int sport, dport;

	while (scanf("%63s %u %63s %u", src, &sport, dst, &dport) == 4)
		add_flow(first, src, sport, dst, dport);
	if (!nflows || !feof(stdin)) {
		fputs("rtpgen: no flows, or a bad line\n", stderr);
		exit(2);
	}
}

/* The next packet of a flow, in a frame of the batch. */
static void put_packet(struct flow *flow, uint8_t *frame)
{
	struct datagram *d = (struct datagram *)(frame + flow->size - sizeof(*d));
	uint16_t sequence = flow->count;
	uint32_t timestamp = flow->count++ * MEDIA_SIZE;
	uint16_t check = ~fold(flow->sum + sequence + (timestamp >> 16) + (timestamp & 0xffff));

	memcpy(frame, flow->frame, MAX_FRAME);
	d->rtp.sequence = htons(sequence);
	d->rtp.timestamp = htonl(timestamp);
	d->udp.uh_sum = check ? htons(check) : 0xffff;
}

static void send_batch(int fd, size_t count, size_t *next)
{
	size_t i, done;
	int n;

	for (i = 0; i < count; i++) {
		struct flow *flow = &flows[*next];

		put_packet(flow, frames[i]);
		vectors[i] = (struct iovec){ frames[i], flow->size };
		*next = *next + 1 < nflows ? *next + 1 : 0;
	}
	for (done = 0; done < count; done += n) {
		n = sendmmsg(fd, messages + done, count - done, 0);
		if (n <= 0)
			die("sendmmsg");
	}
}

static int open_device(const char *name)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	struct ifreq ifr = { 0 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0)
		die("socket");
	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		die(name);
	memcpy(ether.ether_shost, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	address.sll_ifindex = if_nametoindex(name);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("bind");
	return fd;
}

static void send_packets(int fd, size_t count, size_t batch, unsigned int gap, size_t *next)
{
	size_t part;

	for (; count; count -= part) {
		part = count < batch ? count : batch;
		send_batch(fd, part, next);
		if (gap)
			usleep(gap);
	}
}

int main(int argc, char **argv)
{
	size_t packets = 0, before = SIZE_MAX, batch = 200, next = 0, i;
	struct sched_param priority = { .sched_priority = 1 };
	unsigned int gap = 0;
	uint32_t first = 1;
	int opt, fd;

	while ((opt = getopt(argc, argv, "n:w:g:b:s:")) != -1) {
		switch (opt) {
		case 'n':
			packets = strtoul(optarg, NULL, 0);
			break;
		case 'w':
			before = strtoul(optarg, NULL, 0);
			break;
		case 'g':
			gap = strtoul(optarg, NULL, 0);
			break;
		case 'b':
			batch = strtoul(optarg, NULL, 0);
			break;
		case 's':
			first = strtoul(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	if (argc - optind != 2 || !ether_aton(argv[optind + 1]) || !batch || batch > MAX_BATCH) {
		fputs("usage: rtpgen [OPTIONS] DEVICE DESTINATION-MAC <FLOWS\n", stderr);
		return 2;
	}
	memcpy(ether.ether_dhost, ether_aton(argv[optind + 1]), ETH_ALEN);
	fd = open_device(argv[optind]);
	read_flows(first);
	for (i = 0; i < MAX_BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
	if (mlockall(MCL_CURRENT))
		die("mlockall");
	if (gap && sched_setscheduler(0, SCHED_FIFO, &priority))
		die("real-time priority");

	if (before == SIZE_MAX)
		before = nflows;
	send_packets(fd, before, batch, gap, &next);
	if (packets) {
		mark_begin();
		send_packets(fd, packets, batch, gap, &next);
		mark_end();
	}
	printf("%zu\n", before + packets);
	return 0;
}
