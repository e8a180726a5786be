// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "call/exchange.h"

/* Might @side be refreshed by a re-INVITE, which offers it what came from the other one? */
static bool may_be_offered(const struct call *call, unsigned int side)
{
	const struct call_pair *pair = call->pairs;

	/* Before its answer nobody knows who the callee will be, and what he allows. */
	if (side == MEDIA_B && call->state < CALL_ANSWERED)
		return true;
	return call_cfg_realm(call, side)->session_timers != CFG_SESSION_TIMERS_OFF &&
	       (!pair || pair->session[side].update != CALL_ALLOWS);
}

static void forget(struct call_session_sdp *sdp)
{
	free(sdp->text);
	sdp->text = NULL;
}

void call_session_sdp_take(struct call *call, unsigned int from, struct view body)
{
	struct call_session_sdp *offered = &call->sdp_offered[from];

	forget(offered);
	if (!may_be_offered(call, call_other((enum media_side)from)))
		return;
	offered->text = view_dup(body);
	offered->len = body.len;
}

void call_session_sdp_add(struct call *call, unsigned int from, struct view lines)
{
	struct call_session_sdp *offered = &call->sdp_offered[from];
	char *text;

	if (!offered->text)
		return;
	text = realloc(offered->text, offered->len + lines.len + 1);
	if (!text) {
		/* It is not what he has seen. */
		forget(offered);
		return;
	}
	memcpy(text + offered->len, lines.p, lines.len + 1);
	offered->text = text;
	offered->len += lines.len;
}

void call_session_sdp_commit(struct call *call)
{
	for (int side = MEDIA_A; side <= MEDIA_B; side++) {
		if (!call->sdp_offered[side].text)
			continue;
		forget(&call->sdp[side]);
		call->sdp[side] = call->sdp_offered[side];
		call->sdp_offered[side].text = NULL;
	}
}

void call_session_sdp_trim(struct call *call)
{
	for (int side = MEDIA_A; side <= MEDIA_B; side++)
		if (!may_be_offered(call, call_other((enum media_side)side)))
			forget(&call->sdp[side]);
}

void call_session_sdp_undo(struct call *call)
{
	forget(&call->sdp_offered[MEDIA_A]);
	forget(&call->sdp_offered[MEDIA_B]);
}

void call_session_sdp_clean(struct call *call)
{
	call_session_sdp_undo(call);
	forget(&call->sdp[MEDIA_A]);
	forget(&call->sdp[MEDIA_B]);
}
