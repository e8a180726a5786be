// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * "sipctl __complete -- WORD...": what may follow these words, one candidate a line; with "-" as
 * the first word the options of the command that the others name. The
 * shell's completion asks this, and so knows what the program knows.
 */
#include <stdio.h>
#include <string.h>

#include "sipctl/command.h"

/* The next word of @path after @words words that equal @argv, else NULL. */
static const char *next_word(const char *path, int words, char **argv)
{
	for (int i = 0; i < words; i++) {
		size_t len = strcspn(path, " ");

		if (strlen(argv[i]) != len || memcmp(path, argv[i], len) || !path[len])
			return NULL;
		path += len + 1;
	}
	return path;
}

const char *command_option_name(enum ctl_option option)
{
	static const char *const names[CTL_OPTIONS] = {
		[CTL_METHOD] = "--method",   [CTL_STATE] = "--state",
		[CTL_PEER] = "--peer",	     [CTL_CODE] = "--code",
		[CTL_CALL_ID] = "--call-id", [CTL_SINCE] = "--since",
		[CTL_FILE] = "-w",	     [CTL_MESSAGES] = "--messages",
		[CTL_SECRETS] = "--secrets",
	};

	return names[option];
}

/* Those of the command that the words begin with. */
static int complete_options(int argc, char **argv)
{
	int words;
	const struct command *command = command_find(argc, argv, &words);

	for (unsigned int i = 0; command && i < CTL_OPTIONS; i++)
		if (command->options & 1u << i)
			puts(command_option_name((enum ctl_option)i));
	return CTL_OK;
}

int command_complete(struct ctl *ctl, int argc, char **argv)
{
	const struct command *command;
	const char *last = "";
	size_t last_len = 0;
	int words;

	if (argc && !strcmp(argv[0], "-"))
		return complete_options(argc - 1, argv + 1);
	if (argc && !strcmp(argv[0], "help")) {
		argc--;
		argv++;
	} else {
		command = command_find(argc, argv, &words);
		if (command) {
			if (command->complete)
				command->complete(ctl, argc - words, argv + words);
			return CTL_OK;
		}
	}
	for (command = commands; command->path; command++) {
		const char *word = next_word(command->path, argc, argv);
		size_t len = word ? strcspn(word, " ") : 0;

		/* The table keeps commands of one noun together. */
		if (!word || (len == last_len && !memcmp(word, last, len)))
			continue;
		printf("%.*s\n", (int)len, word);
		last = word;
		last_len = len;
	}
	return CTL_OK;
}
