/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests spoilt attribute by attribute: each is refused with the documented error, with a
 * sentence, pointing at the attribute, and with nothing changed. Included behind the requests,
 * bases[], and prepare(), which makes what they need; the tests are in SPOIL_TESTS.
 */
#ifndef NL_SPOIL_H
#define NL_SPOIL_H

#include "nl_lib.h"

static const char *node_name(const struct request *request, int node)
{
	return node < 0 ? "the top level" : request->nodes[node].spec->name;
}

/* An address may be missing as one of either family: it is told as one of IPv4. */
static int missing_type(const struct node *node)
{
	return node->spec->kind == IP6 ? node->spec[-1].type : node->spec->type;
}

/* Sends @base with @mutation and expects the documented refusal, pointing at the attribute. */
static void expect_spoilt(const struct base *base, const struct request *request,
			  struct mutation *mutation, int err, const char *how)
{
	const struct reply *reply =
		client_ask(&client, base->cmd, base->flags, base->text, mutation);
	const char *name = node_name(request, mutation->node);

	expect(reply->err == err, "command %d, %s %s: %d instead of %d (\"%s\")", base->cmd, name,
	       how, reply->err, err, reply->text);
	if (!reply->err)
		return;
	expect(reply->text[0], "command %d, %s %s: no sentence", base->cmd, name, how);
	if (mutation->spoil == SPOIL_DROP) {
		int type = missing_type(&request->nodes[mutation->node]);
		bool missing = (int)reply->missing == type && reply->nest == mutation->parent;

		expect(missing || (mutation->parent && reply->offset == mutation->parent),
		       "command %d, %s %s: points at %u, missing %u in %u, want %d in %u (\"%s\")",
		       base->cmd, name, how, reply->offset, reply->missing, reply->nest, type,
		       mutation->parent, reply->text);
	} else {
		expect(reply->offset == mutation->offset,
		       "command %d, %s %s: points at %u instead of %u (\"%s\")", base->cmd, name,
		       how, reply->offset, mutation->offset, reply->text);
	}
}

/*
 * Runs @spoil on each attribute of each command that @wanted picks. All in all nothing may have
 * changed.
 */
static void spoil_each(enum spoil spoil, const char *how, bool (*wanted)(const struct node *node),
		       int (*err)(const struct node *node))
{
	static struct request request;
	int spoilt = 0;
	char *before;

	prepare();
	before = everything();
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		request_read(&request, bases[b].text);
		for (int i = 0; i < request.n; i++) {
			struct mutation mutation = { spoil, i, NULL, 0, 0 };

			if (!wanted(&request.nodes[i]))
				continue;
			expect_spoilt(&bases[b], &request, &mutation, err(&request.nodes[i]), how);
			spoilt++;
		}
		expect_nothing_changed(&before, bases[b].text);
	}
	expect(spoilt > 5, "only %d attributes were spoilt", spoilt);
	free(before);
}

static bool any(const struct node *node)
{
	(void)node;
	return true;
}

static bool required(const struct node *node)
{
	return node->required;
}

static bool not_flag(const struct node *node)
{
	return node->spec->kind != FLAG;
}

/* A string may end early. */
static bool can_be_too_long(const struct node *node)
{
	return node->spec->kind != NEST && node->spec->kind != STRING;
}

static int invalid(const struct node *node)
{
	(void)node;
	return -EINVAL;
}

/* The kernel's own checks of lengths: a number or a string is invalid, others out of range. */
static int wrong_length(const struct node *node)
{
	switch (node->spec->kind) {
	case FLAG:
	case NEST:
	case IP6:
	case KEY:
		return -ERANGE;
	default:
		return -EINVAL;
	}
}

static void a_missing_attribute_is_refused(void)
{
	spoil_each(SPOIL_DROP, "missing", required, invalid);
}

static void a_short_attribute_is_refused(void)
{
	spoil_each(SPOIL_SHORT, "too short", not_flag, wrong_length);
}

static void a_long_attribute_is_refused(void)
{
	spoil_each(SPOIL_LONG, "too long", can_be_too_long, wrong_length);
}

static void a_wrong_nesting_flag_is_refused(void)
{
	spoil_each(SPOIL_NESTED, "nested the other way", any, invalid);
}

/* Puts each attribute that @wanted picks of each level's specification into each nest. */
static void add_to_each_nest(bool unknown)
{
	static struct request request;
	char *before;

	prepare();
	before = everything();
	for (size_t b = 0; b < ARRAY_SIZE(bases); b++) {
		request_read(&request, bases[b].text);
		for (int i = -1; i < request.n; i++) {
			const struct spec *level = i < 0 ? top_spec : request.nodes[i].spec->nest;
			struct mutation mutation = { SPOIL_UNKNOWN, i, NULL, 0, 0 };

			if (level && unknown)
				expect_spoilt(&bases[b], &request, &mutation, -EINVAL,
					      "with an unknown attribute");
			for (; level && !unknown && level->name; level++) {
				mutation = (struct mutation){ SPOIL_EXTRA, i, level, 0, 0 };
				if (level->flags & RO)
					expect_spoilt(&bases[b], &request, &mutation, -EINVAL,
						      level->name);
			}
		}
	}
	expect_nothing_changed(&before, "read-only or unknown attributes");
	free(before);
}

static void an_unknown_attribute_is_refused(void)
{
	add_to_each_nest(true);
}

static void a_read_only_attribute_is_refused(void)
{
	add_to_each_nest(false);
}

#define SPOIL_TESTS                                                                       \
	TEST(a_missing_attribute_is_refused), TEST(a_short_attribute_is_refused),         \
		TEST(a_long_attribute_is_refused), TEST(a_wrong_nesting_flag_is_refused), \
		TEST(an_unknown_attribute_is_refused), TEST(a_read_only_attribute_is_refused)

/* --- requests that are well-formed and wrong ----------------------------------------------- */

/* Each is refused as expected, and then changes nothing, or done. */
static void expect_each(const struct expected *refusals, size_t n)
{
	char *before;

	prepare();
	before = everything();
	for (size_t i = 0; i < n; i++) {
		const struct expected *r = &refusals[i];
		const struct reply *reply = client_do(&client, r->cmd, r->text);

		expect(reply->err == r->err, "command %d, %s: %d instead of %d (\"%s\")", r->cmd,
		       r->text, reply->err, r->err, reply->text);
		expect(!r->err || !reply->err || reply->text[0], "command %d, %s: no sentence",
		       r->cmd, r->text);
		if (r->err) {
			expect_nothing_changed(&before, r->text);
		} else {
			free(before);
			before = everything();
		}
	}
	free(before);
}

#endif /* NL_SPOIL_H */
