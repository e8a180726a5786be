// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Five readers of one message: sip_scan, the same in brief and over pieces cut anywhere, sipd's
 * parser, and a reference written from the grammar. What one accepts, those that are laxer accept,
 * and they find the same in it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sip/msg.h"
#include "sip_mutate.h"
#include "sip_reference.h"
#include "sip_scan.h"
#include "sip_scan_brief.h"
#include "sip_scan_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);

#define check(condition) check_at(condition, #condition, __LINE__)

static void check_at(bool holds, const char *condition, int line)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz_sip_diff.c:%d: %s\n", line, condition);
	abort();
}

/* --- pieces --- */

/* How long the next piece is. */
typedef size_t (*cut_fn)(uint64_t *seed);

static size_t cut_octets(uint64_t *seed)
{
	(void)seed;
	return 1;
}

static uint64_t draw(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return *seed >> 33;
}

/* Short pieces and long ones. */
static size_t cut_anywhere(uint64_t *seed)
{
	uint64_t kind = draw(seed) % 4;

	return 1 + draw(seed) % (kind == 0 ? 4 : kind == 1 ? 32 : kind == 2 ? 256 : 1500);
}

static size_t cut_long(uint64_t *seed)
{
	return 1 + draw(seed) % 4096;
}

static uint64_t seed_of(const uint8_t *data, size_t size)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 0x100000001b3ULL;
	return hash;
}

/* Feeds one piece, from memory of its own size. */
static size_t feed(struct sip_scan_stream *stream, const char *p, size_t len,
		   enum sip_scan_stream_event *event)
{
	char *piece = malloc(len);
	size_t taken;

	check(piece);
	memcpy(piece, p, len);
	taken = sip_scan_stream_feed(stream, piece, len, event);
	free(piece);
	check(taken <= len);
	check(*event == SIP_STREAM_MORE ? taken == len : *event == SIP_STREAM_LOST || taken > 0);
	return taken;
}

/* Up to the end of the first message's headers, or all. Returns what was taken. */
static size_t feed_headers(struct sip_scan_stream *stream, const char *buf, size_t len, cut_fn cut,
			   uint64_t *seed, enum sip_scan_stream_event *event)
{
	size_t done = 0, piece;

	sip_scan_stream_init(stream);
	*event = SIP_STREAM_MORE;
	while (done < len && *event == SIP_STREAM_MORE) {
		piece = cut(seed);
		if (piece > len - done)
			piece = len - done;
		done += feed(stream, buf + done, piece, event);
	}
	return done;
}

/* All messages of it; returns how many, and a hash of where their headers end. */
static uint64_t feed_all(const char *buf, size_t len, cut_fn cut, uint64_t *seed, bool *too_long)
{
	struct sip_scan_stream stream;
	enum sip_scan_stream_event event;
	uint64_t hash = 0;
	size_t done = 0, piece;

	sip_scan_stream_init(&stream);
	while (done < len) {
		piece = cut(seed);
		if (piece > len - done)
			piece = len - done;
		done += feed(&stream, buf + done, piece, &event);
		*too_long |= stream.too_long;
		if (event == SIP_STREAM_HEADERS)
			hash = hash * 31 + done;
		if (event == SIP_STREAM_LOST)
			return hash * 31 + 1;
	}
	return hash;
}

static void check_copy(const struct sip_scan_copy *copy, struct sip_scan_span span, const char *buf)
{
	size_t len = span.len < SIP_STREAM_COPY_MAX ? span.len : SIP_STREAM_COPY_MAX;

	check(copy->len == len && !memcmp(copy->text, buf + span.off, len));
}

/* Absent, or further on by what came before the start line. */
static void check_moved(struct sip_scan_span whole, struct sip_scan_span pieces, size_t by)
{
	check(whole.len == pieces.len);
	check(whole.off ? whole.off == pieces.off + by : !pieces.off && (!whole.len || !by));
}

static void check_fields(const struct sip_scan *a, const struct sip_scan *b, size_t by)
{
	check(a->kind == b->kind && a->method == b->method && a->complete == b->complete);
	check(a->malformed == b->malformed && a->version_2_0 == b->version_2_0);
	check(a->has_content_length == b->has_content_length);
	check(a->has_expires == b->has_expires && a->has_credentials == b->has_credentials);
	check(a->status == b->status && a->max_forwards == b->max_forwards);
	check(a->cseq == b->cseq && a->content_length == b->content_length);
	check(a->expires == b->expires && a->body == b->body + by);
	check_moved(a->method_name, b->method_name, by);
	check_moved(a->uri, b->uri, by);
	check_moved(a->call_id, b->call_id, by);
	check_moved(a->via_sent_by, b->via_sent_by, by);
	check_moved(a->via_branch, b->via_branch, by);
	check_moved(a->from_tag, b->from_tag, by);
	check_moved(a->to_tag, b->to_tag, by);
	check_moved(a->user_agent, b->user_agent, by);
}

static void check_stream(const struct sip_scan *scan, const char *buf, size_t len, cut_fn cut,
			 uint64_t *seed)
{
	static struct sip_scan_stream stream;
	enum sip_scan_stream_event event;
	size_t taken, before = 0, line;

	taken = feed_headers(&stream, buf, len, cut, seed, &event);
	while (before < len && (buf[before] == '\r' || buf[before] == '\n'))
		before++;
	for (line = before; line < len && buf[line] != '\n'; line++)
		;
	/* Of a long start line, not all is checked. */
	if (stream.too_long || (scan->malformed && line - before >= SIP_STREAM_LINE_MAX))
		return;
	check(stream.scan.kind == scan->kind);
	check((event == SIP_STREAM_HEADERS) == scan->complete);
	check((event == SIP_STREAM_LOST) == (scan->kind == SIP_SCAN_NOT_SIP));
	if (!scan->complete)
		return;
	check(taken == scan->body);
	check_fields(scan, &stream.scan, before);
	check_copy(&stream.uri, scan->uri, buf);
	check_copy(&stream.call_id, scan->call_id, buf);
	check_copy(&stream.via_sent_by, scan->via_sent_by, buf);
	check_copy(&stream.via_branch, scan->via_branch, buf);
	check_copy(&stream.from_tag, scan->from_tag, buf);
	check_copy(&stream.to_tag, scan->to_tag, buf);
	check_copy(&stream.user_agent, scan->user_agent, buf);
}

/* However a stream is cut, it has the same messages. */
static void check_messages(const char *buf, size_t len, uint64_t *seed)
{
	bool too_long = false;
	uint64_t octets = feed_all(buf, len, cut_octets, seed, &too_long);
	uint64_t anywhere = feed_all(buf, len, cut_anywhere, seed, &too_long);

	check(too_long || octets == anywhere);
}

/* --- in brief --- */

static bool same_piece(struct sip_scan_span span, const char *buf, struct sip_scan_text text)
{
	return span.len == text.len && (!text.len || buf + span.off == text.p);
}

static void check_brief_mandatory(const struct sip_scan *scan, const char *buf,
				  const struct sip_scan_brief *brief)
{
	check(scan->version_2_0);
	check(scan->kind == brief->kind && scan->method == brief->method);
	check(scan->status == brief->status);
	check(scan->cseq == sip_scan_brief_cseq(brief));
	check(same_piece(scan->uri, buf, brief->uri));
	check(same_piece(scan->call_id, buf, brief->call_id));
	check(same_piece(scan->via_sent_by, buf, brief->via_sent_by));
	check(same_piece(scan->via_branch, buf, brief->via_branch));
	check(same_piece(scan->to_tag, buf, brief->to_tag));
}

/* A User-Agent is there, or none that is wanted. */
static void check_agent(const struct sip_scan *scan, const char *buf,
			const struct sip_scan_brief *brief, uint32_t agents)
{
	bool is_wanted = scan->user_agent.len && agents >> (buf[scan->user_agent.off] & 31) & 1;

	check(same_piece(scan->user_agent, buf, brief->user_agent) ||
	      (!brief->user_agent.len && !is_wanted));
}

static void check_brief(const struct sip_scan *scan, const char *buf, size_t len)
{
	static const uint32_t agents[] = { 1U << ('f' & 31) | 1U << ('s' & 31), UINT32_MAX };
	struct sip_scan_brief brief;

	memset(&brief, 0xa5, sizeof(brief));
	if (sip_scan_brief(&brief, SIP_SCAN_ALL, buf, len)) {
		check(scan->complete && !scan->malformed && scan->body == brief.body);
		check(scan->has_credentials == brief.has_credentials);
		check(same_piece(scan->user_agent, buf, brief.user_agent));
		check_brief_mandatory(scan, buf, &brief);
	}
	memset(&brief, 0xa5, sizeof(brief));
	if (sip_scan_brief(&brief, SIP_SCAN_MANDATORY, buf, len))
		check_brief_mandatory(scan, buf, &brief);
	for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
		memset(&brief, 0xa5, sizeof(brief));
		if (sip_scan_brief(&brief, (struct sip_scan_extent){ .agents = agents[i] }, buf,
				   len)) {
			check_brief_mandatory(scan, buf, &brief);
			check_agent(scan, buf, &brief, agents[i]);
		}
	}
}

/* --- sipd's parser --- */

static bool same_view(struct sip_scan_span span, const char *buf, struct view v)
{
	return span.len == v.len && (v.p ? buf + span.off == v.p : !span.off);
}

/* What the summary has, and sip_msg does not by itself. */
static void check_headers(const struct sip_scan *scan, const char *buf, const struct sip_msg *msg)
{
	const struct sip_header *header = sip_msg_header(msg, SIP_HDR_EXPIRES, NULL);
	uint32_t seconds;
	bool has_expires = header && sip_scan_number((struct sip_scan_text){ header->value.p,
									     header->value.len },
						     UINT32_MAX, &seconds);

	check(scan->has_expires == has_expires && (!has_expires || scan->expires == seconds));
	header = sip_msg_header(msg, SIP_HDR_USER_AGENT, NULL);
	check(header ? same_view(scan->user_agent, buf, header->value) : !scan->user_agent.len);
	check(scan->has_credentials == (sip_msg_header(msg, SIP_HDR_AUTHORIZATION, NULL) ||
					sip_msg_header(msg, SIP_HDR_PROXY_AUTHORIZATION, NULL)));
	check(scan->has_content_length == !!sip_msg_header(msg, SIP_HDR_CONTENT_LENGTH, NULL));
}

static void check_parser(const struct sip_scan *scan, const char *buf, const struct sip_msg *msg)
{
	check(scan->complete && !scan->malformed && scan->version_2_0);
	check((scan->kind == SIP_SCAN_REQUEST) == msg->request);
	check(scan->method == msg->method && scan->status == msg->status);
	check(scan->cseq == msg->cseq && scan->max_forwards == msg->max_forwards);
	check(buf + scan->body == msg->body.p);
	check(!scan->has_content_length || scan->content_length == msg->body.len);
	check(same_view(scan->method_name, buf, msg->method_name));
	check(same_view(scan->uri, buf, msg->ruri));
	check(same_view(scan->call_id, buf, msg->call_id));
	check(same_view(scan->via_branch, buf, msg->via.branch));
	check(buf + scan->via_sent_by.off == msg->via.host.p);
	check(same_view(scan->from_tag, buf, msg->from.tag));
	check(same_view(scan->to_tag, buf, msg->to.tag));
	check_headers(scan, buf, msg);
}

/* --- reference --- */

static bool same_text(struct sip_scan_span span, struct sip_reference_text text)
{
	return span.len == text.len && (!text.len || span.off == text.off);
}

static void check_reference(const struct sip_scan *scan, const struct sip_reference *message)
{
	check(scan->complete && !scan->malformed && scan->version_2_0);
	check((scan->kind == SIP_SCAN_REQUEST) == message->request);
	check(scan->status == message->status && scan->body == message->body);
	check(scan->cseq == message->cseq && scan->max_forwards == message->max_forwards);
	check(scan->has_content_length == message->has_content_length);
	check(scan->content_length == message->content_length);
	check(scan->has_expires == message->has_expires && scan->expires == message->expires);
	check(scan->has_credentials == message->has_credentials);
	check(same_text(scan->method_name, message->method));
	check(same_text(scan->uri, message->uri));
	check(same_text(scan->call_id, message->call_id));
	check(same_text(scan->via_sent_by, message->sent_by));
	check(same_text(scan->via_branch, message->branch));
	check(same_text(scan->from_tag, message->from_tag));
	check(same_text(scan->to_tag, message->to_tag));
	check(same_text(scan->user_agent, message->user_agent));
}

/* sipd has limits that the grammar has not. */
static bool is_limit(const struct sip_msg_error *error)
{
	return error->status == 513 || !strcmp(error->reason, "Too many headers");
}

static void check_all(const struct sip_scan *scan, const char *buf, size_t len)
{
	struct sip_reference strict, tolerant;
	static struct sip_msg msg;
	struct sip_msg_error error;
	bool parsed = !sip_msg_parse(&msg, buf, len, &error);

	if (parsed) {
		check_parser(scan, buf, &msg);
		check(sip_reference(&tolerant, SIP_TOLERATE_ALL, buf, len));
		check_reference(scan, &tolerant);
	}
	if (sip_reference(&strict, 0, buf, len)) {
		check_reference(scan, &strict);
		check(parsed || is_limit(&error));
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	if (seed % 4 == 0)
		return LLVMFuzzerMutate(data, size, max);
	return sip_mutate(data, size, max, seed / 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *buf = malloc(size ? size : 1);
	uint64_t seed = seed_of(data, size);
	struct sip_scan scan;

	check(buf);
	memcpy(buf, data, size);
	sip_scan(&scan, buf, size);
	check_all(&scan, buf, size);
	check_brief(&scan, buf, size);
	check_stream(&scan, buf, size, cut_octets, &seed);
	check_stream(&scan, buf, size, cut_anywhere, &seed);
	check_stream(&scan, buf, size, cut_long, &seed);
	check_messages(buf, size, &seed);
	free(buf);
	return 0;
}
