// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every way that a call can take between two user agents (tests/model/world.h), through sipd's
 * calls with a clock that is moved here and a module that is played. All sequences of choices are
 * tried, depth first, each from the beginning. Whatever was chosen, when nothing is under way any
 * more both ends and sipd agree whether there is a call, and the module sends each one's media to
 * where it wants it; and after hanging up nothing is left.
 *
 * MODEL_LATE and MODEL_FAULTS in the environment: so many more than by default.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "call_rig.h"
#include "fake_libsipfast.h"
#include "media_private.h"
#include "../model/world.h"

/* Longer than any transaction, and all that may follow one. */
#define LONGEST_MS 600000
#define ALIGN_MS (1 << 24)

static struct {
	struct model_world world;
	struct call_rig *rig;
	unsigned long runs, talked;
} w;

static void on_wrong(const struct model_world *world, const char *what) __attribute__((noreturn));

static void on_wrong(const struct model_world *world, const char *what)
{
	print_error("%s, run %lu: %s\n%s", world->scenario->name, w.runs, what, world->story);
	fail();
	abort(); /* never: fail() jumps */
}

/* --- the network --- */

static struct call_peer *peer_of(unsigned int ua)
{
	return ua ? &w.rig->b : &w.rig->a;
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
		char text[sizeof(w.world.flights[0].text)] = "";
		size_t len = 0;

		for (size_t j = 0; j < msg->msg_iovlen; j++) {
			assert_true(len + msg->msg_iov[j].iov_len < sizeof(text));
			memcpy(text + len, msg->msg_iov[j].iov_base, msg->msg_iov[j].iov_len);
			len += msg->msg_iov[j].iov_len;
		}
		model_world_fly(&w.world, to->sin_port == peer_of(1)->flow.remote.in.sin_port,
				false, text);
		messages[i].msg_len = len;
	}
	return (int)n;
}

static void to_sipd(struct model_world *world, unsigned int ua, const char *text)
{
	/* Of exactly its size, for the sanitizer. */
	char *exact = strdup(text);

	(void)world;
	assert_non_null(exact);
	sip_stack_receive(w.rig->engine->stack, &peer_of(ua)->flow, exact, strlen(exact));
	free(exact);
	call_rig_turn(w.rig);
}

/* --- time --- */

static uint64_t now_ms(const struct model_world *world)
{
	(void)world;
	return loop_now_ms(w.rig->loop);
}

static void advance(uint64_t to)
{
	timer_wheel_advance(loop_timers(w.rig->loop), to);
	for (int i = 0; i < 2; i++) {
		w.world.ua[i].now_ms = to;
		model_ua_tick(&w.world.ua[i]);
	}
	call_rig_turn(w.rig);
}

static void pass(struct model_world *world, unsigned int ms)
{
	advance(now_ms(world) + ms);
}

/* To the next moment at which something may happen; false: nothing will. */
static bool next_moment(void)
{
	int wheel = timer_wheel_next(loop_timers(w.rig->loop));
	uint64_t now = loop_now_ms(w.rig->loop), next = wheel < 0 ? MODEL_NEVER : now + wheel;

	for (int i = 0; i < 2; i++)
		if (model_ua_next(&w.world.ua[i]) < next)
			next = model_ua_next(&w.world.ua[i]);
	if (next == MODEL_NEVER)
		return false;
	advance(next > now ? next : now + 1);
	return true;
}

static const struct model_net net = {
	.now_ms = now_ms,
	.to_sipd = to_sipd,
	.pass = pass,
	.wrong = on_wrong,
};

/* --- what must hold --- */

static void check_media(void)
{
	static const char *const addresses[] = { "192.0.2.1", "198.51.100.1" };
	const struct sf_session *session = fake_only();

	for (unsigned int i = 0; i < 2; i++) {
		const struct model_ua *ua = &w.world.ua[i];
		struct sf_address local = fake_address(addresses[i], ua->remote_port);
		struct sf_address remote = fake_address(ua->media_address, ua->port);
		unsigned int j = 0;

		if (strcmp(ua->remote_media, addresses[i]))
			model_wrong(&w.world, "%s sends media to %s", ua->name, ua->remote_media);
		while (j < session->nendpoints &&
		       !sf_address_equal(&session->endpoints[j].local, &local))
			j++;
		if (j == session->nendpoints)
			model_wrong(&w.world, "%s sends media to port %u, which is nobody's",
				    ua->name, ua->remote_port);
		else if (!sf_address_equal(&session->endpoints[j].remote, &remote))
			model_wrong(&w.world, "%s wants media at port %u, but gets it at %u",
				    ua->name, ua->port, ntohs(session->endpoints[j].remote.port));
	}
}

static void check_agreement(void)
{
	bool talks = model_world_talks(&w.world);
	struct call_counts counts;

	call_counts(w.rig->engine, &counts);
	if (counts.active != talks)
		model_wrong(&w.world, "both %s, sipd has %u calls", talks ? "talk" : "do not talk",
			    counts.active);
	if (talks)
		check_media();
	w.talked += talks;
}

static void run_out(void)
{
	uint64_t start = loop_now_ms(w.rig->loop);

	while (model_world_step(&w.world) || next_moment()) {
		if (w.world.strayed)
			model_wrong(&w.world, "it went another way than the time before");
		if (loop_now_ms(w.rig->loop) - start > LONGEST_MS)
			model_wrong(&w.world, "it goes on for ever");
	}
}

static void check_empty(void)
{
	unsigned int used, total;

	call_rig_assert_empty(w.rig);
	for (int i = 0; i < 2; i++) {
		media_realm_ports(w.rig->engine->realms[i].media, &used, &total);
		if (used)
			model_wrong(&w.world, "%u ports of realm %d are left", used, i);
	}
	if (fake_count())
		model_wrong(&w.world, "%u sessions of the module are left", fake_count());
}

/* Each run begins at the same place of the timer wheel, or it would not go the same way again. */
static void align(void)
{
	uint64_t now = loop_now_ms(w.rig->loop);

	timer_wheel_advance(loop_timers(w.rig->loop), (now / ALIGN_MS + 1) * ALIGN_MS);
}

static void run(const struct model_scenario *scenario)
{
	align();
	w.runs++;
	model_world_begin(&w.world, scenario, scenario->late + scenario->faults, w.runs);
	run_out();
	check_agreement();
	if (model_ua_can(&w.world.ua[0], MODEL_BYE))
		model_ua_do(&w.world.ua[0], MODEL_BYE);
	run_out();
	model_world_assert_ended(&w.world);
	check_empty();
}

/* The next sequence; false: that was the last one. */
static bool plan_next(struct model_world *world)
{
	while (world->step) {
		unsigned int i = --world->step;

		if (++world->chosen[i] < world->options[i]) {
			world->planned = i + 1;
			return true;
		}
	}
	return false;
}

static unsigned int more(const char *variable)
{
	const char *value = getenv(variable);

	return value ? strtoul(value, NULL, 10) : 0;
}

static void explore(const struct model_scenario *scenario)
{
	struct model_scenario deeper = *scenario;

	deeper.late += more("MODEL_LATE");
	deeper.faults += more("MODEL_FAULTS");
	w.world.planned = 0;
	w.runs = w.talked = 0;
	do {
		run(&deeper);
	} while (plan_next(&w.world));
	print_message("# %s: %lu runs, %lu with a call that stood\n", scenario->name, w.runs,
		      w.talked);
}

static void every_way(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < model_nscenarios; i++)
		explore(&model_scenarios[i]);
}

static int setup(void **state)
{
	static const char *const names[] = { "a", "b" };
	static const char *const media[] = { "192.0.2.9", "198.51.100.9" };

	memset(&w, 0, sizeof(w));
	fake_reset();
	call_rig_setup_media(state);
	w.rig = *state;
	w.world.net = &net;
	for (unsigned int i = 0; i < 2; i++) {
		struct model_ua *ua = &w.world.ua[i];

		ua->name = names[i];
		ua->callee = "bob";
		ua->media_address = media[i];
		ua->first_port = 4000;
		ua->t1_ms = 500;
		ua->t2_ms = 4000;
		snprintf(ua->address, sizeof(ua->address), "%s", peer_of(i)->address);
		snprintf(ua->peer, sizeof(ua->peer), "%s", peer_of(i)->sipd);
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
