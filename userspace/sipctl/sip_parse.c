// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/sip_parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/names.h"
#include "sipctl/parse.h"
#include "sipctl/sip_names.h"

int parse_listener(const char *word, struct sf_listener *listener)
{
	size_t len = strcspn(word, ":");

	for (unsigned int i = 0; word[len] && transport_names[i]; i++) {
		if (strlen(transport_names[i]) != len || memcmp(transport_names[i], word, len))
			continue;
		listener->transport = i;
		return parse_address_port(word + len + 1, &listener->addr);
	}
	return -EINVAL;
}

/* Clears the bits of @addr behind @prefix; whether there were any. */
static bool cut(struct sf_address *addr, unsigned int prefix)
{
	unsigned char *octets = (unsigned char *)&addr->v6;
	unsigned int size = addr->family == AF_INET ? 4 : 16;
	bool any = false;

	for (unsigned int i = 0; i < size; i++) {
		unsigned int kept = prefix > 8 * i ? prefix - 8 * i : 0;
		unsigned char rest = kept < 8 ? 0xff >> kept : 0;

		any |= octets[i] & rest;
		octets[i] &= ~rest;
	}
	return any;
}

int parse_source(const char *word, struct sf_source *source, struct why *why)
{
	struct sf_source result = *source;
	char todo[96], *name;

	if (!parse_address_port(word, &result.addr)) {
		*source = result;
		return 0;
	}
	if (parse_prefix(word, &result.addr, &result.prefix) || !result.addr.family)
		return why_fail(why, "bad source", word,
				"give an address, ADDRESS/LENGTH, ADDRESS:PORT or [IPV6]:PORT");
	result.has_prefix = true;
	if (cut(&result.addr, result.prefix)) {
		name = name_source(&result);
		snprintf(todo, sizeof(todo), "give %s", name);
		free(name);
		return why_fail(why, "not the first address of its prefix", word, todo);
	}
	*source = result;
	return 0;
}

int parse_rate(const char *word, uint32_t *rate)
{
	size_t len = strlen(word);
	uint64_t number;
	char digits[16];

	if (!strcmp(word, "off")) {
		*rate = 0;
		return 0;
	}
	if (len < 3 || len - 2 >= sizeof(digits) || strcmp(word + len - 2, "/s"))
		return -EINVAL;
	memcpy(digits, word, len - 2);
	digits[len - 2] = '\0';
	if (parse_number(digits, 1, UINT32_MAX, &number))
		return -EINVAL;
	*rate = number;
	return 0;
}

int parse_percent(const char *word, uint8_t min, uint8_t *percent)
{
	char digits[8];
	uint64_t number;
	size_t len = strlen(word);

	len -= len && word[len - 1] == '%';
	if (len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, word, len);
	digits[len] = '\0';
	if (parse_number(digits, min, 100, &number))
		return -EINVAL;
	*percent = number;
	return 0;
}

static int find_name(const char *word, size_t len, const char *const *names, unsigned int first,
		     unsigned int last)
{
	for (unsigned int i = first; i <= last; i++)
		if (strlen(names[i]) == len && !strncasecmp(names[i], word, len))
			return i;
	return -EINVAL;
}

int parse_set(const char *word, const char *const *names, unsigned int first, unsigned int last,
	      uint32_t *set)
{
	uint32_t result = 0;

	for (;;) {
		size_t len = strcspn(word, ",");
		int bit = find_name(word, len, names, first, last);

		if (bit < 0)
			return bit;
		result |= 1u << bit;
		if (!word[len])
			break;
		word += len + 1;
	}
	*set = result;
	return 0;
}
