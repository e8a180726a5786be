// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl call": the calls of sipd. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/call_ladder.h"
#include "sipctl/call_print.h"
#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/flow_fetch.h"
#include "sipctl/flow_message.h"

/* Asks, and prints the answer as JSON or with @print. */
static int ask(struct ctl *ctl, const char *verb, json_t *args, void (*print)(const json_t *result))
{
	json_t *result;
	int code;

	code = ctl_daemon(ctl, "call", verb, args, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	print(result);
	json_decref(result);
	return CTL_OK;
}

/* NULL when @id is no text, which sipd could not have sent either. */
static json_t *id_args(const char *id)
{
	return json_pack("{s:s}", "id", id);
}

static int ask_about(struct ctl *ctl, const char *verb, const char *id,
		     void (*print)(const json_t *result))
{
	json_t *args = id_args(id);

	if (!args)
		return ctl_fail(ctl, CTL_USAGE, "bad ID \"%s\", call, see \"sipctl call list\"",
				id);
	return ask(ctl, verb, args, print);
}

int call_list(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ask(ctl, "list", json_pack("{s:b}", "all", (int)ctl->all), call_print_list);
}

int call_show(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return ask_about(ctl, "show", argv[0], call_print);
}

/* In the document, or printed behind the ladder. */
static int ladder_with_messages(struct ctl *ctl, json_t *ladder)
{
	const char *id = field_text(ladder, "id");
	json_t *messages;
	int code;

	code = flow_fetch(ctl, "messages", json_pack("{s:s}", "call", id), 0, NULL, &messages);
	if (code) {
		json_decref(ladder);
		return code;
	}
	if (ctl->json) {
		json_object_set_new(ladder, "messages", messages);
		ctl_print_json(ctl, ladder);
		return CTL_OK;
	}
	call_ladder_print(ladder);
	flow_messages_print(messages);
	json_decref(messages);
	json_decref(ladder);
	return CTL_OK;
}

int call_ladder(struct ctl *ctl, int argc, char **argv)
{
	json_t *args = id_args(argv[0]), *ladder;
	int code;

	(void)argc;
	if (!args || !ctl->option[CTL_MESSAGES]) {
		json_decref(args);
		return ask_about(ctl, "ladder", argv[0], call_ladder_print);
	}
	code = ctl_daemon(ctl, "call", "ladder", args, &ladder);
	return code ? code : ladder_with_messages(ctl, ladder);
}

int call_kill(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	return ask_about(ctl, "kill", argv[0], call_print_killed);
}

int call_orphans(struct ctl *ctl, int argc, char **argv)
{
	bool clear = argc && !strcmp(argv[0], "clear");

	if (argc && !clear)
		return ctl_usage(ctl, "unknown word");
	return ask(ctl, "orphans", json_pack("{s:b}", "clear", (int)clear), call_print_orphans);
}

void call_complete(struct ctl *ctl, int argc, char **argv)
{
	struct ctl quiet = { .socket = ctl->socket };
	json_t *result, *call;
	size_t i;

	(void)argv;
	/* Nobody reads complaints while completing a word. */
	if (argc || !freopen("/dev/null", "w", stderr) ||
	    ctl_daemon(&quiet, "call", "list", json_pack("{s:b}", "all", 1), &result))
		return;
	json_array_foreach(json_object_get(result, "calls"), i, call)
		puts(field_text(call, "id"));
	json_decref(result);
}

void call_complete_clear(struct ctl *ctl, int argc, char **argv)
{
	(void)ctl;
	(void)argv;
	if (!argc)
		puts("clear");
}
