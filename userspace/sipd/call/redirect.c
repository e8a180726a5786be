// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/redirect.h"

#include <errno.h>

#include "call/history_entry.h"
#include "call/hop.h"
#include "dns/name.h"
#include "sip/dialog.h"

/* Of one 3xx. */
#define MAX_CONTACTS 8

struct contact {
	struct view uri; /* without headers */
	struct tp_flow to; /* of a numeric host */
	struct dns_where where; /* host NULL: it has no name */
	char host[DNS_NAME_STRLEN];
	uint16_t q;
	enum call_found found;
	const char *refused; /* why it is no target, NULL: it is one */
};

/* "0.75" is 750; what cannot be read counts as 1, as what is missing (s.20.10). */
static uint16_t read_q(struct view params)
{
	unsigned int q = 0, unit = CALL_Q_MAX;
	struct view value;

	if (!sip_param(params, VIEW_LIT("q"), &value) || !value.len || value.p[0] != '0')
		return CALL_Q_MAX;
	if (value.len == 1)
		return 0;
	if (value.p[1] != '.' || value.len > 5)
		return CALL_Q_MAX;
	for (size_t i = 2; i < value.len; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return CALL_Q_MAX;
		unit /= 10;
		q += (unsigned int)(value.p[i] - '0') * unit;
	}
	return (uint16_t)q;
}

static enum call_found read_found(struct view params)
{
	struct view value;

	if (sip_param(params, VIEW_LIT("rc"), &value))
		return CALL_FOUND_RC;
	if (sip_param(params, VIEW_LIT("mp"), &value))
		return CALL_FOUND_MP;
	return sip_param(params, VIEW_LIT("np"), &value) ? CALL_FOUND_NP : CALL_FOUND_UNKNOWN;
}

static const char *check_uri(const struct sip_uri *uri, enum sip_method method)
{
	struct view value;

	if (!view_ieq(uri->scheme, VIEW_LIT("sip")) && !view_ieq(uri->scheme, VIEW_LIT("sips")))
		return "its scheme is not supported";
	if (sip_param(uri->params, VIEW_LIT("method"), &value) &&
	    !view_ieq(value, view_str(sip_method_name(method))))
		return "it is for another method";
	return NULL;
}

static const char *read_transport(const struct call_target *from, const struct sip_uri *uri,
				  struct dns_where *where)
{
	struct dns_reach reach = call_realm_reach(from->realm);
	enum tp_proto proto;
	struct view value;
	bool known = true;

	where->sips = view_ieq(uri->scheme, VIEW_LIT("sips"));
	if (sip_param(uri->params, VIEW_LIT("transport"), &value))
		known = dns_where_transport(where, value);
	if (!known || (dns_where_needs(where, &proto) && !reach.families[proto]))
		return "its transport is not supported";
	return NULL;
}

static const char *read_address(const struct call_target *from, const struct dns_where *where,
				struct tp_addr *addr, struct tp_flow *to)
{
	enum tp_proto proto;

	dns_where_needs(where, &proto);
	tp_addr_set_port(addr, where->port ? where->port : tp_default_port(proto));
	if (!sip_dialog_admits(&from->to, addr) || !call_realm_flow(from->realm, proto, addr, to))
		return "its address cannot be reached from there";
	return call_is_own(from->realm->engine, addr) ? "it is sipd itself" : NULL;
}

static const char *read_place(const struct call_target *from, const struct sip_uri *uri,
			      struct contact *contact)
{
	struct dns_where where = { .port = uri->port };
	const char *refused = read_transport(from, uri, &where);
	struct view host = sip_uri_target(uri);
	struct tp_addr addr;

	if (refused)
		return refused;
	if (!tp_addr_parse(&addr, host, 5060))
		return read_address(from, &where, &addr, &contact->to);
	if (dns_name_normalize(host.p, host.len, contact->host))
		return "its host is no name";
	where.host = contact->host;
	contact->where = where;
	return NULL;
}

static struct call_target_spec make_spec(const struct call_target *from,
					 const struct contact *contact)
{
	return (struct call_target_spec){
		.to = contact->to,
		.where = contact->where.host ? &contact->where : NULL,
		.realm = from->realm,
		.ruri = contact->uri,
		.q = contact->q,
		.found = contact->found,
		.no_answer_ms = from->no_answer_ms,
		.redirect = (enum cfg_redirect)from->redirect,
		.hunted = true,
	};
}

static void read_contact(const struct call_redirection *redirection, struct view element,
			 struct contact *contact)
{
	struct call_target_spec spec;
	struct sip_nameaddr addr;
	struct sip_uri uri;
	const char *headers;

	memset(contact, 0, sizeof(*contact));
	contact->uri = element;
	contact->refused = "it cannot be read";
	if (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri))
		return;
	contact->uri = addr.uri;
	headers = memchr(addr.uri.p, '?', addr.uri.len);
	if (headers)
		contact->uri.len = (size_t)(headers - addr.uri.p);
	contact->q = read_q(addr.params);
	contact->found = read_found(addr.params);
	contact->refused = check_uri(&uri, redirection->method);
	if (!contact->refused)
		contact->refused = read_place(redirection->target, &uri, contact);
	if (contact->refused)
		return;
	spec = make_spec(redirection->target, contact);
	if (call_targets_have(redirection->targets, &spec))
		contact->refused = "it has been tried, or will be: a loop";
}

static void note(const struct call_redirection *redirection, const char *text)
{
	if (redirection->note)
		redirection->note(redirection->arg, text);
}

static void note_refused(const struct call_redirection *redirection, const struct contact *contact)
{
	char text[256];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text) - 1);
	sip_out_str(&out, "not redirected to ");
	sip_out_view(&out, (struct view){ contact->uri.p,
					  contact->uri.len < 160 ? contact->uri.len : 160 });
	sip_out_str(&out, ": ");
	sip_out_str(&out, contact->refused);
	text[out.len] = '\0';
	note(redirection, text);
}

/* NULL, or why it is not called. */
static const char *add(const struct call_redirection *redirection, const struct contact *contact,
		       int status)
{
	const struct call_target *target = redirection->target;
	struct call_target_spec spec = make_spec(target, contact);
	char label[128];
	struct sip_out out;
	int ret;

	/* A proxy that must be used is no other callee (s.21.3.4). */
	if (status == 305)
		spec.ruri = target->ruri;
	sip_out_init(&out, label, sizeof(label));
	sip_out_u32(&out, (uint32_t)status);
	sip_out_str(&out, " from ");
	sip_out_view(&out, (struct view){ target->label.p,
					  target->label.len < 100 ? target->label.len : 100 });
	spec.label = sip_out_text(&out);
	ret = call_targets_add(redirection->targets, &spec, target);
	if (ret == -EPROTOTYPE)
		return "the request is for sips, and it is not";
	return ret ? "there are too many targets" : NULL;
}

/* 380 describes something else in its body, and what is not known is as 300 (s.8.1.3.2). */
static bool is_followed(int status)
{
	return status != 380;
}

/* Owned; NULL: none, or no memory. */
static char *diversions_of(const struct sip_msg *response)
{
	/* With the names and ends of lines. */
	char text[CALL_MAX_DIVERSION_TEXT + CALL_MAX_DIVERSION_LINES * sizeof("Diversion: \r\n")];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text));
	if (!call_history_pass_diversions(&out, response) || !sip_out_ok(&out))
		return NULL;
	return view_dup(sip_out_text(&out));
}

unsigned int call_redirect(const struct call_redirection *redirection,
			   const struct sip_msg *response)
{
	struct call_target *target = redirection->target;
	const struct sip_header *header = NULL;
	unsigned int seen = 0, added = 0;
	struct view rest, element;
	struct contact contact;

	if (!is_followed(response->status))
		return 0;
	if (target->depth >= CALL_MAX_REDIRECTS) {
		note(redirection, "redirected too often");
		return 0;
	}
	target->past.cause = (uint16_t)response->status;
	call_history_read_reasons(target->past.reasons, response);
	call_history_take(&target->past, response);
	target->past.diversions = diversions_of(response);
	call_targets_begin(redirection->targets);
	while ((header = sip_msg_header(response, SIP_HDR_CONTACT, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			if (!element.len || seen++ >= MAX_CONTACTS)
				continue;
			read_contact(redirection, element, &contact);
			if (!contact.refused)
				contact.refused = add(redirection, &contact, response->status);
			if (contact.refused)
				note_refused(redirection, &contact);
			else
				added++;
		}
	}
	return added;
}
