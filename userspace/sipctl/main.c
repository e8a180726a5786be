// SPDX-License-Identifier: GPL-2.0-or-later
/* sipctl: what an operator types. */
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sipctl/command.h"
#include "sipctl/parse.h"

/* Behind those of letters. */
#define OPTION(option) (256 + (option))
#define OPTION_WATCH OPTION(CTL_OPTIONS)
#define OPTION_VERSION OPTION(CTL_OPTIONS + 1)

/* Whether JSON is wanted may stand behind it. */
static int bad_option(struct ctl *ctl, int argc, char **argv)
{
	for (int i = 1; i < argc && !ctl->json; i++)
		ctl->json = !strcmp(argv[i], "-j") || !strcmp(argv[i], "--json");
	if (ctl->json)
		ctl->error = json_pack("{s:s, s:i, s:s}", "code", "usage", "exit", CTL_USAGE,
				       "message", "bad option");
	return CTL_USAGE;
}

static int options(struct ctl *ctl, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "all", no_argument, NULL, 'a' },
		{ "socket", required_argument, NULL, 's' },
		{ "watch", required_argument, NULL, OPTION_WATCH },
		{ "version", no_argument, NULL, OPTION_VERSION },
		{ "method", required_argument, NULL, OPTION(CTL_METHOD) },
		{ "state", required_argument, NULL, OPTION(CTL_STATE) },
		{ "peer", required_argument, NULL, OPTION(CTL_PEER) },
		{ "code", required_argument, NULL, OPTION(CTL_CODE) },
		{ "call-id", required_argument, NULL, OPTION(CTL_CALL_ID) },
		{ "since", required_argument, NULL, OPTION(CTL_SINCE) },
		{ "messages", no_argument, NULL, OPTION(CTL_MESSAGES) },
		{ "secrets", no_argument, NULL, OPTION(CTL_SECRETS) },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "jas:w:h", longs, NULL)) != -1) {
		switch (c) {
		case 'j':
			ctl->json = true;
			break;
		case 'a':
			ctl->all = true;
			break;
		case 's':
			ctl->socket = optarg;
			break;
		case 'w':
			ctl->option[CTL_FILE] = optarg;
			break;
		case OPTION_WATCH:
			if (parse_seconds(optarg, &ctl->watch_ms) < 0)
				return ctl_fail(
					ctl, CTL_USAGE,
					"bad interval, --watch %s, give seconds from 0.1 up",
					optarg);
			break;
		case OPTION_VERSION:
			puts("sipctl " SIPFAST_VERSION);
			return -1;
		case 'h':
			command_help(ctl, 0, NULL);
			return -1;
		default:
			if (c >= OPTION(0) && c < OPTION(CTL_OPTIONS)) {
				ctl->option[c - OPTION(0)] = optarg ? optarg : "";
				break;
			}
			return bad_option(ctl, argc, argv); /* getopt told why */
		}
	}
	return 0;
}

/* Each must be one of the command's. */
static int check_options(struct ctl *ctl)
{
	for (unsigned int i = 0; i < CTL_OPTIONS; i++) {
		if (ctl->option[i] && !(ctl->command->options & 1u << i))
			return ctl_fail(ctl, CTL_USAGE,
					"no option of this command, %s, give: "
					"sipctl %s%s%s",
					command_option_name((enum ctl_option)i), ctl->command->path,
					ctl->command->args ? " " : "",
					ctl->command->args ? ctl->command->args : "");
	}
	return CTL_OK;
}

static int run(struct ctl *ctl, int argc, char **argv)
{
	int words;

	if (argc && !strcmp(argv[0], "__complete"))
		return command_complete(ctl, argc - 1, argv + 1);
	ctl->command = command_find(argc, argv, &words);
	if (!ctl->command)
		return ctl_fail(ctl, CTL_USAGE, "%s, %s, see \"sipctl help\"",
				words < argc ? "no such command" : "incomplete command",
				argc ? argv[words < argc ? words : argc - 1] : "no words given");
	argc -= words;
	argv += words;
	if (argc < ctl->command->min_args)
		return ctl_usage(ctl, "too few arguments");
	if (ctl->command->max_args >= 0 && argc > ctl->command->max_args)
		return ctl_usage(ctl, "too many arguments");
	if (ctl->watch_ms && !ctl->command->watch)
		return ctl_fail(ctl, CTL_USAGE, "cannot be repeated, --watch, leave it away");
	if (check_options(ctl))
		return CTL_USAGE;
	return ctl->command->run(ctl, argc, argv);
}

static int watch(struct ctl *ctl, int argc, char **argv)
{
	struct timespec pause = { ctl->watch_ms / 1000, ctl->watch_ms % 1000 * 1000000L };
	int code;

	for (;;) {
		if (isatty(STDOUT_FILENO) && !ctl->json)
			fputs("\033[H\033[2J", stdout);
		code = run(ctl, argc, argv);
		ctl_flush_error(ctl);
		if (fflush(stdout) || code == CTL_USAGE)
			return code;
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .socket = CTL_SOCKET };
	int code;

	setlocale(LC_CTYPE, "");
	code = options(&ctl, argc, argv);
	if (code < 0)
		return CTL_OK;
	argc -= optind;
	argv += optind;
	if (!code)
		code = ctl.watch_ms ? watch(&ctl, argc, argv) : run(&ctl, argc, argv);
	ctl_flush_error(&ctl);
	if (fflush(stdout) || ferror(stdout)) {
		perror("sipctl: standard output");
		return CTL_FAILED;
	}
	return code;
}
