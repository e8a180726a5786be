// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl reg": who is registered where. */
#include <stdio.h>
#include <stdlib.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/pages.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

/* Nothing leads there but a connection that has ended. */
static bool is_gone(const json_t *binding)
{
	return json_is_false(json_object_get(binding, "reachable"));
}

static void print_list(const json_t *registrations)
{
	static const char *const heads[] = { "USER", "CONTACT",	   "FLOW", ">EXPIRES",
					     ">Q",   "USER AGENT", NULL };
	struct table table;
	json_t *binding;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(registrations, i, binding) {
		table_cell(&table, "%s@%s", field_text(binding, "user"),
			   field_text(binding, "domain"));
		table_cell(&table, "%s", field_text(binding, "contact"));
		table_cell(&table, "%s%s", field_text(binding, "flow"),
			   is_gone(binding) ? " (gone)" : "");
		table_take(&table, text_duration(field_int(binding, "expires_ms")));
		table_cell(&table, "%g", json_number_value(json_object_get(binding, "q")));
		table_cell(&table, "%s", field_text(binding, "user_agent"));
	}
	table_print(&table, stdout);
	table_clean(&table);
}

static void print_line(const char *label, const char *text)
{
	char *safe = text_escape(*text ? text : "-");

	printf("%-11s %s\n", label, safe);
	free(safe);
}

static void print_one(const json_t *binding)
{
	char *expires = text_duration(field_int(binding, "expires_ms"));

	print_line("contact", field_text(binding, "contact"));
	print_line("  flow", field_text(binding, "flow"));
	if (is_gone(binding))
		print_line("", "the connection is gone: not called before it registers again");
	print_line("  expires", expires);
	printf("%-11s %g\n", "  q", json_number_value(json_object_get(binding, "q")));
	print_line("  path", field_text(binding, "path"));
	print_line("  instance", field_text(binding, "instance"));
	if (field_int(binding, "reg_id"))
		printf("%-11s %lld\n", "  reg-id", field_int(binding, "reg_id"));
	print_line("  agent", field_text(binding, "user_agent"));
	print_line("  Call-ID", field_text(binding, "call_id"));
	printf("%-11s %lld\n", "  CSeq", field_int(binding, "cseq"));
	free(expires);
}

int reg_list(struct ctl *ctl, int argc, char **argv)
{
	json_t *registrations;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon_pages(ctl, "reg", "registrations", &registrations);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, json_pack("{s:o}", "registrations", registrations));
		return CTL_OK;
	}
	print_list(registrations);
	json_decref(registrations);
	return CTL_OK;
}

/* Asks with @args, stolen. */
static int ask(struct ctl *ctl, const char *verb, json_t *args, json_t **result)
{
	if (!args)
		return ctl_fail(ctl, CTL_USAGE, "no text in UTF-8, user or contact, correct it");
	return ctl_daemon(ctl, "reg", verb, args, result);
}

int reg_show(struct ctl *ctl, int argc, char **argv)
{
	json_t *result, *binding;
	size_t i;
	int code;

	(void)argc;
	code = ask(ctl, "show", json_pack("{s:s}", "user", argv[0]), &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	json_array_foreach(json_object_get(result, "registrations"), i, binding)
		print_one(binding);
	json_decref(result);
	return CTL_OK;
}

int reg_remove(struct ctl *ctl, int argc, char **argv)
{
	json_t *result;
	int code;

	code = ask(ctl, "remove",
		   json_pack("{s:s, s:s*}", "user", argv[0], "contact", argc > 1 ? argv[1] : NULL),
		   &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	printf("%lld removed\n", field_int(result, "removed"));
	json_decref(result);
	return CTL_OK;
}

void reg_complete(struct ctl *ctl, int argc, char **argv)
{
	struct ctl quiet = { .socket = ctl->socket };
	json_t *registrations, *binding;
	size_t i;

	(void)argv;
	/* Nobody reads complaints while completing a word. */
	if (argc || !freopen("/dev/null", "w", stderr) ||
	    ctl_daemon_pages(&quiet, "reg", "registrations", &registrations))
		return;
	json_array_foreach(registrations, i, binding)
		printf("%s@%s\n", field_text(binding, "user"), field_text(binding, "domain"));
	json_decref(registrations);
}
