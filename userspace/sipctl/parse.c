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

int parse_duration(const char *word, uint32_t *ms)
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
		if (number > UINT32_MAX / units[i].ms)
			return -EINVAL;
		*ms = number * units[i].ms;
		return 0;
	}
	return -EINVAL;
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

/* The part of @word before the last @mark as an address; what follows the mark in @rest. */
static int split_address(const char *word, char mark, struct in_addr *address, const char **rest)
{
	const char *at = strrchr(word, mark);
	char text[INET_ADDRSTRLEN];

	if (!at || (size_t)(at - word) >= sizeof(text))
		return -EINVAL;
	memcpy(text, word, at - word);
	text[at - word] = '\0';
	*rest = at + 1;
	return inet_pton(AF_INET, text, address) == 1 ? 0 : -EINVAL;
}

int parse_address_port(const char *word, struct sockaddr_in *address)
{
	struct in_addr addr;
	const char *rest;
	uint64_t port;

	if (split_address(word, ':', &addr, &rest) || parse_number(rest, 1, UINT16_MAX, &port))
		return -EINVAL;
	*address = (struct sockaddr_in){ .sin_family = AF_INET,
					 .sin_addr = addr,
					 .sin_port = htons(port) };
	return 0;
}

int parse_prefix(const char *word, struct in_addr *address, uint8_t *prefix)
{
	uint64_t length = 32;
	struct in_addr addr = { INADDR_ANY };
	const char *rest;

	if (!strcmp(word, "any")) {
		length = 0;
	} else if (strchr(word, '/')) {
		if (split_address(word, '/', &addr, &rest) || parse_number(rest, 0, 32, &length))
			return -EINVAL;
	} else if (inet_pton(AF_INET, word, &addr) != 1) {
		return -EINVAL;
	}
	*address = addr;
	*prefix = length;
	return 0;
}

int parse_range(const char *word, struct sf_range *range)
{
	uint64_t min, max;
	struct in_addr addr;
	const char *rest;
	char low[8];
	size_t len;

	if (split_address(word, ':', &addr, &rest))
		return -EINVAL;
	len = strcspn(rest, "-");
	if (len >= sizeof(low) || rest[len] != '-')
		return -EINVAL;
	memcpy(low, rest, len);
	low[len] = '\0';
	if (parse_number(low, 1, UINT16_MAX, &min) ||
	    parse_number(rest + len + 1, min, UINT16_MAX, &max))
		return -EINVAL;
	*range = (struct sf_range){ .addr = addr, .port_min = min, .port_max = max };
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
