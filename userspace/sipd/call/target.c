// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/target.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "call/callee.h"
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

static struct view parameter_name(struct view parameter)
{
	const char *equals = memchr(parameter.p, '=', parameter.len);

	if (equals)
		parameter.len = (size_t)(equals - parameter.p);
	return parameter;
}

/* Of @uri's parameters, those that @others have not, each with its semicolon. */
static void copy_params(char **to, const struct sip_uri *uri, struct view others)
{
	const char *p = uri->params.p, *end = p + uri->params.len, *next;
	struct view unused;

	for (; p < end; p = next + 1) {
		next = memchr(p, ';', (size_t)(end - p));
		next = next ? next : end;
		if (next == p ||
		    sip_param(others, parameter_name((struct view){ p, next - p }), &unused))
			continue;
		*(*to)++ = ';';
		memcpy(*to, p, (size_t)(next - p));
		*to += next - p;
	}
}

/*
 * With @params, each with its semicolon, in the place of its own of the same names; without them if
 * it cannot be read.
 */
static struct view copy_ruri(char **to, struct view ruri, struct view params)
{
	const char *start = *to;
	struct view before = ruri;
	struct sip_uri uri;

	if (!params.len || sip_uri_parse(&uri, ruri))
		return copy(to, ruri);
	if (uri.params.len || uri.headers.len)
		before.len = (size_t)((uri.params.len ? uri.params : uri.headers).p - 1 - ruri.p);
	memcpy(*to, before.p, before.len);
	*to += before.len;
	if (uri.params.len)
		copy_params(to, &uri, (struct view){ params.p + 1, params.len - 1 });
	copy(to, params);
	return (struct view){ start, (size_t)(*to - start) - 1 };
}

/* @params stand behind the Request-URI. */
static struct call_target *make(const struct call_target_spec *spec, struct view params,
				const struct call_target *from)
{
	struct view host = spec->where ? view_str(spec->where->host) : VIEW_NONE;
	size_t texts =
		spec->ruri.len + params.len + spec->routes.len + spec->label.len + host.len + 4;
	struct call_target *target = calloc(1, sizeof(*target) + texts);
	char *p;

	if (!target)
		return NULL;
	p = target->text;
	target->ruri = copy_ruri(&p, spec->ruri, params);
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
	target->trunk = spec->trunk;
	target->q = spec->q;
	target->no_answer_ms = spec->no_answer_ms;
	target->redirect = (uint8_t)spec->redirect;
	target->hunted = spec->hunted;
	target->instance = (uint16_t)spec->instance;
	target->by_flow = spec->by_flow;
	target->past.uri = target->ruri;
	return target;
}

static bool leads_to(const struct call_target *list, const struct call_target *target)
{
	for (; list; list = list->next)
		if (list->set == target->set && list->instance == target->instance)
			return true;
	return false;
}

/* What @trait says of it, which nobody's 3xx has named. */
static void adorn(struct call_target *target, const struct call_target_trait *trait)
{
	target->past.by = trait->by;
	target->past.contact = trait->contact;
	target->silence_ms = target->where.host ? 0 : trait->silence_ms;
	if (trait->no_answer_ms)
		target->no_answer_ms = trait->no_answer_ms;
	if (trait->ranked)
		target->q = trait->q;
	if (trait->hunted)
		target->hunted = true;
}

bool call_is_sips(struct view uri)
{
	struct sip_uri parsed;

	return !sip_uri_parse(&parsed, uri) && view_ieq(parsed.scheme, VIEW_LIT("sips"));
}

static bool goes_by_tls(const struct call_target_spec *spec)
{
	enum tp_proto proto;

	if (spec->where)
		return dns_where_needs(spec->where, &proto) && tp_is_tls(proto);
	return tp_is_tls(spec->to.listener->proto);
}

int call_targets_add(struct call_targets *targets, const struct call_target_spec *spec,
		     const struct call_target *from)
{
	struct call_target **at = &targets->waiting, *target;
	const struct call_target_trait *trait = &targets->trait;
	struct call_target_spec labelled = *spec;

	if (targets->count >= CALL_MAX_TARGETS)
		return -E2BIG;
	if (targets->sips && !(call_is_sips(spec->ruri) && goes_by_tls(spec)))
		return -EPROTOTYPE;
	if (!from && trait->label.p)
		labelled.label = trait->label;
	target = make(&labelled, from ? VIEW_NONE : trait->params, from);
	if (!target)
		return -ENOMEM;
	if (from) {
		target->past.by = &from->past;
		target->past.named = true;
		target->past.found = (uint8_t)spec->found;
		target->past.contact = from->past.contact;
	} else {
		adorn(target, trait);
	}
	target->set = targets->set;
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

void call_targets_count_in(const struct call_targets *targets, struct call_past *past)
{
	const struct call_past *level = call_history_level(past);
	const struct call_target *tried;
	uint16_t count = 0;

	if (past->index)
		return;
	for (tried = targets->tried; tried; tried = tried->next)
		count += tried->past.index && call_history_level(&tried->past) == level;
	past->index = count + 1;
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

int call_target_unreachable(const struct call_target *target)
{
	return target->to.pinned || target->instance ? 430 : 503;
}

bool call_flow_failed(int status, bool response, bool heard)
{
	return status == 430 || (status == 408 && (response || !heard));
}

bool call_targets_have_flow(const struct call_targets *targets, const struct call_target *failed)
{
	return failed->instance && leads_to(targets->reserve, failed);
}

struct call_target *call_targets_take_flow(struct call_targets *targets,
					   const struct call_target *failed)
{
	struct call_target **at = &targets->reserve, *target;

	if (!call_targets_have_flow(targets, failed))
		return NULL;
	while ((target = *at)->set != failed->set || target->instance != failed->instance)
		at = &target->next;
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

void call_targets_drop(struct call_targets *targets)
{
	while (targets->waiting) {
		struct call_target *target = targets->waiting;

		targets->waiting = target->next;
		target->next = targets->tried;
		targets->tried = target;
	}
}

static void free_all(struct call_target **list)
{
	struct call_target *target;

	while ((target = *list)) {
		*list = target->next;
		free(target->past.diversions);
		free(target->past.entries);
		free(target);
	}
}

void call_targets_clean(struct call_targets *targets)
{
	free_all(&targets->waiting);
	free_all(&targets->tried);
	free_all(&targets->reserve);
	call_callees_free(&targets->callees, NULL);
	targets->count = 0;
}
