// SPDX-License-Identifier: GPL-2.0-or-later
/* Trunks, and the routes that lead to them. */
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/near.h"
#include "config/value.h"

#define MAX_WEIGHT 1000
#define MAX_NO_ANSWER_MS 3600000
#define MAX_HEALTH_TIMES 100

static void check_trunk_name(struct cfg_check *check, unsigned int index)
{
	const char *name = check->raw->trunks[index].name;
	struct cfg_pos pos = cfg_tree_pos(check->tree, "trunks[%u].name", index);

	cfg_check_name(check, pos, "trunk", name);
	for (unsigned int i = 0; i < index; i++) {
		if (strcmp(check->raw->trunks[i].name, name))
			continue;
		cfg_mistake(check->report, pos,
			    "there is a trunk \"%s\" already, in line %zu; choose another name",
			    name, cfg_tree_pos(check->tree, "trunks[%u].name", i).line);
		return;
	}
}

static void check_weight(struct cfg_check *check, unsigned int index)
{
	const uint32_t *weight = check->raw->trunks[index].weight;

	check->cfg->trunks[index].weight = weight ? *weight : 1;
	if (weight && (!*weight || *weight > MAX_WEIGHT))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "trunks[%u].weight", index),
			    "weight cannot be %u; choose 1 to %d", *weight, MAX_WEIGHT);
}

static void check_no_answer(struct cfg_check *check, unsigned int index)
{
	const char *text = check->raw->trunks[index].no_answer;
	uint32_t *ms = &check->cfg->trunks[index].no_answer_ms;

	if (!text || (!cfg_duration_parse(text, ms) && *ms <= MAX_NO_ANSWER_MS))
		return;
	cfg_mistake(check->report, cfg_tree_pos(check->tree, "trunks[%u].no-answer", index),
		    "no-answer cannot be \"%s\"; write a number with ms, s, m or h of at most %us, "
		    "such as 20s, or 0",
		    text, MAX_NO_ANSWER_MS / 1000);
}

static uint32_t check_times(struct cfg_check *check, unsigned int index, const char *key,
			    const uint32_t *times, uint32_t preset)
{
	if (times && (!*times || *times > MAX_HEALTH_TIMES))
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, "trunks[%u].health.%s", index, key),
			    "%s cannot be %u; choose 1 to %d", key, *times, MAX_HEALTH_TIMES);
	return times ? *times : preset;
}

static void check_health(struct cfg_check *check, unsigned int index)
{
	const struct raw_health *raw = check->raw->trunks[index].health;
	struct cfg_trunk *trunk = &check->cfg->trunks[index];
	struct cfg_duration rule = {
		.key = "interval",
		.value = &trunk->health_ms,
		.preset = 30000,
		.min = 500,
		.max = 3600000,
	};
	char path[48];

	if (!raw)
		return;
	rule.text = raw->interval;
	snprintf(path, sizeof(path), "trunks[%u].health", index);
	cfg_check_duration(check, path, &rule);
	trunk->health_fall = check_times(check, index, "fall", raw->fall, 3);
	trunk->health_rise = check_times(check, index, "rise", raw->rise, 2);
}

/* A realm that does not exist has been told. */
static void check_border(struct cfg_check *check, const struct raw_trunk *raw,
			 struct cfg_trunk *trunk)
{
	struct cfg_border border = { false, false };

	if (trunk->realm)
		border = trunk->realm->border;
	trunk->border = border;
	if (raw->trust != CFG_TRUST_UNSAID)
		trunk->border.trusted = raw->trust == CFG_TRUST_FULL;
	if (raw->privacy != CFG_PRIVACY_UNSAID)
		trunk->border.withhold = raw->privacy == CFG_PRIVACY_APPLY;
	check->cfg->trunk_borders |= trunk->border.trusted != border.trusted ||
				     trunk->border.withhold != border.withhold;
}

static int check_trunk(struct cfg_check *check, unsigned int index)
{
	const struct raw_trunk *raw = &check->raw->trunks[index];
	struct cfg_trunk *trunk = &check->cfg->trunks[index];
	struct cfg_place place = {
		.kind = "trunk",
		.address = raw->address,
		.uri = raw->uri,
		.tls_name = raw->tls_name,
	};

	trunk->name = strdup(raw->name);
	if (!trunk->name)
		return -ENOMEM;
	check_trunk_name(check, index);
	trunk->realm = cfg_check_realm_named(
		check, cfg_tree_pos(check->tree, "trunks[%u].realm", index), raw->realm);
	snprintf(place.path, sizeof(place.path), "trunks[%u]", index);
	place.via = trunk->realm;
	if (cfg_check_place(check, &place, &trunk->address) == -ENOMEM ||
	    cfg_check_account(check, place.path, raw->credentials, &trunk->address.account))
		return -ENOMEM;
	if (cfg_check_codecs(check, place.path, raw->codecs, raw->video_codecs, &trunk->codecs) ||
	    cfg_check_registration(check, index))
		return -ENOMEM;
	check->cfg->trunk_codecs |= sdp_codec_rules_are_set(&trunk->codecs);
	trunk->redirect = raw->redirect;
	check_border(check, raw, trunk);
	check_weight(check, index);
	check_no_answer(check, index);
	check_health(check, index);
	return 0;
}

int cfg_check_trunks(struct cfg_check *check)
{
	struct cfg *cfg = check->cfg;
	int ret;

	if (!check->raw->ntrunks)
		return 0;
	cfg->trunks = calloc(check->raw->ntrunks, sizeof(*cfg->trunks));
	if (!cfg->trunks)
		return -ENOMEM;
	cfg->ntrunks = check->raw->ntrunks;
	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		ret = check_trunk(check, i);
		if (ret)
			return ret;
	}
	return 0;
}

/* The time that such a one takes grows without bounds, and the caller chooses the text. */
static bool refers_back(const char *pattern)
{
	for (; (pattern = strchr(pattern, '\\')) && pattern[1]; pattern += 2)
		if (pattern[1] >= '1' && pattern[1] <= '9')
			return true;
	return false;
}

static int check_match(struct cfg_check *check, unsigned int index)
{
	const char *text = check->raw->routes[index].match;
	char reason[128];
	regex_t regex;
	int err;

	if (!text)
		return 0;
	err = regcomp(&regex, text, REG_EXTENDED | REG_NOSUB);
	if (err == REG_ESPACE)
		return -ENOMEM;
	if (err) {
		regerror(err, &regex, reason, sizeof(reason));
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "routes[%u].match", index),
			    "\"%s\" is no extended regular expression: %s; see regex(7)", text,
			    reason);
		return 0;
	}
	if (refers_back(text))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "routes[%u].match", index),
			    "\"%s\" refers back to a part of itself, which is not supported; write "
			    "the pattern out",
			    text);
	regfree(&regex);
	check->cfg->routes[index].match = strdup(text);
	return check->cfg->routes[index].match ? 0 : -ENOMEM;
}

static const struct cfg_trunk *find_trunk(struct cfg_check *check, struct cfg_pos pos,
					  const char *name)
{
	const struct cfg *cfg = check->cfg;
	struct near near;

	near_init(&near, name);
	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		if (!strcmp(cfg->trunks[i].name, name))
			return &cfg->trunks[i];
		near_offer(&near, cfg->trunks[i].name);
	}
	cfg_check_unknown(check, pos, "trunk", &near);
	return NULL;
}

static int check_to(struct cfg_check *check, unsigned int index)
{
	const struct raw_route *raw = &check->raw->routes[index];
	struct cfg_route *route = &check->cfg->routes[index];
	struct cfg_pos pos;

	route->to = calloc(raw->nto, sizeof(*route->to));
	if (!route->to)
		return -ENOMEM;
	route->nto = raw->nto;
	for (unsigned int i = 0; i < raw->nto; i++) {
		pos = cfg_tree_pos(check->tree, "routes[%u].to[%u]", index, i);
		route->to[i] = find_trunk(check, pos, raw->to[i]);
		for (unsigned int j = 0; route->to[i] && j < i; j++)
			if (route->to[j] == route->to[i])
				cfg_mistake(check->report, pos,
					    "trunk \"%s\" is in this route already; name it once",
					    raw->to[i]);
	}
	return 0;
}

static void add_status(struct cfg_statuses *set, unsigned int status)
{
	set->bits[(status - CFG_STATUS_MIN) / 32] |= 1u << (status - CFG_STATUS_MIN) % 32;
}

static void add_class(struct cfg_statuses *set, unsigned int class)
{
	for (unsigned int status = 100 * class; status < 100 * class + 100; status++)
		add_status(set, status);
}

static void del_status(struct cfg_statuses *set, unsigned int status)
{
	set->bits[(status - CFG_STATUS_MIN) / 32] &= ~(1u << (status - CFG_STATUS_MIN) % 32);
}

/* What another trunk may do better; 505, 513 and 580 are about the INVITE itself. */
static void preset_failover(struct cfg_statuses *set)
{
	add_status(set, 408);
	add_class(set, 5);
	del_status(set, 505);
	del_status(set, 513);
	del_status(set, 580);
}

static void check_failover(struct cfg_check *check, unsigned int index)
{
	const struct raw_route *raw = &check->raw->routes[index];
	struct cfg_statuses *set = &check->cfg->routes[index].failover;
	uint32_t status;

	if (!raw->nfailover)
		preset_failover(set);
	for (unsigned int i = 0; i < raw->nfailover; i++) {
		const char *text = raw->failover[i];

		if (!strcmp(text, "4xx") || !strcmp(text, "5xx"))
			add_class(set, (unsigned int)(text[0] - '0'));
		else if (!view_to_u32(view_str(text), CFG_STATUS_MAX, &status) &&
			 status >= CFG_STATUS_MIN)
			add_status(set, status);
		else
			cfg_mistake(check->report,
				    cfg_tree_pos(check->tree, "routes[%u].failover[%u]", index, i),
				    "failover cannot be \"%s\"; write codes from %d to %d, 4xx or "
				    "5xx",
				    text, CFG_STATUS_MIN, CFG_STATUS_MAX);
	}
}

static int check_route(struct cfg_check *check, unsigned int index)
{
	const struct raw_route *raw = &check->raw->routes[index];
	struct cfg_route *route = &check->cfg->routes[index];
	int ret;

	route->strategy = raw->strategy;
	route->mode = raw->mode;
	if (raw->from_realm)
		route->from = cfg_check_realm_named(
			check, cfg_tree_pos(check->tree, "routes[%u].from-realm", index),
			raw->from_realm);
	check_failover(check, index);
	ret = check_match(check, index);
	return ret ? ret : check_to(check, index);
}

int cfg_check_routes(struct cfg_check *check)
{
	struct cfg *cfg = check->cfg;
	int ret;

	if (!check->raw->nroutes)
		return 0;
	cfg->routes = calloc(check->raw->nroutes, sizeof(*cfg->routes));
	if (!cfg->routes)
		return -ENOMEM;
	cfg->nroutes = check->raw->nroutes;
	for (unsigned int i = 0; i < cfg->nroutes; i++) {
		ret = check_route(check, i);
		if (ret)
			return ret;
	}
	return 0;
}
