// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections over the loopback: between two transports, and with peers that the test plays. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mailbox.h"
#include "transport/conn.h"
#include "transport/names.h"
#include "transport/sources.h"

#define PATIENCE_MS 10000

struct side {
	struct transport *tp;
	struct tp_listener *listener;
	unsigned int received, refused, failed, moved, closed;
	struct tp_flow from; /* of the last message */
	char last[70000];
	size_t last_len;
	enum tp_refusal why;
	uint64_t failed_conn, moved_from, moved_to, closed_conn;
	int error;
	bool opened;
	const char *answer; /* to each message */
};

struct rig {
	struct loop *loop;
	struct side a, b;
};

static void on_message(void *arg, const struct tp_flow *from, char *buf, size_t len)
{
	struct side *side = arg;
	struct tp_flow to = *from;

	side->received++;
	side->from = *from;
	memcpy(side->last, buf, len);
	side->last_len = len;
	buf[len] = 'X'; /* the spare one */
	if (side->answer)
		tp_send(&to, side->answer, strlen(side->answer));
}

static void on_refused(void *arg, const struct tp_flow *from, char *buf, size_t len,
		       enum tp_refusal why)
{
	struct side *side = arg;
	struct tp_flow to = *from;

	(void)buf;
	(void)len;
	side->refused++;
	side->why = why;
	assert_int_equal(tp_send(&to, "refused", 7), 0);
}

static void on_failed(void *arg, uint64_t conn, int err, bool opened)
{
	struct side *side = arg;

	side->failed++;
	side->failed_conn = conn;
	side->error = err;
	side->opened = opened;
}

static void on_moved(void *arg, uint64_t conn, uint64_t to)
{
	struct side *side = arg;

	side->moved++;
	side->moved_from = conn;
	side->moved_to = to;
}

static void on_closed(void *arg, uint64_t conn)
{
	struct side *side = arg;

	side->closed++;
	side->closed_conn = conn;
}

static struct tp_addr loopback(uint16_t port)
{
	struct tp_addr addr;

	assert_int_equal(tp_addr_parse(&addr, VIEW_LIT("127.0.0.1"), port), 0);
	return addr;
}

static void side_init(struct side *side, struct loop *loop)
{
	static const struct tp_stream_handlers handlers = {
		.refused = on_refused,
		.failed = on_failed,
		.moved = on_moved,
		.closed = on_closed,
	};
	const struct tp_addr any = loopback(0);

	assert_int_equal(tp_alloc(&side->tp, loop, on_message, side), 0);
	tp_handle_streams(side->tp, &handlers);
	assert_int_equal(tp_listen(side->tp, TP_TCP, &any, side, &side->listener), 0);
}

static int setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_int_equal(loop_alloc(&rig->loop), 0);
	side_init(&rig->a, rig->loop);
	side_init(&rig->b, rig->loop);
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	struct rig *rig = *state;

	tp_free(rig->a.tp);
	tp_free(rig->b.tp);
	loop_free(rig->loop);
	free(rig);
	return 0;
}

static struct loop *pumped;

static void stop_pump(struct timer *timer)
{
	(void)timer;
	loop_stop(pumped);
}

static void turn(struct loop *loop)
{
	struct timer timer = { 0 };

	pumped = loop;
	loop_timer_set(loop, &timer, 1, stop_pump);
	assert_int_equal(loop_run(loop), 0);
}

#define until(rig, condition)                                           \
	do {                                                            \
		uint64_t end_ = loop_now_ms((rig)->loop) + PATIENCE_MS; \
		while (!(condition)) {                                  \
			turn((rig)->loop);                              \
			if (loop_now_ms((rig)->loop) > end_)            \
				fail_msg("never: %s", #condition);      \
		}                                                       \
	} while (0)

static void limit(struct side *side, uint32_t connect_ms, uint32_t message_ms, uint32_t idle_ms)
{
	tp_set_limits(side->tp, &(struct tp_limits){
					.max = 100,
					.per_source = 100,
					.idle_ms = idle_ms,
					.message_ms = message_ms,
					.connect_ms = connect_ms,
					.handshake_ms = 1000,
				});
}

static struct tp_flow flow(struct side *from, const struct side *to)
{
	return (struct tp_flow){ .listener = from->listener, .remote = to->listener->local };
}

#define M "OPTIONS sip:a SIP/2.0\r\nCall-ID: 1\r\nl: 0\r\n\r\n"
#define R "SIP/2.0 200 OK\r\nl: 0\r\n\r\n"

/* A peer of the test's: connects to @side. */
static int plain_connect(const struct side *side)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(connect(fd, &side->listener->local.sa, sizeof(struct sockaddr_in)), 0);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void plain_send(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

static bool is_closed(int fd)
{
	char octets[65536];
	ssize_t n;

	while ((n = recv(fd, octets, sizeof(octets), 0)) > 0)
		;
	return !n || errno == ECONNRESET;
}

/* Shows: 5923/4a 5923/4b */
static void one_connection_serves_both_ways(void **state)
{
	struct rig *rig = *state;
	struct tp_flow to = flow(&rig->a, &rig->b), back;

	rig->b.answer = R;
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	assert_int_not_equal(to.conn, 0);
	until(rig, rig->a.received == 1);
	assert_int_equal(rig->b.last_len, sizeof(M) - 1);
	assert_memory_equal(rig->a.last, R, sizeof(R) - 1);
	assert_int_equal(rig->a.from.conn, to.conn);
	/* The same peer, asked for anew, and what the other side begins. */
	back = flow(&rig->a, &rig->b);
	assert_int_equal(tp_send(&back, M, sizeof(M) - 1), 0);
	assert_int_equal(back.conn, to.conn);
	until(rig, rig->a.received == 2);
	rig->b.answer = NULL;
	assert_int_equal(tp_send(&rig->b.from, M, sizeof(M) - 1), 0);
	until(rig, rig->a.received == 3);
	assert_int_equal(tp_stats(rig->a.tp)->connections, 1);
	assert_int_equal(tp_stats(rig->b.tp)->connections, 1);
	assert_int_equal(tp_stats(rig->a.tp)->opened, 1);
	assert_int_equal(tp_stats(rig->b.tp)->accepted, 1);
	assert_int_equal(tp_stats(rig->a.tp)->tx, 2);
}

/* What is queued before the connection is there comes in order, and whole. */
static void messages_wait_for_the_connection(void **state)
{
	struct rig *rig = *state;
	struct tp_flow to = flow(&rig->a, &rig->b);
	static char large[60000];
	int head = sprintf(large, "OPTIONS sip:a SIP/2.0\r\nl: 50000\r\n\r\n");

	memset(large + head, 'b', 50000);
	for (int i = 0; i < 40; i++)
		assert_int_equal(tp_send(&to, large, (size_t)head + 50000), 0);
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	until(rig, rig->b.received == 41);
	assert_int_equal(rig->b.last_len, sizeof(M) - 1);
	assert_int_equal(tp_send(&to, large, TP_MAX_DATAGRAM + 1), -EMSGSIZE);
}

static void who_does_not_listen_fails(void **state)
{
	struct rig *rig = *state;
	struct tp_flow to = flow(&rig->a, &rig->b);

	tp_addr_set_port(&to.remote, 1);
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	assert_int_equal(rig->a.failed, 0);
	until(rig, rig->a.failed == 1);
	assert_int_equal(rig->a.error, -ECONNREFUSED);
	assert_int_equal(rig->a.failed_conn, to.conn);
	assert_false(rig->a.opened);
	assert_int_equal(tp_stats(rig->a.tp)->connections, 0);
}

/* A listener whose queue is full does not answer. */
static void connecting_takes_no_longer_than_allowed(void **state)
{
	struct rig *rig = *state;
	struct tp_addr local = loopback(0);
	int listener = socket(AF_INET, SOCK_STREAM, 0), full[8];
	socklen_t len = sizeof(local);
	struct tp_flow to = { .listener = rig->a.listener };

	limit(&rig->a, 100, 1000, 60000);
	assert_int_equal(bind(listener, &local.sa, sizeof(local.in)), 0);
	assert_int_equal(listen(listener, 0), 0);
	assert_int_equal(getsockname(listener, &local.sa, &len), 0);
	for (int i = 0; i < 8; i++) {
		full[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(full[i], &local.sa, sizeof(local.in));
	}
	to.remote = local;
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	until(rig, rig->a.failed == 1);
	assert_int_equal(rig->a.error, -ETIMEDOUT);
	assert_false(rig->a.opened);
	for (int i = 0; i < 8; i++)
		close(full[i]);
	close(listener);
}

static void a_broken_connection_is_told_and_replaced(void **state)
{
	struct rig *rig = *state;
	struct tp_flow to = flow(&rig->a, &rig->b), old;

	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	until(rig, rig->b.received == 1);
	old = to;
	conn_close(conn_find(rig->b.tp, rig->b.from.conn), 0);
	/* Nobody at the other side has sent by it. */
	assert_int_equal(rig->b.failed, 0);
	until(rig, rig->a.failed == 1);
	assert_int_equal(rig->a.failed_conn, old.conn);
	assert_true(rig->a.opened);
	assert_int_equal(tp_send(&to, M, sizeof(M) - 1), 0);
	assert_int_not_equal(to.conn, old.conn);
	until(rig, rig->b.received == 2);
	/* The old number means the new connection, by its address. */
	assert_int_equal(tp_send(&old, M, sizeof(M) - 1), 0);
	assert_int_equal(old.conn, to.conn);
}

static void bad_messages_are_refused_and_the_connection_closed(void **state)
{
	static const char no_length[] = M "OPTIONS sip:a SIP/2.0\r\n\r\n" M;
	static const char large[] = "OPTIONS sip:a SIP/2.0\r\nl: 65535\r\n\r\n";
	struct rig *rig = *state;
	char octets[16] = "";
	int fd = plain_connect(&rig->a);

	plain_send(fd, no_length, sizeof(no_length) - 1);
	until(rig, rig->a.refused == 1);
	assert_int_equal(rig->a.why, TP_NO_LENGTH);
	assert_int_equal(rig->a.received, 1);
	until(rig, recv(fd, octets, sizeof(octets), 0) == 7);
	assert_string_equal(octets, "refused");
	until(rig, is_closed(fd));
	close(fd);
	fd = plain_connect(&rig->a);
	plain_send(fd, large, sizeof(large) - 1);
	until(rig, rig->a.refused == 2);
	assert_int_equal(rig->a.why, TP_TOO_LARGE);
	until(rig, is_closed(fd));
	close(fd);
	fd = plain_connect(&rig->a);
	plain_send(fd, "GET / HTTP/1.0\r\n", 16);
	until(rig, is_closed(fd));
	close(fd);
	until(rig, !tp_stats(rig->a.tp)->connections);
	assert_int_equal(rig->a.received, 1);
	assert_int_equal(rig->a.refused, 2);
}

static void pings_are_answered(void **state)
{
	struct rig *rig = *state;
	int fd = plain_connect(&rig->a);
	char octets[16] = "";

	plain_send(fd, "\r\n\r\n", 4);
	until(rig, recv(fd, octets, sizeof(octets), 0) == 2);
	assert_string_equal(octets, "\r\n");
	close(fd);
}

/* More octets do not put it off; a message that is whole in time does. */
static void a_message_takes_no_longer_than_allowed(void **state)
{
	struct rig *rig = *state;
	uint64_t start, begun;
	int fd;

	limit(&rig->a, 1000, 200, 60000);
	fd = plain_connect(&rig->a);
	for (int i = 0; i < 10; i++) {
		plain_send(fd, M M "OPTIONS", sizeof(M M) - 1 + 7);
		start = loop_now_ms(rig->loop);
		until(rig, loop_now_ms(rig->loop) >= start + 40);
		plain_send(fd, M + 7, sizeof(M) - 1 - 7);
		until(rig, rig->a.received == 3 * (unsigned int)(i + 1));
	}
	begun = loop_now_ms(rig->loop);
	plain_send(fd, M, 1);
	for (int i = 1; !is_closed(fd); i++) {
		start = loop_now_ms(rig->loop);
		until(rig, loop_now_ms(rig->loop) >= start + 20);
		send(fd, M + i % 20, 1, MSG_NOSIGNAL);
		assert_true(loop_now_ms(rig->loop) < begun + PATIENCE_MS);
	}
	assert_true(loop_now_ms(rig->loop) >= begun + 190);
	close(fd);
}

static void an_idle_connection_is_closed(void **state)
{
	struct rig *rig = *state;
	uint64_t start = loop_now_ms(rig->loop);
	int fd;

	limit(&rig->a, 1000, 1000, 300);
	fd = plain_connect(&rig->a);
	until(rig, loop_now_ms(rig->loop) >= start + 200);
	plain_send(fd, M, sizeof(M) - 1);
	until(rig, rig->a.received == 1);
	start = loop_now_ms(rig->loop);
	until(rig, is_closed(fd));
	assert_true(loop_now_ms(rig->loop) >= start + 290);
	close(fd);
}

/* Line ends count; and the limit for those without a message no longer does. Shows: 5626/4.4.1b */
static void a_watched_connection_may_be_silent_as_long_as_told(void **state)
{
	struct rig *rig = *state;
	uint64_t start, last = 0;
	int fd;

	limit(&rig->a, 1000, 1000, 200);
	fd = plain_connect(&rig->a);
	plain_send(fd, M, sizeof(M) - 1);
	until(rig, rig->a.received == 1);
	start = loop_now_ms(rig->loop);
	assert_int_equal(tp_watch(&rig->a.from, 300), 0);
	while (loop_now_ms(rig->loop) < start + 900) {
		if (loop_now_ms(rig->loop) >= last + 50) {
			last = loop_now_ms(rig->loop);
			plain_send(fd, "\r\n", 2);
		}
		turn(rig->loop);
		assert_int_equal(rig->a.closed, 0);
	}
	until(rig, is_closed(fd));
	assert_true(loop_now_ms(rig->loop) >= last + 290);
	assert_int_equal(rig->a.closed, 1);
	close(fd);
}

/* Both bounds: of what waits for one who connected to us, and of the time that it waits. */
static void who_does_not_read_is_closed(void **state)
{
	static char answer[20000];
	struct rig *rig = *state;
	int fd = plain_connect(&rig->a), size = 4096;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	memset(answer, 'a', sizeof(answer) - 1);
	rig->a.answer = answer;
	for (int i = 0; i < 2000 && tp_stats(rig->a.tp)->broken == 0; i++) {
		send(fd, M, sizeof(M) - 1, MSG_NOSIGNAL);
		turn(rig->loop);
	}
	until(rig, !tp_stats(rig->a.tp)->connections);
	assert_int_equal(rig->a.failed, 1);
	assert_int_equal(rig->a.error, -ENOBUFS);
	close(fd);
	rig->a.received = 0;
	limit(&rig->a, 1000, 200, 60000);
	fd = plain_connect(&rig->a);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	until(rig, tp_stats(rig->a.tp)->connections == 1);
	/* Until it waits, but not too much. */
	while (rig->a.failed == 1) {
		struct tp_conn *conn = rig->a.received ? conn_find(rig->a.tp, rig->a.from.conn) :
							 NULL;

		if (!conn || !conn->blocked)
			send(fd, M, sizeof(M) - 1, MSG_NOSIGNAL);
		turn(rig->loop);
	}
	assert_int_equal(rig->a.error, -ETIMEDOUT);
	close(fd);
}

static void sources_are_counted(void **state)
{
	const struct tp_limits limits = { .max = 5, .per_source = 2 };
	struct tp_sources *sources = tp_sources_alloc();
	struct tp_addr a = loopback(1), b, v6, same, other;

	(void)state;
	tp_addr_parse(&b, VIEW_LIT("192.0.2.1:7"), 0);
	tp_addr_parse(&v6, VIEW_LIT("[2001:db8::1]:1"), 0);
	tp_addr_parse(&same, VIEW_LIT("[2001:db8::ffff:1]:2"), 0);
	tp_addr_parse(&other, VIEW_LIT("[2001:db8:0:1::1]:1"), 0);
	assert_int_equal(tp_sources_take(sources, &limits, &a), 0);
	tp_addr_set_port(&a, 2);
	assert_int_equal(tp_sources_take(sources, &limits, &a), 0);
	assert_int_equal(tp_sources_take(sources, &limits, &a), -EDQUOT);
	assert_int_equal(tp_sources_take(sources, &limits, &v6), 0);
	assert_int_equal(tp_sources_take(sources, &limits, &same), 0);
	assert_int_equal(tp_sources_take(sources, &limits, &same), -EDQUOT);
	assert_int_equal(tp_sources_take(sources, &limits, &other), 0);
	assert_int_equal(tp_sources_take(sources, &limits, &b), -EUSERS);
	assert_int_equal(tp_sources_take_own(sources, &limits), -EUSERS);
	tp_sources_put(sources, &same);
	assert_int_equal(tp_sources_take_own(sources, &limits), 0);
	tp_sources_put_own(sources);
	tp_sources_put(sources, &a);
	tp_sources_put(sources, &a);
	assert_int_equal(tp_sources_take(sources, &limits, &a), 0);
	tp_sources_free(sources);
}

static void limits_hold_for_connections(void **state)
{
	struct rig *rig = *state;
	int fds[3];

	tp_set_limits(rig->a.tp,
		      &(struct tp_limits){
			      .max = 10, .per_source = 2, .idle_ms = 60000, .message_ms = 1000 });
	for (int i = 0; i < 3; i++)
		fds[i] = plain_connect(&rig->a);
	until(rig, tp_stats(rig->a.tp)->refused == 1);
	until(rig, is_closed(fds[2]));
	assert_int_equal(tp_stats(rig->a.tp)->connections, 2);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	until(rig, !tp_stats(rig->a.tp)->connections);
	fds[0] = plain_connect(&rig->a);
	until(rig, tp_stats(rig->a.tp)->connections == 1);
	close(fds[0]);
}

static void names_have_numbers(void **state)
{
	struct rig *rig = *state;
	uint32_t a = tp_name_id(rig->a.tp, "a.example"), b = tp_name_id(rig->a.tp, "b.example");

	assert_true(a && b && a != b);
	assert_int_equal(tp_name_id(rig->a.tp, "A.example"), a);
}

/* However many there are: those in use stay, and no number comes to mean somebody else. */
static void names_are_forgotten(void **state)
{
	struct tp_names *names = tp_names_alloc();
	uint32_t used, unused, id, last = 0;
	char name[32], *text;

	(void)state;
	used = tp_names_id(names, "used.example");
	unused = tp_names_id(names, "unused.example");
	for (unsigned int i = 0; i < 70000; i++) {
		snprintf(name, sizeof(name), "n%u.example", i);
		id = tp_names_id(names, name);
		assert_true(id > last);
		last = id;
		if (!(i % 1000))
			assert_int_equal(tp_names_id(names, "Used.example"), used);
	}
	text = tp_names_dup(names, used);
	assert_string_equal(text, "used.example");
	free(text);
	assert_null(tp_names_dup(names, unused));
	assert_true(tp_names_id(names, "unused.example") > last);
	tp_names_free(names);
}

/* --- two shards, with mailboxes in one loop --- */

struct shards {
	struct rig rig;
	struct tp_group group;
	struct mailbox *box[2];
};

static int setup_shards(void **state)
{
	struct shards *shards = calloc(1, sizeof(*shards));
	struct rig *rig = &shards->rig;
	struct side *sides[] = { &rig->a, &rig->b };

	assert_int_equal(loop_alloc(&rig->loop), 0);
	for (unsigned int i = 0; i < 2; i++) {
		static const struct tp_stream_handlers handlers = {
			.failed = on_failed,
			.moved = on_moved,
			.closed = on_closed,
		};
		struct tp_addr local = i ? rig->a.listener->local : loopback(0);

		assert_int_equal(mailbox_alloc(&shards->box[i], rig->loop, 100000), 0);
		assert_int_equal(tp_alloc(&sides[i]->tp, rig->loop, on_message, sides[i]), 0);
		tp_handle_streams(sides[i]->tp, &handlers);
		tp_share(sides[i]->tp, i, 2);
		tp_join(sides[i]->tp, &shards->group, shards->box[i]);
		assert_int_equal(
			tp_listen(sides[i]->tp, TP_TCP, &local, sides[i], &sides[i]->listener), 0);
	}
	*state = shards;
	return 0;
}

static int teardown_shards(void **state)
{
	struct shards *shards = *state;

	shards->group.single = true;
	tp_free(shards->rig.b.tp);
	tp_free(shards->rig.a.tp);
	mailbox_free(shards->box[0]);
	mailbox_free(shards->box[1]);
	loop_free(shards->rig.loop);
	free(shards);
	return 0;
}

/* As after a hand-over: a flow of the owner's connection, with the other's listener. */
static struct tp_flow abroad(struct side *owner, struct side *other)
{
	struct tp_flow to = owner->from;

	to.listener = other->listener;
	return to;
}

/* Connects until it is @side's, of two that share the address. */
static int connect_to(struct rig *rig, struct side *side)
{
	for (int i = 0; i < 1000; i++) {
		unsigned int before = side->received, all = rig->a.received + rig->b.received;
		int fd = plain_connect(side);

		plain_send(fd, M, sizeof(M) - 1);
		until(rig, rig->a.received + rig->b.received > all);
		if (side->received > before)
			return fd;
		close(fd);
	}
	fail_msg("the kernel gives all connections to one shard");
	return -1;
}

static void a_shard_sends_by_anothers_connection(void **state)
{
	struct shards *shards = *state;
	struct rig *rig = &shards->rig;
	int fd = connect_to(rig, &rig->a);
	struct tp_flow to = abroad(&rig->a, &rig->b);
	char octets[100] = "";

	assert_int_equal(tp_send(&to, R, sizeof(R) - 1), 0);
	assert_int_equal(to.conn, rig->a.from.conn);
	until(rig, recv(fd, octets, sizeof(octets), 0) == sizeof(R) - 1);
	assert_string_equal(octets, R);
	/* Its end is told to the shard that has used it, and to no other. */
	close(fd);
	until(rig, rig->b.failed == 1);
	assert_int_equal(rig->b.failed_conn, to.conn);
	assert_true(rig->b.opened);
	assert_int_equal(rig->a.failed, 0);
}

/* It is gone before the message arrives: that goes from the sender's shard to the same address. */
static void a_message_comes_back_and_goes_another_way(void **state)
{
	struct shards *shards = *state;
	struct rig *rig = &shards->rig;
	int fd = connect_to(rig, &rig->a);
	struct tp_flow to = abroad(&rig->a, &rig->b);
	struct tp_addr local = loopback(0);
	socklen_t len = sizeof(local);
	int listener = socket(AF_INET, SOCK_STREAM, 0), taken;
	char octets[100] = "";

	assert_int_equal(bind(listener, &local.sa, sizeof(local.in)), 0);
	assert_int_equal(listen(listener, 5), 0);
	assert_int_equal(getsockname(listener, &local.sa, &len), 0);
	to.remote = local;
	close(fd);
	until(rig, !conn_find(rig->a.tp, to.conn));
	assert_int_equal(tp_send(&to, R, sizeof(R) - 1), 0);
	until(rig, rig->b.moved == 1);
	assert_int_equal(rig->b.moved_from, to.conn);
	taken = accept(listener, NULL, NULL);
	fcntl(taken, F_SETFL, O_NONBLOCK);
	until(rig, recv(taken, octets, sizeof(octets), 0) == sizeof(R) - 1);
	assert_non_null(conn_find(rig->b.tp, rig->b.moved_to));
	close(taken);
	close(listener);
}

static void shards_send_directly_when_threads_have_ended(void **state)
{
	struct shards *shards = *state;
	struct rig *rig = &shards->rig;
	int fd = connect_to(rig, &rig->a);
	struct tp_flow to = abroad(&rig->a, &rig->b);
	char octets[100] = "";

	shards->group.single = true;
	assert_int_equal(tp_send(&to, R, sizeof(R) - 1), 0);
	tp_flush(rig->a.tp);
	fcntl(fd, F_SETFL, 0);
	assert_int_equal(recv(fd, octets, sizeof(octets), 0), sizeof(R) - 1);
	close(fd);
	until(rig, !conn_find(rig->a.tp, to.conn));
	assert_int_equal(tp_send(&to, R, sizeof(R) - 1), -ENOTCONN);
}

/* What must go by a connection that has ended goes nowhere else. Shows: 5626/5.3a */
static void a_pinned_message_takes_no_other_way(void **state)
{
	struct shards *shards = *state;
	struct rig *rig = &shards->rig;
	int fd = connect_to(rig, &rig->a);
	struct tp_flow to = abroad(&rig->a, &rig->b), near = rig->a.from;

	to.pinned = near.pinned = true;
	assert_int_equal(tp_send(&near, R, sizeof(R) - 1), 0);
	close(fd);
	until(rig, !conn_find(rig->a.tp, to.conn));
	assert_int_equal(tp_send(&near, R, sizeof(R) - 1), -ENOTCONN);
	assert_int_equal(tp_send(&to, R, sizeof(R) - 1), 0);
	until(rig, rig->b.failed == 1);
	assert_int_equal(rig->b.failed_conn, to.conn);
	assert_int_equal(rig->b.error, -ENOTCONN);
	assert_int_equal(rig->b.moved, 0);
	assert_int_equal(tp_stats(rig->b.tp)->opened, 0);
}

/* By the shard that it belongs to, also when it had ended before somebody wanted to know. */
static void the_end_of_a_watched_connection_is_told(void **state)
{
	struct shards *shards = *state;
	struct rig *rig = &shards->rig;
	int fd = connect_to(rig, &rig->a), other;
	struct tp_flow from = abroad(&rig->a, &rig->b);
	struct tp_conn *conn = conn_find(rig->a.tp, from.conn);

	assert_int_equal(tp_watch(&from, 60000), 0);
	until(rig, conn->silence_ms == 60000);
	other = connect_to(rig, &rig->a);
	close(other);
	until(rig, !conn_find(rig->a.tp, rig->a.from.conn));
	assert_int_equal(rig->a.closed, 0);
	close(fd);
	until(rig, rig->a.closed == 1);
	assert_int_equal(rig->a.closed_conn, from.conn);
	assert_int_equal(rig->b.closed, 0);
	assert_int_equal(tp_watch(&from, 60000), 0);
	until(rig, rig->a.closed == 2);
	assert_int_equal(tp_watch(&rig->a.from, 60000), 0);
	assert_int_equal(rig->a.closed, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define SHARDS(name) cmocka_unit_test_setup_teardown(name, setup_shards, teardown_shards)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_connection_serves_both_ways),
		TEST(messages_wait_for_the_connection),
		TEST(who_does_not_listen_fails),
		TEST(connecting_takes_no_longer_than_allowed),
		TEST(a_broken_connection_is_told_and_replaced),
		TEST(bad_messages_are_refused_and_the_connection_closed),
		TEST(pings_are_answered),
		TEST(a_message_takes_no_longer_than_allowed),
		TEST(an_idle_connection_is_closed),
		TEST(who_does_not_read_is_closed),
		TEST(limits_hold_for_connections),
		TEST(names_have_numbers),
		TEST(names_are_forgotten),
		cmocka_unit_test(sources_are_counted),
		SHARDS(a_shard_sends_by_anothers_connection),
		SHARDS(a_message_comes_back_and_goes_another_way),
		SHARDS(shards_send_directly_when_threads_have_ended),
		SHARDS(a_pinned_message_takes_no_other_way),
		SHARDS(the_end_of_a_watched_connection_is_told),
		TEST(a_watched_connection_may_be_silent_as_long_as_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
