// SPDX-License-Identifier: GPL-2.0-or-later
/* The text of requests: written whole, reduced, and a CANCEL or ACK made from what is left. */
#include <stdlib.h>

#include "sip/ctrans.h"

void ctrans_write_request(struct sip_out *out, const struct sip_request *request,
			  const char *branch)
{
	struct view method = request->method_name;

	sip_out_view(out, method.p ? method : view_str(sip_method_name(request->method)));
	sip_out_str(out, " ");
	sip_out_view(out, request->ruri);
	sip_out_str(out, " SIP/2.0\r\n");
	stack_via_write(out, request->to.listener, branch);
	sip_out_view(out, request->headers);
	sip_out_body(out, request->content_type, request->body);
}

bool ctrans_next_line(struct view *rest, struct view *line)
{
	const char *newline = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;

	if (!newline || newline == rest->p || *rest->p == '\r')
		return false;
	line->p = rest->p;
	line->len = newline + 1 - rest->p;
	rest->p += line->len;
	rest->len -= line->len;
	return true;
}

void ctrans_rewrite_via(struct sip_out *out, const struct sip_ctrans *ct,
			const struct tp_listener *listener)
{
	struct view rest = { ct->text, ct->text_len }, line, branch;
	char text[STACK_BRANCH_MAX];
	const char *p;

	/* Both lines are of ctrans_write_request(), the branch at the end of the second. */
	if (!ctrans_next_line(&rest, &line))
		return;
	sip_out_view(out, line);
	if (!ctrans_next_line(&rest, &line))
		return;
	p = (const char *)memrchr(line.p, '=', line.len) + 1;
	branch = view_trim((struct view){ p, line.p + line.len - p });
	memcpy(text, branch.p, branch.len);
	text[branch.len] = '\0';
	stack_via_write(out, listener, text);
	sip_out_view(out, rest);
}

enum sip_hdr_id ctrans_line_id(struct view line)
{
	const char *colon = memchr(line.p, ':', line.len);

	if (!colon)
		return SIP_HDR_OTHER;
	return sip_hdr_parse(view_trim((struct view){ line.p, colon - line.p }));
}

/* Without reading it: a long name begins as @name does, anything else may be a compact form. */
static bool may_be(struct view line, const char *name)
{
	return line.len < 2 || (*line.p | 0x20) == (*name | 0x20) ||
	       !sip_scan_is(line.p[1], SIP_CHAR_TOKEN);
}

struct view ctrans_find_header(struct view lines, enum sip_hdr_id id)
{
	const char *name = sip_hdr_name(id);
	struct view line;
	const char *value;

	while (ctrans_next_line(&lines, &line)) {
		if (!may_be(line, name) || ctrans_line_id(line) != id)
			continue;
		value = (const char *)memchr(line.p, ':', line.len) + 1;
		return view_trim((struct view){ value, line.p + line.len - value });
	}
	return VIEW_NONE;
}

struct view sip_trace_header(const struct sip_trace *trace, enum sip_hdr_id id)
{
	return ctrans_find_header(trace->raw, id);
}

/* The start line and the header lines behind it. */
static bool split(const struct sip_ctrans *ct, struct view *start, struct view *lines)
{
	*lines = (struct view){ ct->text, ct->text_len };
	return ctrans_next_line(lines, start);
}

void ctrans_locate_call_id(struct sip_ctrans *ct)
{
	struct view start, lines, call_id = VIEW_NONE;

	if (split(ct, &start, &lines))
		call_id = ctrans_find_header(lines, SIP_HDR_CALL_ID);
	ct->call_id_at = call_id.p ? call_id.p - ct->text : 0;
	ct->call_id_len = call_id.len;
}

/* Of several Vias only the first, which is ours (s.9.1, s.17.1.1.3). */
static bool is_taken_over(enum sip_hdr_id id, bool *via)
{
	if (id == SIP_HDR_VIA) {
		bool first = !*via;

		*via = true;
		return first;
	}
	return id == SIP_HDR_ROUTE || id == SIP_HDR_FROM || id == SIP_HDR_TO ||
	       id == SIP_HDR_CALL_ID;
}

void ctrans_reduce_text(struct sip_ctrans *ct)
{
	struct view start, lines, line;
	bool keep = false, via = false;
	size_t len;
	char *text;

	if (!split(ct, &start, &lines))
		return;
	len = start.len;
	while (ctrans_next_line(&lines, &line)) {
		if (*line.p != ' ' && *line.p != '\t') /* else it continues the last one */
			keep = is_taken_over(ctrans_line_id(line), &via);
		if (!keep)
			continue;
		memmove(ct->text + len, line.p, line.len);
		len += line.len;
	}
	text = realloc(ct->text, len);
	if (text)
		ct->text = text;
	ct->text_len = len;
	ct->body_len = 0;
	ctrans_locate_call_id(ct);
}

/* All but To and the last lines. */
static void write_from_invite(struct sip_out *out, const struct sip_ctrans *ct,
			      enum sip_method method, struct view to)
{
	struct view start, lines, line;
	bool keep = false, via = false;

	sip_out_str(out, sip_method_name(method));
	if (!split(ct, &start, &lines))
		return;
	start.len -= sizeof("INVITE") - 1;
	start.p += sizeof("INVITE") - 1;
	sip_out_view(out, start);
	while (ctrans_next_line(&lines, &line)) {
		if (*line.p != ' ' && *line.p != '\t')
			keep = is_taken_over(ctrans_line_id(line), &via) &&
			       (!to.p || ctrans_line_id(line) != SIP_HDR_TO);
		if (keep)
			sip_out_view(out, line);
	}
	if (to.p)
		sip_out_header(out, "To", to);
	sip_out_printf(out, "CSeq: %u %s\r\nMax-Forwards: 70\r\n", ct->cseq,
		       sip_method_name(method));
}

void ctrans_write_cancel(struct sip_out *out, const struct sip_ctrans *ct, struct view headers)
{
	write_from_invite(out, ct, SIP_CANCEL, VIEW_NONE);
	sip_out_view(out, headers);
	sip_out_body(out, VIEW_NONE, VIEW_NONE);
}

void ctrans_write_ack(struct sip_out *out, const struct sip_ctrans *ct,
		      const struct sip_msg *response)
{
	write_from_invite(out, ct, SIP_ACK, sip_msg_header(response, SIP_HDR_TO, NULL)->value);
	sip_out_body(out, VIEW_NONE, VIEW_NONE);
}
