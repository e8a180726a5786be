// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/answer.h"

#include <stdlib.h>
#include <string.h>

#include "admin/text.h"

static const char out_of_memory[] = "sipd is out of memory";

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

char *admin_answer_write(struct admin_request *request, json_t *result, size_t *len)
{
	struct answer answer = { 0 };

	if (!result && !request->error_code)
		admin_refuse(request, "failed", "%s", out_of_memory);
	if (result && !write_answer(&answer, result_object(result)))
		admin_refuse(request, "failed", "%s",
			     answer.too_long ? "the answer would be too long" : out_of_memory);
	if (request->error_code)
		write_answer(&answer, error_object(request->error_code, request->error));
	*len = answer.len;
	return answer.text;
}
