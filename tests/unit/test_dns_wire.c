// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions over real sockets, to servers that answer late, wrongly, too much, or not at all. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dns/wire.h"

#define NAME "a.example"
#define MAX_ANSWER 65535
/* Of the loop, before a test is stuck. */
#define PATIENCE_MS 20000

/* A server of its own for each behaviour: two of them, UDP and TCP on the same port. */
struct server {
	struct loop_fd udp, tcp, conn;
	struct tp_addr addr;
	unsigned int asked, asked_tcp;
	/* Answers the question in @text in place; its length, 0: not at all. */
	size_t (*answer)(struct server *server, uint8_t *text, size_t len, bool tcp);
	struct sockaddr_in late_to; /* of the last question */
	uint8_t late[512];
	size_t late_len;
};

static struct loop *loop;
static struct server servers[2];
static struct dns_wire *wire;
static struct timer guard;
static struct dns_answer *answer;
static unsigned int answers;

static size_t finish(uint8_t *text, size_t len, unsigned int flags, unsigned int count)
{
	text[2] = (uint8_t)(0x80 | flags >> 8);
	text[3] = (uint8_t)flags;
	text[6] = (uint8_t)(count >> 8);
	text[7] = (uint8_t)count;
	/* Neither authority nor additional records. */
	memset(text + 8, 0, 4);
	return len;
}

/* Behind the question, in the place of what the client had there. */
static size_t question_end(const uint8_t *text)
{
	size_t at = 12;

	while (text[at])
		at += text[at] + 1u;
	return at + 5;
}

static size_t add_address(uint8_t *text, size_t at, unsigned int number)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 10, 0 };

	memcpy(text + at, record, sizeof(record));
	text[at + sizeof(record)] = (uint8_t)(number >> 8);
	text[at + sizeof(record) + 1] = (uint8_t)number;
	return at + sizeof(record) + 2;
}

static size_t good(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	(void)server;
	(void)len;
	(void)tcp;
	return finish(text, add_address(text, question_end(text), 1), 0, 1);
}

static size_t silent(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	(void)server;
	(void)text;
	(void)len;
	(void)tcp;
	return 0;
}

static size_t servfail(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	(void)server;
	(void)len;
	(void)tcp;
	return finish(text, question_end(text), 2, 0);
}

static size_t no_name(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	(void)server;
	(void)len;
	(void)tcp;
	return finish(text, question_end(text), 3, 0);
}

/* Forged: the ID, then the question is another one. The true answer comes to the next attempt. */
static size_t forged(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	len = good(server, text, len, tcp);
	if (server->asked == 1)
		text[1] ^= 1;
	else if (server->asked == 2)
		text[13] ^= 1;
	if (server->asked < 3)
		text[len - 1] = 99;
	return len;
}

static size_t garbage(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	(void)server;
	(void)tcp;
	/* The ID and the question are right. */
	len = question_end(text);
	memset(text + len, 0xff, 40);
	return finish(text, len + 40, 0, 9);
}

static size_t noise(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	if (server->asked > 1)
		return good(server, text, len, tcp);
	memset(text, 0xa5, 60);
	return 60;
}

static size_t truncated(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	if (tcp)
		return good(server, text, len, tcp);
	return finish(text, question_end(text), 0x200, 0);
}

static size_t thousand(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	if (!tcp)
		return truncated(server, text, len, tcp);
	len = question_end(text);
	for (unsigned int i = 0; i < 1000; i++)
		len = add_address(text, len, i);
	return finish(text, len, 0, 1000);
}

/* More than was agreed on in EDNS, and more than there is room for, by UDP. */
static size_t oversized(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	(void)server;
	(void)tcp;
	len = question_end(text);
	for (unsigned int i = 0; i < 3000; i++)
		len = add_address(text, len, i);
	return finish(text, len, 0, 3000);
}

static size_t alias_loop(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 5, 0, 1, 0, 0, 1, 44, 0, 2, 0xc0, 12 };

	(void)server;
	(void)tcp;
	len = question_end(text);
	memcpy(text + len, record, sizeof(record));
	return finish(text, len + sizeof(record), 0, 1);
}

/* Keeps the true answer for later; nothing comes in time. */
static size_t late(struct server *server, uint8_t *text, size_t len, bool tcp)
{
	len = good(server, text, len, tcp);
	memcpy(server->late, text, len);
	server->late_len = len;
	return 0;
}

/* --- */

#define SERVER(lfd, member) ((struct server *)((char *)(lfd)-offsetof(struct server, member)))

static void on_udp(struct loop_fd *lfd, uint32_t events)
{
	struct server *server = SERVER(lfd, udp);
	static uint8_t text[MAX_ANSWER];
	socklen_t size = sizeof(server->late_to);
	ssize_t len;

	(void)events;
	len = recvfrom(lfd->fd, text, 512, 0, (struct sockaddr *)&server->late_to, &size);
	assert_true(len > 12);
	server->asked++;
	len = (ssize_t)server->answer(server, text, (size_t)len, false);
	if (len)
		assert_int_equal(sendto(lfd->fd, text, (size_t)len, 0,
					(struct sockaddr *)&server->late_to, size),
				 len);
}

static void on_conn(struct loop_fd *lfd, uint32_t events)
{
	struct server *server = SERVER(lfd, conn);
	static uint8_t text[2 + MAX_ANSWER];
	ssize_t len;
	size_t size;

	(void)events;
	len = recv(lfd->fd, text, 512, 0);
	if (len <= 14) {
		loop_fd_del(loop, lfd);
		close(lfd->fd);
		lfd->fd = -1;
		return;
	}
	server->asked_tcp++;
	size = server->answer(server, text + 2, (size_t)len - 2, true);
	text[0] = (uint8_t)(size >> 8);
	text[1] = (uint8_t)size;
	if (size)
		assert_int_equal(send(lfd->fd, text, size + 2, 0), size + 2);
}

static void on_tcp(struct loop_fd *lfd, uint32_t events)
{
	struct server *server = SERVER(lfd, tcp);
	int fd = accept(lfd->fd, NULL, NULL);

	(void)events;
	assert_true(fd >= 0);
	assert_int_equal(loop_fd_add(loop, &server->conn, fd, EPOLLIN, on_conn), 0);
}

static void server_open(struct server *server)
{
	socklen_t size = sizeof(server->addr.in);
	int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0);

	memset(server, 0, sizeof(*server));
	server->conn.fd = -1;
	server->addr.in.sin_family = AF_INET;
	server->addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(udp, &server->addr.sa, size), 0);
	assert_int_equal(getsockname(udp, &server->addr.sa, &size), 0);
	assert_int_equal(bind(tcp, &server->addr.sa, size), 0);
	assert_int_equal(listen(tcp, 4), 0);
	loop_fd_add(loop, &server->udp, udp, EPOLLIN, on_udp);
	loop_fd_add(loop, &server->tcp, tcp, EPOLLIN, on_tcp);
}

static void stuck(struct timer *timer)
{
	(void)timer;
	fail_msg("no answer in %d ms", PATIENCE_MS);
}

static int setup(void **state)
{
	struct tp_addr addrs[2];
	const struct dns_wire_config config = {
		.servers = addrs, .nservers = 2, .timeout_ms = 100, .attempts = 2
	};

	(void)state;
	answers = 0;
	answer = NULL;
	assert_int_equal(loop_alloc(&loop), 0);
	for (int i = 0; i < 2; i++) {
		server_open(&servers[i]);
		addrs[i] = servers[i].addr;
		servers[i].answer = good;
	}
	return dns_wire_alloc(&wire, loop, &config);
}

static int teardown(void **state)
{
	(void)state;
	dns_wire_free(wire);
	loop_timer_cancel(loop, &guard);
	assert_int_equal(timer_wheel_count(loop_timers(loop)), 0);
	for (int i = 0; i < 2; i++) {
		close(servers[i].udp.fd);
		close(servers[i].tcp.fd);
		if (servers[i].conn.fd >= 0)
			close(servers[i].conn.fd);
	}
	loop_free(loop);
	free(answer);
	return 0;
}

static void on_answer(void *arg, struct dns_answer *given)
{
	(void)arg;
	answers++;
	free(answer);
	answer = given;
	loop_stop(loop);
}

static void ask(void)
{
	unsigned int before = answers;

	loop_timer_set(loop, &guard, PATIENCE_MS, stuck);
	dns_wire_query(wire, NAME, DNS_A, on_answer, NULL);
	if (answers == before)
		assert_int_equal(loop_run(loop), 0);
	assert_int_equal(answers, before + 1);
	assert_non_null(answer);
}

static void both(size_t (*behave)(struct server *server, uint8_t *text, size_t len, bool tcp))
{
	servers[0].answer = servers[1].answer = behave;
	ask();
}

static void assert_good(unsigned int count)
{
	assert_int_equal(answer->result, DNS_FOUND);
	assert_int_equal(answer->nrecords, count);
	assert_memory_equal(&answer->records[count - 1].v4,
			    count == 1 ? "\x0a\0\0\x01" : "\x0a\0\0\x3f", 4);
}

static void answered(void **state)
{
	(void)state;
	ask();
	assert_good(1);
	assert_int_equal(answer->ttl_s, 300);
	assert_int_equal(servers[0].asked, 1);
	assert_int_equal(servers[1].asked, 0);
}

static void first_is_silent(void **state)
{
	(void)state;
	servers[0].answer = silent;
	ask();
	assert_good(1);
	assert_int_equal(servers[1].asked, 1);
}

static void first_fails(void **state)
{
	(void)state;
	servers[0].answer = servfail;
	ask();
	assert_good(1);
}

static void all_silent(void **state)
{
	(void)state;
	both(silent);
	assert_int_equal(answer->result, DNS_SILENT);
	assert_int_equal(servers[0].asked + servers[1].asked, 4);
}

static void all_fail(void **state)
{
	(void)state;
	both(servfail);
	assert_int_equal(answer->result, DNS_REFUSED);
}

static void nobody_listens(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		loop_fd_del(loop, &servers[i].udp);
		close(servers[i].udp.fd);
		servers[i].udp.fd = socket(AF_INET, SOCK_DGRAM, 0);
	}
	ask();
	assert_true(dns_result_is_failure(answer->result));
	assert_true(answer->result != DNS_GARBAGE);
}

static void name_is_not_there(void **state)
{
	(void)state;
	both(no_name);
	assert_int_equal(answer->result, DNS_NO_NAME);
	assert_int_equal(servers[1].asked, 0);
}

static void forged_answers(void **state)
{
	(void)state;
	servers[1].answer = silent;
	servers[0].answer = forged;
	servers[0].asked = 0;
	ask();
	assert_true(dns_result_is_failure(answer->result));
	ask();
	assert_good(1);
}

static void unreadable(void **state)
{
	(void)state;
	both(garbage);
	assert_int_equal(answer->result, DNS_GARBAGE);
}

static void noise_is_passed_over(void **state)
{
	(void)state;
	both(noise);
	assert_good(1);
}

static void by_tcp(void **state)
{
	(void)state;
	both(truncated);
	assert_good(1);
	assert_int_equal(servers[0].asked_tcp, 1);
}

static void bounded(void **state)
{
	(void)state;
	both(thousand);
	assert_good(DNS_MAX_RECORDS);
	assert_int_equal(servers[0].asked_tcp, 1);
}

static void too_long(void **state)
{
	(void)state;
	both(oversized);
	assert_true(answer->result == DNS_GARBAGE || answer->result == DNS_SILENT ||
		    answer->nrecords <= DNS_MAX_RECORDS);
	both(good);
	assert_good(1);
}

static void endless_alias(void **state)
{
	(void)state;
	both(alias_loop);
	assert_int_equal(answer->result, DNS_GARBAGE);
}

/* What comes after its time answers nothing, neither then nor for the next question. */
static void too_late(void **state)
{
	(void)state;
	both(late);
	assert_int_equal(answer->result, DNS_SILENT);
	servers[0].late[servers[0].late_len - 1] = 99;
	sendto(servers[0].udp.fd, servers[0].late, servers[0].late_len, 0,
	       (struct sockaddr *)&servers[0].late_to, sizeof(servers[0].late_to));
	both(good);
	assert_good(1);
	assert_int_equal(answers, 2);
}

/* Freed with questions under way: nobody is told. */
static void freed_early(void **state)
{
	(void)state;
	servers[0].answer = silent;
	dns_wire_query(wire, NAME, DNS_A, on_answer, NULL);
	dns_wire_query(wire, NAME, DNS_SRV, on_answer, NULL);
	dns_wire_free(wire);
	wire = NULL;
	assert_int_equal(answers, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(answered),
		TEST(first_is_silent),
		TEST(first_fails),
		TEST(all_silent),
		TEST(all_fail),
		TEST(nobody_listens),
		TEST(name_is_not_there),
		TEST(forged_answers),
		TEST(unreadable),
		TEST(noise_is_passed_over),
		TEST(by_tcp),
		TEST(bounded),
		TEST(too_long),
		TEST(endless_alias),
		TEST(too_late),
		TEST(freed_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
