// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl flow export": messages as a capture file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/capture.h"
#include "sipctl/command.h"
#include "sipctl/field.h"
#include "sipctl/flow_fetch.h"
#include "sipctl/flow_message.h"
#include "sipctl/parse.h"

static bool read_address(union capture_address *to, const json_t *message, const char *key)
{
	struct sf_address address;

	if (parse_address_port(field_text(message, key), &address))
		return false;
	memset(to, 0, sizeof(*to));
	if (address.family == AF_INET6) {
		to->in6.sin6_family = AF_INET6;
		to->in6.sin6_addr = address.v6;
		to->in6.sin6_port = address.port;
	} else {
		to->in.sin_family = AF_INET;
		to->in.sin_addr = address.v4;
		to->in.sin_port = address.port;
	}
	return true;
}

/* What cannot be told of in a packet is left out: 1; else 0 or negative errno. */
static int export_message(struct capture *capture, const json_t *object)
{
	bool outgoing = json_is_true(json_object_get(object, "outgoing"));
	struct capture_message message = {
		.time_ns = (uint64_t)json_integer_value(json_object_get(object, "time_ns")),
		.stream = strcmp(field_text(object, "transport"), "UDP"),
	};
	char *octets;
	int err;

	if (!read_address(&message.from, object, outgoing ? "local" : "peer") ||
	    !read_address(&message.to, object, outgoing ? "peer" : "local") ||
	    message.from.sa.sa_family != message.to.sa.sa_family)
		return 1;
	octets = flow_message_octets(object, &message.len);
	message.octets = octets;
	err = capture_write(capture, &message);
	free(octets);
	return err;
}

static int export_all(struct ctl *ctl, const char *path, const json_t *messages)
{
	struct capture *capture = capture_open(path);
	size_t i, written = 0;
	json_t *message;
	int err = 0;

	if (!capture)
		return ctl_fail(ctl, errno == EACCES ? CTL_PERMISSION : CTL_FAILED,
				"cannot write: %s, %s, name another file with -w", strerror(errno),
				path);
	json_array_foreach(messages, i, message) {
		err = export_message(capture, message);
		if (err < 0)
			break;
		written += !err;
	}
	err = err < 0 ? err : 0;
	if (capture_close(capture) || err)
		return ctl_fail(ctl, CTL_FAILED, "not all was written: %s, %s, make room",
				err ? strerror(-err) : "input/output error", path);
	if (!strcmp(path, "-"))
		return CTL_OK;
	if (ctl->json)
		ctl_print_json(ctl, json_pack("{s:s, s:I}", "file", path, "messages",
					      (json_int_t)written));
	else
		printf("%zu messages written to %s\n", written, path);
	return CTL_OK;
}

int flow_export(struct ctl *ctl, int argc, char **argv)
{
	const char *path = ctl->option[CTL_FILE];
	json_t *args, *messages;
	int code;

	(void)argc;
	(void)argv;
	if (!path)
		return ctl_usage(ctl, "no file is named");
	args = flow_filter_args(ctl);
	if (!args)
		return CTL_USAGE;
	json_object_set_new(args, "secrets", json_boolean(ctl->option[CTL_SECRETS]));
	code = flow_fetch(ctl, "messages", args, 0, NULL, &messages);
	if (code)
		return code;
	code = export_all(ctl, path, messages);
	json_decref(messages);
	return code;
}
