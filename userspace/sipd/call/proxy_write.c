// SPDX-License-Identifier: GPL-2.0-or-later
/* What the proxy sends on: a request with what s.16.6 changes of it, a response as it came. */
#include <errno.h>

#include "call/auth.h"
#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/history_on.h"
#include "call/leg.h"
#include "call/proxy.h"
#include "sip/dialog.h"

#define BIT(id) (UINT64_C(1) << (id))

/* As it came, folded or not. */
static void copy_header(struct sip_out *out, const struct sip_header *header)
{
	const char *end = header->value.p + header->value.len;

	sip_out_view(out, (struct view){ header->name.p, (size_t)(end - header->name.p) });
	sip_out_str(out, "\r\n");
}

static bool is_breadth(const struct sip_header *header)
{
	return header->id == SIP_HDR_OTHER && view_ieq(header->name, VIEW_LIT("Max-Breadth"));
}

static bool is_ours(const struct call_engine *engine, const struct sip_header *header)
{
	return (header->id == SIP_HDR_PROXY_AUTHORIZATION || header->id == SIP_HDR_AUTHORIZATION) &&
	       call_is_own_credentials(engine, header->value);
}

static uint64_t body_headers(const struct sip_msg *msg)
{
	return BIT(SIP_HDR_CONTENT_LENGTH) | (msg->body.len ? BIT(SIP_HDR_CONTENT_TYPE) : 0);
}

static struct view content_type(const struct sip_msg *msg)
{
	const struct sip_header *type = sip_msg_header(msg, SIP_HDR_CONTENT_TYPE, NULL);

	return type ? type->value : VIEW_LIT("application/octet-stream");
}

/* Is this a phone behind a NAT, or one that has no address of its own but its connection? */
static bool needs_flow(const struct sip_msg *req, const struct tp_flow *from)
{
	const struct sip_header *contact = sip_msg_header(req, SIP_HDR_CONTACT, NULL);
	struct sip_nameaddr addr;
	struct tp_addr numeric;
	struct sip_uri uri;

	if (!contact || sip_nameaddr_parse(&addr, contact->value) || sip_uri_parse(&uri, addr.uri))
		return true;
	return !tp_addr_parse(&numeric, sip_uri_target(&uri), 0) &&
	       (!tp_addr_same_host(&numeric, &from->remote) ||
		(tp_addr_port(&from->remote) != (uri.port ? uri.port : 5060) &&
		 from->listener->proto == TP_UDP));
}

static void write_record_route(struct sip_out *out, struct call_engine *engine,
			       const struct proxy_write *write)
{
	const struct proxy_hop out_hop = { write->target->to, write->target->by_flow };
	const struct proxy_hop in_hop = { *write->from, needs_flow(write->req, write->from) };

	proxy_write_record_route(out, engine, write->req->call_id, &out_hop, &in_hop,
				 call_is_sips(write->target->ruri));
}

static bool has_one_via(const struct sip_msg *req)
{
	const struct sip_header *first = sip_msg_header(req, SIP_HDR_VIA, NULL);
	struct view rest = first->value, element;

	return !sip_msg_header(req, SIP_HDR_VIA, first) && sip_list_next(&rest, &element) &&
	       !sip_list_next(&rest, &element);
}

static void write_path(struct sip_out *out, struct call_engine *engine,
		       const struct proxy_write *write)
{
	const struct proxy_hop out_hop = { write->target->to, write->target->by_flow };
	const struct proxy_hop in_hop = { *write->from, true };

	proxy_write_path(out, engine, &out_hop, &in_hop, call_is_sips(write->target->ruri),
			 has_one_via(write->req));
}

int proxy_write_request(struct call_engine *engine, const struct proxy_write *write,
			struct sip_request *request)
{
	const struct sip_msg *req = write->req;
	const uint64_t skip = BIT(SIP_HDR_VIA) | BIT(SIP_HDR_MAX_FORWARDS) | BIT(SIP_HDR_ROUTE) |
			      body_headers(req);
	struct sip_out out = call_headers(engine);
	struct call_history_reader reader;

	*request = (struct sip_request){
		.method = req->method,
		.method_name = req->method_name,
		.to = write->target->to,
		.by_proxy = true,
		.loop = write->loop,
	};
	sip_strans_write_vias(&out, req, write->from);
	if (write->record)
		write_record_route(&out, engine, write);
	if (write->path)
		write_path(&out, engine, write);
	request->ruri = sip_write_routes(&out, write->target->routes, write->target->ruri);
	call_write_max_forwards(&out, req->max_forwards);
	if (write->breadth) {
		sip_out_str(&out, "Max-Breadth: ");
		sip_out_u32(&out, write->breadth);
		sip_out_str(&out, "\r\n");
	}
	reader = call_history_reader(write->identity);
	if (!reader.private)
		call_history_write_diversions(&out, &write->target->past);
	for (unsigned int i = 0; i < req->nheaders; i++) {
		const struct sip_header *header = &req->headers[i];

		if (!(skip & BIT(header->id)) && !is_breadth(header) && !is_ours(engine, header) &&
		    !call_identity_header(write->identity, &out, req, header) &&
		    !(call_is_history(header) && call_history_hide_line(&out, header, &reader)))
			copy_header(&out, header);
	}
	call_history_write_on(&out, write->targets, write->target, req, &reader);
	if (req->body.len) {
		request->content_type = content_type(req);
		request->body = req->body;
	}
	request->headers = sip_out_text(&out);
	return sip_out_ok(&out) ? 0 : -EMSGSIZE;
}

struct call_identity proxy_identity(const struct call_engine *engine,
				    const struct call_settings *settings, const struct sip_msg *req,
				    const struct tp_flow *from, const struct call_target *target)
{
	struct call_identity identity;

	call_identity_init(&identity, req, call_border(engine, settings, from, NULL),
			   call_border(engine, settings, &target->to, target),
			   CALL_PRIVACY_ID | CALL_PRIVACY_HISTORY);
	return identity;
}

static struct call_identity identity_of_response(const struct proxy *proxy,
						 const struct proxy_branch *branch,
						 const struct sip_msg *response)
{
	struct call_identity identity;

	call_identity_init(&identity, response,
			   call_border(proxy->engine, proxy->settings, &branch->target->to,
				       branch->target),
			   call_border(proxy->engine, proxy->settings, &proxy->from, NULL),
			   CALL_PRIVACY_ID | CALL_PRIVACY_HISTORY);
	return identity;
}

void proxy_write_history(struct sip_out *out, const struct proxy *proxy, int status)
{
	struct call_history_reader reader;

	if (!proxy->history)
		return;
	reader = call_history_sender(proxy->engine, proxy->settings, &proxy->from, false);
	call_history_write_back(out, proxy->history, &proxy->targets, &reader, status >= 200);
}

int proxy_forward_response(struct proxy *proxy, const struct proxy_branch *branch,
			   const struct sip_msg *response, const char *more)
{
	struct call_identity identity = identity_of_response(proxy, branch, response);
	const uint64_t skip = BIT(SIP_HDR_VIA) | BIT(SIP_HDR_FROM) | BIT(SIP_HDR_TO) |
			      BIT(SIP_HDR_CALL_ID) | BIT(SIP_HDR_CSEQ) | body_headers(response);
	struct sip_out out = call_headers(proxy->engine);
	struct sip_reply reply = {
		.status = response->status,
		.reason = response->reason,
		.to_tag = response->to.tag,
		.by_proxy = true,
	};

	if (!proxy->st)
		return -ENOTCONN;
	if (proxy->history)
		call_history_take(&branch->target->past, response);
	for (unsigned int i = 0; i < response->nheaders; i++)
		if (!(skip & BIT(response->headers[i].id)) &&
		    !call_is_history(&response->headers[i]) &&
		    !call_identity_header(&identity, &out, response, &response->headers[i]))
			copy_header(&out, &response->headers[i]);
	proxy_write_history(&out, proxy, response->status);
	if (more)
		sip_out_str(&out, more);
	if (!sip_out_ok(&out))
		return -EMSGSIZE;
	reply.headers = sip_out_text(&out);
	if (response->body.len) {
		reply.content_type = content_type(response);
		reply.body = response->body;
	}
	return sip_strans_respond(proxy->st, &reply);
}
