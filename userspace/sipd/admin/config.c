// SPDX-License-Identifier: GPL-2.0-or-later
/* The noun "config": what is in force, what its file would change, and putting that in force. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "admin/request.h"
#include "admin/text.h"
#include "config/reload.h"
#include "config/walk.h"

/* --- check, diff, reload --- */

/* As it is, if it can be; what was cut in the middle of a character is escaped. */
static json_t *text_of(const char *text)
{
	json_t *whole = json_string(text);

	return whole ? whole : admin_text(text);
}

static json_t *line_list(const char *const *lines, unsigned int count)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < count; i++) {
		char *line = strndup(lines[i], strcspn(lines[i], "\n"));

		json_array_append_new(list, line ? text_of(line) : NULL);
		free(line);
	}
	return list;
}

static void on_result(void *arg, const struct cfg_reload_result *result)
{
	struct admin_request *request = arg;

	if (result)
		request->kept = json_pack("{s:b, s:o, s:i, s:o, s:o}", "ok", result->ok, "path",
					  text_of(result->cfg->path), "generation",
					  (int)result->cfg->generation, "mistakes",
					  line_list(result->mistakes, result->nmistakes), "changes",
					  line_list(result->changes, result->nchanges));
	admin_resume(request, result);
}

static json_t *finish(struct admin_request *request)
{
	return json_incref(request->kept);
}

static json_t *start(struct admin_request *request, enum cfg_reload_purpose purpose)
{
	struct cfg_reloader *reloader = request->context.reloader;
	int err = reloader->start(reloader, purpose, on_result, request);

	if (err == -EBUSY)
		return admin_refuse(
			request, "failed",
			"the configuration or certificates are being read already; try again");
	if (err)
		return admin_refuse(request, "failed",
				    "no thread can be had to read it; try again");
	return admin_wait(request, finish);
}

/* "config diff", too: the same is asked, and something else of it is shown. */
json_t *admin_config_check(struct admin_request *request)
{
	return start(request, CFG_RELOAD_CHECK);
}

json_t *admin_config_reload(struct admin_request *request)
{
	return start(request, CFG_RELOAD_APPLY);
}

/* --- show --- */

#define MAX_DEPTH 16

/* Where the next value goes; references are borrowed. */
struct writer {
	json_t *root;
	json_t *stack[MAX_DEPTH];
	unsigned int depth;
};

/* Takes @value. */
static void put(struct writer *writer, const char *key, json_t *value)
{
	json_t *in = writer->depth ? writer->stack[writer->depth - 1] : NULL;

	if (!in)
		writer->root = value;
	else if (key)
		json_object_set_new(in, key, value);
	else
		json_array_append_new(in, value);
}

static void write_value(void *arg, const char *key, enum cfg_kind kind, const char *text)
{
	switch (kind) {
	case CFG_NUMBER:
		put(arg, key, json_integer(strtoll(text, NULL, 10)));
		break;
	case CFG_TRUTH:
		put(arg, key, json_boolean(!strcmp(text, "true")));
		break;
	default:
		put(arg, key, text_of(text));
	}
}

static void enter(void *arg, const char *key, bool list)
{
	json_t *value = list ? json_array() : json_object();
	struct writer *writer = arg;

	put(writer, key, value);
	/* The schema is not as deep. */
	writer->stack[writer->depth++] = value;
}

static void leave(void *arg)
{
	struct writer *writer = arg;

	writer->depth--;
}

json_t *admin_config_show(struct admin_request *request)
{
	static const struct cfg_walk walk = {
		.value = write_value,
		.enter = enter,
		.leave = leave,
	};
	const struct cfg *cfg = admin_cfg(request);
	struct writer writer = { .depth = 0 };

	if (cfg_walk(cfg, &walk, &writer))
		return NULL;
	return json_pack("{s:o, s:i, s:f, s:i, s:o}", "path", text_of(cfg->path), "generation",
			 (int)cfg->generation, "loaded", cfg->loaded, "older_in_use",
			 (int)cfg_count() - 1, "configuration", writer.root);
}
