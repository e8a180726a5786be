// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl cert": what sipd proves itself by over TLS. */
#include <stdio.h>
#include <stdlib.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/table.h"
#include "sipctl/text.h"

static void print_list(const json_t *result)
{
	static const char *const heads[] = { "REALM", ">DAYS LEFT", "NOT AFTER", "SUBJECT",
					     "NAMES", "FILE",	    NULL };
	struct table table;
	json_t *cert;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(json_object_get(result, "certificates"), i, cert) {
		table_cell(&table, "%s", field_text(cert, "realm"));
		table_cell(&table, "%lld", field_int(cert, "days_left"));
		table_take(&table, text_time((double)field_int(cert, "not_after")));
		table_cell(&table, "%s", field_text(cert, "subject"));
		table_cell(&table, "%s", field_text(cert, "names"));
		table_cell(&table, "%s", field_text(cert, "file"));
	}
	table_print(&table, stdout);
	table_clean(&table);
}

int cert_list(struct ctl *ctl, int argc, char **argv)
{
	json_t *result;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon(ctl, "cert", "list", NULL, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	print_list(result);
	json_decref(result);
	return CTL_OK;
}

/* What is not right is told for each realm; sipd goes on with what it had there. */
static int check_realms(struct ctl *ctl, const json_t *result)
{
	const json_t *realm;
	int code = CTL_OK;
	size_t i;

	json_array_foreach(json_object_get(result, "realms"), i, realm) {
		if (json_is_true(json_object_get(realm, "ok")))
			continue;
		code = ctl_fail(ctl, CTL_FAILED,
				"cannot use %s: %s, realm %s, correct it; what was read before "
				"stays in use",
				field_text(realm, "file"), field_text(realm, "error"),
				field_text(realm, "realm"));
	}
	return code;
}

int cert_reload(struct ctl *ctl, int argc, char **argv)
{
	json_t *result;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon(ctl, "cert", "reload", NULL, &result);
	if (code)
		return code;
	code = check_realms(ctl, result);
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return code;
	}
	json_decref(result);
	return code;
}
