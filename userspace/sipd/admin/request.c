// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/answer.h"

struct verb {
	const char *noun, *name;
	json_t *(*handle)(struct admin_request *request);
};

static const struct verb verbs[] = {
	{ "status", "show", admin_status_show },     { "call", "list", admin_call_list },
	{ "call", "show", admin_call_show },	     { "call", "ladder", admin_call_ladder },
	{ "call", "kill", admin_call_kill },	     { "call", "orphans", admin_call_orphans },
	{ "call", "why", admin_call_why },	     { "flow", "list", admin_flow_list },
	{ "flow", "messages", admin_flow_messages }, { "user", "add", admin_user_add },
	{ "user", "passwd", admin_user_passwd },     { "user", "enable", admin_user_enable },
	{ "user", "disable", admin_user_disable },   { "user", "remove", admin_user_remove },
	{ "user", "list", admin_user_list },	     { "user", "show", admin_user_show },
	{ "user", "forward", admin_user_forward },   { "user", "dnd", admin_user_dnd },
	{ "group", "list", admin_group_list },	     { "reg", "list", admin_reg_list },
	{ "reg", "show", admin_reg_show },	     { "reg", "remove", admin_reg_remove },
	{ "cert", "list", admin_cert_list },	     { "cert", "reload", admin_cert_reload },
	{ "trunk", "list", admin_trunk_list },	     { "trunk", "show", admin_trunk_show },
	{ "trunk", "enable", admin_trunk_enable },   { "trunk", "disable", admin_trunk_disable },
	{ "config", "check", admin_config_check },   { "config", "diff", admin_config_check },
	{ "config", "reload", admin_config_reload }, { "config", "show", admin_config_show },
};

const struct cfg *admin_cfg(const struct admin_request *request)
{
	return call_engine_cfg(request->context.shards[0].engine);
}

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

static json_t *handle(struct admin_request *request)
{
	const char *noun, *name;
	const struct verb *verb;
	json_int_t schema;

	if (json_unpack(request->root, "{s:I, s:s, s:s}", "schema", &schema, "noun", &noun, "verb",
			&name))
		return admin_refuse(request, "usage",
				    "a request is an object with \"schema\", \"noun\", \"verb\"");
	if (schema != ADMIN_SCHEMA)
		return admin_refuse(request, "usage",
				    "schema %lld is not spoken by sipd " SIPFAST_VERSION "; use %d",
				    (long long)schema, ADMIN_SCHEMA);
	verb = find_verb(noun, name);
	if (!verb)
		return admin_refuse(request, "usage",
				    "sipd " SIPFAST_VERSION " has no \"%.40s "
				    "%.40s\"",
				    noun, name);
	request->args = json_object_get(request->root, "args");
	if (request->args && !json_is_object(request->args))
		return admin_refuse(request, "usage", "\"args\" is no object");
	return verb->handle(request);
}

static void part_clean(struct admin_part *part)
{
	json_decref(part->json);
	free(part->data);
	part->json = NULL;
	part->data = NULL;
	part->ret = 0;
}

static void request_free(struct admin_request *request)
{
	for (unsigned int i = 0; i < request->context.nshards; i++)
		part_clean(&request->parts[i]);
	json_decref(request->root);
	json_decref(request->kept);
	free(request);
}

/* Takes @result; unless it has asked again, the request is over. */
static bool settle(struct admin_request *request, json_t *result)
{
	char *answer;
	size_t len;

	if (request->pending)
		return false;
	if (request->cb) {
		answer = admin_answer_write(request, result, &len);
		request->cb(request->cb_arg, answer, len);
	} else {
		json_decref(result);
	}
	request_free(request);
	return true;
}

void admin_resume(struct admin_request *request, bool alive)
{
	if (--request->pending)
		return;
	if (alive && request->cb)
		settle(request, request->finish(request));
	else
		request_free(request);
}

static void part_back(struct mail *mail, bool alive)
{
	admin_resume(((struct admin_part *)mail)->request, alive);
}

json_t *admin_wait(struct admin_request *request, admin_finish_cb finish)
{
	request->nparts = 0;
	request->finish = finish;
	request->pending = 1;
	return NULL;
}

/* In the shard's thread. */
static void part_gather(struct mail *mail, bool alive)
{
	struct admin_part *part = (struct admin_part *)mail;

	if (!alive) {
		part_back(mail, false);
		return;
	}
	part->request->gather(part);
	mailbox_post(part->request->context.shards[0].box, mail, 0, part_back);
}

/* The first shard's own part comes last, so that the others work meanwhile. */
static json_t *ask(struct admin_request *request, unsigned int first, admin_gather_cb gather,
		   admin_finish_cb finish)
{
	const struct admin_shard *shards = request->context.shards;

	request->finish = finish;
	request->gather = gather;
	request->pending = request->nparts;
	for (unsigned int i = request->nparts; i--;) {
		struct admin_part *part = &request->parts[i];

		part_clean(part);
		part->request = request;
		part->shard = first + i;
		part->engine = shards[first + i].engine;
		if (part->shard) {
			mailbox_post(shards[part->shard].box, &part->mail, 0, part_gather);
			continue;
		}
		gather(part);
		request->pending--;
	}
	return request->pending ? NULL : finish(request);
}

json_t *admin_ask(struct admin_request *request, admin_gather_cb gather, admin_finish_cb finish)
{
	request->nparts = request->context.nshards;
	return ask(request, 0, gather, finish);
}

json_t *admin_ask_one(struct admin_request *request, unsigned int shard, admin_gather_cb gather,
		      admin_finish_cb finish)
{
	request->nparts = 1;
	return ask(request, shard, gather, finish);
}

struct admin_request *admin_request_start(const struct admin_context *context, const char *line,
					  size_t len, admin_answer_cb cb, void *arg)
{
	struct admin_request *request;
	json_t *result = NULL;
	json_error_t error;

	request = calloc(1, sizeof(*request) + context->nshards * sizeof(*request->parts));
	if (!request) {
		cb(arg, NULL, 0);
		return NULL;
	}
	request->context = *context;
	request->cb = cb;
	request->cb_arg = arg;
	request->root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
	if (request->root)
		result = handle(request);
	else
		admin_refuse(request, "usage", "no JSON in column %d: %s", error.column,
			     error.text);
	return settle(request, result) ? NULL : request;
}

void admin_request_forget(struct admin_request *request)
{
	request->cb = NULL;
}
