// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/private.h"

struct store_job *store_job_alloc(void)
{
	struct store_job *job = calloc(1, sizeof(*job));

	if (job)
		job->tail = &job->first;
	return job;
}

void store_job_free(struct store_job *job)
{
	struct store_op *op;

	if (!job)
		return;
	while ((op = job->first)) {
		job->first = op->next;
		/* Hashes are worth as much as passwords. */
		explicit_bzero(&op->user, sizeof(op->user));
		free(op);
	}
	free(job);
}

/* Adds @op with the texts that @fields point to copied behind it; the last one is NULL. */
static int add(struct store_job *job, const struct store_op *op, const char **const fields[])
{
	struct store_op *copy;
	size_t size = 0, len;
	char *p;

	for (unsigned int i = 0; fields[i]; i++)
		size += strlen(*fields[i]) + 1;
	copy = malloc(sizeof(*copy) + size);
	if (!copy)
		return -ENOMEM;
	*copy = *op;
	p = copy->text;
	for (unsigned int i = 0; fields[i]; i++) {
		/* The same field, in the copy. */
		const char **field = (const char **)((char *)copy +
						     ((const char *)fields[i] - (const char *)op));

		len = strlen(*fields[i]) + 1;
		*field = memcpy(p, *fields[i], len);
		p += len;
	}
	copy->next = NULL;
	*job->tail = copy;
	job->tail = &copy->next;
	return 0;
}

static int add_user(struct store_job *job, struct store_op *op)
{
	const char **const fields[] = { &op->user.user, &op->user.domain, NULL };

	return add(job, op, fields);
}

int store_put_user(struct store_job *job, const struct store_user *user)
{
	struct store_op op = { .kind = STORE_PUT_USER, .user = *user };

	return add_user(job, &op);
}

int store_set_password(struct store_job *job, const struct store_user *user)
{
	struct store_op op = { .kind = STORE_SET_PASSWORD, .user = *user };

	return add_user(job, &op);
}

int store_set_enabled(struct store_job *job, const struct store_user *user)
{
	struct store_op op = { .kind = STORE_SET_ENABLED, .user = *user };

	return add_user(job, &op);
}

int store_del_user(struct store_job *job, const char *user, const char *domain)
{
	struct store_op op = { .kind = STORE_DEL_USER, .user = { .user = user, .domain = domain } };
	int ret = add_user(job, &op);

	op.kind = STORE_DEL_USER_BINDINGS;
	if (!ret)
		ret = add_user(job, &op);
	op.kind = STORE_DEL_USER_SETTINGS;
	return ret ? ret : add_user(job, &op);
}

int store_put_setting(struct store_job *job, const struct store_setting *setting)
{
	struct store_op op = { .kind = STORE_PUT_SETTING, .setting = *setting };
	struct store_setting *s = &op.setting;
	const char **const fields[] = { &s->user, &s->domain, &s->key, &s->value, NULL };

	return add(job, &op, fields);
}

int store_del_setting(struct store_job *job, const char *user, const char *domain, const char *key)
{
	struct store_op op = {
		.kind = STORE_DEL_SETTING,
		.setting = { .user = user, .domain = domain, .key = key },
	};
	struct store_setting *s = &op.setting;
	const char **const fields[] = { &s->user, &s->domain, &s->key, NULL };

	return add(job, &op, fields);
}

int store_put_binding(struct store_job *job, const struct store_binding *binding)
{
	struct store_op op = { .kind = STORE_PUT_BINDING, .binding = *binding };
	struct store_binding *b = &op.binding;
	const char **const fields[] = {
		&b->user,  &b->domain, &b->key,	   &b->contact,	 &b->call_id,	 &b->path,
		&b->proto, &b->local,  &b->remote, &b->instance, &b->user_agent, NULL,
	};

	return add(job, &op, fields);
}

int store_del_binding(struct store_job *job, const char *user, const char *domain, const char *key)
{
	struct store_op op = {
		.kind = STORE_DEL_BINDING,
		.binding = { .user = user, .domain = domain, .key = key },
	};
	struct store_binding *b = &op.binding;
	const char **const fields[] = { &b->user, &b->domain, &b->key, NULL };

	return add(job, &op, fields);
}

static int add_service_route(struct store_job *job, const struct store_op *op)
{
	static const char **const no_fields[] = { NULL };

	return add(job, op, no_fields);
}

int store_put_service_route(struct store_job *job, const struct store_service_route *route)
{
	const struct store_op op = { .kind = STORE_PUT_SERVICE_ROUTE, .service_route = *route };

	return add_service_route(job, &op);
}

int store_del_service_route(struct store_job *job, uint64_t registration)
{
	const struct store_op op = {
		.kind = STORE_DEL_SERVICE_ROUTE,
		.service_route = { .registration = registration },
	};

	return add_service_route(job, &op);
}
