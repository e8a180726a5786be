// SPDX-License-Identifier: GPL-2.0-or-later
/* What a flow's record says in words, taken from its first message. */
#include <string.h>

#include "flow/store.h"

static const uint8_t max_len[FLOW_TEXTS] = {
	[FLOW_CALL_ID] = FLOW_CALL_ID_MAX,
	[FLOW_FROM] = 64,
	[FLOW_TO] = 64,
	[FLOW_METHOD] = 16,
	[FLOW_NOTE] = 160,
};

static size_t offset_of(const struct flow *flow, enum flow_text which)
{
	size_t offset = 0;

	for (unsigned int i = 0; i < which; i++)
		offset += flow->len[i];
	return offset;
}

struct view flow_text(const struct flow *flow, enum flow_text which)
{
	return (struct view){ flow->text + offset_of(flow, which), flow->len[which] };
}

/* Puts a piece at @offset, behind those before it; returns where the next one goes. */
static size_t put(struct flow *flow, enum flow_text which, size_t offset, struct view text)
{
	size_t len = text.len;

	if (len > max_len[which])
		len = max_len[which];
	if (len > FLOW_TEXT_ROOM - offset)
		len = FLOW_TEXT_ROOM - offset;
	if (len)
		memcpy(flow->text + offset, text.p, len);
	flow->len[which] = (uint8_t)len;
	return offset + len;
}

/* Behind the colon, if the line at @p is the header @name or its compact form; else NULL. */
static const char *value_of(const char *p, const char *end, const char *name, size_t len)
{
	/* As sipd writes it, and most others. */
	if ((size_t)(end - p) > len && p[len] == ':' && !memcmp(p, name, len))
		return p + len + 1;
	p += (size_t)(end - p) > len && !strncasecmp(p, name, len) ? len : 1;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p < end && *p == ':' ? p + 1 : NULL;
}

/* Of "Name" <sip:a@b>;tag=1 or sip:a@b;tag=1 the URI. */
static struct view uri_of(const char *p, const char *end)
{
	const char *from = p, *to;

	while (from < end && (*from == ' ' || *from == '\t'))
		from++;
	p = from;
	if (p < end && *p == '"') {
		for (p++; p < end && *p != '"'; p++)
			p += *p == '\\';
		if (p >= end)
			return VIEW_NONE;
	}
	to = memchr(p, '<', (size_t)(end - p));
	if (to) {
		from = to + 1;
		to = memchr(from, '>', (size_t)(end - from));
		return (struct view){ from, (size_t)((to ? to : end) - from) };
	}
	to = memchr(from, ';', (size_t)(end - from));
	return view_trim((struct view){ from, (size_t)((to ? to : end) - from) });
}

struct addresses {
	struct view from, to;
};

/* One look at each line, most of which is memchr()'s. */
static void find_addresses(struct view raw, struct addresses *found)
{
	const char *p = raw.p, *end = raw.p + raw.len, *newline, *value;

	while (p < end && !(found->from.p && found->to.p)) {
		newline = memchr(p, '\n', (size_t)(end - p));
		if (!newline)
			newline = end;
		if (newline == p || *p == '\r')
			return;
		if ((*p | ' ') == 'f' && !found->from.p) {
			value = value_of(p, newline, "From", 4);
			if (value)
				found->from = uri_of(value, newline);
		} else if ((*p | ' ') == 't' && !found->to.p) {
			value = value_of(p, newline, "To", 2);
			if (value)
				found->to = uri_of(value, newline);
		}
		p = newline + 1;
	}
}

void flow_text_read(struct flow *flow, const struct sip_trace *trace)
{
	struct addresses addresses = { .from = VIEW_NONE };
	size_t offset;

	find_addresses(trace->raw, &addresses);
	offset = put(flow, FLOW_CALL_ID, 0, trace->call_id);
	offset = put(flow, FLOW_FROM, offset, addresses.from);
	offset = put(flow, FLOW_TO, offset, addresses.to);
	put(flow, FLOW_METHOD, offset, trace->method_name);
	flow->len[FLOW_NOTE] = 0;
}

void flow_text_note(struct flow *flow, const char *note)
{
	put(flow, FLOW_NOTE, offset_of(flow, FLOW_NOTE), view_str(note));
}
