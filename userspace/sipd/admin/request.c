// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/text.h"

struct verb {
	const char *noun, *name;
	json_t *(*handle)(struct admin_request *request);
};

static const char out_of_memory[] = "sipd is out of memory";

static const struct verb verbs[] = {
	{ "status", "show", admin_status_show },   { "call", "list", admin_call_list },
	{ "call", "show", admin_call_show },	   { "call", "ladder", admin_call_ladder },
	{ "call", "kill", admin_call_kill },	   { "call", "orphans", admin_call_orphans },
};

json_t *admin_refuse(struct admin_request *request, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(request->error, sizeof(request->error), format, args);
	va_end(args);
	request->error_code = code;
	return NULL;
}

const char *admin_string_arg(struct admin_request *request, const char *name)
{
	const char *text = json_string_value(json_object_get(request->args, name));

	if (!text || !*text)
		admin_refuse(request, "usage", "\"%s\" is missing in args; give it as a string",
			     name);
	return text && *text ? text : NULL;
}

bool admin_flag_arg(const struct admin_request *request, const char *name)
{
	return json_is_true(json_object_get(request->args, name));
}

static const struct verb *find_verb(const char *noun, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (!strcmp(verbs[i].noun, noun) && !strcmp(verbs[i].name, name))
			return &verbs[i];
	}
	return NULL;
}

static json_t *handle(struct admin_request *request, json_t *root)
{
	const char *noun, *name;
	const struct verb *verb;
	json_int_t schema;

	if (json_unpack(root, "{s:I, s:s, s:s}", "schema", &schema, "noun", &noun, "verb", &name))
		return admin_refuse(request, "usage",
				    "a request is an object with \"schema\", \"noun\", \"verb\"");
	if (schema != ADMIN_SCHEMA)
		return admin_refuse(request, "usage",
				    "schema %lld is not spoken by sipd " SIPFAST_VERSION "; use %d",
				    (long long)schema, ADMIN_SCHEMA);
	verb = find_verb(noun, name);
	if (!verb)
		return admin_refuse(request, "usage", "sipd " SIPFAST_VERSION " has no \"%.40s "
									      "%.40s\"",
				    noun, name);
	request->args = json_object_get(root, "args");
	if (request->args && !json_is_object(request->args))
		return admin_refuse(request, "usage", "\"args\" is no object");
	return verb->handle(request);
}

struct answer {
	char *text;
	size_t len, cap;
	bool too_long;
};

static int append(const char *data, size_t len, void *arg)
{
	struct answer *answer = arg;
	size_t cap = answer->cap ? answer->cap : 1024;
	char *grown;

	if (answer->len + len > ADMIN_MAX_ANSWER) {
		answer->too_long = true;
		return -1;
	}
	while (cap < answer->len + len)
		cap *= 2;
	if (cap != answer->cap) {
		grown = realloc(answer->text, cap);
		if (!grown)
			return -1;
		answer->text = grown;
		answer->cap = cap;
	}
	memcpy(answer->text + answer->len, data, len);
	answer->len += len;
	return 0;
}

/* Takes @root. False without memory or when it is too long. */
static bool write_answer(struct answer *answer, json_t *root)
{
	bool ok = root && !json_dump_callback(root, append, answer,
					      JSON_COMPACT | JSON_REAL_PRECISION(15)) &&
		  !append("\n", 1, answer);

	json_decref(root);
	if (!ok) {
		free(answer->text);
		answer->text = NULL;
		answer->len = answer->cap = 0;
	}
	return ok;
}

static json_t *error_object(const char *code, const char *message)
{
	return json_pack("{s:i, s:b, s:{s:s, s:o}}",
			 "schema", ADMIN_SCHEMA,
			 "ok", 0,
			 "error", "code", code, "message", admin_text(message));
}

/* Takes @result. */
static json_t *result_object(json_t *result)
{
	return json_pack("{s:i, s:b, s:o}", "schema", ADMIN_SCHEMA, "ok", 1, "result", result);
}

char *admin_answer(const struct admin_context *context, const char *line, size_t len,
		   size_t *answer_len)
{
	struct admin_request request = { .context = context };
	struct answer answer = { 0 };
	json_t *root, *result = NULL;
	json_error_t error;

	root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (root)
		result = handle(&request, root);
	else
		admin_refuse(&request, "usage", "no JSON in column %d: %s", error.column,
			     error.text);
	json_decref(root);
	if (!result && !request.error_code)
		admin_refuse(&request, "failed", "%s", out_of_memory);
	if (result && !write_answer(&answer, result_object(result)))
		admin_refuse(&request, "failed", "%s",
			     answer.too_long ? "the answer would be too long" : out_of_memory);
	if (request.error_code)
		write_answer(&answer, error_object(request.error_code, request.error));
	*answer_len = answer.len;
	return answer.text;
}
