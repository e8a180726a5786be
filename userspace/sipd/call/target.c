// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/target.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "call/engine.h"
#include "sip/msg.h"

static struct view copy(char **to, struct view text)
{
	struct view copied = { *to, text.len };

	if (text.len)
		memcpy(*to, text.p, text.len);
	(*to)[text.len] = '\0';
	*to += text.len + 1;
	return copied;
}

static struct call_target *make(const struct call_target_spec *spec, const struct call_target *from)
{
	struct view host = spec->where ? view_str(spec->where->host) : VIEW_NONE;
	size_t texts = spec->ruri.len + spec->routes.len + spec->label.len + host.len + 4;
	struct call_target *target = calloc(1, sizeof(*target) + texts);
	char *p;

	if (!target)
		return NULL;
	p = target->text;
	target->ruri = copy(&p, spec->ruri);
	target->routes = copy(&p, spec->routes);
	target->label = copy(&p, spec->label);
	if (spec->where) {
		target->where = *spec->where;
		target->where.host = copy(&p, host).p;
	}
	target->realm = spec->realm ? spec->realm : call_listener(&spec->to)->realm;
	target->from = from;
	target->depth = from ? from->depth + 1 : 0;
	target->to = spec->to;
	target->account = spec->account;
	target->q = spec->q;
	target->no_answer_ms = spec->no_answer_ms;
	target->redirect = (uint8_t)spec->redirect;
	target->hunted = spec->hunted;
	target->instance = (uint8_t)spec->instance;
	target->by_flow = spec->by_flow;
	return target;
}

static uint16_t siblings(const struct call_target *list, const struct call_target *from)
{
	uint16_t count = 0;

	for (; list; list = list->next)
		count += list->from == from;
	return count;
}

static bool leads_to(const struct call_target *list, const struct call_target *target)
{
	for (; list; list = list->next)
		if (list->set == target->set && list->instance == target->instance)
			return true;
	return false;
}

int call_targets_add(struct call_targets *targets, const struct call_target_spec *spec,
		     const struct call_target *from)
{
	struct call_target **at = &targets->waiting, *target;

	if (targets->count >= CALL_MAX_TARGETS)
		return -E2BIG;
	target = make(spec, from);
	if (!target)
		return -ENOMEM;
	target->set = targets->set;
	target->index = 1 + siblings(targets->waiting, from) + siblings(targets->tried, from);
	if (target->instance && leads_to(targets->waiting, target))
		at = &targets->reserve;
	while (*at && (*at)->set == target->set && (*at)->q >= target->q)
		at = &(*at)->next;
	target->next = *at;
	*at = target;
	targets->count++;
	return 0;
}

void call_targets_begin(struct call_targets *targets)
{
	targets->set++;
}

static bool same_name(const struct dns_where *a, const struct dns_where *b)
{
	return a->host && !strcasecmp(a->host, b->host) && a->port == b->port &&
	       a->sips == b->sips && a->has_proto == b->has_proto && a->proto == b->proto;
}

static bool same_place(const struct call_target *target, const struct call_target_spec *spec)
{
	if (spec->where)
		return target->realm == spec->realm && same_name(&target->where, spec->where);
	return target->to.listener == spec->to.listener &&
	       tp_addr_eq(&target->to.remote, &spec->to.remote);
}

static struct view user_of(struct view ruri)
{
	struct sip_uri uri;

	return sip_uri_parse(&uri, ruri) ? VIEW_NONE : uri.user;
}

static bool has(const struct call_target *list, const struct call_target_spec *spec)
{
	for (; list; list = list->next)
		if (same_place(list, spec) && view_eq(user_of(list->ruri), user_of(spec->ruri)))
			return true;
	return false;
}

bool call_targets_have(const struct call_targets *targets, const struct call_target_spec *spec)
{
	return has(targets->waiting, spec) || has(targets->tried, spec);
}

struct call_target *call_targets_take(struct call_targets *targets, const struct call_target *group)
{
	struct call_target *target = targets->waiting;

	if (!target || (group && (target->set != group->set || target->q != group->q)))
		return NULL;
	targets->waiting = target->next;
	target->next = targets->tried;
	targets->tried = target;
	return target;
}

struct call_target *call_targets_take_flow(struct call_targets *targets,
					   const struct call_target *failed)
{
	struct call_target **at = &targets->reserve, *target;

	while ((target = *at) &&
	       (target->set != failed->set || target->instance != failed->instance))
		at = &target->next;
	if (!target)
		return NULL;
	*at = target->next;
	target->next = targets->tried;
	targets->tried = target;
	return target;
}

bool call_target_follows(const struct call_target *target, const struct cfg_statuses *failover,
			 int status)
{
	return target && (target->hunted || (failover && cfg_status_in(failover, status)));
}

static void free_all(struct call_target **list)
{
	struct call_target *target;

	while ((target = *list)) {
		*list = target->next;
		free(target);
	}
}

void call_targets_clean(struct call_targets *targets)
{
	free_all(&targets->waiting);
	free_all(&targets->tried);
	free_all(&targets->reserve);
	targets->count = 0;
}
