// SPDX-License-Identifier: GPL-2.0-or-later
/* What a REGISTER asks for: contacts, how long, by which path (RFC 3261 s.10.2, RFC 3327, 5626). */
#include <errno.h>

#include "call/leg.h"
#include "call/register.h"

/* RFC 3261 s.20.19: what is no number counts as this. */
#define MALFORMED_EXPIRES 3600

static int refuse(const struct register_request *request, struct sip_out *lines, int status,
		  const char *why)
{
	call_write_warning(lines, request->from, 399, why);
	return status;
}

static uint32_t read_expires(struct view text)
{
	uint32_t seconds;

	switch (view_to_u32(text, UINT32_MAX, &seconds)) {
	case 0:
		return seconds;
	case -ERANGE:
		return UINT32_MAX;
	default:
		return MALFORMED_EXPIRES;
	}
}

/* "0", "0.7", "1.000" in thousandths; false: malformed. */
static bool read_q(struct view text, uint16_t *q)
{
	unsigned int value, unit = 1000;

	if (!text.len || text.len > 5 || (*text.p != '0' && *text.p != '1') ||
	    (text.len > 1 && text.p[1] != '.'))
		return false;
	value = (unsigned int)(*text.p - '0') * 1000;
	for (size_t i = 2; i < text.len; i++) {
		if (!sip_scan_is(text.p[i], SIP_CHAR_DIGIT))
			return false;
		unit /= 10;
		value += (unsigned int)(text.p[i] - '0') * unit;
	}
	*q = (uint16_t)value;
	return value <= 1000;
}

/* How long a contact shall last that asks for @wanted. False: that is too brief. */
static bool grant(const struct cfg_domain *domain, uint32_t wanted, uint32_t *granted)
{
	*granted = wanted < domain->max_expires ? wanted : domain->max_expires;
	return !wanted || wanted >= domain->min_expires;
}

static int too_brief(const struct register_request *request, struct sip_out *lines)
{
	sip_out_str(lines, "Min-Expires: ");
	sip_out_u32(lines, request->aor.domain->min_expires);
	sip_out_str(lines, "\r\n");
	return 423;
}

/* A flow of RFC 5626 needs both. */
static void read_flow(struct register_request *request, struct view params,
		      struct register_contact *contact)
{
	struct view value;

	if (!sip_param(params, VIEW_LIT("+sip.instance"), &value) || value.len < 2 ||
	    *value.p != '"')
		return;
	contact->instance = value;
	if (request->supports_outbound && sip_param(params, VIEW_LIT("reg-id"), &value) &&
	    view_to_u32(value, INT32_MAX, &contact->reg_id))
		contact->reg_id = 0;
}

static bool is_own_gruu(const struct cfg_domain *domain, const struct sip_uri *uri)
{
	struct view value;

	return sip_param(uri->params, VIEW_LIT("gr"), &value) &&
	       view_ieq(uri->host, view_str(domain->name));
}

static int read_contact(struct register_request *request, struct view element, uint32_t preset,
			struct sip_out *lines)
{
	struct register_contact *contact = &request->contact[request->count];
	struct sip_nameaddr addr;
	struct view value;
	const char *headers;

	if (request->count == LOCATION_MAX_BINDINGS)
		return refuse(request, lines, 413, "Too many contacts");
	*contact = (struct register_contact){ .q = 1000 };
	/* It has been parsed before: no element of a Contact fails here. */
	if (sip_nameaddr_parse(&addr, element))
		return refuse(request, lines, 400, "Malformed Contact");
	headers = memchr(addr.uri.p, '?', addr.uri.len);
	if (headers)
		addr.uri.len = (size_t)(headers - addr.uri.p);
	if (sip_uri_parse(&contact->uri, addr.uri) || contact->uri.opaque.p)
		return refuse(request, lines, 400, "Contact is no SIP URI");
	/* RFC 5627 s.5.1: calls to it would come back here. */
	if (is_own_gruu(request->aor.domain, &contact->uri))
		return refuse(request, lines, 403, "Contact is a GRUU of this domain");
	contact->text = addr.uri;
	if (sip_param(addr.params, VIEW_LIT("q"), &value) && !read_q(value, &contact->q))
		return refuse(request, lines, 400, "q is not between 0 and 1");
	if (sip_param(addr.params, VIEW_LIT("expires"), &value))
		preset = read_expires(value);
	if (!grant(request->aor.domain, preset, &contact->expires))
		return too_brief(request, lines);
	read_flow(request, addr.params, contact);
	if (contact->text.len > REGISTER_MAX_CONTACT ||
	    contact->instance.len > REGISTER_MAX_INSTANCE)
		return refuse(request, lines, 400, "Contact is too long");
	request->count++;
	return 0;
}

static int read_contacts(struct register_request *request, struct sip_out *lines)
{
	const struct sip_header *header = sip_msg_header(request->msg, SIP_HDR_EXPIRES, NULL);
	uint32_t preset = header ? read_expires(header->value) :
				   request->aor.domain->default_expires;
	bool has_expires = header;
	struct view rest, element;
	int status;

	for (header = NULL; (header = sip_msg_header(request->msg, SIP_HDR_CONTACT, header));) {
		if (request->all || (view_eq(header->value, VIEW_LIT("*")) && request->count))
			return refuse(request, lines, 400, "Contact: * is not alone");
		if (view_eq(header->value, VIEW_LIT("*"))) {
			request->all = true;
			continue;
		}
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			status = read_contact(request, element, preset, lines);
			if (status)
				return status;
		}
	}
	if (request->all && (!has_expires || preset))
		return refuse(request, lines, 400, "Contact: * needs Expires: 0");
	return 0;
}

/* --- the path (RFC 3327) -------------------------------------------------------------------- */

static bool has_param(struct view route, struct view name)
{
	struct sip_nameaddr addr;
	struct sip_uri uri;
	struct view value;

	return !sip_nameaddr_parse(&addr, route) && !sip_uri_parse(&uri, addr.uri) &&
	       sip_param(uri.params, name, &value);
}

/* False: malformed, or too long. @ob: an element says that it keeps flows (RFC 5626 s.5.1). */
static bool read_path(struct register_request *request, bool *ob)
{
	const struct sip_msg *msg = request->msg;
	struct sip_nameaddr addr;
	struct view rest, element;
	struct sip_out out;
	struct sip_uri uri;

	sip_out_init(&out, request->path_text, sizeof(request->path_text));
	for (unsigned int i = 0; i < msg->nheaders; i++) {
		if (msg->headers[i].id != SIP_HDR_OTHER ||
		    !view_ieq(msg->headers[i].name, VIEW_LIT("Path")))
			continue;
		rest = msg->headers[i].value;
		while (sip_list_next(&rest, &element)) {
			if (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri) ||
			    uri.opaque.p || memchr(element.p, '\n', element.len))
				return false;
			if (out.len)
				sip_out_str(&out, ", ");
			sip_out_view(&out, element);
			*ob = *ob || has_param(element, VIEW_LIT("ob"));
		}
	}
	request->path = sip_out_text(&out);
	return sip_out_ok(&out);
}

static unsigned int count_vias(const struct sip_msg *msg)
{
	const struct sip_header *header = NULL;
	struct view rest, element;
	unsigned int count = 0;

	while ((header = sip_msg_header(msg, SIP_HDR_VIA, header)))
		for (rest = header->value; sip_list_next(&rest, &element);)
			count++;
	return count;
}

/* RFC 5626 s.6 */
static int check_flows(const struct register_request *request, bool ob, struct sip_out *lines)
{
	unsigned int flows = 0, adding = 0;

	for (unsigned int i = 0; i < request->count; i++) {
		flows += request->contact[i].reg_id != 0;
		adding += request->contact[i].expires != 0;
	}
	if (!flows)
		return 0;
	if (adding > 1)
		return refuse(request, lines, 400, "Several contacts, and one has a reg-id");
	return count_vias(request->msg) > 1 && !ob ? 439 : 0;
}

static bool supports(const struct sip_msg *msg, struct view tag)
{
	const struct sip_header *header = NULL;
	struct view rest, element;

	while ((header = sip_msg_header(msg, SIP_HDR_SUPPORTED, header)))
		for (rest = header->value; sip_list_next(&rest, &element);)
			if (view_ieq(element, tag))
				return true;
	return false;
}

int register_read(struct register_request *request, struct sip_out *lines)
{
	bool ob = false;
	int status;

	request->supports_path = supports(request->msg, VIEW_LIT("path"));
	request->supports_outbound = supports(request->msg, VIEW_LIT("outbound"));
	request->supports_gruu = supports(request->msg, VIEW_LIT("gruu"));
	if (request->msg->call_id.len > REGISTER_MAX_CALL_ID)
		return refuse(request, lines, 400, "Call-ID is too long");
	status = read_contacts(request, lines);
	if (status)
		return status;
	if (!read_path(request, &ob))
		return refuse(request, lines, 400, "Path is malformed or too long");
	return check_flows(request, ob, lines);
}
