// SPDX-License-Identifier: GPL-2.0-or-later
/* The event loop: order within a turn, and what callbacks may do to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"

static struct loop *loop;
static char order[64];

static int setup(void **state)
{
	(void)state;
	order[0] = '\0';
	return loop_alloc(&loop);
}

static int teardown(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static void note(char c)
{
	size_t len = strlen(order);

	assert_true(len < sizeof(order) - 1);
	order[len] = c;
	order[len + 1] = '\0';
}

static int ready_fd(void)
{
	int fd = eventfd(1, EFD_NONBLOCK);

	assert_true(fd >= 0);
	return fd;
}

/* --- one turn --- */

static struct timer timer;
static struct loop_deferred deferred;

static void stop_deferred(struct loop_deferred *d)
{
	(void)d;
	note('d');
	loop_stop(loop);
}

static void note_timer(struct timer *t)
{
	(void)t;
	note('t');
	loop_defer(loop, &deferred, stop_deferred);
	loop_defer(loop, &deferred, stop_deferred); /* at most once */
}

static void read_fd(struct loop_fd *lfd, uint32_t events)
{
	uint64_t n;

	assert_int_equal(events, EPOLLIN);
	assert_int_equal(read(lfd->fd, &n, sizeof(n)), sizeof(n));
	note('f');
	/* Long enough for the timer to be due in the same turn. */
	while (timer_wheel_next(loop_timers(loop)) > 0)
		timer_wheel_set_now(loop_timers(loop), loop_now_ms(loop) + 1);
}

static void a_turn_is_fds_timers_deferred(void **state)
{
	struct loop_fd lfd;
	int fd = ready_fd();

	(void)state;
	assert_int_equal(loop_fd_add(loop, &lfd, fd, EPOLLIN, read_fd), 0);
	loop_timer_set(loop, &timer, 50, note_timer);
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(order, "ftd");
	loop_fd_del(loop, &lfd);
	close(fd);
}

static uint64_t monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void timers_sleep_until_they_are_due(void **state)
{
	uint64_t start = monotonic_ms();

	(void)state;
	loop_timer_set(loop, &timer, 30, note_timer);
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(order, "td");
	assert_true(monotonic_ms() - start >= 30);
	assert_true(loop_now_ms(loop) - start >= 30);
}

/* --- removal from callbacks --- */

static struct loop_fd *doomed[2];

static void remove_both(struct loop_fd *lfd, uint32_t events)
{
	(void)lfd;
	(void)events;
	note('r');
	/* Both are ready; whichever comes first removes and frees the two. */
	for (int i = 0; i < 2; i++) {
		loop_fd_del(loop, doomed[i]);
		close(doomed[i]->fd);
		free(doomed[i]);
	}
	loop_stop(loop);
}

static void a_callback_may_free_any_fd(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		doomed[i] = malloc(sizeof(*doomed[i]));
		assert_non_null(doomed[i]);
		assert_int_equal(loop_fd_add(loop, doomed[i], ready_fd(), EPOLLIN, remove_both), 0);
	}
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(order, "r");
}

/* --- deferred work --- */

static struct loop_deferred again, other;
static int turns;

static void note_other(struct loop_deferred *d)
{
	(void)d;
	note('o');
}

static void defer_again(struct loop_deferred *d)
{
	note('a');
	if (++turns == 3) {
		loop_stop(loop);
		return;
	}
	loop_defer(loop, d, defer_again);
	loop_defer(loop, &other, note_other);
	if (turns == 1)
		loop_defer_cancel(loop, &other);
}

/* Work that comes back lets fds and timers in between; nothing sleeps while there is work. */
static void deferred_again_waits_for_the_next_turn(void **state)
{
	struct loop_fd lfd;
	int fd = ready_fd();

	(void)state;
	turns = 0;
	assert_int_equal(loop_fd_add(loop, &lfd, fd, EPOLLIN, read_fd), 0);
	loop_defer(loop, &again, defer_again);
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(order, "faaao");
	loop_fd_del(loop, &lfd);
	close(fd);
}

#define LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP(a_turn_is_fds_timers_deferred),
		LOOP(timers_sleep_until_they_are_due),
		LOOP(a_callback_may_free_any_fd),
		LOOP(deferred_again_waits_for_the_next_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
