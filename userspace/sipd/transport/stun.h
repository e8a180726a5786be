/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * STUN among SIP over UDP, by which phones keep a NAT open and learn when it has given them another
 * address (RFC 5626 s.3.5.2, s.8; RFC 8489). Pure.
 */
#ifndef SIPD_TRANSPORT_STUN_H
#define SIPD_TRANSPORT_STUN_H

#include <stddef.h>
#include <stdint.h>

#include "transport/transport.h"

/* An error that names as many attributes as are told of. */
#define STUN_MAX_UNKNOWN 8
#define STUN_ANSWER_MAX 64

/*
 * The answer to a Binding request from @from: its length; 0: it is no STUN, or nothing that is
 * answered. -1: it is STUN, but nothing is to be said.
 */
int stun_answer(const uint8_t *request, size_t len, const struct tp_addr *from,
		uint8_t answer[STUN_ANSWER_MAX]);

#endif
