/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who somebody is: digest authentication of our domains' users (RFC 3261 s.22). */
#ifndef SIPD_CALL_AUTH_H
#define SIPD_CALL_AUTH_H

#include "call/engine.h"
#include "call/registrar.h"

/*
 * Has @req, which came from @from, credentials of a user of @domain? @proxy: as a proxy asks, by
 * 407, else as a UAS by 401 (s.22.2, s.22.3). 0 and his name in @user, borrowed; or the status,
 * with challenges in @lines. Whether there is such a user, and what was wrong, nobody is told but
 * the operator, by the note of @st.
 */
int call_authenticate(struct call_engine *engine, const struct sip_strans *st,
		      const struct cfg_domain *domain, const struct sip_msg *req,
		      const struct tp_flow *from, bool proxy, struct sip_out *lines,
		      struct view *user);
/*
 * May a request that begins something, from @from, be taken? 0 or the status that refuses it, with
 * headers in @lines. Who comes by a realm that has a domain with authentication must be one of its
 * users, and use no other's name, or be a peer of the configuration.
 */
int call_admit(struct call_engine *engine, const struct sip_strans *st, const struct sip_msg *req,
	       const struct tp_flow *from, struct sip_out *lines);
/*
 * The same for a REFER in a call, whose user may be of any domain of the realm unless From names
 * one: he is challenged for all of them.
 */
int call_admit_transfer(struct call_engine *engine, const struct sip_strans *st,
			const struct sip_msg *req, const struct tp_flow *from,
			struct sip_out *lines);
/* Is @value, of Authorization or Proxy-Authorization, for a domain of ours? */
bool call_is_own_credentials(const struct call_engine *engine, struct view value);
/* Credentials for others than us, that go on with @msg (s.22.3). */
void call_pass_credentials(const struct call_engine *engine, struct sip_out *out,
			   const struct sip_msg *msg);

#endif
