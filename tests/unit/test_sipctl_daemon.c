// SPDX-License-Identifier: GPL-2.0-or-later
/* sipctl's side of sipd's control socket, before a sipd that is played by a thread. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "sipctl/command.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct command command = { .path = "call show" };
static char directory[64], path[96];

/* One connection: a request is read, an answer written in two pieces. */
struct sipd {
	int listener;
	const char *answer; /* NULL: hang up */
	char request[512];
};

static void *serve(void *arg)
{
	struct sipd *sipd = arg;
	int fd = accept(sipd->listener, NULL, NULL);
	size_t len = 0, half;
	ssize_t got;

	while (len < sizeof(sipd->request) - 1 &&
	       (got = read(fd, sipd->request + len, sizeof(sipd->request) - 1 - len)) > 0) {
		len += got;
		if (sipd->request[len - 1] == '\n')
			break;
	}
	if (sipd->answer) {
		half = strlen(sipd->answer) / 2;
		if (write(fd, sipd->answer, half) < 0 ||
		    write(fd, sipd->answer + half, strlen(sipd->answer) - half) < 0)
			perror("write");
	}
	close(fd);
	return NULL;
}

/* Standard error goes to @said, for the failure is told there. */
static int ask(struct sipd *sipd, struct ctl *ctl, json_t **result, char *said, size_t size)
{
	int saved = dup(STDERR_FILENO), code;
	FILE *file = tmpfile();
	pthread_t thread;

	assert_non_null(file);
	assert_int_equal(pthread_create(&thread, NULL, serve, sipd), 0);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	code = ctl_daemon(ctl, "call", "show", json_pack("{s:s}", "id", "ab\n12"), result);
	dup2(saved, STDERR_FILENO);
	close(saved);
	pthread_join(thread, NULL);
	rewind(file);
	said[fread(said, 1, size - 1, file)] = '\0';
	fclose(file);
	return code;
}

static void sipd_listen(struct sipd *sipd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strcpy(address.sun_path, path);
	unlink(path);
	sipd->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(sipd->listener, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(sipd->listener, 1), 0);
}

static void a_question_is_one_line(void **state)
{
	struct sipd sipd = {
		.answer = "{\"schema\":1,\"ok\":true,\"result\":{\"id\":\"ab12\"}}\n",
	};
	struct ctl ctl = { .socket = path, .command = &command };
	char said[256];
	json_t *result;

	(void)state;
	sipd_listen(&sipd);
	assert_int_equal(ask(&sipd, &ctl, &result, said, sizeof(said)), CTL_OK);
	close(sipd.listener);
	assert_string_equal(sipd.request, "{\"schema\":1,\"noun\":\"call\",\"verb\":\"show\","
					  "\"args\":{\"id\":\"ab\\n12\"}}\n");
	assert_string_equal(said, "");
	assert_string_equal(json_string_value(json_object_get(result, "id")), "ab12");
	json_decref(result);
}

#define REFUSED(code) \
	"{\"schema\":1,\"ok\":false,\"error\":{\"code\":\"" code "\",\"message\":\"no\\u001b\"}}\n"

static void every_failure_has_its_status(void **state)
{
	static const struct {
		const char *answer;
		int code;
		const char *said; /* behind "sipctl: call show: ", up to the socket's name */
	} cases[] = {
		{ REFUSED("not-found"), CTL_NOT_FOUND, "no\\x1b\n" },
		{ REFUSED("usage"), CTL_USAGE, "no\\x1b\n" },
		{ REFUSED("permission"), CTL_PERMISSION, "no\\x1b\n" },
		{ REFUSED("invalid-configuration"), CTL_CONFIG, "no\\x1b\n" },
		{ REFUSED("failed"), CTL_FAILED, "no\\x1b\n" },
		{ REFUSED("of a newer sipd"), CTL_FAILED, "no\\x1b\n" },
		{ "{\"ok\":false}\n", CTL_FAILED, "sipd gave no reason\n" },
		{ "{\"ok\":true}\n", CTL_FAILED, "the answer has no result, " },
		{ "{\"ok\":true,\"result\":[]}\n", CTL_FAILED, "the answer has no result, " },
		{ "HTTP/1.1 400 Bad Request\r\n", CTL_FAILED, "the answer is not JSON, " },
		{ "{\"ok\":true", CTL_UNREACHABLE,
		  "cannot reach sipd: Connection reset by peer, " },
		{ NULL, CTL_UNREACHABLE, "cannot reach sipd: Connection reset by peer, " },
	};
	static const char before[] = "sipctl: call show: ";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ctl ctl = { .socket = path, .command = &command, .json = true };
		struct sipd sipd = { .answer = cases[i].answer };
		char said[512];
		json_t *result;

		sipd_listen(&sipd);
		assert_int_equal(ask(&sipd, &ctl, &result, said, sizeof(said)), cases[i].code);
		close(sipd.listener);
		assert_memory_equal(said, before, strlen(before));
		assert_memory_equal(said + strlen(before), cases[i].said, strlen(cases[i].said));
		assert_int_equal(json_integer_value(json_object_get(ctl.error, "exit")),
				 cases[i].code);
		json_decref(ctl.error);
	}
}

static void nobody_there_is_unreachable(void **state)
{
	char longer[200];
	struct ctl ctl = { .socket = path, .command = &command };
	json_t *result;

	(void)state;
	unlink(path);
	/* What is said goes to the test's own standard error. */
	assert_int_equal(ctl_daemon(&ctl, "status", "show", NULL, &result), CTL_UNREACHABLE);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ctl.socket = longer;
	assert_int_equal(ctl_daemon(&ctl, "status", "show", NULL, &result), CTL_USAGE);
}

static int make_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/test_sipctl.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(path, sizeof(path), "%s/sipd.sock", directory);
	return 0;
}

static int remove_directory(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_one_line),
		cmocka_unit_test(every_failure_has_its_status),
		cmocka_unit_test(nobody_there_is_unreachable),
	};

	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
