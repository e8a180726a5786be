// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/body.h"

#include <errno.h>

#include "call/leg.h"
#include "sip/multipart.h"

/* Of parts in parts: more are refused. */
#define MAX_DEPTH 4

struct parts {
	struct sip_multipart all;
	const struct sip_part *sdp; /* NULL: there is none */
	const char *refusal; /* static text for a Warning, if they cannot be read */
};

static struct view header_of(const struct sip_msg *msg, enum sip_hdr_id id)
{
	const struct sip_header *header = sip_msg_header(msg, id, NULL);

	return header ? header->value : VIEW_NONE;
}

static bool is_of_type(struct view value, struct view type)
{
	struct view unused;

	return view_ieq(sip_param_head(value, &unused), type);
}

static bool is_sdp(struct view content_type)
{
	return is_of_type(content_type, VIEW_LIT("application/sdp"));
}

static bool is_mixed(struct view content_type)
{
	return is_of_type(content_type, VIEW_LIT("multipart/mixed"));
}

static bool is_encoded(const struct sip_msg *msg)
{
	struct view encoding = header_of(msg, SIP_HDR_CONTENT_ENCODING);

	return encoding.p && !view_ieq(encoding, VIEW_LIT("identity"));
}

/* RFC 3261 s.20.11: a body marked optional may be ignored. */
static bool is_optional(const struct sip_msg *msg)
{
	struct view params, handling;

	sip_param_head(header_of(msg, SIP_HDR_CONTENT_DISPOSITION), &params);
	return sip_param(params, VIEW_LIT("handling"), &handling) &&
	       view_ieq(handling, VIEW_LIT("optional"));
}

/* --- parts --- */

/* That is what SDP is for when it does not say (RFC 3261 s.20.11). */
static bool is_for_session(const struct sip_part *part)
{
	struct view disposition;

	return !sip_part_header(part, VIEW_LIT("Content-Disposition"), &disposition) ||
	       is_of_type(disposition, VIEW_LIT("session"));
}

static bool is_part_encoded(const struct sip_part *part)
{
	static const struct view plain[] = { VIEW_LIT("7bit"), VIEW_LIT("8bit"),
					     VIEW_LIT("binary") };
	struct view encoding;

	if (sip_part_header(part, VIEW_LIT("Content-Encoding"), &encoding))
		return !view_ieq(encoding, VIEW_LIT("identity"));
	if (!sip_part_header(part, VIEW_LIT("Content-Transfer-Encoding"), &encoding))
		return false;
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		if (view_ieq(encoding, plain[i]))
			return false;
	return true;
}

static struct view type_of(const struct sip_part *part)
{
	struct view type;

	return sip_part_header(part, VIEW_LIT("Content-Type"), &type) ? type : VIEW_NONE;
}

static int look_into(const struct sip_part *outer, unsigned int depth, const char **refusal);

/* 1: @part is the session's SDP; 0: nothing for us; or the status that refuses it. */
static int look_at(const struct sip_part *part, unsigned int depth, const char **refusal)
{
	struct view type = type_of(part);

	if (is_sdp(type) && is_for_session(part)) {
		*refusal = "The SDP in the multipart body is encoded";
		return is_part_encoded(part) ? 415 : 1;
	}
	return sip_is_multipart(type) ? look_into(part, depth, refusal) : 0;
}

/* Whoever reads such SDP would be offered what is not relayed. */
static int look_into(const struct sip_part *outer, unsigned int depth, const char **refusal)
{
	struct sip_multipart inner;

	if (depth == MAX_DEPTH) {
		*refusal = "The parts of the multipart body have too many parts in each other";
		return 415;
	}
	if (sip_multipart_split(&inner, type_of(outer), outer->content, refusal))
		return 400;
	for (unsigned int i = 0; i < inner.nparts; i++) {
		int ret = look_at(&inner.parts[i], depth + 1, refusal);

		if (ret == 1)
			*refusal = "The SDP is in a multipart within the multipart body";
		if (ret)
			return ret == 1 ? 415 : ret;
	}
	return 0;
}

/* 0 or the status that refuses it. */
static int read_parts(struct parts *parts, struct view type, struct view body)
{
	parts->sdp = NULL;
	if (sip_multipart_split(&parts->all, type, body, &parts->refusal))
		return 400;
	for (unsigned int i = 0; i < parts->all.nparts; i++) {
		int ret = look_at(&parts->all.parts[i], 1, &parts->refusal);

		if (ret == 1)
			parts->sdp = &parts->all.parts[i];
		if (ret)
			return ret == 1 ? 0 : ret;
	}
	return 0;
}

/* The parts of a body that is one of several; false: it is not, or they cannot be read. */
static bool has_parts(struct view type, struct view body, struct parts *parts)
{
	return body.len && is_mixed(type) && !read_parts(parts, type, body);
}

/* --- the body --- */

enum call_body_kind call_body_kind(const struct sip_msg *msg)
{
	struct parts parts;
	struct view type;

	if (!msg->body.len)
		return CALL_BODY_NONE;
	if (!is_encoded(msg)) {
		type = header_of(msg, SIP_HDR_CONTENT_TYPE);
		if (is_sdp(type))
			return CALL_BODY_SDP;
		if (has_parts(type, msg->body, &parts))
			return parts.sdp ? CALL_BODY_SDP : CALL_BODY_PARTS;
	}
	return is_optional(msg) ? CALL_BODY_NONE : CALL_BODY_REFUSED;
}

int call_body_refuse(const struct sip_msg *msg, const struct tp_flow *flow, struct sip_out *lines)
{
	struct view type = header_of(msg, SIP_HDR_CONTENT_TYPE);
	int status = type.p ? 415 : 400;
	struct parts parts;

	if (is_encoded(msg)) {
		sip_out_str(lines, "Accept-Encoding: identity\r\n");
	} else if (is_mixed(type)) {
		status = read_parts(&parts, type, msg->body);
		call_write_warning(lines, flow, 399, parts.refusal);
	}
	sip_out_str(lines, "Accept: " CALL_ACCEPT "\r\n");
	return status;
}

struct view call_body_sdp_of(struct view type, struct view body)
{
	struct parts parts;

	return has_parts(type, body, &parts) && parts.sdp ? parts.sdp->content : body;
}

struct view call_body_sdp(const struct sip_msg *msg)
{
	return call_body_sdp_of(header_of(msg, SIP_HDR_CONTENT_TYPE), msg->body);
}

void call_body_set_sdp(struct sip_msg *msg, struct view sdp)
{
	msg->headers[msg->first[SIP_HDR_CONTENT_TYPE] - 1].value = VIEW_LIT("application/sdp");
	msg->body = sdp;
}

int call_body_wrap(struct call_engine *engine, const struct sip_msg *msg, struct call_body *body)
{
	struct view type = header_of(msg, SIP_HDR_CONTENT_TYPE);
	size_t len = body->text.len, room = sizeof(engine->body) - len;
	struct parts parts;
	struct sip_out out;

	if (!has_parts(type, msg->body, &parts) || !parts.sdp)
		return 0;
	/* Out of the way of what is written before it. */
	memmove(engine->body + room, body->text.p, len);
	sip_out_init(&out, engine->body, room);
	sip_multipart_write(&out, &parts.all, parts.sdp, (struct view){ engine->body + room, len });
	if (!sip_out_ok(&out))
		return -EMSGSIZE;
	body->type = type;
	body->text = sip_out_text(&out);
	return 0;
}

void call_body_rest(struct call_engine *engine, const struct sip_msg *msg, struct call_body *body)
{
	struct parts parts;
	struct sip_out out;

	*body = (struct call_body){ .text = VIEW_NONE };
	if (!has_parts(header_of(msg, SIP_HDR_CONTENT_TYPE), msg->body, &parts) ||
	    (parts.sdp && parts.all.nparts == 1))
		return;
	call_body_opaque(msg, body);
	if (!parts.sdp)
		return;
	sip_out_init(&out, engine->body, sizeof(engine->body));
	sip_multipart_write_without(&out, &parts.all, parts.sdp);
	body->text = sip_out_ok(&out) ? sip_out_text(&out) : VIEW_NONE;
}

void call_body_opaque(const struct sip_msg *msg, struct call_body *body)
{
	struct view type = header_of(msg, SIP_HDR_CONTENT_TYPE);

	if (!type.p || !msg->body.len)
		return;
	body->type = type;
	body->text = msg->body;
}
