/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Offers and answers on their way through a call: SDP, media and SIP in step (RFC 3264). */
#ifndef SIPD_CALL_OFFER_H
#define SIPD_CALL_OFFER_H

#include "call/leg.h"

/*
 * Reads the SDP that the message being handled has brought, into engine->sdp.sdp. As sdp_parse();
 * asking again costs nothing.
 */
int call_sdp_read(struct call_engine *engine, struct view body);
/*
 * One line about the SDP in @body of a message that came, or of one that carries it on; NULL when
 * it is not SDP. Borrowed until the next call.
 */
const char *call_sdp_summary(struct call_engine *engine, struct view body, bool carried_on);

/*
 * An offer or answer came from @from; @out is the copy that goes on, in the engine's body buffer,
 * with what stood around it, an offer's by @to. 0, or the status that refuses it, with a Warning
 * for the peer at @flow in @lines. A refused offer leaves nothing behind.
 */
int call_offer(struct call *call, enum media_side from, const struct sip_msg *msg,
	       const struct tp_flow *flow, const struct tp_flow *to, struct sip_out *lines,
	       struct call_body *out);
/* The same with an offer that came before. */
int call_offer_sdp(struct call *call, enum media_side from, struct view sdp,
		   const struct tp_flow *flow, const struct tp_flow *to, struct sip_out *lines,
		   struct call_body *out);
/* An offer that has come from @from before, and stands: 0 or a status. */
int call_offer_again(struct call *call, enum media_side from, const struct call_session_sdp *sdp,
		     const struct tp_flow *flow, const struct tp_flow *to, struct call_body *out);
/* The offer of call_offer() once more, for the branch of the media with that number at @to. */
int call_offer_more(struct call *call, unsigned int media, const struct sip_msg *msg,
		    const struct tp_flow *to, struct sip_out *lines, struct call_body *out);
int call_answer(struct call *call, enum media_side from, const struct sip_msg *msg,
		const struct tp_flow *flow, struct sip_out *lines, struct call_body *out);
/* The same with an answer that came before. */
int call_answer_sdp(struct call *call, enum media_side from, struct view text,
		    const struct tp_flow *flow, struct sip_out *lines, struct call_body *out);
/*
 * The copy for the caller of an answer of the media's branch with that number, while another one is
 * relayed. 0 or a status.
 */
int call_answer_apart(struct call *call, unsigned int media, const struct sip_msg *msg,
		      const struct tp_flow *flow, struct call_body *out);
void call_offer_done(struct call *call);
void call_offer_undone(struct call *call);

#endif
