// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl user": who may register and call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/pages.h"
#include "sipctl/password.h"
#include "sipctl/table.h"
#include "sipctl/text.h"
#include "sipctl/user.h"

int user_change(struct ctl *ctl, const char *verb, const char *name, json_t *args,
		const char *done)
{
	json_t *result;
	char *user;
	int code;

	if (!args)
		return ctl_fail(ctl, CTL_USAGE,
				"no text in UTF-8, user or what follows, correct it");
	code = ctl_daemon(ctl, "user", verb, args, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	user = text_escape(name);
	printf("user %s %s\n", user, done);
	free(user);
	json_decref(result);
	return CTL_OK;
}

static int with_password(struct ctl *ctl, const char *verb, const char *name, const char *done)
{
	char password[PASSWORD_MAX + 1];
	json_t *args;
	int code = password_read(ctl, password);

	if (code)
		return code;
	args = json_pack("{s:s, s:s}", "user", name, "password", password);
	explicit_bzero(password, sizeof(password));
	return user_change(ctl, verb, name, args, done);
}

static int without_password(struct ctl *ctl, const char *verb, const char *name, const char *done)
{
	return user_change(ctl, verb, name, json_pack("{s:s}", "user", name), done);
}

int user_add(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return with_password(ctl, "add", argv[0], "added");
}

int user_passwd(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return with_password(ctl, "passwd", argv[0], "has a new password");
}

int user_enable(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return without_password(ctl, "enable", argv[0], "enabled");
}

int user_disable(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return without_password(ctl, "disable", argv[0], "disabled");
}

int user_remove(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return without_password(ctl, "remove", argv[0], "removed");
}

static void print_users(const json_t *users)
{
	static const char *const heads[] = { "USER", "STATE", NULL };
	struct table table;
	json_t *user;
	size_t i;

	table_init(&table, heads);
	json_array_foreach(users, i, user) {
		table_cell(&table, "%s@%s", field_text(user, "user"), field_text(user, "domain"));
		table_cell(&table, "%s",
			   json_is_true(json_object_get(user, "enabled")) ? "enabled" : "disabled");
	}
	table_print(&table, stdout);
	table_clean(&table);
}

int user_list(struct ctl *ctl, int argc, char **argv)
{
	json_t *users;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon_pages(ctl, "user", "users", &users);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, json_pack("{s:o}", "users", users));
		return CTL_OK;
	}
	print_users(users);
	json_decref(users);
	return CTL_OK;
}

void user_complete(struct ctl *ctl, int argc, char **argv)
{
	struct ctl quiet = { .socket = ctl->socket };
	json_t *users, *user;
	size_t i;

	(void)argv;
	/* Nobody reads complaints while completing a word. */
	if (argc || !freopen("/dev/null", "w", stderr) ||
	    ctl_daemon_pages(&quiet, "user", "users", &users))
		return;
	json_array_foreach(users, i, user)
		printf("%s@%s\n", field_text(user, "user"), field_text(user, "domain"));
	json_decref(users);
}
