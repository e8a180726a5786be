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
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mark.h"

#define MAX_BATCH 1024
#define MAX_HEADERS (sizeof(struct ether_header) + sizeof(struct ip6_hdr))
#define MAX_FRAME 2048
#define MAX_WAITING 4096

struct flow {
	uint64_t sum; /* of the addresses */
	uint16_t sport, dport; /* network order */
	bool is_made_up; /* the source: the port, and these bits of the address */
	in_addr_t made_up;
	size_t size; /* of the headers */
	uint8_t headers[MAX_HEADERS]; /* in front of UDP */
};

/* What the command line says. */
static size_t packets, before = SIZE_MAX, batch = 200, fragment = SIZE_MAX;
static unsigned int gap, again_ms;
static uint32_t first = 1;
static bool repeats, endless;
static volatile sig_atomic_t ended;
static const char *device;

static struct ether_header ether;
static struct flow *flows;
static size_t nflows;

/* A packet: of a flow, with a number. */
struct place {
	size_t flow;
	uint32_t number;
};

static struct place next;

/* Batches that will be sent again, the oldest first. */
static struct {
	struct place places[MAX_WAITING];
	uint64_t ms[MAX_WAITING];
	size_t begin, end; /* modulo MAX_WAITING */
} waiting;

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

/* Of an address with a prefix, which is cut off, the bits behind it are made up. */
static void cut_prefix(struct flow *flow, char *src)
{
	char *slash = strchr(src, '/');
	unsigned int bits;

	if (!slash)
		return;
	*slash = '\0';
	bits = strtoul(slash + 1, NULL, 10);
	flow->is_made_up = true;
	flow->made_up = htonl(bits < 32 ? UINT32_MAX >> bits : 0);
}

static void add_flow(char *src, unsigned int sport, const char *dst, unsigned int dport)
{
	struct flow *flow;

	if (!(nflows & (nflows - 1)) || !flows) {
		flows = realloc(flows, (nflows ? 2 * nflows : 1) * sizeof(*flows));
		if (!flows)
			sender_die("realloc");
	}
	flow = &flows[nflows++];
	*flow = (struct flow){
		.sport = htons(sport),
		.dport = htons(dport),
	};
	cut_prefix(flow, src);
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

/* As good as any, and the same when the packet is sent again. */
static uint32_t random_of(const struct sender_packet *packet)
{
	uint64_t x = ((uint64_t)packet->flow << 32 | packet->number) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return x >> 32;
}

/* Another source for a flow whose packets have one each. */
static void make_up_source(struct flow *flow, const struct sender_packet *packet)
{
	struct ip *ip = (struct ip *)(flow->headers + sizeof(ether));
	uint32_t random = random_of(packet);

	ip->ip_src.s_addr = (ip->ip_src.s_addr & ~flow->made_up) | (random & flow->made_up);
	flow->sport = htons(1024 + (random ^ random >> 16) % 64000);
	flow->sum = sum(&ip->ip_src, sizeof(ip->ip_src)) + sum(&ip->ip_dst, sizeof(ip->ip_dst));
	sign_ipv4(ip);
}

static void write_datagram(struct flow *flow, uint32_t number)
{
	const struct sender_packet packet = { flow - flows, nflows, number };
	uint16_t check;

	if (flow->is_made_up)
		make_up_source(flow, &packet);
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

/* A packet, from the @n-th frame of the batch on; returns the frames' number. */
static size_t put_packet(const struct place *place, size_t n)
{
	struct flow *flow = &flows[place->flow];
	size_t offset, size;

	write_datagram(flow, place->number);
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

/* From @place on, which is then behind them. */
static void send_batch(int fd, struct place *place, size_t count)
{
	size_t i, done, nframes = 0;
	int n;

	for (i = 0; i < count; i++) {
		nframes = put_packet(place, nframes);
		if (++place->flow == nflows) {
			place->flow = 0;
			place->number += !repeats;
		}
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
		send_batch(fd, &next, part);
		if (gap)
			usleep(gap);
	}
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* A batch that is new, or one that was sent @again_ms ago. */
static void send_either(int fd, uint64_t now)
{
	struct place place;

	if (waiting.begin != waiting.end &&
	    (now >= waiting.ms[waiting.begin % MAX_WAITING] ||
	     waiting.end - waiting.begin == MAX_WAITING)) {
		place = waiting.places[waiting.begin++ % MAX_WAITING];
		send_batch(fd, &place, batch);
		return;
	}
	if (again_ms) {
		waiting.places[waiting.end % MAX_WAITING] = next;
		waiting.ms[waiting.end++ % MAX_WAITING] = now + again_ms;
	}
	send_batch(fd, &next, batch);
}

static void on_term(int signal)
{
	(void)signal;
	ended = 1;
}

/* Until SIGTERM. How many packets. */
static size_t send_until_ended(int fd)
{
	size_t sent;

	signal(SIGTERM, on_term);
	for (sent = 0; !ended; sent += batch) {
		send_either(fd, now_ms());
		if (gap)
			usleep(gap);
	}
	return sent;
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

char **sender_options(int argc, char **argv, int least, int most, const char *usage)
{
	int opt;

	while ((opt = getopt(argc, argv, "n:w:g:b:s:rf:ea:")) != -1) {
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
		case 'e':
			endless = true;
			break;
		case 'a':
			again_ms = strtoul(optarg, NULL, 0);
			break;
		default:
			wrong_usage(usage);
		}
	}
	argv += optind;
	if (argc - optind < least + 2 || argc - optind > most + 2 || !ether_aton(argv[1]))
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

	next.number = first;
	if (endless) {
		printf("%zu\n", send_until_ended(fd));
		return 0;
	}
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
