// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/check.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/un.h>

#include "base/view.h"
#include "config/value.h"

#define DEFAULT_SOCKET "/run/sipfast/sipd.sock"
#define DEFAULT_KEEP_FINISHED 1000
#define MAX_KEEP_FINISHED 1000000
/* A KiB each. */
#define DEFAULT_MAX_SUBSCRIPTIONS 100000
#define MAX_SUBSCRIPTIONS 10000000

#define DEFAULT_FLOWS 20000
#define MAX_FLOWS 10000000
#define DEFAULT_MESSAGES (UINT64_C(16) << 20)
#define MAX_MESSAGES (UINT64_C(16) << 30)
/* For one shard, so that the longest message does not drive out all others. */
#define MIN_MESSAGES (UINT64_C(256) << 10)
#define DEFAULT_MASK (1u << CFG_MASK_CREDENTIALS | 1u << CFG_MASK_KEYS | 1u << CFG_MASK_DTMF)

void cfg_check_duration(struct cfg_check *check, const char *section,
			const struct cfg_duration *rule)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "%s.%s", section, rule->key);
	int ret;

	*rule->value = rule->preset;
	if (!rule->text)
		return;
	ret = cfg_duration_parse(rule->text, rule->value);
	if (!ret && *rule->value >= rule->min && *rule->value <= rule->max)
		return;
	if (ret == -EINVAL)
		cfg_mistake(
			check->report, pos,
			"%s cannot be \"%s\"; write a number with ms, s, m or h, such as 500ms%s",
			rule->key, rule->text, rule->min ? "" : ", or 0");
	else
		cfg_mistake(check->report, pos, "%s of %s is out of range; choose %ums to %us",
			    rule->key, rule->text, rule->min, rule->max / 1000);
	*rule->value = rule->preset;
}

/* RFC 4028 s.4, s.5. Less than 90 s is for trials. */
static void check_sessions(struct cfg_check *check)
{
	static const struct raw_timers none;
	const struct raw_timers *raw = check->raw->timers ? check->raw->timers : &none;
	struct cfg *cfg = check->cfg;
	uint32_t expires_ms, min_ms;
	const struct cfg_duration rules[] = {
		{ "session-expires", raw->session_expires, &expires_ms, 1800000, 1000, 86400000 },
		{ "min-se", raw->min_se, &min_ms, CFG_MIN_SE_DEFAULT * 1000, 1000, 86400000 },
	};

	cfg_check_duration(check, "timers", &rules[0]);
	cfg_check_duration(check, "timers", &rules[1]);
	if (expires_ms % 1000 || min_ms % 1000)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, expires_ms % 1000 ? "timers.session-expires" :
									  "timers.min-se"),
			    "session-expires and min-se are whole seconds on the wire; write a "
			    "number with s, m or h");
	if (expires_ms < min_ms)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, raw->session_expires ?
							      "timers.session-expires" :
							      "timers.min-se"),
			    "session-expires (%u s) is less than min-se (%u s); make it at least "
			    "as long",
			    expires_ms / 1000, min_ms / 1000);
	cfg->session_expires = expires_ms / 1000;
	cfg->min_se = min_ms / 1000;
}

static void check_timers(struct cfg_check *check)
{
	static const struct raw_timers none;
	const struct raw_timers *raw = check->raw->timers ? check->raw->timers : &none;
	struct cfg *cfg = check->cfg;
	const struct cfg_duration rules[] = {
		/* RFC 3261 s.17, table 4 */
		{ "t1", raw->t1, &cfg->t1_ms, 500, 1, 10000 },
		{ "t2", raw->t2, &cfg->t2_ms, 4000, 1, 60000 },
		{ "t4", raw->t4, &cfg->t4_ms, 5000, 1, 60000 },
		{ "no-answer", raw->no_answer, &cfg->no_answer_ms, 180000, 1, 3600000 },
		{ "media", raw->media, &cfg->media_timeout_ms, 60000, 0, 86400000 },
		{ "max-call", raw->max_call, &cfg->max_duration_ms, 0, 0, CFG_MAX_DURATION_MS },
		{ "failover", raw->failover, &cfg->failover_ms, 4000, 0, 60000 },
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		cfg_check_duration(check, "timers", &rules[i]);
	if (cfg->t2_ms < cfg->t1_ms)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, raw->t2 ? "timers.t2" : "timers.t1"),
			    "t2 (%u ms) is less than t1 (%u ms); t2 is the longest retransmission "
			    "interval, make it at least t1",
			    cfg->t2_ms, cfg->t1_ms);
}

/* Processors that sipd may run on. */
static unsigned int count_cpus(void)
{
	cpu_set_t set;
	unsigned int count;

	if (sched_getaffinity(0, sizeof(set), &set))
		return 1;
	count = CPU_COUNT(&set);
	return count < CFG_MAX_SHARDS ? count : CFG_MAX_SHARDS;
}

static void check_shards(struct cfg_check *check)
{
	const char *text = check->raw->shards;
	uint32_t number = 1;

	if (text && !strcmp(text, "auto"))
		number = count_cpus();
	else if (text && (view_to_u32(view_str(text), CFG_MAX_SHARDS, &number) || *text == '0'))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "shards"),
			    "shards cannot be \"%s\"; write a number from 1 to %u, or auto", text,
			    CFG_MAX_SHARDS);
	check->cfg->shards = number ? number : 1;
}

static void check_calls(struct cfg_check *check)
{
	const struct raw_calls *raw = check->raw->calls;
	struct cfg *cfg = check->cfg;

	cfg->max_calls = raw && raw->max ? *raw->max : 0;
	cfg->keep_finished = raw && raw->keep_finished ? *raw->keep_finished :
							 DEFAULT_KEEP_FINISHED;
	if (cfg->keep_finished > MAX_KEEP_FINISHED)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "calls.keep-finished"),
			    "keep-finished of %u takes too much memory; choose at most %u",
			    cfg->keep_finished, MAX_KEEP_FINISHED);
}

static void check_subscriptions(struct cfg_check *check)
{
	const struct raw_subscriptions *raw = check->raw->subscriptions;
	struct cfg *cfg = check->cfg;

	cfg->max_subscriptions = raw && raw->max ? *raw->max : DEFAULT_MAX_SUBSCRIPTIONS;
	if (cfg->max_subscriptions > MAX_SUBSCRIPTIONS)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "subscriptions.max"),
			    "max of %u takes too much memory; choose at most %u",
			    cfg->max_subscriptions, MAX_SUBSCRIPTIONS);
}

static void check_messages(struct cfg_check *check, const char *text)
{
	struct cfg *cfg = check->cfg;
	uint64_t size, least = cfg->shards * MIN_MESSAGES;

	if (cfg_size_parse(text, &size))
		cfg_mistake(
			check->report, cfg_tree_pos(check->tree, "trace.messages"),
			"messages cannot be \"%s\"; write a number of octets, such as 16M, or 0",
			text);
	else if (size && (size < least || size > MAX_MESSAGES))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "trace.messages"),
			    "messages of %s is out of range; choose 0, or %lluK to 16G", text,
			    (unsigned long long)(least >> 10));
	else
		cfg->trace.messages = size;
}

/* To be called when the number of shards is known. */
static void check_trace(struct cfg_check *check)
{
	const struct raw_trace *raw = check->raw->trace;
	struct cfg_trace *trace = &check->cfg->trace;

	*trace = (struct cfg_trace){ DEFAULT_FLOWS, DEFAULT_MESSAGES, DEFAULT_MASK };
	if (trace->messages < check->cfg->shards * MIN_MESSAGES)
		trace->messages = check->cfg->shards * MIN_MESSAGES;
	if (!raw)
		return;
	if (raw->flows)
		trace->flows = *raw->flows;
	if (trace->flows > MAX_FLOWS)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "trace.flows"),
			    "flows of %u takes too much memory; choose at most %u", trace->flows,
			    MAX_FLOWS);
	if (raw->messages)
		check_messages(check, raw->messages);
	if (!raw->mask)
		return;
	trace->mask = 0;
	for (unsigned int i = 0; i < raw->nmask; i++)
		if (raw->mask[i] != CFG_MASK_NONE)
			trace->mask |= 1u << raw->mask[i];
}

#define MAX_CONNECTIONS 1000000

static void check_connection_count(struct cfg_check *check, const char *key, const uint32_t *raw,
				   uint32_t preset, uint32_t *value)
{
	*value = raw ? *raw : preset;
	if (*value && *value <= MAX_CONNECTIONS)
		return;
	cfg_mistake(check->report, cfg_tree_pos(check->tree, "connections.%s", key),
		    "%s cannot be %u; choose 1 to %u", key, *value, MAX_CONNECTIONS);
}

static void check_connections(struct cfg_check *check)
{
	static const struct raw_connections none;
	const struct raw_connections *raw = check->raw->connections ? check->raw->connections :
								      &none;
	struct tp_limits *limits = &check->cfg->connections;
	const struct cfg_duration rules[] = {
		{ "idle", raw->idle, &limits->idle_ms, 1800000, 1000, 86400000 },
		{ "message", raw->message, &limits->message_ms, 10000, 100, 60000 },
		{ "connect", raw->connect, &limits->connect_ms, 5000, 100, 60000 },
		{ "handshake", raw->handshake, &limits->handshake_ms, 10000, 100, 60000 },
	};
	size_t i;

	check_connection_count(check, "max", raw->max, 20000, &limits->max);
	check_connection_count(check, "per-source", raw->per_source, 1000, &limits->per_source);
	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		cfg_check_duration(check, "connections", &rules[i]);
}

static int check_control(struct cfg_check *check)
{
	const struct raw_control *raw = check->raw->control;
	const char *path = raw && raw->socket ? raw->socket : DEFAULT_SOCKET;

	if (*path != '/')
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "control.socket"),
			    "socket \"%s\" is no absolute path; begin it with /", path);
	if (strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		cfg_mistake(
			check->report, cfg_tree_pos(check->tree, "control.socket"),
			"the path of the socket is longer than %zu octets; choose a shorter one",
			sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
	check->cfg->control_socket = strdup(path);
	return check->cfg->control_socket ? 0 : -ENOMEM;
}

int cfg_check(struct cfg_check *check)
{
	int ret;

	check->cfg->media_kernel = check->raw->media == RAW_MEDIA_KERNEL;
	check_shards(check);
	check_timers(check);
	check_sessions(check);
	check_calls(check);
	check_subscriptions(check);
	check_trace(check);
	check_connections(check);
	cfg_check_dns(check);
	ret = check_control(check);
	if (ret)
		return ret;
	ret = cfg_check_realms(check);
	if (ret)
		return ret;
	ret = cfg_check_next_hops(check);
	if (!ret)
		ret = cfg_check_trunks(check);
	if (!ret)
		ret = cfg_check_routes(check);
	if (ret)
		return ret;
	cfg_check_overlaps(check);
	ret = cfg_check_domains(check);
	cfg_check_proxy(check);
	return ret ? ret : cfg_check_groups(check);
}
