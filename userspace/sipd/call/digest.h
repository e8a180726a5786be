/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Digest as client (RFC 3261 s.22, RFC 7616): the credentials of trunks and next hops, for
 * challenges to what was sent there, and never for anybody else.
 */
#ifndef SIPD_CALL_DIGEST_H
#define SIPD_CALL_DIGEST_H

#include "call/state.h"
#include "call/target.h"

/* The callee's side of @pair is at @target, whose account goes with it. */
void call_digest_lead(struct call_pair *pair, const struct call_target *target);
/*
 * The account for a request that goes to @dest on that leg: of the trunk or next hop that is there.
 * NULL: there is none.
 */
const struct cfg_account *call_digest_account(const struct call_pair *pair, enum media_side side,
					      const struct tp_addr *dest);
/* Credentials for nonces that the peer has given before: the request is not challenged again. */
void call_digest_write(struct sip_out *out, struct call_relay *relay, const struct call_pair *pair,
		       const struct sip_request *request);
/* Those of its INVITE go with an ACK, too (RFC 3261 s.22.1). */
void call_digest_write_ack(struct sip_out *out, const struct call_relay *relay,
			   const struct sip_request *ack);
/*
 * Answers the 401 or 407 that the request of @ct got: header lines in @lines for it to go out once
 * more as @cseq. False: it is final; "call why" tells why.
 */
bool call_digest_answer(struct call_relay *relay, const struct call_pair *pair,
			const struct sip_ctrans *ct, uint32_t cseq,
			const struct sip_msg *challenged, struct sip_out *lines);
/*
 * The request of @relay got @status. One that says nothing against its credentials ends the time
 * that they are held back for.
 */
void call_digest_heard(struct call_relay *relay, int status);
/* struct sip_again.drop, with the relay as its argument: credentials that @lines replace. */
bool call_digest_replaces(void *arg, enum sip_hdr_id id, struct view value);
void call_digests_free(struct call *call);
struct sip_digest_session;
struct sip_challenge;
/* A session for @challenge as @account. NULL without memory, or that hash. */
struct sip_digest_session *call_digest_session(struct call_engine *engine,
					       const struct cfg_account *account,
					       const struct sip_challenge *challenge, bool proxy);

#endif
