// SPDX-License-Identifier: GPL-2.0-or-later
/* How a command fails and answers. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/command.h"
#include "sipctl/text.h"

static const char *const code_names[] = {
	[CTL_OK] = "ok",
	[CTL_FAILED] = "failed",
	[CTL_USAGE] = "usage",
	[CTL_DEGRADED] = "degraded",
	[CTL_NOT_FOUND] = "not-found",
	[CTL_UNREACHABLE] = "unreachable",
	[CTL_PERMISSION] = "permission",
	[CTL_CONFIG] = "invalid-configuration",
};

int ctl_fail(struct ctl *ctl, enum ctl_exit code, const char *fmt, ...)
{
	char *text, *safe;
	va_list ap;
	int len;

	if (ctl->quiet)
		return code;
	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return code;
	safe = text_escape(text);
	fflush(stdout); /* what was printed before comes before */
	fprintf(stderr, "sipctl: %s%s%s\n", ctl->command ? ctl->command->path : "",
		ctl->command ? ": " : "", safe);
	if (ctl->json && !ctl->error)
		ctl->error = json_pack("{s:s, s:i, s:s, s:s}", "code", code_names[code], "exit",
				       (int)code, "command", ctl->command ? ctl->command->path : "",
				       "message", safe);
	free(safe);
	free(text);
	return code;
}

int ctl_usage(struct ctl *ctl, const char *what)
{
	return ctl_fail(ctl, CTL_USAGE, "%s, give: sipctl %s%s%s", what, ctl->command->path,
			ctl->command->args ? " " : "",
			ctl->command->args ? ctl->command->args : "");
}

void ctl_print_json(struct ctl *ctl, json_t *document)
{
	json_t *whole = json_pack("{s:i}", "schema", CTL_SCHEMA);

	json_object_update(whole, document);
	if (ctl->error)
		json_object_set_new(whole, "error", ctl->error);
	ctl->error = NULL;
	/* Only ASCII: what came from the network must not command the terminal. */
	json_dumpf(whole, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(whole);
	json_decref(document);
}

json_t *ctl_json_text(char *text)
{
	json_t *string = json_string(text);
	char *safe;

	if (!string) {
		safe = text_escape(text);
		string = json_string(safe);
		free(safe);
	}
	free(text);
	return string;
}

void ctl_flush_error(struct ctl *ctl)
{
	if (ctl->error)
		ctl_print_json(ctl, json_object());
}

int ctl_kernel_open(struct ctl *ctl, struct sf_client **client)
{
	int err = sf_open(client);

	if (!err)
		return CTL_OK;
	return ctl_fail(ctl, CTL_UNREACHABLE, "%s, netlink, %s", sf_error(NULL),
			err == -ENOENT ? "load it with \"modprobe sipfast\"" :
					 "see the kernel log");
}

/* What to do about a refusal whose reason the kernel has told; the first that fits counts. */
static const struct advice {
	int err;
	enum ctl_exit code;
	const char *text; /* NULL: see what there is */
	const char *path; /* what the path of the command begins with; NULL: any */
} advices[] = {
	{ -ERANGE, CTL_FAILED, "give less", "kernel config set" },
	{ -ERANGE, CTL_FAILED, "see \"sipctl kernel range list\"", "session" },
	{ -EADDRINUSE, CTL_FAILED, "see \"sipctl kernel range list\"", "kernel listener" },
	{ -ENOSPC, CTL_FAILED, "see \"sipctl kernel policy\"", "ban" },
	{ -ENOSPC, CTL_FAILED, "see \"sipctl kernel policy\"", "kernel source" },
	{ -ENOSPC, CTL_FAILED, "see \"sipctl kernel rule list\"", "kernel rule" },
	{ -ENOENT, CTL_NOT_FOUND, NULL, NULL },
	{ -EPERM, CTL_PERMISSION, "be root or have CAP_NET_ADMIN", NULL },
	{ -EACCES, CTL_PERMISSION, "be root or have CAP_NET_ADMIN", NULL },
	{ -EEXIST, CTL_FAILED, NULL, NULL },
	{ -EBUSY, CTL_FAILED, "see \"sipctl session list\"", NULL },
	{ -EADDRINUSE, CTL_FAILED, "see \"ss -unap\"", NULL },
	{ -EADDRNOTAVAIL, CTL_FAILED, "see \"ip address\"", NULL },
	{ -ERANGE, CTL_FAILED, "correct it", NULL },
	{ -EINVAL, CTL_FAILED, "correct it", NULL },
	{ -EOPNOTSUPP, CTL_FAILED, "load the module that came with this sipctl", NULL },
	{ -ENOSPC, CTL_FAILED, "see \"sipctl kernel status\"", NULL },
	{ -ENOMEM, CTL_FAILED, "see the limits of memory, also of the control group", NULL },
	{ 0, CTL_FAILED, "see the kernel log", NULL },
};

static bool fits(const struct advice *advice, int err, const char *path)
{
	return advice->err == err &&
	       (!advice->path || !strncmp(advice->path, path, strlen(advice->path)));
}

int ctl_kernel_fail(struct ctl *ctl, const struct sf_client *client, int err, const char *where)
{
	const struct advice *advice = advices;
	const char *path = ctl->command->path;
	char see[64];

	while (advice->err && !fits(advice, err, path))
		advice++;
	/* "session show" -> "session list" */
	snprintf(see, sizeof(see), "see \"sipctl %.*s list\"", (int)(strrchr(path, ' ') - path),
		 path);
	return ctl_fail(ctl, advice->code, "%s%s%s, %s", sf_error(client), where ? ", " : "",
			where ? where : "", advice->text ? advice->text : see);
}
