// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history_entry.h"

#include <ctype.h>
#include <stdlib.h>

#include "call/engine.h"
#include "call/hide.h"

/* Of what others have counted; a longer index is none. */
#define MAX_INDEX 64

struct entry {
	struct view uri; /* without headers */
	struct view headers; /* of it */
	struct view params; /* of the entry */
	struct view index;
};

bool call_history_is_index(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((text.p[i] < '0' || text.p[i] > '9') && text.p[i] != '.')
			return false;
	return text.len && text.len <= MAX_INDEX;
}

bool call_history_is_plain(struct view token)
{
	for (size_t i = 0; i < token.len; i++)
		if (!isalnum((unsigned char)token.p[i]) && token.p[i] != '.' && token.p[i] != '-')
			return false;
	return token.len;
}

/* --- reading --- */

/* Nothing that could end it, or the line. */
static bool is_clean(struct view uri)
{
	for (size_t i = 0; i < uri.len; i++)
		if (uri.p[i] <= ' ' || uri.p[i] >= 0x7f || strchr("\"<>,", uri.p[i]))
			return false;
	return true;
}

static bool read_entry(struct entry *entry, struct view element)
{
	struct sip_nameaddr addr;
	struct sip_uri uri;
	const char *headers;

	if (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri) ||
	    !is_clean(addr.uri))
		return false;
	*entry = (struct entry){ .uri = addr.uri, .params = addr.params };
	headers = memchr(addr.uri.p, '?', addr.uri.len);
	if (headers) {
		entry->uri.len = (size_t)(headers - addr.uri.p);
		entry->headers.p = headers + 1;
		entry->headers.len = addr.uri.len - entry->uri.len - 1;
	}
	return sip_param(addr.params, VIEW_LIT("index"), &entry->index) &&
	       call_history_is_index(entry->index);
}

/* Takes the next header of a URI off @rest. */
static bool next_header(struct view *rest, struct view *name, struct view *value)
{
	const char *end, *stop, *equals;

	if (!rest->len)
		return false;
	end = rest->p + rest->len;
	stop = memchr(rest->p, '&', rest->len);
	stop = stop ? stop : end;
	equals = memchr(rest->p, '=', (size_t)(stop - rest->p));
	*name = (struct view){ rest->p, (size_t)((equals ? equals : stop) - rest->p) };
	*value = equals ? (struct view){ equals + 1, (size_t)(stop - equals - 1) } : VIEW_NONE;
	rest->p = stop < end ? stop + 1 : end;
	rest->len = (size_t)(end - rest->p);
	return true;
}

/* Does the value ask for what makes a history private (s.10.1)? */
static bool names_history(struct view value)
{
	static const struct view asks[] = { VIEW_LIT("history"), VIEW_LIT("header") };

	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++)
		for (size_t at = 0; at + asks[i].len <= value.len; at++)
			if (view_ieq((struct view){ value.p + at, asks[i].len }, asks[i]))
				return true;
	return false;
}

static bool is_private(const struct entry *entry)
{
	struct view rest = entry->headers, name, value;

	while (next_header(&rest, &name, &value))
		if (view_ieq(name, VIEW_LIT("Privacy")) && names_history(value))
			return true;
	return false;
}

static bool asks_for_privacy(unsigned int asked)
{
	return asked & (CALL_PRIVACY_HEADER | CALL_PRIVACY_HISTORY);
}

struct call_history_reader call_history_reader(const struct call_identity *identity)
{
	return (struct call_history_reader){
		.trusted = identity->to_trusted,
		.private = !identity->to_trusted && asks_for_privacy(identity->asked),
	};
}

struct call_history_reader call_history_sender(const struct call_engine *engine,
					       const struct call_settings *settings,
					       const struct tp_flow *flow, bool hides)
{
	return (struct call_history_reader){
		.trusted = call_border(engine, settings, flow, NULL)->trusted,
		.host = hides ? call_listener(flow)->host : VIEW_NONE,
	};
}

void call_history_take(struct call_past *past, const struct sip_msg *response)
{
	char text[CALL_MAX_HISTORY_TEXT];
	unsigned int count = 0;
	struct entry entry;
	struct sip_out out;

	past->private = asks_for_privacy(call_identity_asked(response));
	past->accepted |= response->status >= 200 && response->status < 300;
	free(past->entries);
	past->entries = NULL;
	sip_out_init(&out, text, sizeof(text));
	for (unsigned int i = 0; i < response->nheaders; i++) {
		struct view rest = response->headers[i].value, element;

		if (!call_is_history(&response->headers[i]))
			continue;
		while (count < CALL_MAX_HISTORY_ENTRIES && sip_list_next(&rest, &element)) {
			size_t before = out.len;

			if (!read_entry(&entry, element))
				continue;
			sip_out_str(&out, ",");
			sip_out_view(&out, element);
			if (!sip_out_ok(&out)) {
				out.len = before;
				count = CALL_MAX_HISTORY_ENTRIES;
			}
			count++;
		}
	}
	if (out.len)
		past->entries = view_dup(sip_out_text(&out));
}

void call_history_fail(struct call_past *past, int status, const struct sip_msg *response)
{
	past->failed = (uint16_t)status;
	if (!response)
		return;
	call_history_read_reasons(past->reasons, response);
	call_history_take(past, response);
}

/* --- writing --- */

void call_history_write_uri(struct sip_out *out, struct view uri,
			    const struct call_history_reader *reader)
{
	struct sip_uri parsed;
	struct view user;

	if (!reader->host.p) {
		sip_out_view(out, uri);
		return;
	}
	sip_out_str(out, "sip:");
	user = sip_uri_parse(&parsed, uri) ? VIEW_NONE : call_hide_user(&parsed);
	if (user.len) {
		sip_out_view(out, user);
		sip_out_str(out, "@");
	}
	sip_out_view(out, reader->host);
}

/* Protocol and cause, without the text, which may say anything. */
static void write_reasons(struct sip_out *out, struct view headers)
{
	static const struct view sign = VIEW_LIT("%3Bcause%3D");
	struct view name, value, protocol, cause;
	const char *before = "?";

	while (next_header(&headers, &name, &value)) {
		if (!view_ieq(name, VIEW_LIT("Reason")))
			continue;
		protocol = value;
		for (protocol.len = 0; protocol.len + sign.len < value.len; protocol.len++)
			if (view_ieq((struct view){ value.p + protocol.len, sign.len }, sign))
				break;
		if (protocol.len + sign.len >= value.len || !call_history_is_plain(protocol))
			continue;
		cause = (struct view){ value.p + protocol.len + sign.len, 0 };
		while (cause.p + cause.len < value.p + value.len &&
		       isdigit((unsigned char)cause.p[cause.len]))
			cause.len++;
		if (!cause.len)
			continue;
		sip_out_str(out, before);
		sip_out_str(out, "Reason=");
		sip_out_view(out, (struct view){ value.p, protocol.len + sign.len + cause.len });
		before = "&";
	}
}

static void write_address(struct sip_out *out, const struct entry *entry, bool anonymous,
			  const struct call_history_reader *reader)
{
	sip_out_str(out, "<");
	if (anonymous)
		sip_out_str(out, CALL_HISTORY_ANONYMOUS);
	else
		call_history_write_uri(out, entry->uri, reader);
	if (anonymous || reader->host.p) {
		write_reasons(out, entry->headers);
	} else if (entry->headers.len) {
		sip_out_str(out, "?");
		sip_out_view(out, entry->headers);
	}
	sip_out_str(out, ">");
}

/* What of @index stands below @above, which is empty for the first level. */
static bool is_below(struct view index, struct view above, struct view *rest)
{
	size_t skip = above.len ? above.len + 1 : 0;

	if (index.len <= skip ||
	    (above.len && (memcmp(index.p, above.p, above.len) || index.p[above.len] != '.')))
		return false;
	*rest = (struct view){ index.p + skip, index.len - skip };
	return true;
}

/* @index below what was sent, as below what that is now. False: it is of elsewhere. */
static bool write_moved(struct sip_out *out, const char *name, struct view index,
			const struct call_history_beyond *beyond)
{
	struct view rest = VIEW_NONE;

	if (!view_eq(index, beyond->sent) && !is_below(index, beyond->sent, &rest))
		return false;
	sip_out_str(out, name);
	sip_out_view(out, beyond->now);
	if (rest.len) {
		sip_out_str(out, ".");
		sip_out_view(out, rest);
	}
	return true;
}

static void write_found(struct sip_out *out, const struct entry *entry,
			const struct call_history_beyond *beyond)
{
	static const struct {
		struct view name;
		const char *param;
	} how[] = { { VIEW_LIT("rc"), ";rc=" },
		    { VIEW_LIT("mp"), ";mp=" },
		    { VIEW_LIT("np"), ";np=" } };
	struct view value;

	for (size_t i = 0; i < sizeof(how) / sizeof(*how); i++)
		if (sip_param(entry->params, how[i].name, &value) && call_history_is_index(value) &&
		    write_moved(out, how[i].param, value, beyond))
			return;
}

/* Who was called has begun with an entry for himself, which is ours. */
static bool is_himself(const struct entry *entry, const struct call_history_beyond *beyond)
{
	struct view rest;

	return is_below(entry->index, beyond->sent, &rest) && view_eq(rest, VIEW_LIT("1")) &&
	       view_eq(entry->uri, beyond->past->uri);
}

void call_history_write_beyond(struct sip_out *out, const struct call_history_beyond *beyond,
			       const struct call_history_reader *reader)
{
	bool first = true;
	struct view rest = view_str(beyond->past->entries), element, below;
	struct call_history_beyond from = *beyond;
	struct entry entry;

	while (rest.len && sip_list_next(&rest, &element)) {
		if (!element.len || !read_entry(&entry, element) ||
		    !is_below(entry.index, from.sent, &below))
			continue;
		if (first && is_himself(&entry, beyond)) {
			from.sent = entry.index;
			first = false;
			continue;
		}
		first = false;
		sip_out_str(out, ", ");
		write_address(out, &entry,
			      beyond->hidden || (!reader->trusted && is_private(&entry)), reader);
		write_moved(out, ";index=", entry.index, &from);
		write_found(out, &entry, &from);
	}
}

bool call_history_hide_line(struct sip_out *out, const struct sip_header *header,
			    const struct call_history_reader *reader)
{
	struct view rest = header->value, element;
	const char *before = "History-Info: ";
	bool anonymous, hidden = false;
	size_t start = out->len;
	struct entry entry;

	if (reader->trusted)
		return false;
	while (sip_list_next(&rest, &element)) {
		if (!read_entry(&entry, element))
			continue;
		anonymous = reader->private || is_private(&entry);
		hidden |= anonymous;
		sip_out_str(out, before);
		write_address(out, &entry, anonymous, reader);
		sip_out_str(out, ";");
		sip_out_view(out, entry.params);
		before = ", ";
	}
	if (!hidden && !reader->private) {
		out->len = start;
		return false;
	}
	if (out->len > start)
		sip_out_str(out, "\r\n");
	return true;
}
