// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int parse_number(const char *word, uint64_t min, uint64_t max, uint64_t *value)
{
	int base = !strncasecmp(word, "0x", 2) ? 16 : 10;
	unsigned long long number;
	char *end;

	/* strtoull() would take blanks and a sign. */
	if (!isxdigit((unsigned char)word[0]))
		return -EINVAL;
	errno = 0;
	number = strtoull(word, &end, base);
	if (errno || end == word || *end || number < min || number > max)
		return -EINVAL;
	*value = number;
	return 0;
}

int parse_long_duration(const char *word, uint64_t max, uint64_t *ms)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 }
	};
	size_t digits = strspn(word, "0123456789");
	unsigned long long number;

	if (!strcmp(word, "never")) {
		*ms = 0;
		return 0;
	}
	if (!digits || digits > 10)
		return -EINVAL;
	number = strtoull(word, NULL, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(word + digits, units[i].name))
			continue;
		if (number > max / units[i].ms)
			return -EINVAL;
		*ms = number * units[i].ms;
		return 0;
	}
	return -EINVAL;
}

int parse_duration(const char *word, uint32_t *ms)
{
	uint64_t value;

	if (parse_long_duration(word, UINT32_MAX, &value))
		return -EINVAL;
	*ms = value;
	return 0;
}

int parse_seconds(const char *word, unsigned int *ms)
{
	char *end;
	double seconds;

	if (!isdigit((unsigned char)word[0]))
		return -EINVAL;
	seconds = strtod(word, &end);
	if (*end || !(seconds >= 0.1 && seconds <= 86400))
		return -EINVAL;
	*ms = seconds * 1000;
	return 0;
}

/*
 * The first @len octets of @word. An IPv6 address may stand in brackets; without them it is only
 * taken with @bare, where no port can be meant.
 */
static int read_address(const char *word, size_t len, bool bare, struct sf_address *address)
{
	bool bracketed = len > 2 && word[0] == '[' && word[len - 1] == ']';
	struct sf_address result = { .family = AF_INET };
	char text[INET6_ADDRSTRLEN];

	if (bracketed) {
		word++;
		len -= 2;
	}
	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, word, len);
	text[len] = '\0';
	if (bracketed || (bare && strchr(text, ':')))
		result.family = AF_INET6;
	if (inet_pton(result.family, text, &result.v6) != 1)
		return -EINVAL;
	*address = result;
	return 0;
}

int parse_address_port(const char *word, struct sf_address *address)
{
	const char *colon = strrchr(word, ':');
	uint64_t port;

	if (!colon || parse_number(colon + 1, 1, UINT16_MAX, &port) ||
	    read_address(word, colon - word, false, address))
		return -EINVAL;
	address->port = htons(port);
	return 0;
}

int parse_prefix(const char *word, struct sf_address *address, uint8_t *prefix)
{
	size_t len = strcspn(word, "/");
	struct sf_address addr;
	uint64_t length, most;

	if (!strcmp(word, "any")) {
		*address = (struct sf_address){ 0 };
		*prefix = 0;
		return 0;
	}
	if (read_address(word, len, true, &addr))
		return -EINVAL;
	most = addr.family == AF_INET ? 32 : 128;
	length = most;
	if (word[len] && parse_number(word + len + 1, 0, most, &length))
		return -EINVAL;
	*address = addr;
	*prefix = length;
	return 0;
}

int parse_range(const char *word, struct sf_range *range)
{
	const char *colon = strrchr(word, ':');
	struct sf_address addr;
	uint64_t min, max;
	char low[8];
	size_t len;

	if (!colon || read_address(word, colon - word, false, &addr))
		return -EINVAL;
	len = strcspn(colon + 1, "-");
	if (len >= sizeof(low) || colon[1 + len] != '-')
		return -EINVAL;
	memcpy(low, colon + 1, len);
	low[len] = '\0';
	if (parse_number(low, 1, UINT16_MAX, &min) ||
	    parse_number(colon + len + 2, min, UINT16_MAX, &max))
		return -EINVAL;
	*range = (struct sf_range){ .addr = addr, .port_min = min, .port_max = max };
	return 0;
}

int parse_offset(const char *word, uint32_t most, uint32_t *offset)
{
	bool sign = word[0] == '+' || word[0] == '-';
	uint64_t number;

	if (parse_number(word + sign, 0, most, &number))
		return -EINVAL;
	*offset = word[0] == '-' ? -number & most : number;
	return 0;
}

int parse_owner(const char *word, uint32_t *owner)
{
	uint64_t number;

	if (!strcmp(word, "operator"))
		number = SF_OWNER_OPERATOR;
	else if (!strcmp(word, "sipd"))
		number = SF_OWNER_SIPD;
	else if (parse_number(word, 0, UINT32_MAX, &number))
		return -EINVAL;
	*owner = number;
	return 0;
}
