/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes to a SIP message that often leave it one: random octets hardly ever do, and readers that
 * refuse a message need not agree about it.
 */
#ifndef SIP_MUTATE_H
#define SIP_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/* Changes one thing in the @size octets of @data, which has room for @max; returns the new size. */
size_t sip_mutate(uint8_t *data, size_t size, size_t max, unsigned int seed);

#endif
