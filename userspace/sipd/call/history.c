// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history.h"

#include <stdio.h>

#include "call/history_entry.h"
#include "call/reason.h"

/* More than anybody counts to. */
#define MAX_COUNT 1000

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

static struct view index_text(const struct call_past *past, struct view base,
			      char text[CALL_INDEX_TEXT])
{
	struct sip_out out;

	sip_out_init(&out, text, CALL_INDEX_TEXT);
	write_index(&out, past, base);
	return sip_out_text(&out);
}

struct view call_history_sent(const struct call_past *past, struct view came, bool proxied,
			      char text[CALL_INDEX_TEXT])
{
	if (!call_history_told(past))
		return came;
	return index_text(past, proxied && !came.len ? VIEW_LIT("1") : came, text);
}

/* What an INVITE tells, and how far those before us have counted. */
struct writer {
	struct sip_out *out;
	const struct call_history_reader *reader;
	struct view came, base;
	bool proxied;
};

/* What the one who was left at @past has told of others. */
static void write_beyond(const struct writer *writer, const struct call_past *past)
{
	char before[CALL_INDEX_TEXT], now[CALL_INDEX_TEXT];
	const struct call_history_beyond beyond = {
		.past = past,
		.sent = call_history_sent(past, writer->came, writer->proxied, before),
		.now = index_text(past, writer->base, now),
		.hidden = call_history_hides(writer->reader, past),
	};

	call_history_write_beyond(writer->out, &beyond, writer->reader);
}

/* Who is called, @last, knows who he is. */
static void write_entry(const struct writer *writer, const struct call_past *past, bool last)
{
	struct sip_out *out = writer->out;
	const char *found = call_history_found(past);

	if (past->by) {
		write_entry(writer, past->by, false);
		sip_out_str(out, ", ");
	}
	sip_out_str(out, "<");
	if (!last && call_history_hides(writer->reader, past))
		sip_out_str(out, CALL_HISTORY_ANONYMOUS);
	else
		sip_out_view(out, past->uri);
	if (past->cause)
		call_history_write_reasons(out, past, past->cause);
	sip_out_str(out, ">;index=");
	write_index(out, past, writer->base);
	if (found) {
		sip_out_str(out, found);
		write_index(out, past->by, writer->base);
	}
	if (!last)
		write_beyond(writer, past);
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

void call_history_write(struct sip_out *out, const struct call_past *past,
			const struct sip_msg *proxied, const struct call_history_reader *reader)
{
	struct writer writer = { .out = out, .reader = reader, .proxied = proxied };

	if (!call_history_told(past))
		return;
	sip_out_str(out, "History-Info: ");
	if (proxied)
		writer.came = writer.base = call_history_last_index(proxied);
	if (proxied && !writer.came.len) {
		writer.base = VIEW_LIT("1");
		sip_out_str(out, "<");
		sip_out_view(out, proxied->ruri);
		sip_out_str(out, ">;index=1, ");
	}
	write_entry(&writer, past, true);
	sip_out_str(out, "\r\n");
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

		if (!diversion && !call_is_history(header))
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
