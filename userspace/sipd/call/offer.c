// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/offer.h"

#include <errno.h>

#include "call/codecs.h"
#include "call/exchange.h"

static const char *family_warning(const struct tp_flow *flow)
{
	if (call_listener(flow)->realm->cfg->media_address.family == AF_INET6)
		return "Media is relayed over IPv6 here, the SDP has IPv4 in c=";
	return "Media is relayed over IPv4 here, the SDP has IPv6 in c=";
}

/*
 * RFC 3261 s.20.43: 300 incompatible network protocol, 301 address format, 304 media type not
 * available, 305 incompatible media format, 370 insufficient bandwidth, 399 others.
 */
static int refuse(int error, const struct tp_flow *flow, struct sip_out *lines)
{
	switch (error) {
	case -ENOTSUP:
		call_write_warning(lines, flow, 300, "SDP cannot be relayed");
		return 488;
	case -EAFNOSUPPORT:
		call_write_warning(lines, flow, 301, family_warning(flow));
		return 488;
	case -EPROTONOSUPPORT:
		call_write_warning(lines, flow, 304,
				   "Media type not available: RTP and UDPTL are relayed");
		return 488;
	case -ENOMSG:
		call_write_warning(lines, flow, 305,
				   "Incompatible media format: no codec is allowed there");
		return 488;
	case -EBUSY:
		return 491;
	case -ENOSPC:
		call_write_warning(lines, flow, 370, "No media port is free");
		sip_out_str(lines, "Retry-After: 5\r\n");
		return 503;
	default:
		return 500;
	}
}

static int read_sdp(struct call *call, struct view sdp, const struct tp_flow *flow,
		    struct sip_out *lines)
{
	if (!call_sdp_read(call->engine, sdp))
		return 0;
	call_write_warning(lines, flow, 399, call->engine->sdp.error.reason);
	return 400;
}

static int write_sdp(struct call *call, const struct sdp *sdp, const struct sdp_edit *edit,
		     struct call_body *out)
{
	struct call_engine *engine = call->engine;
	int len = sdp_write(sdp, edit, engine->body, sizeof(engine->body));

	if (len < 0)
		return 500;
	out->type = VIEW_LIT("application/sdp");
	out->text = (struct view){ engine->body, (size_t)len };
	out->session = true;
	return 0;
}

/* 0 or a status. */
static int wrap(struct call *call, const struct sip_msg *msg, struct call_body *out)
{
	return call_body_wrap(call->engine, msg, out) ? 500 : 0;
}

static bool all_held(const struct sdp *sdp)
{
	for (unsigned int i = 0; i < sdp->nmedia; i++)
		if (sdp->media[i].port && !sdp->media[i].held)
			return false;
	return sdp->nmedia;
}

static int offer(struct call *call, enum media_side from, struct view text,
		 const struct tp_flow *flow, const struct tp_flow *to, struct sip_out *lines,
		 struct call_body *out)
{
	const struct sdp *sdp;
	struct sdp_edit edit;
	int ret;

	ret = read_sdp(call, text, flow, lines);
	if (ret)
		return ret;
	ret = call_codecs(call, from, SDP_OFFER, to, &sdp);
	if (!ret)
		ret = media_offer(call->media, from, &call->engine->sdp.sdp, call_signalling(flow),
				  call_signalling(to), &edit);
	if (ret)
		return refuse(ret, flow, lines);
	call->offer_held = all_held(sdp);
	ret = write_sdp(call, sdp, &edit, out);
	if (ret)
		media_rollback(call->media);
	return ret;
}

int call_offer(struct call *call, enum media_side from, const struct sip_msg *msg,
	       const struct tp_flow *flow, const struct tp_flow *to, struct sip_out *lines,
	       struct call_body *out)
{
	int ret = call_offer_sdp(call, from, call_body_sdp(msg), flow, to, lines, out);

	if (ret || !wrap(call, msg, out))
		return ret;
	call_offer_undone(call);
	return 500;
}

int call_offer_sdp(struct call *call, enum media_side from, struct view sdp,
		   const struct tp_flow *flow, const struct tp_flow *to, struct sip_out *lines,
		   struct call_body *out)
{
	int ret = offer(call, from, sdp, flow, to, lines, out);

	if (!ret)
		call_session_sdp_take(call, from, sdp);
	return ret;
}

int call_offer_again(struct call *call, enum media_side from, const struct call_session_sdp *sdp,
		     const struct tp_flow *flow, const struct tp_flow *to, struct call_body *out)
{
	struct sip_out unused = call_headers(call->engine);

	return offer(call, from, (struct view){ sdp->text, sdp->len }, flow, to, &unused, out);
}

int call_offer_more(struct call *call, unsigned int media, const struct sip_msg *msg,
		    const struct tp_flow *to, struct sip_out *lines, struct call_body *out)
{
	struct media_realm *realm = call_listener(to)->realm->media;
	struct view text = call_body_sdp(msg);
	const struct sdp *sdp;
	struct sdp_edit edit;
	int ret;

	ret = read_sdp(call, text, to, lines);
	if (ret)
		return ret;
	/* So that the ladder can tell what is carried on. */
	call_sdp_summary(call->engine, text, false);
	ret = call_codecs(call, MEDIA_A, SDP_OFFER, to, &sdp);
	if (!ret)
		ret = media_fork(call->media, media, realm, &call->engine->sdp.sdp,
				 call_signalling(to), &edit);
	if (ret)
		return refuse(ret, to, lines);
	ret = write_sdp(call, sdp, &edit, out);
	return ret ? ret : wrap(call, msg, out);
}

/* As the ladder has it, if that was made for the same and is not too long. */
static const char *summary_of(struct call *call, const struct sdp *sdp, char *buf, size_t cap)
{
	const struct call_sdp *read = &call->engine->sdp;

	if (sdp == &read->sdp && read->summary[0] && strlen(read->summary) < cap)
		return read->summary;
	return sdp_summary(sdp, buf, cap);
}

static void note_answer(struct call *call, enum media_side from, const struct sdp *sdp)
{
	char summary[128], text[160];
	struct sip_out out;

	if (!call->engine->cfg->media_kernel)
		return;
	sip_out_init(&out, text, sizeof(text) - 1);
	if (call->offer_held || all_held(sdp)) {
		sip_out_str(&out, "held by ");
		sip_out_str(&out, call_side_name(call->offer_held ? call_other(from) : from));
		sip_out_str(&out, ": ");
	} else {
		sip_out_str(&out, "programmed: ");
	}
	sip_out_str(&out, summary_of(call, sdp, summary, sizeof(summary)));
	text[out.len] = '\0';
	call_trace_media(call, text);
}

int call_answer(struct call *call, enum media_side from, const struct sip_msg *msg,
		const struct tp_flow *flow, struct sip_out *lines, struct call_body *out)
{
	int ret = call_answer_sdp(call, from, call_body_sdp(msg), flow, lines, out);

	return ret ? ret : wrap(call, msg, out);
}

int call_answer_sdp(struct call *call, enum media_side from, struct view text,
		    const struct tp_flow *flow, struct sip_out *lines, struct call_body *out)
{
	const struct sdp *sdp;
	struct sdp_edit edit;
	int ret;

	ret = read_sdp(call, text, flow, lines);
	if (ret)
		return ret;
	/* So that the ladder can tell what is carried on. */
	call_sdp_summary(call->engine, text, false);
	ret = call_codecs(call, from, SDP_ANSWER, flow, &sdp);
	if (!ret)
		ret = media_answer(call->media, from, sdp, call_signalling(flow), &edit);
	if (ret)
		return refuse(ret, flow, lines);
	note_answer(call, from, sdp);
	call_session_sdp_take(call, from, text);
	return write_sdp(call, sdp, &edit, out);
}

int call_answer_apart(struct call *call, unsigned int media, const struct sip_msg *msg,
		      const struct tp_flow *flow, struct call_body *out)
{
	struct sip_out unused = call_headers(call->engine);
	const struct sdp *sdp;
	struct sdp_edit edit;
	int ret;

	ret = read_sdp(call, call_body_sdp(msg), flow, &unused);
	if (ret)
		return ret;
	ret = call_codecs(call, MEDIA_B, SDP_ANSWER, flow, &sdp);
	if (!ret)
		ret = media_preview(call->media, media, sdp, call_signalling(flow), &edit);
	if (ret)
		return refuse(ret, flow, &unused);
	ret = write_sdp(call, sdp, &edit, out);
	return ret ? ret : wrap(call, msg, out);
}

void call_offer_done(struct call *call)
{
	if (call->media)
		media_commit(call->media);
	call_session_sdp_commit(call);
}

void call_offer_undone(struct call *call)
{
	if (call->media)
		media_rollback(call->media);
	call_session_sdp_undo(call);
}
