// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Topology hiding (RFC 5853 s.3.1): a header passes only when the table knows it as the other
 * side's business. Whatever describes one side's path, dialog, equipment or place is written anew
 * by its leg or left out.
 */
#include "call/hide.h"

#include <ctype.h>

#include "call/leg.h"
#include "call/reason.h"

enum how {
	STAY,
	PASS, /* as it is */
	PASS_WITH_BODY,
	PASS_TAGS, /* option tags of extensions that work from end to end */
	PASS_METHODS, /* methods that can be carried on */
	PASS_URNS, /* elements that are URNs and so name no host */
	PASS_LOCATION, /* elements that name a part of the body (RFC 6442 s.4.1) */
	PASS_REASON,
	PASS_RETRY,
	PASS_WARNING,
	PASS_ADDRESS, /* name and user, with our host */
};

static const uint8_t known[SIP_HDR_COUNT] = {
	[SIP_HDR_CONTENT_DISPOSITION] = PASS_WITH_BODY,
	[SIP_HDR_CONTENT_ENCODING] = PASS_WITH_BODY,
	[SIP_HDR_CONTENT_LANGUAGE] = PASS_WITH_BODY,
	[SIP_HDR_REQUIRE] = PASS_TAGS,
	[SIP_HDR_SUPPORTED] = PASS_TAGS,
	[SIP_HDR_UNSUPPORTED] = PASS,
	[SIP_HDR_ALLOW] = PASS_METHODS,
	[SIP_HDR_ACCEPT] = PASS,
	[SIP_HDR_EXPIRES] = PASS,
	[SIP_HDR_REASON] = PASS_REASON,
	[SIP_HDR_WARNING] = PASS_WARNING,
	[SIP_HDR_RETRY_AFTER] = PASS_RETRY,
	[SIP_HDR_SUBJECT] = PASS,
	[SIP_HDR_DATE] = PASS,
	[SIP_HDR_WWW_AUTHENTICATE] = PASS,
	[SIP_HDR_PROXY_AUTHENTICATE] = PASS,
	[SIP_HDR_ALERT_INFO] = PASS_URNS,
	[SIP_HDR_PRIVACY] = PASS,
	[SIP_HDR_EVENT] = PASS,
	[SIP_HDR_REFERRED_BY] = PASS_ADDRESS,
};

static const struct {
	struct view name;
	enum how how;
} named[] = {
	{ VIEW_LIT("Accept-Encoding"), PASS },	 { VIEW_LIT("Accept-Language"), PASS },
	{ VIEW_LIT("Answer-Mode"), PASS },	 { VIEW_LIT("Authentication-Info"), PASS },
	{ VIEW_LIT("Info-Package"), PASS },	 { VIEW_LIT("MIME-Version"), PASS_WITH_BODY },
	{ VIEW_LIT("P-Early-Media"), PASS },	 { VIEW_LIT("Priority"), PASS },
	{ VIEW_LIT("Recv-Info"), PASS },	 { VIEW_LIT("Resource-Priority"), PASS },
	{ VIEW_LIT("User-to-User"), PASS },	 { VIEW_LIT("Allow-Events"), PASS },
	{ VIEW_LIT("Min-Expires"), PASS },	 { VIEW_LIT("SIP-ETag"), PASS },
	{ VIEW_LIT("SIP-If-Match"), PASS },	 { VIEW_LIT("Subscription-State"), PASS },
	{ VIEW_LIT("Suppress-If-Match"), PASS }, { VIEW_LIT("Refer-Sub"), PASS },
	{ VIEW_LIT("Geolocation-Routing"), PASS }, { VIEW_LIT("Geolocation"), PASS_LOCATION },
};

/* The last two are ours to do, for both sides. */
static const struct view end_to_end_tags[] = {
	VIEW_LIT("answermode"), VIEW_LIT("resource-priority"), VIEW_LIT("uui"),
	VIEW_LIT("eventlist"),	VIEW_LIT("histinfo"),	       VIEW_LIT("replaces"),
	VIEW_LIT("norefersub"),
};

static enum how how_named(struct view name)
{
	if (name.len > 2 && view_ieq((struct view){ name.p, 2 }, VIEW_LIT("X-")))
		return PASS;
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (view_ieq(name, named[i].name))
			return named[i].how;
	return STAY;
}

static bool is_host_part(char c)
{
	return isalnum((unsigned char)c) || c == '[' || c == ']';
}

bool call_hide_text_ok(struct view text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c == '@' || c == '[')
			return false;
		if (c != '.' && c != ':')
			continue;
		if (i && i + 1 < text.len && is_host_part(text.p[i - 1]) &&
		    is_host_part(text.p[i + 1]))
			return false;
	}
	return true;
}

bool call_hide_tag_passes(struct view tag)
{
	for (size_t i = 0; i < sizeof(end_to_end_tags) / sizeof(*end_to_end_tags); i++)
		if (view_ieq(tag, end_to_end_tags[i]))
			return true;
	return false;
}

static bool method_passes(struct view method)
{
	struct view rest = VIEW_LIT(CALL_ALLOW), ours;

	while (sip_list_next(&rest, &ours))
		if (view_eq(method, ours))
			return true;
	return false;
}

static bool is_urn(struct view element)
{
	return element.len > 5 && view_ieq((struct view){ element.p, 5 }, VIEW_LIT("<urn:"));
}

/* Others name a host that is to be asked. */
static bool is_cid(struct view element)
{
	return element.len > 5 && view_ieq((struct view){ element.p, 5 }, VIEW_LIT("<cid:"));
}

static void pass_elements(struct sip_out *out, const char *name, struct view value,
			  bool (*passes)(struct view element))
{
	const char *before = NULL;
	struct view element;

	while (sip_list_next(&value, &element)) {
		if (!passes(element))
			continue;
		if (before) {
			sip_out_str(out, before);
		} else {
			sip_out_str(out, name);
			sip_out_str(out, ": ");
		}
		before = ", ";
		sip_out_view(out, element);
	}
	if (before)
		sip_out_str(out, "\r\n");
}

/* PRACK is between each side and us, and so is in any list. */
static void pass_methods(struct sip_out *out, const char *name, struct view value)
{
	size_t start = out->len;
	struct view rest = value, method;

	pass_elements(out, name, value, method_passes);
	while (sip_list_next(&rest, &method))
		if (view_eq(method, VIEW_LIT("PRACK")))
			return;
	if (out->len == start || !sip_out_ok(out))
		return;
	out->len -= 2; /* the line end */
	sip_out_str(out, ", PRACK\r\n");
}

/* The digits that @text begins with. */
static struct view leading_number(struct view text)
{
	size_t len = 0;

	while (len < text.len && isdigit((unsigned char)text.p[len]))
		len++;
	return (struct view){ text.p, len };
}

/* Its name has a dot, which in others would be that of a host. */
static bool is_protocol(struct view name)
{
	return view_ieq(name, VIEW_LIT("Q.850")) || (name.len && call_hide_text_ok(name));
}

static void pass_reason(struct sip_out *out, struct view value, struct call_reasons *reasons)
{
	struct view element, protocol, params, cause, text;

	while (sip_list_next(&value, &element)) {
		protocol = sip_param_head(element, &params);
		if (!is_protocol(protocol) || !call_reason_take(reasons, protocol))
			continue;
		sip_out_str(out, "Reason: ");
		sip_out_view(out, protocol);
		if (sip_param(params, VIEW_LIT("cause"), &cause) && cause.len &&
		    leading_number(cause).len == cause.len) {
			sip_out_str(out, ";cause=");
			sip_out_view(out, cause);
		}
		if (sip_param(params, VIEW_LIT("text"), &text) && call_hide_text_ok(text)) {
			sip_out_str(out, ";text=");
			sip_out_view(out, text);
		}
		sip_out_str(out, "\r\n");
	}
}

void call_hide_reason(struct sip_out *out, struct view value)
{
	struct call_reasons reasons = { .count = 0 };

	pass_reason(out, value, &reasons);
}

/* The seconds alone: a comment may say anything (RFC 3261 s.20.33). */
static void pass_retry(struct sip_out *out, struct view value)
{
	struct view seconds = leading_number(value);

	if (seconds.len)
		sip_out_header(out, "Retry-After", seconds);
}

/* Code, then us as the agent, then the text when it names no host (RFC 3261 s.20.43). */
static void pass_warning(struct sip_out *out, struct view value, struct view host)
{
	struct view element, text;

	while (sip_list_next(&value, &element)) {
		const char *quote = memchr(element.p, '"', element.len);

		if (!quote || leading_number(element).len != 3)
			continue;
		text.p = quote;
		text.len = (size_t)(element.p + element.len - quote);
		if (!call_hide_text_ok(text))
			text = VIEW_LIT("\"\"");
		sip_out_str(out, "Warning: ");
		sip_out_view(out, (struct view){ element.p, 3 });
		sip_out_str(out, " ");
		sip_out_view(out, host);
		sip_out_str(out, " ");
		sip_out_view(out, text);
		sip_out_str(out, "\r\n");
	}
}

/* Without what proves it, a part of a body that speaks of the other side (RFC 3892 s.5). */
static void pass_address(struct sip_out *out, const char *name, struct view value, struct view host)
{
	struct sip_nameaddr addr;

	if (sip_nameaddr_parse(&addr, value))
		return;
	sip_out_str(out, name);
	sip_out_str(out, ": ");
	call_hide_address(out, &addr, host);
	sip_out_str(out, "\r\n");
}

static void pass_whole(struct sip_out *out, const struct sip_header *header)
{
	char name[64];

	if (header->id != SIP_HDR_OTHER) {
		sip_out_header(out, sip_hdr_name(header->id), header->value);
		return;
	}
	if (header->name.len >= sizeof(name))
		return;
	memcpy(name, header->name.p, header->name.len);
	name[header->name.len] = '\0';
	sip_out_header(out, name, header->value);
}

/* @reasons: those of this message so far. */
static void pass(struct sip_out *out, const struct sip_header *header, struct view host, bool body,
		 struct call_reasons *reasons)
{
	const char *name = sip_hdr_name(header->id);
	enum how how = header->id == SIP_HDR_OTHER ? how_named(header->name) : known[header->id];

	switch (how) {
	case STAY:
		return;
	case PASS_WITH_BODY:
		if (body)
			pass_whole(out, header);
		return;
	case PASS:
		pass_whole(out, header);
		return;
	case PASS_TAGS:
		pass_elements(out, name, header->value, call_hide_tag_passes);
		return;
	case PASS_METHODS:
		pass_methods(out, name, header->value);
		return;
	case PASS_URNS:
		pass_elements(out, name, header->value, is_urn);
		return;
	case PASS_LOCATION:
		if (body)
			pass_elements(out, "Geolocation", header->value, is_cid);
		return;
	case PASS_REASON:
		pass_reason(out, header->value, reasons);
		return;
	case PASS_RETRY:
		pass_retry(out, header->value);
		return;
	case PASS_WARNING:
		pass_warning(out, header->value, host);
		return;
	case PASS_ADDRESS:
		pass_address(out, name, header->value, host);
		return;
	}
}

/* The leg says itself what it takes, where a session is made (abilities.c). */
static bool is_of_leg(const struct sip_msg *msg, const struct sip_header *header)
{
	return msg->method == SIP_INVITE && msg->status < 300 &&
	       (header->id == SIP_HDR_ALLOW || header->id == SIP_HDR_SUPPORTED);
}

void call_hide_headers(struct sip_out *out, const struct sip_msg *msg, struct view host, bool body,
		       struct call_identity *identity)
{
	struct call_reasons reasons = { .count = 0 };

	for (unsigned int i = 0; i < msg->nheaders; i++) {
		const struct sip_header *header = &msg->headers[i];

		if (is_of_leg(msg, header) ||
		    (identity && call_identity_header(identity, out, msg, header)))
			continue;
		pass(out, header, host, body, &reasons);
	}
}

/* RFC 3966 s.3, global or local: nothing that could end the user part that it becomes. */
static bool is_number(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!isalnum((unsigned char)text.p[i]) && !memchr("+-.()*#", text.p[i], 7))
			return false;
	return true;
}

struct view call_hide_user(const struct sip_uri *uri)
{
	struct view user = uri->opaque;
	const char *semicolon;

	if (!view_ieq(uri->scheme, VIEW_LIT("tel")))
		return uri->user;
	semicolon = user.len ? memchr(user.p, ';', user.len) : NULL;
	if (semicolon)
		user.len = (size_t)(semicolon - user.p);
	return is_number(user) ? user : VIEW_NONE;
}

static bool is_telephone(const struct sip_uri *uri)
{
	struct view value;

	return view_ieq(uri->scheme, VIEW_LIT("tel")) ||
	       (sip_param(uri->params, VIEW_LIT("user"), &value) &&
		view_ieq(value, VIEW_LIT("phone")));
}

void call_hide_address(struct sip_out *out, const struct sip_nameaddr *addr, struct view host)
{
	struct sip_uri uri;
	struct view user;

	if (sip_uri_parse(&uri, addr->uri))
		memset(&uri, 0, sizeof(uri));
	user = call_hide_user(&uri);
	/* The anonymous address of RFC 3323 s.4.1.1.3 says nothing, and must stay recognisable. */
	if (view_ieq(uri.host, VIEW_LIT("anonymous.invalid")))
		host = uri.host;
	if (addr->display.len) {
		sip_out_view(out, addr->display);
		sip_out_str(out, " ");
	}
	sip_out_str(out, "<sip:");
	if (user.len) {
		sip_out_view(out, user);
		sip_out_str(out, "@");
	}
	sip_out_view(out, host);
	if (user.len && is_telephone(&uri))
		sip_out_str(out, ";user=phone");
	sip_out_str(out, ">");
}
