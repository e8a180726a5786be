// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * REFERs that the other party carries out itself (transfer: pass): they go on with what they name
 * as that side knows it, and so do the NOTIFYs of their subscriptions, back.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/event.h"
#include "call/hide.h"
#include "call/transfer.h"

/* Subscriptions of one call at a time. */
#define MAX_PASSED 8

struct call_passed {
	struct call_passed *next; /* the one after it */
	const struct call_relay *relay; /* while it has no final response, else NULL */
	uint32_t came, went; /* CSeq in either dialog, which is the ID of its NOTIFYs there */
	uint8_t from; /* enum media_side of the transferor */
	bool numbered; /* not his first one, so that they need the ID (RFC 3515 s.2.4.6) */
};

static uint32_t number(const struct call_passed *passed)
{
	return passed->relay ? passed->relay->cseq : passed->went;
}

static struct call_passed *passed_add(struct call *call, const struct call_relay *relay,
				      uint32_t came)
{
	struct call_passed **at = &call->passed, *passed;
	unsigned int count = 0;

	for (; *at; at = &(*at)->next)
		if (++count == MAX_PASSED)
			return NULL;
	passed = calloc(1, sizeof(*passed));
	if (!passed)
		return NULL;
	passed->relay = relay;
	passed->came = came;
	passed->from = relay->from;
	passed->numbered = call->referred[relay->from];
	call->referred[relay->from] = true;
	*at = passed;
	return passed;
}

static void passed_del(struct call *call, const struct call_passed *passed)
{
	struct call_passed **at = &call->passed;

	while (*at && *at != passed)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = passed->next;
	free((void *)passed);
}

void call_passed_clean(struct call *call)
{
	while (call->passed)
		passed_del(call, call->passed);
}

/* --- the REFER --- */

static struct call_passed *passed_of(const struct call_relay *relay)
{
	struct call_passed *passed = relay->call->passed;

	while (passed && passed->relay != relay)
		passed = passed->next;
	return passed;
}

/* A 2xx begins the subscription, everything else is its end. */
static void decided(const struct call_relay *relay, int status)
{
	struct call_passed *passed = passed_of(relay);

	if (!passed)
		return;
	if (status >= 300) {
		passed_del(relay->call, passed);
		return;
	}
	passed->went = relay->cseq;
	passed->relay = NULL;
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	const struct call_relay *relay = user;

	if (msg->status >= 200)
		decided(relay, msg->status);
	call_other_ct_ops.response(user, ct, msg);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	decided(user, 408);
	call_other_ct_ops.timeout(user, ct);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.ended = call_relay_ct_ended,
};

/* Its user, as the dialog's other party has it, or else as the transferor does. */
static void write_refer_to(struct sip_out *out, const struct call_refer *refer,
			   const struct sip_dialog *leg, const struct call_replaces_name *name)
{
	struct view replaces = { name->text, name->len };
	struct view party = { name->text + name->len, name->party_len };
	struct sip_nameaddr addr;

	if (!party.len || sip_nameaddr_parse(&addr, party))
		addr = (struct sip_nameaddr){ .uri = refer->uri };
	addr.display = VIEW_NONE;
	sip_out_str(out, "Refer-To: ");
	call_hide_address(out, &addr, call_listener(&leg->flow)->hostport);
	if (replaces.len && sip_out_ok(out)) {
		out->len--; /* the bracket */
		sip_out_str(out, "?Replaces=");
		sip_out_escaped(out, replaces, "-_.!~*'()[]/:+$");
		sip_out_str(out, ">");
	}
	sip_out_str(out, "\r\n");
}

/* 0 or a status. */
static int carry(struct call_relay *relay, const struct sip_msg *msg,
		 const struct call_refer *refer, const struct call_replaces_name *name)
{
	struct call_body body = { .text = VIEW_NONE };
	struct call_pair *pair = relay->pair;
	const struct sip_dialog *leg = &pair->leg[!relay->from];
	char lines[2048];
	struct sip_out out;

	if (leg->state != SIP_DIALOG_CONFIRMED)
		return 481;
	sip_out_init(&out, lines, sizeof(lines));
	write_refer_to(&out, refer, leg, name);
	if (!sip_out_ok(&out))
		return 513;
	if (!passed_add(relay->call, relay, msg->cseq))
		return 503;
	call_body_opaque(msg, &body);
	if (!call_leg_request(relay, pair, msg, sip_out_text(&out), &body, &ct_ops))
		return 0;
	decided(relay, 500);
	return 500;
}

static void finish(struct call_relay *relay, const struct sip_msg *msg,
		   const struct call_refer *refer, const struct call_replaces_name *name)
{
	struct call *call = relay->call;
	struct sip_out lines = call_headers(call->engine);
	int status = 481;

	if (!refer->has_replaces || name->len)
		status = carry(relay, msg, refer, name);
	else
		call_write_warning(&lines, &relay->pair->leg[relay->from].flow, 399,
				   "Replaces names no call that is known");
	if (!status) {
		call_note_printf(call, CALL_NOTE_CHANGE, "REFER of the %s passed to the other one",
				 call_side_name((enum media_side)relay->from));
		return;
	}
	call_note_printf(call, CALL_NOTE_REFUSAL, "%d to the REFER of the %s", status,
			 call_side_name((enum media_side)relay->from));
	relay->stage = CALL_STAGE_DONE;
	call_leg_respond(relay, relay->pair, status, VIEW_NONE, &lines, NULL);
}

/* The dialog is of another shard: it is asked how the other side knows it. False: it cannot be. */
static bool ask(struct call_relay *relay, const struct call_request *req,
		const struct call_refer *refer)
{
	struct call *call = relay->call;
	struct call_transfer *transfer = call_transfer_alloc();

	if (!transfer)
		return false;
	transfer->from = call;
	transfer->from_side = (uint8_t)req->from;
	transfer->relay = relay;
	transfer->offer = view_dup(req->msg->raw);
	transfer->offer_len = req->msg->raw.len;
	if (transfer->offer && call_transfer_ask_name(transfer, call->engine, &refer->replaces,
						      call->realm[req->from])) {
		call->transfer = transfer;
		return true;
	}
	free(transfer->offer);
	free(transfer);
	return false;
}

/* Its sender may have given up. */
static bool waits(const struct call *call, const struct call_relay *relay)
{
	const struct call_relay *other = call->relays;

	while (other && other != relay)
		other = other->next;
	return other && other->st;
}

void call_refer_named(struct call_transfer *transfer, const struct call_replaces_name *name)
{
	struct call *call = transfer->from;
	struct call_engine *engine = call->engine;
	struct call_relay *relay = transfer->relay;
	struct sip_out unused = call_headers(engine);
	struct call_refer refer;
	struct sip_msg_error error;

	call->transfer = NULL;
	if (waits(call, relay) &&
	    !sip_msg_parse(&engine->invite, transfer->offer, transfer->offer_len, &error) &&
	    !call_refer_read(&refer, &engine->invite, &relay->pair->leg[relay->from].flow, &unused))
		finish(relay, &engine->invite, &refer, name);
	free(transfer->offer);
	free(transfer);
	call_settle(call);
}

void call_refer_pass(const struct call_request *req, const struct call_refer *refer)
{
	struct call *call = req->pair->call;
	struct call_replaces_name name = { .len = 0 };
	struct call_relay *relay;

	relay = call_relay_alloc(call, SIP_REFER, req->from, req->st, &call_other_st_ops);
	if (!relay) {
		call_answer_bare(req->st, 500, NULL);
		return;
	}
	relay->pair = req->pair;
	sip_dialog_refresh(&req->pair->leg[req->from], req->msg, req->flow);
	if (refer->has_replaces && ask(relay, req, refer))
		return;
	if (refer->has_replaces)
		call_replaces_name(call->engine, &refer->replaces, call->realm[req->from], &name);
	finish(relay, req->msg, refer, &name);
}

/* --- its NOTIFYs --- */

/* The subscription that a NOTIFY is of, from who was sent the REFER; NULL: none. */
static struct call_passed *subscription(const struct call_request *req)
{
	struct view event = event_header(req->msg);
	bool first = event_same(event, VIEW_LIT("refer"));
	struct call_passed *passed = req->pair->call->passed;
	char text[32];

	for (; passed; passed = passed->next) {
		snprintf(text, sizeof(text), "refer;id=%u", number(passed));
		if (passed->from != req->from && (first || event_same(event, view_str(text))))
			break;
	}
	return passed;
}

/* The status line, which is all that its receiver may see of the other side's response. */
static struct view write_fragment(struct sip_out *out, struct view text)
{
	static const struct view version = VIEW_LIT("SIP/2.0 ");
	const char *end = text.len ? memchr(text.p, '\r', text.len) : NULL;
	struct view line = { text.p, end ? (size_t)(end - text.p) : text.len };
	size_t start = version.len + 3;
	int status = 0;

	if (line.len < start || !view_ieq((struct view){ line.p, version.len }, version))
		return VIEW_NONE;
	for (size_t i = version.len; i < start && isdigit((unsigned char)line.p[i]); i++)
		status = status * 10 + (line.p[i] - '0');
	if (status < 100 || status > 699)
		return VIEW_NONE;
	start += line.len > start;
	return call_transfer_fragment(out, status,
				      (struct view){ line.p + start, line.len - start });
}

/* A copy of the message without what is written anew. */
static const struct sip_msg *without_event(struct call_engine *engine, const struct sip_msg *msg)
{
	struct sip_msg *copy = &engine->invite;

	*copy = *msg;
	for (unsigned int i = 0; i < copy->nheaders; i++)
		if (copy->headers[i].id == SIP_HDR_EVENT)
			copy->headers[i].id = SIP_HDR_OTHER;
	return copy;
}

static int pass_notify(struct call_relay *relay, const struct call_request *req,
		       const struct call_passed *passed)
{
	struct call_body body = { .type = VIEW_LIT("message/sipfrag;version=2.0") };
	char lines[64], fragment[256];
	struct sip_out out, text;

	if (req->pair->leg[!req->from].state != SIP_DIALOG_CONFIRMED)
		return 481;
	sip_out_init(&out, lines, sizeof(lines));
	sip_out_str(&out, "Event: refer");
	if (passed->numbered) {
		sip_out_str(&out, ";id=");
		sip_out_u32(&out, passed->came);
	}
	sip_out_str(&out, "\r\n");
	sip_out_init(&text, fragment, sizeof(fragment));
	body.text = write_fragment(&text, req->msg->body);
	if (!body.text.len || !sip_out_ok(&text))
		return 400;
	if (call_leg_request(relay, req->pair, without_event(relay->call->engine, req->msg),
			     sip_out_text(&out), &body, &call_other_ct_ops))
		return 500;
	return 0;
}

void call_refer_notified(const struct call_request *req)
{
	struct call_passed *passed = subscription(req);
	struct call *call = req->pair->call;
	struct sip_out lines = call_headers(call->engine);
	struct call_relay *relay;
	uint32_t unused;
	int status;

	if (!passed) {
		/* There is no such subscription (RFC 6665 s.4.1.3). */
		call_write_warning(&lines, req->flow, 399, "No REFER went there in this call");
		call_answer_here(req, 481, &lines);
		return;
	}
	relay = call_relay_alloc(call, SIP_NOTIFY, req->from, req->st, &call_other_st_ops);
	if (!relay) {
		call_answer_bare(req->st, 500, NULL);
		return;
	}
	relay->pair = req->pair;
	sip_dialog_refresh(&req->pair->leg[req->from], req->msg, req->flow);
	status = pass_notify(relay, req, passed);
	if (event_state(req->msg, &unused) == EVENT_TERMINATED)
		passed_del(call, passed);
	if (!status)
		return;
	relay->stage = CALL_STAGE_DONE;
	call_leg_respond(relay, req->pair, status, VIEW_NONE, NULL, NULL);
}
