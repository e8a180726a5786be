// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls of a transfer, and the parties that move between them. */
#include <errno.h>
#include <stdlib.h>

#include "call/transfer.h"

struct call_transfer *call_transfer_alloc(void)
{
	return calloc(1, sizeof(struct call_transfer));
}

struct call *call_transfer_call(struct call_transfer *transfer, struct call_engine *engine,
				struct call_realm *const realms[2], struct sip_strans *st,
				const struct sip_strans_ops *ops)
{
	struct call *call = call_alloc(engine, realms);

	if (!call)
		return NULL;
	call->invite = call_relay_alloc(call, SIP_INVITE, MEDIA_A, st, ops);
	if (call->invite) {
		call->invite->held = !st;
		call->invite->pair = call_pair_alloc(call);
	}
	if (!call->invite || !call->invite->pair) {
		call_mark_ending(call, "sipd", VIEW_LIT("out of memory"));
		call_settle(call);
		return NULL;
	}
	call->of_transfer = !st;
	call->transfer = transfer;
	transfer->to = call;
	return call;
}

int call_transfer_move(struct call_pair *to, enum media_side to_side, struct call_pair *from,
		       enum media_side from_side)
{
	struct sip_dialog *old = &from->leg[from_side], *new = &to->leg[to_side];
	struct htab *dialogs = &to->call->engine->dialogs;
	struct sip_dialog copy = { .user = from };

	if (sip_dialog_init_copy(&copy, old, sip_dialog_text(old, SIP_DIALOG_LOCAL_TAG)))
		return -ENOMEM;
	sip_dialog_terminate(&copy);
	sip_dialog_del(dialogs, old);
	sip_dialog_del(dialogs, new);
	sip_dialog_clean(new);
	*new = *old;
	memset(&new->node, 0, sizeof(new->node));
	new->user = to;
	sip_dialog_add(dialogs, new);
	*old = copy;
	to->call->realm[to_side] = from->call->realm[from_side];
	if (to->call->media && from->call->media)
		media_call_adopt(to->call->media, to_side, from->call->media, from_side);
	return 0;
}

bool call_transfer_gone(const struct call_pair *pair, enum media_side side)
{
	return pair->call->state >= CALL_ANSWERED &&
	       pair->leg[side].state == SIP_DIALOG_TERMINATED;
}

int call_transfer_invite(struct call_relay *relay, struct call_pair *pair,
			 const struct sip_msg *req, const struct call_body *body,
			 const struct sip_ctrans_ops *ops)
{
	static const char lines[] = "Allow: " CALL_ALLOW "\r\nSupported: replaces, norefersub\r\n";
	int ret;

	ret = call_leg_request(relay, pair, req, req ? VIEW_NONE : VIEW_LIT(lines), body, ops);
	if (!ret)
		relay->pair = pair;
	return ret;
}

/* Where the next m= line begins at or after @at, or its end. */
static size_t next_line(struct view text, size_t at)
{
	for (; at < text.len; at++)
		if ((!at || text.p[at - 1] == '\n') && text.p[at] == 'm' &&
		    at + 1 < text.len && text.p[at + 1] == '=')
			return at;
	return text.len;
}

unsigned int call_transfer_lines(struct view text)
{
	unsigned int lines = 0;

	for (size_t at = next_line(text, 0); at < text.len; at = next_line(text, at + 1))
		lines++;
	return lines;
}

struct view call_transfer_cut(struct view text, unsigned int lines)
{
	size_t at = next_line(text, 0);

	while (lines-- && at < text.len)
		at = next_line(text, at + 1);
	return (struct view){ text.p, at };
}

void call_transfer_pad(struct call_engine *engine, struct call_body *body, unsigned int lines)
{
	static const char rejected[] = "m=audio 0 RTP/AVP 0\r\n";
	size_t len = sizeof(rejected) - 1;

	for (; lines && body->text.len + len <= sizeof(engine->body); lines--) {
		memcpy(engine->body + body->text.len, rejected, len);
		body->text.len += len;
	}
}
