// SPDX-License-Identifier: GPL-2.0-or-later
/* A question to sipd: a line of JSON each way on its Unix socket. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sipctl/ctl.h"

#define ANSWER_MS 10000
#define ANSWER_MAX (256 << 20)

static int unreachable(struct ctl *ctl, int err)
{
	bool forbidden = err == EACCES || err == EPERM;

	return ctl_fail(ctl, forbidden ? CTL_PERMISSION : CTL_UNREACHABLE,
			"cannot reach sipd: %s, %s, %s", strerror(err), ctl->socket,
			forbidden ? "be root or of sipd's group" :
				    "start sipd or name its socket with -s");
}

static int daemon_connect(struct ctl *ctl, int *result)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(ctl->socket) >= sizeof(address.sun_path))
		return ctl_fail(ctl, CTL_USAGE, "the path is too long, -s, give at most %zu octets",
				sizeof(address.sun_path) - 1);
	strcpy(address.sun_path, ctl->socket);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int err = errno;

		if (fd >= 0)
			close(fd);
		return unreachable(ctl, err);
	}
	*result = fd;
	return CTL_OK;
}

static int send_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t sent = send(fd, data, len, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		data += sent;
		len -= sent;
	}
	return 0;
}

static int ms_left(const struct timespec *until)
{
	struct timespec now;
	long long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (until->tv_sec - now.tv_sec) * 1000LL + (until->tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? ms : 0;
}

/* Up to the newline; *line is the caller's in any case. */
static int receive_line(int fd, char **line, size_t *len)
{
	struct timespec until;
	size_t size = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ANSWER_MS / 1000;
	do {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (*len == size) {
			char *grown;

			size = size ? 2 * size : 65536;
			grown = size <= ANSWER_MAX ? realloc(*line, size) : NULL;
			if (!grown)
				return -ENOMEM;
			*line = grown;
		}
		if (!poll(&pfd, 1, ms_left(&until)))
			return -ETIMEDOUT;
		got = recv(fd, *line + *len, size - *len, MSG_DONTWAIT);
		if (got < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (!got)
			return -ECONNRESET;
		*len += got > 0 ? got : 0;
	} while (!*len || (*line)[*len - 1] != '\n');
	return 0;
}

static int ask(struct ctl *ctl, json_t *request, json_t **answer)
{
	char *text = json_dumps(request, JSON_COMPACT);
	char *line = NULL;
	size_t len = 0;
	int fd = -1, code, err;

	code = daemon_connect(ctl, &fd);
	if (code)
		goto out;
	err = text ? send_all(fd, text, strlen(text)) : -ENOMEM;
	if (!err)
		err = send_all(fd, "\n", 1);
	if (!err)
		err = receive_line(fd, &line, &len);
	close(fd);
	if (err) {
		code = unreachable(ctl, -err);
		goto out;
	}
	*answer = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(*answer))
		code = ctl_fail(ctl, CTL_FAILED, "the answer is not JSON, %s, is that sipd?",
				ctl->socket);
out:
	free(line);
	free(text);
	return code;
}

static int refusal(struct ctl *ctl, const json_t *answer)
{
	static const struct {
		const char *name;
		enum ctl_exit code;
	} codes[] = { { "not-found", CTL_NOT_FOUND },
		      { "usage", CTL_USAGE },
		      { "permission", CTL_PERMISSION },
		      { "unreachable", CTL_UNREACHABLE },
		      { "invalid-configuration", CTL_CONFIG } };
	const json_t *error = json_object_get(answer, "error");
	const char *name = json_string_value(json_object_get(error, "code"));
	const char *message = json_string_value(json_object_get(error, "message"));
	enum ctl_exit code = CTL_FAILED;

	for (size_t i = 0; name && i < sizeof(codes) / sizeof(codes[0]); i++)
		if (!strcmp(codes[i].name, name))
			code = codes[i].code;
	return ctl_fail(ctl, code, "%s", message ? message : "sipd gave no reason");
}

int ctl_daemon(struct ctl *ctl, const char *noun, const char *verb, json_t *args, json_t **result)
{
	json_t *request, *answer = NULL;
	int code;

	request = json_pack("{s:i, s:s, s:s, s:o}", "schema", CTL_SCHEMA, "noun", noun, "verb",
			    verb, "args", args ? args : json_object());
	code = ask(ctl, request, &answer);
	if (!code && !json_is_true(json_object_get(answer, "ok")))
		code = refusal(ctl, answer);
	if (!code) {
		*result = json_incref(json_object_get(answer, "result"));
		if (!json_is_object(*result)) {
			json_decref(*result);
			code = ctl_fail(ctl, CTL_FAILED,
					"the answer has no result, %s, "
					"use the sipctl of sipd's version",
					ctl->socket);
		}
	}
	json_decref(answer);
	json_decref(request);
	return code;
}
