/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SIPCTL_KERNEL_MONITOR_H
#define SIPCTL_KERNEL_MONITOR_H

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/ctl.h"

/* Prints @event, of @time, as a line or, with -j, as a document. */
void kernel_monitor_print(struct ctl *ctl, const char *time, const struct sf_sip_event *event);

#endif /* SIPCTL_KERNEL_MONITOR_H */
