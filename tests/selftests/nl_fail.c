// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every command with each of its allocations failing in turn (fault injection of the kernel,
 * /proc/thread-self/fail-nth): it is done, or refused and nothing has changed.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "nl_lib.h"

/* More than any command allocates. */
#define MOST 400

static int fail_nth_fd = -1;

static void fail_nth(int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	if (pwrite(fail_nth_fd, text, len, 0) != len)
		bail_out("fail-nth");
}

/* How many allocations were left until the one that was to fail; 0: it did. */
static int fail_nth_left(void)
{
	char text[16] = "";

	if (pread(fail_nth_fd, text, sizeof(text) - 1, 0) < 0)
		bail_out("fail-nth");
	return atoi(text);
}

/* Asks while allocation @n of the kernel fails; true when there were not so many. */
static bool ask_failing(int cmd, int flags, const char *text, int n, int *err)
{
	struct nl_msg *msg = client_request(&client, cmd, flags, text, NULL);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int fd = nl_socket_get_fd(client.sk);
	static struct reply reply;
	ssize_t sent;
	bool done;

	fail_nth(n);
	sent = send(fd, nlh, nlh->nlmsg_len, 0);
	done = fail_nth_left() > 0;
	fail_nth(0);
	if (sent < 0)
		reply.err = -errno;
	else
		client_reply(&client, nlh->nlmsg_seq, &reply, NULL, NULL);
	*err = reply.err;
	nlmsg_free(msg);
	return done;
}

/*
 * @undo restores what @text did. Where the memory for the answer was lacking, -EAGAIN or -ENOBUFS,
 * either may be the case.
 */
static void try(int cmd, int flags, const char *text, int undo, const char *undo_text)
{
	char *before = everything(), *after;
	bool done = false;
	int n, err = 0;

	for (n = 1; n < MOST && !done; n++) {
		done = ask_failing(cmd, flags, text, n, &err);
		/* A dump that failed in the middle stays with its socket. */
		client_close(&client);
		client_open(&client);
		after = everything();
		expect(!done || !err, "%s without a failure: %d", text, err);
		if (err && err != -EAGAIN && err != -ENOBUFS)
			expect(!strcmp(before, after),
			       "allocation %d failed (%d), yet it changed:\n"
			       "#   was %s\n#   is  %s", n, err, before, after);
		if (strcmp(before, after) && undo_text)
			must(&client, undo, undo_text);
		free(after);
	}
	/* The last one was none. */
	printf("# command %d: %d allocations\n", cmd, n - 2);
	expect(n > 2 && n < MOST, "%d allocations fail: %s", n, text);
	free(before);
}

#define FULL                                                                              \
	"session{id=7 owner=3 timeout=60000 "                                             \
	"endpoint{id=1 laddr=127.0.0.1 lport=31000 raddr=127.0.0.1 rport=4000 learn=2 "    \
	"learnms=9000 inactive=5000 dtmftype=101 "                                         \
	"forward{to=2 ssrc=7 seq=8 timestamp=9 pts=0060} forward{to=3 mode=1}} "                   \
	"endpoint{id=2 laddr=127.0.0.1 lport=31002 forward{to=1 dscp=46 ttl=9}} "           \
	"endpoint{id=3 laddr=127.0.0.1 lport=31004}}"

static void ranges_come_and_go(void)
{
	try(RANGE_ADD, NLM_F_ACK, RANGE, RANGE_DEL, RANGE);
	must(&client, RANGE_ADD, RANGE6);
	try(RANGE_DEL, NLM_F_ACK, RANGE6, RANGE_ADD, RANGE6);
}

static void sessions_come(void)
{
	must(&client, RANGE_ADD, RANGE);
	try(ADD, NLM_F_ACK, FULL, DEL, "session{id=7}");
}

static void sessions_change(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, FULL);
	try(SET, NLM_F_ACK,
	    "session{id=7 timeout=70000 "
	    "endpoint{id=1 raddr=127.0.0.1 rport=4004 learn=2 forward{to=4 ssrc=9}} "
	    "endpoint{id=3 delete} endpoint{id=4 laddr=127.0.0.1 lport=31006}}",
	    SET,
	    "session{id=7 timeout=60000 "
	    "endpoint{id=1 raddr=127.0.0.1 rport=4000 learn=2 learnms=9000 "
	    "forward{to=2 ssrc=7 seq=8 timestamp=9 pts=0060} forward{to=3 mode=1}} "
	    "endpoint{id=4 delete} endpoint{id=3 laddr=127.0.0.1 lport=31004}}");
}

static void sessions_go(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, FULL);
	try(DEL, NLM_F_ACK, "session{id=7}", ADD, FULL);
	try(DEL, NLM_F_ACK | NLM_F_ECHO, "session{id=7}", ADD, FULL);
	try(DEL, NLM_F_ACK | NLM_F_ECHO, "session{id=7 brief}", ADD, FULL);
	try(FLUSH, NLM_F_ACK, "session{owner=3}", ADD, FULL);
}

static void questions_change_nothing(void)
{
	must(&client, RANGE_ADD, RANGE);
	must(&client, ADD, FULL);
	try(GET, NLM_F_ACK, "session{id=7}", 0, NULL);
	try(GET, NLM_F_DUMP, "", 0, NULL);
	try(RANGE_GET, NLM_F_DUMP, "", 0, NULL);
	try(STATUS_GET, NLM_F_ACK, "", 0, NULL);
	try(CONFIG_GET, NLM_F_ACK, "", 0, NULL);
	try(COUNTER_GET, NLM_F_DUMP, "", 0, NULL);
}

static void settings_change(void)
{
	must(&client, RANGE_ADD, RANGE);
	try(CONFIG_SET, NLM_F_ACK, "config{sessions=5 hooks=1}", CONFIG_SET,
	    "config{sessions=262144 hooks=0}");
	try(CONFIG_SET, NLM_F_ACK, "config{hooks=2 device=lo}", CONFIG_SET, "config{hooks=0}");
}

int main(void)
{
	static const struct test tests[] = {
		TEST(ranges_come_and_go), TEST(sessions_come), TEST(sessions_change),
		TEST(sessions_go), TEST(questions_change_nothing), TEST(settings_change),
	};

	fail_nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	if (fail_nth_fd < 0) {
		printf("1..0 # SKIP the kernel has no fault injection\n");
		return 4;
	}
	return run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
