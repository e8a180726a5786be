// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every way that a call can take between two user agents that do what RFC 3261 says (model_ua.c),
 * over a network that delivers messages in any order, late, twice, or once not at all, while their
 * users cancel, hang up and change the session whenever they may.
 *
 * A run is a sequence of choices. All sequences are tried, depth first, each from the beginning,
 * within three bounds: what users do besides (all of it, at any step), messages that do not come in
 * their order (@late), messages lost or repeated (@faults). Whatever was chosen, when nothing is
 * under way any more both ends and sipd agree whether there is a call, and the module sends each
 * one's media to where it wants it; and after hanging up nothing is left.
 *
 * MODEL_LATE and MODEL_FAULTS in the environment: so many more than by default.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "call_rig.h"
#include "fake_libsipfast.h"
#include "media_private.h"
#include "model_ua.h"

#define MAX_FLIGHTS 24
#define MAX_STEPS 400
#define MAX_OPTIONS 128
#define MAX_EXTRAS 3
/* Longer than any transaction, and all that may follow one. */
#define LONGEST_MS 600000
#define ALIGN_MS (1 << 24)

enum what { DELIVER, LOSE, REPEAT, WAIT, ACT, EXTRA };

struct option {
	enum what what;
	unsigned int index; /* of the flight, the user agent or the extra */
	enum model_action action;
};

/* What a user does at a time of his own choice, once. */
struct extra {
	unsigned int ua;
	enum model_action action;
};

struct scenario {
	const char *name;
	struct extra extras[MAX_EXTRAS];
	unsigned int nextras, late, faults;
};

static struct {
	struct call_rig *rig;
	struct model_ua ua[2];
	const struct scenario *scenario;
	struct {
		unsigned int ua; /* whose it is */
		bool to_sipd;
		char text[4096];
	} flights[MAX_FLIGHTS];
	unsigned int nflights;
	unsigned int late, faults; /* that may still happen */
	unsigned int done; /* extras, by bit */
	/* The choices of this run, and how many there were of each. */
	unsigned int chosen[MAX_STEPS], options[MAX_STEPS];
	unsigned int step, planned;
	unsigned long runs, talked;
	uint64_t start_ms; /* of this run */
	char story[16384];
	size_t story_len;
} w;

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void tell(const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(w.story + w.story_len, sizeof(w.story) - w.story_len, format, ap);
	va_end(ap);
	w.story_len += (size_t)len < sizeof(w.story) - w.story_len ? len : 0;
}

static void __attribute__((format(printf, 1, 2))) wrong(const char *format, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	print_error("%s, run %lu: %s\n%s", w.scenario->name, w.runs, what, w.story);
	fail();
}

/* --- the network --- */

static void first_line(const char *text, char line[80])
{
	const char *cseq = strstr(text, "\r\nCSeq: ");

	snprintf(line, 80, "%.*s", (int)strcspn(text, " "), text);
	if (!strncmp(text, "SIP/2.0 ", 8) && cseq)
		snprintf(line, 80, "%.3s to %.*s", text + 8, (int)strcspn(cseq + 8, "\r"),
			 cseq + 8);
}

static struct call_peer *peer_of(unsigned int ua)
{
	return ua ? &w.rig->b : &w.rig->a;
}

static void fly(unsigned int ua, bool to_sipd, const char *text)
{
	assert_true(w.nflights < MAX_FLIGHTS);
	w.flights[w.nflights].ua = ua;
	w.flights[w.nflights].to_sipd = to_sipd;
	snprintf(w.flights[w.nflights].text, sizeof(w.flights[0].text), "%s", text);
	w.nflights++;
}

static void on_send(struct model_ua *ua, const char *text)
{
	fly(ua - w.ua, true, text);
}

/* What sipd sends. The kernel's loopback would take most of the time. */
int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned int n, int flags);

int __wrap_sendmmsg(int fd, struct mmsghdr *messages, unsigned int n, int flags)
{
	(void)fd;
	(void)flags;
	for (unsigned int i = 0; i < n; i++) {
		const struct msghdr *msg = &messages[i].msg_hdr;
		const struct sockaddr_in *to = msg->msg_name;
		char text[sizeof(w.flights[0].text)] = "";
		size_t len = 0;

		for (size_t j = 0; j < msg->msg_iovlen; j++) {
			assert_true(len + msg->msg_iov[j].iov_len < sizeof(text));
			memcpy(text + len, msg->msg_iov[j].iov_base, msg->msg_iov[j].iov_len);
			len += msg->msg_iov[j].iov_len;
		}
		fly(to->sin_port == peer_of(1)->flow.remote.in.sin_port, false, text);
		messages[i].msg_len = len;
	}
	return (int)n;
}

static void story_of(const char *what, unsigned int flight)
{
	char line[80];

	first_line(w.flights[flight].text, line);
	tell("%8llu %s %c%s%c %s\n", (unsigned long long)(loop_now_ms(w.rig->loop) - w.start_ms),
	     what, "AB"[w.flights[flight].ua], w.flights[flight].to_sipd ? " -> " : " <- ", ' ',
	     line);
}

static void forget(unsigned int flight)
{
	w.nflights--;
	memmove(&w.flights[flight], &w.flights[flight + 1],
		(w.nflights - flight) * sizeof(w.flights[0]));
}

static void deliver(unsigned int flight, bool again)
{
	unsigned int ua = w.flights[flight].ua;
	/* Of exactly its size, for the sanitizer. */
	char *text = strdup(w.flights[flight].text);
	bool to_sipd = w.flights[flight].to_sipd;

	assert_non_null(text);
	story_of(again ? "twice" : "     ", flight);
	if (!again)
		forget(flight);
	if (to_sipd)
		sip_stack_receive(w.rig->engine->stack, &peer_of(ua)->flow, text, strlen(text));
	else
		model_ua_receive(&w.ua[ua], text);
	free(text);
	call_rig_turn(w.rig);
}

/* --- time --- */

static void advance(uint64_t to)
{
	timer_wheel_advance(loop_timers(w.rig->loop), to);
	for (int i = 0; i < 2; i++) {
		w.ua[i].now_ms = to;
		model_ua_tick(&w.ua[i]);
	}
	call_rig_turn(w.rig);
}

/* To the next moment at which something may happen; false: nothing will. */
static bool next_moment(void)
{
	int wheel = timer_wheel_next(loop_timers(w.rig->loop));
	uint64_t now = loop_now_ms(w.rig->loop), next = wheel < 0 ? MODEL_NEVER : now + wheel;

	for (int i = 0; i < 2; i++)
		if (model_ua_next(&w.ua[i]) < next)
			next = model_ua_next(&w.ua[i]);
	if (next == MODEL_NEVER)
		return false;
	advance(next > now ? next : now + 1);
	return true;
}

/* --- choices --- */

static void offer(struct option *options, unsigned int *n, struct option option)
{
	assert_true(*n < MAX_OPTIONS);
	options[(*n)++] = option;
}

/* What a user does by default when nothing else happens: ring, then answer. */
static bool usual(unsigned int ua, enum model_action *action)
{
	if (model_ua_can(&w.ua[ua], MODEL_RING))
		*action = MODEL_RING;
	else if (model_ua_can(&w.ua[ua], MODEL_ANSWER))
		*action = MODEL_ANSWER;
	else
		return false;
	return true;
}

static void offer_extras(struct option *options, unsigned int *n)
{
	for (unsigned int i = 0; i < w.scenario->nextras; i++) {
		const struct extra *extra = &w.scenario->extras[i];

		if (!(w.done & 1 << i) && model_ua_can(&w.ua[extra->ua], extra->action))
			offer(options, n, (struct option){ EXTRA, i, extra->action });
	}
}

static void offer_faults(struct option *options, unsigned int *n)
{
	for (unsigned int i = 0; w.faults && i < w.nflights; i++) {
		offer(options, n, (struct option){ LOSE, i, 0 });
		offer(options, n, (struct option){ REPEAT, i, 0 });
	}
}

/* The first one is what happens when nobody chooses. */
static unsigned int list_options(struct option options[MAX_OPTIONS])
{
	enum model_action action;
	unsigned int n = 0;

	if (w.nflights)
		offer(options, &n, (struct option){ DELIVER, 0, 0 });
	for (unsigned int i = 0; i < 2; i++)
		if ((!w.nflights || w.late) && usual(i, &action))
			offer(options, &n, (struct option){ ACT, i, action });
	for (unsigned int i = 1; w.late && i < w.nflights; i++)
		offer(options, &n, (struct option){ DELIVER, i, 0 });
	if (w.late && w.nflights)
		offer(options, &n, (struct option){ WAIT, 0, 0 });
	offer_extras(options, &n);
	offer_faults(options, &n);
	return n;
}

static const char *const doing[MODEL_ACTIONS] = {
	[MODEL_RING] = "rings",	    [MODEL_ANSWER] = "answers",
	[MODEL_REFUSE] = "refuses", [MODEL_CANCEL] = "cancels",
	[MODEL_BYE] = "hangs up",   [MODEL_REINVITE] = "changes the session",
};

static void take(const struct option *option, bool idle)
{
	switch (option->what) {
	case DELIVER:
		w.late -= !!option->index;
		deliver(option->index, false);
		break;
	case LOSE:
		w.faults--;
		story_of("lost ", option->index);
		forget(option->index);
		break;
	case REPEAT:
		w.faults--;
		deliver(option->index, true);
		break;
	case WAIT:
		w.late--;
		tell("         half a second passes\n");
		advance(loop_now_ms(w.rig->loop) + 500);
		break;
	case ACT:
		w.late -= !idle;
		tell("         %c %s\n", "AB"[option->index],
		     option -> action == MODEL_RING ? "rings" : "answers");
		model_ua_do(&w.ua[option->index], option->action);
		break;
	case EXTRA:
		w.done |= 1 << option->index;
		tell("         %c %s\n", "AB"[w.scenario->extras[option->index].ua],
		     doing[option->action]);
		model_ua_do(&w.ua[w.scenario->extras[option->index].ua], option->action);
		break;
	}
}

/* One step; false: nothing is under way. */
static bool step(void)
{
	struct option options[MAX_OPTIONS];
	unsigned int n = list_options(options), choice = 0;

	if (!n)
		return next_moment();
	if (w.step >= MAX_STEPS)
		wrong("it does not end");
	if (w.step < w.planned)
		choice = w.chosen[w.step];
	if (choice >= n)
		wrong("it went another way than the time before");
	w.chosen[w.step] = choice;
	w.options[w.step] = n;
	w.step++;
	take(&options[choice], !w.nflights);
	return true;
}

/* The next sequence; false: that was the last one. */
static bool plan_next(void)
{
	while (w.step) {
		unsigned int i = --w.step;

		if (++w.chosen[i] < w.options[i]) {
			w.planned = i + 1;
			return true;
		}
	}
	return false;
}

/* --- what must hold --- */

static void check_media(void)
{
	static const char *const addresses[] = { "192.0.2.1", "198.51.100.1" };
	const struct sf_session *session = fake_only();

	for (unsigned int i = 0; i < 2; i++) {
		const struct model_ua *ua = &w.ua[i];
		struct sf_address local = fake_address(addresses[i], ua->remote_port);
		struct sf_address remote = fake_address(ua->media_address, ua->port);
		unsigned int j = 0;

		if (strcmp(ua->remote_media, addresses[i]))
			wrong("%s sends media to %s", ua->name, ua->remote_media);
		while (j < session->nendpoints &&
		       !sf_address_equal(&session->endpoints[j].local, &local))
			j++;
		if (j == session->nendpoints)
			wrong("%s sends media to port %u, which is nobody's", ua->name,
			      ua->remote_port);
		else if (!sf_address_equal(&session->endpoints[j].remote, &remote))
			wrong("%s wants media at port %u, but gets it at %u", ua->name, ua->port,
			      ntohs(session->endpoints[j].remote.port));
	}
}

static void check_agreement(void)
{
	struct call_counts counts;
	bool a = w.ua[0].state == MODEL_CONFIRMED, b = w.ua[1].state == MODEL_CONFIRMED;

	call_counts(w.rig->engine, &counts);
	if (a != b || a != (counts.active == 1))
		wrong("the caller %s, the callee %s, sipd has %u calls", a ? "talks" : "does not",
		      b ? "talks" : "does not", counts.active);
	if (w.ua[0].state == MODEL_CALLING || w.ua[1].state == MODEL_CALLING)
		wrong("somebody waits for ever");
	if (a)
		check_media();
	w.talked += a;
}

static void run_out(void)
{
	uint64_t start = loop_now_ms(w.rig->loop);

	while (step())
		if (loop_now_ms(w.rig->loop) - start > LONGEST_MS)
			wrong("it goes on for ever");
}

static void check_empty(void)
{
	unsigned int used, total;

	call_rig_assert_empty(w.rig);
	for (int i = 0; i < 2; i++) {
		media_realm_ports(w.rig->engine->realms[i].media, &used, &total);
		if (used)
			wrong("%u ports of realm %d are left", used, i);
	}
	if (fake_count())
		wrong("%u sessions of the module are left", fake_count());
}

/* Each run begins at the same place of the timer wheel, or it would not go the same way again. */
static void align(void)
{
	uint64_t now = loop_now_ms(w.rig->loop);

	timer_wheel_advance(loop_timers(w.rig->loop), (now / ALIGN_MS + 1) * ALIGN_MS);
	w.start_ms = loop_now_ms(w.rig->loop);
}

static void run(void)
{
	align();
	w.runs++;
	w.step = 0;
	w.late = w.scenario->late;
	w.faults = w.scenario->faults;
	w.done = 0;
	w.nflights = 0;
	w.story_len = 0;
	for (int i = 0; i < 2; i++) {
		model_ua_reset(&w.ua[i], w.runs);
		w.ua[i].now_ms = loop_now_ms(w.rig->loop);
	}
	model_ua_invite(&w.ua[0]);
	run_out();
	check_agreement();
	if (model_ua_can(&w.ua[0], MODEL_BYE))
		model_ua_do(&w.ua[0], MODEL_BYE);
	run_out();
	if (w.ua[0].state == MODEL_CONFIRMED || w.ua[1].state == MODEL_CONFIRMED)
		wrong("somebody still talks");
	check_empty();
}

static unsigned int more(const char *variable)
{
	const char *value = getenv(variable);

	return value ? strtoul(value, NULL, 10) : 0;
}

static void explore(const struct scenario *scenario)
{
	struct scenario deeper = *scenario;

	deeper.late += more("MODEL_LATE");
	deeper.faults += more("MODEL_FAULTS");
	w.scenario = &deeper;
	w.planned = 0;
	w.runs = w.talked = 0;
	do {
		run();
	} while (plan_next());
	print_message("# %s: %lu runs, %lu with a call that stood\n", scenario->name, w.runs,
		      w.talked);
}

/* --- scenarios --- */

#define A_DOES(what)            \
	{                       \
		0, MODEL_##what \
	}
#define B_DOES(what)            \
	{                       \
		1, MODEL_##what \
	}

static const struct scenario scenarios[] = {
	{ "a call", {}, 0, 2, 1 },
	{ "refused", { B_DOES(REFUSE) }, 1, 1, 1 },
	{ "cancelled", { A_DOES(CANCEL) }, 1, 1, 1 },
	{ "ended by the caller", { A_DOES(BYE) }, 1, 1, 1 },
	{ "ended by the callee", { B_DOES(BYE) }, 1, 1, 1 },
	{ "changed by the caller", { A_DOES(REINVITE) }, 1, 1, 1 },
	{ "changed by the callee", { B_DOES(REINVITE) }, 1, 1, 1 },
	{ "ended by both", { A_DOES(BYE), B_DOES(BYE) }, 2, 1, 0 },
	{ "ended by both", { A_DOES(BYE), B_DOES(BYE) }, 2, 0, 1 },
	{ "cancelled and refused", { A_DOES(CANCEL), B_DOES(REFUSE) }, 2, 1, 0 },
	{ "cancelled and refused", { A_DOES(CANCEL), B_DOES(REFUSE) }, 2, 0, 1 },
	{ "cancelled and ended", { A_DOES(CANCEL), B_DOES(BYE) }, 2, 1, 0 },
	{ "cancelled and ended", { A_DOES(CANCEL), B_DOES(BYE) }, 2, 0, 1 },
	{ "changed by both", { A_DOES(REINVITE), B_DOES(REINVITE) }, 2, 1, 0 },
	{ "changed by both", { A_DOES(REINVITE), B_DOES(REINVITE) }, 2, 0, 1 },
	{ "changed and cancelled", { A_DOES(REINVITE), A_DOES(CANCEL) }, 2, 1, 0 },
	{ "changed and cancelled", { A_DOES(REINVITE), A_DOES(CANCEL) }, 2, 0, 1 },
	{ "changed by the callee and cancelled", { B_DOES(REINVITE), B_DOES(CANCEL) }, 2, 1, 0 },
	{ "changed by the callee and cancelled", { B_DOES(REINVITE), B_DOES(CANCEL) }, 2, 0, 1 },
	{ "changed and refused", { B_DOES(REINVITE), A_DOES(REFUSE) }, 2, 1, 0 },
	{ "changed and refused", { B_DOES(REINVITE), A_DOES(REFUSE) }, 2, 0, 1 },
	{ "changed and ended", { A_DOES(REINVITE), A_DOES(BYE) }, 2, 1, 0 },
	{ "changed and ended", { A_DOES(REINVITE), A_DOES(BYE) }, 2, 0, 1 },
	{ "changed and ended by who is asked", { A_DOES(REINVITE), B_DOES(BYE) }, 2, 1, 0 },
	{ "changed and ended by who is asked", { A_DOES(REINVITE), B_DOES(BYE) }, 2, 0, 1 },
	{ "changed by the callee and ended", { B_DOES(REINVITE), A_DOES(BYE) }, 2, 1, 0 },
	{ "changed by the callee and ended", { B_DOES(REINVITE), A_DOES(BYE) }, 2, 0, 1 },
};

static void every_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		explore(&scenarios[i]);
}

static int setup(void **state)
{
	static const char *const names[] = { "a", "b" };
	static const char *const media[] = { "192.0.2.9", "198.51.100.9" };

	memset(&w, 0, sizeof(w));
	fake_reset();
	call_rig_setup_media(state);
	w.rig = *state;
	for (unsigned int i = 0; i < 2; i++) {
		w.ua[i].name = names[i];
		w.ua[i].media_address = media[i];
		w.ua[i].send = on_send;
		snprintf(w.ua[i].address, sizeof(w.ua[i].address), "%s", peer_of(i)->address);
		snprintf(w.ua[i].peer, sizeof(w.ua[i].peer), "%s", peer_of(i)->sipd);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_way, setup, call_rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
