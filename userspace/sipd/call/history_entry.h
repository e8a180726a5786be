/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Entries of History-Info that others have written (RFC 7044 s.5): what a response tells of the way
 * behind the one who was called. Each is read, and written anew with nothing but its URI, its
 * index, and how and why.
 */
#ifndef SIPD_CALL_HISTORY_ENTRY_H
#define SIPD_CALL_HISTORY_ENTRY_H

#include "call/history.h"
#include "call/identity.h"

/* Of one response; what is more is left out. */
#define CALL_MAX_HISTORY_ENTRIES 8
#define CALL_MAX_HISTORY_TEXT 1024

/* The URI of who is not to be known (s.10.1.2). */
#define CALL_HISTORY_ANONYMOUS "sip:anonymous@anonymous.invalid"

static inline bool call_is_history(const struct sip_header *header)
{
	return header->id == SIP_HDR_OTHER && view_ieq(header->name, VIEW_LIT("History-Info"));
}

/* Digits and dots, and not too long. */
bool call_history_is_index(struct view text);
/* It need not be escaped within a URI (RFC 3261 s.25.1). */
bool call_history_is_plain(struct view token);

/* Who gets a request, of whose sender he is told by @identity. */
struct call_history_reader call_history_reader(const struct call_identity *identity);

/* Who has sent a request by @flow, and gets what answers it; @hides: others' hosts from him. */
struct call_history_reader call_history_sender(const struct call_engine *engine,
					       const struct call_settings *settings,
					       const struct tp_flow *flow, bool hides);

/* Keeps in @past what @response, of any status above 100, tells of it. */
void call_history_take(struct call_past *past, const struct sip_msg *response);
/* The same, of one that ends the try with @status: @response, NULL: there is none. */
void call_history_fail(struct call_past *past, int status, const struct sip_msg *response);

/* The entries that were kept of @past. */
struct call_history_beyond {
	const struct call_past *past;
	struct view sent; /* the last index that it was told, empty: none */
	struct view now; /* its own, in what is written */
	bool hidden; /* all of them */
};

/* Writes them, each behind a comma. */
void call_history_write_beyond(struct sip_out *out, const struct call_history_beyond *beyond,
			       const struct call_history_reader *reader);
/*
 * Writes a line of History-Info of a request that is carried on as it is: what is to stay private
 * is anonymous for @reader. False: nothing is, and nothing has been written.
 */
bool call_history_hide_line(struct sip_out *out, const struct sip_header *header,
			    const struct call_history_reader *reader);
/* The URI, without brackets, as @reader may see it. */
void call_history_write_uri(struct sip_out *out, struct view uri,
			    const struct call_history_reader *reader);

#endif
