// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding a command in the table, and describing it. */
#include <stdio.h>
#include <string.h>

#include "sipctl/command.h"

/* The number of words of @path that @argv has, in order. */
static int words_matched(const char *path, int argc, char **argv, bool *whole)
{
	int words = 0;

	while (*path && words < argc) {
		size_t len = strcspn(path, " ");

		if (strlen(argv[words]) != len || memcmp(path, argv[words], len))
			break;
		words++;
		path += len + (path[len] == ' ');
	}
	*whole = !*path;
	return words;
}

const struct command *command_find(int argc, char **argv, int *words)
{
	*words = 0;
	for (const struct command *command = commands; command->path; command++) {
		bool whole;
		int matched = words_matched(command->path, argc, argv, &whole);

		if (matched > *words)
			*words = matched;
		if (whole)
			return command;
	}
	return NULL;
}

void command_usage(FILE *out, const struct command *command)
{
	fprintf(out, "sipctl %s%s%s", command->path, command->args ? " " : "",
		command->args ? command->args : "");
}

static void print_line(const struct command *command)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	command_usage(out, command);
	fclose(out);
	if (size > 37)
		printf("  %s\n  %30s  %s\n", text + strlen("sipctl "), "", command->help);
	else
		printf("  %-30s  %s\n", text + strlen("sipctl "), command->help);
	free(text);
}

static void print_all(void)
{
	puts("Usage: sipctl [-j] [-a] [-s SOCKET] [--watch SECONDS] COMMAND [ARGUMENTS]\n"
	     "\n"
	     "  -j, --json           print one JSON document\n"
	     "  -a, --all            leave nothing out\n"
	     "  -s, --socket SOCKET  sipd's control socket (" CTL_SOCKET ")\n"
	     "      --watch SECONDS  print again and again\n"
	     "      --version        print the version\n"
	     "\n"
	     "Commands:");
	for (const struct command *command = commands; command->path; command++)
		print_line(command);
	puts("\n"
	     "Exit status: 0 done, 1 failed, 2 wrong usage, 3 degraded, 4 not found,\n"
	     "5 daemon or module unreachable, 6 permission denied, 7 invalid configuration");
}

static json_t *describe(const struct command *command)
{
	return json_pack("{s:s, s:s, s:s}", "command", command->path, "arguments",
			 command->args ? command->args : "", "help", command->help);
}

static int help_json(struct ctl *ctl)
{
	json_t *list = json_array();

	for (const struct command *command = commands; command->path; command++)
		json_array_append_new(list, describe(command));
	ctl_print_json(ctl, json_pack("{s:o}", "commands", list));
	return CTL_OK;
}

int command_help(struct ctl *ctl, int argc, char **argv)
{
	const struct command *command;
	int words;

	if (!argc) {
		if (ctl->json)
			return help_json(ctl);
		print_all();
		return CTL_OK;
	}
	command = command_find(argc, argv, &words);
	if (!command || words < argc)
		return ctl_fail(ctl, CTL_USAGE, "no such command, %s, see \"sipctl help\"",
				argv[words < argc ? words : 0]);
	if (ctl->json) {
		ctl_print_json(ctl, describe(command));
		return CTL_OK;
	}
	fputs("Usage: ", stdout);
	command_usage(stdout, command);
	printf("\n%s\n%s", command->help, command->details ? command->details : "");
	return CTL_OK;
}
