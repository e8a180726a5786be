// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"
#include "sipctl/sip_names.h"
#include "sipctl/text.h"

/* --- lists --------------------------------------------------------------------------------- */

const char *const source_heads[] = { "CLASS",	 "SOURCE", ">AGE",   ">EXPIRES",
				     ">PACKETS", "BY",	   "REASON", NULL };
const char *const ban_heads[] = { "SOURCE", ">AGE", ">EXPIRES", ">PACKETS", "BY", "REASON", NULL };

static unsigned int bits_of(const struct sf_source *source)
{
	if (source->has_prefix && !source->addr.port)
		return source->prefix;
	return source->addr.family == AF_INET ? 32 : 128;
}

bool source_overlaps(const struct sf_source *a, const struct sf_source *b)
{
	unsigned int bits = bits_of(a) < bits_of(b) ? bits_of(a) : bits_of(b);
	const unsigned char *x = (const void *)&a->addr.v6, *y = (const void *)&b->addr.v6;

	if (a->addr.family != b->addr.family)
		return false;
	if (a->addr.port && b->addr.port && a->addr.port != b->addr.port)
		return false;
	if (memcmp(x, y, bits / 8))
		return false;
	return !(bits % 8) || !((x[bits / 8] ^ y[bits / 8]) >> (8 - bits % 8));
}

json_t *source_json(const struct sf_source *source)
{
	json_t *object = json_object();
	unsigned int port = ntohs(source->addr.port);

	json_object_set_new(object, "source", ctl_json_text(name_source(source)));
	json_object_set_new(object, "address", ctl_json_text(name_host(&source->addr)));
	json_object_set_new(object, "prefix", json_integer(bits_of(source)));
	json_object_set_new(object, "port", port ? json_integer(port) : json_null());
	json_object_set_new(object, "class", json_string(name_of(class_names, source->class)));
	json_object_set_new(object, "age_ms", json_integer(source->age_ms));
	json_object_set_new(object, "expires_ms",
			    source->expires_ms ? json_integer(source->expires_ms) : json_null());
	json_object_set_new(object, "packets", json_integer(source->packets));
	json_object_set_new(object, "by", json_string(name_maker(source)));
	json_object_set_new(object, "reason", ctl_json_text(strdup(name_reason(source))));
	return object;
}

static void add_row(struct listing *listing, const struct sf_source *source)
{
	struct table *table = &listing->table;

	if (listing->heads == source_heads)
		table_cell(table, "%s", name_of(class_names, source->class));
	table_take(table, name_source(source));
	table_take(table, text_duration(source->age_ms));
	table_take(table,
		   source->expires_ms ? text_duration(source->expires_ms) : text_format("never"));
	table_cell(table, "%" PRIu64, source->packets);
	table_cell(table, "%s", name_maker(source));
	table_cell(table, "%s", name_reason(source));
}

static int list_one(const struct sf_source *source, void *arg)
{
	struct listing *listing = arg;
	const struct source_filter *filter = listing->filter;

	if (filter->within.addr.family && !source_overlaps(source, &filter->within))
		return 0;
	if (listing->ctl->json)
		json_array_append_new(listing->array, source_json(source));
	else
		add_row(listing, source);
	return 0;
}

int source_dump(struct sf_client *client, struct listing *listing)
{
	const struct source_filter *filter = listing->filter;

	return sf_source_dump(client, filter->class, list_one, listing);
}

static int complete_one(const struct sf_source *source, void *arg)
{
	char *name = name_source(source);

	(void)arg;
	puts(name);
	free(name);
	return 0;
}

void source_complete(enum sipfast_class class)
{
	struct sf_client *client;

	if (sf_open(&client))
		return;
	sf_source_dump(client, class, complete_one, NULL);
	sf_close(client);
}

/* --- changes ------------------------------------------------------------------------------- */

int source_read_for(void *object, const char *value)
{
	struct sf_source *source = object;
	uint64_t ms;

	if (parse_long_duration(value, 1ull << 43, &ms) || (!ms && strcmp(value, "never")))
		return -EINVAL;
	source->expires_ms = ms;
	return 0;
}

int source_read_reason(void *object, const char *value)
{
	struct sf_source *source = object;

	if (!*value || strlen(value) > SIPFAST_MAX_REASON)
		return -EINVAL;
	strcpy(source->reason, value);
	return 0;
}

static bool is_same(const struct sf_source *a, const struct sf_source *b)
{
	return sf_address_equal(&a->addr, &b->addr) && bits_of(a) == bits_of(b);
}

/*
 * What @source takes the place of, when it is of another class: the very source, or, as its one
 * host, a wider one. Of a prefix of hosts that are in several classes nothing is told.
 */
static bool find_replaced(struct sf_client *client, const struct sf_source *source,
			  struct sf_source *was)
{
	if (sf_source_get(client, &source->addr, was) || was->class == source->class)
		return false;
	return is_same(source, was) || bits_of(source) == (was->addr.family == AF_INET ? 32 : 128);
}

static void print_added(struct ctl *ctl, const struct sf_source *source,
			const struct sf_source *was)
{
	char *name = name_source(source), *other = was ? name_source(was) : NULL;

	if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:s, s:o}", "source", name, "was",
					      was ? source_json(was) : json_null()));
	else if (was)
		printf("%s was %s%s%s\n", name, name_of(class_names, was->class),
		       is_same(source, was) ? "" : " as part of ",
		       is_same(source, was) ? "" : other);
	free(other);
	free(name);
}

int source_add(struct ctl *ctl, const struct sf_source *source)
{
	struct sf_client *client;
	struct sf_source was;
	bool replaces;
	char *name;
	int err, code;

	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	replaces = find_replaced(client, source, &was);
	err = sf_source_add(client, source);
	if (err) {
		name = name_source(source);
		code = ctl_kernel_fail(ctl, client, err, name);
		free(name);
	} else {
		print_added(ctl, source, replaces ? &was : NULL);
	}
	sf_close(client);
	return code;
}

static int del_one(struct ctl *ctl, struct sf_client *client, const struct sf_source *source,
		   json_t *deleted)
{
	char *name = name_source(source);
	int err = sf_source_del(client, source);
	int code = CTL_OK;

	if (err)
		code = ctl_kernel_fail(ctl, client, err, name);
	else
		json_array_append_new(deleted, json_string(name));
	free(name);
	return code;
}

int source_del(struct ctl *ctl, enum sipfast_class class, int argc, char **argv)
{
	struct sf_source *sources = calloc(argc, sizeof(*sources));
	struct why why = { .where = ctl->command->path };
	json_t *deleted = json_array();
	struct sf_client *client;
	int code = CTL_OK;

	/* All or none of them is good: a slip of the pen deletes nothing. */
	for (int i = 0; i < argc && sources && !code; i++) {
		sources[i].class = class;
		if (parse_source(argv[i], &sources[i], &why))
			code = ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	}
	if (!sources)
		code = ctl_fail(ctl, CTL_FAILED, "out of memory, sources, try again");
	else if (!code)
		code = ctl_kernel_open(ctl, &client);
	if (!code) {
		for (int i = 0; i < argc; i++) {
			int one = del_one(ctl, client, &sources[i], deleted);

			code = code ? code : one;
		}
		sf_close(client);
		if (ctl->json)
			ctl_print_json(ctl, json_pack("{s:O}", "deleted", deleted));
	}
	json_decref(deleted);
	free(sources);
	return code;
}
