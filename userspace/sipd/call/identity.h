/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a message tells of who has sent it: identity that is asserted within trust (RFC 3325), and
 * what its Privacy header has withheld where sipd is the privacy service (RFC 3323 s.5).
 */
#ifndef SIPD_CALL_IDENTITY_H
#define SIPD_CALL_IDENTITY_H

#include "call/target.h"
#include "sip/msg.h"
#include "sip/out.h"

struct call_engine;
struct sip_dialog;
struct call_settings;

/* Values of Privacy, as bits. */
#define CALL_PRIVACY_HEADER (1u << 0)
#define CALL_PRIVACY_SESSION (1u << 1)
#define CALL_PRIVACY_USER (1u << 2)
#define CALL_PRIVACY_ID (1u << 3)
#define CALL_PRIVACY_OTHER (1u << 4) /* one that is not known here */
#define CALL_PRIVACY_NONE (1u << 5)
#define CALL_PRIVACY_CRITICAL (1u << 6)
#define CALL_PRIVACY_HISTORY (1u << 7) /* RFC 7044 s.10.1; see history_entry.h */

/* The address of who is not to be known (RFC 3323 s.4.1.1.3). */
#define CALL_ANONYMOUS "\"Anonymous\" <sip:anonymous@anonymous.invalid>"

/* A message on its way from one peer to another. */
struct call_identity {
	bool from_trusted, to_trusted;
	unsigned int asked; /* by its Privacy */
	unsigned int done; /* of that, here */
	bool failed; /* some of it is critical and cannot be met (RFC 3323 s.5) */
	bool told; /* what is left of Privacy has been written */
};

/*
 * Of whoever is at the other end of @flow: its trunk's, or its realm's. @target: that it is sent
 * to, NULL: none, or not known.
 */
const struct cfg_border *call_border(const struct call_engine *engine,
				     const struct call_settings *settings,
				     const struct tp_flow *flow, const struct call_target *target);

/* What the Privacy of @msg asks for. */
unsigned int call_identity_asked(const struct sip_msg *msg);
/* @can: values that sipd meets on this way, by being what it is. */
void call_identity_init(struct call_identity *identity, const struct sip_msg *msg,
			const struct cfg_border *from, const struct cfg_border *to,
			unsigned int can);
/* The same for what user agents say on @leg, to @target if not NULL, of what @from has said. */
struct call_identity call_identity_to(const struct call_engine *engine,
				      const struct call_settings *settings,
				      const struct sip_msg *msg, const struct tp_flow *from,
				      const struct sip_dialog *leg,
				      const struct call_target *target);
/* What a Warning says of one that has failed. */
#define CALL_PRIVACY_FAILS "Privacy that is critical cannot be given"
/* Is From to be CALL_ANONYMOUS in what goes to @to? */
bool call_identity_hides_user(const struct sip_msg *msg, const struct cfg_border *to);
/*
 * False: @header tells nothing of the kind. True: it has been dealt with, and written as far as it
 * goes on.
 */
bool call_identity_header(struct call_identity *identity, struct sip_out *out,
			  const struct sip_msg *msg, const struct sip_header *header);

#endif
