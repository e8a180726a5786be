/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nonces that outlive the request they were given for (RFC 7616 s.3.3): the next request shows
 * credentials for them at once, with a higher nc, and is not challenged again.
 *
 * Those of an account's peer are kept by the engine, for all calls of its shard there; each shard
 * has its own, so that no two count the same nonce.
 */
#ifndef SIPD_CALL_NONCES_H
#define SIPD_CALL_NONCES_H

#include "call/engine.h"
#include "sip/digest.h"

#define CALL_NONCES_MAX 4 /* realms of one peer; the oldest one gives way */

struct call_nonces {
	unsigned int count;
	struct {
		struct sip_digest_session *session;
		uint32_t cseq; /* of the request that answered the challenge; 0: none in hand */
	} entry[CALL_NONCES_MAX];
};

/* Holds @session, too, in the place of one for the same realm. */
void call_nonces_put(struct call_nonces *nonces, struct sip_digest_session *session, uint32_t cseq);
/* Index of the one for that realm, -1: none. */
int call_nonces_find(const struct call_nonces *nonces, bool proxy, struct view realm);
void call_nonces_drop(struct call_nonces *nonces, bool proxy, struct view realm);
/* Credentials for one more request, a header line for each. */
void call_nonces_write(const struct call_nonces *nonces, const struct sip_digest_request *request,
		       struct sip_out *out);
void call_nonces_clean(struct call_nonces *nonces);

/* --- of accounts --- */

/* What the engine keeps of @account; NULL: nothing, with @make only without memory. */
struct call_nonces *call_nonces_of(struct call_engine *engine, const struct cfg_account *account,
				   bool make);
/* Of all accounts: their configuration goes, or the engine. */
void call_nonces_forget(struct call_engine *engine);

#endif
