// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * json PATH...: values of each JSON document on standard input, on one line. A path is such as
 * session.endpoints.0.rx.packets; "*" stands for each element of an array. What is not there is
 * "nothing". Starts much faster than jq, which counts in an emulated machine.
 */
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int printed;

static void print(const json_t *value)
{
	if (printed++)
		putchar(' ');
	if (!value)
		printf("nothing");
	else if (json_is_string(value))
		printf("%s", json_string_value(value));
	else
		json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
}

static void walk(const json_t *value, const char *path)
{
	size_t len = strcspn(path, ".");
	const char *rest = path + len + (path[len] == '.');
	char key[64];
	size_t i;

	if (!value || !*path) {
		print(value);
		return;
	}
	snprintf(key, sizeof(key), "%.*s", (int)len, path);
	if (!json_is_array(value))
		walk(json_object_get(value, key), rest);
	else if (strcmp(key, "*"))
		walk(json_array_get(value, strtoul(key, NULL, 10)), rest);
	else
		for (i = 0; i < json_array_size(value); i++)
			walk(json_array_get(value, i), rest);
}

/* False at the end of the input. */
static bool more(void)
{
	int c;

	do
		c = getchar();
	while (isspace(c));
	ungetc(c, stdin);
	return c != EOF;
}

int main(int argc, char **argv)
{
	json_error_t error;

	do {
		json_t *document = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error);

		if (!document) {
			fprintf(stderr, "json: %s\n", error.text);
			return 1;
		}
		printed = 0;
		for (int i = 1; i < argc; i++)
			walk(document, argv[i]);
		putchar('\n');
		json_decref(document);
	} while (more());
	return 0;
}
