// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/refer.h"

#include <errno.h>

#include "call/auth.h"
#include "call/transfer.h"

static int refuse(int status, const struct tp_flow *flow, struct sip_out *lines, const char *text)
{
	call_write_warning(lines, flow, 399, text);
	return status;
}

/* Without the escapes of a URI (RFC 3261 s.19.1.2); false: it does not fit. */
static bool unescape(struct view text, char *out, size_t size, struct view *result)
{
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c == '%' && i + 2 < text.len && view_hex_digit(text.p[i + 1]) >= 0 &&
		    view_hex_digit(text.p[i + 2]) >= 0) {
			c = (char)(view_hex_digit(text.p[i + 1]) * 16 +
				   view_hex_digit(text.p[i + 2]));
			i += 2;
		}
		if (len == size)
			return false;
		out[len++] = c;
	}
	*result = (struct view){ out, len };
	return true;
}

static struct view take_until(struct view *rest, char end)
{
	const char *stop = rest->len ? memchr(rest->p, end, rest->len) : NULL;
	struct view part = *rest;

	if (stop)
		part.len = (size_t)(stop - rest->p);
	rest->p += part.len + !!stop;
	rest->len -= part.len + !!stop;
	return part;
}

/* The headers of the URI that matter to us: Replaces; others must not change what we send. */
static int read_uri_headers(struct call_refer *refer, struct view headers)
{
	struct view header, name, value;

	while (headers.len) {
		header = take_until(&headers, '&');
		name = take_until(&header, '=');
		if (!view_ieq(name, VIEW_LIT("Replaces")))
			continue;
		if (refer->has_replaces ||
		    !unescape(header, refer->text, sizeof(refer->text), &value) ||
		    call_replaces_parse(&refer->replaces, value))
			return -EBADMSG;
		refer->has_replaces = true;
	}
	return 0;
}

static int read_refer_to(struct call_refer *refer, struct view value, const struct tp_flow *flow,
			 struct sip_out *lines)
{
	struct sip_nameaddr addr;
	struct sip_uri uri;
	struct view method;

	if (sip_nameaddr_parse(&addr, value) || sip_uri_parse(&uri, addr.uri))
		return refuse(400, flow, lines, "Refer-To cannot be read");
	/* No leg of the call that it would begin is known to be by TLS. */
	if (call_is_sips(addr.uri) || !call_scheme_ok(addr.uri, flow))
		return refuse(416, flow, lines, "Refer-To is neither sip: nor tel:");
	if (sip_param(uri.params, VIEW_LIT("method"), &method) &&
	    !view_eq(method, VIEW_LIT("INVITE")))
		return refuse(403, flow, lines, "REFER is taken for INVITE only");
	if (read_uri_headers(refer, uri.headers))
		return refuse(400, flow, lines, "Replaces in Refer-To cannot be read");
	refer->uri = take_until(&addr.uri, '?');
	return 0;
}

int call_refer_read(struct call_refer *refer, const struct sip_msg *msg, const struct tp_flow *flow,
		    struct sip_out *lines)
{
	const struct sip_header *to = sip_msg_header(msg, SIP_HDR_REFER_TO, NULL);
	const struct sip_header *by = sip_msg_header(msg, SIP_HDR_REFERRED_BY, NULL);
	const struct sip_header *sub = sip_msg_named(msg, VIEW_LIT("Refer-Sub"));

	refer->has_replaces = false;
	refer->referred_by = by ? by->value : VIEW_NONE;
	refer->silent = sub && sub->value.len >= 5 &&
			view_ieq((struct view){ sub->value.p, 5 }, VIEW_LIT("false"));
	/* RFC 3515 s.2.4.2 */
	if (!to || sip_msg_header(msg, SIP_HDR_REFER_TO, to))
		return refuse(400, flow, lines, "REFER without exactly one Refer-To");
	return read_refer_to(refer, to->value, flow, lines);
}

/* May this call be transferred, now and by its realm? 0 or the status that refuses it. */
static int screen(const struct call_request *req, struct sip_out *lines)
{
	const struct call *call = req->pair->call;
	int status = 0;

	if (call_cfg_realm(call, req->from)->transfer == CFG_TRANSFER_REFUSE)
		return refuse(403, req->flow, lines, "Transfer is not allowed in this realm");
	/* From elsewhere it may be anybody who has seen a message of the dialog. */
	if (call->home[req->from] != call_home(&req->flow->remote))
		status = call_admit_transfer(call->engine, req->st, req->msg, req->flow, lines);
	if (status)
		return status;
	if (call->state != CALL_ESTABLISHED) {
		call_write_retry(call->engine, lines);
		return 500;
	}
	if (call->transfer)
		return refuse(491, req->flow, lines, "The call is being transferred already");
	return 0;
}

void call_receive_refer(const struct call_request *req)
{
	struct call *call = req->pair->call;
	struct sip_out lines = call_headers(call->engine);
	struct call_transfer *transfer = NULL;
	struct call_refer refer;
	int status;

	status = screen(req, &lines);
	if (!status)
		status = call_refer_read(&refer, req->msg, req->flow, &lines);
	if (!status && call->realm[req->from]->cfg->transfer == CFG_TRANSFER_PASS) {
		call_refer_pass(req, &refer);
		return;
	}
	if (!status)
		transfer = call_transfer_alloc();
	if (!status && !transfer)
		status = 500;
	if (status) {
		call_note_printf(call, CALL_NOTE_REFUSAL, "%d to the REFER of the %s", status,
				 call_side_name(req->from));
		call_answer_here(req, status, &lines);
		return;
	}
	sip_dialog_refresh(&req->pair->leg[req->from], req->msg, req->flow);
	call_write_contact(&lines, &req->pair->leg[req->from]);
	if (refer.silent)
		sip_out_str(&lines, "Refer-Sub: false\r\nSupported: norefersub\r\n");
	call_answer_here(req, 202, &lines);
	call_transfer_begin(transfer, req, &refer);
}
