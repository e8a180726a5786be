// SPDX-License-Identifier: GPL-2.0-or-later
/* "rtp_tool send" */
#include <errno.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "payload.h"
#include "raw.h"
#include "tool.h"

/* The kernel's limit, of its linux/udp.h. */
#define UDP_MAX_SEGMENTS 64

struct sending {
	struct payload payload;
	struct raw raw;
	union address source, destination;
	unsigned long count; /* 0: until stopped */
	unsigned long rate; /* 0: no pauses */
	unsigned long jitter; /* microseconds */
	const char *list;
	const char *file; /* of datagrams */
	int ttl, tos;
	unsigned int batch; /* datagrams of one call */
	bool until_error; /* which then is no failure */
	/* Going on: */
	int fd;
	unsigned long sent;
	struct timespec start;
};

static void parse_length(struct payload *payload, char *text)
{
	char *dash = strchr(text, '-');

	if (dash)
		*dash++ = '\0';
	payload->min = parse_number(text, MAX_PAYLOAD);
	payload->max = dash ? parse_number(dash, MAX_PAYLOAD) : payload->min;
	if (payload->max < payload->min)
		fail("lengths must grow");
}

static void parse_first(struct payload *payload, const char *hex)
{
	unsigned int value;

	for (; *hex; hex += 2) {
		if (payload->nfirst == PAYLOAD_HEAD || sscanf(hex, "%2x", &value) != 1 || !hex[1])
			fail("-x takes up to %d octets", PAYLOAD_HEAD);
		payload->first[payload->nfirst++] = value;
	}
}

static enum payload_kind parse_kind(const char *name)
{
	for (int i = 0; i < PAYLOAD_OTHER; i++)
		if (!strcmp(name, payload_kinds[i]))
			return i;
	fail("no such kind \"%s\"", name);
}

static void parse_option(struct sending *s, int option, char *value)
{
	switch (option) {
	case 'n':
		s->count = parse_number(value, UINT32_MAX);
		break;
	case 'r':
		s->rate = parse_number(value, 1000000);
		break;
	case 'j':
		s->jitter = parse_number(value, 1000000);
		break;
	case 'i':
		s->list = value;
		break;
	case 'X':
		s->file = value;
		break;
	case 'k':
		s->payload.kind = parse_kind(value);
		break;
	case 'l':
		parse_length(&s->payload, value);
		break;
	case 'x':
		parse_first(&s->payload, value);
		break;
	case 'p':
		s->payload.type = parse_number(value, 255);
		break;
	case 's':
		s->payload.ssrc = parse_number(value, UINT32_MAX);
		break;
	case 'q':
		s->payload.seq = parse_number(value, UINT16_MAX);
		break;
	case 't':
		s->payload.step = parse_number(value, UINT32_MAX);
		break;
	case 'T':
		s->ttl = parse_number(value, 255);
		break;
	case 'O':
		s->tos = parse_number(value, 255);
		break;
	case 'e':
		s->until_error = true;
		break;
	case 'G':
		s->batch = parse_number(value, UDP_MAX_SEGMENTS);
		break;
	default:
		if (!raw_option(&s->raw, option, value))
			fail("bad option; see \"rtp_tool\"");
	}
}

static void open_socket(struct sending *s)
{
	bool ipv6 = address_is_ipv6(&s->source);
	int level = ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;

	s->fd = udp_socket(&s->source);
	if (setsockopt(s->fd, level, ipv6 ? IPV6_UNICAST_HOPS : IP_TTL, &s->ttl, sizeof(s->ttl)) ||
	    setsockopt(s->fd, level, ipv6 ? IPV6_TCLASS : IP_TOS, &s->tos, sizeof(s->tos)))
		fail("setsockopt: %s", strerror(errno));
	if (!s->batch)
		return;
	if (s->payload.min != s->payload.max)
		fail("-G needs one length");
	if (setsockopt(s->fd, SOL_UDP, UDP_SEGMENT, &s->payload.min, sizeof(s->payload.min)))
		fail("UDP_SEGMENT: %s", strerror(errno));
}

static void wait_for_turn(const struct sending *s)
{
	/* Some numbers below the greatest lateness; the same in every run. */
	unsigned long late = s->jitter ? s->sent * 7919 * 31 % s->jitter : 0;
	unsigned long long ns;
	struct timespec at;

	if (!s->rate)
		return;
	ns = s->sent * 1000000000ULL / s->rate + late * 1000ULL + s->start.tv_nsec;
	at.tv_sec = s->start.tv_sec + ns / 1000000000;
	at.tv_nsec = ns % 1000000000;
	while (!stopped && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static void send_octets(struct sending *s, const uint8_t *buf, unsigned int len)
{
	if (s->raw.device) {
		raw_send(&s->raw, buf, len);
		return;
	}
	/* SIGTERM comes while it waits for room: this one still leaves, for it is counted. */
	do {
		if (sendto(s->fd, buf, len, 0, &s->destination.any,
			   address_size(&s->destination)) >= 0)
			return;
	} while (errno == EINTR);
	if (!s->until_error)
		fail("after %lu datagrams: %s", s->sent, strerror(errno));
	stopped = 1;
}

static void send_one(struct sending *s, unsigned int index)
{
	static uint8_t buf[MAX_PAYLOAD];
	static unsigned int filled;

	wait_for_turn(s);
	if (stopped)
		return;
	filled += payload_build(&s->payload, index, buf + filled);
	s->sent++;
	if (s->batch && s->sent % s->batch)
		return;
	send_octets(s, buf, filled);
	filled = 0;
}

static void send_list(struct sending *s)
{
	const char *at = s->list;

	while (*at && !stopped) {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (end == at || (*end && *end != ',') || last < first)
			fail("bad list at \"%s\"", at);
		for (unsigned long index = first; index <= last && !stopped; index++)
			send_one(s, index);
		at = *end ? end + 1 : end;
	}
}

/* Writes what a line of hexadecimal digits says; returns how many octets. */
static unsigned int parse_line(const char *line, uint8_t *buf)
{
	unsigned int value, len = 0;

	for (; sscanf(line, "%2x", &value) == 1 && line[1] && len < MAX_PAYLOAD; line += 2)
		buf[len++] = value;
	return len;
}

static void send_file(struct sending *s)
{
	static uint8_t buf[MAX_PAYLOAD];
	FILE *in = fopen(s->file, "r");
	char *line = NULL;
	size_t size = 0;

	if (!in)
		fail("%s: %s", s->file, strerror(errno));
	while (getline(&line, &size, in) > 0) {
		wait_for_turn(s);
		if (stopped)
			break;
		s->sent++;
		send_octets(s, buf, parse_line(line, buf));
	}
	free(line);
	fclose(in);
}

int send_main(int argc, char **argv)
{
	struct sending s = {
		.payload = { .min = 172, .max = 172, .ssrc = 0x51bfa570, .step = 160 },
		.count = 1,
		.ttl = 64,
		.raw = RAW_DEFAULTS,
	};
	int option;

	while ((option = getopt(argc, argv, "n:r:j:i:k:l:x:X:p:s:q:t:T:O:G:e" RAW_OPTIONS)) != -1)
		parse_option(&s, option, optarg);
	if (argc - optind != 2)
		fail("send needs a source and a destination");
	s.source = address_parse(argv[optind]);
	s.destination = address_parse(argv[optind + 1]);
	if (s.raw.device) {
		s.raw.ttl = s.ttl;
		s.raw.tos = s.tos;
		raw_open(&s.raw, &s.source, &s.destination);
	} else {
		open_socket(&s);
	}
	clock_gettime(CLOCK_MONOTONIC, &s.start);
	if (s.file)
		send_file(&s);
	else if (s.list)
		send_list(&s);
	else
		for (unsigned int i = 0; (!s.count || i < s.count) && !stopped; i++)
			send_one(&s, i);
	if (!s.count)
		printf("%lu\n", s.sent);
	return 0;
}
