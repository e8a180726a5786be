/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "session monitor" and "kernel monitor" share. */
#ifndef SIPCTL_MONITOR_H
#define SIPCTL_MONITOR_H

#include "sipctl/ctl.h"

#define MONITOR_TIME_SIZE 40

/* Now, UTC, RFC 3339; @buf has MONITOR_TIME_SIZE. */
void monitor_time(char *buf);

/* An event's document, without what it is about. */
json_t *monitor_json(const char *time, const char *name);

/*
 * Prints that from here on no event is missed; then calls @read for what comes on @fd until it
 * returns an error or standard output breaks. Returns an exit code.
 */
int monitor_run(struct ctl *ctl, int fd, int (*read)(struct ctl *ctl, void *monitor),
		void *monitor);

/* Fails for want of a monitor. */
int monitor_fail(struct ctl *ctl);

#endif /* SIPCTL_MONITOR_H */
