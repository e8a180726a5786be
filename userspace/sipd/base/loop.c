// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/load.h"
#include "base/loop.h"

#define EVENTS_PER_TURN 64
/* Under load turns begin at least so far apart, so that system calls are shared by messages. */
#define TURN_NS 2000000
/* Timers fire on multiples of this, for the same reason; never early. */
#define TIMER_GRAIN_MS 10

struct loop {
	int epoll;
	bool stopped;
	uint64_t turn_ns; /* when this turn began */
	struct load load;
	struct timer_wheel *timers;
	struct loop_deferred *deferred;
	struct loop_deferred **deferred_tail;
	int nevents; /* of this turn */
	struct epoll_event events[EVENTS_PER_TURN];
};

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static uint64_t clock_ms(void)
{
	return clock_ns() / 1000000;
}

int loop_alloc(struct loop **out)
{
	struct loop *loop = calloc(1, sizeof(*loop));
	int err = -ENOMEM;

	if (!loop)
		return -ENOMEM;
	loop->deferred_tail = &loop->deferred;
	load_init(&loop->load, clock_ns());
	loop->timers = timer_wheel_alloc(clock_ms());
	if (!loop->timers)
		goto free_loop;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		err = -errno;
		goto free_timers;
	}
	*out = loop;
	return 0;

free_timers:
	timer_wheel_free(loop->timers);
free_loop:
	free(loop);
	return err;
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	close(loop->epoll);
	timer_wheel_free(loop->timers);
	free(loop);
}

static int control(struct loop *loop, int op, struct loop_fd *lfd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = lfd };

	return epoll_ctl(loop->epoll, op, lfd->fd, &event) < 0 ? -errno : 0;
}

int loop_fd_add(struct loop *loop, struct loop_fd *lfd, int fd, uint32_t events, loop_fd_cb cb)
{
	lfd->fd = fd;
	lfd->cb = cb;
	return control(loop, EPOLL_CTL_ADD, lfd, events);
}

int loop_fd_mod(struct loop *loop, struct loop_fd *lfd, uint32_t events)
{
	return control(loop, EPOLL_CTL_MOD, lfd, events);
}

void loop_fd_del(struct loop *loop, struct loop_fd *lfd)
{
	control(loop, EPOLL_CTL_DEL, lfd, 0);
	/* It may be freed next, and an event for it may already be here. */
	for (int i = 0; i < loop->nevents; i++)
		if (loop->events[i].data.ptr == lfd)
			loop->events[i].data.ptr = NULL;
}

void loop_defer(struct loop *loop, struct loop_deferred *deferred, loop_deferred_cb cb)
{
	if (deferred->queued)
		return;
	deferred->cb = cb;
	deferred->queued = true;
	deferred->next = NULL;
	*loop->deferred_tail = deferred;
	loop->deferred_tail = &deferred->next;
}

void loop_defer_cancel(struct loop *loop, struct loop_deferred *deferred)
{
	struct loop_deferred **p = &loop->deferred;

	if (!deferred->queued)
		return;
	while (*p != deferred)
		p = &(*p)->next;
	*p = deferred->next;
	if (!*p)
		loop->deferred_tail = p;
	deferred->queued = false;
}

uint64_t loop_now_ms(const struct loop *loop)
{
	return timer_wheel_now(loop->timers);
}

struct timer_wheel *loop_timers(struct loop *loop)
{
	return loop->timers;
}

void loop_timer_set(struct loop *loop, struct timer *timer, uint64_t delay_ms, timer_cb cb)
{
	timer_set(loop->timers, timer, delay_ms, cb);
}

void loop_timer_cancel(struct loop *loop, struct timer *timer)
{
	timer_cancel(loop->timers, timer);
}

static void run_fds(struct loop *loop)
{
	struct loop_fd *lfd;

	for (int i = 0; i < loop->nevents; i++) {
		lfd = loop->events[i].data.ptr;
		if (lfd)
			lfd->cb(lfd, loop->events[i].events);
	}
	loop->nevents = 0;
}

/* What was queued when this began; work that defers itself again waits for the next turn. */
static void run_deferred(struct loop *loop)
{
	struct loop_deferred mark = { .queued = false };
	struct loop_deferred *deferred;

	if (!loop->deferred)
		return;
	loop_defer(loop, &mark, NULL);
	while ((deferred = loop->deferred)) {
		loop_defer_cancel(loop, deferred);
		if (deferred == &mark)
			return;
		deferred->cb(deferred);
	}
}

/* Milliseconds to wait for events, as epoll_wait() takes them. */
static int patience(const struct loop *loop)
{
	int ms = loop->deferred ? 0 : timer_wheel_next(loop->timers);
	int past = loop_now_ms(loop) % TIMER_GRAIN_MS;

	if (ms <= 0)
		return ms;
	return (ms + past + TIMER_GRAIN_MS - 1) / TIMER_GRAIN_MS * TIMER_GRAIN_MS - past;
}

/*
 * What is ready waits for company until the turn is due. After a quiet time nothing waits.
 */
static void begin_turn(struct loop *loop)
{
	uint64_t due = loop->turn_ns + TURN_NS;
	struct timespec until = { .tv_sec = due / 1000000000, .tv_nsec = due % 1000000000 };

	loop->turn_ns = clock_ns();
	if (loop->turn_ns < due) {
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		loop->turn_ns = clock_ns();
	}
	timer_wheel_set_now(loop->timers, loop->turn_ns / 1000000);
	load_tick(&loop->load, loop->turn_ns);
}

int loop_run(struct loop *loop)
{
	int n;

	loop->stopped = false;
	while (!loop->stopped) {
		n = epoll_wait(loop->epoll, loop->events, EVENTS_PER_TURN, patience(loop));
		if (n < 0 && errno != EINTR)
			return -errno;
		begin_turn(loop);
		loop->nevents = n < 0 ? 0 : n;
		run_fds(loop);
		timer_wheel_advance(loop->timers, clock_ms());
		run_deferred(loop);
		load_busy(&loop->load, loop->turn_ns, clock_ns());
	}
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

unsigned int loop_load(const struct loop *loop)
{
	return loop->load.percent;
}
