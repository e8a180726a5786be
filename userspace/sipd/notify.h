/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells the service manager how the daemon fares: the protocol of sd_notify(3). */
#ifndef SIPD_NOTIFY_H
#define SIPD_NOTIFY_H

/* @state such as "READY=1". Nothing happens, and nothing is said, without a service manager. */
void notify_manager(const char *state);

#endif
