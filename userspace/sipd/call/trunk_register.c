// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/trunk_register.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/route.h"
#include "call/settings.h"
#include "config/equal.h"
#include "sip/shard.h"

/* However short a time a carrier grants. */
#define MIN_REFRESH_MS 5000
/* Above twice this time, so long before the end; else at half of it. */
#define REFRESH_BEFORE_S 600
/* What a Retry-After is believed at most: carriers come back. */
#define MAX_RETRY_AFTER_MS 3600000

static uint64_t now(const struct trunk_reg *reg)
{
	return loop_now_ms(reg->way.engine->loop);
}

static void failed(void *user, const char *why)
{
	trunk_reg_failed(user, 0, "%s", why);
}

static const struct trunk_way_ops way_ops = {
	.send = trunk_reg_send_first,
	.final = trunk_reg_final,
	.failed = failed,
};

/* A try. */
static void begin(struct trunk_reg *reg)
{
	if (trunk_way_follow(&reg->way, cfg_trunk_registers_as))
		reg->expires_s = reg->way.cfg->registration->expires_s;
	reg->next_ms = 0;
	reg->waiting = reg->wanted &&
		       call_trunk_is_ending(reg->way.engine, reg->way.cfg->registration);
	if (reg->waiting)
		return;
	reg->trying = true;
	reg->outdated = false;
	reg->ending = !reg->wanted;
	reg->renewed = false;
	reg->status = 0;
	trunk_way_begin(&reg->way);
}

static void on_timer(struct timer *timer)
{
	struct trunk_reg *reg =
		(struct trunk_reg *)((char *)timer - offsetof(struct trunk_reg, timer));

	begin(reg);
}

static void plan(struct trunk_reg *reg, uint64_t delay_ms)
{
	reg->waiting = false;
	reg->next_ms = now(reg) + delay_ms;
	loop_timer_set(reg->way.engine->loop, &reg->timer, delay_ms, on_timer);
}

static void enter(struct trunk_reg *reg, enum trunk_reg_state state)
{
	if (reg->state != state)
		reg->since_ms = now(reg);
	reg->state = state;
}

static bool is_bound(const struct trunk_reg *reg)
{
	return reg->bound_ms > now(reg);
}

/* A part of @ms at random. */
static uint32_t some_of(const struct trunk_reg *reg, uint64_t ms)
{
	return ms ? call_chance(reg->way.engine, (uint32_t)ms + 1) : 0;
}

struct trunk_reg *trunk_reg_alloc(struct call_engine *engine, const struct cfg_trunk *cfg,
				  void (*idle)(struct trunk_reg *reg))
{
	struct trunk_reg *reg = calloc(1, sizeof(*reg));

	if (!reg)
		return NULL;
	trunk_way_init(&reg->way, engine, cfg, &way_ops, reg);
	reg->idle = idle;
	reg->expires_s = cfg->registration->expires_s;
	sip_call_id(engine->stack, reg->call_id);
	sip_token(engine->stack, 64, reg->tag);
	reg->state = TRUNK_REG_OFF;
	reg->since_ms = now(reg);
	return reg;
}

void trunk_reg_free(struct trunk_reg *reg)
{
	if (!reg)
		return;
	loop_timer_cancel(reg->way.engine->loop, &reg->timer);
	trunk_way_clean(&reg->way);
	call_nonces_clean(&reg->nonces);
	free(reg);
}

void trunk_reg_start(struct trunk_reg *reg, uint32_t delay_ms)
{
	reg->wanted = true;
	enter(reg, TRUNK_REG_REGISTERING);
	plan(reg, delay_ms);
}

void trunk_reg_renew(struct trunk_reg *reg, uint32_t delay_ms)
{
	if (reg->trying)
		reg->outdated = true;
	else if (reg->wanted)
		plan(reg, delay_ms);
}

/* --- what is wanted --- */

/* Nothing is under way: what is next, when it is not what was tried last? */
static void go_on(struct trunk_reg *reg)
{
	if (reg->wanted) {
		enter(reg, TRUNK_REG_REGISTERING);
		reg->failures = 0;
		plan(reg, 1);
		return;
	}
	enter(reg, TRUNK_REG_OFF);
	if (is_bound(reg))
		begin(reg);
	else
		reg->idle(reg);
}

void trunk_reg_want(struct trunk_reg *reg, bool wanted)
{
	bool again = wanted && reg->state == TRUNK_REG_REFUSED;

	if (reg->wanted == wanted && !again)
		return;
	reg->wanted = wanted;
	/* Its final response is waited for (s.10.2). */
	if (reg->trying)
		return;
	loop_timer_cancel(reg->way.engine->loop, &reg->timer);
	reg->waiting = false;
	reg->next_ms = 0;
	go_on(reg);
}

void trunk_reg_resume(struct trunk_reg *reg)
{
	if (reg->waiting)
		begin(reg);
}

bool trunk_reg_is_off(const struct trunk_reg *reg)
{
	return !reg->wanted && !reg->trying && !timer_armed(&reg->timer);
}

struct call_engine *trunk_reg_engine(const struct trunk_reg *reg)
{
	return reg->way.engine;
}

/* --- what a try has come to --- */

/* False: it was not what is wanted by now. */
static bool end_try(struct trunk_reg *reg)
{
	bool ending = reg->ending;

	trunk_way_stop(&reg->way);
	reg->trying = false;
	/* Whether or not the carrier has heard that it is to end: once is enough. */
	if (ending)
		reg->bound_ms = 0;
	if (!ending && reg->wanted && !reg->outdated)
		return true;
	go_on(reg);
	return false;
}

static uint64_t refresh_delay(const struct trunk_reg *reg, uint32_t granted_s)
{
	uint64_t ms = granted_s > 2 * REFRESH_BEFORE_S ?
			      (uint64_t)(granted_s - REFRESH_BEFORE_S) * 1000 :
			      (uint64_t)granted_s * 500;
	uint64_t spread = ms / 10;

	/* Those that began together go apart. */
	ms -= some_of(reg, spread > 600000 ? 600000 : spread);
	return ms < MIN_REFRESH_MS ? MIN_REFRESH_MS : ms;
}

void trunk_reg_done(struct trunk_reg *reg, uint32_t granted_s)
{
	char peer[TP_ADDR_STRLEN];

	reg->bound_ms = granted_s ? now(reg) + (uint64_t)granted_s * 1000 : 0;
	reg->granted_s = granted_s;
	reg->failures = 0;
	snprintf(reg->answer, sizeof(reg->answer), "%d from %s", reg->status,
		 tp_addr_format(&reg->way.to.remote, peer));
	if (!end_try(reg))
		return;
	if (reg->state != TRUNK_REG_REGISTERED)
		log_info("trunk %s: registered as %s@%s at %s for %u s", reg->way.cfg->name,
			 reg->way.cfg->registration->user, reg->way.cfg->registration->domain, peer,
			 granted_s);
	enter(reg, TRUNK_REG_REGISTERED);
	plan(reg, refresh_delay(reg, granted_s));
}

/* Keeps what is told, some of it by the carrier; what is told again and again is logged once. */
static void tell(struct trunk_reg *reg, const char *result, char *text)
{
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	if (strcmp(reg->answer, text))
		log_warn("trunk %s: %s: %s", reg->way.cfg->name, result, text);
	snprintf(reg->answer, sizeof(reg->answer), "%s", text);
}

/* RFC 5626 s.4.5: twice as long each time, up to a bound, and of that half to all at random. */
static uint64_t back_off(const struct trunk_reg *reg)
{
	const struct cfg_registration *cfg = reg->way.cfg->registration;
	unsigned int doublings = reg->failures < 20 ? reg->failures : 20;
	uint64_t bound = (uint64_t)cfg->retry_ms << doublings;

	if (bound > cfg->max_retry_ms)
		bound = cfg->max_retry_ms;
	return bound / 2 + some_of(reg, bound - bound / 2);
}

void trunk_reg_failed(struct trunk_reg *reg, uint32_t retry_after_s, const char *format, ...)
{
	uint64_t wait, asked = (uint64_t)retry_after_s * 1000;
	char text[sizeof(reg->answer)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!end_try(reg))
		return;
	tell(reg, is_bound(reg) ? "not registered anew" : "not registered", text);
	reg->failures++;
	/* As long as the carrier has us calls come. */
	enter(reg, is_bound(reg) ? TRUNK_REG_REGISTERED : TRUNK_REG_FAILED);
	wait = back_off(reg);
	if (asked > MAX_RETRY_AFTER_MS)
		asked = MAX_RETRY_AFTER_MS;
	plan(reg, wait > asked ? wait : asked);
}

static void put_off(struct trunk_reg *reg, uint64_t wait_ms, const char *format, va_list args)
{
	char text[sizeof(reg->answer)];

	vsnprintf(text, sizeof(text), format, args);
	call_nonces_clean(&reg->nonces);
	if (!end_try(reg))
		return;
	tell(reg, "credentials refused", text);
	reg->failures++;
	enter(reg, TRUNK_REG_REFUSED);
	plan(reg, wait_ms + some_of(reg, wait_ms / 10));
}

void trunk_reg_refused(struct trunk_reg *reg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_off(reg, reg->way.cfg->registration->refused_ms, format, args);
	va_end(args);
}

void trunk_reg_held(struct trunk_reg *reg, uint64_t left_ms, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_off(reg, left_ms, format, args);
	va_end(args);
}

bool trunk_reg_stands(const struct trunk_reg *reg)
{
	return reg->state == TRUNK_REG_REGISTERED && is_bound(reg);
}

uint64_t trunk_reg_account(const struct trunk_reg *reg)
{
	return call_hold_account(reg->way.settings->cfg, reg->way.cfg->address.account);
}

/* --- */

static const char *state_name(const struct trunk_reg *reg)
{
	static const char *const names[] = {
		[TRUNK_REG_REGISTERING] = "registering",
		[TRUNK_REG_REGISTERED] = "registered",
		[TRUNK_REG_FAILED] = "failed",
		[TRUNK_REG_REFUSED] = "refused",
		[TRUNK_REG_OFF] = "off",
	};

	/* It has run out before it could be renewed. */
	if (reg->state == TRUNK_REG_REGISTERED && !is_bound(reg))
		return reg->failures ? "failed" : "registering";
	return names[reg->state];
}

void trunk_reg_describe(const struct trunk_reg *reg, struct call_trunk_info *info)
{
	uint64_t at = now(reg);

	info->state = state_name(reg);
	info->state_ms = at - reg->since_ms;
	if (is_bound(reg))
		info->expires_ms = (int64_t)(reg->bound_ms - at);
	if (timer_armed(&reg->timer))
		info->next_ms = reg->next_ms > at ? (int64_t)(reg->next_ms - at) : 0;
	info->expires_s = reg->granted_s;
	info->failures = reg->failures;
	info->status = reg->status;
	info->answer = reg->answer;
	info->peer = reg->way.to.remote;
	info->call_id = reg->call_id;
	info->cseq = reg->cseq;
}
