// SPDX-License-Identifier: GPL-2.0-or-later
/* Clients of the control socket, and what they can do wrong. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/admin.h"
#include "admin/conn.h"
#include "admin_fixture.h"

struct server {
	struct loop *loop;
	struct admin *admin;
	struct timer poll, limit;
	char path[64];
	int client;
	char *got;
	size_t len;
	unsigned int lines; /* to wait for; 0: for the end of the connection */
	bool ended, timed_out;
};

static struct server server;

static void on_limit(struct timer *timer)
{
	(void)timer;
	server.timed_out = true;
	loop_stop(server.loop);
}

static unsigned int lines_got(void)
{
	unsigned int lines = 0;
	size_t i;

	for (i = 0; i < server.len; i++)
		lines += server.got[i] == '\n';
	return lines;
}

static void on_poll(struct timer *timer)
{
	ssize_t n;

	server.got = realloc(server.got, server.len + 65537);
	n = recv(server.client, server.got + server.len, 65536, MSG_DONTWAIT);
	if (n > 0)
		server.len += n;
	server.got[server.len] = 0;
	server.ended = !n || (n < 0 && errno == ECONNRESET);
	if (server.ended || (server.lines && lines_got() >= server.lines))
		loop_stop(server.loop);
	else
		loop_timer_set(server.loop, timer, 1, on_poll);
}

/* Runs sipd's side until @lines answers are here (0: until the connection ends). */
static const char *wait_for(unsigned int lines)
{
	server.lines = lines;
	server.len = 0;
	server.ended = false;
	loop_timer_set(server.loop, &server.limit, 20000, on_limit);
	loop_timer_set(server.loop, &server.poll, 1, on_poll);
	assert_int_equal(loop_run(server.loop), 0);
	loop_timer_cancel(server.loop, &server.poll);
	loop_timer_cancel(server.loop, &server.limit);
	assert_false(server.timed_out);
	return server.got;
}

static int new_client(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(addr.sun_path, server.path);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void client_sends(const void *data, size_t len)
{
	assert_int_equal(send(server.client, data, len, MSG_NOSIGNAL), len);
}

static int set_up_server(void **state)
{
	set_up(state);
	memset(&server, 0, sizeof(server));
	snprintf(server.path, sizeof(server.path), "/tmp/test_admin.%d", (int)getpid());
	assert_int_equal(loop_alloc(&server.loop), 0);
	assert_int_equal(admin_alloc(&server.admin, server.loop, server.path, &only_shard, 1), 0);
	server.client = new_client();
	return 0;
}

static int tear_down_server(void **state)
{
	close(server.client);
	admin_free(server.admin);
	loop_free(server.loop);
	free(server.got);
	assert_int_equal(access(server.path, F_OK), -1);
	return tear_down(state);
}

#define LIST REQUEST("call", "list", "{}") "\n"
#define LIST_ANSWER OK("{\"calls\":[{" ENTRY "}],\"omitted\":0}") "\n"

static void requests_are_answered_in_order(void **state)
{
	static const char two[] = LIST REQUEST("call", "nothing", "{}") "\n" LIST;
	size_t half = sizeof(LIST) / 2;

	(void)state;
	client_sends(two, strlen(two));
	assert_string_equal(wait_for(3),
			    LIST_ANSWER ERROR("usage", "sipd " SIPFAST_VERSION
						       " has no \\\"call nothing\\\"") "\n"
			    LIST_ANSWER);
	client_sends(LIST, half);
	client_sends((const char *)LIST + half, strlen(LIST) - half);
	assert_string_equal(wait_for(1), LIST_ANSWER);
}

static void the_socket_is_for_owner_and_group(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(stat(server.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
}

static void a_long_line_ends_the_connection(void **state)
{
	char *line = malloc(ADMIN_MAX_LINE);

	(void)state;
	memset(line, ' ', ADMIN_MAX_LINE);
	memcpy(line, LIST, strlen(LIST) - 1);
	line[ADMIN_MAX_LINE - 1] = '\n';
	client_sends(line, ADMIN_MAX_LINE);
	assert_string_equal(wait_for(1), LIST_ANSWER);
	line[ADMIN_MAX_LINE - 1] = ' ';
	client_sends(line, ADMIN_MAX_LINE);
	assert_string_equal(wait_for(0), ERROR("usage", "the request is longer than 64 KiB") "\n");
	free(line);
}

static void the_65th_client_is_refused(void **state)
{
	int others[63], last = server.client;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		others[i] = new_client();
	server.client = new_client();
	assert_string_equal(wait_for(0), ERROR("failed", "too many clients are connected") "\n");
	close(server.client);
	close(others[0]);
	server.client = last;
	client_sends(LIST, strlen(LIST));
	assert_string_equal(wait_for(1), LIST_ANSWER);
	others[0] = server.client;
	server.client = new_client();
	client_sends(LIST, strlen(LIST));
	assert_string_equal(wait_for(1), LIST_ANSWER);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		close(others[i]);
}

static void a_large_answer_comes_whole(void **state)
{
	size_t expected;

	(void)state;
	engine.copies = ADMIN_MAX_LIST;
	client_sends(LIST, strlen(LIST));
	wait_for(1);
	expected = strlen(LIST_ANSWER) + (ADMIN_MAX_LIST - 1) * (strlen(ENTRY) + 3);
	assert_int_equal(server.len, expected);
}

static void on_stop(struct timer *timer)
{
	(void)timer;
	loop_stop(server.loop);
}

static void a_client_that_takes_nothing_is_cut(void **state)
{
	struct timer stop = { 0 };

	(void)state;
	engine.copies = ADMIN_MAX_LIST;
	client_sends(LIST, strlen(LIST));
	/* Just behind the time that sipd gives it. */
	loop_timer_set(server.loop, &stop, 5500, on_stop);
	assert_int_equal(loop_run(server.loop), 0);
	wait_for(0);
	assert_true(server.ended);
	assert_int_equal(lines_got(), 0);
}

static void a_living_socket_is_not_taken_over(void **state)
{
	struct admin *second;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(admin_alloc(&second, server.loop, server.path, &only_shard, 1),
			 -EADDRINUSE);
	assert_null(second);
	client_sends(LIST, strlen(LIST));
	assert_string_equal(wait_for(1), LIST_ANSWER);
}

static void a_stale_socket_is_replaced_a_file_is_not(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct admin *second;
	int fd;

	(void)state;
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s.stale", server.path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	assert_int_equal(admin_alloc(&second, server.loop, addr.sun_path, &only_shard, 1), 0);
	admin_free(second);
	fclose(fopen(addr.sun_path, "w"));
	assert_int_equal(admin_alloc(&second, server.loop, addr.sun_path, &only_shard, 1), -EEXIST);
	assert_int_equal(unlink(addr.sun_path), 0);
}

int main(void)
{
#define SERVER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_server, tear_down_server)
	const struct CMUnitTest tests[] = {
		SERVER_TEST(requests_are_answered_in_order),
		SERVER_TEST(the_socket_is_for_owner_and_group),
		SERVER_TEST(a_long_line_ends_the_connection),
		SERVER_TEST(the_65th_client_is_refused),
		SERVER_TEST(a_large_answer_comes_whole),
		SERVER_TEST(a_client_that_takes_nothing_is_cut),
		SERVER_TEST(a_living_socket_is_not_taken_over),
		SERVER_TEST(a_stale_socket_is_replaced_a_file_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
