// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/monitor.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

void monitor_time(char *buf)
{
	struct timespec ts;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	len = strftime(buf, MONITOR_TIME_SIZE, "%FT%T", &tm);
	snprintf(buf + len, MONITOR_TIME_SIZE - len, ".%03ldZ", ts.tv_nsec / 1000000);
}

json_t *monitor_json(const char *time, const char *name)
{
	return json_pack("{s:s, s:s}", "time", time, "event", name);
}

static void print_ready(struct ctl *ctl)
{
	char time[MONITOR_TIME_SIZE];

	monitor_time(time);
	if (ctl->json)
		ctl_print_json(ctl, monitor_json(time, "ready"));
	else
		printf("%s ready\n", time);
}

int monitor_run(struct ctl *ctl, int fd, int (*read)(struct ctl *ctl, void *monitor), void *monitor)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int err = 0;

	print_ready(ctl);
	while (err >= 0 && !fflush(stdout)) {
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			err = -errno;
		else
			err = read(ctl, monitor);
	}
	if (err >= 0)
		return CTL_FAILED; /* standard output broke; main() tells */
	return ctl_fail(ctl, CTL_FAILED, "%s, netlink, start it again", strerror(-err));
}

int monitor_fail(struct ctl *ctl)
{
	return ctl_fail(ctl, CTL_UNREACHABLE, "%s, netlink, load it with \"modprobe sipfast\"",
			sf_error(NULL));
}
