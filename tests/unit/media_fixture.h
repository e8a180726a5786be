/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two realms on the fake module, and what tests of media do over and over. Realm A: 192.0.2.1,
 * learns once, advertised as 203.0.113.1. Realm B: 198.51.100.1, does not learn.
 */
#ifndef TESTS_UNIT_MEDIA_FIXTURE_H
#define TESTS_UNIT_MEDIA_FIXTURE_H

#include <stdio.h>

#include "fake_libsipfast.h"
#include "media.h"

#define A_REALM "192.0.2.1"
#define B_REALM "198.51.100.1"
#define A_PEER "10.0.1.2" /* a phone behind NAT */
#define A_SIGNALLING "203.0.113.50"
#define B_PEER "198.51.100.77"
#define TIMEOUT_MS 60000

#define TEXT(address, media) \
	"v=0\r\no=- 1 1 IN IP4 " address "\r\ns=-\r\nc=IN IP4 " address "\r\nt=0 0\r\n" media
#define AUDIO(port) "m=audio " #port " RTP/AVP 0 8\r\n"

/* Endpoint IDs of the first m= line. */
enum { A_RTP = 1, A_RTCP, B_RTP, B_RTCP };

static struct {
	struct loop *loop;
	struct media *media;
	struct media_realm *realms[2];
	struct media_call *call;
	struct sdp sdp;
	struct sdp_edit edit;
	unsigned int timeouts;
	void *timed_out; /* user of the last */
	char learned[128];
	struct loop_deferred stop;
} fx;

static struct host address(const char *text)
{
	sa_family_t family = strchr(text, ':') ? AF_INET6 : AF_INET;
	struct host host;

	assert_int_equal(host_parse(&host, family, view_str(text)), 0);
	return host;
}

static void on_timeout(void *arg, void *user)
{
	assert_ptr_equal(arg, &fx);
	fx.timeouts++;
	fx.timed_out = user;
}

static void on_learned(void *arg, void *user, const char *text)
{
	assert_ptr_equal(arg, &fx);
	assert_ptr_equal(user, &fx.call);
	snprintf(fx.learned, sizeof(fx.learned), "%s", text);
}

static int open_media(bool kernel)
{
	const struct media_config config = { .kernel = kernel, .timeout_ms = TIMEOUT_MS };
	const struct media_handlers handlers = { .timeout = on_timeout, .learned = on_learned };

	return media_alloc(&fx.media, fx.loop, &config, &handlers, &fx);
}

static int open_realm(enum media_side side, uint16_t min, uint16_t max)
{
	struct media_realm_config config = { .port_min = min, .port_max = max };

	if (side == MEDIA_A) {
		config.name = "access";
		config.address = address(A_REALM);
		config.advertise = address("203.0.113.1");
		config.dscp = 46;
		config.learn = MEDIA_LEARN_ONCE;
	} else {
		config.name = "core";
		config.address = address(B_REALM);
		config.learn = MEDIA_LEARN_OFF;
	}
	return media_realm_add(fx.media, &config, &fx.realms[side]);
}

static inline void open_all(uint16_t pairs)
{
	assert_int_equal(open_media(true), 0);
	assert_int_equal(open_realm(MEDIA_A, 20000, 20000 + 2 * pairs - 1), 0);
	assert_int_equal(open_realm(MEDIA_B, 30000, 30000 + 2 * pairs - 1), 0);
	fx.call = media_call_alloc(fx.media, fx.realms, &fx.call);
	assert_non_null(fx.call);
}

static void read_sdp(const char *text)
{
	struct sdp_error error;

	if (sdp_parse(&fx.sdp, view_str(text), &error))
		fail_msg("line %u: %s", error.line, error.reason);
}

static struct host signalling_of(enum media_side side)
{
	return address(side == MEDIA_A ? A_SIGNALLING : B_PEER);
}

static int offer(enum media_side from, const char *text)
{
	read_sdp(text);
	return media_offer(fx.call, from, &fx.sdp, signalling_of(from), signalling_of(!from),
			   &fx.edit);
}

static int answer(enum media_side from, const char *text)
{
	read_sdp(text);
	return media_answer(fx.call, from, &fx.sdp, signalling_of(from), &fx.edit);
}

/* A whole exchange. */
static void exchange(enum media_side from, const char *offered, const char *answered)
{
	assert_int_equal(offer(from, offered), 0);
	assert_int_equal(answer(!from, answered), 0);
	media_commit(fx.call);
}

static inline void establish(void)
{
	exchange(MEDIA_A, TEXT(A_PEER, AUDIO(4000)), TEXT(B_PEER, AUDIO(5000)));
}

static inline void assert_host(const struct host *actual, const char *expected)
{
	char text[HOST_STRLEN];

	assert_string_equal(host_format(actual, text), expected);
}

static inline void assert_socket(const struct host_port *at, const char *host, uint16_t port)
{
	assert_host(&at->host, host);
	assert_int_equal(at->port, port);
}

static inline void assert_endpoint(const struct sf_address *address, const char *host,
				   uint16_t port)
{
	char text[HOST_STRLEN];

	assert_string_equal(inet_ntop(address->family, &address->v6, text, sizeof(text)), host);
	assert_int_equal(ntohs(address->port), port);
}

static inline struct sf_endpoint *endpoint(uint32_t id)
{
	struct sf_endpoint *ep = fake_endpoint_of(fake_only(), id);

	assert_non_null(ep);
	return ep;
}

static void assert_ports_used(enum media_side side, unsigned int expected)
{
	unsigned int used, total;

	media_realm_ports(fx.realms[side], &used, &total);
	assert_int_equal(used, expected);
}

static void stop(struct loop_deferred *deferred)
{
	(void)deferred;
	loop_stop(fx.loop);
}

/* Lets the loop deliver what the fake module has queued. */
static inline void deliver(void)
{
	loop_defer(fx.loop, &fx.stop, stop);
	assert_int_equal(loop_run(fx.loop), 0);
	assert_int_equal(fake.nevents, 0);
}

static inline int setup(void **state)
{
	(void)state;
	memset(&fx, 0, sizeof(fx));
	fake_reset();
	return loop_alloc(&fx.loop);
}

/* Nothing may be left behind: no session, port, client or monitor. */
static inline int teardown(void **state)
{
	(void)state;
	if (fx.call) {
		media_call_free(fx.call, NULL);
		assert_int_equal(fake_count(), media_orphan_count(fx.media));
		media_orphan_clear(fx.media);
		assert_int_equal(fake_count(), 0);
		assert_ports_used(MEDIA_A, 0);
		assert_ports_used(MEDIA_B, 0);
	}
	media_free(fx.media);
	loop_free(fx.loop);
	for (unsigned int i = 0; i < FAKE_RANGES; i++)
		assert_int_equal(fake.ranges[i].port_max, 0);
	assert_int_equal(fake.clients, 0);
	assert_int_equal(fake.monitors, 0);
	return 0;
}

#endif
