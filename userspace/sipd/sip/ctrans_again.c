// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A request that was refused, once more with other headers (RFC 3261 s.8.1.3.5, s.22.2): a new
 * transaction with a new branch and the next CSeq; all else is as it was.
 */
#include <stdlib.h>

#include "sip/ctrans.h"

static struct view first_word(struct view *rest)
{
	const char *space = rest->len ? memchr(rest->p, ' ', rest->len) : NULL;
	struct view word = *rest;

	if (space)
		word.len = (size_t)(space - rest->p);
	rest->p += word.len + (space ? 1 : 0);
	rest->len -= word.len + (space ? 1 : 0);
	return word;
}

/* What the transaction writes itself, or is asked to leave out. */
static bool stays(const struct sip_again *again, enum sip_hdr_id id, struct view value)
{
	switch (id) {
	case SIP_HDR_VIA:
	case SIP_HDR_CSEQ:
	case SIP_HDR_CONTENT_TYPE:
	case SIP_HDR_CONTENT_LENGTH:
		return false;
	default:
		return !again->drop || !again->drop(again->arg, id, value);
	}
}

static void write_cseq(struct sip_out *out, uint32_t cseq, struct view method)
{
	sip_out_str(out, "CSeq: ");
	sip_out_u32(out, cseq);
	sip_out_str(out, " ");
	sip_out_view(out, method);
	sip_out_str(out, "\r\n");
}

static struct view value_of(struct view line)
{
	const char *colon = memchr(line.p, ':', line.len);

	if (!colon)
		return VIEW_NONE;
	return view_trim((struct view){ colon + 1, (size_t)(line.p + line.len - colon - 1) });
}

/* Fills @request from what @ct has sent; its headers are written into @out. */
static void read_kept(const struct sip_ctrans *ct, const struct sip_again *again,
		      struct sip_request *request, struct sip_out *out)
{
	struct view rest = { ct->kept, ct->kept_len }, line, start;
	bool keep = false;

	request->method = ct->method;
	request->to = ct->to;
	if (!ctrans_next_line(&rest, &line))
		return;
	start = line;
	request->method_name = first_word(&start);
	request->ruri = first_word(&start);
	write_cseq(out, again->cseq, request->method_name);
	while (ctrans_next_line(&rest, &line)) {
		enum sip_hdr_id id = ctrans_line_id(line);

		if (*line.p != ' ' && *line.p != '\t')
			keep = stays(again, id, value_of(line));
		if (keep)
			sip_out_view(out, line);
		if (id == SIP_HDR_CONTENT_TYPE)
			request->content_type = value_of(line);
	}
	sip_out_view(out, again->headers);
	request->headers = sip_out_text(out);
	/* Behind the empty line. */
	request->body = (struct view){ ct->kept + ct->kept_len - ct->kept_body, ct->kept_body };
}

struct view sip_ctrans_kept_body(const struct sip_ctrans *ct)
{
	if (!ct->kept)
		return VIEW_NONE;
	return (struct view){ ct->kept + ct->kept_len - ct->kept_body, ct->kept_body };
}

struct view sip_ctrans_kept_ruri(const struct sip_ctrans *ct)
{
	struct view rest = { ct->kept, ct->kept_len }, line;

	if (!ct->kept || !ctrans_next_line(&rest, &line))
		return VIEW_NONE;
	first_word(&line);
	return first_word(&line);
}

struct sip_ctrans *sip_ctrans_again(struct sip_ctrans *ct, const struct sip_again *again)
{
	struct sip_request request = { .keep = true };
	struct sip_ctrans *next = NULL;
	struct sip_out out;
	size_t room;
	char *text;

	if (!ct->kept || ct->cancelled || ct->cancel_waits)
		return NULL;
	room = ct->kept_len + again->headers.len + 32;
	text = malloc(room);
	if (!text)
		return NULL;
	sip_out_init(&out, text, room);
	read_kept(ct, again, &request, &out);
	if (sip_out_ok(&out))
		next = sip_ctrans_send(ct->stack, &request, ct->ops, ct->user);
	free(text);
	if (next)
		sip_ctrans_detach(ct);
	return next;
}
