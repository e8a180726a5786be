/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hierarchical timing wheel: setting, cancelling and expiring a timer is O(1), whatever the
 * number of timers. Resolution 1 ms; a timer never fires early. Not thread-safe: one wheel per
 * shard.
 */
#ifndef SIPD_BASE_TIMER_H
#define SIPD_BASE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer_wheel;
struct timer;

typedef void (*timer_cb)(struct timer *timer);

/* Embedded in the object it serves; all zero is a valid, unarmed timer. */
struct timer {
	struct timer *next;
	struct timer **pprev; /* NULL: not armed */
	timer_cb cb;
	uint64_t expires_ms;
};

struct timer_wheel *timer_wheel_alloc(uint64_t now_ms);
/* Timers still armed are forgotten, not fired. */
void timer_wheel_free(struct timer_wheel *wheel);

/*
 * Arms @timer, or moves it when it is armed, to fire @delay_ms (0 counts as 1) after the wheel's
 * present time.
 */
void timer_set(struct timer_wheel *wheel, struct timer *timer, uint64_t delay_ms, timer_cb cb);
void timer_cancel(struct timer_wheel *wheel, struct timer *timer);

static inline bool timer_armed(const struct timer *timer)
{
	return timer->pprev;
}

/* Moves the present time on, never back, and fires nothing yet. */
void timer_wheel_set_now(struct timer_wheel *wheel, uint64_t now_ms);
uint64_t timer_wheel_now(const struct timer_wheel *wheel);

/*
 * Moves the wheel to @now_ms and fires what is due, in order of time, each timer disarmed before
 * its callback, which may set and cancel any timer and free its object. What it sets counts from
 * @now_ms.
 */
void timer_wheel_advance(struct timer_wheel *wheel, uint64_t now_ms);

/* Milliseconds until something may be due, -1 when no timer is armed: epoll_wait()'s timeout. */
int timer_wheel_next(const struct timer_wheel *wheel);

/* Number of armed timers. */
unsigned long timer_wheel_count(const struct timer_wheel *wheel);

#endif
