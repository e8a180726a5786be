// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SNAPLEN 65535
/* What fits into a packet of IPv4 and of IPv6, with the header of TCP. */
#define MAX_SEGMENT (SNAPLEN - 60)
#define TTL 64

/* One direction of a TCP connection. */
struct stream {
	struct stream *next;
	union capture_address from, to;
	uint32_t seq;
};

struct capture {
	pcap_t *pcap;
	pcap_dumper_t *dumper;
	struct stream *streams;
};

struct capture *capture_open(const char *path)
{
	struct capture *capture = calloc(1, sizeof(*capture));
	bool standard = !strcmp(path, "-");
	FILE *file = NULL;
	int fd;

	if (!capture)
		return NULL;
	fd = standard ? dup(STDOUT_FILENO) :
			open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd >= 0)
		file = fdopen(fd, "w");
	capture->pcap =
		pcap_open_dead_with_tstamp_precision(DLT_RAW, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	if (file && capture->pcap)
		capture->dumper = pcap_dump_fopen(capture->pcap, file);
	if (capture->dumper)
		return capture;
	if (capture->pcap)
		pcap_close(capture->pcap);
	if (file)
		fclose(file);
	free(capture);
	return NULL;
}

/* The ones' complement sum of RFC 1071, not folded yet. */
static uint32_t sum(uint32_t so_far, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (; len > 1; p += 2, len -= 2) {
		so_far += (uint32_t)(p[0] << 8 | p[1]);
		so_far = (so_far & 0xffff) + (so_far >> 16);
	}
	return len ? so_far + (uint32_t)(p[0] << 8) : so_far;
}

static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons((uint16_t)~total);
}

static bool is_v6(const union capture_address *address)
{
	return address->sa.sa_family == AF_INET6;
}

static const void *octets_of(const union capture_address *address)
{
	return is_v6(address) ? (const void *)&address->in6.sin6_addr :
				(const void *)&address->in.sin_addr;
}

static size_t put_ip(char *packet, const struct capture_message *message, uint8_t proto, size_t len)
{
	if (is_v6(&message->from)) {
		struct ip6_hdr ip = { .ip6_plen = htons((uint16_t)len),
				      .ip6_nxt = proto,
				      .ip6_hlim = TTL };

		ip.ip6_vfc = 6 << 4;
		ip.ip6_src = message->from.in6.sin6_addr;
		ip.ip6_dst = message->to.in6.sin6_addr;
		memcpy(packet, &ip, sizeof(ip));
		return sizeof(ip);
	}
	struct iphdr ip = { .version = 4,
			    .ihl = 5,
			    .ttl = TTL,
			    .protocol = proto,
			    .tot_len = htons((uint16_t)(len + sizeof(ip))),
			    .saddr = message->from.in.sin_addr.s_addr,
			    .daddr = message->to.in.sin_addr.s_addr };

	ip.check = fold(sum(0, &ip, sizeof(ip)));
	memcpy(packet, &ip, sizeof(ip));
	return sizeof(ip);
}

/* Of the header and payload at @data, whose own checksum is 0. */
static uint16_t checksum(const struct capture_message *message, uint8_t proto, const char *data,
			 size_t len)
{
	size_t address = is_v6(&message->from) ? 16 : 4;
	uint32_t total = (uint32_t)(proto + len);

	total = sum(total, octets_of(&message->from), address);
	total = sum(total, octets_of(&message->to), address);
	return fold(sum(total, data, len));
}

static void dump(struct capture *capture, const struct capture_message *message, const char *packet,
		 size_t len)
{
	struct pcap_pkthdr header = { .caplen = (bpf_u_int32)len, .len = (bpf_u_int32)len };

	/* Of nanoseconds, as the file's header says. */
	header.ts.tv_sec = (time_t)(message->time_ns / 1000000000);
	header.ts.tv_usec = (suseconds_t)(message->time_ns % 1000000000);
	pcap_dump((unsigned char *)capture->dumper, &header, (const unsigned char *)packet);
}

static void write_udp(struct capture *capture, const struct capture_message *message)
{
	size_t len = message->len, at;
	char packet[SNAPLEN];
	struct udphdr udp = { .source = message->from.in.sin_port,
			      .dest = message->to.in.sin_port };

	if (len > SNAPLEN - sizeof(struct ip6_hdr) - sizeof(udp))
		len = SNAPLEN - sizeof(struct ip6_hdr) - sizeof(udp);
	udp.len = htons((uint16_t)(len + sizeof(udp)));
	at = put_ip(packet, message, IPPROTO_UDP, len + sizeof(udp));
	memcpy(packet + at, &udp, sizeof(udp));
	memcpy(packet + at + sizeof(udp), message->octets, len);
	udp.check = checksum(message, IPPROTO_UDP, packet + at, len + sizeof(udp));
	/* 0 would mean that there is none. */
	udp.check = udp.check ? udp.check : 0xffff;
	memcpy(packet + at, &udp, sizeof(udp));
	dump(capture, message, packet, at + sizeof(udp) + len);
}

static bool same(const union capture_address *a, const union capture_address *b)
{
	return a->sa.sa_family == b->sa.sa_family && a->in.sin_port == b->in.sin_port &&
	       !memcmp(octets_of(a), octets_of(b), is_v6(a) ? 16 : 4);
}

/* NULL without memory. */
static struct stream *stream_of(struct capture *capture, const union capture_address *from,
				const union capture_address *to)
{
	struct stream *stream;

	for (stream = capture->streams; stream; stream = stream->next)
		if (same(&stream->from, from) && same(&stream->to, to))
			return stream;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return NULL;
	stream->from = *from;
	stream->to = *to;
	stream->seq = 1;
	stream->next = capture->streams;
	capture->streams = stream;
	return stream;
}

static void write_segment(struct capture *capture, const struct capture_message *message,
			  uint32_t seq, uint32_t ack, const char *octets, size_t len)
{
	char packet[SNAPLEN];
	size_t at;
	struct tcphdr tcp = { .source = message->from.in.sin_port,
			      .dest = message->to.in.sin_port,
			      .seq = htonl(seq),
			      .ack_seq = htonl(ack),
			      .doff = 5,
			      .ack = 1,
			      .psh = 1,
			      .window = htons(UINT16_MAX) };

	at = put_ip(packet, message, IPPROTO_TCP, len + sizeof(tcp));
	memcpy(packet + at, &tcp, sizeof(tcp));
	memcpy(packet + at + sizeof(tcp), octets, len);
	tcp.check = checksum(message, IPPROTO_TCP, packet + at, len + sizeof(tcp));
	memcpy(packet + at, &tcp, sizeof(tcp));
	dump(capture, message, packet, at + sizeof(tcp) + len);
}

static int write_tcp(struct capture *capture, const struct capture_message *message)
{
	struct stream *there = stream_of(capture, &message->from, &message->to);
	struct stream *back = stream_of(capture, &message->to, &message->from);
	size_t done = 0, len;

	if (!there || !back)
		return -ENOMEM;
	for (; done < message->len; done += len) {
		len = message->len - done < MAX_SEGMENT ? message->len - done : MAX_SEGMENT;
		write_segment(capture, message, there->seq, back->seq, message->octets + done, len);
		there->seq += (uint32_t)len;
	}
	return 0;
}

int capture_write(struct capture *capture, const struct capture_message *message)
{
	if (message->stream)
		return write_tcp(capture, message);
	write_udp(capture, message);
	return 0;
}

int capture_close(struct capture *capture)
{
	FILE *file = pcap_dump_file(capture->dumper);
	int ret = pcap_dump_flush(capture->dumper) || ferror(file) ? -EIO : 0;
	struct stream *stream;

	pcap_dump_close(capture->dumper);
	pcap_close(capture->pcap);
	while ((stream = capture->streams)) {
		capture->streams = stream->next;
		free(stream);
	}
	free(capture);
	return ret;
}
