// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/trunk.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/settings.h"
#include "call/trunk_health.h"
#include "call/trunk_register.h"
#include "config/equal.h"

/* Between the first requests to two trunks. */
#define START_INTERVAL_MS 20

struct trunk {
	const struct cfg_trunk *cfg; /* in force */
	bool disabled; /* by an operator */
	bool down; /* as the first shard says */
	/* NULL: none, or the first shard has it. */
	struct trunk_reg *registration;
	struct trunk_health *health;
};

/* A registration that is being ended, as its trunk is gone or another one. */
struct retired {
	LIST_ENTRY(retired) link;
	struct trunk_reg *registration;
};

LIST_HEAD(retired_list, retired);

struct call_trunks {
	struct timer leaving;
	void (*left)(void *arg); /* NULL: nobody waits */
	void *left_arg;
	struct call_engine *engine;
	struct timer reaping;
	struct retired_list retired;
	struct call_settings *settings; /* whose trunks they are */
	unsigned int count;
	struct trunk *trunk; /* as in their configuration */
};

static void on_idle(struct trunk_reg *reg);

static struct trunk *find_name(const struct call_engine *engine, const char *name)
{
	struct call_trunks *trunks = engine->trunks;

	for (unsigned int i = 0; trunks && i < trunks->count; i++)
		if (!strcmp(trunks->trunk[i].cfg->name, name))
			return &trunks->trunk[i];
	return NULL;
}

/* --- up and down --- */

/* To another shard. */
struct news {
	struct mail mail;
	struct call_engine *engine;
	bool down;
	char trunk[]; /* its name */
};

static void on_news(struct mail *mail, bool alive)
{
	struct news *news = (struct news *)mail;
	struct trunk *trunk = alive ? find_name(news->engine, news->trunk) : NULL;

	if (trunk)
		trunk->down = news->down;
	free(news);
}

/* A shard that does not learn it only tries in vain, as if there were no OPTIONS. */
static void tell_shard(struct call_engine *engine, unsigned int shard, const char *trunk, bool down)
{
	struct news *news = calloc(1, sizeof(*news) + strlen(trunk) + 1);

	if (!news)
		return;
	news->engine = sip_shard_user(engine->stack, shard);
	strcpy(news->trunk, trunk);
	news->down = down;
	if (sip_shard_post(engine->stack, shard, &news->mail, 0, on_news))
		free(news);
}

static void tell_all(struct call_engine *engine, const char *trunk, bool down)
{
	for (unsigned int i = 1; i < engine->cfg->shards; i++)
		tell_shard(engine, i, trunk, down);
}

static void on_changed(struct trunk_health *health, bool down)
{
	struct call_engine *engine = health->way.engine;
	struct trunk *trunk = find_name(engine, health->way.cfg->name);

	if (trunk)
		trunk->down = down;
	tell_all(engine, health->way.cfg->name, down);
}

/* --- a configuration in force --- */

static void reap(struct call_trunks *trunks, bool all)
{
	struct retired *retired = LIST_FIRST(&trunks->retired), *next;

	for (; retired; retired = next) {
		next = LIST_NEXT(retired, link);
		if (!all && !trunk_reg_is_off(retired->registration))
			continue;
		LIST_REMOVE(retired, link);
		trunk_reg_free(retired->registration);
		free(retired);
	}
}

static void tell_if_left(struct call_trunks *trunks);

static void on_reap(struct timer *timer)
{
	struct call_trunks *trunks =
		(struct call_trunks *)((char *)timer - offsetof(struct call_trunks, reaping));

	reap(trunks, false);
	for (unsigned int i = 0; i < trunks->count; i++)
		if (trunks->trunk[i].registration)
			trunk_reg_resume(trunks->trunk[i].registration);
	tell_if_left(trunks);
}

bool call_trunk_is_ending(const struct call_engine *engine, const struct cfg_registration *as)
{
	const struct retired *retired;

	LIST_FOREACH(retired, &engine->trunks->retired, link) {
		const struct trunk_reg *reg = retired->registration;
		const struct cfg_registration *cfg = reg->way.cfg->registration;

		if (!trunk_reg_is_off(reg) && cfg_text_equal(cfg->user, as->user) &&
		    cfg_text_equal(cfg->domain, as->domain) &&
		    cfg_text_equal(cfg->contact, as->contact))
			return true;
	}
	return false;
}

/* The carrier is told. */
static void retire(struct call_trunks *trunks, struct trunk_reg *registration)
{
	struct retired *retired = calloc(1, sizeof(*retired));

	if (!retired) {
		/* It expires. */
		trunk_reg_free(registration);
		return;
	}
	retired->registration = registration;
	LIST_INSERT_HEAD(&trunks->retired, retired, link);
	trunk_reg_want(registration, false);
	loop_timer_set(trunks->engine->loop, &trunks->reaping, 0, on_reap);
}

/* What @was has goes on if it is the same; it looks at the present settings itself. */
static void register_trunk(struct call_trunks *trunks, struct trunk *trunk, struct trunk *was,
			   uint32_t delay_ms)
{
	struct trunk_reg *old = was ? was->registration : NULL;

	if (old && cfg_trunk_registers_as(was->cfg, trunk->cfg)) {
		trunk->registration = old;
		if (!cfg_registration_times_equal(was->cfg->registration, trunk->cfg->registration))
			trunk_reg_renew(old, delay_ms);
		return;
	}
	if (old)
		retire(trunks, old);
	if (!trunk->cfg->registration)
		return;
	trunk->registration = trunk_reg_alloc(trunks->engine, trunk->cfg, on_idle);
	if (!trunk->registration)
		log_error("trunk %s: out of memory, sipd does not register", trunk->cfg->name);
	else if (!trunk->disabled)
		trunk_reg_start(trunk->registration, delay_ms);
}

static void ask_trunk(struct call_trunks *trunks, struct trunk *trunk, struct trunk *was,
		      uint32_t delay_ms)
{
	struct call_engine *engine = trunks->engine;
	struct trunk_health *old = was ? was->health : NULL;

	if (old && cfg_trunk_asked_as(was->cfg, trunk->cfg)) {
		trunk->health = old;
		return;
	}
	if (old) {
		trunk_health_free(old);
		if (trunk->down)
			tell_all(engine, trunk->cfg->name, false);
		trunk->down = false;
	}
	if (!trunk->cfg->health_ms)
		return;
	trunk->health = trunk_health_alloc(engine, trunk->cfg, on_changed);
	if (!trunk->health)
		log_error("trunk %s: out of memory, it is not asked by OPTIONS", trunk->cfg->name);
	else if (!trunk->disabled)
		trunk_health_start(trunk->health, delay_ms);
}

static void drop(struct call_trunks *trunks, struct trunk *trunk)
{
	if (trunk->registration)
		retire(trunks, trunk->registration);
	trunk_health_free(trunk->health);
}

/* Those that are in force now, with what is known of the ones that were. */
static void take_over(struct call_trunks *trunks, struct trunk *now, bool first_shard)
{
	const struct cfg *cfg = trunks->engine->cfg;
	uint32_t delay_ms = 0;

	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		struct trunk *was = find_name(trunks->engine, cfg->trunks[i].name);

		now[i].cfg = &cfg->trunks[i];
		now[i].disabled = was && was->disabled;
		now[i].down = was && was->down;
		if (!first_shard)
			continue;
		delay_ms += START_INTERVAL_MS;
		register_trunk(trunks, &now[i], was, delay_ms);
		ask_trunk(trunks, &now[i], was, delay_ms);
	}
	for (unsigned int i = 0; i < trunks->count; i++)
		if (!cfg_find_trunk(cfg, trunks->trunk[i].cfg->name))
			drop(trunks, &trunks->trunk[i]);
}

void call_trunks_enforce(struct call_engine *engine)
{
	struct call_trunks *trunks = engine->trunks;
	unsigned int count = engine->cfg->ntrunks;
	struct trunk *now;

	if (!trunks && !count)
		return;
	if (!trunks) {
		trunks = calloc(1, sizeof(*trunks));
		if (!trunks)
			goto no_memory;
		trunks->engine = engine;
		LIST_INIT(&trunks->retired);
		engine->trunks = trunks;
	}
	/* sipd ends, and so do its registrations. */
	if (trunks->left)
		return;
	now = calloc(count + 1, sizeof(*now));
	if (!now)
		goto no_memory;
	take_over(trunks, now, !sip_shard_index(engine->stack));
	free(trunks->trunk);
	call_settings_put(trunks->settings);
	trunks->settings = call_settings_get(engine->settings);
	trunks->trunk = now;
	trunks->count = count;
	return;
no_memory:
	log_error("trunks: out of memory, they are as they were");
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
	reap(trunks, true);
	loop_timer_cancel(engine->loop, &trunks->reaping);
	free(trunks->trunk);
	call_settings_put(trunks->settings);
	free(trunks);
	engine->trunks = NULL;
}

/* @cfg may be of settings that are not in force any more. NULL: nothing is known of it. */
static const struct trunk *find(const struct call_engine *engine, const struct cfg_trunk *cfg)
{
	const struct call_trunks *trunks = engine->trunks;
	size_t index = (size_t)(cfg - engine->cfg->trunks);

	if (trunks && index < trunks->count && trunks->trunk[index].cfg == cfg)
		return &trunks->trunk[index];
	return find_name(engine, cfg->name);
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

static uint64_t hold_account(const struct call_engine *engine, const struct trunk *trunk)
{
	return call_hold_account(engine->trunks->settings->cfg, trunk->cfg->address.account);
}

int call_trunk_enable(struct call_engine *engine, const char *name, bool enable)
{
	struct trunk *trunk = find_name(engine, name);

	if (!trunk)
		return -ENOENT;
	if (trunk->health && enable && trunk->disabled)
		trunk_health_start(trunk->health, START_INTERVAL_MS);
	else if (trunk->health && !enable)
		trunk_health_stop(trunk->health);
	/* By the first shard alone: what its REGISTER comes to then is for the others to know. */
	if (enable && !engine->shard && trunk->cfg->address.account)
		call_hold_account_end(engine->holds, hold_account(engine, trunk));
	trunk->disabled = !enable;
	if (trunk->registration && !engine->trunks->left)
		trunk_reg_want(trunk->registration, enable);
	return 0;
}

/* --- the end --- */

static bool is_waiting(const struct call_trunks *trunks)
{
	for (unsigned int i = 0; i < trunks->count; i++) {
		const struct trunk_reg *reg = trunks->trunk[i].registration;

		if (reg && !trunk_reg_is_off(reg))
			return true;
	}
	return !LIST_EMPTY(&trunks->retired);
}

static void tell_left(struct call_engine *engine)
{
	struct call_trunks *trunks = engine->trunks;
	void (*left)(void *arg) = trunks->left;

	loop_timer_cancel(engine->loop, &trunks->leaving);
	trunks->left = NULL;
	left(trunks->left_arg);
}

static void tell_if_left(struct call_trunks *trunks)
{
	if (trunks->left && !is_waiting(trunks))
		tell_left(trunks->engine);
}

static void on_idle(struct trunk_reg *reg)
{
	struct call_trunks *trunks = trunk_reg_engine(reg)->trunks;

	/* It may be one that is retired, and it is at work yet. */
	if (!LIST_EMPTY(&trunks->retired))
		loop_timer_set(trunks->engine->loop, &trunks->reaping, 0, on_reap);
	tell_if_left(trunks);
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
	const struct call_trunks *trunks = engine->trunks;

	for (unsigned int i = 0; trunks && i < trunks->count; i++) {
		const struct trunk *trunk = &trunks->trunk[i];
		struct call_trunk_info info = {
			.cfg = trunk->cfg,
			.enabled = !trunk->disabled,
			.expires_ms = -1,
			.next_ms = -1,
		};

		if (trunk->cfg->address.account)
			info.held_ms =
				call_hold_account_left(engine->holds, hold_account(engine, trunk),
						       loop_now_ms(engine->loop), &info.held_by);
		if (trunk->health)
			describe_health(trunk->health, &info);
		if (trunk->registration)
			trunk_reg_describe(trunk->registration, &info);
		cb(arg, &info);
	}
}
