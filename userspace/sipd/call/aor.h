/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of record: who is registered or called, as user of one of our domains. */
#ifndef SIPD_CALL_AOR_H
#define SIPD_CALL_AOR_H

#include "config/config.h"
#include "sip/msg.h"

/* Octets, escapes included. */
#define AOR_USER_MAX 128

struct aor {
	const struct cfg_domain *domain;
	/* Escapes that need not be are undone, so that the same user is the same text. */
	char user[AOR_USER_MAX + 1];
};

/* The domain of ours that @uri names, or NULL. */
const struct cfg_domain *aor_domain(const struct cfg *cfg, const struct sip_uri *uri);
/* 0; -ENOENT: it is of no domain of ours; -EINVAL: it has no user, or one too long. */
int aor_read(struct aor *aor, const struct cfg *cfg, const struct sip_uri *uri);

/* A table's key for a user of a domain, by htab_hash(). */
uint32_t aor_hash(const char *user, const char *domain);

#endif
