/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists that sipd gives page by page, so that it can do other things between them. */
#ifndef SIPCTL_PAGES_H
#define SIPCTL_PAGES_H

#include "sipctl/ctl.h"

/*
 * Asks for all pages of "@noun list". The objects of each that are called @name come in one array,
 * in the order of domains and users; the caller's. Returns an exit code, having told the reason.
 */
int ctl_daemon_pages(struct ctl *ctl, const char *noun, const char *name, json_t **list);

#endif /* SIPCTL_PAGES_H */
