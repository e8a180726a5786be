// SPDX-License-Identifier: GPL-2.0-or-later
#include "sender.h"

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
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mark.h"

#define MAX_BATCH 1024
#define MAX_HEADERS (sizeof(struct ether_header) + sizeof(struct ip6_hdr))
#define MAX_FRAME 2048

struct flow {
	uint64_t sum; /* of the addresses */
	uint32_t number; /* of the next packet */
	uint16_t sport, dport; /* network order */
	size_t size; /* of the headers */
	uint8_t headers[MAX_HEADERS]; /* in front of UDP */
};

/* What the command line says. */
static size_t packets, before = SIZE_MAX, batch = 200, fragment = SIZE_MAX;
static unsigned int gap;
static uint32_t first = 1;
static bool repeats;
static const char *device;

static struct ether_header ether;
static struct flow *flows;
static size_t nflows, next_flow;

static const struct sender_content *content;
static struct {
	struct udphdr udp;
	uint8_t payload[SENDER_MAX_PAYLOAD];
} datagram;
static size_t datagram_size;

static uint8_t frames[MAX_BATCH][MAX_FRAME];
static struct iovec vectors[MAX_BATCH];
static struct mmsghdr messages[MAX_BATCH];

void sender_die(const char *what)
{
	perror(what);
	exit(1);
}

/* Ones' complement sum of what is in network order, and so is the sum (RFC 1071 s.2). */
static uint64_t sum(const void *data, size_t size)
{
	const uint8_t *p = data;
	uint64_t result = 0;
	uint32_t word;

	for (; size >= sizeof(word); size -= sizeof(word), p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		result += word;
	}
	word = 0;
	memcpy(&word, p, size);
	return result + word;
}

static uint16_t fold(uint64_t value)
{
	value = (value & UINT32_MAX) + (value >> 32);
	value = (value & UINT16_MAX) + (value >> 16);
	value = (value & UINT16_MAX) + (value >> 16);
	return (value & UINT16_MAX) + (value >> 16);
}

static void sign_ipv4(struct ip *ip)
{
	ip->ip_sum = 0;
	ip->ip_sum = ~fold(sum(ip, sizeof(*ip)));
}

/* Return the size of the header. */
static size_t put_ipv4(struct flow *flow, const struct in_addr *src, const struct in_addr *dst)
{
	struct ip ip = {
		.ip_v = 4,
		.ip_hl = 5,
		.ip_len = htons(sizeof(ip) + datagram_size),
		.ip_ttl = 64,
		.ip_p = IPPROTO_UDP,
		.ip_src = *src,
		.ip_dst = *dst,
	};

	sign_ipv4(&ip);
	memcpy(flow->headers + sizeof(ether), &ip, sizeof(ip));
	flow->sum = sum(src, sizeof(*src)) + sum(dst, sizeof(*dst));
	return sizeof(ip);
}

static size_t put_ipv6(struct flow *flow, const struct in6_addr *src, const struct in6_addr *dst)
{
	struct ip6_hdr ip6 = {
		.ip6_flow = htonl(6u << 28),
		.ip6_plen = htons(datagram_size),
		.ip6_nxt = IPPROTO_UDP,
		.ip6_hlim = 64,
		.ip6_src = *src,
		.ip6_dst = *dst,
	};

	memcpy(flow->headers + sizeof(ether), &ip6, sizeof(ip6));
	flow->sum = sum(src, sizeof(*src)) + sum(dst, sizeof(*dst));
	return sizeof(ip6);
}

static void put_headers(struct flow *flow, const char *src, const char *dst)
{
	struct in6_addr src6, dst6;
	struct in_addr src4, dst4;
	struct ether_header header = ether;

	flow->size = sizeof(header);
	if (inet_pton(AF_INET, src, &src4) == 1 && inet_pton(AF_INET, dst, &dst4) == 1) {
		header.ether_type = htons(ETHERTYPE_IP);
		flow->size += put_ipv4(flow, &src4, &dst4);
	} else if (fragment == SIZE_MAX && inet_pton(AF_INET6, src, &src6) == 1 &&
		   inet_pton(AF_INET6, dst, &dst6) == 1) {
		header.ether_type = htons(ETHERTYPE_IPV6);
		flow->size += put_ipv6(flow, &src6, &dst6);
	} else {
		fprintf(stderr, "bad addresses %s %s\n", src, dst);
		exit(2);
	}
	memcpy(flow->headers, &header, sizeof(header));
}

static void add_flow(const char *src, unsigned int sport, const char *dst, unsigned int dport)
{
	struct flow *flow;

	if (!(nflows & (nflows - 1)) || !flows) {
		flows = realloc(flows, (nflows ? 2 * nflows : 1) * sizeof(*flows));
		if (!flows)
			sender_die("realloc");
	}
	flow = &flows[nflows++];
	*flow = (struct flow){
		.number = first,
		.sport = htons(sport),
		.dport = htons(dport),
	};
	put_headers(flow, src, dst);
}

static void read_flows(void)
{
	char src[64], dst[64];
	unsigned int sport, dport;

	while (scanf("%63s %u %63s %u", src, &sport, dst, &dport) == 4)
		add_flow(src, sport, dst, dport);
	if (!nflows || !feof(stdin)) {
		fputs("no flows, or a bad line\n", stderr);
		exit(2);
	}
}

static void write_datagram(struct flow *flow)
{
	const struct sender_packet packet = { flow - flows, nflows, flow->number };
	uint16_t check;

	flow->number += !repeats;
	content->write(datagram.payload, &packet);
	datagram.udp = (struct udphdr){
		.uh_sport = flow->sport,
		.uh_dport = flow->dport,
		.uh_ulen = htons(datagram_size),
	};
	check = ~fold(flow->sum + htons(datagram_size) + htons(IPPROTO_UDP) +
		      sum(&datagram, datagram_size));
	datagram.udp.uh_sum = check ? check : UINT16_MAX;
}

static void make_fragment(struct ip *ip, size_t offset, size_t size)
{
	static uint16_t id;

	if (!offset)
		id++;
	ip->ip_len = htons(sizeof(*ip) + size);
	ip->ip_id = htons(id);
	ip->ip_off = htons(offset / 8 | (offset + size < datagram_size ? IP_MF : 0));
	sign_ipv4(ip);
}

/* The next packet of a flow, from the @n-th frame of the batch on; returns the frames' number. */
static size_t put_packet(struct flow *flow, size_t n)
{
	size_t offset, size;

	write_datagram(flow);
	for (offset = 0; offset < datagram_size; offset += size) {
		size = datagram_size - offset;
		if (size > fragment)
			size = fragment;
		memcpy(frames[n], flow->headers, flow->size);
		memcpy(frames[n] + flow->size, (uint8_t *)&datagram + offset, size);
		if (size < datagram_size)
			make_fragment((struct ip *)(frames[n] + sizeof(ether)), offset, size);
		vectors[n] = (struct iovec){ frames[n], flow->size + size };
		n++;
	}
	return n;
}

static void send_batch(int fd, size_t count)
{
	size_t i, done, nframes = 0;
	int n;

	for (i = 0; i < count; i++) {
		nframes = put_packet(&flows[next_flow], nframes);
		next_flow = next_flow + 1 < nflows ? next_flow + 1 : 0;
	}
	for (done = 0; done < nframes; done += n) {
		n = sendmmsg(fd, messages + done, nframes - done, 0);
		if (n <= 0)
			sender_die("sendmmsg");
	}
}

static void send_packets(int fd, size_t count)
{
	size_t part;

	for (; count; count -= part) {
		part = count < batch ? count : batch;
		send_batch(fd, part);
		if (gap)
			usleep(gap);
	}
}

static int open_device(void)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	struct ifreq ifr = { 0 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0)
		sender_die("socket");
	strncpy(ifr.ifr_name, device, IFNAMSIZ - 1);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		sender_die(device);
	memcpy(ether.ether_shost, ifr.ifr_hwaddr.sa_data, ETH_ALEN);
	address.sll_ifindex = if_nametoindex(device);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		sender_die("bind");
	return fd;
}

static void wrong_usage(const char *usage)
{
	fprintf(stderr, "usage: %s\n", usage);
	exit(2);
}

char **sender_options(int argc, char **argv, int n, const char *usage)
{
	int opt;

	while ((opt = getopt(argc, argv, "n:w:g:b:s:rf:")) != -1) {
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
		case 'r':
			repeats = true;
			break;
		case 'f':
			fragment = strtoul(optarg, NULL, 0);
			break;
		default:
			wrong_usage(usage);
		}
	}
	argv += optind;
	if (argc - optind != n + 2 || !ether_aton(argv[1]))
		wrong_usage(usage);
	device = argv[0];
	memcpy(ether.ether_dhost, ether_aton(argv[1]), ETH_ALEN);
	return argv + 2;
}

static void check_sizes(void)
{
	size_t largest, nframes;

	if (!fragment || (fragment != SIZE_MAX && fragment % 8)) {
		fputs("the size of fragments is no multiple of 8\n", stderr);
		exit(2);
	}
	largest = fragment < datagram_size ? fragment : datagram_size;
	nframes = (datagram_size + largest - 1) / largest;
	if (content->size > SENDER_MAX_PAYLOAD || largest + MAX_HEADERS > MAX_FRAME || !batch ||
	    batch * nframes > MAX_BATCH) {
		fputs("too large for a frame or a batch\n", stderr);
		exit(2);
	}
}

int sender_run(const struct sender_content *what)
{
	const struct sched_param priority = { .sched_priority = 1 };
	size_t i;
	int fd;

	content = what;
	datagram_size = sizeof(datagram.udp) + content->size;
	check_sizes();
	fd = open_device();
	read_flows();
	for (i = 0; i < MAX_BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &vectors[i], .msg_iovlen = 1 };
	if (mlockall(MCL_CURRENT))
		sender_die("mlockall");
	if (gap && sched_setscheduler(0, SCHED_FIFO, &priority))
		sender_die("real-time priority");

	if (before == SIZE_MAX)
		before = nflows;
	send_packets(fd, before);
	if (packets) {
		mark_begin();
		send_packets(fd, packets);
		mark_end();
	}
	printf("%zu\n", before + packets);
	return 0;
}
