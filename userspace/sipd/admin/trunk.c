// SPDX-License-Identifier: GPL-2.0-or-later
/* The noun "trunk": the configured peers, and sipd's registrations with them. */
#include <errno.h>
#include <string.h>

#include "admin/request.h"
#include "admin/text.h"
#include "call/trunk.h"

static json_t *peer(const struct cfg_peer *peer)
{
	char text[TP_ADDR_STRLEN];

	if (peer->uri.text)
		return json_string(peer->uri.text);
	return json_sprintf("%s:%s", tp_proto_word(peer->proto),
			    tp_addr_format(&peer->addr, text));
}

static json_t *registration(const struct call_trunk_info *info)
{
	const struct cfg_registration *cfg = info->cfg->registration;

	if (!info->state)
		return json_null();
	return json_pack("{s:o, s:s, s:I, s:o, s:o, s:I, s:i, s:o, s:o, s:o, s:s, s:I}",
			 "address", json_sprintf("sip:%s@%s", cfg->user, cfg->domain),
			 "state", info->state,
			 "state_ms", (json_int_t)info->state_ms,
			 "expires_ms", admin_optional_ms(info->expires_ms),
			 "next_ms", admin_optional_ms(info->next_ms),
			 "granted_s", (json_int_t)info->expires_s,
			 "failures", (int)info->failures,
			 "status", info->status ? json_integer(info->status) : json_null(),
			 "answer", admin_text(info->answer),
			 "peer", admin_addr(&info->peer),
			 "call_id", info->call_id,
			 "cseq", (json_int_t)info->cseq);
}

static json_t *health(const struct call_trunk_info *info)
{
	if (!info->health)
		return json_null();
	return json_pack("{s:s, s:I, s:o}",
			 "state", info->health,
			 "state_ms", (json_int_t)info->health_ms,
			 "answer", admin_text(info->health_answer));
}

/* What had the credentials refused. */
static json_t *held_by(const struct call_trunk_info *info)
{
	if (!info->held_ms)
		return json_null();
	return json_string(info->held_by == CALL_HOLD_REGISTER ? "register" : "call");
}

static json_t *trunk_object(const struct call_trunk_info *info)
{
	return json_pack("{s:s, s:s, s:o, s:b, s:I, s:o, s:o, s:o}",
			 "name", info->cfg->name,
			 "realm", info->cfg->realm->name,
			 "peer", peer(&info->cfg->address),
			 "enabled", (int)info->enabled,
			 "held_ms", (json_int_t)info->held_ms,
			 "held_by", held_by(info),
			 "health", health(info),
			 "registration", registration(info));
}

/* The first shard, which registers, is that of the control socket. */
static struct call_engine *first(const struct admin_request *request)
{
	return request->context.shards[0].engine;
}

static void list_trunk(void *arg, const struct call_trunk_info *info)
{
	json_array_append_new(arg, trunk_object(info));
}

json_t *admin_trunk_list(struct admin_request *request)
{
	json_t *list = json_array();

	call_each_trunk(first(request), list_trunk, list);
	return json_pack("{s:o}", "trunks", list);
}

static json_t *refuse_unknown(struct admin_request *request)
{
	return admin_refuse(request, "not-found",
			    "no trunk \"%.40s\"; sipctl trunk list shows them all", request->id);
}

struct search {
	const char *name;
	json_t *found;
};

static void find_trunk(void *arg, const struct call_trunk_info *info)
{
	struct search *search = arg;

	if (!strcmp(info->cfg->name, search->name))
		search->found = trunk_object(info);
}

json_t *admin_trunk_show(struct admin_request *request)
{
	struct search search = { .name = admin_string_arg(request, "name") };

	request->id = search.name;
	if (!search.name)
		return NULL;
	call_each_trunk(first(request), find_trunk, &search);
	return search.found ? search.found : refuse_unknown(request);
}

static void enable(struct admin_part *part)
{
	part->ret = call_trunk_enable(part->engine, part->request->id, true);
}

static void disable(struct admin_part *part)
{
	part->ret = call_trunk_enable(part->engine, part->request->id, false);
}

static json_t *finish(struct admin_request *request)
{
	return request->parts[0].ret ? refuse_unknown(request) : admin_trunk_show(request);
}

static json_t *change(struct admin_request *request, admin_gather_cb gather)
{
	request->id = admin_string_arg(request, "name");
	return request->id ? admin_ask(request, gather, finish) : NULL;
}

json_t *admin_trunk_enable(struct admin_request *request)
{
	return change(request, enable);
}

json_t *admin_trunk_disable(struct admin_request *request)
{
	return change(request, disable);
}
