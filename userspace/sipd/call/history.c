// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history.h"

#include <ctype.h>
#include <stdio.h>

#include "call/reason.h"

/* More than anybody counts to. */
#define MAX_COUNT 1000
/* Of what others have counted; a longer index is none. */
#define MAX_INDEX 64

bool call_history_told(const struct call_past *past)
{
	for (past = past->by; past; past = past->by)
		if (past->cause)
			return true;
	return false;
}

const struct call_past *call_history_level(const struct call_past *past)
{
	while (past->named)
		past = past->by;
	return past->by;
}

/* @base: the index that ours stand below, empty: none */
static void write_index(struct sip_out *out, const struct call_past *past, struct view base)
{
	const struct call_past *level = call_history_level(past);

	if (level) {
		write_index(out, level, base);
		sip_out_str(out, ".");
	} else if (base.len) {
		sip_out_view(out, base);
		sip_out_str(out, ".");
	}
	sip_out_u32(out, past->by ? past->index : 1);
}

static enum call_found found_as(const struct call_past *past)
{
	if (past->named)
		return (enum call_found)past->found;
	return past->contact ? CALL_FOUND_RC : CALL_FOUND_MP;
}

static void write_entry(struct sip_out *out, const struct call_past *past, struct view base)
{
	static const char *const params[] = {
		[CALL_FOUND_RC] = ";rc=",
		[CALL_FOUND_MP] = ";mp=",
		[CALL_FOUND_NP] = ";np=",
	};
	enum call_found found;

	if (past->by) {
		write_entry(out, past->by, base);
		sip_out_str(out, ", ");
	}
	sip_out_str(out, "<");
	sip_out_view(out, past->uri);
	if (past->cause) {
		sip_out_str(out, "?Reason=SIP%3Bcause%3D");
		sip_out_u32(out, past->cause);
		sip_out_str(out, past->reasons);
	}
	sip_out_str(out, ">;index=");
	write_index(out, past, base);
	found = past->by ? found_as(past) : CALL_FOUND_UNKNOWN;
	if (found == CALL_FOUND_UNKNOWN)
		return;
	sip_out_str(out, params[found]);
	write_index(out, past->by, base);
}

static void write_diversion(struct sip_out *out, const struct call_past *by)
{
	static const char *const reasons[] = {
		[CALL_DIVERTED] = "unknown",	      [CALL_DIVERTED_ALWAYS] = "unconditional",
		[CALL_DIVERTED_BUSY] = "user-busy",   [CALL_DIVERTED_NO_ANSWER] = "no-answer",
		[CALL_DIVERTED_AWAY] = "unavailable", [CALL_DIVERTED_DND] = "do-not-disturb",
	};

	sip_out_str(out, "Diversion: <");
	sip_out_view(out, by->uri);
	sip_out_str(out, ">;reason=");
	sip_out_str(out, reasons[by->reason]);
	sip_out_str(out, ";counter=");
	sip_out_u32(out, 1u + by->more);
	sip_out_str(out, "\r\n");
}

void call_history_write_diversion(struct sip_out *out, struct view uri)
{
	const struct call_past left = { .uri = uri };

	write_diversion(out, &left);
}

void call_history_write_diversions(struct sip_out *out, const struct call_past *past)
{
	for (const struct call_past *by = past->by; by; by = by->by) {
		if (by->diversions)
			sip_out_str(out, by->diversions);
		else if (by->cause)
			write_diversion(out, by);
	}
}

static bool is_index(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.p[i] < '0' || text.p[i] > '9') && text.p[i] != '.')
			return false;
	return text.len && text.len <= MAX_INDEX;
}

/* That of the last entry of @msg; empty: it has none. */
static struct view last_index(const struct sip_msg *msg)
{
	struct view rest, element, value, index = VIEW_NONE;
	const struct sip_header *header;
	struct sip_nameaddr addr;

	for (unsigned int i = 0; i < msg->nheaders; i++) {
		header = &msg->headers[i];
		if (!view_ieq(header->name, VIEW_LIT("History-Info")))
			continue;
		rest = header->value;
		while (sip_list_next(&rest, &element))
			if (!sip_nameaddr_parse(&addr, element) &&
			    sip_param(addr.params, VIEW_LIT("index"), &value) && is_index(value))
				index = value;
	}
	return index;
}

void call_history_write(struct sip_out *out, const struct call_past *past,
			const struct sip_msg *proxied)
{
	struct view base = VIEW_NONE;

	if (!call_history_told(past))
		return;
	sip_out_str(out, "History-Info: ");
	if (proxied)
		base = last_index(proxied);
	if (proxied && !base.len) {
		base = VIEW_LIT("1");
		sip_out_str(out, "<");
		sip_out_view(out, proxied->ruri);
		sip_out_str(out, ">;index=1, ");
	}
	write_entry(out, past, base);
	sip_out_str(out, "\r\n");
}

/* Within a URI (RFC 3261 s.25.1). */
static bool is_plain(struct view token)
{
	for (size_t i = 0; i < token.len; i++)
		if (!isalnum((unsigned char)token.p[i]) && token.p[i] != '.' && token.p[i] != '-')
			return false;
	return token.len;
}

void call_history_read_reasons(char reasons[CALL_MAX_REASON_TEXT], const struct sip_msg *response)
{
	/* That of the status is there already. */
	struct call_reasons seen = { .protocols = { VIEW_LIT("SIP") }, .count = 1 };
	struct view rest, element, protocol, params, cause;
	const struct sip_header *header = NULL;
	size_t len = 0;

	while ((header = sip_msg_header(response, SIP_HDR_REASON, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			protocol = sip_param_head(element, &params);
			if (!is_plain(protocol) || !sip_param(params, VIEW_LIT("cause"), &cause) ||
			    !is_plain(cause) ||
			    len + protocol.len + cause.len + sizeof("&Reason=%3Bcause%3D") >
				    CALL_MAX_REASON_TEXT ||
			    !call_reason_take(&seen, protocol))
				continue;
			len += (size_t)snprintf(reasons + len, CALL_MAX_REASON_TEXT - len,
						"&Reason=%.*s%%3Bcause%%3D%.*s", VIEW_ARG(protocol),
						VIEW_ARG(cause));
		}
	}
	reasons[len] = '\0';
}

static bool can_be_read(struct view rest)
{
	struct sip_nameaddr addr;
	struct view element;
	struct sip_uri uri;

	while (sip_list_next(&rest, &element))
		if (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri))
			return false;
	return true;
}

unsigned int call_history_pass_diversions(struct sip_out *out, const struct sip_msg *response)
{
	unsigned int count = 0;
	size_t text = 0;

	for (unsigned int i = 0; i < response->nheaders; i++) {
		const struct sip_header *header = &response->headers[i];

		if (!view_ieq(header->name, VIEW_LIT("Diversion")) || !header->value.len ||
		    !can_be_read(header->value))
			continue;
		text += header->value.len;
		if (count == CALL_MAX_DIVERSION_LINES || text > CALL_MAX_DIVERSION_TEXT)
			break;
		sip_out_header(out, "Diversion", header->value);
		count++;
	}
	return count;
}

/* Diversions that an element of Diversion stands for: 1 if it does not say. */
static uint32_t counter_of(struct view element)
{
	struct sip_nameaddr addr;
	struct view value;
	uint32_t count = 1;

	if (!sip_nameaddr_parse(&addr, element) &&
	    sip_param(addr.params, VIEW_LIT("counter"), &value) &&
	    (view_to_u32(value, MAX_COUNT, &count) || !count))
		count = MAX_COUNT;
	return count;
}

/* Those of whom it is said why they were left were sent on from. */
static bool was_left(struct view element)
{
	return memmem(element.p, element.len, "?Reason=", 8) ||
	       memmem(element.p, element.len, "&Reason=", 8);
}

unsigned int call_history_count(const struct sip_msg *invite)
{
	unsigned int diversions = 0, left = 0;

	for (unsigned int i = 0; i < invite->nheaders; i++) {
		const struct sip_header *header = &invite->headers[i];
		bool diversion = view_ieq(header->name, VIEW_LIT("Diversion"));
		struct view rest = header->value, element;

		if (!diversion && !view_ieq(header->name, VIEW_LIT("History-Info")))
			continue;
		while (sip_list_next(&rest, &element)) {
			if (diversion)
				diversions += counter_of(element);
			else
				left += was_left(element);
			if (diversions > MAX_COUNT)
				return MAX_COUNT;
		}
	}
	return diversions > left ? diversions : left;
}
