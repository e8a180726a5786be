// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl trunk": the configured peers, and sipd's registrations with them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

static bool is_enabled(const json_t *trunk)
{
	return json_is_true(json_object_get(trunk, "enabled"));
}

/* "enabled", "disabled", what became of our credentials, or what OPTIONS say. */
static const char *state_of(const json_t *trunk)
{
	const char *health = field_text(json_object_get(trunk, "health"), "state");

	if (!is_enabled(trunk))
		return "disabled";
	if (field_int(trunk, "held_ms") && strcmp(health, "down"))
		return "refused";
	return *health ? health : "enabled";
}

/* A time of @object, or "" when there is none. */
static char *duration(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? text_duration((uint64_t)json_integer_value(value)) :
					text_format("%s", "");
}

static void print_list(const json_t *trunks)
{
	static const char *const heads[] = { "TRUNK",	     "REALM",  "PEER",	   "CALLS",
					     "REGISTRATION", ">SINCE", ">EXPIRES", ">NEXT",
					     "ANSWER",	     NULL };
	struct table table;
	json_t *trunk;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(trunks, i, trunk) {
		const json_t *registration = json_object_get(trunk, "registration");

		table_cell(&table, "%s", field_text(trunk, "name"));
		table_cell(&table, "%s", field_text(trunk, "realm"));
		table_cell(&table, "%s", field_text(trunk, "peer"));
		table_cell(&table, "%s", state_of(trunk));
		table_cell(&table, "%s", field_text(registration, "state"));
		table_take(&table, duration(registration, "state_ms"));
		table_take(&table, duration(registration, "expires_ms"));
		table_take(&table, duration(registration, "next_ms"));
		table_cell(&table, "%s", field_text(registration, "answer"));
	}
	table_print(&table, stdout);
	table_clean(&table);
}

static void print_line(const char *label, const char *text)
{
	char *safe = text_escape(*text ? text : "-");

	printf("%-13s %s\n", label, safe);
	free(safe);
}

static void print_duration(const char *label, const json_t *object, const char *key)
{
	char *text = duration(object, key);

	print_line(label, text);
	free(text);
}

/* Refused ones, whom they were refused and for how long they are held back. */
static void print_held(const json_t *trunk)
{
	bool by_register = !strcmp(field_text(trunk, "held_by"), "register");
	char *left = duration(trunk, "held_ms");

	printf("%-13s refused %s; calls go without them for another %s\n", "credentials",
	       by_register ? "in a REGISTER" : "in a call", left);
	free(left);
}

static void print_registration(const json_t *registration)
{
	print_line("registration", field_text(registration, "state"));
	print_duration("  since", registration, "state_ms");
	print_line("  address", field_text(registration, "address"));
	print_duration("  expires in", registration, "expires_ms");
	print_line("  answer", field_text(registration, "answer"));
	printf("%-13s %lld\n", "  failures", field_int(registration, "failures"));
	print_duration("  next try in", registration, "next_ms");
	print_line("  Call-ID", field_text(registration, "call_id"));
	printf("%-13s %lld\n", "  CSeq", field_int(registration, "cseq"));
}

static void print_one(const json_t *trunk)
{
	const json_t *health = json_object_get(trunk, "health");
	const json_t *registration = json_object_get(trunk, "registration");

	print_line("trunk", field_text(trunk, "name"));
	print_line("realm", field_text(trunk, "realm"));
	print_line("peer", field_text(trunk, "peer"));
	print_line("calls", state_of(trunk));
	if (json_is_object(health)) {
		print_duration("  since", health, "state_ms");
		print_line("  answer", field_text(health, "answer"));
	}
	if (field_int(trunk, "held_ms"))
		print_held(trunk);
	if (json_is_object(registration))
		print_registration(registration);
	else
		print_line("registration", "none");
}

static int ask(struct ctl *ctl, const char *verb, const char *name, json_t **result)
{
	json_t *args = json_pack("{s:s}", "name", name);

	if (!args)
		return ctl_fail(ctl, CTL_USAGE, "the name is no text in UTF-8, correct it");
	return ctl_daemon(ctl, "trunk", verb, args, result);
}

int trunk_list(struct ctl *ctl, int argc, char **argv)
{
	json_t *result;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon(ctl, "trunk", "list", NULL, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	print_list(json_object_get(result, "trunks"));
	json_decref(result);
	return CTL_OK;
}

int trunk_show(struct ctl *ctl, int argc, char **argv)
{
	json_t *result;
	int code;

	(void)argc;
	code = ask(ctl, "show", argv[0], &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	print_one(result);
	json_decref(result);
	return CTL_OK;
}

static int change(struct ctl *ctl, const char *verb, const char *name)
{
	json_t *result;
	int code = ask(ctl, verb, name, &result);

	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	print_line(field_text(result, "name"), is_enabled(result) ? "enabled" : "disabled");
	json_decref(result);
	return CTL_OK;
}

int trunk_enable(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change(ctl, "enable", argv[0]);
}

int trunk_disable(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return change(ctl, "disable", argv[0]);
}

void trunk_complete(struct ctl *ctl, int argc, char **argv)
{
	struct ctl quiet = { .socket = ctl->socket };
	json_t *result, *trunk;
	size_t i;

	(void)argv;
	/* Nobody reads complaints while completing a word. */
	if (argc || !freopen("/dev/null", "w", stderr) ||
	    ctl_daemon(&quiet, "trunk", "list", NULL, &result))
		return;
	json_array_foreach(json_object_get(result, "trunks"), i, trunk)
		printf("%s\n", field_text(trunk, "name"));
	json_decref(result);
}
