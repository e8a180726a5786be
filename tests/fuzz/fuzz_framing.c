// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stream gives the same messages and pings however it is cut: the input is a seed for the cuts,
 * and the stream. What a message is, sip_scan() says of it, too.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "transport/framing.h"
#include "transport/transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has come out, as a hash. */
struct sink {
	uint64_t hash;
	unsigned int events;
};

static void note(struct sink *sink, enum framing_event event, const char *p, size_t len)
{
	sink->hash = (sink->hash ^ event) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < len; i++)
		sink->hash = (sink->hash ^ (uint8_t)p[i]) * UINT64_C(0x100000001b3);
	sink->events++;
}

/* In a copy of exactly its size. */
static void check_message(const char *p, size_t len)
{
	char *copy = malloc(len ? len : 1);
	struct sip_scan scan;

	if (!copy)
		abort();
	memcpy(copy, p, len);
	sip_scan(&scan, copy, len);
	if ((scan.kind != SIP_SCAN_REQUEST && scan.kind != SIP_SCAN_RESPONSE) || !scan.complete ||
	    !scan.has_content_length || scan.body + scan.content_length != len)
		abort();
	free(copy);
}

struct stream {
	struct framing framing;
	uint8_t line_ends;
	bool over;
	char *buf;
	size_t len;
};

static bool step(struct stream *stream, struct sink *sink)
{
	size_t take;
	enum framing_event event =
		framing_next(&stream->framing, &stream->line_ends, stream->buf, stream->len, &take);

	if (take > stream->len)
		abort();
	if (event == FRAMING_MESSAGE)
		check_message(stream->buf, take);
	if (event != FRAMING_MORE)
		note(sink, event, stream->buf, event == FRAMING_PING ? 0 : take);
	stream->over = event > FRAMING_PING;
	stream->len -= take;
	memmove(stream->buf, stream->buf + take, stream->len);
	return !stream->over && (take || event != FRAMING_MORE);
}

static void feed(struct stream *stream, struct sink *sink, const char *p, size_t len)
{
	/* Exactly as long as it is, so that reading beyond is seen. */
	stream->buf = realloc(stream->buf, stream->len + len);
	if (!stream->buf)
		abort();
	memcpy(stream->buf + stream->len, p, len);
	stream->len += len;
	while (step(stream, sink))
		;
}

/* In pieces as @seed says; 0: at once. */
static struct sink run(const char *p, size_t len, uint32_t seed)
{
	struct stream stream = { .buf = NULL };
	struct sink sink = { 0 };
	size_t piece;

	framing_init(&stream.framing);
	for (size_t at = 0; at < len && !stream.over; at += piece) {
		piece = seed ? 1 + (seed >> 16) % ((seed >> 8 & 3) ? 40 : 2000) : len;
		seed = seed * 1103515245 + 12345;
		if (piece > len - at)
			piece = len - at;
		feed(&stream, &sink, p + at, piece);
	}
	free(stream.buf);
	return sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink whole, cut;
	uint32_t seed;

	if (size < sizeof(seed) + 1)
		return 0;
	memcpy(&seed, data, sizeof(seed));
	data += sizeof(seed);
	size -= sizeof(seed);
	whole = run((const char *)data, size, 0);
	cut = run((const char *)data, size, seed | 1);
	/* Lines longer than the scanner carries are read only if they lie in one piece. */
	if (size <= SIP_STREAM_LINE_MAX && (whole.hash != cut.hash || whole.events != cut.events))
		abort();
	return 0;
}
