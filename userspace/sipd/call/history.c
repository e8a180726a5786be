// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history.h"

/* More than anybody counts to. */
#define MAX_COUNT 1000

bool call_history_told(const struct call_past *past)
{
	for (past = past->by; past; past = past->by)
		if (past->cause)
			return true;
	return false;
}

/* "1", "1.2", "1.2.1": as many levels as @past is deep. */
static void write_index(struct sip_out *out, const struct call_past *past)
{
	if (!past->by) {
		sip_out_str(out, "1");
		return;
	}
	write_index(out, past->by);
	sip_out_str(out, ".");
	sip_out_u32(out, past->index);
}

static void write_entry(struct sip_out *out, const struct call_past *past)
{
	if (past->by) {
		write_entry(out, past->by);
		sip_out_str(out, ", ");
	}
	sip_out_str(out, "<");
	sip_out_view(out, past->uri);
	if (past->cause) {
		sip_out_str(out, "?Reason=SIP%3Bcause%3D");
		sip_out_u32(out, past->cause);
	}
	sip_out_str(out, ">;index=");
	write_index(out, past);
	if (!past->by || past->named)
		return;
	sip_out_str(out, past->contact ? ";rc=" : ";mp=");
	write_index(out, past->by);
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

void call_history_write(struct sip_out *out, const struct call_past *past)
{
	if (!call_history_told(past))
		return;
	sip_out_str(out, "History-Info: ");
	write_entry(out, past);
	sip_out_str(out, "\r\n");
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
