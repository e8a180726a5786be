/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Media of a call that stands: each end sends RTP from where it wants its own to where the other's
 * session description says, until it has what the other one sent.
 */
#ifndef CALL_MODEL_TALK_H
#define CALL_MODEL_TALK_H

#include "side.h"
#include "../../model/world.h"

struct talk {
	int fd[2]; /* of both ends, or -1 */
	bool heard[2];
	uint16_t sequence;
	uint32_t run;
};

void talk_begin(struct talk *talk, const struct side side[2], const struct model_world *world,
		uint32_t run);
/* Both send once more. */
void talk_send(struct talk *talk, const struct model_world *world);
/* Has each heard the other? To hear anybody else is wrong. */
bool talk_heard(struct talk *talk, const struct model_world *world);
void talk_end(struct talk *talk);

#endif
