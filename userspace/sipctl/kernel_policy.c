// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel policy": what the classes of sources may do. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/kernel_rule.h"
#include "sipctl/names.h"
#include "sipctl/policy_words.h"
#include "sipctl/sip_names.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

static void add_limit(struct table *table, const struct sf_limit *limit)
{
	if (limit->rate)
		table_cell(table, "%" PRIu32 "/s burst %" PRIu32, limit->rate, limit->burst);
	else
		table_cell(table, "off");
}

static bool has_limit(const struct sf_policy *policy, unsigned int scope, unsigned int group)
{
	for (unsigned int class = 0; class < SF_LIMITED_CLASSES; class ++)
		if (policy->limits[scope][class][group].rate)
			return true;
	return false;
}

static void print_limits(const struct ctl *ctl, const struct sf_policy *policy)
{
	static const char *const heads[] = { "SCOPE",	   "GROUP",   "UNKNOWN",
					     "REGISTERED", "TRUSTED", NULL };
	struct table table;

	table_init(&table, heads);
	for (unsigned int scope = 0; scope <= SIPFAST_SCOPE_MAX; scope++) {
		for (unsigned int group = 0; group <= SIPFAST_GROUP_MAX; group++) {
			if (!ctl->all && !has_limit(policy, scope, group))
				continue;
			table_cell(&table, "%s", name_of(scope_names, scope));
			table_cell(&table, "%s", name_of(group_names, group));
			for (unsigned int class = 0; class < SF_LIMITED_CLASSES; class ++)
				add_limit(&table, &policy->limits[scope][class][group]);
		}
	}
	table_print(&table, stdout);
	table_clean(&table);
}

static json_t *limits_json(const struct sf_policy *policy)
{
	json_t *limits = json_array();

	for (unsigned int scope = 0; scope <= SIPFAST_SCOPE_MAX; scope++) {
		for (unsigned int class = 0; class < SF_LIMITED_CLASSES; class ++) {
			for (unsigned int group = 0; group <= SIPFAST_GROUP_MAX; group++) {
				const struct sf_limit *limit = &policy->limits[scope][class][group];

				json_array_append_new(limits,
						      json_pack("{s:s, s:s, s:s, s:I, s:I}",
								"class", class_names[class],
								"scope", scope_names[scope],
								"group", group_names[group], "rate",
								(json_int_t)limit->rate, "burst",
								(json_int_t)limit->burst));
			}
		}
	}
	return limits;
}

/* The policy with its rules, as a table and as JSON. */
struct state {
	struct sf_policy policy;
	struct table rules;
	json_t *rules_json;
};

static int add_rule(const struct sf_rule *rule, void *arg)
{
	struct state *state = arg;

	rule_row(rule, &state->rules);
	json_array_append_new(state->rules_json, rule_json(rule));
	return 0;
}

static void print_state(struct ctl *ctl, const struct state *state)
{
	json_t *document;

	if (ctl->json) {
		document = json_pack("{s:o, s:O}", "limits", limits_json(&state->policy), "rules",
				     state->rules_json);
		policy_set_json(document, &state->policy);
		ctl_print_json(ctl, document);
		return;
	}
	print_limits(ctl, &state->policy);
	putchar('\n');
	policy_print_settings(&state->policy);
	if (!json_array_size(state->rules_json))
		return;
	putchar('\n');
	table_print(&state->rules, stdout);
}

int kernel_policy_show(struct ctl *ctl, int argc, char **argv)
{
	struct state state = { .rules_json = json_array() };
	struct sf_client *client;
	int err, code = CTL_OK;

	table_init(&state.rules, rule_heads);
	if (argc && strcmp(argv[0], "show"))
		code = ctl_usage(ctl, "unknown word");
	if (!code)
		code = ctl_kernel_open(ctl, &client);
	if (!code) {
		err = sf_policy_get(client, &state.policy);
		if (!err)
			err = sf_rule_dump(client, add_rule, &state);
		if (err)
			code = ctl_kernel_fail(ctl, client, err, "policy");
		else
			print_state(ctl, &state);
		sf_close(client);
	}
	table_clean(&state.rules);
	json_decref(state.rules_json);
	return code;
}

int kernel_policy_set(struct ctl *ctl, int argc, char **argv)
{
	struct sf_policy policy;
	struct sf_client *client;
	struct why why;
	int err, code;

	if (policy_parse(&policy, argc, argv, &why))
		return ctl_fail(ctl, CTL_USAGE, "%s", why.text);
	code = ctl_kernel_open(ctl, &client);
	if (code)
		return code;
	err = sf_policy_set(client, &policy);
	if (err)
		code = ctl_kernel_fail(ctl, client, err, NULL);
	else if (ctl->json)
		ctl_print_json(ctl, json_object());
	sf_close(client);
	return code;
}

void kernel_policy_complete(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argv;
	if (!argc)
		puts("show\nset");
}

void kernel_policy_complete_set(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	policy_complete(argc, argv);
}
