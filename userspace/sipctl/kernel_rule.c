// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel rule": what becomes of messages that look in a certain way. */
#include "sipctl/kernel_rule.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/listing.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"
#include "sipctl/sip_names.h"
#include "sipctl/sip_parse.h"

/* --- the words of "kernel rule add" -------------------------------------------------------- */

static int read_methods(void *object, const char *value)
{
	struct sf_rule *rule = object;

	return parse_set(value, kind_names, SIPFAST_SIP_OTHER, SIPFAST_SIP_PUBLISH, &rule->methods);
}

static int read_classes(void *object, const char *value)
{
	struct sf_rule *rule = object;
	uint32_t set;

	if (parse_set(value, class_names, SIPFAST_CLASS_UNKNOWN, SIPFAST_CLASS_TRUSTED, &set))
		return -EINVAL;
	rule->classes = set;
	return 0;
}

static int read_pattern(char *pattern, const char *value)
{
	if (!*value || strlen(value) > SIPFAST_MAX_PATTERN)
		return -EINVAL;
	strcpy(pattern, value);
	return 0;
}

static int read_user_agent(void *object, const char *value)
{
	struct sf_rule *rule = object;

	return read_pattern(rule->user_agent, value);
}

static int read_user(void *object, const char *value)
{
	struct sf_rule *rule = object;

	return read_pattern(rule->uri_user, value);
}

static int read_size(void *object, const char *value)
{
	struct sf_rule *rule = object;
	uint64_t size;

	if (parse_number(value, 1, UINT32_MAX, &size))
		return -EINVAL;
	rule->size_min = size;
	return 0;
}

static const struct keyword keywords[] = {
	{ "method", "methods such as INVITE,REGISTER, or other", kind_names + SIPFAST_SIP_OTHER,
	  read_methods },
	{ "class", "unknown, registered or trusted, or several as in unknown,registered",
	  class_names, read_classes },
	{ "user-agent", "a pattern of 1 to 63 octets", NULL, read_user_agent },
	{ "user", "a pattern of 1 to 63 octets", NULL, read_user },
	{ "size", "a number of octets", NULL, read_size },
	{ .name = NULL },
};

int rule_parse(struct sf_rule *rule, int argc, char **argv, struct why *why)
{
	int action = name_find(action_names, argv[1]);
	uint64_t id;

	*rule = (struct sf_rule){ 0 };
	why->where = "rule";
	if (parse_number(argv[0], 1, UINT32_MAX, &id))
		return why_fail(why, "bad ID", argv[0], "give a number from 1 up");
	if (action < 0)
		return why_fail(why, "bad action", argv[1], "give count, log, drop or ban");
	rule->id = id;
	rule->action = action;
	return words_read(keywords, rule, argc - 2, argv + 2, why);
}

int kernel_rule_add(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;
	struct sf_rule rule;
	struct why why;
	int err, code;

	if (rule_parse(&rule, argc, argv, &why))
		return ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = sf_rule_add(client, &rule);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, NULL);
	else if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:I}", "id", (json_int_t)rule.id));
	sf_close(client);
	return code;
}

int kernel_rule_del(struct ctl *ctl, int argc, char **argv)
{
	json_t *deleted = json_array();
	struct sf_client *client;
	int code = CTL_OK;
	uint64_t id;

	for (int i = 0; i < argc && !code; i++)
		if (parse_number(argv[i], 1, UINT32_MAX, &id))
			code = ctl_fail(ctl, CTL_USAGE,
					"bad ID \"%s\", rule, give a number from 1 up", argv[i]);
	if (!code)
		code = ctl_kernel_open(ctl, &client);
	if (code) {
		json_decref(deleted);
		return code;
	}
	for (int i = 0; i < argc; i++) {
		int err, one = CTL_OK;

		parse_number(argv[i], 1, UINT32_MAX, &id);
		err = sf_rule_del(client, id);
		if (err)
			one = ctl_kernel_fail(ctl, client, err, NULL);
		else
			json_array_append_new(deleted, json_integer(id));
		code = code ? code : one;
	}
	sf_close(client);
	if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:O}", "deleted", deleted));
	json_decref(deleted);
	return code;
}

/* --- the list ------------------------------------------------------------------------------ */

const char *const rule_heads[] = {
	">RULE", "ACTION", "METHOD", "CLASS", "USER-AGENT", "USER", ">SIZE", ">HITS", NULL,
};

/* What the kernel takes when nothing is said. */
static uint32_t classes_of(const struct sf_rule *rule)
{
	return rule->classes ? rule->classes : 1u << SIPFAST_CLASS_UNKNOWN;
}

void rule_row(const struct sf_rule *rule, struct table *table)
{
	table_cell(table, "%" PRIu32, rule->id);
	table_cell(table, "%s", name_of(action_names, rule->action));
	table_take(table, name_set(kind_names, rule->methods));
	table_take(table, name_set(class_names, classes_of(rule)));
	table_cell(table, "%s", rule->user_agent);
	table_cell(table, "%s", rule->uri_user);
	if (rule->size_min)
		table_cell(table, "%" PRIu32, rule->size_min);
	else
		table_cell(table, "-");
	table_cell(table, "%" PRIu64, rule->hits);
}

static json_t *set_json(const char *const *names, uint32_t set)
{
	json_t *array = json_array();

	for (unsigned int i = 0; names[i]; i++)
		if (set & 1u << i)
			json_array_append_new(array, json_string(names[i]));
	return array;
}

json_t *rule_json(const struct sf_rule *rule)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(rule->id));
	json_object_set_new(object, "action", json_string(name_of(action_names, rule->action)));
	json_object_set_new(object, "methods",
			    rule->methods ? set_json(kind_names, rule->methods) : json_null());
	json_object_set_new(object, "classes", set_json(class_names, classes_of(rule)));
	json_object_set_new(object, "user_agent",
			    *rule->user_agent ? ctl_json_text(strdup(rule->user_agent)) :
						json_null());
	json_object_set_new(object, "user",
			    *rule->uri_user ? ctl_json_text(strdup(rule->uri_user)) : json_null());
	json_object_set_new(object, "size",
			    rule->size_min ? json_integer(rule->size_min) : json_null());
	json_object_set_new(object, "hits", json_integer(rule->hits));
	return object;
}

static int list_one(const struct sf_rule *rule, void *arg)
{
	struct listing *listing = arg;

	if (listing->ctl->json)
		json_array_append_new(listing->array, rule_json(rule));
	else
		rule_row(rule, &listing->table);
	return 0;
}

static int dump(struct sf_client *client, struct listing *listing)
{
	return sf_rule_dump(client, list_one, listing);
}

int kernel_rule_list(struct ctl *ctl, int argc, char **argv)
{
	struct listing listing = { .name = "rules", .heads = rule_heads, .dump = dump };

	(void)argc;
	(void)argv;
	return listing_print(ctl, &listing);
}

/* --- completion ---------------------------------------------------------------------------- */

static int complete_id(const struct sf_rule *rule, void *arg)
{
	(void)arg;
	printf("%" PRIu32 "\n", rule->id);
	return 0;
}

void kernel_rule_complete_del(struct ctl *ctl, int argc, char **argv)
{
	struct sf_client *client;

	(void)ctl;
	(void)argc;
	(void)argv;
	if (sf_open(&client))
		return;
	sf_rule_dump(client, complete_id, NULL);
	sf_close(client);
}

void kernel_rule_complete_add(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	for (int i = 0; argc == 1 && action_names[i]; i++)
		puts(action_names[i]);
	if (argc > 1)
		words_complete(keywords, argc - 2, argv + 2);
}
