/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the model at a time, through a sipd that is reached by sockets; there are many. */
#ifndef CALL_MODEL_PLAY_H
#define CALL_MODEL_PLAY_H

#include "side.h"
#include "talk.h"
#include "tree.h"

enum play_state {
	PLAY_FREE,
	PLAY_READY,
	PLAY_PROBING, /* until sipd has done what it does because of a message */
	PLAY_PASSING, /* until @until_ms */
	PLAY_QUIET, /* nothing is under way; over at @until_ms */
	PLAY_TALKING, /* until both hear each other, at @until_ms at the latest */
};

enum play_end { PLAY_GOES_ON, PLAY_ENDED, PLAY_FAILED };

struct play {
	struct model_world world;
	char names[2][16];
	uint32_t run;
	enum play_state state;
	bool hung_up, talked;
	uint64_t until_ms, end_ms;
	const struct side *probed;
	uint32_t serial; /* of the probe */
	unsigned int probes; /* to be answered yet */
	uint64_t again_ms; /* probe, or media, once more */
	struct talk talk;
};

uint64_t play_now_ms(void);
/* @side: the callers', the callees'. @play is all zero, or has ended. @depth: see main.c. */
void play_begin(struct play *play, const struct side side[2], const struct beginning *beginning,
		unsigned int depth, unsigned int t1_ms, uint32_t run);
/* A message from sipd for user agent @ua. */
enum play_end play_receive(struct play *play, unsigned int ua, const char *text);
void play_probe_answered(struct play *play, uint32_t serial);
/* Does what is due. Having failed it has told why. */
enum play_end play_turn(struct play *play);

#endif
