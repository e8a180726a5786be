// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl session monitor": a line an event, with -j a document an event. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sipctl/command.h"
#include "sipctl/names.h"
#include "sipctl/session_json.h"
#include "sipctl/text.h"

static const char *const event_names[] = {
	[SF_EVENT_LEARNED] = "learned",
	[SF_EVENT_TIMEOUT] = "timeout",
	[SF_EVENT_OVERRUN] = "overrun",
};

/* UTC, RFC 3339. */
static void now(char *buf, size_t size)
{
	struct timespec ts;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	len = strftime(buf, size, "%FT%T", &tm);
	snprintf(buf + len, size - len, ".%03ldZ", ts.tv_nsec / 1000000);
}

static json_t *event_json(const char *time, const char *name)
{
	return json_pack("{s:s, s:s}", "time", time, "event", name);
}

static void print_json(struct ctl *ctl, const char *time, enum sf_event_type type,
		       const struct sf_session *session)
{
	json_t *event = event_json(time, event_names[type]);

	if (type == SF_EVENT_LEARNED && session->nendpoints) {
		char *remote = name_address(&session->endpoints[0].remote);

		json_object_set_new(event, "id", session_json_id(session->id));
		json_object_set_new(event, "owner", json_integer(session->owner));
		json_object_set_new(event, "endpoint", json_integer(session->endpoints[0].id));
		json_object_set_new(event, "remote", json_string(remote));
		free(remote);
	} else if (type == SF_EVENT_TIMEOUT) {
		json_object_set_new(event, "session", session_json(session));
	}
	ctl_print_json(ctl, event);
}

static void print_line(const char *time, enum sf_event_type type, const struct sf_session *session)
{
	char *text;

	printf("%s %s", time, event_names[type]);
	if (type == SF_EVENT_OVERRUN) {
		printf(": events were lost\n");
		return;
	}
	text = name_owner(session->owner);
	printf(" session %" PRIu64 " owner %s", session->id, text);
	free(text);
	for (unsigned int i = 0; i < session->nendpoints; i++) {
		const struct sf_endpoint *ep = &session->endpoints[i];

		if (type == SF_EVENT_LEARNED) {
			text = name_address(&ep->remote);
			printf(" endpoint %" PRIu32 " remote %s", ep->id, text);
			free(text);
		} else {
			printf(" endpoint %" PRIu32 " received %" PRIu64 " sent %" PRIu64, ep->id,
			       ep->rx.packets, ep->tx.packets);
		}
	}
	putchar('\n');
}

static void print_event(enum sf_event_type type, const struct sf_session *session, void *arg)
{
	struct ctl *ctl = arg;
	char time[40];

	now(time, sizeof(time));
	if (ctl->json)
		print_json(ctl, time, type, session);
	else
		print_line(time, type, session);
}

/* From here on no event is missed. */
static void print_ready(struct ctl *ctl)
{
	char time[40];

	now(time, sizeof(time));
	if (ctl->json)
		ctl_print_json(ctl, event_json(time, "ready"));
	else
		printf("%s ready\n", time);
}

int session_monitor(struct ctl *ctl, int argc, char **argv)
{
	struct sf_monitor *monitor;
	struct pollfd pfd = { .events = POLLIN };
	int err;

	(void)argc;
	(void)argv;
	err = sf_monitor_open(&monitor);
	if (err)
		return ctl_fail(ctl, CTL_UNREACHABLE, "%s, netlink, %s", sf_error(NULL),
				"load it with \"modprobe sipfast\"");
	pfd.fd = sf_monitor_fd(monitor);
	print_ready(ctl);
	while (err >= 0 && !fflush(stdout)) {
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR) {
			err = -errno;
			break;
		}
		err = sf_monitor_read(monitor, print_event, ctl);
	}
	sf_monitor_close(monitor);
	if (err >= 0)
		return CTL_FAILED; /* standard output broke; main() tells */
	return ctl_fail(ctl, CTL_FAILED, "%s, netlink, start it again", strerror(-err));
}
