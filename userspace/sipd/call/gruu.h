/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUUs: URIs of one phone of a user, that anybody may call (RFC 5627). A public one names user and
 * instance. A temporary one shows neither: its user part is the user's name, encrypted, and a code
 * over him, the instance and the Call-ID of its registration. So nothing is kept of those that were
 * given out, and they end when the phone registers with another Call-ID.
 */
#ifndef SIPD_CALL_GRUU_H
#define SIPD_CALL_GRUU_H

#include "call/aor.h"
#include "call/location.h"
#include "sip/out.h"

struct gruu_key {
	uint8_t cipher[16], mac[32];
};

#define GRUU_ID 16 /* octets that tell one temporary GRUU from others, drawn at random */
#define GRUU_CODE 16
#define GRUU_INSTANCE_MAX 256

/* What the URI that is called says of the phone. */
struct gruu {
	bool temporary;
	uint8_t id[GRUU_ID], code[GRUU_CODE]; /* of a temporary one */
	size_t len;
	char instance[GRUU_INSTANCE_MAX]; /* of a public one, without quotes and brackets */
};

/* ";pub-gruu=...;temp-gruu=..." of a binding that has an instance. */
void gruu_write(struct sip_out *out, const struct gruu_key *key, const struct aor *aor,
		const struct location_binding *binding);

/*
 * 1: @uri is a GRUU of a domain of ours, @aor its user; 0: it is no GRUU; -ENOENT: it looks like
 * one, but cannot be.
 */
int gruu_read(struct gruu *gruu, struct aor *aor, const struct gruu_key *key, const struct cfg *cfg,
	      const struct sip_uri *uri);
/* Does it lead to @binding of @aor? */
bool gruu_fits(const struct gruu *gruu, const struct gruu_key *key, const struct aor *aor,
	       const struct location_binding *binding);

#endif
