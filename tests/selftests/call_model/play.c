// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "play.h"
#include "probe.h"

#define PROBES 2
#define PROBE_AGAIN_MS 2000
#define MEDIA_AGAIN_MS 200
#define MEDIA_LIMIT_MS 20000

static const struct side *sides;
static jmp_buf escape;

uint64_t play_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct play *play_of(const struct model_world *world)
{
	return (struct play *)((char *)world - offsetof(struct play, world));
}

/* --- what the world asks for --- */

static uint64_t now_ms(const struct model_world *world)
{
	(void)world;
	return play_now_ms();
}

static void probe(struct play *play)
{
	play->again_ms = play_now_ms() + PROBE_AGAIN_MS;
	probe_send(play->probed, play->run, ++play->serial);
}

static void to_sipd(struct model_world *world, unsigned int ua, const char *text)
{
	struct play *play = play_of(world);

	side_send(&sides[ua], text, strlen(text));
	play->state = PLAY_PROBING;
	play->probed = &sides[ua];
	play->probes = PROBES;
	probe(play);
}

static void pass(struct model_world *world, unsigned int ms)
{
	struct play *play = play_of(world);

	play->state = PLAY_PASSING;
	play->until_ms = play_now_ms() + ms;
}

static void on_wrong(const struct model_world *world, const char *what) __attribute__((noreturn));

static void on_wrong(const struct model_world *world, const char *what)
{
	const struct play *play = play_of(world);

	printf("# %s, run %u: %s\n%s", world->scenario->name, play->run, what, world->story);
	longjmp(escape, 1);
}

static const struct model_net net = {
	.now_ms = now_ms,
	.to_sipd = to_sipd,
	.pass = pass,
	.wrong = on_wrong,
};

/* --- its course --- */

/* Long enough for sipd to repeat what was lost; twice, while somebody may be left waiting. */
static uint64_t quiet_ms(const struct play *play)
{
	const struct model_ua *ua = play->world.ua;
	bool ended = ua[0].state == MODEL_ENDED && ua[1].state == MODEL_ENDED;

	return (ended ? 2 : 4) * ua[0].t1_ms;
}

static uint64_t next_tick(const struct play *play)
{
	uint64_t a = model_ua_next(&play->world.ua[0]), b = model_ua_next(&play->world.ua[1]);

	return a < b ? a : b;
}

static void tick(struct play *play)
{
	for (int i = 0; i < 2; i++)
		model_ua_tick(&play->world.ua[i]);
	play->state = PLAY_READY;
}

static void hang_up(struct play *play)
{
	struct model_ua *caller = &play->world.ua[0];

	play->hung_up = true;
	play->state = PLAY_READY;
	if (model_ua_can(caller, MODEL_BYE))
		model_ua_do(caller, MODEL_BYE);
}

/* Nothing is under way any more. */
static enum play_end settled(struct play *play)
{
	if (play->hung_up) {
		model_world_assert_ended(&play->world);
		return PLAY_ENDED;
	}
	play->talked = model_world_talks(&play->world);
	if (!play->talked) {
		hang_up(play);
		return PLAY_GOES_ON;
	}
	play->state = PLAY_TALKING;
	play->until_ms = play_now_ms() + MEDIA_LIMIT_MS;
	play->again_ms = 0;
	talk_begin(&play->talk, sides, &play->world, play->run);
	return PLAY_GOES_ON;
}

static void talk_on(struct play *play, uint64_t now)
{
	if (talk_heard(&play->talk, &play->world)) {
		talk_end(&play->talk);
		hang_up(play);
	} else if (now > play->until_ms) {
		model_wrong(&play->world, "the caller hears %s, the callee hears %s",
			    play->talk.heard[0] ? "the callee" : "nothing",
			    play->talk.heard[1] ? "the caller" : "nothing");
	} else if (now >= play->again_ms) {
		play->again_ms = now + MEDIA_AGAIN_MS;
		talk_send(&play->talk, &play->world);
	}
}

static void step(struct play *play)
{
	while (play->state == PLAY_READY)
		if (!model_world_step(&play->world)) {
			play->state = PLAY_QUIET;
			play->until_ms = play_now_ms() + quiet_ms(play);
		}
}

static enum play_end go_on(struct play *play)
{
	uint64_t now = play_now_ms();

	for (int i = 0; i < 2; i++)
		play->world.ua[i].now_ms = now;
	if (now > play->end_ms)
		model_wrong(&play->world, "it goes on for ever");
	switch (play->state) {
	case PLAY_PROBING:
		/* Lost, as more came than a socket holds. */
		if (now >= play->again_ms)
			probe(play);
		break;
	case PLAY_PASSING:
		if (now >= play->until_ms)
			tick(play);
		break;
	case PLAY_QUIET:
		if (play->world.nflights)
			play->state = PLAY_READY;
		else if (next_tick(play) <= now)
			tick(play);
		else if (now >= play->until_ms && next_tick(play) == MODEL_NEVER)
			return settled(play);
		break;
	case PLAY_TALKING:
		talk_on(play, now);
		break;
	default:
		break;
	}
	step(play);
	return PLAY_GOES_ON;
}

static enum play_end failed(struct play *play)
{
	talk_end(&play->talk);
	return PLAY_FAILED;
}

enum play_end play_turn(struct play *play)
{
	return setjmp(escape) ? failed(play) : go_on(play);
}

enum play_end play_receive(struct play *play, unsigned int ua, const char *text)
{
	if (setjmp(escape))
		return failed(play);
	model_world_fly(&play->world, ua, false, text);
	return PLAY_GOES_ON;
}

void play_probe_answered(struct play *play, uint32_t serial)
{
	if (play->state != PLAY_PROBING || serial != play->serial)
		return;
	if (--play->probes)
		probe(play);
	else
		play->state = PLAY_READY;
}

void play_begin(struct play *play, const struct side side[2], const struct beginning *beginning,
		unsigned int depth, unsigned int t1_ms, uint32_t run)
{
	struct model_world *world = &play->world;

	sides = side;
	play->run = run;
	play->state = PLAY_READY;
	play->hung_up = play->talked = false;
	play->talk.fd[0] = play->talk.fd[1] = -1;
	/* What is longest waits for three transactions, one after the other. */
	play->end_ms = play_now_ms() + 4 * 64 * t1_ms + MEDIA_LIMIT_MS;
	world->net = &net;
	world->hasty = true;
	for (unsigned int i = 0; i < 2; i++) {
		struct model_ua *ua = &world->ua[i];

		snprintf(play->names[i], sizeof(play->names[i]), "%c%u", "ab"[i], run);
		ua->name = play->names[i];
		ua->callee = play->names[!i];
		ua->media_address = side[i].host;
		ua->t1_ms = t1_ms;
		ua->t2_ms = 8 * t1_ms;
		memcpy(ua->address, side[i].own, sizeof(ua->address));
		memcpy(ua->peer, side[i].peer, sizeof(ua->peer));
	}
	memcpy(world->chosen, beginning->chosen, beginning->planned);
	world->planned = beginning->planned;
	model_world_begin(world, beginning->scenario, depth - beginning->scenario->nextras, run);
}
