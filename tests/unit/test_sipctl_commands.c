// SPDX-License-Identifier: GPL-2.0-or-later
/* sipctl's table of commands: found by their words, each in the manual page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sipctl/command.h"
#include "sipctl/text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 8

static const struct command *find(const char *text, int *words)
{
	char *line = strdup(text);
	char *argv[WORDS_MAX];
	const struct command *command;
	int argc = 0;

	assert_non_null(line);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	command = command_find(argc, argv, words);
	free(line);
	return command;
}

static void finds_a_command_by_its_words(void **state)
{
	static const struct {
		const char *text;
		const char *path; /* NULL: none */
		int words;
	} cases[] = {
		{ "status", "status", 1 },
		{ "call list", "call list", 2 },
		{ "kernel range add 10.0.0.1:1-2", "kernel range add", 3 },
		{ "session add 17 timeout 30s", "session add", 2 },
		/* One command's words begin another's. */
		{ "kernel policy", "kernel policy", 2 },
		{ "kernel policy set prefix4 24", "kernel policy set", 3 },
		{ "kernel policy show", "kernel policy", 2 },
		{ "", NULL, 0 },
		{ "session", NULL, 1 },
		{ "kernel range", NULL, 2 },
		{ "kernel rang add", NULL, 1 },
		{ "sess", NULL, 0 },
		{ "statusx", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int words;
		const struct command *command = find(cases[i].text, &words);

		assert_int_equal(words, cases[i].words);
		if (!cases[i].path)
			assert_null(command);
		else
			assert_string_equal(command->path, cases[i].path);
	}
}

static void every_command_is_complete(void **state)
{
	(void)state;
	for (const struct command *command = commands; command->path; command++) {
		int words;

		assert_non_null(command->run);
		assert_non_null(command->help);
		assert_ptr_equal(find(command->path, &words), command);
		/* What takes arguments says which. */
		assert_int_equal(command->max_args != 0 || command->options, command->args != NULL);
	}
}

static void every_option_of_a_command_is_told(void **state)
{
	(void)state;
	for (const struct command *command = commands; command->path; command++)
		for (unsigned int i = 0; i < CTL_OPTIONS; i++)
			if (command->options & 1u << i)
				assert_non_null(strstr(command->args,
						       command_option_name((enum ctl_option)i)));
}

static void every_command_is_in_the_manual(void **state)
{
	static char manual[65536];
	FILE *file = fopen("userspace/sipctl/sipctl.8", "r");
	size_t len;

	(void)state;
	assert_non_null(file);
	len = fread(manual, 1, sizeof(manual) - 1, file);
	manual[len] = '\0';
	fclose(file);
	for (const struct command *command = commands; command->path; command++) {
		char *line = text_format("\n.TP\n\\fB%s\\fR%s%s\n", command->path,
					 command->args ? " " : "",
					 command->args ? command->args : "");

		if (!strstr(manual, line))
			fail_msg("the manual has no%s", line);
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_command_by_its_words),
		cmocka_unit_test(every_command_is_complete),
		cmocka_unit_test(every_option_of_a_command_is_told),
		cmocka_unit_test(every_command_is_in_the_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
