/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The codecs of realms and trunks, applied to offers and answers on their way. */
#ifndef SIPD_CALL_CODECS_H
#define SIPD_CALL_CODECS_H

#include "call/state.h"
#include "sdp/sdp_codecs.h"

/*
 * The SDP in engine->sdp as it goes on: an offer from @from to @peer with what the codecs of
 * @peer's trunk or realm leave of it, an answer of @peer without what they do not allow.
 * *sdp is that, or engine->sdp.sdp when nothing changes; until the next call. Lines of an offer
 * that nothing is left of are marked as withheld in the latter. The decision log tells.
 *
 * 0; -ENOMSG: an offer has no stream left, or an answer none for a line that it accepts;
 * -EMSGSIZE, -EBADMSG.
 */
int call_codecs(struct call *call, enum media_side from, enum sdp_role role,
		const struct tp_flow *peer, const struct sdp **sdp);

#endif
