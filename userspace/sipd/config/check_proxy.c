// SPDX-License-Identifier: GPL-2.0-or-later
/* The modes of domains, routes and next hops, and the key of Record-Routes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/sha.h>

#include "config/check.h"

/* Octets. */
#define MIN_KEY 16
#define MAX_KEY 4096

static bool has_modes(const struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].next_hop_mode != CFG_MODE_B2BUA)
			return true;
	for (unsigned int i = 0; i < cfg->nroutes; i++)
		if (cfg->routes[i].mode != CFG_MODE_B2BUA)
			return true;
	for (unsigned int i = 0; i < cfg->ndomains; i++)
		if (cfg->domains[i].mode != CFG_MODE_B2BUA)
			return true;
	return false;
}

static void read_key(struct cfg_check *check, const char *path)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "proxy.key-file");
	unsigned char text[MAX_KEY], digest[SHA256_DIGEST_LENGTH];
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file) {
		cfg_mistake(check->report, pos,
			    "key-file %s: %s; make one with: openssl rand -out %s 32", path,
			    strerror(errno), path);
		return;
	}
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	if (len < MIN_KEY) {
		cfg_mistake(check->report, pos,
			    "key-file %s has %zu octets, a key has at least %d; make one with: "
			    "openssl rand -out %s 32",
			    path, len, MIN_KEY, path);
		return;
	}
	SHA256(text, len, digest);
	memcpy(&check->cfg->proxy_key, digest, sizeof(check->cfg->proxy_key));
}

void cfg_check_proxy(struct cfg_check *check)
{
	const struct raw_proxy *raw = check->raw->proxy;
	struct cfg *cfg = check->cfg;
	struct siphash_key key;

	siphash_key_init(&key);
	cfg->proxy_start = (uint32_t)key.k0;
	cfg->modes = has_modes(cfg);
	cfg->proxy_key_file = raw;
	if (raw)
		read_key(check, raw->key_file);
	else
		siphash_key_init(&cfg->proxy_key);
}
