// SPDX-License-Identifier: GPL-2.0-or-later
/* The sockets of several shards at one address: whose a datagram is, and who may join. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <linux/sipfast.h>

#include "transport/transport.h"

#define SHARDS 3

struct shard {
	struct transport *tp;
	struct tp_listener *listeners[2];
	unsigned int received;
	unsigned int listener; /* index of the last */
};

static struct loop *loop;
static struct shard shards[SHARDS];
static unsigned int received;
static struct timer limit;

static void on_limit(struct timer *timer)
{
	(void)timer;
	fail_msg("a datagram is missing");
}

static void on_datagram(void *arg, const struct tp_flow *from, char *buf, size_t len)
{
	struct shard *shard = arg;

	assert_int_equal(len, 1);
	assert_int_equal(buf[0], 'x');
	shard->received++;
	shard->listener = from->listener->index;
	received++;
	loop_stop(loop);
}

static int set_up(void **state)
{
	struct tp_addr addr;

	(void)state;
	received = 0;
	assert_int_equal(loop_alloc(&loop), 0);
	for (unsigned int i = 0; i < SHARDS; i++) {
		shards[i] = (struct shard){ 0 };
		assert_int_equal(tp_alloc(&shards[i].tp, loop, on_datagram, &shards[i]), 0);
		tp_share(shards[i].tp, i, SHARDS);
		for (unsigned int j = 0; j < 2; j++) {
			if (i)
				addr = shards[0].listeners[j]->local;
			else
				assert_int_equal(tp_addr_parse(&addr, VIEW_LIT("127.0.0.1:0"), 0),
						 0);
			assert_int_equal(tp_listen(shards[i].tp, TP_UDP, &addr, NULL,
						   &shards[i].listeners[j]),
					 0);
		}
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SHARDS; i++)
		tp_free(shards[i].tp);
	loop_free(loop);
	return 0;
}

/* Sends one datagram with that mark, 0: none, to listener @index. False: marks are not allowed. */
static bool send_marked(uint32_t mark, unsigned int index)
{
	const struct tp_addr *to = &shards[0].listeners[index]->local;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned int before = received;

	assert_true(fd >= 0);
	if (mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark))) {
		close(fd);
		return false;
	}
	assert_int_equal(sendto(fd, "x", 1, 0, &to->sa, tp_addr_len(to)), 1);
	close(fd);
	loop_timer_set(loop, &limit, 10000, on_limit);
	assert_int_equal(loop_run(loop), 0);
	loop_timer_cancel(loop, &limit);
	assert_int_equal(received, before + 1);
	return true;
}

static void the_mark_tells_the_shard(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2 * SHARDS; i++) {
		unsigned int shard = (i * 2) % SHARDS, before = shards[shard].received;

		if (!send_marked(SIPFAST_SIP_MARK + shard, i % 2))
			skip();
		assert_int_equal(shards[shard].received, before + 1);
		assert_int_equal(shards[shard].listener, i % 2);
	}
}

/* 64 sources at random: that one shard got none of them would be a wonder. */
static void without_a_mark_all_get_some(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 64; i++)
		send_marked(0, 0);
	for (unsigned int i = 0; i < SHARDS; i++)
		assert_true(shards[i].received > 0);
}

static void a_mark_beyond_the_shards_is_none(void **state)
{
	(void)state;
	if (!send_marked(SIPFAST_SIP_MARK + SHARDS, 0))
		skip();
	send_marked(SIPFAST_SIP_MARK - 1, 0);
	send_marked(UINT32_MAX, 0);
	assert_int_equal(received, 3);
}

static void others_may_not_share(void **state)
{
	const struct tp_addr addr = shards[0].listeners[0]->local;
	struct tp_listener *listener;
	struct transport *other;

	(void)state;
	assert_int_equal(tp_alloc(&other, loop, on_datagram, NULL), 0);
	assert_int_equal(tp_listen(other, TP_UDP, &addr, NULL, &listener), -EADDRINUSE);
	tp_share(other, 0, 2);
	assert_int_equal(tp_listen(other, TP_UDP, &addr, NULL, &listener), -EADDRINUSE);
	tp_free(other);
}

static void listeners_are_counted(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SHARDS; i++) {
		assert_ptr_equal(tp_listener_at(shards[i].tp, 0), shards[i].listeners[0]);
		assert_ptr_equal(tp_listener_at(shards[i].tp, 1), shards[i].listeners[1]);
		assert_null(tp_listener_at(shards[i].tp, 2));
	}
}

#define SHARE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHARE(the_mark_tells_the_shard),
		SHARE(without_a_mark_all_get_some),
		SHARE(a_mark_beyond_the_shards_is_none),
		SHARE(others_may_not_share),
		SHARE(listeners_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
