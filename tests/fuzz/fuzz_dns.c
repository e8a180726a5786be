// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whatever a DNS server sends: what is read of it stays within the bounds, and its names are names.
 * The first octet chooses the type.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/message.h"

#define CHECK(condition) check(condition, #condition, __LINE__)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_dns.c:%d: %s\n", line, condition);
	abort();
}

static void check_name(const char *name)
{
	char again[DNS_NAME_STRLEN];

	CHECK(!*name || !dns_name_normalize(name, strlen(name), again));
	CHECK(!*name || !strcmp(name, again));
}

static void check_answer(const struct dns_answer *answer, enum dns_type type)
{
	bool named = type == DNS_SRV || type == DNS_NAPTR || answer->result == DNS_ALIAS;

	CHECK(answer->nrecords <= DNS_MAX_RECORDS);
	CHECK((answer->result <= DNS_ALIAS) == (answer->nrecords > 0));
	CHECK(!dns_result_is_failure(answer->result));
	CHECK(answer->ttl_s <= INT32_MAX);
	for (unsigned int i = 0; i < answer->nrecords; i++) {
		if (named)
			check_name(dns_record_name(answer, &answer->records[i]));
		if (type == DNS_NAPTR && answer->result == DNS_FOUND)
			CHECK(strlen(answer->text + answer->records[i].service) < 256);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A, DNS_AAAA, DNS_SRV, DNS_NAPTR };
	struct dns_answer *answer;
	enum dns_type type;
	uint8_t *exact;

	if (!size)
		return 0;
	type = types[data[0] % 4];
	exact = malloc(size);
	if (!exact)
		return 0;
	memcpy(exact, data + 1, size - 1);
	if (!dns_message_parse(exact, size - 1, "a.example", type, &answer)) {
		check_answer(answer, type);
		free(answer);
	}
	free(exact);
	return 0;
}
