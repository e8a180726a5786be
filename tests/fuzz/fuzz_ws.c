// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A WebSocket's request and frames: the input is a seed for cuts, and what a client sends. However
 * it is cut, the same request is answered and the same messages come. What follows a request that
 * was refused is taken for frames all the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "transport/ws_frames.h"
#include "transport/ws_handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *origins[] = { (char[]){ "https://a" } };
static const struct tp_ws_policy strict = {
	.path = (char[]){ "/sip" },
	.origins = origins,
	.norigins = 1,
};

/* The messages that have come out, as a hash. */
struct sink {
	uint64_t hash;
	unsigned int count;
};

static void note(struct sink *sink, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sink->hash = (sink->hash ^ (uint8_t)p[i]) * UINT64_C(0x100000001b3);
}

static void on_message(void *arg, char *buf, size_t len)
{
	struct sink *sink = arg;

	if (!len || len > TP_MAX_MESSAGE)
		abort();
	sink->count++;
	note(sink, buf, len);
	buf[len] = 'X'; /* the spare one */
}

static int on_write(void *arg, const void *octets, size_t len)
{
	(void)arg;
	if (!len || !octets)
		abort();
	return 0;
}

/* A request that is not whole is never answered; one that is, is the same with more behind. */
static size_t check_request(const struct tp_ws_policy *policy, const char *p, size_t len)
{
	struct ws_answer answer, more;
	enum ws_result result;
	char *copy;

	result = ws_handshake(policy, p, len, &answer);
	if (result == WS_MORE)
		return len;
	if (answer.len > sizeof(answer.text) || answer.taken > len || !answer.status ||
	    (result == WS_OPEN) != (answer.status == 101))
		abort();
	copy = malloc(answer.taken ? answer.taken : 1);
	if (!copy)
		abort();
	memcpy(copy, p, answer.taken);
	if (answer.taken && (ws_handshake(policy, copy, answer.taken, &more) != result ||
			     strcmp(more.text, answer.text) ||
			     ws_handshake(policy, copy, answer.taken - 1, &more) != WS_MORE))
		abort();
	free(copy);
	return answer.taken;
}

/* In pieces as @seed says; 0: at once. */
static struct sink run(const char *p, size_t len, uint32_t seed)
{
	static const struct ws_frames_ops ops = { .message = on_message, .write = on_write };
	struct sink sink = { 0 };
	struct ws_frames *frames = ws_frames_alloc(&ops, &sink);
	int err = 0;

	if (!frames)
		abort();
	while (len && !err) {
		size_t piece = seed ? 1 + (seed >> 16) % 64 : len;
		char *copy;

		seed = seed ? seed * 1103515245 + 12345 : 0;
		if (piece > len)
			piece = len;
		copy = malloc(piece);
		if (!copy)
			abort();
		memcpy(copy, p, piece);
		err = ws_frames_feed(frames, copy, piece);
		free(copy);
		p += piece;
		len -= piece;
	}
	if (!err && ws_frames_send(frames, "\xff", 1))
		abort();
	ws_frames_close(frames, 1001);
	ws_frames_free(frames);
	return sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink whole, cut;
	const char *p;
	uint32_t seed;
	size_t taken;

	if (size < sizeof(seed) + 1)
		return 0;
	memcpy(&seed, data, sizeof(seed));
	p = (const char *)data + sizeof(seed);
	size -= sizeof(seed);
	taken = check_request(NULL, p, size);
	if (check_request(&strict, p, size) != taken)
		abort();
	if (taken == size)
		taken = 0;
	whole = run(p + taken, size - taken, 0);
	cut = run(p + taken, size - taken, seed | 1);
	if (whole.hash != cut.hash || whole.count != cut.count)
		abort();
	return 0;
}
