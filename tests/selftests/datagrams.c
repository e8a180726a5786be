// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * datagrams: RTP over IPv4 and IPv6 from ordinary sockets, with what the kernel can add to it.
 * Every datagram proves by its content that it arrived as it was sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/in6.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_PAYLOAD 65507
#define MAX_KINDS 64

static const char usage[] =
	"usage: datagrams send [OPTIONS] SOURCE PORT DESTINATION PORT\n"
	"  -n COUNT     default 20\n"
	"  -q SEQUENCE  of the first one, default 0\n"
	"  -l LENGTH    octets of payload, default 172\n"
	"  -z           no UDP checksum\n"
	"  -x           hop-by-hop and destination options (IPv6)\n"
	"  -F MTU       what is bigger is sent in fragments\n"
	"  -G           all at once (UDP_SEGMENT)\n"
	"  -t HOPS -c CLASS\n"
	"datagrams recv [OPTIONS] ADDRESS PORT\n"
	"  -n COUNT     until so many came, default 20\n"
	"  -w SECONDS   but no longer than this, default 60\n"
	"  Prints \"bound\", then what came, once: \"COUNT from SOURCE PORT hops H class C length\n"
	"  L\", and exits with 1 if anything in it is not as it was sent.\n";

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

struct options {
	int count, first, length, mtu, hops, tclass, seconds;
	bool no_checksum, extended, at_once;
};

/* What a datagram looked like. */
struct kind {
	union address from;
	int hops, tclass;
	size_t length;
};

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("datagrams: ", stderr);
	vfprintf(stderr, format, args);
	fputs(": ", stderr);
	va_end(args);
	perror(NULL);
	exit(1);
}

static void must(int result, const char *what)
{
	if (result < 0)
		fail("%s", what);
}

static void set(int fd, int level, int option, int value)
{
	must(setsockopt(fd, level, option, &value, sizeof(value)), "setsockopt");
}

static int number(const char *text)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (end == text || *end || value < 0 || value > INT32_MAX) {
		fprintf(stderr, "datagrams: bad number \"%s\"\n", text);
		exit(2);
	}
	return (int)value;
}

static union address parse(const char *host, const char *port)
{
	union address address = { 0 };
	bool good;

	if (strchr(host, ':')) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(number(port));
		good = inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1;
	} else {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(number(port));
		good = inet_pton(AF_INET, host, &address.v4.sin_addr) == 1;
	}
	if (!good) {
		fprintf(stderr, "datagrams: bad address \"%s\"\n", host);
		exit(2);
	}
	return address;
}

static int bound_socket(const union address *address)
{
	int fd = socket(address->any.sa_family, SOCK_DGRAM, 0);

	must(fd, "socket");
	must(bind(fd, &address->any, sizeof(*address)), "bind");
	return fd;
}

/* Its sequence number says what every octet is. */
static void payload(uint8_t *to, uint16_t seq, size_t length)
{
	uint32_t stamp = htonl(seq * 160u), ssrc = htonl(0x51bfa57);
	uint16_t wire_seq = htons(seq);
	size_t i;

	to[0] = 0x80;
	to[1] = 0;
	memcpy(to + 2, &wire_seq, sizeof(wire_seq));
	memcpy(to + 4, &stamp, sizeof(stamp));
	memcpy(to + 8, &ssrc, sizeof(ssrc));
	for (i = 12; i < length; i++)
		to[i] = (uint8_t)(seq * 7 + (i - 12));
}

static void set_sender(int fd, bool v6, const struct options *o)
{
	/* Next header and length, which the kernel fills in, and PadN of six octets. */
	static const uint8_t padding[8] = { 0, 0, 1, 4 };

	if (v6) {
		set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, o->hops);
		set(fd, IPPROTO_IPV6, IPV6_TCLASS, o->tclass);
		if (o->mtu) {
			set(fd, IPPROTO_IPV6, IPV6_MTU, o->mtu);
			set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT);
		}
		if (o->extended) {
			must(setsockopt(fd, IPPROTO_IPV6, IPV6_HOPOPTS, padding, sizeof(padding)),
			     "IPV6_HOPOPTS");
			must(setsockopt(fd, IPPROTO_IPV6, IPV6_DSTOPTS, padding, sizeof(padding)),
			     "IPV6_DSTOPTS");
		}
	} else {
		set(fd, IPPROTO_IP, IP_TTL, o->hops);
		set(fd, IPPROTO_IP, IP_TOS, o->tclass);
		if (o->mtu)
			set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	}
	if (o->no_checksum)
		set(fd, SOL_SOCKET, SO_NO_CHECK, 1);
	if (o->at_once)
		set(fd, IPPROTO_UDP, UDP_SEGMENT, o->length);
}

static int send_all(const struct options *o, char **words)
{
	union address from = parse(words[0], words[1]), to = parse(words[2], words[3]);
	static uint8_t octets[MAX_PAYLOAD];
	int fd = bound_socket(&from), i;
	size_t used = 0;

	if (o->length < 12 || (size_t)o->length * (o->at_once ? o->count : 1) > MAX_PAYLOAD) {
		fprintf(stderr, "datagrams: cannot send %d octets\n", o->length);
		return 2;
	}
	set_sender(fd, from.any.sa_family == AF_INET6, o);
	for (i = 0; i < o->count; i++) {
		payload(octets + used, (uint16_t)(o->first + i), o->length);
		if (o->at_once)
			used += o->length;
		if (!o->at_once || i == o->count - 1)
			must((int)sendto(fd, octets, used ? used : (size_t)o->length, 0, &to.any,
					 sizeof(to)), "sendto");
	}
	return 0;
}

static size_t receive_one(int fd, uint8_t *octets, struct kind *kind)
{
	uint8_t control[256];
	struct iovec iov = { octets, MAX_PAYLOAD };
	struct msghdr msg = {
		.msg_name = &kind->from, .msg_namelen = sizeof(kind->from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t length;

	*kind = (struct kind){ .hops = -1, .tclass = -1 };
	length = recvmsg(fd, &msg, 0);
	must((int)length, "recvmsg");
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		int value = *CMSG_DATA(c);

		/* IPv4's class is one octet, all others are an int. */
		if (c->cmsg_len >= CMSG_LEN(sizeof(value)))
			memcpy(&value, CMSG_DATA(c), sizeof(value));
		if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
		    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
			kind->hops = value;
		else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS) ||
			 (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS))
			kind->tclass = value;
	}
	kind->length = (size_t)length;
	return (size_t)length;
}

static bool as_sent(const uint8_t *octets, size_t length)
{
	static uint8_t expected[MAX_PAYLOAD];

	if (length < 12)
		return false;
	payload(expected, (uint16_t)(octets[2] << 8 | octets[3]), length);
	return !memcmp(octets, expected, length);
}

static int compare(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;
	int order = memcmp(&x->from, &y->from, sizeof(x->from));

	if (!order)
		order = x->hops - y->hops;
	if (!order)
		order = x->tclass - y->tclass;
	return order ? order : (int)x->length - (int)y->length;
}

static void print_kind(int count, const struct kind *kind)
{
	char host[INET6_ADDRSTRLEN];
	bool v6 = kind->from.any.sa_family == AF_INET6;

	inet_ntop(kind->from.any.sa_family,
		  v6 ? (const void *)&kind->from.v6.sin6_addr : &kind->from.v4.sin_addr, host,
		  sizeof(host));
	printf("%d from %s %d hops %d class %d length %zu\n", count, host,
	       ntohs(v6 ? kind->from.v6.sin6_port : kind->from.v4.sin_port), kind->hops,
	       kind->tclass, kind->length);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int receive_all(const struct options *o, char **words)
{
	union address at = parse(words[0], words[1]);
	bool v6 = at.any.sa_family == AF_INET6, good = true;
	static struct kind kinds[MAX_KINDS];
	static uint8_t octets[MAX_PAYLOAD];
	long end = now_ms() + o->seconds * 1000L;
	int fd = bound_socket(&at), count = 0, nkinds = 0, i;

	set(fd, SOL_SOCKET, SO_RCVBUF, 1 << 20);
	set(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVHOPLIMIT : IP_RECVTTL, 1);
	set(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVTCLASS : IP_RECVTOS, 1);
	puts("bound");
	fflush(stdout);
	while (count < o->count) {
		struct pollfd wait = { fd, POLLIN, 0 };
		long left = end - now_ms();
		struct kind kind;
		size_t length;

		if (left <= 0 || poll(&wait, 1, (int)left) <= 0) {
			good = false;
			break;
		}
		length = receive_one(fd, octets, &kind);
		good &= as_sent(octets, length);
		count++;
		for (i = 0; i < nkinds && compare(&kinds[i], &kind); i++)
			;
		if (i == nkinds && nkinds < MAX_KINDS)
			kinds[nkinds++] = kind;
	}
	qsort(kinds, nkinds, sizeof(*kinds), compare);
	for (i = 0; i < nkinds; i++)
		print_kind(count, &kinds[i]);
	return good ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct options o = { .count = 20, .length = 172, .hops = 64, .seconds = 60 };
	bool sends = argc > 1 && !strcmp(argv[1], "send");
	bool receives = argc > 1 && !strcmp(argv[1], "recv");
	int option, words = sends ? 4 : 2;

	if (!sends && !receives) {
		fputs(usage, stderr);
		return 2;
	}
	argc--;
	argv++;
	while ((option = getopt(argc, argv, sends ? "n:q:l:zxF:Gt:c:" : "n:w:")) != -1) {
		switch (option) {
		case 'n': o.count = number(optarg); break;
		case 'q': o.first = number(optarg); break;
		case 'l': o.length = number(optarg); break;
		case 'F': o.mtu = number(optarg); break;
		case 't': o.hops = number(optarg); break;
		case 'c': o.tclass = number(optarg); break;
		case 'w': o.seconds = number(optarg); break;
		case 'z': o.no_checksum = true; break;
		case 'x': o.extended = true; break;
		case 'G': o.at_once = true; break;
		default:
			fputs(usage, stderr);
			return 2;
		}
	}
	if (argc - optind != words) {
		fputs(usage, stderr);
		return 2;
	}
	return (sends ? send_all : receive_all)(&o, argv + optind);
}
