// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl config": what sipd works by, what its file would change, and putting that in force. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/text.h"

/* Every mistake is a failure of its own; all are told. */
static int check_mistakes(struct ctl *ctl, const json_t *result)
{
	const json_t *line;
	int code = CTL_OK;
	size_t i;

	json_array_foreach(json_object_get(result, "mistakes"), i, line)
		code = ctl_fail(ctl, CTL_CONFIG, "%s", json_string_value(line));
	return code;
}

/* Of what sipd has to say of its file, @print prints what is there if nothing is wrong. */
static int ask(struct ctl *ctl, const char *verb, void (*print)(const json_t *result))
{
	json_t *result;
	int code = ctl_daemon(ctl, "config", verb, NULL, &result);

	if (code)
		return code;
	code = check_mistakes(ctl, result);
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return code;
	}
	if (!code)
		print(result);
	json_decref(result);
	return code;
}

static void print_ok(const json_t *result)
{
	printf("%s: ok\n", field_text(result, "path"));
}

int config_check(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ask(ctl, "check", print_ok);
}

static void print_changes(const json_t *result)
{
	const json_t *line;
	size_t i;

	json_array_foreach(json_object_get(result, "changes"), i, line)
		printf("%s\n", json_string_value(line));
}

int config_diff(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ask(ctl, "diff", print_changes);
}

static void print_in_force(const json_t *result)
{
	print_changes(result);
	printf("configuration %lld, of %s, is in force\n", field_int(result, "generation"),
	       field_text(result, "path"));
}

int config_reload(struct ctl *ctl, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ask(ctl, "reload", print_in_force);
}

/* --- show --- */

/* As it is, unless YAML would read something else than this text. */
static void print_text(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789./:@_+-";
	static const char *const words[] = { "true", "false", "null", "yes", "no", "on", "off" };
	size_t len = strlen(text);
	json_t *string;
	char *quoted;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(text, words[i]))
			len = 0;
	if (len && text[strspn(text, plain)] == '\0' && !strchr(":-.+@", *text) &&
	    text[len - 1] != ':') {
		printf("%s", text);
		return;
	}
	/* A string of JSON is one of YAML. */
	string = json_string(text);
	quoted = json_dumps(string, JSON_ENCODE_ANY);
	printf("%s", quoted ? quoted : "\"\"");
	free(quoted);
	json_decref(string);
}

static void print_scalar(const json_t *value)
{
	if (json_is_string(value))
		print_text(json_string_value(value));
	else if (json_is_boolean(value))
		printf("%s", json_is_true(value) ? "true" : "false");
	else
		printf("%lld", (long long)json_integer_value(value));
}

static bool has_parts(const json_t *value)
{
	return json_is_object(value) || (json_is_array(value) && json_array_size(value) &&
					 json_is_object(json_array_get(value, 0)));
}

static void print_object(const json_t *object, int depth, bool indented);

static void print_value(const json_t *value, int depth)
{
	const json_t *entry;
	size_t i;

	if (json_is_object(value)) {
		printf("\n");
		print_object(value, depth, false);
	} else if (has_parts(value)) {
		printf("\n");
		json_array_foreach(value, i, entry) {
			printf("%*s- ", 2 * depth, "");
			print_object(entry, depth + 1, true);
		}
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, entry) {
			printf(i ? ", " : " [");
			print_scalar(entry);
		}
		printf("]\n");
	} else {
		printf(" ");
		print_scalar(value);
		printf("\n");
	}
}

/* @indented: the first line is already. */
static void print_object(const json_t *object, int depth, bool indented)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		printf("%*s%s:", indented ? 0 : 2 * depth, "", key);
		indented = false;
		print_value(value, depth + 1);
	}
}

int config_show(struct ctl *ctl, int argc, char **argv)
{
	json_t *result;
	char *loaded;
	int code;

	(void)argc;
	(void)argv;
	code = ctl_daemon(ctl, "config", "show", NULL, &result);
	if (code)
		return code;
	if (ctl->json) {
		ctl_print_json(ctl, result);
		return CTL_OK;
	}
	loaded = text_time(json_real_value(json_object_get(result, "loaded")));
	printf("# configuration %lld, of %s, read at %s\n", field_int(result, "generation"),
	       field_text(result, "path"), loaded);
	free(loaded);
	print_object(json_object_get(result, "configuration"), 0, false);
	json_decref(result);
	return CTL_OK;
}
