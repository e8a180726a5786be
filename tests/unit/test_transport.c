// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses as text, and datagrams through real sockets on the loopback. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "transport/udp.h"

/* --- addresses --- */

static void addresses_are_read_and_written(void **state)
{
	static const struct {
		const char *text, *formatted, *host;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1:5060", "192.0.2.1" },
		{ "192.0.2.1:6000", "192.0.2.1:6000", "192.0.2.1" },
		{ "192.0.2.1:0", "192.0.2.1:0", "192.0.2.1" },
		{ "2001:DB8::1", "[2001:db8::1]:5060", "[2001:db8::1]" },
		{ "[2001:db8::1]", "[2001:db8::1]:5060", "[2001:db8::1]" },
		{ "[2001:db8:1:2:3:4:255.255.255.255]:65535", "[2001:db8:1:2:3:4:ffff:ffff]:65535",
		  "[2001:db8:1:2:3:4:ffff:ffff]" },
	};
	static const char *const bad[] = {
		"",
		":5060",
		"192.0.2.1:",
		"192.0.2.1:65536",
		"192.0.2.1:x",
		"192.0.2",
		"[]",
		"[192.0.2.1]:5060",
		"[2001:db8::1",
		"[2001:db8::1]5060",
		"example.com",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
		"192.0.2.1 ",
		"fe80::1%lo",
	};
	char buf[TP_ADDR_STRLEN];
	struct tp_addr addr;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(tp_addr_parse(&addr, view_str(cases[i].text), 5060), 0);
		assert_string_equal(tp_addr_format(&addr, buf), cases[i].formatted);
		assert_string_equal(tp_addr_host(&addr, buf), cases[i].host);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (tp_addr_parse(&addr, view_str(bad[i]), 5060) != -EINVAL)
			fail_msg("accepted: %s", bad[i]);
}

static struct tp_addr addr_of(const char *text)
{
	struct tp_addr addr;

	assert_int_equal(tp_addr_parse(&addr, view_str(text), 0), 0);
	return addr;
}

static void addresses_are_compared(void **state)
{
	struct tp_addr a = addr_of("192.0.2.1:1"), b = addr_of("192.0.2.1:2");
	struct tp_addr c = addr_of("192.0.2.2:1"), d = addr_of("[::ffff:192.0.2.1]:1");

	(void)state;
	assert_true(tp_addr_eq(&a, &a));
	assert_false(tp_addr_eq(&a, &b));
	assert_true(tp_addr_same_host(&a, &b));
	assert_false(tp_addr_same_host(&a, &c));
	assert_false(tp_addr_same_host(&a, &d));
	assert_true(tp_addr_eq(&d, &d));
	tp_addr_set_port(&b, 1);
	assert_true(tp_addr_eq(&a, &b));
	assert_int_equal(tp_addr_port(&b), 1);
}

/* --- datagrams: a transport with two listeners that send to each other --- */

struct pair {
	struct loop *loop;
	struct transport *tp;
	struct tp_listener *a, *b;
	unsigned int received, wanted;
	size_t octets;
};

static void on_datagram(void *arg, const struct tp_flow *from, char *buf, size_t len)
{
	struct pair *pair = arg;
	uint32_t number;

	assert_ptr_equal(from->listener, pair->b);
	assert_true(tp_addr_eq(&from->remote, &pair->a->local));
	assert_true(len >= sizeof(number));
	memcpy(&number, buf, sizeof(number));
	assert_int_equal(number, pair->received);
	for (size_t i = sizeof(number); i < len; i++)
		if (buf[i] != (char)number)
			fail_msg("octet %zu of datagram %u is wrong", i, number);
	buf[len] = '\0'; /* the spare one */
	pair->octets += len;
	if (++pair->received == pair->wanted)
		loop_stop(pair->loop);
}

static int setup(void **state)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	struct tp_addr local = addr_of("127.0.0.1");

	assert_non_null(pair);
	assert_int_equal(loop_alloc(&pair->loop), 0);
	assert_int_equal(tp_alloc(&pair->tp, pair->loop, on_datagram, pair), 0);
	assert_int_equal(tp_listen(pair->tp, TP_UDP, &local, pair, &pair->a), 0);
	assert_int_equal(tp_listen(pair->tp, TP_UDP, &local, NULL, &pair->b), 0);
	assert_int_not_equal(tp_addr_port(&pair->a->local), 0);
	assert_string_equal(pair->a->host, "127.0.0.1");
	assert_ptr_equal(pair->a->user, pair);
	*state = pair;
	return 0;
}

static int teardown(void **state)
{
	struct pair *pair = *state;

	tp_free(pair->tp);
	loop_free(pair->loop);
	free(pair);
	return 0;
}

static struct loop *stopped_by_timer;

static void stop_loop(struct timer *timer)
{
	(void)timer;
	loop_stop(stopped_by_timer);
}

/* Runs the loop until all has come, at most 10 s. */
static void await(struct pair *pair, unsigned int wanted)
{
	struct timer timer = { 0 };

	pair->wanted = wanted;
	stopped_by_timer = pair->loop;
	loop_timer_set(pair->loop, &timer, 10000, stop_loop);
	assert_int_equal(loop_run(pair->loop), 0);
	loop_timer_cancel(pair->loop, &timer);
	assert_int_equal(pair->received, wanted);
}

static int send_numbered(struct pair *pair, uint32_t number, size_t len)
{
	static char buf[70000];
	struct tp_flow to = { .listener = pair->a, .remote = pair->b->local };

	memset(buf, (char)number, len);
	memcpy(buf, &number, sizeof(number));
	return tp_send(&to, buf, len);
}

/* More than a batch, of all sizes up to the greatest. */
static void datagrams_arrive_whole_and_in_order(void **state)
{
	struct pair *pair = *state;
	size_t octets = 0;

	for (uint32_t i = 0; i < 150; i++) {
		size_t len = i == 77 ? TP_MAX_DATAGRAM : 4 + i * 37;

		assert_int_equal(send_numbered(pair, i, len), 0);
		octets += len;
	}
	await(pair, 150);
	assert_int_equal(pair->octets, octets);
	assert_int_equal(tp_stats(pair->tp)->tx, 150);
	assert_int_equal(tp_stats(pair->tp)->rx, 150);
	assert_int_equal(tp_stats(pair->tp)->tx_failed, 0);
}

static void nothing_leaves_before_the_end_of_the_turn(void **state)
{
	struct pair *pair = *state;

	assert_int_equal(send_numbered(pair, 0, 10), 0);
	assert_int_equal(tp_stats(pair->tp)->tx, 0);
	tp_flush(pair->tp);
	assert_int_equal(tp_stats(pair->tp)->tx, 1);
	await(pair, 1);
}

static void what_cannot_be_sent_is_refused_and_counted(void **state)
{
	struct pair *pair = *state;
	struct tp_flow nowhere = { .listener = pair->a, .remote = addr_of("[::1]:9") };

	assert_int_equal(send_numbered(pair, 0, TP_MAX_DATAGRAM + 1), -EMSGSIZE);
	/* An IPv4 socket cannot, and the kernel says so; those behind it still go. */
	assert_int_equal(tp_send(&nowhere, "lost", 4), 0);
	assert_int_equal(send_numbered(pair, 0, 10), 0);
	await(pair, 1);
	assert_int_equal(tp_stats(pair->tp)->tx, 1);
	assert_int_equal(tp_stats(pair->tp)->tx_failed, 1);
}

static void a_queue_has_an_end(void **state)
{
	struct pair *pair = *state;
	uint32_t n = 0;
	int err;

	while (!(err = send_numbered(pair, n, 5000)))
		n++;
	assert_int_equal(err, -ENOBUFS);
	assert_in_range(n, 800, 850); /* 4 MiB */
	assert_int_equal(tp_stats(pair->tp)->tx_failed, 1);
}

static void a_full_socket_is_resumed_by_epollout(void **state)
{
	struct pair *pair = *state;
	struct udp_listener *ul = (struct udp_listener *)pair->a;

	/* As udp_flush() leaves it, which the loopback cannot be made to do. */
	ul->blocked = true;
	assert_int_equal(loop_fd_mod(pair->loop, &ul->lfd, EPOLLIN | EPOLLOUT), 0);
	assert_int_equal(send_numbered(pair, 0, 10), 0);
	tp_flush(pair->tp);
	assert_int_equal(tp_stats(pair->tp)->tx, 0);
	assert_int_equal(send_numbered(pair, 1, 10), 0);
	await(pair, 2);
	assert_false(ul->blocked);
}

static void an_address_in_use_is_refused(void **state)
{
	struct pair *pair = *state;
	struct tp_addr foreign = addr_of("192.0.2.77:5060");
	struct tp_listener *other;

	assert_int_equal(tp_listen(pair->tp, TP_UDP, &pair->a->local, NULL, &other), -EADDRINUSE);
	assert_int_equal(tp_listen(pair->tp, TP_UDP, &foreign, NULL, &other), -EADDRNOTAVAIL);
}

/*
 * A Unix socket is full when its peer does not read, which UDP on the loopback never is. Its
 * abstract name is made as long as an IPv6 address.
 */
static int unix_socket(struct tp_addr *name)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	char *text = (char *)name + sizeof(name->sa.sa_family);

	assert_true(fd >= 0);
	memset(name, 0, sizeof(*name));
	name->sa.sa_family = AF_UNIX;
	snprintf(text + 1, sizeof(*name) - sizeof(name->sa.sa_family) - 1, "sipfast-%d-%d",
		 (int)getpid(), fd);
	assert_int_equal(bind(fd, &name->sa, tp_addr_len(name)), 0);
	return fd;
}

static void what_a_full_socket_leaves_stays_in_order(void **state)
{
	struct tp_queue queue = { 0 };
	struct tp_stats stats = { 0 };
	struct tp_addr from, to;
	uint32_t number, next = 0;
	char buf[1000];
	int sender, receiver, err;

	(void)state;
	sender = unix_socket(&from);
	receiver = unix_socket(&to);
	for (uint32_t i = 0; i < 2000; i++) {
		memcpy(buf, &i, sizeof(i));
		assert_int_equal(tp_queue_add(&queue, &to, buf, sizeof(buf)), 0);
	}
	while ((err = tp_queue_send(&queue, sender, &stats))) {
		assert_int_equal(err, -EAGAIN);
		assert_int_equal(stats.tx + queue.count, 2000);
		while (recv(receiver, buf, sizeof(buf), 0) == sizeof(buf)) {
			memcpy(&number, buf, sizeof(number));
			assert_int_equal(number, next++);
		}
	}
	assert_true(next > 0);
	assert_int_equal(stats.tx, 2000);
	assert_int_equal(stats.tx_failed, 0);
	assert_int_equal(queue.count, 0);
	assert_int_equal(queue.size, 0); /* the peak was given back */
	tp_queue_clean(&queue);
	close(sender);
	close(receiver);
}

#define PAIR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_written),
		cmocka_unit_test(addresses_are_compared),
		PAIR(datagrams_arrive_whole_and_in_order),
		PAIR(nothing_leaves_before_the_end_of_the_turn),
		PAIR(what_cannot_be_sent_is_refused_and_counted),
		PAIR(a_queue_has_an_end),
		PAIR(a_full_socket_is_resumed_by_epollout),
		PAIR(an_address_in_use_is_refused),
		cmocka_unit_test(what_a_full_socket_leaves_stays_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
