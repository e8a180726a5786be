/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in DNS messages; private to message.c and name.c. */
#ifndef SIPD_DNS_NAME_H
#define SIPD_DNS_NAME_H

#include <stddef.h>
#include <stdint.h>

#include "dns/message.h"

struct dns_octets {
	const uint8_t *p;
	size_t len;
};

/*
 * Reads the name at @at, following compression (RFC 1035 s.4.1.4), as normalized text; @out is ""
 * for the root. The offset behind it, or -EBADMSG: it is cut short, or a pointer does not go back.
 * A name that cannot be one of a host, an SRV or NAPTR record reads as "?".
 */
int dns_name_read(struct dns_octets message, size_t at, char out[DNS_NAME_STRLEN]);

#endif
