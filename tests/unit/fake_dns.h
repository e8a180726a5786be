/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS servers that the test plays, in the place of dns/wire.c: a zone as text, a line for each
 * record,
 *
 *	example.com 300 NAPTR 10 20 s SIP+D2U _sip._udp.example.com
 *	_sip._udp.example.com 300 SRV 1 0 5060 a.example.com
 *	a.example.com 300 A 192.0.2.1
 *	b.example.com 300 CNAME a.example.com
 *	dead.example.com 0 A silent		also refused, garbage, memory
 *	none.example.com 60 SOA 30		for what is missing below: negative TTLs
 *
 * Answers are messages that the parser reads, in allocations of their exact size; without memory
 * there is none. Questions wait until fake_dns_answer().
 */
#ifndef FAKE_DNS_H
#define FAKE_DNS_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "dns/wire.h"

#define FAKE_DNS_QUESTIONS 2048

struct dns_wire {
	int unused;
};

struct fake_question {
	char name[DNS_NAME_STRLEN];
	enum dns_type type;
	dns_wire_cb cb;
	void *arg;
};

static struct {
	const char *zone;
	unsigned int asked; /* since fake_dns_reset() */
	unsigned int waiting;
	struct fake_question questions[FAKE_DNS_QUESTIONS];
	bool at_once; /* answers come before dns_wire_query() returns */
	struct dns_wire wire;
} fake_dns;

static void fake_dns_reset(const char *zone)
{
	fake_dns.zone = zone;
	fake_dns.asked = 0;
	fake_dns.waiting = 0;
	fake_dns.at_once = false;
}

struct fake_text {
	uint8_t octets[65536];
	size_t len;
};

static void put8(struct fake_text *out, unsigned int number)
{
	out->octets[out->len++] = (uint8_t)number;
}

static void put16(struct fake_text *out, unsigned int number)
{
	put8(out, number >> 8);
	put8(out, number & 0xff);
}

static void put32(struct fake_text *out, uint32_t number)
{
	put16(out, number >> 16);
	put16(out, number & 0xffff);
}

static void put_name(struct fake_text *out, const char *name)
{
	size_t len;

	if (!strcmp(name, "."))
		name = "";
	for (; *name; name += len + (name[len] == '.')) {
		len = strcspn(name, ".");
		put8(out, (unsigned int)len);
		memcpy(out->octets + out->len, name, len);
		out->len += len;
	}
	put8(out, 0);
}

static void put_string(struct fake_text *out, const char *text)
{
	put8(out, (unsigned int)strlen(text));
	memcpy(out->octets + out->len, text, strlen(text));
	out->len += strlen(text);
}

static int fake_type(const char *name)
{
	static const enum dns_type types[] = { DNS_A,	DNS_AAAA,  DNS_CNAME,
					       DNS_SRV, DNS_NAPTR, DNS_SOA };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(dns_type_name(types[i]), name))
			return (int)types[i];
	fprintf(stderr, "fake_dns: no type %s\n", name);
	abort();
}

static void put_data(struct fake_text *out, int type, const char *data)
{
	char one[256], two[256], three[256];
	unsigned int order, preference, port;

	if (type == DNS_A || type == DNS_AAAA) {
		inet_pton(type == DNS_A ? AF_INET : AF_INET6, data, out->octets + out->len);
		out->len += type == DNS_A ? 4 : 16;
	} else if (type == DNS_SRV) {
		sscanf(data, "%u %u %u %255s", &order, &preference, &port, one);
		put16(out, order);
		put16(out, preference);
		put16(out, port);
		put_name(out, one);
	} else if (type == DNS_NAPTR) {
		sscanf(data, "%u %u %255s %255s %255s", &order, &preference, one, two, three);
		put16(out, order);
		put16(out, preference);
		put_string(out, strcmp(one, "-") ? one : "");
		put_string(out, two);
		put_string(out, "");
		put_name(out, three);
	} else if (type == DNS_CNAME) {
		put_name(out, data);
	} else {
		put_name(out, "ns.example.com");
		put_name(out, "root.example.com");
		for (int i = 0; i < 4; i++)
			put32(out, 1);
		put32(out, (uint32_t)atoi(data));
	}
}

static void put_record(struct fake_text *out, const char *name, uint32_t ttl_s, int type,
		       const char *data)
{
	size_t at;

	put_name(out, name);
	put16(out, (unsigned int)type);
	put16(out, 1);
	put32(out, ttl_s);
	at = out->len;
	put16(out, 0);
	put_data(out, type, data);
	out->octets[at] = (uint8_t)((out->len - at - 2) >> 8);
	out->octets[at + 1] = (uint8_t)(out->len - at - 2);
}

struct fake_line {
	char name[256], data[700];
	uint32_t ttl_s;
	int type;
};

static const char *next_line(const char *zone, struct fake_line *line)
{
	char type[16];
	int end = 0;

	while (*zone == '\n' || *zone == '\t' || *zone == ' ')
		zone++;
	if (!*zone)
		return NULL;
	if (sscanf(zone, "%255s %u %15s %n", line->name, &line->ttl_s, type, &end) != 3 || !end)
		abort();
	zone += end;
	snprintf(line->data, sizeof(line->data), "%.*s", (int)strcspn(zone, "\n"), zone);
	line->type = fake_type(type);
	return zone + strcspn(zone, "\n");
}

/* Of a line that says how a question fails; -1: it is a record. */
static int fake_failure(const char *data)
{
	if (!strcmp(data, "silent"))
		return DNS_SILENT;
	if (!strcmp(data, "refused"))
		return DNS_REFUSED;
	return strcmp(data, "garbage") ? -1 : DNS_GARBAGE;
}

struct fake_reply {
	struct fake_text text;
	unsigned int answers, authority;
	bool known, memory;
	int failure;
};

/* The records of @name, and of what it is an alias of. */
static void collect_answers(struct fake_reply *reply, const char *name, enum dns_type type,
			    unsigned int depth)
{
	struct fake_line line;
	const char *zone = fake_dns.zone;

	while (depth < 12 && (zone = next_line(zone, &line))) {
		if (strcmp(line.name, name))
			continue;
		reply->known = true;
		if (line.type == (int)type && !strcmp(line.data, "memory"))
			reply->memory = true;
		else if (line.type == (int)type && fake_failure(line.data) >= 0)
			reply->failure = fake_failure(line.data);
		else if (line.type == (int)type || line.type == DNS_CNAME) {
			put_record(&reply->text, name, line.ttl_s, line.type, line.data);
			reply->answers++;
		}
		if (line.type == DNS_CNAME)
			collect_answers(reply, line.data, type, depth + 1);
	}
}

static struct dns_answer *fake_answer(const char *name, enum dns_type type)
{
	static struct fake_reply reply;
	struct dns_answer *answer = NULL;
	const char *zone = fake_dns.zone;
	struct fake_line line;
	uint8_t *exact;

	memset(&reply, 0, sizeof(reply));
	reply.failure = -1;
	reply.text.len = 12;
	put_name(&reply.text, name);
	put16(&reply.text, type);
	put16(&reply.text, 1);
	collect_answers(&reply, name, type, 0);
	if (reply.memory)
		return NULL;
	if (reply.failure >= 0)
		return dns_answer_empty((enum dns_result)reply.failure);
	while (!reply.answers && (zone = next_line(zone, &line))) {
		if (line.type != DNS_SOA)
			continue;
		put_record(&reply.text, line.name, line.ttl_s, DNS_SOA, line.data);
		reply.authority++;
	}
	reply.text.octets[2] = 0x81;
	reply.text.octets[3] = reply.known ? 0 : 3;
	reply.text.octets[5] = 1;
	reply.text.octets[6] = (uint8_t)(reply.answers >> 8);
	reply.text.octets[7] = (uint8_t)reply.answers;
	reply.text.octets[9] = (uint8_t)reply.authority;
	exact = malloc(reply.text.len);
	if (!exact)
		return NULL;
	memcpy(exact, reply.text.octets, reply.text.len);
	if (dns_message_parse(exact, reply.text.len, name, type, &answer) == -EBADMSG)
		answer = dns_answer_empty(DNS_GARBAGE);
	free(exact);
	return answer;
}

/* Answers what waits now; how many questions that were. */
static unsigned int fake_dns_answer(void)
{
	static struct fake_question waiting[FAKE_DNS_QUESTIONS];
	unsigned int count = fake_dns.waiting;

	memcpy(waiting, fake_dns.questions, count * sizeof(*waiting));
	fake_dns.waiting = 0;
	for (unsigned int i = 0; i < count; i++)
		waiting[i].cb(waiting[i].arg, fake_answer(waiting[i].name, waiting[i].type));
	return count;
}

int dns_wire_alloc(struct dns_wire **wire, struct loop *loop, const struct dns_wire_config *config)
{
	(void)loop;
	(void)config;
	*wire = &fake_dns.wire;
	return 0;
}

void dns_wire_free(struct dns_wire *wire)
{
	(void)wire;
	fake_dns.waiting = 0;
}

void dns_wire_query(struct dns_wire *wire, const char *name, enum dns_type type, dns_wire_cb cb,
		    void *arg)
{
	struct fake_question *question = &fake_dns.questions[fake_dns.waiting];

	(void)wire;
	fake_dns.asked++;
	if (fake_dns.at_once) {
		cb(arg, fake_answer(name, type));
		return;
	}
	if (fake_dns.waiting == FAKE_DNS_QUESTIONS)
		abort();
	snprintf(question->name, sizeof(question->name), "%s", name);
	question->type = type;
	question->cb = cb;
	question->arg = arg;
	fake_dns.waiting++;
}

#endif
