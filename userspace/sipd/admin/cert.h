/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What status tells of certificates. */
#ifndef SIPD_ADMIN_CERT_H
#define SIPD_ADMIN_CERT_H

#include <jansson.h>

#include "config/config.h"

/* Adds those that have expired, or soon will. */
void admin_cert_trouble(const struct cfg *cfg, json_t *degraded);

#endif
