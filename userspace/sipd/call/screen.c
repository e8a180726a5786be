// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests that are refused at the door (RFC 3261 s.8.2). */
#include <errno.h>

#include "call/exchange.h"
#include "call/hop.h"
#include "call/offer.h"
#include "call/prack.h"
#include "call/route.h"

static uint32_t merge_hash(struct view call_id, struct view tag)
{
	return htab_hash_more(htab_hash(call_id.p, call_id.len), tag.p, tag.len);
}

void call_merge_add(struct call *call)
{
	const struct sip_dialog *leg = &call->pairs->leg[MEDIA_A];

	htab_add(&call->engine->invites, &call->merge_node,
		 merge_hash(sip_dialog_text(leg, SIP_DIALOG_CALL_ID),
			    sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG)));
}

void call_merge_del(struct call *call)
{
	htab_del(&call->engine->invites, &call->merge_node);
}

static bool is_merged(const struct call_engine *engine, const struct sip_msg *req)
{
	struct hnode *node = htab_first(&engine->invites, merge_hash(req->call_id, req->from.tag));

	for (; node; node = htab_next(node)) {
		const struct call *call = HTAB_ENTRY(node, struct call, merge_node);
		const struct sip_dialog *leg = &call->pairs->leg[MEDIA_A];

		if (call->invite->st && sip_strans_cseq(call->invite->st) == req->cseq &&
		    view_eq(sip_dialog_text(leg, SIP_DIALOG_CALL_ID), req->call_id) &&
		    view_eq(sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG), req->from.tag))
			return true;
	}
	return false;
}

/*
 * Extensions that a request may demand of us: those that work from end to end unseen, and of a
 * REGISTER those of the registrar.
 */
static bool understood(enum sip_method method, struct view tag)
{
	if (method == SIP_REGISTER)
		return view_ieq(tag, VIEW_LIT("path")) || view_ieq(tag, VIEW_LIT("outbound")) ||
		       view_ieq(tag, VIEW_LIT("gruu"));
	if (method == SIP_INVITE && view_ieq(tag, VIEW_LIT("replaces")))
		return true;
	if (method == SIP_REFER && view_ieq(tag, VIEW_LIT("norefersub")))
		return true;
	return view_ieq(tag, VIEW_LIT("timer")) || view_ieq(tag, VIEW_LIT("100rel")) ||
	       view_ieq(tag, VIEW_LIT("eventlist"));
}

static unsigned int list_unsupported(const struct sip_msg *req, enum sip_hdr_id id,
				     unsigned int count, struct sip_out *lines)
{
	const struct sip_header *header = NULL;
	struct view rest, tag;

	while ((header = sip_msg_header(req, id, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &tag)) {
			if (id == SIP_HDR_REQUIRE && understood(req->method, tag))
				continue;
			sip_out_str(lines, count++ ? ", " : "Unsupported: ");
			sip_out_view(lines, tag);
		}
	}
	return count;
}

int call_screen_require(const struct sip_msg *req, struct sip_out *lines)
{
	unsigned int unsupported;

	unsupported = list_unsupported(req, SIP_HDR_REQUIRE, 0, lines);
	unsupported = list_unsupported(req, SIP_HDR_PROXY_REQUIRE, unsupported, lines);
	if (!unsupported)
		return 0;
	sip_out_str(lines, "\r\n");
	return 420;
}

int call_screen_proxy_require(const struct sip_msg *req, struct sip_out *lines)
{
	if (!list_unsupported(req, SIP_HDR_PROXY_REQUIRE, 0, lines))
		return 0;
	sip_out_str(lines, "\r\n");
	return 420;
}

int call_screen_request(const struct sip_msg *req, struct sip_out *lines)
{
	int status = call_screen_require(req, lines);

	return !status && req->max_forwards == 0 ? 483 : status;
}

bool call_scheme_ok(struct view ruri, const struct tp_flow *from)
{
	struct sip_uri uri;

	if (sip_uri_parse(&uri, ruri))
		return false;
	if (view_ieq(uri.scheme, VIEW_LIT("sips")))
		return tp_is_tls(from->listener->proto);
	return view_ieq(uri.scheme, VIEW_LIT("sip")) || view_ieq(uri.scheme, VIEW_LIT("tel"));
}

/* Who calls by TLS on every hop must be reached so, too (RFC 3261 s.8.1.1.8). */
static bool contact_fits(const struct sip_msg *req)
{
	const struct sip_header *contact = sip_msg_header(req, SIP_HDR_CONTACT, NULL);
	struct sip_nameaddr addr;

	return !call_is_sips(req->ruri) ||
	       (!sip_nameaddr_parse(&addr, contact->value) && call_is_sips(addr.uri));
}

int call_screen_route(int error, const struct call_engine *engine, const struct tp_flow *from,
		      struct sip_out *lines)
{
	char text[160];
	struct sip_out out;

	switch (error) {
	case -ENOENT:
		sip_out_init(&out, text, sizeof(text) - 1);
		sip_out_str(&out, engine->cfg->nroutes ? "No route and no next hop for realm " :
							 "No next hop for realm ");
		sip_out_str(&out, call_listener(from)->realm->cfg->name);
		text[out.len] = '\0';
		call_write_warning(lines, from, 399, text);
		return 404;
	case -ESRCH:
		return 404;
	case -EAGAIN:
	case -ENETUNREACH:
		return 480;
	case -ENOTCONN:
		call_write_warning(
			lines, from, 399,
			"Registered, but the connection is gone until it registers again");
		return 480;
	case -EHOSTDOWN:
		call_write_warning(lines, from, 399, "All trunks of the route are disabled");
		return 503;
	case -ELOOP:
		return 482;
	case -EPROTOTYPE: /* RFC 5630 s.5.3 */
		call_write_warning(lines, from, 380, "SIPS Not Allowed");
		return 480;
	case -EAFNOSUPPORT:
		call_write_warning(lines, from, 399, "No listener reaches the next hop");
		return 500;
	default:
		return 500;
	}
}

int call_screen_invite(struct call_engine *engine, const struct sip_msg *req,
		       const struct tp_flow *from, struct sip_out *lines,
		       struct call_choice *choice)
{
	int status, err;

	if (!call_scheme_ok(req->ruri, from))
		return 416;
	/* What sipd sent itself would come back until Max-Forwards runs out. */
	if (is_merged(engine, req) || call_is_own(engine, &from->remote))
		return 482;
	status = call_screen_request(req, lines);
	if (!status)
		status = call_session_screen(engine->settings, req, from, lines);
	if (!status && call_prack_refused(from, req, lines))
		status = 420;
	if (status)
		return status;
	if (!sip_msg_header(req, SIP_HDR_CONTACT, NULL)) {
		call_write_warning(lines, from, 399, "INVITE without Contact");
		return 400;
	}
	if (!contact_fits(req)) {
		call_write_warning(lines, from, 399, "The INVITE is for sips, its Contact is not");
		return 400;
	}
	if (call_body_kind(req) == CALL_BODY_REFUSED)
		return call_body_refuse(req, from, lines);
	err = choice ? call_route(engine, call_listener(from)->realm, req, choice) : 0;
	if (err == -EBUSY)
		return choice->refused;
	if (err)
		return call_screen_route(err, engine, from, lines);
	if (!call_room_take(engine)) {
		if (choice) {
			choice->why[0] = '\0';
			call_targets_clean(&choice->targets);
		}
		sip_out_str(lines, CALL_RETRY_OVERLOAD);
		return 503;
	}
	return 0;
}
