// SPDX-License-Identifier: GPL-2.0-or-later
/* The ladder of a call: its messages, media and what was decided about it. */
#include "call/hunt.h"
#include "call/offer.h"

#define LABEL_MAX 64
#define DETAIL_MAX 256

static enum ladder_column column(enum media_side side)
{
	return side == MEDIA_A ? LADDER_A : LADDER_B;
}

static struct sip_out text_out(char *buf, size_t size)
{
	struct sip_out out;

	sip_out_init(&out, buf, size - 1);
	return out;
}

static void text_end(struct sip_out *out)
{
	out->p[out->len] = '\0';
}

static void write_detail(struct sip_out *out, uint32_t cseq, struct view method,
			 const char *summary)
{
	sip_out_str(out, "CSeq ");
	sip_out_u32(out, cseq);
	sip_out_str(out, " ");
	sip_out_view(out, method);
	if (!summary)
		return;
	sip_out_str(out, ", SDP ");
	sip_out_str(out, summary);
}

/* What binds a PRACK to its response (RFC 3262). */
static void write_reliable(struct sip_out *out, const struct sip_trace *trace)
{
	struct view value = VIEW_NONE;

	if (!trace->request && trace->status > 100 && trace->status < 200)
		value = sip_trace_header(trace, SIP_HDR_RSEQ);
	else if (trace->request && trace->method == SIP_PRACK)
		value = sip_trace_header(trace, SIP_HDR_RACK);
	if (!value.len)
		return;
	sip_out_str(out, trace->request ? ", RAck " : ", RSeq ");
	sip_out_view(out, value);
}

/* Who it was sent to or came from, when there are several. */
static void write_target(struct sip_out *out, const struct call_branch *branch)
{
	if (!branch || !call_hunt_several(branch->hunt))
		return;
	sip_out_str(out, ", ");
	sip_out_view(out, branch->target->label);
}

static void add(struct call *call, enum ladder_column from, enum ladder_column to,
		bool retransmission, const char *label, const char *detail)
{
	ladder_add(&call->ladder, call_now(call), LADDER_MESSAGE, from, to, retransmission, label,
		   detail);
}

/*
 * Responses come in by the client transaction and go out by the server's, requests the other way.
 */
static enum media_side trace_side(const struct call_relay *relay, const struct sip_trace *trace)
{
	return trace->request == trace->outgoing ? call_other(relay->from) : relay->from;
}

static struct view sdp_of(const struct sip_trace *trace)
{
	if (!trace->body.len || trace->body.p[0] == 'v')
		return trace->body;
	return call_body_sdp_of(sip_trace_header(trace, SIP_HDR_CONTENT_TYPE), trace->body);
}

/* Is it of the branch that answered, and not of another one? */
static bool of_chosen_branch(const struct call_relay *relay, const struct sip_trace *trace)
{
	struct view tag;

	if (!relay->pair)
		return false;
	tag = sip_dialog_text(&relay->pair->leg[!relay->from], SIP_DIALOG_REMOTE_TAG);
	return memmem(trace->raw.p, trace->raw.len, tag.p, tag.len);
}

/* A repetition that the transaction layer leaves to us: a 2xx, or its ACK. */
static bool is_repeated(const struct call_relay *relay, const struct sip_trace *trace)
{
	bool repeated = trace->retransmission;

	if (repeated || relay->method != SIP_INVITE)
		return repeated;
	if (trace->outgoing && trace->request && trace->method == SIP_ACK)
		repeated = relay->acked_out;
	else if (!trace->outgoing && !trace->request && trace->status / 100 == 2)
		repeated = relay->final;
	return repeated && of_chosen_branch(relay, trace);
}

static const char *realm_name(const struct tp_flow *flow)
{
	return call_listener(flow)->realm->name;
}

/* The record of the transaction that a message belongs to, and its octets. */
static void record(struct call_engine *engine, struct call_relay *relay, const char *id,
		   const struct sip_trace *trace)
{
	uint64_t *mark = trace->mark, invite;

	if (!mark && trace->request && trace->method == SIP_ACK) {
		engine->ack_untold = !trace->outgoing;
		if (engine->ack_untold)
			return;
		/* The ACK of a 2xx is shown with its INVITE. */
		invite = relay && relay->ct ? sip_ctrans_mark(relay->ct) : 0;
		mark = invite ? &invite : NULL;
	}
	flow_trace(engine->flows, mark, trace, realm_name(trace->flow), id);
}

void call_trace_ack(struct call_engine *engine, struct call_relay *relay, const struct sip_msg *ack,
		    const struct tp_flow *from)
{
	uint64_t mark = relay && relay->st ? sip_strans_mark(relay->st) : 0;
	struct sip_trace trace;

	if (!engine->ack_untold)
		return;
	engine->ack_untold = false;
	sip_trace_received(&trace, ack, from);
	trace.retransmission = relay && relay->acked_in;
	flow_trace(engine->flows, mark ? &mark : NULL, &trace, realm_name(from),
		   relay ? relay->call->id : NULL);
}

void call_trace_ended(void *arg, uint64_t mark, enum sip_ending how)
{
	struct call_engine *engine = arg;

	flow_ended(engine->flows, mark, how);
}

void call_trace(void *arg, void *user, const struct sip_trace *trace)
{
	struct call_engine *engine = arg;
	const struct call_user *kind = user;
	struct call_relay *relay = kind && kind->kind == CALL_USER_CALL ? user : NULL;
	const char *id = relay ? relay->call->id : NULL;
	char label[LABEL_MAX], detail[DETAIL_MAX];
	struct sip_out out;
	enum ladder_column peer;
	bool repeated;

	if (kind && kind->kind == CALL_USER_OUTSIDE)
		id = ((const struct call_outside_user *)user)->id;
	record(engine, relay, id, trace);
	if (!relay)
		return;
	/* The ACK of a 2xx is traced when it has found its dialog. */
	if (trace->request && !trace->outgoing && trace->method == SIP_ACK &&
	    relay->stage == CALL_STAGE_ACCEPTED)
		return;
	out = text_out(label, sizeof(label));
	if (trace->request) {
		sip_out_view(&out, trace->method_name);
	} else {
		sip_out_u32(&out, (uint32_t)trace->status);
		sip_out_str(&out, " ");
		sip_out_view(&out, trace->reason);
	}
	text_end(&out);
	out = text_out(detail, sizeof(detail));
	repeated = is_repeated(relay, trace);
	write_detail(&out, trace->cseq, trace->method_name,
		     call_sdp_summary(engine, sdp_of(trace), trace->outgoing && !repeated));
	write_reliable(&out, trace);
	if (trace->request == trace->outgoing)
		write_target(&out, relay->branch);
	text_end(&out);
	peer = column(trace_side(relay, trace));
	add(relay->call, trace->outgoing ? LADDER_SIPD : peer, trace->outgoing ? peer : LADDER_SIPD,
	    repeated, label, detail);
	/* It may come before there is anything to acknowledge. */
	if (trace->request && !trace->outgoing && trace->method == SIP_ACK &&
	    relay->stage == CALL_STAGE_REFUSED) {
		relay->stage = CALL_STAGE_DONE;
		call_settle(relay->call);
	}
}

void call_trace_request(struct call *call, enum media_side side, const struct sip_msg *req,
			bool retransmission)
{
	char label[LABEL_MAX], detail[DETAIL_MAX];
	struct sip_trace trace;
	struct sip_out out;

	out = text_out(label, sizeof(label));
	sip_out_view(&out, req->method_name);
	text_end(&out);
	out = text_out(detail, sizeof(detail));
	write_detail(&out, req->cseq, req->method_name,
		     call_sdp_summary(call->engine, call_body_sdp(req), false));
	sip_trace_received(&trace, req, NULL);
	write_reliable(&out, &trace);
	text_end(&out);
	add(call, column(side), LADDER_SIPD, retransmission, label, detail);
}

void call_trace_media(struct call *call, const char *text)
{
	ladder_add(&call->ladder, call_now(call), LADDER_MEDIA, LADDER_SIPD, LADDER_SIPD, false,
		   "media", text);
}

void call_trace_media_end(struct call *call)
{
	for (unsigned int i = 0; i < call->media_stats->nstreams; i++) {
		const struct media_stream_stats *stream = &call->media_stats->streams[i];
		char text[DETAIL_MAX];
		struct sip_out out = text_out(text, sizeof(text));

		sip_out_printf(&out, "ended: %s %s, packets from caller %llu, from callee %llu",
			       stream->type, stream->codec,
			       (unsigned long long)stream->rx_packets[MEDIA_A],
			       (unsigned long long)stream->rx_packets[MEDIA_B]);
		text_end(&out);
		call_trace_media(call, text);
	}
}
