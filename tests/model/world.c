// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "world.h"

#define MAX_OPTIONS 128

enum what { DELIVER, LOSE, REPEAT, WAIT, ACT, EXTRA };

struct option {
	enum what what;
	unsigned int index; /* of the flight, the user agent or the extra */
	enum model_action action;
};

static void tell(struct model_world *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(struct model_world *w, const char *format, ...)
{
	size_t room = sizeof(w->story) - w->story_len;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(w->story + w->story_len, room, format, ap);
	va_end(ap);
	w->story_len += (size_t)len < room ? len : 0;
}

void model_wrong(const struct model_world *w, const char *format, ...)
{
	char what[MODEL_TEXT + 256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	w->net->wrong(w, what);
}

/* --- the network --- */

static bool was_seen(struct model_world *w, const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	while (*text)
		hash = (hash ^ (uint8_t)*text++) * 16777619u;
	for (unsigned int i = 0; i < w->nseen; i++)
		if (w->seen[i] == hash)
			return true;
	if (w->nseen < MODEL_SEEN)
		w->seen[w->nseen++] = hash;
	return false;
}

void model_world_fly(struct model_world *w, unsigned int ua, bool to_sipd, const char *text)
{
	struct model_flight *flight = &w->flights[w->nflights];

	if (w->nflights == MODEL_FLIGHTS)
		model_wrong(w, "too much is under way");
	if (strlen(text) >= sizeof(flight->text))
		model_wrong(w, "too long a message: %.200s", text);
	flight->ua = ua;
	flight->to_sipd = to_sipd;
	flight->again = was_seen(w, text);
	strcpy(flight->text, text);
	w->nflights++;
}

static void on_send(struct model_ua *ua, const char *text)
{
	struct model_world *w = ua->arg;

	model_world_fly(w, ua - w->ua, true, text);
}

static void on_wrong(const struct model_ua *ua, const char *what, const char *text)
	__attribute__((noreturn));

static void on_wrong(const struct model_ua *ua, const char *what, const char *text)
{
	model_wrong(ua->arg, "%s %s\n%s", ua->name, what, text);
}

static void story_of(struct model_world *w, const char *what, unsigned int flight)
{
	char line[MODEL_LINE];

	model_first_line(w->flights[flight].text, line);
	tell(w, "%8llu %s %c%s%s\n", (unsigned long long)(w->net->now_ms(w) - w->start_ms), what,
	     "AB"[w->flights[flight].ua], w -> flights[flight].to_sipd ? " ->  " : " <-  ", line);
}

static void forget(struct model_world *w, unsigned int flight)
{
	w->nflights--;
	memmove(&w->flights[flight], &w->flights[flight + 1],
		(w->nflights - flight) * sizeof(w->flights[0]));
}

static void deliver(struct model_world *w, unsigned int flight, bool again)
{
	unsigned int ua = w->flights[flight].ua;
	bool to_sipd = w->flights[flight].to_sipd;
	char text[sizeof(w->flights[0].text)];

	strcpy(text, w->flights[flight].text);
	story_of(w, again ? "twice" : "     ", flight);
	if (!again)
		forget(w, flight);
	if (to_sipd)
		w->net->to_sipd(w, ua, text);
	else
		model_ua_receive(&w->ua[ua], text);
}

/* --- choices --- */

static void offer(struct option *options, unsigned int *n, struct option option)
{
	if (*n < MAX_OPTIONS)
		options[(*n)++] = option;
}

/* What a user does by default when nothing else happens: ring, then answer. */
static bool usual(const struct model_ua *ua, enum model_action *action)
{
	if (model_ua_can(ua, MODEL_RING))
		*action = MODEL_RING;
	else if (model_ua_can(ua, MODEL_ANSWER))
		*action = MODEL_ANSWER;
	else
		return false;
	return true;
}

static void offer_extras(const struct model_world *w, struct option *options, unsigned int *n)
{
	for (unsigned int i = 0; i < w->scenario->nextras; i++) {
		const struct model_extra *extra = &w->scenario->extras[i];

		if (!(w->done & 1 << i) && model_ua_can(&w->ua[extra->ua], extra->action))
			offer(options, n, (struct option){ EXTRA, i, extra->action });
	}
}

static bool is_forced(const struct model_world *w, unsigned int flight)
{
	return w->hasty && w->flights[flight].again;
}

static void offer_faults(const struct model_world *w, struct option *options, unsigned int *n)
{
	if (!w->faults || !w->budget)
		return;
	for (unsigned int i = 0; i < w->nflights; i++) {
		if (is_forced(w, i))
			continue;
		offer(options, n, (struct option){ LOSE, i, 0 });
		offer(options, n, (struct option){ REPEAT, i, 0 });
	}
}

/* The first one is what happens when nobody chooses. */
static unsigned int list_options(const struct model_world *w, struct option options[MAX_OPTIONS])
{
	bool late = w->late && w->budget;
	enum model_action action;
	unsigned int n = 0;

	if (w->nflights)
		offer(options, &n, (struct option){ DELIVER, 0, 0 });
	if (w->nflights && is_forced(w, 0))
		return n;
	for (unsigned int i = 0; i < 2; i++)
		if ((!w->nflights || late) && usual(&w->ua[i], &action))
			offer(options, &n, (struct option){ ACT, i, action });
	for (unsigned int i = 1; late && i < w->nflights; i++)
		if (!is_forced(w, i))
			offer(options, &n, (struct option){ DELIVER, i, 0 });
	if (late && w->nflights)
		offer(options, &n, (struct option){ WAIT, 0, 0 });
	offer_extras(w, options, &n);
	offer_faults(w, options, &n);
	return n;
}

static const char *const doing[MODEL_ACTIONS] = {
	[MODEL_RING] = "rings",	    [MODEL_ANSWER] = "answers",
	[MODEL_REFUSE] = "refuses", [MODEL_CANCEL] = "cancels",
	[MODEL_BYE] = "hangs up",   [MODEL_REINVITE] = "changes the session",
};

static void act(struct model_world *w, unsigned int ua, enum model_action action)
{
	tell(w, "%14s %c %s\n", "", "AB"[ua], doing[action]);
	model_ua_do(&w->ua[ua], action);
}

static void take(struct model_world *w, const struct option *option)
{
	bool fault = option->what == LOSE || option->what == REPEAT;
	bool late = option->what == WAIT || (option->what == DELIVER && option->index) ||
		    (option->what == ACT && w->nflights);

	w->faults -= fault;
	w->late -= late;
	w->budget -= fault || late;
	switch (option->what) {
	case DELIVER:
	case REPEAT:
		deliver(w, option->index, option->what == REPEAT);
		break;
	case LOSE:
		story_of(w, "lost ", option->index);
		forget(w, option->index);
		break;
	case WAIT:
		tell(w, "%14s %u ms pass\n", "", w->ua[0].t1_ms);
		w->net->pass(w, w->ua[0].t1_ms);
		break;
	case ACT:
		act(w, option->index, option->action);
		break;
	case EXTRA:
		w->done |= 1 << option->index;
		act(w, w->scenario->extras[option->index].ua, option->action);
		break;
	}
}

bool model_world_step(struct model_world *w)
{
	struct option options[MAX_OPTIONS];
	unsigned int n = list_options(w, options), choice = 0;

	if (!n)
		return false;
	if (w->step >= MODEL_STEPS)
		model_wrong(w, "it does not end");
	if (w->step < w->planned)
		choice = w->chosen[w->step];
	if (choice >= n) {
		w->strayed = true;
		choice = 0;
	}
	w->chosen[w->step] = choice;
	w->options[w->step] = n;
	w->step++;
	take(w, &options[choice]);
	return true;
}

void model_world_begin(struct model_world *w, const struct model_scenario *scenario,
		       unsigned int budget, unsigned int run)
{
	w->scenario = scenario;
	w->late = scenario->late;
	w->faults = scenario->faults;
	w->budget = budget;
	w->step = 0;
	w->done = 0;
	w->nflights = 0;
	w->nseen = 0;
	w->story_len = 0;
	w->story[0] = '\0';
	w->strayed = false;
	w->start_ms = w->net->now_ms(w);
	for (unsigned int i = 0; i < 2; i++) {
		struct model_ua *ua = &w->ua[i];

		ua->send = on_send;
		ua->wrong = on_wrong;
		ua->arg = w;
		ua->now_ms = w->start_ms;
		model_ua_reset(ua, run);
	}
	model_ua_invite(&w->ua[0]);
}

/* --- what must hold --- */

bool model_world_talks(const struct model_world *w)
{
	bool a = w->ua[0].state == MODEL_CONFIRMED, b = w->ua[1].state == MODEL_CONFIRMED;

	if (a != b)
		model_wrong(w, "the caller %s, the callee %s", a ? "talks" : "does not",
			    b ? "talks" : "does not");
	if (w->ua[0].state == MODEL_CALLING || w->ua[1].state == MODEL_CALLING)
		model_wrong(w, "somebody waits for ever");
	return a;
}

void model_world_assert_ended(const struct model_world *w)
{
	if (w->ua[0].state == MODEL_CONFIRMED || w->ua[1].state == MODEL_CONFIRMED)
		model_wrong(w, "somebody still talks");
}
