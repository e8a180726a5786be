/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A shard's event loop: epoll, a timer wheel and deferred work. One thread; nothing called from
 * it may block.
 */
#ifndef SIPD_BASE_LOOP_H
#define SIPD_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "base/timer.h"

struct loop;
struct loop_fd;
struct loop_deferred;

/* @events: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
typedef void (*loop_fd_cb)(struct loop_fd *lfd, uint32_t events);
typedef void (*loop_deferred_cb)(struct loop_deferred *deferred);

/* Embedded in its user; removing and freeing it from any callback is allowed. */
struct loop_fd {
	int fd;
	loop_fd_cb cb;
};

/* Work for the end of the present turn of the loop, queued at most once at a time. */
struct loop_deferred {
	struct loop_deferred *next;
	loop_deferred_cb cb;
	bool queued;
};

int loop_alloc(struct loop **loop);
void loop_free(struct loop *loop);

int loop_fd_add(struct loop *loop, struct loop_fd *lfd, int fd, uint32_t events, loop_fd_cb cb);
int loop_fd_mod(struct loop *loop, struct loop_fd *lfd, uint32_t events);
/* The fd stays open. */
void loop_fd_del(struct loop *loop, struct loop_fd *lfd);

void loop_defer(struct loop *loop, struct loop_deferred *deferred, loop_deferred_cb cb);
/* Takes it out of the queue, if it is there, in O(queue). */
void loop_defer_cancel(struct loop *loop, struct loop_deferred *deferred);

/* Monotonic milliseconds at the start of the present turn. */
uint64_t loop_now_ms(const struct loop *loop);
struct timer_wheel *loop_timers(struct loop *loop);

/* Shorthands on the loop's wheel. */
void loop_timer_set(struct loop *loop, struct timer *timer, uint64_t delay_ms, timer_cb cb);
void loop_timer_cancel(struct loop *loop, struct timer *timer);

/* Runs until loop_stop(); one turn: wait, file descriptors, timers, deferred work. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/*
 * How busy the loop is, 0 to 100: percent of the last second that went into callbacks rather than
 * into waiting for something to do. A loop that had nothing to do for longer is measured over all
 * of that time. At 100 turns follow one another at once, and what arrives waits for its turn.
 */
unsigned int loop_load(const struct loop *loop);

#endif
