// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sources <SOURCES: tells the kernel of which class sources are.
 *
 * Standard input has a line per source: address, length of its prefix, port (0: any), class, which
 * is trusted, registered or banned. Prints how many were added.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libsipfast_sip.h"

static struct sf_source *sources;
static size_t nsources;

static void bad_input(void)
{
	fprintf(stderr, "sources: line %zu is bad\n", nsources + 1);
	exit(2);
}

static enum sipfast_class class_of(const char *name)
{
	if (!strcmp(name, "trusted"))
		return SIPFAST_CLASS_TRUSTED;
	if (!strcmp(name, "registered"))
		return SIPFAST_CLASS_REGISTERED;
	if (strcmp(name, "banned"))
		bad_input();
	return SIPFAST_CLASS_BANNED;
}

static void add(const char *address, unsigned int prefix, unsigned int port, const char *class)
{
	struct sf_source *source;

	if (!(nsources & (nsources - 1))) {
		sources = realloc(sources, (nsources ? 2 * nsources : 1) * sizeof(*sources));
		if (!sources)
			exit(1);
	}
	source = &sources[nsources];
	*source = (struct sf_source){
		.addr.family = strchr(address, ':') ? AF_INET6 : AF_INET,
		.addr.port = htons(port),
		.has_prefix = true,
		.prefix = prefix,
		.class = class_of(class),
	};
	if (inet_pton(source->addr.family, address, &source->addr.v6) != 1)
		bad_input();
	nsources++;
}

int main(void)
{
	char address[64], class[16];
	unsigned int prefix, port;
	struct sf_client *client;
	int err;

	while (scanf("%63s %u %u %15s", address, &prefix, &port, class) == 4)
		add(address, prefix, port, class);
	if (!feof(stdin))
		bad_input();
	if (sf_open(&client)) {
		fprintf(stderr, "sources: %s\n", sf_error(NULL));
		return 1;
	}
	err = sf_source_add_batch(client, sources, nsources);
	if (err)
		fprintf(stderr, "sources: %s: %s\n", strerror(-err), sf_error(client));
	sf_close(client);
	printf("%zu\n", nsources);
	return err ? 1 : 0;
}
