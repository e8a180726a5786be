// SPDX-License-Identifier: GPL-2.0-or-later
/* How busy a loop says it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/load.h"
#include "base/loop.h"

#define MS UINT64_C(1000000)

static void percent_of_the_last_interval(void **state)
{
	struct load load;

	(void)state;
	load_init(&load, 5000 * MS);
	load_busy(&load, 5000 * MS, 5300 * MS);
	load_tick(&load, 5900 * MS);
	assert_int_equal(load.percent, 0);
	load_busy(&load, 5900 * MS, 5999 * MS);
	assert_int_equal(load.percent, 0);
	load_tick(&load, 6000 * MS);
	assert_int_equal(load.percent, 39);
	/* That interval is over; nothing of it counts in the next one. */
	load_busy(&load, 6500 * MS, 7000 * MS);
	assert_int_equal(load.percent, 50);
}

static void all_of_the_time_is_a_hundred(void **state)
{
	struct load load;

	(void)state;
	load_init(&load, 0);
	for (uint64_t now = 0; now < 1000 * MS; now += 100 * MS)
		load_busy(&load, now, now + 100 * MS);
	assert_int_equal(load.percent, 100);
	load_busy(&load, 1000 * MS, 4000 * MS);
	assert_int_equal(load.percent, 100);
}

static void a_long_sleep_is_one_interval(void **state)
{
	struct load load;

	(void)state;
	load_init(&load, 0);
	load_busy(&load, 0, 900 * MS);
	load_tick(&load, 90000 * MS);
	assert_int_equal(load.percent, 1);
}

static struct loop *loop;
static unsigned int measured;
static struct loop_deferred work;
static struct timer quiet;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void toil(struct loop_deferred *deferred)
{
	uint64_t begin = now_ms();

	while (now_ms() - begin < 20)
		;
	measured = loop_load(loop);
	if (measured)
		loop_stop(loop);
	else
		loop_defer(loop, deferred, toil);
}

static void wake(struct timer *timer)
{
	(void)timer;
	measured = loop_load(loop);
	loop_stop(loop);
}

/* Of 20 ms of work and then another turn at once at least half is work, of a nap next to none. */
static void a_loop_measures_itself(void **state)
{
	(void)state;
	assert_int_equal(loop_alloc(&loop), 0);
	assert_int_equal(loop_load(loop), 0);
	loop_defer(loop, &work, toil);
	assert_int_equal(loop_run(loop), 0);
	assert_in_range(measured, 51, 100);
	loop_timer_set(loop, &quiet, 1500, wake);
	assert_int_equal(loop_run(loop), 0);
	assert_in_range(measured, 0, 49);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percent_of_the_last_interval),
		cmocka_unit_test(all_of_the_time_is_a_hundred),
		cmocka_unit_test(a_long_sleep_is_one_interval),
		cmocka_unit_test(a_loop_measures_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
