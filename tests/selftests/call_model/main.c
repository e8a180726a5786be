// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: call_model [-d DEPTH] [-n RUNS] [-t T1] [-s SCENARIO] CALLERS OWN SIPD CALLEES OWN SIPD
 *
 * Tries every way that a call through sipd can take, see tests/model/world.h, with real messages
 * and real media: the callers are in network namespace CALLERS ("-": this one) with address and
 * port OWN, and send to SIPD; the same for callees. DEPTH (default 2) is how much may happen in a
 * run besides the call itself: what users do, messages that are late, lost or repeated. RUNS
 * (default 100) are under way at the same time. T1 is that of both sides, in milliseconds (default
 * 500). -s: only those whose names contain SCENARIO.
 *
 * As time is real, sipd may do something earlier or later than in the run that a sequence of
 * choices comes from. What must hold holds all the same; such runs are counted as having strayed.
 *
 * Exit status: 1 if anything was wrong, 2 if it could not be tried.
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../model/text.h"
#include "play.h"
#include "probe.h"

#define MAX_FAILURES 3
#define MEDIA_PORT 10000
#define MEDIA_PORTS 16 /* of one end in one run */
#define TURN_MS 5
#define MAX_PLAYS 2000
#define ANSWERS 512

struct result {
	unsigned long runs, talked, strayed;
};

static struct {
	struct side side[2];
	struct play *plays;
	unsigned int nplays, depth, t1_ms;
	struct result *results; /* of each scenario */
	uint32_t rounds;
	unsigned int active, failures;
	unsigned long stale; /* messages of runs that were over */
} m = { .nplays = 100, .depth = 2, .t1_ms = 500 };

static void ended(struct play *play, enum play_end end)
{
	struct result *result = &m.results[play->world.scenario - model_scenarios];

	if (end == PLAY_GOES_ON)
		return;
	play->state = PLAY_FREE;
	m.active--;
	result->runs++;
	result->talked += play->talked;
	result->strayed += play->world.strayed;
	if (end == PLAY_ENDED)
		tree_grow(&play->world);
	else
		m.failures++;
}

/* --- what comes from sipd --- */

/* Each run has user names of its own, "a12" and "b12"; branches begin with them. */
static bool run_of(const char *text, uint32_t *run)
{
	char user;

	if (model_status(text))
		return sscanf(model_branch(text), "z9hG4bK-%c%u", &user, run) == 2;
	return sscanf(text, "%*s sip:%c%u", &user, run) == 2;
}

static struct play *active_play(uint32_t run)
{
	struct play *play = &m.plays[run % m.nplays];

	return play->state != PLAY_FREE && play->run == run ? play : NULL;
}

static void receive(unsigned int ua, char *data, size_t len)
{
	struct play *play;
	uint32_t run;

	data[len] = '\0';
	play = run_of(data, &run) ? active_play(run) : NULL;
	if (play)
		ended(play, play_receive(play, ua, data));
	else
		m.stale++;
}

/* Answers to probes count when all that came before them has been read, at both sides. */
static void read_sides(void)
{
	struct {
		uint32_t run, serial;
	} answers[ANSWERS];
	static char data[65536];
	unsigned int n = 0;
	ssize_t len;

	for (unsigned int i = 0; i < 2; i++)
		while (n < ANSWERS && (len = recv(m.side[i].fd, data, sizeof(data) - 1, 0)) >= 0)
			if (probe_read(data, (size_t)len, &answers[n].run, &answers[n].serial))
				n++;
			else
				receive(i, data, (size_t)len);
	for (unsigned int i = 0; i < n; i++) {
		struct play *play = active_play(answers[i].run);

		if (play)
			play_probe_answered(play, answers[i].serial);
	}
}

/* --- the runs --- */

/* A run in each turn, so that not all do the same at the same time. */
static bool begin_one(unsigned int place)
{
	struct beginning *beginning = tree_take();
	struct play *play = &m.plays[place];

	if (!beginning)
		return false;
	for (unsigned int i = 0; i < 2; i++)
		play->world.ua[i].first_port = MEDIA_PORT + place * MEDIA_PORTS;
	play_begin(play, m.side, beginning, m.depth, m.t1_ms, m.rounds * m.nplays + place);
	free(beginning);
	m.active++;
	return true;
}

static void turn_all(void)
{
	bool may_begin = true;

	for (unsigned int i = 0; i < m.nplays; i++)
		if (m.plays[i].state != PLAY_FREE)
			ended(&m.plays[i], play_turn(&m.plays[i]));
	for (unsigned int i = 0; i < m.nplays && may_begin; i++)
		if (m.plays[i].state == PLAY_FREE) {
			may_begin = false;
			begin_one(i);
		}
	m.rounds++;
}

static void try_all(void)
{
	struct pollfd fds[2] = { { .fd = m.side[0].fd, .events = POLLIN },
				 { .fd = m.side[1].fd, .events = POLLIN } };

	do {
		turn_all();
		poll(fds, 2, TURN_MS);
		read_sides();
	} while (m.active && m.failures < MAX_FAILURES);
}

/* --- the beginning and the end --- */

static void tell(void)
{
	unsigned long runs = 0;

	for (unsigned int i = 0; i < model_nscenarios; i++) {
		const struct result *result = &m.results[i];

		if (result->runs)
			printf("%s: %lu runs, %lu with a call that stood, %lu strayed\n",
			       model_scenarios[i].name, result->runs, result->talked,
			       result->strayed);
		runs += result->runs;
	}
	printf("%lu runs, %u failed; %lu messages of runs that were over\n", runs, m.failures,
	       m.stale);
	if (!runs)
		errx(2, "no such scenario");
}

static unsigned int number(const char *text, unsigned int max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || !value || value > max)
		errx(2, "\"%s\" is not a number from 1 to %u", text, max);
	return value;
}

/* Some have the same actions twice, with other bounds: no difference when neither is reached. */
static bool is_new(const struct model_scenario *scenario)
{
	if (scenario->nextras > m.depth)
		return false;
	return scenario->nextras < m.depth || scenario == model_scenarios ||
	       strcmp(scenario->name, scenario[-1].name);
}

int main(int argc, char **argv)
{
	const char *part = "";
	int opt;

	while ((opt = getopt(argc, argv, "d:n:t:s:")) != -1)
		switch (opt) {
		case 'd':
			m.depth = number(optarg, 8);
			break;
		case 'n':
			m.nplays = number(optarg, MAX_PLAYS);
			break;
		case 't':
			m.t1_ms = number(optarg, 10000);
			break;
		case 's':
			part = optarg;
			break;
		default:
			return 2;
		}
	if (argc - optind != 6)
		errx(2, "six arguments are needed: namespace, own address, sipd's, for each side");
	for (int i = 0; i < 2; i++)
		side_open(&m.side[i], argv[optind + 3 * i], argv[optind + 3 * i + 1],
			  argv[optind + 3 * i + 2]);
	m.plays = calloc(m.nplays, sizeof(*m.plays));
	m.results = calloc(model_nscenarios, sizeof(*m.results));
	if (!m.plays || !m.results)
		err(2, "calloc");
	for (unsigned int i = 0; i < model_nscenarios; i++)
		if (strstr(model_scenarios[i].name, part) && is_new(&model_scenarios[i]))
			tree_plant(&model_scenarios[i]);
	try_all();
	tell();
	return m.failures > 0;
}
