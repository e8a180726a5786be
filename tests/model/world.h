/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two user agents that do what RFC 3261 says (ua.h) with sipd between them, over a network that
 * delivers messages in any order, late, twice, or once not at all, while their users cancel, hang
 * up and change the session whenever they may.
 *
 * A run is a sequence of choices, each among what may happen next. Who tries all sequences gives
 * each run those it begins with; all further ones are the first, what usually happens. There are
 * bounds: what users do besides (all of it, at any step), messages that do not come in their order
 * (@late), messages lost or repeated (@faults).
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include <stddef.h>

#include "ua.h"

#define MODEL_FLIGHTS 24
#define MODEL_STEPS 400
#define MODEL_EXTRAS 3
#define MODEL_STORY 16384
#define MODEL_SEEN 128

/* What a user does at a time of his own choice, once. */
struct model_extra {
	unsigned int ua;
	enum model_action action;
};

struct model_scenario {
	const char *name;
	struct model_extra extras[MODEL_EXTRAS];
	unsigned int nextras, late, faults;
};

extern const struct model_scenario model_scenarios[];
extern const unsigned int model_nscenarios;

struct model_world;

/* Who plays sipd's side and the clock. */
struct model_net {
	uint64_t (*now_ms)(const struct model_world *world);
	/* From user agent @ua. What sipd sends because of it is given to model_world_fly(). */
	void (*to_sipd)(struct model_world *world, unsigned int ua, const char *text);
	/* Nothing happens for so long but what sipd and the user agents do by themselves. */
	void (*pass)(struct model_world *world, unsigned int ms);
	void (*wrong)(const struct model_world *world, const char *what) __attribute__((noreturn));
};

struct model_flight {
	unsigned int ua; /* whose it is */
	bool to_sipd;
	bool again; /* the same was under way before */
	char text[4096];
};

struct model_world {
	struct model_ua ua[2]; /* the caller and the callee */
	const struct model_net *net;
	const struct model_scenario *scenario;
	struct model_flight flights[MODEL_FLIGHTS];
	unsigned int nflights;
	unsigned int late, faults; /* that may still happen */
	unsigned int budget; /* and of both */
	unsigned int done; /* extras, by bit */
	/* The choices of this run, and how many there were of each; @planned are given. */
	uint8_t chosen[MODEL_STEPS], options[MODEL_STEPS];
	unsigned int step, planned;
	bool strayed; /* a choice that was given did not exist */
	/*
	 * What is sent again is delivered without a choice: with a real clock a slow host makes any
	 * number of that.
	 */
	bool hasty;
	uint32_t seen[MODEL_SEEN]; /* hashes of what was under way */
	unsigned int nseen;
	uint64_t start_ms;
	char story[MODEL_STORY];
	size_t story_len;
};

/* @ua's names, addresses, ports and timers, @net, @hasty, @chosen and @planned have been set. */
void model_world_begin(struct model_world *world, const struct model_scenario *scenario,
		       unsigned int budget, unsigned int run);
/* What has been sent: to user agent @ua, or by it. */
void model_world_fly(struct model_world *world, unsigned int ua, bool to_sipd, const char *text);
/* One step; false: nothing is under way, and nobody wants to do anything. */
bool model_world_step(struct model_world *world);
/* When nothing is under way any more: do both agree whether there is a call? True: there is one. */
bool model_world_talks(const struct model_world *world);
/* After hanging up. */
void model_world_assert_ended(const struct model_world *world);
/* Does not return. */
void model_wrong(const struct model_world *world, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
