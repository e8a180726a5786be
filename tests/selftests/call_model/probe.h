/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Has sipd done what it does because of a message? It reads its sockets in order and answers STUN
 * (RFC 5389) at once, so a request that is sent after the message is answered after it has been
 * read; and when a second one is answered, what sipd sent because of the message is there, too.
 */
#ifndef CALL_MODEL_PROBE_H
#define CALL_MODEL_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "side.h"

/* @run and @serial come back with the answer. */
void probe_send(const struct side *side, uint32_t run, uint32_t serial);
/* Is it an answer? */
bool probe_read(const void *data, size_t len, uint32_t *run, uint32_t *serial);

#endif
