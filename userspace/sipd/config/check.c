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

struct timer_rule {
	const char *key;
	const char *text;
	uint32_t *value;
	uint32_t preset;
	uint32_t min, max; /* min 0: 0 is allowed and means never */
};

static void check_timer(struct cfg_check *check, const struct timer_rule *rule)
{
	int ret;

	*rule->value = rule->preset;
	if (!rule->text)
		return;
	ret = cfg_duration_parse(rule->text, rule->value);
	if (!ret && *rule->value >= rule->min && *rule->value <= rule->max)
		return;
	if (ret == -EINVAL)
		cfg_mistake(
			check->report, cfg_tree_pos(check->tree, "timers.%s", rule->key),
			"%s cannot be \"%s\"; write a number with ms, s, m or h, such as 500ms%s",
			rule->key, rule->text, rule->min ? "" : ", or 0");
	else
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "timers.%s", rule->key),
			    "%s of %s is out of range; choose %ums to %us", rule->key, rule->text,
			    rule->min, rule->max / 1000);
	*rule->value = rule->preset;
}

static void check_timers(struct cfg_check *check)
{
	static const struct raw_timers none;
	const struct raw_timers *raw = check->raw->timers ? check->raw->timers : &none;
	struct cfg *cfg = check->cfg;
	const struct timer_rule rules[] = {
		/* RFC 3261 s.17, table 4 */
		{ "t1", raw->t1, &cfg->t1_ms, 500, 1, 10000 },
		{ "t2", raw->t2, &cfg->t2_ms, 4000, 1, 60000 },
		{ "t4", raw->t4, &cfg->t4_ms, 5000, 1, 60000 },
		{ "no-answer", raw->no_answer, &cfg->no_answer_ms, 180000, 1, 3600000 },
		{ "media", raw->media, &cfg->media_timeout_ms, 60000, 0, 86400000 },
		{ "max-call", raw->max_call, &cfg->max_duration_ms, 0, 0, CFG_MAX_DURATION_MS },
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		check_timer(check, &rules[i]);
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
	check_calls(check);
	ret = check_control(check);
	if (ret)
		return ret;
	ret = cfg_check_realms(check);
	if (ret)
		return ret;
	cfg_check_next_hops(check);
	cfg_check_overlaps(check);
	return 0;
}
