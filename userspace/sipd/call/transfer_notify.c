// SPDX-License-Identifier: GPL-2.0-or-later
/* What the transferor is told: the subscription that his REFER has made (RFC 3515 s.2.4.4). */
#include <stdio.h>

#include "call/hide.h"
#include "call/transfer.h"

/* Longer than anybody rings: the end of a transfer is what ends its subscription. */
#define EXPIRES_MORE_S 60
#define EXPIRES_S 3600

/* A transferor who does not know it (any more), or is not there, is told no more. */
static void lost(struct call_relay *relay, const char *why)
{
	struct call *call = relay->call;

	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	if (!call->transfer || call->transfer->from != call || !call->transfer->subscribed)
		return;
	call->transfer->subscribed = false;
	call_note_printf(call, CALL_NOTE_CHANGE,
			 "transfer: the %s is told no more about it: his answer to NOTIFY is %s",
			 call_side_name(call_other((enum media_side)relay->from)), why);
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	char status[12];

	(void)ct;
	if (msg->status < 200)
		return;
	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	if (msg->status < 300)
		return;
	snprintf(status, sizeof(status), "%d", msg->status);
	lost(relay, status);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	lost(user, "missing");
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

static void write_headers(struct sip_out *out, const struct call_transfer *transfer, bool last)
{
	uint32_t no_answer = transfer->from->settings->cfg->no_answer_ms / 1000;

	sip_out_str(out, "Event: refer");
	if (transfer->id) {
		sip_out_str(out, ";id=");
		sip_out_u32(out, transfer->id);
	}
	sip_out_str(out, "\r\nSubscription-State: ");
	if (last) {
		sip_out_str(out, "terminated;reason=noresource\r\n");
		return;
	}
	sip_out_str(out, "active;expires=");
	sip_out_u32(out, no_answer ? no_answer + EXPIRES_MORE_S : EXPIRES_S);
	sip_out_str(out, "\r\n");
}

struct view call_transfer_fragment(struct sip_out *out, int status, struct view reason)
{
	sip_out_str(out, "SIP/2.0 ");
	sip_out_u32(out, (uint32_t)status);
	sip_out_str(out, " ");
	sip_out_view(out, reason.len && call_hide_text_ok(reason) ? reason :
								    view_str(sip_reason(status)));
	sip_out_str(out, "\r\n");
	return sip_out_text(out);
}

void call_transfer_notify(struct call_transfer *transfer, int status, struct view reason)
{
	struct call *call = transfer->from;
	enum media_side side = (enum media_side)transfer->from_side;
	struct call_body body = { .type = VIEW_LIT("message/sipfrag;version=2.0") };
	char headers[160], fragment[256];
	struct sip_out lines, text;
	struct call_relay *relay;

	if (!call || !transfer->subscribed || call->pairs->leg[side].state != SIP_DIALOG_CONFIRMED)
		return;
	sip_out_init(&lines, headers, sizeof(headers));
	write_headers(&lines, transfer, status >= 200);
	sip_out_init(&text, fragment, sizeof(fragment));
	body.text = call_transfer_fragment(&text, status, reason);
	if (!sip_out_ok(&text)) {
		sip_out_init(&text, fragment, sizeof(fragment));
		body.text = call_transfer_fragment(&text, status, VIEW_NONE);
	}
	relay = call_relay_alloc(call, SIP_NOTIFY, call_other(side), NULL, NULL);
	if (!relay)
		return;
	relay->pair = call->pairs;
	relay->stage = CALL_STAGE_DONE;
	if (call_leg_request(relay, call->pairs, NULL, sip_out_text(&lines), &body, &ct_ops))
		call_relay_drop(relay);
}
