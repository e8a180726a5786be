// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/trunk.h"

#include <errno.h>
#include <stdlib.h>

#include "call/trunk_health.h"
#include "call/trunk_register.h"

/* Between the first requests to two trunks. */
#define START_INTERVAL_MS 20

struct trunk {
	bool disabled; /* by an operator */
	bool down; /* as the first shard says */
	/* NULL: there is none, or the first shard has it. */
	struct trunk_reg *registration;
	struct trunk_health *health;
};

struct call_trunks {
	struct timer leaving;
	void (*left)(void *arg); /* NULL: nobody waits */
	void *left_arg;
	unsigned int count;
	struct trunk trunk[];
};

static void on_idle(struct trunk_reg *reg);

/* --- up and down --- */

/* To another shard. */
struct news {
	struct mail mail;
	struct call_engine *engine;
	size_t trunk;
	bool down;
};

static void on_news(struct mail *mail, bool alive)
{
	struct news *news = (struct news *)mail;

	if (alive)
		news->engine->trunks->trunk[news->trunk].down = news->down;
	free(news);
}

/* A shard that does not learn it only tries in vain, as if there were no OPTIONS. */
static void tell_shard(struct call_engine *engine, unsigned int shard, size_t trunk, bool down)
{
	struct news *news = calloc(1, sizeof(*news));

	if (!news)
		return;
	news->engine = sip_shard_user(engine->stack, shard);
	news->trunk = trunk;
	news->down = down;
	if (sip_shard_post(engine->stack, shard, &news->mail, 0, on_news))
		free(news);
}

static void on_changed(struct trunk_health *health, bool down)
{
	struct call_engine *engine = health->way.engine;
	size_t trunk = (size_t)(health->way.cfg - engine->cfg->trunks);

	engine->trunks->trunk[trunk].down = down;
	for (unsigned int i = 1; i < engine->cfg->shards; i++)
		tell_shard(engine, i, trunk, down);
}

/* --- */

static int add_registration(struct call_engine *engine, unsigned int index, uint32_t delay_ms)
{
	struct trunk_reg *reg = trunk_reg_alloc(engine, &engine->cfg->trunks[index], on_idle);

	engine->trunks->trunk[index].registration = reg;
	if (!reg)
		return -ENOMEM;
	trunk_reg_start(reg, delay_ms);
	return 0;
}

static int add_health(struct call_engine *engine, unsigned int index, uint32_t delay_ms)
{
	struct trunk_health *health =
		trunk_health_alloc(engine, &engine->cfg->trunks[index], on_changed);

	engine->trunks->trunk[index].health = health;
	if (!health)
		return -ENOMEM;
	trunk_health_start(health, delay_ms);
	return 0;
}

/* What the first shard does for all. */
static int start_all(struct call_engine *engine)
{
	uint32_t delay_ms = 0;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < engine->cfg->ntrunks; i++) {
		const struct cfg_trunk *cfg = &engine->cfg->trunks[i];

		delay_ms += START_INTERVAL_MS;
		if (cfg->registration)
			ret = add_registration(engine, i, delay_ms);
		if (!ret && cfg->health_ms)
			ret = add_health(engine, i, delay_ms);
	}
	return ret;
}

int call_trunks_alloc(struct call_engine *engine)
{
	unsigned int count = engine->cfg->ntrunks;

	if (!count)
		return 0;
	engine->trunks =
		calloc(1, sizeof(*engine->trunks) + count * sizeof(*engine->trunks->trunk));
	if (!engine->trunks)
		return -ENOMEM;
	engine->trunks->count = count;
	return sip_shard_index(engine->stack) ? 0 : start_all(engine);
}

void call_trunks_free(struct call_engine *engine)
{
	struct call_trunks *trunks = engine->trunks;

	if (!trunks)
		return;
	loop_timer_cancel(engine->loop, &trunks->leaving);
	for (unsigned int i = 0; i < trunks->count; i++) {
		trunk_reg_free(trunks->trunk[i].registration);
		trunk_health_free(trunks->trunk[i].health);
	}
	free(trunks);
	engine->trunks = NULL;
}

/* NULL: it is of no trunk of the engine's configuration, and nothing is known of it. */
static const struct trunk *find(const struct call_engine *engine, const struct cfg_trunk *cfg)
{
	size_t index = (size_t)(cfg - engine->cfg->trunks);

	return engine->trunks && index < engine->trunks->count ? &engine->trunks->trunk[index] :
								 NULL;
}

bool call_trunk_takes_calls(const struct call_engine *engine, const struct cfg_trunk *cfg)
{
	const struct trunk *trunk = find(engine, cfg);

	return !trunk || !trunk->disabled;
}

bool call_trunk_is_down(const struct call_engine *engine, const struct cfg_trunk *cfg)
{
	const struct trunk *trunk = find(engine, cfg);

	return trunk && trunk->down;
}

int call_trunk_enable(struct call_engine *engine, const char *name, bool enable)
{
	for (unsigned int i = 0; i < engine->cfg->ntrunks; i++) {
		struct trunk *trunk = &engine->trunks->trunk[i];

		if (strcmp(engine->cfg->trunks[i].name, name))
			continue;
		if (trunk->health && enable && trunk->disabled)
			trunk_health_start(trunk->health, START_INTERVAL_MS);
		else if (trunk->health && !enable)
			trunk_health_stop(trunk->health);
		trunk->disabled = !enable;
		if (trunk->registration && !engine->trunks->left)
			trunk_reg_want(trunk->registration, enable);
		return 0;
	}
	return -ENOENT;
}

/* --- the end --- */

static bool is_waiting(const struct call_trunks *trunks)
{
	for (unsigned int i = 0; i < trunks->count; i++) {
		const struct trunk_reg *reg = trunks->trunk[i].registration;

		if (reg && !trunk_reg_is_off(reg))
			return true;
	}
	return false;
}

static void tell_left(struct call_engine *engine)
{
	struct call_trunks *trunks = engine->trunks;
	void (*left)(void *arg) = trunks->left;

	loop_timer_cancel(engine->loop, &trunks->leaving);
	trunks->left = NULL;
	left(trunks->left_arg);
}

static void on_idle(struct trunk_reg *reg)
{
	struct call_engine *engine = trunk_reg_engine(reg);

	if (engine->trunks->left && !is_waiting(engine->trunks))
		tell_left(engine);
}

static void on_time_over(struct timer *timer)
{
	struct call_trunks *trunks =
		(struct call_trunks *)((char *)timer - offsetof(struct call_trunks, leaving));
	void (*left)(void *arg) = trunks->left;

	trunks->left = NULL;
	left(trunks->left_arg);
}

void call_trunks_leave(struct call_engine *engine, uint32_t max_ms, void (*left)(void *arg),
		       void *arg)
{
	struct call_trunks *trunks = engine->trunks;

	if (!trunks) {
		left(arg);
		return;
	}
	for (unsigned int i = 0; i < trunks->count; i++)
		if (trunks->trunk[i].registration)
			trunk_reg_want(trunks->trunk[i].registration, false);
	trunks->left = left;
	trunks->left_arg = arg;
	loop_timer_set(engine->loop, &trunks->leaving, max_ms, on_time_over);
	if (!is_waiting(trunks))
		tell_left(engine);
}

/* --- */

static void describe_health(const struct trunk_health *health, struct call_trunk_info *info)
{
	info->health = health->down ? "down" : "up";
	info->health_ms = loop_now_ms(health->way.engine->loop) - health->since_ms;
	info->health_answer = health->answer;
}

void call_each_trunk(const struct call_engine *engine,
		     void (*cb)(void *arg, const struct call_trunk_info *info), void *arg)
{
	const struct cfg *cfg = call_engine_cfg(engine);

	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		const struct trunk *trunk = &engine->trunks->trunk[i];
		struct call_trunk_info info = {
			.cfg = &cfg->trunks[i],
			.enabled = !trunk->disabled,
			.expires_ms = -1,
			.next_ms = -1,
		};

		if (trunk->health)
			describe_health(trunk->health, &info);
		if (trunk->registration)
			trunk_reg_describe(trunk->registration, &info);
		cb(arg, &info);
	}
}
