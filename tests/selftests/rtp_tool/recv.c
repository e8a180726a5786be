// SPDX-License-Identifier: GPL-2.0-or-later
/* "rtp_tool recv" */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "payload.h"
#include "seen.h"
#include "sniff.h"
#include "tool.h"

#define MAX_SOURCES 8

/* Lowest and highest of what was seen. */
struct bounds {
	long min, max;
};

struct receiving {
	union address local;
	const char *device;
	unsigned long count; /* 0: until stopped */
	long grace_ms, limit_ms;
	FILE *list, *hex;
	int fd;
	/* Results: */
	unsigned long packets, octets, corrupt;
	unsigned long kinds[PAYLOAD_KINDS];
	union address sources[MAX_SOURCES];
	unsigned int nsources; /* may exceed what is kept */
	struct bounds length, ttl, tos;
	long last_ms, max_gap_ms;
	struct sniff_sums sniffed;
};

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void widen(struct bounds *bounds, bool first, long value)
{
	if (first || value < bounds->min)
		bounds->min = value;
	if (first || value > bounds->max)
		bounds->max = value;
}

static void note_source(struct receiving *r, const union address *source)
{
	unsigned int kept = r->nsources < MAX_SOURCES ? r->nsources : MAX_SOURCES;

	for (unsigned int i = 0; i < kept; i++)
		if (address_is_equal(&r->sources[i], source))
			return;
	if (kept < MAX_SOURCES)
		r->sources[kept] = *source;
	r->nsources++;
}

static void note(struct receiving *r, const struct datagram *d)
{
	enum payload_kind kind = payload_kind(d->data, d->len);
	bool first = !r->packets++;
	long now = now_ms();

	r->octets += d->len;
	r->corrupt += !payload_is_intact(d->data, d->len);
	r->kinds[kind]++;
	if (kind == PAYLOAD_RTP) {
		seen_add(payload_ssrc(d->data), payload_seq(d->data));
		if (r->list)
			fprintf(r->list, "%08x %u\n", payload_ssrc(d->data), payload_seq(d->data));
	}
	if (r->hex) {
		for (unsigned int i = 0; i < d->len; i++)
			fprintf(r->hex, "%02x", d->data[i]);
		fputc('\n', r->hex);
	}
	note_source(r, &d->source);
	widen(&r->length, first, d->len);
	widen(&r->ttl, first, d->ttl);
	widen(&r->tos, first, d->tos);
	if (!first && now - r->last_ms > r->max_gap_ms)
		r->max_gap_ms = now - r->last_ms;
	r->last_ms = now;
}

/* False if there was none. */
static bool receive(struct receiving *r)
{
	static uint8_t buf[65536];
	struct datagram d;

	if (r->device) {
		if (!sniff_receive(r->fd, &r->local.in, buf, sizeof(buf), &d, &r->sniffed))
			return false;
	} else if (!socket_receive(r->fd, buf, sizeof(buf), &d)) {
		return false;
	}
	if (d.data)
		note(r, &d);
	return true;
}

/* Whether something came in time; a signal comes here or not at all. */
static bool wait_readable(int fd, long ms)
{
	struct timespec timeout = { ms / 1000, ms % 1000 * 1000000 };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	sigset_t none;

	sigemptyset(&none);
	return ppoll(&pfd, 1, &timeout, &none) > 0;
}

static void receive_all(struct receiving *r)
{
	long deadline = now_ms() + r->limit_ms;

	while (!stopped) {
		bool complete = r->count && r->packets >= r->count;
		long left = deadline - now_ms();

		if (left <= 0)
			break;
		if (complete && r->grace_ms < left)
			left = r->grace_ms;
		if (!wait_readable(r->fd, left))
			break;
		while (receive(r))
			;
	}
	while (receive(r))
		;
}

static void print_bounds(const char *name, const struct bounds *bounds)
{
	if (bounds->min == bounds->max)
		printf("%s %ld\n", name, bounds->min);
	else
		printf("%s %ld-%ld\n", name, bounds->min, bounds->max);
}

static void print_sources(const struct receiving *r)
{
	printf("sources");
	for (unsigned int i = 0; i < r->nsources && i < MAX_SOURCES; i++) {
		putchar(i ? ',' : ' ');
		address_print(&r->sources[i]);
	}
	putchar('\n');
}

static void report(const struct receiving *r)
{
	struct seen_sums sums = seen_sums();

	printf("packets %lu\noctets %lu\ncorrupt %lu\n", r->packets, r->octets, r->corrupt);
	for (int i = 0; i < PAYLOAD_KINDS; i++)
		printf("%s %lu\n", payload_kinds[i], r->kinds[i]);
	printf("ssrcs %u\nlost %lu\nduplicate %lu\n", sums.ssrcs, sums.lost, sums.duplicate);
	print_sources(r);
	print_bounds("length", &r->length);
	print_bounds("ttl", &r->ttl);
	print_bounds("tos", &r->tos);
	printf("max_gap_ms %ld\n", r->max_gap_ms);
	if (r->device)
		sniff_report(&r->sniffed);
}

static FILE *open_list(const char *path)
{
	FILE *list = fopen(path, "w");

	if (!list)
		fail("%s: %s", path, strerror(errno));
	return list;
}

static void close_list(FILE *list)
{
	if (list && fclose(list))
		fail("list: %s", strerror(errno));
}

static void parse_option(struct receiving *r, int option, const char *value)
{
	switch (option) {
	case 'n':
		r->count = parse_number(value, UINT32_MAX);
		break;
	case 'g':
		r->grace_ms = parse_number(value, 100000);
		break;
	case 'w':
		r->limit_ms = parse_number(value, 100000) * 1000;
		break;
	case 'v':
		r->list = open_list(value);
		break;
	case 'x':
		r->hex = open_list(value);
		break;
	case 'D':
		r->device = value;
		break;
	default:
		fail("bad option; see \"rtp_tool\"");
	}
}

int recv_main(int argc, char **argv)
{
	struct receiving r = { .grace_ms = 100, .limit_ms = 120000 };
	const char *output = NULL;
	bool background = false;
	sigset_t all;
	int option;

	while ((option = getopt(argc, argv, "n:g:w:v:x:D:o:b")) != -1) {
		if (option == 'o')
			output = optarg;
		else if (option == 'b')
			background = true;
		else
			parse_option(&r, option, optarg);
	}
	if (argc - optind != 1)
		fail("recv needs an address");
	r.local = address_parse(argv[optind]);
	if (r.device && address_is_ipv6(&r.local))
		fail("-D is for IPv4");
	r.fd = r.device ? sniff_open(r.device) : socket_open(&r.local);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	output_open(output, background);
	receive_all(&r);
	close_list(r.list);
	close_list(r.hex);
	report(&r);
	output_close();
	return 0;
}
