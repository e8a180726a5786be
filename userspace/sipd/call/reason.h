/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something has ended (RFC 3326): a Reason has one value for each protocol at most. */
#ifndef SIPD_CALL_REASON_H
#define SIPD_CALL_REASON_H

#include "sip/msg.h"

#define CALL_MAX_REASONS 8

/* The protocols of a message that there was a value of; all zero: none yet. */
struct call_reasons {
	struct view protocols[CALL_MAX_REASONS];
	unsigned int count;
};

/* Is this the first value of its @protocol, and are there few enough? Later ones are not. */
bool call_reason_take(struct call_reasons *reasons, struct view protocol);

/* All values that @msg has, as those of one line; .p NULL: none. What is too long is left out. */
#define CALL_REASONS_TEXT 1024
struct view call_reasons_of(const struct sip_msg *msg, char text[CALL_REASONS_TEXT]);

#endif
