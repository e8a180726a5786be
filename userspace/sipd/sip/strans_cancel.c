// SPDX-License-Identifier: GPL-2.0-or-later
/* CANCEL at the server (RFC 3261 s.9.2). */
#include "sip/strans.h"

/* So that the CANCEL's messages show with the INVITE's. A second one replaces the first. */
static void pair(struct sip_strans *cancel, struct sip_strans *invite)
{
	if (invite->other)
		invite->other->other = NULL;
	invite->other = cancel;
	cancel->other = invite;
}

static void cancel_invite(struct sip_strans *invite)
{
	if (invite->method != SIP_INVITE || sip_strans_answered(invite) || invite->cancelled)
		return;
	invite->cancelled = true;
	if (invite->ops && invite->ops->cancelled)
		invite->ops->cancelled(invite->user, invite);
	else
		sip_strans_respond(invite, &(struct sip_reply){ .status = 487 });
}

void strans_cancel_receive(struct sip_stack *stack, const struct strans_key *key,
			   const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_strans *invite = strans_find_cancelled(stack, key);
	struct sip_strans *cancel = strans_new(stack, key, msg, from);
	struct sip_reply reply = { .status = 481 };
	char tag[SIP_TOKEN_STRLEN];

	if (!cancel)
		return;
	if (invite) {
		pair(cancel, invite);
		reply.status = 200;
		reply.to_tag = strans_tag(invite, tag);
	}
	stack_received(stack, strans_trace_user(cancel), &cancel->mark, msg, from, false);
	strans_reply(cancel, &reply);
	if (invite)
		cancel_invite(invite);
}
