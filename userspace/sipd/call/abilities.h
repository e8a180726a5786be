/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sipd takes from the peer of a leg (RFC 3261 s.13.2.1, s.13.3.1.4; RFC 3311 s.4). */
#ifndef SIPD_CALL_ABILITIES_H
#define SIPD_CALL_ABILITIES_H

#include "call/state.h"

/*
 * Allow and Supported, for an INVITE or what answers it on @leg, instead of those of @msg, which is
 * carried on there (NULL: made here). What is done by the other side is there if that side says so.
 */
void call_write_abilities(struct sip_out *out, const struct sip_dialog *leg,
			  const struct sip_msg *msg);

/*
 * An Allow line with what the peer of that leg takes himself, as far as he is asked: an UPDATE only
 * if he has said so.
 */
void call_write_peer_allow(struct sip_out *out, const struct sip_dialog *leg);

#endif
