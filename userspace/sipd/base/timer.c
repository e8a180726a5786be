// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Levels of 64 slots; a slot of level n is 64^n ms wide. A timer stands on the level of the highest
 * digit (base 64) in which its time differs from the wheel's position, in the slot of that digit.
 * So all slots in use are ahead of the position on their level, every timer of a lower level is due
 * before any of a higher one, and the next slot is one bit scan away. A timer moves down a level at
 * most once per level.
 */
#include <limits.h>
#include <stdlib.h>

#include "base/timer.h"

#define LEVEL_BITS 6
#define LEVEL_SLOTS (1u << LEVEL_BITS)
#define LEVELS ((64 + LEVEL_BITS - 1) / LEVEL_BITS)

struct timer_wheel {
	uint64_t now_ms;
	uint64_t position; /* up to here, everything has fired; at most now_ms */
	unsigned long count;
	uint64_t used[LEVELS]; /* bit n: slot n is not empty */
	struct timer *slots[LEVELS][LEVEL_SLOTS];
};

struct timer_wheel *timer_wheel_alloc(uint64_t now_ms)
{
	struct timer_wheel *wheel = calloc(1, sizeof(*wheel));

	if (wheel)
		wheel->now_ms = wheel->position = now_ms;
	return wheel;
}

void timer_wheel_free(struct timer_wheel *wheel)
{
	free(wheel);
}

static void push(struct timer **head, struct timer *timer)
{
	timer->next = *head;
	if (timer->next)
		timer->next->pprev = &timer->next;
	timer->pprev = head;
	*head = timer;
}

static void unlink_timer(struct timer *timer)
{
	*timer->pprev = timer->next;
	if (timer->next)
		timer->next->pprev = timer->pprev;
	timer->pprev = NULL;
}

/* The time of @timer is after the wheel's position. */
static void place(struct timer_wheel *wheel, struct timer *timer)
{
	unsigned int high = 63 - __builtin_clzll(timer->expires_ms ^ wheel->position);
	unsigned int level = high / LEVEL_BITS;
	unsigned int slot = timer->expires_ms >> level * LEVEL_BITS & (LEVEL_SLOTS - 1);

	push(&wheel->slots[level][slot], timer);
	wheel->used[level] |= UINT64_C(1) << slot;
}

void timer_set(struct timer_wheel *wheel, struct timer *timer, uint64_t delay_ms, timer_cb cb)
{
	timer_cancel(wheel, timer);
	if (!delay_ms)
		delay_ms = 1;
	timer->cb = cb;
	timer->expires_ms = wheel->now_ms + delay_ms;
	if (timer->expires_ms < delay_ms)
		timer->expires_ms = UINT64_MAX;
	place(wheel, timer);
	wheel->count++;
}

void timer_cancel(struct timer_wheel *wheel, struct timer *timer)
{
	struct timer **head = timer->pprev;
	size_t index;

	if (!head)
		return;
	unlink_timer(timer);
	wheel->count--;
	/* Was it the last one of a slot? It may as well have been on the list that is firing. */
	index = ((uintptr_t)head - (uintptr_t)wheel->slots) / sizeof(*head);
	if (!*head && index < LEVELS * LEVEL_SLOTS)
		wheel->used[index / LEVEL_SLOTS] &= ~(UINT64_C(1) << index % LEVEL_SLOTS);
}

/* The first slot in use, and the time at which it begins. False: there is no timer. */
static bool next_slot(const struct timer_wheel *wheel, unsigned int *level, unsigned int *slot,
		      uint64_t *begins)
{
	unsigned int shift;

	for (*level = 0; *level < LEVELS; ++*level) {
		if (!wheel->used[*level])
			continue;
		*slot = __builtin_ctzll(wheel->used[*level]);
		shift = *level * LEVEL_BITS;
		*begins = (wheel->position >> shift & ~(uint64_t)(LEVEL_SLOTS - 1)) | *slot;
		*begins <<= shift;
		return true;
	}
	return false;
}

/* The position has reached the beginning of the slot. */
static void open_slot(struct timer_wheel *wheel, unsigned int level, unsigned int slot)
{
	struct timer *list = wheel->slots[level][slot], *due = NULL, *timer;

	wheel->slots[level][slot] = NULL;
	wheel->used[level] &= ~(UINT64_C(1) << slot);
	if (list)
		list->pprev = &list;
	while ((timer = list)) {
		unlink_timer(timer);
		if (timer->expires_ms > wheel->position)
			place(wheel, timer);
		else
			push(&due, timer);
	}
	while ((timer = due)) {
		unlink_timer(timer);
		wheel->count--;
		timer->cb(timer);
	}
}

void timer_wheel_set_now(struct timer_wheel *wheel, uint64_t now_ms)
{
	if (now_ms > wheel->now_ms)
		wheel->now_ms = now_ms;
}

void timer_wheel_advance(struct timer_wheel *wheel, uint64_t now_ms)
{
	unsigned int level, slot;
	uint64_t begins;

	timer_wheel_set_now(wheel, now_ms);
	/* What a callback sets is due after now_ms: this ends. */
	while (next_slot(wheel, &level, &slot, &begins) && begins <= wheel->now_ms) {
		wheel->position = begins;
		open_slot(wheel, level, slot);
	}
	wheel->position = wheel->now_ms;
}

uint64_t timer_wheel_now(const struct timer_wheel *wheel)
{
	return wheel->now_ms;
}

int timer_wheel_next(const struct timer_wheel *wheel)
{
	unsigned int level, slot;
	uint64_t begins;

	if (!next_slot(wheel, &level, &slot, &begins))
		return -1;
	if (begins <= wheel->now_ms)
		return 0;
	return begins - wheel->now_ms < INT_MAX ? (int)(begins - wheel->now_ms) : INT_MAX;
}

unsigned long timer_wheel_count(const struct timer_wheel *wheel)
{
	return wheel->count;
}
