// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl user forward", "dnd" and "show", and "sipctl group": what is done with calls to users. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/parse.h"
#include "sipctl/table.h"
#include "sipctl/text.h"
#include "sipctl/user.h"

static const char *const whens[] = { "always", "busy", "no-answer", "unreachable" };

#define WHENS (sizeof(whens) / sizeof(*whens))

static bool is_when(const char *word)
{
	for (size_t i = 0; i < WHENS; i++)
		if (!strcmp(whens[i], word))
			return true;
	return false;
}

/* "after DURATION", in whole seconds; 0: it is not said. */
static int read_after(struct ctl *ctl, int argc, char **argv, unsigned int *after_s)
{
	uint32_t ms;

	*after_s = 0;
	if (argc == 3)
		return CTL_OK;
	if (argc != 5 || strcmp(argv[3], "after") || strcmp(argv[1], "no-answer"))
		return ctl_fail(ctl, CTL_USAGE,
				"what follows TARGET is \"after DURATION\", of no-answer only, "
				"leave it out or correct it");
	if (parse_duration(argv[4], &ms) || ms < 1000 || ms % 1000)
		return ctl_fail(ctl, CTL_USAGE,
				"\"%s\" is no time to ring, give whole seconds, such as 20s",
				argv[4]);
	*after_s = ms / 1000;
	return CTL_OK;
}

int user_forward(struct ctl *ctl, int argc, char **argv)
{
	bool off = !strcmp(argv[2], "off");
	json_t *args;
	unsigned int after_s;
	char done[1200], *to;
	int code;

	if (!is_when(argv[1]))
		return ctl_fail(ctl, CTL_USAGE,
				"\"%s\" is no time to forward, give always, busy, no-answer or "
				"unreachable",
				argv[1]);
	if (!*argv[2])
		return ctl_fail(ctl, CTL_USAGE, "\"\" is no target, give one, or off");
	code = read_after(ctl, argc, argv, &after_s);
	if (code)
		return code;
	args = json_pack("{s:s, s:s, s:s}", "user", argv[0], "when", argv[1], "to",
			 off ? "" : argv[2]);
	if (after_s)
		json_object_set_new(args, "after_s", json_integer(after_s));
	to = text_escape(argv[2]);
	if (off)
		snprintf(done, sizeof(done), "forwards no calls (%s)", argv[1]);
	else
		snprintf(done, sizeof(done), "forwards calls to %s (%s)", to, argv[1]);
	free(to);
	return user_change(ctl, "forward", argv[0], args, done);
}

/* 0: off; -1: it is no word for it. */
static int dnd_code(const char *word)
{
	if (!strcmp(word, "off"))
		return 0;
	if (!strcmp(word, "on"))
		return 486;
	return !strcmp(word, "480") || !strcmp(word, "486") || !strcmp(word, "603") ? atoi(word) :
										      -1;
}

int user_dnd(struct ctl *ctl, int argc, char **argv)
{
	int number = dnd_code(argv[1]);
	char done[64];

	(void)argc;
	if (number < 0)
		return ctl_fail(ctl, CTL_USAGE,
				"\"%s\" does not say how calls are refused, give on, off, 480, 486 "
				"or 603",
				argv[1]);
	if (number)
		snprintf(done, sizeof(done), "does not want to be disturbed, calls get %d", number);
	else
		snprintf(done, sizeof(done), "may be disturbed");
	return user_change(ctl, "dnd", argv[0],
			   json_pack("{s:s, s:i}", "user", argv[0], "code", number), done);
}

static void print_user(const json_t *user)
{
	const json_t *forward = json_object_get(user, "forward");

	printf("%-12s %s@%s\n", "user", field_text(user, "user"), field_text(user, "domain"));
	printf("%-12s %s\n", "state",
	       json_is_true(json_object_get(user, "enabled")) ? "enabled" : "disabled");
	printf("%-12s %lld\n", "registered", field_int(user, "registrations"));
	for (size_t i = 0; i < WHENS; i++) {
		const char *to = field_text(forward, whens[i]);
		char *safe = text_escape(*to ? to : "-");

		printf("%-12s %s", whens[i], safe);
		free(safe);
		if (*to && !strcmp(whens[i], "no-answer"))
			printf(" after %lld s", field_int(user, "after_s"));
		putchar('\n');
	}
	if (field_int(user, "dnd"))
		printf("%-12s %lld\n", "dnd", field_int(user, "dnd"));
	else
		printf("%-12s -\n", "dnd");
}

int user_show(struct ctl *ctl, int argc, char **argv)
{
	json_t *result, *args = json_pack("{s:s}", "user", argv[0]);
	int code;

	(void)argc;
	if (!args)
		return ctl_fail(ctl, CTL_USAGE, "no text in UTF-8, user, correct it");
	code = ctl_daemon(ctl, "user", "show", args, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	print_user(result);
	json_decref(result);
	return CTL_OK;
}

void user_complete_forward(struct ctl *ctl, int argc, char **argv)
{
	if (!argc)
		user_complete(ctl, argc, argv);
	for (size_t i = 0; argc == 1 && i < WHENS; i++)
		puts(whens[i]);
	if (argc == 2)
		puts("voicemail\noff");
	if (argc == 3 && !strcmp(argv[1], "no-answer"))
		puts("after");
}

void user_complete_dnd(struct ctl *ctl, int argc, char **argv)
{
	if (!argc)
		user_complete(ctl, argc, argv);
	if (argc == 1)
		puts("on\noff\n480\n486\n603");
}

static void print_group(struct table *table, const json_t *group)
{
	const char *overflow = field_text(group, "overflow");
	json_t *member;
	size_t i;

	json_array_foreach(json_object_get(group, "members"), i, member) {
		table_cell(table, "%s@%s", field_text(group, "name"), field_text(group, "domain"));
		table_cell(table, "%s", field_text(group, "strategy"));
		table_cell(table, "%s", field_text(member, "member"));
		table_cell(table, "%s", field_text(member, "state"));
		table_cell(table, "%s", *overflow ? overflow : "-");
	}
}

int group_list(struct ctl *ctl, int argc, char **argv)
{
	static const char *const heads[] = { "GROUP", "STRATEGY", "MEMBER",
					     "STATE", "OVERFLOW", NULL };
	json_t *result, *group;
	struct table table;
	size_t i;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon(ctl, "group", "list", NULL, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	table_init(&table, heads);
	json_array_foreach(json_object_get(result, "groups"), i, group)
		print_group(&table, group);
	table_print(&table, stdout);
	table_clean(&table);
	json_decref(result);
	return CTL_OK;
}
