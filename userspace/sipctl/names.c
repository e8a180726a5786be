// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sipctl/text.h"

const char *const component_names[] = {
	[SIPFAST_COMPONENT_RTP] = "rtp",
	[SIPFAST_COMPONENT_RTCP] = "rtcp",
	[SIPFAST_COMPONENT_MUX] = "mux",
	[SIPFAST_COMPONENT_MAX + 1] = NULL,
};

const char *const learn_names[] = {
	[SIPFAST_LEARN_OFF] = "off",
	[SIPFAST_LEARN_ONCE] = "once",
	[SIPFAST_LEARN_MAX + 1] = NULL,
};

const char *const source_names[] = {
	[SIPFAST_SOURCE_STRICT] = "strict",
	[SIPFAST_SOURCE_ACCEPT] = "accept",
	[SIPFAST_SOURCE_MAX + 1] = NULL,
};

int name_find(const char *const *names, const char *word)
{
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], word))
			return i;
	return -EINVAL;
}

const char *name_of(const char *const *names, unsigned int value)
{
	for (unsigned int i = 0; names[i]; i++)
		if (i == value)
			return names[i];
	return "?";
}

char *name_owner(uint32_t owner)
{
	if (owner == SF_OWNER_OPERATOR)
		return text_format("operator");
	if (owner == SF_OWNER_SIPD)
		return text_format("sipd");
	return text_format("%" PRIu32, owner);
}

char *name_address(const struct sockaddr_in *address)
{
	char buf[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &address->sin_addr, buf, sizeof(buf));
	return text_format("%s:%u", buf, ntohs(address->sin_port));
}

char *name_prefix(struct in_addr address, unsigned int prefix)
{
	char buf[INET_ADDRSTRLEN];

	if (!prefix)
		return text_format("any");
	inet_ntop(AF_INET, &address, buf, sizeof(buf));
	return text_format("%s/%u", buf, prefix);
}

char *name_range(const struct sf_range *range)
{
	char buf[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &range->addr, buf, sizeof(buf));
	return text_format("%s:%u-%u", buf, range->port_min, range->port_max);
}
