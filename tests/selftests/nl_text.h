/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages as text, for tests:
 *
 *	session{id=7 endpoint{id=1 laddr=127.0.0.1 lport=30000 forward{to=2}}}
 *
 * Answers are rendered in the order of nl_spec.h, without what changes by itself (ages and
 * idle times). OCTETS and KEY are hexadecimal digits. "!" behind a name in a request says that the
 * attribute is required; the request can then be spoilt attribute by attribute.
 */
#ifndef NL_TEXT_H
#define NL_TEXT_H

#include <arpa/inet.h>
#include <inttypes.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl_spec.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* --- requests ------------------------------------------------------------------------------ */

struct node {
	const struct spec *spec;
	int depth;
	bool required;
	unsigned char data[80];
	int size;
};

struct request {
	int n;
	struct node nodes[4096];
};

/* How one attribute of a request is spoilt. */
enum spoil {
	SPOIL_NOTHING,
	SPOIL_DROP, /* left out, with all in it */
	SPOIL_SHORT, /* an octet less, of a string its end, or a nest of 2 octets */
	SPOIL_LONG, /* an octet more */
	SPOIL_NESTED, /* the flag NLA_F_NESTED is the other way round */
	SPOIL_UNKNOWN, /* a type beyond the last known one is put into the nest */
	SPOIL_EXTRA, /* the attribute "extra" is put into the nest */
};

struct mutation {
	enum spoil spoil;
	int node; /* -1: the top level */
	const struct spec *extra;
	uint32_t offset; /* result: where the spoilt attribute stands */
	uint32_t parent; /* result: where the nest around it stands, 0: the top level */
};

static int read_octets(const char *word, unsigned char *data)
{
	int size = strlen(word) / 2;

	for (int i = 0; i < size; i++)
		if (sscanf(word + 2 * i, "%2hhx", &data[i]) != 1)
			abort();
	return size;
}

static void read_value(struct node *node, const char **text)
{
	enum kind kind = node->spec->kind;
	size_t len = strcspn(*text, " {}");
	char word[2 * sizeof(node->data)];
	uint64_t number;
	uint16_t port;

	if (len >= sizeof(word))
		abort();
	memcpy(word, *text, len);
	word[len] = '\0';
	*text += len;
	node->size = kind_size[kind];
	number = strtoull(word, NULL, 0);
	port = htons(number);
	if (kind == IP4 || kind == IP6) {
		if (inet_pton(kind == IP4 ? AF_INET : AF_INET6, word, node->data) != 1)
			abort();
	} else if (kind == OCTETS || kind == KEY) {
		node->size = read_octets(word, node->data);
	} else if (kind == STRING) {
		node->size = snprintf((char *)node->data, sizeof(node->data), "%s", word) + 1;
	} else {
		memcpy(node->data, kind == BE16 ? (void *)&port : (void *)&number, node->size);
	}
}

/* A mistake in a test's text aborts the program. */
static const char *read_level(struct request *request, const char *text, const struct spec *level,
			      int depth)
{
	while (*text && *text != '}') {
		struct node *node = &request->nodes[request->n++];
		size_t len = strcspn(text, "!={} ");

		if (*text == ' ') {
			request->n--;
			text++;
			continue;
		}
		for (node->spec = level; node->spec->name; node->spec++)
			if (strlen(node->spec->name) == len && !memcmp(node->spec->name, text, len))
				break;
		if (!node->spec->name || request->n == ARRAY_SIZE(request->nodes)) {
			fprintf(stderr, "no attribute: %s\n", text);
			abort();
		}
		text += len;
		node->depth = depth;
		node->required = *text == '!';
		text += node->required;
		if (*text == '=') {
			text++;
			read_value(node, &text);
		} else if (*text == '{') {
			text = read_level(request, text + 1, node->spec->nest, depth + 1);
			text++;
		}
	}
	return text;
}

static void request_read(struct request *request, const char *text)
{
	memset(request, 0, sizeof(*request));
	read_level(request, text, top_spec, 0);
}

static uint32_t offset_of(struct nl_msg *msg, const void *attr)
{
	return (const char *)attr - (const char *)nlmsg_hdr(msg);
}

static struct nlattr *last_attr(struct nl_msg *msg, int size)
{
	return (void *)((char *)nlmsg_tail(nlmsg_hdr(msg)) - nla_total_size(size));
}

static void put_extra(struct nl_msg *msg, const struct spec *level, struct mutation *mutation)
{
	static const unsigned char zero[16];
	const struct spec *extra = mutation->extra;
	int type = extra ? extra->type : spec_max(level) + 1;
	int size = extra ? kind_size[extra->kind] : 4;

	if (extra && extra->kind == NEST)
		type |= NLA_F_NESTED;
	nla_put(msg, type, size, zero);
	mutation->offset = offset_of(msg, last_attr(msg, size));
}

static void put_scalar(struct nl_msg *msg, const struct node *node, enum spoil spoil)
{
	int size = node->size + (spoil == SPOIL_LONG) - (spoil == SPOIL_SHORT && node->size);

	nla_put(msg, node->spec->type | (spoil == SPOIL_NESTED ? NLA_F_NESTED : 0), size,
		node->data);
}

/* Puts the nodes of one level from @i on; returns the first that is not of it. */
static int put_level(struct nl_msg *msg, const struct request *request, int i, int depth,
		     struct mutation *mutation, uint32_t parent)
{
	while (i < request->n && request->nodes[i].depth == depth) {
		const struct node *node = &request->nodes[i];
		bool hit = mutation->node == i;
		enum spoil spoil = hit ? mutation->spoil : SPOIL_NOTHING;
		uint32_t offset = offset_of(msg, nlmsg_tail(nlmsg_hdr(msg)));
		struct nlattr *nest;

		if (hit) {
			mutation->offset = offset;
			mutation->parent = parent;
		}
		i++;
		if (spoil == SPOIL_DROP || (spoil == SPOIL_SHORT && node->spec->kind == NEST)) {
			if (spoil == SPOIL_SHORT)
				nla_put(msg, node->spec->type | NLA_F_NESTED, 2, "\0\0");
			while (i < request->n && request->nodes[i].depth > depth)
				i++;
			continue;
		}
		if (node->spec->kind != NEST) {
			put_scalar(msg, node, spoil);
			continue;
		}
		nest = nla_nest_start(msg, node->spec->type);
		i = put_level(msg, request, i, depth + 1, mutation, offset);
		if (spoil == SPOIL_UNKNOWN || spoil == SPOIL_EXTRA)
			put_extra(msg, node->spec->nest, mutation);
		nla_nest_end_keep_empty(msg, nest);
		nest->nla_type = node->spec->type | (spoil == SPOIL_NESTED ? 0 : NLA_F_NESTED);
	}
	return i;
}

/* --- answers --------------------------------------------------------------------------- */

static void render_value(FILE *out, const struct spec *spec, const struct nlattr *attr)
{
	char addr[INET6_ADDRSTRLEN];

	if (nla_len(attr) != kind_size[spec->kind] && spec->kind != STRING &&
	    spec->kind != OCTETS) {
		fprintf(out, "=WRONG-LENGTH-%d", nla_len(attr));
		return;
	}
	switch (spec->kind) {
	case U8:
		fprintf(out, "=%u", nla_get_u8(attr));
		break;
	case U16:
		fprintf(out, "=%u", nla_get_u16(attr));
		break;
	case BE16:
		fprintf(out, "=%u", ntohs(nla_get_u16(attr)));
		break;
	case U32:
		fprintf(out, "=%" PRIu32, nla_get_u32(attr));
		break;
	case S32:
		fprintf(out, "=%" PRId32, (int32_t)nla_get_u32(attr));
		break;
	case IP4:
	case IP6:
		inet_ntop(spec->kind == IP4 ? AF_INET : AF_INET6, nla_data(attr), addr,
			  sizeof(addr));
		fprintf(out, "=%s", addr);
		break;
	case OCTETS:
	case KEY:
		fputc('=', out);
		for (int i = 0; i < nla_len(attr); i++)
			fprintf(out, "%02x", ((unsigned char *)nla_data(attr))[i]);
		break;
	case U64:
		fprintf(out, "=%" PRIu64, nla_get_u64(attr));
		break;
	case S64:
		fprintf(out, "=%" PRId64, (int64_t)nla_get_u64(attr));
		break;
	case STRING:
		fprintf(out, "=%.*s", (int)strnlen(nla_data(attr), nla_len(attr)),
			(char *)nla_data(attr));
		break;
	default:
		break;
	}
}

static void render_level(FILE *out, const struct spec *level, const struct nlattr *head, int len)
{
	const struct nlattr *attr;
	const char *blank = "";
	int rem;

	for (const struct spec *spec = level; spec->name; spec++) {
		nla_for_each_attr(attr, (struct nlattr *)head, len, rem) {
			if (nla_type(attr) != spec->type || (spec->flags & VARIES))
				continue;
			fprintf(out, "%s%s", blank, spec->name);
			blank = " ";
			if (spec->kind != NEST) {
				render_value(out, spec, attr);
				continue;
			}
			fputc('{', out);
			render_level(out, spec->nest, nla_data(attr), nla_len(attr));
			fputc('}', out);
		}
	}
}

/* Appends a message's attributes to @body. */
static void render(struct nlmsghdr *nlh, char *body, size_t size)
{
	size_t used = strlen(body);
	FILE *out = fmemopen(body + used, size - used, "w");
	struct genlmsghdr *genl = nlmsg_data(nlh);

	if (!out)
		return;
	if (used)
		fputc(' ', out);
	render_level(out, top_spec, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0));
	fclose(out);
}

#endif /* NL_TEXT_H */
