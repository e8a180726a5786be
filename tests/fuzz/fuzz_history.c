// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * History-Info and what stands around it, in a response that has ended a try and in a request:
 * what is kept of it is bounded, and what is written of that can be read, is of one line, has the
 * indices that it should, and names nobody who is to stay private, nor a host that is to be hidden.
 *
 * The input are header lines; its first octet says who reads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/history_on.h"

#define CHECK(condition) check(condition, #condition, __LINE__)
#define OURS "ours.example"
#define MAX_ADDED 65536
#define MAX_INDEX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char written[MAX_ADDED];

static void check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_history.c:%d: %s\n", line, condition);
	abort();
}

static bool is_anonymous(struct view uri)
{
	size_t len = sizeof(CALL_HISTORY_ANONYMOUS) - 1;

	return uri.len >= len && !memcmp(uri.p, CALL_HISTORY_ANONYMOUS, len) &&
	       (uri.len == len || uri.p[len] == '?');
}

static bool stands_below(struct view index, struct view above)
{
	return index.len >= above.len && !memcmp(index.p, above.p, above.len) &&
	       (index.len == above.len || index.p[above.len] == '.');
}

/* A line of its own, that is no more than its octets and has no end in it. */
static void check_line(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		CHECK(text.p[i] >= ' ' && text.p[i] < 0x7f);
}

/* What @reader is told by one entry. */
static void check_entry(struct view element, const struct call_history_reader *reader,
			struct view base, bool anonymous)
{
	struct sip_nameaddr addr;
	struct sip_uri uri;
	struct view index;

	CHECK(!sip_nameaddr_parse(&addr, element));
	CHECK(!sip_uri_parse(&uri, addr.uri));
	CHECK(sip_param(addr.params, VIEW_LIT("index"), &index));
	CHECK(index.len && stands_below(index, base));
	CHECK(!anonymous || is_anonymous(addr.uri));
	if (!reader->host.p || is_anonymous(addr.uri))
		return;
	CHECK(view_eq(uri.host, reader->host));
	CHECK(!uri.params.len);
	CHECK(!uri.headers.len || !memcmp(uri.headers.p, "Reason=", 7));
}

static unsigned int check_entries(struct view text, const struct call_history_reader *reader,
				  struct view base, bool anonymous)
{
	struct view element;
	unsigned int count = 0;

	check_line(text);
	while (sip_list_next(&text, &element)) {
		check_entry(element, reader, base, anonymous);
		count++;
	}
	return count;
}

/* --- what a response tells --- */

/* Those that stand below @above. */
static unsigned int count_kept(const struct call_past *past, struct view above)
{
	struct view rest = view_str(past->entries), element, index;
	struct sip_nameaddr addr;
	unsigned int count = 0;

	while (rest.len && sip_list_next(&rest, &element))
		count += !sip_nameaddr_parse(&addr, element) &&
			 sip_param(addr.params, VIEW_LIT("index"), &index) &&
			 (!above.len || stands_below(index, above));
	return count;
}

static void check_beyond(const struct call_past *past, const struct call_history_reader *reader,
			 const char *sent, bool hidden)
{
	const struct call_history_beyond beyond = {
		.past = past,
		.sent = view_str(sent),
		.now = VIEW_LIT("7.3"),
		.hidden = hidden,
	};
	struct sip_out out;

	sip_out_init(&out, written, sizeof(written));
	call_history_write_beyond(&out, &beyond, reader);
	CHECK(sip_out_ok(&out));
	if (!out.len)
		return;
	CHECK(out.len > 2 && !memcmp(written, ", ", 2));
	CHECK(check_entries((struct view){ written + 2, out.len - 2 }, reader, beyond.now,
			    hidden) <= count_kept(past, beyond.sent));
}

static void check_reasons(const char *reasons)
{
	CHECK(strlen(reasons) < CALL_MAX_REASON_TEXT);
	CHECK(!*reasons || !strncmp(reasons, "&Reason=", 8));
	CHECK(!strpbrk(reasons, "<>\"?, \r\n"));
}

/* Who is called next is told of it, in one line. */
static void check_on(struct call_target targets[2], const struct call_history_reader *reader)
{
	struct call_targets all = { .tried = &targets[0] };
	struct sip_out out;

	targets[0].past.sent = true;
	targets[1].past = (struct call_past){ .uri = VIEW_LIT("sip:b@c") };
	targets[1].next = &targets[0];
	all.tried = &targets[1];
	CHECK(call_history_begin(&all, &targets[1]));
	CHECK(targets[1].past.index == 2);
	sip_out_init(&out, written, sizeof(written));
	call_history_write_on(&out, &all, &targets[1], NULL, reader);
	CHECK(sip_out_ok(&out) && out.len < CALL_MAX_HISTORY_ON + 256);
	CHECK(!memcmp(written, "History-Info: ", 14));
	CHECK(!memcmp(written + out.len - 2, "\r\n", 2));
	check_line((struct view){ written, out.len - 2 });
}

static void try_response(const struct sip_msg *response, const struct call_history_reader *reader,
			 bool hidden)
{
	static const char *const sent[] = { "", "1", "1.2" };
	struct call_target targets[2] = { { .next = NULL } };
	struct call_past *past = &targets[0].past;

	past->uri = VIEW_LIT("sip:a@b");
	past->index = 1;
	call_history_fail(past, response->status, response);
	CHECK(!past->entries || strlen(past->entries) <= CALL_MAX_HISTORY_TEXT);
	if (past->entries)
		CHECK(count_kept(past, VIEW_NONE) <= CALL_MAX_HISTORY_ENTRIES);
	check_reasons(past->reasons);
	for (size_t i = 0; past->entries && i < sizeof(sent) / sizeof(*sent); i++)
		check_beyond(past, reader, sent[i], hidden);
	check_on(targets, reader);
	free(past->entries);
}

/* --- what a request came with --- */

/* Whoever is not trusted is told nothing of who wants privacy; a fold stays in parameters. */
static void check_hidden_line(const struct sip_header *header,
			      const struct call_history_reader *reader)
{
	struct sip_nameaddr addr;
	struct view rest, element;
	struct sip_out out;
	bool hidden;

	sip_out_init(&out, written, sizeof(written));
	hidden = call_history_hide_line(&out, header, reader);
	CHECK(sip_out_ok(&out));
	CHECK(hidden || !out.len);
	CHECK(!hidden || !reader->trusted);
	if (!out.len)
		return;
	CHECK(out.len > 16 && !memcmp(written, "History-Info: ", 14));
	CHECK(!memcmp(written + out.len - 2, "\r\n", 2));
	rest = (struct view){ written + 14, out.len - 16 };
	while (sip_list_next(&rest, &element)) {
		CHECK(!sip_nameaddr_parse(&addr, element));
		CHECK(!reader->private || is_anonymous(addr.uri));
	}
}

static void try_request(const struct sip_msg *request, const struct call_history_reader *reader)
{
	struct view last = call_history_last_index(request);
	struct call_history *history;

	CHECK(!last.len || call_history_is_index(last));
	CHECK(last.len <= MAX_INDEX);
	CHECK(call_history_count(request) <= 1000);
	for (unsigned int i = 0; i < request->nheaders; i++)
		if (call_is_history(&request->headers[i]))
			check_hidden_line(&request->headers[i], reader);
	history = call_history_of(request, true);
	if (!history)
		return;
	CHECK(strlen(history->came) <= CALL_MAX_HISTORY_CAME);
	CHECK(view_eq(history->index, last));
	call_history_free(&history);
}

/* Owned by the caller; NULL: it is no message. */
static char *read_message(struct sip_msg *msg, const char *start_line, const uint8_t *lines,
			  size_t size)
{
	static const char head[] = "Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
				   "To: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
				   "Max-Forwards: 70\r\nSupported: histinfo\r\n";
	size_t room = strlen(start_line) + sizeof(head) + size + 8, len;
	struct sip_msg_error error;
	char *text = malloc(room);

	CHECK(text);
	len = (size_t)snprintf(text, room, "%s%s", start_line, head);
	memcpy(text + len, lines, size);
	len += size;
	memcpy(text + len, "\r\n\r\n", 4);
	if (!sip_msg_parse(msg, text, len + 4, &error))
		return text;
	free(text);
	return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct call_history_reader reader = { .trusted = false };
	static struct sip_msg msg;
	char *text;

	if (!size || size > 32768)
		return 0;
	reader.trusted = data[0] & 1;
	reader.private = !reader.trusted && (data[0] & 2);
	reader.host = data[0] & 4 ? VIEW_LIT(OURS) : VIEW_NONE;
	text = read_message(&msg, "SIP/2.0 302 x\r\n", data + 1, size - 1);
	if (text)
		try_response(&msg, &reader, data[0] & 8);
	free(text);
	text = read_message(&msg, "INVITE sip:a@b SIP/2.0\r\n", data + 1, size - 1);
	if (text)
		try_request(&msg, &reader);
	free(text);
	return 0;
}
