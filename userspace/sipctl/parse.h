/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the command line as values. All return 0 or -EINVAL and leave the value alone on
 * failure; what is to be given instead is for the caller to say.
 */
#ifndef SIPCTL_PARSE_H
#define SIPCTL_PARSE_H

#include <netinet/in.h>
#include <stdint.h>

#include "libsipfast/libsipfast.h"

/* Decimal, or hexadecimal with 0x. */
int parse_number(const char *word, uint64_t min, uint64_t max, uint64_t *value);

/* "500ms", "30s", "5m", "2h", "1d", "never" = 0; in milliseconds. */
int parse_duration(const char *word, uint32_t *ms);
int parse_long_duration(const char *word, uint64_t max, uint64_t *ms);

/* "2" or "0.5" seconds, 0.1 to 86400, in milliseconds. */
int parse_seconds(const char *word, unsigned int *ms);

/* "10.0.0.1:5060", "[2001:db8::1]:5060". */
int parse_address_port(const char *word, struct sf_address *address);

/* "10.0.0.0/24", "10.0.0.1" (/32), "2001:db8::/32", "any" (no address, 0). */
int parse_prefix(const char *word, struct sf_address *address, uint8_t *prefix);

/* "10.0.0.1:30000-39999", "[2001:db8::1]:30000-39999". */
int parse_range(const char *word, struct sf_range *range);

/* "+100", "100", "-100"; modulo @most + 1, which is a power of 2. */
int parse_offset(const char *word, uint32_t most, uint32_t *offset);

/* "operator", "sipd" or a number. */
int parse_owner(const char *word, uint32_t *owner);

#endif /* SIPCTL_PARSE_H */
