/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words about SIP as values; as in parse.h. */
#ifndef SIPCTL_SIP_PARSE_H
#define SIPCTL_SIP_PARSE_H

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/words.h"

/* "udp:10.0.1.1:5060", "tls:[2001:db8::1]:5061". */
int parse_listener(const char *word, struct sf_listener *listener);

/* "10.0.0.1", "10.0.0.0/24", "10.0.0.1:5060", "2001:db8::/32"; @why tells what is wrong. */
int parse_source(const char *word, struct sf_source *source, struct why *why);

/* "10/s"; "off" is 0. */
int parse_rate(const char *word, uint32_t *rate);

/* "50%" or "50". */
int parse_percent(const char *word, uint8_t min, uint8_t *percent);

/*
 * "INVITE,REGISTER": the bits of those @names from @first up to @last, in any case. Any word once
 * is enough.
 */
int parse_set(const char *word, const char *const *names, unsigned int first, unsigned int last,
	      uint32_t *set);

#endif /* SIPCTL_SIP_PARSE_H */
