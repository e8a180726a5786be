// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history.h"

#include <ctype.h>
#include <stdio.h>

#include "call/history_entry.h"
#include "call/reason.h"

/* More than anybody counts to. */
#define MAX_COUNT 1000

bool call_history_sent_on(const struct call_past *past)
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

void call_history_write_index(struct sip_out *out, const struct call_past *past, struct view base)
{
	const struct call_past *level = call_history_level(past);

	if (level)
		call_history_write_index(out, level, base);
	else
		sip_out_view(out, base);
	if (level || base.len)
		sip_out_str(out, ".");
	sip_out_u32(out, past->index);
}

const char *call_history_found(const struct call_past *past)
{
	static const char *const params[] = {
		[CALL_FOUND_UNKNOWN] = NULL,
		[CALL_FOUND_RC] = ";rc=",
		[CALL_FOUND_MP] = ";mp=",
		[CALL_FOUND_NP] = ";np=",
	};

	if (!past->by)
		return NULL;
	if (past->named)
		return params[past->found];
	return params[past->contact ? CALL_FOUND_RC : CALL_FOUND_MP];
}

bool call_history_hides(const struct call_history_reader *reader, const struct call_past *past)
{
	return reader->private || (!reader->trusted && past->private);
}

void call_history_write_reasons(struct sip_out *out, const struct call_past *past, int status)
{
	sip_out_str(out, "?Reason=SIP%3Bcause%3D");
	sip_out_u32(out, (uint32_t)status);
	sip_out_str(out, past->reasons);
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

struct view call_history_last_index(const struct sip_msg *msg)
{
	struct view rest, element, value, index = VIEW_NONE;
	const struct sip_header *header;
	struct sip_nameaddr addr;

	for (unsigned int i = 0; i < msg->nheaders; i++) {
		header = &msg->headers[i];
		if (!call_is_history(header))
			continue;
		rest = header->value;
		while (sip_list_next(&rest, &element))
			if (!sip_nameaddr_parse(&addr, element) &&
			    sip_param(addr.params, VIEW_LIT("index"), &value) &&
			    call_history_is_index(value))
				index = value;
	}
	return index;
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
			if (!call_history_is_plain(protocol) ||
			    !sip_param(params, VIEW_LIT("cause"), &cause) ||
			    !call_history_is_plain(cause) ||
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

/* The status of a Reason in the headers of a URI; 0: it cannot be read. */
static int cause_of(struct view reason)
{
	static const struct view sign = VIEW_LIT("SIP%3Bcause%3D");
	int status = 0;

	if (reason.len < sign.len || !view_ieq((struct view){ reason.p, sign.len }, sign))
		return 0;
	for (size_t i = sign.len; i < reason.len && isdigit((unsigned char)reason.p[i]); i++)
		status = status < MAX_COUNT ? 10 * status + reason.p[i] - '0' : status;
	return status;
}

/* Does what has @last stand below @element? */
static bool has_led_to(struct view last, struct view element)
{
	struct sip_nameaddr addr;
	struct view index;

	if (sip_nameaddr_parse(&addr, element) ||
	    !sip_param(addr.params, VIEW_LIT("index"), &index) || !call_history_is_index(index))
		return true;
	return last.len >= index.len && !memcmp(last.p, index.p, index.len) &&
	       (last.len == index.len || last.p[index.len] == '.');
}

/*
 * Those of whom it is said why they were left were sent on from, but for who has refused, and was
 * followed by others of the same level.
 */
static bool was_left(struct view element, struct view last)
{
	static const char *const signs[] = { "?Reason=", "&Reason=" };
	const char *end = element.p + element.len, *reason;

	for (size_t i = 0; i < 2; i++) {
		reason = memmem(element.p, element.len, signs[i], 8);
		if (!reason)
			continue;
		reason += 8;
		return cause_of((struct view){ reason, (size_t)(end - reason) }) < 400 ||
		       has_led_to(last, element);
	}
	return false;
}

unsigned int call_history_count(const struct sip_msg *invite)
{
	const struct view last = call_history_last_index(invite);
	unsigned int diversions = 0, left = 0;

	for (unsigned int i = 0; i < invite->nheaders; i++) {
		const struct sip_header *header = &invite->headers[i];
		bool diversion = view_ieq(header->name, VIEW_LIT("Diversion"));
		struct view rest = header->value, element;

		if (!diversion && !call_is_history(header))
			continue;
		while (sip_list_next(&rest, &element)) {
			if (diversion)
				diversions += counter_of(element);
			else
				left += was_left(element, last);
			if (diversions > MAX_COUNT)
				return MAX_COUNT;
		}
	}
	return diversions > left ? diversions : left;
}
