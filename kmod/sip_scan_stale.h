/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server says of credentials that it refuses. Pure C. */
#ifndef SIP_SCAN_STALE_H
#define SIP_SCAN_STALE_H

#include "sip_scan.h"

/*
 * Does a challenge in the response of @len octets at @buf say that only the nonce was not good, and
 * the password was right (RFC 7616 s.3.3)?
 */
bool sip_scan_is_stale(const char *buf, size_t len);

#endif
