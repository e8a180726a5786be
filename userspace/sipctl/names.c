// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/text.h"

const char *const component_names[] = {
	[SIPFAST_COMPONENT_RTP] = "rtp",
	[SIPFAST_COMPONENT_RTCP] = "rtcp",
	[SIPFAST_COMPONENT_MUX] = "mux",
	[SIPFAST_COMPONENT_TRANSPARENT] = "transparent",
	[SIPFAST_COMPONENT_MAX + 1] = NULL,
};

const char *const learn_names[] = {
	[SIPFAST_LEARN_OFF] = "off",
	[SIPFAST_LEARN_ONCE] = "once",
	[SIPFAST_LEARN_WINDOW] = "window",
	[SIPFAST_LEARN_MAX + 1] = NULL,
};

const char *const source_names[] = {
	[SIPFAST_SOURCE_STRICT] = "strict",
	[SIPFAST_SOURCE_ACCEPT] = "accept",
	[SIPFAST_SOURCE_MAX + 1] = NULL,
};

const char *const mode_names[] = {
	[SIPFAST_FORWARD_PASS] = "pass",
	[SIPFAST_FORWARD_SILENCE] = "silence",
	[SIPFAST_FORWARD_BLOCK] = "block",
	[SIPFAST_FORWARD_MAX + 1] = NULL,
};

const char *const hooks_names[] = {
	[SIPFAST_HOOKS_AUTO] = "auto",
	[SIPFAST_HOOKS_PREROUTING] = "prerouting",
	[SIPFAST_HOOKS_LISTED] = "listed",
	[SIPFAST_HOOKS_MAX + 1] = NULL,
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

char *name_host(const struct sf_address *address)
{
	char buf[INET6_ADDRSTRLEN];

	if (!inet_ntop(address->family, &address->v6, buf, sizeof(buf)))
		return text_format("?");
	return text_format("%s", buf);
}

/* As it stands before a port. */
static char *name_bracketed(const struct sf_address *address)
{
	char *host = name_host(address), *bracketed;

	if (address->family != AF_INET6)
		return host;
	bracketed = text_format("[%s]", host);
	free(host);
	return bracketed;
}

char *name_address(const struct sf_address *address)
{
	char *host = name_bracketed(address);
	char *name = text_format("%s:%u", host, ntohs(address->port));

	free(host);
	return name;
}

char *name_prefix(const struct sf_address *address, unsigned int prefix)
{
	char *host, *name;

	if (!prefix)
		return text_format("any");
	host = name_host(address);
	name = text_format("%s/%u", host, prefix);
	free(host);
	return name;
}

char *name_range(const struct sf_range *range)
{
	char *host = name_bracketed(&range->addr);
	char *name = text_format("%s:%u-%u", host, range->port_min, range->port_max);

	free(host);
	return name;
}
