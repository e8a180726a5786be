// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/target.h"

#include <errno.h>
#include <stdlib.h>

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
	size_t texts = spec->ruri.len + spec->routes.len + spec->label.len + 3;
	size_t more = spec->nmore * sizeof(*spec->more);
	struct call_target *target = calloc(1, sizeof(*target) + more + texts);
	char *p;

	if (!target)
		return NULL;
	target->more = (struct tp_flow *)(target + 1);
	target->nmore = spec->nmore;
	if (more)
		memcpy(target->more, spec->more, more);
	p = (char *)(target->more + spec->nmore);
	target->ruri = copy(&p, spec->ruri);
	target->routes = copy(&p, spec->routes);
	target->label = copy(&p, spec->label);
	target->from = from;
	target->depth = from ? from->depth + 1 : 0;
	target->to = spec->to;
	target->q = spec->q;
	target->no_answer_ms = spec->no_answer_ms;
	target->redirect = (uint8_t)spec->redirect;
	target->hunted = spec->hunted;
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

static bool has(const struct call_target *list, const struct tp_flow *to, struct view user)
{
	struct sip_uri uri;

	for (; list; list = list->next)
		if (list->to.listener == to->listener &&
		    tp_addr_eq(&list->to.remote, &to->remote) && !sip_uri_parse(&uri, list->ruri) &&
		    view_eq(uri.user, user))
			return true;
	return false;
}

bool call_targets_have(const struct call_targets *targets, const struct tp_flow *to,
		       struct view user)
{
	return has(targets->waiting, to, user) || has(targets->tried, to, user);
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

bool call_target_turn(struct call_target *target)
{
	if (!target->nmore)
		return false;
	target->to = *target->more++;
	target->nmore--;
	return true;
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
	targets->count = 0;
}
