// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/message.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"

#define HEADER 12
#define CLASS_IN 1
#define RCODE_OK 0
#define RCODE_NO_NAME 3

const char *dns_type_name(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_CNAME:
		return "CNAME";
	case DNS_NAPTR:
		return "NAPTR";
	case DNS_SOA:
		return "SOA";
	case DNS_SRV:
		return "SRV";
	}
	return "?";
}

const char *dns_result_name(enum dns_result result)
{
	static const char *const names[] = {
		[DNS_FOUND] = "found",
		[DNS_ALIAS] = "an alias",
		[DNS_NO_DATA] = "no such record",
		[DNS_NO_NAME] = "no such name",
		[DNS_REFUSED] = "refused or SERVFAIL",
		[DNS_SILENT] = "no answer",
		[DNS_GARBAGE] = "an answer that cannot be read",
	};

	return names[result];
}

/* A resource record before its data is read. */
struct raw_record {
	char name[DNS_NAME_STRLEN];
	uint16_t type, class;
	uint32_t ttl_s;
	size_t data, data_len;
};

struct reader {
	struct dns_octets message;
	size_t answers; /* where they begin */
	unsigned int nanswers;
	size_t authority;
	unsigned int nauthority;

	const char *wanted; /* the name, after the aliases so far */
	enum dns_type type;
	char aliases[2][DNS_NAME_STRLEN]; /* in turns: the wanted name, and the next one */
	char *alias;
	uint32_t ttl_s;

	unsigned int nrecords;
	size_t text_len;
	struct dns_record records[DNS_MAX_RECORDS];
	char text[DNS_MAX_TEXT];
};

static uint16_t get16(struct dns_octets message, size_t at)
{
	return (uint16_t)(message.p[at] << 8 | message.p[at + 1]);
}

static uint32_t get32(struct dns_octets message, size_t at)
{
	return (uint32_t)get16(message, at) << 16 | get16(message, at + 2);
}

/* The offset behind it, or -EBADMSG. */
static int read_record(struct dns_octets message, size_t at, struct raw_record *record)
{
	int end = dns_name_read(message, at, record->name);

	if (end < 0 || message.len - (size_t)end < 10)
		return -EBADMSG;
	at = (size_t)end;
	record->type = get16(message, at);
	record->class = get16(message, at + 2);
	record->ttl_s = get32(message, at + 4);
	/* RFC 2181 s.8: the first bit set means zero. */
	if (record->ttl_s > INT32_MAX)
		record->ttl_s = 0;
	record->data_len = get16(message, at + 8);
	record->data = at + 10;
	if (message.len - record->data < record->data_len)
		return -EBADMSG;
	return (int)(record->data + record->data_len);
}

/* Its place in the text, or -ENOSPC. */
static int keep_text(struct reader *reader, const char *text, size_t len)
{
	size_t at = reader->text_len;

	if (sizeof(reader->text) - at <= len)
		return -ENOSPC;
	memcpy(reader->text + at, text, len);
	reader->text[at + len] = '\0';
	reader->text_len += len + 1;
	return (int)at;
}

static int keep_name(struct reader *reader, size_t at, uint16_t *place)
{
	char name[DNS_NAME_STRLEN];
	int ret = dns_name_read(reader->message, at, name);

	if (ret < 0)
		return ret;
	if (!strcmp(name, "?"))
		return -ENOSPC;
	ret = keep_text(reader, name, strlen(name));
	if (ret < 0)
		return ret;
	*place = (uint16_t)ret;
	return 0;
}

/* A character-string (RFC 1035 s.3.3) within the data of @raw; the offset behind it or -EBADMSG. */
static int read_string(struct reader *reader, const struct raw_record *raw, size_t at,
		       struct dns_octets *string)
{
	size_t end = raw->data + raw->data_len;

	if (at >= end || end - at <= reader->message.p[at])
		return -EBADMSG;
	string->p = reader->message.p + at + 1;
	string->len = reader->message.p[at];
	return (int)(at + 1 + string->len);
}

static int read_naptr(struct reader *reader, const struct raw_record *raw,
		      struct dns_record *record)
{
	struct dns_octets flags, service, regexp;
	int at, place;

	if (raw->data_len < 4)
		return -EBADMSG;
	record->order = get16(reader->message, raw->data);
	record->preference = get16(reader->message, raw->data + 2);
	at = read_string(reader, raw, raw->data + 4, &flags);
	if (at >= 0)
		at = read_string(reader, raw, (size_t)at, &service);
	if (at >= 0)
		at = read_string(reader, raw, (size_t)at, &regexp);
	if (at < 0)
		return at;
	record->terminal = flags.len == 1 && (flags.p[0] | 0x20) == 's' && !regexp.len;
	place = keep_text(reader, (const char *)service.p, service.len);
	if (place < 0)
		return place;
	record->service = (uint16_t)place;
	return keep_name(reader, (size_t)at, &record->name);
}

static int read_srv(struct reader *reader, const struct raw_record *raw, struct dns_record *record)
{
	if (raw->data_len < 7)
		return -EBADMSG;
	record->order = get16(reader->message, raw->data);
	record->preference = get16(reader->message, raw->data + 2);
	record->port = get16(reader->message, raw->data + 4);
	return keep_name(reader, raw->data + 6, &record->name);
}

static int read_address(struct reader *reader, const struct raw_record *raw,
			struct dns_record *record)
{
	size_t size = reader->type == DNS_A ? sizeof(record->v4) : sizeof(record->v6);

	if (raw->data_len != size)
		return -EBADMSG;
	memcpy(record, reader->message.p + raw->data, size);
	return 0;
}

static int read_data(struct reader *reader, const struct raw_record *raw, struct dns_record *record)
{
	switch (reader->type) {
	case DNS_SRV:
		return read_srv(reader, raw, record);
	case DNS_NAPTR:
		return read_naptr(reader, raw, record);
	default:
		return read_address(reader, raw, record);
	}
}

static void note_ttl(struct reader *reader, uint32_t ttl_s)
{
	if (ttl_s < reader->ttl_s)
		reader->ttl_s = ttl_s;
}

/* One walk over the answers; takes what is wanted, or the alias of it. */
static int collect(struct reader *reader, bool *alias)
{
	size_t at = reader->answers;
	struct raw_record raw;
	int end, ret;

	*alias = false;
	for (unsigned int i = 0; i < reader->nanswers; i++, at = (size_t)end) {
		struct dns_record record = { 0 };

		end = read_record(reader->message, at, &raw);
		if (end < 0)
			return end;
		if (raw.class != CLASS_IN || strcmp(raw.name, reader->wanted))
			continue;
		if (raw.type == DNS_CNAME && !*alias) {
			if (dns_name_read(reader->message, raw.data, reader->alias) < 0)
				return -EBADMSG;
			note_ttl(reader, raw.ttl_s);
			*alias = true;
		}
		if (raw.type != reader->type || reader->nrecords == DNS_MAX_RECORDS)
			continue;
		ret = read_data(reader, &raw, &record);
		if (ret == -ENOSPC)
			continue;
		if (ret)
			return ret;
		note_ttl(reader, raw.ttl_s);
		reader->records[reader->nrecords++] = record;
	}
	return 0;
}

/* RFC 2308 s.5: the lesser one of the SOA's own TTL and its last field. */
static int note_negative_ttl(struct reader *reader)
{
	size_t at = reader->authority;
	struct raw_record raw;
	int end;

	reader->ttl_s = 0;
	for (unsigned int i = 0; i < reader->nauthority; i++, at = (size_t)end) {
		end = read_record(reader->message, at, &raw);
		if (end < 0)
			return end;
		if (raw.class != CLASS_IN || raw.type != DNS_SOA || raw.data_len < 22)
			continue;
		reader->ttl_s = raw.ttl_s;
		note_ttl(reader, get32(reader->message, (size_t)end - 4));
		return 0;
	}
	return 0;
}

static int read_header(struct reader *reader, unsigned int *rcode)
{
	struct dns_octets message = reader->message;
	char name[DNS_NAME_STRLEN];
	struct raw_record raw;
	size_t at = HEADER;
	int end;

	if (message.len < HEADER || !(message.p[2] & 0x80))
		return -EBADMSG;
	*rcode = message.p[3] & 0x0f;
	for (unsigned int i = get16(message, 4); i; i--) {
		end = dns_name_read(message, at, name);
		if (end < 0 || message.len - (size_t)end < 4)
			return -EBADMSG;
		at = (size_t)end + 4;
	}
	reader->answers = at;
	reader->nanswers = get16(message, 6);
	for (unsigned int i = 0; i < reader->nanswers; i++) {
		end = read_record(message, at, &raw);
		if (end < 0)
			return end;
		at = (size_t)end;
	}
	reader->authority = at;
	reader->nauthority = get16(message, 8);
	return 0;
}

/* The server knows the alias, and not what it stands for. */
static int keep_alias(struct reader *reader)
{
	int place = keep_text(reader, reader->wanted, strlen(reader->wanted));

	reader->records[0] = (struct dns_record){ .name = (uint16_t)place };
	reader->nrecords = 1;
	return DNS_ALIAS;
}

/* Follows aliases to the records; the result. */
static int follow(struct reader *reader, unsigned int rcode)
{
	bool followed = false, alias;
	int ret;

	reader->ttl_s = UINT32_MAX;
	for (unsigned int i = 0; i <= DNS_MAX_ALIASES; i++) {
		reader->alias = reader->aliases[i % 2];
		ret = collect(reader, &alias);
		if (ret)
			return ret;
		if (reader->nrecords)
			return DNS_FOUND;
		reader->text_len = 0;
		if (!alias) {
			if (followed && rcode == RCODE_OK && !reader->nauthority)
				return keep_alias(reader);
			ret = note_negative_ttl(reader);
			if (ret)
				return ret;
			return rcode == RCODE_NO_NAME ? DNS_NO_NAME : DNS_NO_DATA;
		}
		if (!reader->alias[0] || !strcmp(reader->alias, "?"))
			return -EBADMSG;
		reader->wanted = reader->alias;
		followed = true;
	}
	return -EBADMSG;
}

static struct dns_answer *make_answer(const struct reader *reader, enum dns_result result)
{
	size_t records = reader->nrecords * sizeof(reader->records[0]);
	struct dns_answer *answer = malloc(sizeof(*answer) + records + reader->text_len);
	char *text;

	if (!answer)
		return NULL;
	answer->result = result;
	answer->ttl_s = reader->ttl_s;
	answer->nrecords = reader->nrecords;
	memcpy(answer->records, reader->records, records);
	text = (char *)answer->records + records;
	memcpy(text, reader->text, reader->text_len);
	answer->text = text;
	return answer;
}

struct dns_answer *dns_answer_empty(enum dns_result result)
{
	struct dns_answer *answer = calloc(1, sizeof(*answer));

	if (answer)
		answer->result = result;
	return answer;
}

int dns_message_parse(const uint8_t *octets, size_t len, const char *name, enum dns_type type,
		      struct dns_answer **answer)
{
	struct reader reader = { .message = { octets, len }, .wanted = name, .type = type };
	unsigned int rcode;
	int ret;

	ret = read_header(&reader, &rcode);
	if (ret)
		return ret;
	if (rcode != RCODE_OK && rcode != RCODE_NO_NAME)
		return -EBADMSG;
	ret = follow(&reader, rcode);
	if (ret < 0)
		return ret;
	*answer = make_answer(&reader, (enum dns_result)ret);
	return *answer ? 0 : -ENOMEM;
}
