// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"

#include <errno.h>

#include "sip/text.h"

struct parser {
	struct sip_msg *msg;
	struct sip_msg_error *error;
	bool has_content_length;
	uint32_t content_length;
};

/* The first thing that is wrong is the one that is told. */
static void fail(struct parser *parser, int status, const char *reason)
{
	if (parser->error->reason)
		return;
	parser->error->status = status;
	parser->error->reason = reason;
}

static void require(struct parser *parser, bool ok, const char *reason)
{
	if (!ok)
		fail(parser, 400, reason);
}

static bool is_uri(struct view text)
{
	struct sip_uri uri;

	return !sip_uri_parse(&uri, text);
}

static void read_start(struct parser *parser, const struct sip_scan_start *start)
{
	struct sip_msg *msg = parser->msg;
	struct sip_uri uri;

	msg->request = start->kind == SIP_SCAN_REQUEST;
	msg->method = start->method;
	msg->method_name = sip_view_of(start->method_name);
	msg->ruri = sip_view_of(start->uri);
	msg->status = start->status;
	msg->reason = sip_view_of(start->reason);
	if (!start->version_2_0)
		fail(parser, 505, "Unsupported SIP version");
	if (!msg->request) {
		require(parser, !start->malformed, "Malformed Status-Line");
		return;
	}
	require(parser, !start->malformed, "Malformed Request-Line");
	/* Headers in a Request-URI are not allowed (s.19.1.1). */
	require(parser, !sip_uri_parse(&uri, msg->ruri) && !uri.headers.p,
		"Malformed Request-URI");
}

static bool read_via(struct sip_msg *msg, struct view value)
{
	struct view top;

	return sip_list_next(&value, &top) && !sip_via_parse(&msg->via, top);
}

static bool read_address(struct sip_nameaddr *addr, struct view value)
{
	return !sip_nameaddr_parse(addr, value) && is_uri(addr->uri);
}

/* One address or more, with commas between them. */
static bool are_addresses(struct view rest)
{
	struct sip_nameaddr addr;
	struct view element;

	if (!rest.len)
		return false;
	while (sip_list_next(&rest, &element))
		if (!read_address(&addr, element))
			return false;
	return true;
}

static void read_cseq(struct parser *parser, struct view value)
{
	struct sip_msg *msg = parser->msg;
	struct sip_scan_text method;

	if (!sip_scan_cseq(sip_text_of(value), &msg->cseq, &method)) {
		fail(parser, 400, "Malformed CSeq");
	} else if (!msg->request) {
		msg->method = sip_scan_method(method.p, method.len);
		msg->method_name = sip_view_of(method);
	} else {
		require(parser, view_eq(sip_view_of(method), msg->method_name),
			"CSeq method differs from the request's");
	}
}

static void read_content_length(struct parser *parser, struct view value)
{
	uint32_t length;

	if (!sip_scan_number(sip_text_of(value), UINT32_MAX, &length)) {
		fail(parser, 400, "Malformed Content-Length");
		return;
	}
	require(parser, !parser->has_content_length || parser->content_length == length,
		"Conflicting Content-Length");
	parser->has_content_length = true;
	parser->content_length = length;
}

static void read_max_forwards(struct parser *parser, struct view value)
{
	uint32_t hops;

	if (sip_scan_number(sip_text_of(value), 255, &hops))
		parser->msg->max_forwards = (int)hops;
	else
		fail(parser, 400, "Malformed Max-Forwards");
}

/* Headers of which the first counts; a second one of Via is not looked at, of others an error. */
static void read_single(struct parser *parser, enum sip_hdr_id id, struct view value)
{
	struct sip_msg *msg = parser->msg;

	switch (id) {
	case SIP_HDR_VIA:
		require(parser, read_via(msg, value), "Malformed Via");
		break;
	case SIP_HDR_FROM:
		require(parser, read_address(&msg->from, value), "Malformed From");
		break;
	case SIP_HDR_TO:
		require(parser, read_address(&msg->to, value), "Malformed To");
		break;
	case SIP_HDR_CALL_ID:
		if (sip_scan_call_id(sip_text_of(value)))
			msg->call_id = value;
		else
			fail(parser, 400, "Malformed Call-ID");
		break;
	case SIP_HDR_CSEQ:
		read_cseq(parser, value);
		break;
	case SIP_HDR_MAX_FORWARDS:
		read_max_forwards(parser, value);
		break;
	default:
		break;
	}
}

static void read_header(struct parser *parser, const struct sip_header *header, bool first)
{
	static const char *const twice[SIP_HDR_COUNT] = {
		[SIP_HDR_FROM] = "More than one From",
		[SIP_HDR_TO] = "More than one To",
		[SIP_HDR_CALL_ID] = "More than one Call-ID",
		[SIP_HDR_CSEQ] = "More than one CSeq",
		[SIP_HDR_MAX_FORWARDS] = "More than one Max-Forwards",
	};
	bool request = parser->msg->request;

	switch (header->id) {
	case SIP_HDR_CONTENT_LENGTH:
		read_content_length(parser, header->value);
		break;
	case SIP_HDR_CONTACT:
		require(parser,
			!request || view_eq(header->value, VIEW_LIT("*")) ||
				are_addresses(header->value),
			"Malformed Contact");
		break;
	case SIP_HDR_ROUTE:
		require(parser, !request || are_addresses(header->value), "Malformed Route");
		break;
	case SIP_HDR_RECORD_ROUTE:
		require(parser, !request || are_addresses(header->value), "Malformed Record-Route");
		break;
	default:
		if (first)
			read_single(parser, header->id, header->value);
		else if (twice[header->id])
			fail(parser, 400, twice[header->id]);
		break;
	}
}

/* To the empty line; false when there is none. */
static bool read_headers(struct parser *parser, struct sip_scan_iter *iter)
{
	struct sip_msg *msg = parser->msg;
	struct sip_scan_header scan;
	struct sip_header *header;
	enum sip_scan_step step;
	bool first;

	while ((step = sip_scan_next(iter, &scan)) < SIP_SCAN_BODY) {
		if (step == SIP_SCAN_BAD_LINE) {
			fail(parser, 400, "Malformed header line");
			continue;
		}
		if (msg->nheaders == SIP_MAX_HEADERS) {
			fail(parser, 400, "Too many headers");
			return false;
		}
		header = &msg->headers[msg->nheaders++];
		header->id = scan.id;
		header->name = sip_view_of(scan.name);
		header->value = sip_view_of(scan.value);
		first = !msg->first[scan.id];
		if (first)
			msg->first[scan.id] = (uint16_t)msg->nheaders;
		read_header(parser, header, first);
	}
	require(parser, step == SIP_SCAN_BODY, "Headers without end");
	return step == SIP_SCAN_BODY;
}

/* Max-Forwards is missed by nobody but proxies: RFC 2543 did not have it. */
static void check_mandatory(struct parser *parser)
{
	const struct sip_msg *msg = parser->msg;

	require(parser, msg->first[SIP_HDR_VIA], "Missing Via");
	require(parser, msg->first[SIP_HDR_FROM], "Missing From");
	require(parser, msg->first[SIP_HDR_TO], "Missing To");
	require(parser, msg->first[SIP_HDR_CALL_ID], "Missing Call-ID");
	require(parser, msg->first[SIP_HDR_CSEQ], "Missing CSeq");
}

/* s.18.3: octets behind Content-Length are no part of the message. */
static void take_body(struct parser *parser, const char *body, const char *end)
{
	struct sip_msg *msg = parser->msg;
	size_t len = (size_t)(end - body);

	if (parser->has_content_length) {
		if (parser->content_length > len)
			fail(parser, 400, "Content-Length beyond the end of the message");
		else
			len = parser->content_length;
	}
	msg->body = (struct view){ body, len };
	msg->raw.len = (size_t)(body + len - msg->raw.p);
}

static void clear(struct sip_msg *msg)
{
	/* Most of the size is the headers, and nobody looks at them beyond nheaders. */
	memset(msg, 0, offsetof(struct sip_msg, headers));
	memset(msg->first, 0, sizeof(msg->first));
	msg->max_forwards = -1;
}

int sip_msg_parse(struct sip_msg *msg, const char *buf, size_t len, struct sip_msg_error *error)
{
	struct parser parser = { .msg = msg, .error = error };
	struct sip_scan_start start;
	struct sip_scan_iter iter;

	clear(msg);
	*error = (struct sip_msg_error){ 0 };
	if (sip_scan_begin(&iter, &start, buf, len) > SIP_SCAN_RESPONSE) {
		error->reason = start.kind == SIP_SCAN_EMPTY ? "Keep-alive" : "Not SIP";
		return -EBADMSG;
	}
	msg->raw = (struct view){ start.begin, (size_t)(buf + len - start.begin) };
	if (msg->raw.len > SIP_MAX_MESSAGE)
		fail(&parser, 513, "Message too large");
	read_start(&parser, &start);
	if (read_headers(&parser, &iter)) {
		check_mandatory(&parser);
		take_body(&parser, iter.p, iter.end);
	}
	if (!error->reason)
		return 0;
	/* No answer to a response, to an ACK, or without a Via that leads back. */
	if (!msg->request || msg->method == SIP_ACK || !msg->via.host.p)
		error->status = 0;
	return -EBADMSG;
}
