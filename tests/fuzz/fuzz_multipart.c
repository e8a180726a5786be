// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A body of several parts that can be taken apart is its parts and what stands around them; with
 * another content in one it is taken apart alike, but for that content, and with its own content
 * it is what it was. Parts of parts are tried as bodies of their own.
 *
 * The first line of the input is the Content-Type, what follows is the body.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sip/multipart.h"

#define CHECK(condition) check(condition, #condition, __LINE__)
#define MAX_DEPTH 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok, const char *condition, int line)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_multipart.c:%d: %s\n", line, condition);
	abort();
}

static bool lies_in(struct view inner, struct view outer)
{
	return inner.p >= outer.p && inner.p + inner.len <= outer.p + outer.len;
}

static bool is_same_text(struct view a, struct view b)
{
	return a.p == b.p && a.len == b.len;
}

static bool has_length(const struct sip_part *part)
{
	struct view value;

	return sip_part_header(part, VIEW_LIT("Content-Length"), &value) && value.len;
}

/* Owned by the caller, of exactly its size. */
static char *exact(struct view text)
{
	char *copy = malloc(text.len);

	CHECK(copy || !text.len);
	if (text.len)
		memcpy(copy, text.p, text.len);
	return copy;
}

static struct view written(struct sip_out *out)
{
	CHECK(sip_out_ok(out));
	return sip_out_text(out);
}

static void check_changed(struct view type, const struct sip_multipart *was, unsigned int number,
			  char *room, size_t cap)
{
	static const struct view sdp = VIEW_LIT("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n");
	struct sip_multipart is;
	const char *reason;
	struct sip_out out;
	struct view text;
	char *copy;

	sip_out_init(&out, room, cap);
	sip_multipart_write(&out, was, &was->parts[number], sdp);
	text = written(&out);
	copy = exact(text);
	CHECK(!sip_multipart_split(&is, type, (struct view){ copy, text.len }, &reason));
	CHECK(is.nparts == was->nparts);
	for (unsigned int i = 0; i < is.nparts; i++) {
		CHECK(view_eq(is.parts[i].content, i == number ? sdp : was->parts[i].content));
		if (i != number || !has_length(&was->parts[i]))
			CHECK(view_eq(is.parts[i].headers, was->parts[i].headers));
	}
	free(copy);
}

static void check_without(struct view type, const struct sip_multipart *was, unsigned int number,
			  char *room, size_t cap)
{
	struct sip_multipart is;
	const char *reason;
	struct sip_out out;

	sip_out_init(&out, room, cap);
	sip_multipart_write_without(&out, was, &was->parts[number]);
	CHECK(out.len == was->body.len - was->parts[number].whole.len);
	if (was->nparts == 1)
		return;
	CHECK(!sip_multipart_split(&is, type, written(&out), &reason));
	CHECK(is.nparts == was->nparts - 1);
	for (unsigned int i = 0; i < is.nparts; i++)
		CHECK(view_eq(is.parts[i].whole, was->parts[i + (i >= number)].whole));
}

static void check_same(const struct sip_multipart *was, unsigned int number, char *room, size_t cap)
{
	const struct sip_part *part = &was->parts[number];
	struct sip_out out;

	if (has_length(part))
		return;
	sip_out_init(&out, room, cap);
	sip_multipart_write(&out, was, part, part->content);
	CHECK(view_eq(written(&out), was->body));
}

static void check_part(const struct sip_multipart *multipart, unsigned int number)
{
	const struct sip_part *part = &multipart->parts[number];
	struct view value;

	CHECK(lies_in(part->whole, multipart->body));
	CHECK(lies_in(part->headers, part->whole) && lies_in(part->content, part->whole));
	CHECK(part->headers.p + part->headers.len + 2 == part->content.p);
	if (number)
		CHECK(part->whole.p == part[-1].whole.p + part[-1].whole.len);
	if (sip_part_header(part, VIEW_LIT("Content-Type"), &value))
		CHECK(lies_in(value, part->headers));
}

static void try_body(struct view type, struct view body, unsigned int depth)
{
	size_t cap = body.len + 64;
	struct sip_multipart multipart;
	const char *reason;
	char *room;

	if (sip_multipart_split(&multipart, type, body, &reason)) {
		CHECK(reason && !strpbrk(reason, "\"\\\r\n"));
		return;
	}
	CHECK(!reason && multipart.nparts && multipart.nparts <= SIP_MAX_PARTS);
	CHECK(is_same_text(multipart.body, body));
	room = malloc(cap);
	CHECK(room);
	for (unsigned int i = 0; i < multipart.nparts; i++) {
		struct view inner;

		check_part(&multipart, i);
		check_same(&multipart, i, room, cap);
		check_changed(type, &multipart, i, room, cap);
		check_without(type, &multipart, i, room, cap);
		if (depth < MAX_DEPTH &&
		    sip_part_header(&multipart.parts[i], VIEW_LIT("Content-Type"), &inner) &&
		    sip_is_multipart(inner))
			try_body(inner, multipart.parts[i].content, depth + 1);
	}
	free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view all = { (const char *)data, size }, type = all, body;
	const char *end = size ? memchr(data, '\n', size) : NULL;
	char *type_copy, *body_copy;

	if (!end || size > 65535)
		return 0;
	type.len = (size_t)(end - type.p);
	body = (struct view){ end + 1, size - type.len - 1 };
	type_copy = exact(type);
	body_copy = exact(body);
	try_body((struct view){ type_copy, type.len }, (struct view){ body_copy, body.len }, 0);
	free(type_copy);
	free(body_copy);
	return 0;
}
