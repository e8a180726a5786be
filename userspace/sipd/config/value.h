/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of the configuration file that are more than a word or a number. */
#ifndef SIPD_CONFIG_VALUE_H
#define SIPD_CONFIG_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"

#define CFG_MAX_DURATION_MS 2592000000u /* 30 days */

/* "500ms", "30s", "2m", "1h" or "0". 0, -EINVAL, -ERANGE above CFG_MAX_DURATION_MS. */
int cfg_duration_parse(const char *text, uint32_t *ms);
/* "65536", "64K", "16M" or "1G" octets. 0, -EINVAL, -ERANGE above 2^40. */
int cfg_size_parse(const char *text, uint64_t *octets);
/* "30000-39999". 0 or -EINVAL. */
int cfg_ports_parse(const char *text, uint16_t *min, uint16_t *max);
/*
 * "udp:10.0.1.1:5060", "tcp:" or "tls:"; port 5060, of TLS 5061, when there is none. "sip:" is UDP,
 * and TCP as well: @both. 0, -EPROTONOSUPPORT, -EINVAL.
 */
int cfg_listen_parse(const char *text, struct cfg_listen *listen, bool *both);
/* The same, where the transport may be left out: @any. */
int cfg_peer_parse(const char *text, struct cfg_listen *peer, bool *any);
/* Can this be one host's address: not the wildcard, multicast or broadcast one? */
bool cfg_addr_is_host(const struct tp_addr *addr);

#endif
