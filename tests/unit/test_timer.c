// SPDX-License-Identifier: GPL-2.0-or-later
/* The timer wheel against a model that looks at every timer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/timer.h"

#define TIMERS 500
#define START 123456789

struct slot {
	struct timer timer;
	uint64_t due; /* 0: not armed, as the model has it */
	uint64_t again; /* delay with which the callback sets it anew, 0: not */
	struct slot *victim; /* cancelled by the callback */
};

static struct timer_wheel *wheel;
static struct slot slots[TIMERS];
static uint64_t last_due;
static unsigned long fired;

static int new_wheel(void **state)
{
	(void)state;
	memset(slots, 0, sizeof(slots));
	last_due = fired = 0;
	wheel = timer_wheel_alloc(START);
	return wheel ? 0 : -1;
}

static int free_wheel(void **state)
{
	(void)state;
	timer_wheel_free(wheel);
	return 0;
}

static void on_timer(struct timer *timer);

static void set(struct slot *slot, uint64_t delay)
{
	timer_set(wheel, &slot->timer, delay, on_timer);
	slot->due = timer_wheel_now(wheel) + (delay ? delay : 1);
	assert_true(timer_armed(&slot->timer));
}

static void cancel(struct slot *slot)
{
	timer_cancel(wheel, &slot->timer);
	slot->due = 0;
	assert_false(timer_armed(&slot->timer));
}

static void on_timer(struct timer *timer)
{
	struct slot *slot = (struct slot *)timer;

	assert_false(timer_armed(timer));
	assert_int_not_equal(slot->due, 0);
	assert_true(slot->due <= timer_wheel_now(wheel)); /* never early */
	assert_true(slot->due >= last_due); /* in order */
	last_due = slot->due;
	slot->due = 0;
	fired++;
	if (slot->again)
		set(slot, slot->again);
	if (slot->victim)
		cancel(slot->victim);
}

static void assert_agreement(void)
{
	uint64_t now = timer_wheel_now(wheel), first = UINT64_MAX;
	unsigned long armed = 0;
	int next = timer_wheel_next(wheel);

	for (int i = 0; i < TIMERS; i++) {
		assert_int_equal(timer_armed(&slots[i].timer), slots[i].due != 0);
		if (!slots[i].due)
			continue;
		armed++;
		assert_true(slots[i].due > now); /* none was missed */
		if (slots[i].due < first)
			first = slots[i].due;
	}
	assert_int_equal(timer_wheel_count(wheel), armed);
	if (!armed)
		assert_int_equal(next, -1);
	else
		assert_true(next > 0 && now + next <= first);
}

/* Delays of all magnitudes, most of them those of SIP. */
static uint64_t random_delay(void)
{
	unsigned int bits = random() % 20 ? random() % 17 : random() % 40;

	return ((uint64_t)random() << 20 ^ random()) & ((UINT64_C(1) << bits) - 1);
}

static void random_operations_agree_with_the_model(void **state)
{
	uint64_t now = START;

	(void)state;
	srandom(4711);
	for (int i = 0; i < 200000; i++) {
		struct slot *slot = &slots[random() % TIMERS];

		switch (random() % 8) {
		case 0:
			cancel(slot);
			break;
		case 1:
			slot->again = random() % 2 ? random_delay() : 0;
			slot->victim = random() % 2 ? &slots[random() % TIMERS] : NULL;
			break;
		case 2:
			now += random_delay() >> random() % 8;
			last_due = 0;
			timer_wheel_advance(wheel, now);
			break;
		default:
			set(slot, random_delay());
		}
		if (i % 64 == 0)
			assert_agreement();
	}
	assert_true(fired > 10000);
}

/* What epoll_wait() is told leads to each timer at its very millisecond. */
static void following_next_fires_on_time(void **state)
{
	int next;

	(void)state;
	srandom(815);
	for (int i = 0; i < TIMERS; i++)
		set(&slots[i], random_delay());
	while ((next = timer_wheel_next(wheel)) >= 0) {
		unsigned long before = fired;

		assert_int_not_equal(next, 0);
		timer_wheel_advance(wheel, timer_wheel_now(wheel) + next);
		if (fired != before)
			assert_int_equal(last_due, timer_wheel_now(wheel));
	}
	assert_int_equal(fired, TIMERS);
}

static void what_a_callback_sets_counts_from_now(void **state)
{
	(void)state;
	slots[0].again = 500;
	set(&slots[0], 500);
	/* After a stall, one tick, not all that would have been. */
	timer_wheel_advance(wheel, START + 10000);
	assert_int_equal(fired, 1);
	assert_int_equal(slots[0].due, START + 10500);
	timer_wheel_advance(wheel, START + 10499);
	assert_int_equal(fired, 1);
	timer_wheel_advance(wheel, START + 10500);
	assert_int_equal(fired, 2);
}

static void the_present_moves_without_firing_and_never_back(void **state)
{
	(void)state;
	set(&slots[0], 10);
	timer_wheel_set_now(wheel, START + 100);
	assert_int_equal(fired, 0);
	assert_int_equal(timer_wheel_next(wheel), 0);
	set(&slots[1], 10);
	assert_int_equal(slots[1].due, START + 110);
	timer_wheel_advance(wheel, START + 50);
	assert_int_equal(timer_wheel_now(wheel), START + 100);
	assert_int_equal(fired, 1);
	assert_in_range(timer_wheel_next(wheel), 1, 10);
}

static void the_longest_delay_is_no_overflow(void **state)
{
	(void)state;
	timer_set(wheel, &slots[0].timer, UINT64_MAX, on_timer);
	assert_true(slots[0].timer.expires_ms == UINT64_MAX);
	assert_true(timer_wheel_next(wheel) > 0);
	timer_wheel_advance(wheel, START + (UINT64_C(1) << 50));
	assert_int_equal(fired, 0);
	timer_cancel(wheel, &slots[0].timer);
	assert_int_equal(timer_wheel_next(wheel), -1);
}

#define WHEEL(test) cmocka_unit_test_setup_teardown(test, new_wheel, free_wheel)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WHEEL(random_operations_agree_with_the_model),
		WHEEL(following_next_fires_on_time),
		WHEEL(what_a_callback_sets_counts_from_now),
		WHEEL(the_present_moves_without_firing_and_never_back),
		WHEEL(the_longest_delay_is_no_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
