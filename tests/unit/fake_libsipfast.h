/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module that is not there: libsipfast's functions as sipd uses them, on a few sessions in
 * memory. It holds its callers to the rules of <linux/sipfast.h>: a request that the kernel would
 * refuse fails the test, unless the test said beforehand that the next one is refused. Included
 * by one test program, which then is not linked with the library.
 */
#ifndef TESTS_UNIT_FAKE_LIBSIPFAST_H
#define TESTS_UNIT_FAKE_LIBSIPFAST_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "libsipfast/libsipfast.h"

#define FAKE_SESSIONS 16
#define FAKE_RANGES 4
#define FAKE_EVENTS 16
#define FAKE_MONITORS 4

struct sf_monitor {
	bool open;
	int fd;
	unsigned int seen; /* of the events */
};

struct fake_event {
	enum sf_event_type type;
	struct sf_session session;
};

static struct {
	bool no_module;
	int refuse; /* the next change of a session fails with this */
	unsigned int adds, sets, dels, gets, dumps; /* requests carried out */
	struct sf_session request; /* the last add or set */
	struct sf_session sessions[FAKE_SESSIONS]; /* id 0: none */
	struct sf_range ranges[FAKE_RANGES]; /* port_max 0: none */
	struct fake_event events[FAKE_EVENTS];
	unsigned int nevents; /* that some monitor has not seen */
	int clients, monitors; /* open */
	struct sf_monitor monitor[FAKE_MONITORS];
} fake;

struct sf_client {
	char unused;
};

static struct sf_client fake_client;

static void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
}

static struct sf_session *fake_find(uint64_t id)
{
	for (unsigned int i = 0; id && i < FAKE_SESSIONS; i++)
		if (fake.sessions[i].id == id)
			return &fake.sessions[i];
	return NULL;
}

static unsigned int fake_count(void)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < FAKE_SESSIONS; i++)
		count += fake.sessions[i].id != 0;
	return count;
}

/* The only session there is. */
static inline struct sf_session *fake_only(void)
{
	assert_int_equal(fake_count(), 1);
	for (unsigned int i = 0; i < FAKE_SESSIONS; i++)
		if (fake.sessions[i].id)
			return &fake.sessions[i];
	return NULL;
}

static struct sf_endpoint *fake_endpoint_of(struct sf_session *session, uint32_t id)
{
	for (unsigned int i = 0; i < session->nendpoints; i++)
		if (session->endpoints[i].id == id)
			return &session->endpoints[i];
	return NULL;
}

static bool fake_same_host(const struct sf_address *a, const struct sf_address *b)
{
	struct sf_address copy = *a;

	copy.port = b->port;
	return sf_address_equal(&copy, b);
}

static bool fake_in_a_range(const struct sf_address *local)
{
	unsigned int port = ntohs(local->port);

	for (unsigned int i = 0; i < FAKE_RANGES; i++)
		if (fake_same_host(&fake.ranges[i].addr, local) &&
		    port >= fake.ranges[i].port_min && port <= fake.ranges[i].port_max)
			return true;
	return false;
}

static bool fake_is_unicast(const struct sf_address *address)
{
	uint32_t v4 = ntohl(address->v4.s_addr);

	if (address->family == AF_INET)
		return v4 >> 24 && !IN_MULTICAST(v4) && v4 != INADDR_BROADCAST;
	return address->family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(&address->v6) &&
	       !IN6_IS_ADDR_MULTICAST(&address->v6) && !IN6_IS_ADDR_LINKLOCAL(&address->v6) &&
	       !IN6_IS_ADDR_V4MAPPED(&address->v6);
}

static bool fake_is_taken(const struct sf_address *local)
{
	for (unsigned int i = 0; i < FAKE_SESSIONS; i++) {
		const struct sf_session *s = &fake.sessions[i];

		for (unsigned int j = 0; s->id && j < s->nendpoints; j++)
			if (sf_address_equal(&s->endpoints[j].local, local))
				return true;
	}
	return false;
}

/* @local is its own, told now or before. */
static void fake_check_endpoint(const struct sf_endpoint *ep, const struct sf_address *local,
				bool is_new)
{
	assert_int_not_equal(ep->id, 0);
	assert_int_equal(!!(ep->has & SF_HAS_LOCAL), is_new);
	if (is_new) {
		assert_true(fake_in_a_range(&ep->local));
		assert_false(fake_is_taken(&ep->local));
	}
	if (ep->has & SF_HAS_REMOTE) {
		assert_int_not_equal(ep->remote.port, 0);
		assert_true(fake_is_unicast(&ep->remote));
		assert_int_equal(ep->remote.family, local->family);
	}
	if (ep->has & SF_HAS_LEARN_FROM) {
		assert_int_equal(ep->learn_addr.family, local->family);
		assert_int_equal(ep->learn_prefix, local->family == AF_INET6 ? 128 : 32);
	}
	if (ep->has & SF_HAS_DSCP)
		assert_in_range(ep->dscp, 0, 63);
	if (ep->has & SF_HAS_TTL)
		assert_in_range(ep->ttl, 1, 255);
	if (ep->has & SF_HAS_DTMF_TYPE)
		assert_true(ep->dtmf_type <= 127);
	if (ep->has & SF_HAS_CLOCK_RATE)
		assert_in_range(ep->clock_rate, 1000, 192000);
}

static void fake_merge(struct sf_endpoint *to, const struct sf_endpoint *from)
{
	if (from->has & SF_HAS_LOCAL)
		to->local = from->local;
	if (from->has & SF_HAS_REMOTE) {
		to->remote = from->remote;
		to->learned = false;
	}
	if (from->has & SF_HAS_COMPONENT)
		to->component = from->component;
	if (from->has & SF_HAS_LEARN)
		to->learn = from->learn;
	if (from->has & SF_HAS_LEARN_FROM) {
		to->learn_addr = from->learn_addr;
		to->learn_prefix = from->learn_prefix;
	}
	if (from->has & SF_HAS_DSCP)
		to->dscp = from->dscp;
	if (from->has & SF_HAS_TTL)
		to->ttl = from->ttl;
	if (from->has & SF_HAS_DTMF_TYPE)
		to->dtmf_type = from->dtmf_type;
	if (from->has & SF_HAS_CLOCK_RATE)
		to->clock_rate = from->clock_rate;
	if (from->has & SF_HAS_FORWARDS) {
		to->nforwards = from->nforwards;
		memcpy(to->forwards, from->forwards, sizeof(to->forwards));
	}
	to->id = from->id;
	to->has |= from->has;
}

static void fake_check_forwards(struct sf_session *session)
{
	for (unsigned int i = 0; i < session->nendpoints; i++)
		for (unsigned int j = 0; j < session->endpoints[i].nforwards; j++)
			assert_non_null(
				fake_endpoint_of(session, session->endpoints[i].forwards[j].to));
}

static void fake_apply(struct sf_session *session, const struct sf_endpoint *change)
{
	struct sf_endpoint *ep = fake_endpoint_of(session, change->id);

	if (change->has & SF_DELETE) {
		assert_int_equal(change->has, SF_DELETE);
		assert_non_null(ep);
		*ep = session->endpoints[--session->nendpoints];
		return;
	}
	fake_check_endpoint(change, ep ? &ep->local : &change->local, !ep);
	if (!ep) {
		assert_true(session->nendpoints < SIPFAST_MAX_ENDPOINTS);
		ep = &session->endpoints[session->nendpoints++];
		memset(ep, 0, sizeof(*ep));
		ep->ttl = 64;
		ep->clock_rate = 8000;
	}
	fake_merge(ep, change);
}

static int fake_refused(void)
{
	int err = fake.refuse;

	fake.refuse = 0;
	return err;
}

static inline void fake_queue(enum sf_event_type type, const struct sf_session *session)
{
	assert_true(fake.nevents < FAKE_EVENTS);
	fake.events[fake.nevents].type = type;
	if (session)
		fake.events[fake.nevents].session = *session;
	fake.nevents++;
	for (unsigned int i = 0; i < FAKE_MONITORS; i++)
		if (fake.monitor[i].open)
			assert_int_equal(eventfd_write(fake.monitor[i].fd, 1), 0);
}

static inline struct sf_address fake_address(const char *address, uint16_t port)
{
	struct sf_address result = { .family = strchr(address, ':') ? AF_INET6 : AF_INET,
				     .port = htons(port) };

	assert_int_equal(inet_pton(result.family, address, &result.v6), 1);
	return result;
}

/* The endpoint takes the source of a packet as its remote. */
static inline void fake_learn(uint64_t id, uint32_t endpoint, const char *address, uint16_t port)
{
	struct sf_session event = { .id = id, .owner = SF_OWNER_SIPD, .nendpoints = 1 };
	struct sf_endpoint *ep = fake_endpoint_of(fake_find(id), endpoint);

	assert_non_null(ep);
	ep->remote = fake_address(address, port);
	ep->has |= SF_HAS_REMOTE;
	ep->learned = true;
	if (!ep->rx.packets)
		ep->rx.packets = 1;
	event.endpoints[0].id = endpoint;
	event.endpoints[0].has = SF_HAS_REMOTE;
	event.endpoints[0].remote = ep->remote;
	fake_queue(SF_EVENT_LEARNED, &event);
}

/* The session ends; without @event, that is lost. */
static inline void fake_timeout(uint64_t id, bool event)
{
	struct sf_session *session = fake_find(id);

	assert_non_null(session);
	if (event)
		fake_queue(SF_EVENT_TIMEOUT, session);
	session->id = 0;
}

/* A session that was there before. */
static inline void fake_left_behind(uint64_t id, const char *address, uint16_t rtp_port)
{
	for (unsigned int i = 0; i < FAKE_SESSIONS; i++) {
		struct sf_session *s = &fake.sessions[i];

		if (s->id)
			continue;
		memset(s, 0, sizeof(*s));
		s->id = id;
		s->owner = SF_OWNER_SIPD;
		s->age_ms = 5000;
		s->idle_ms = 20;
		s->nendpoints = 2;
		for (unsigned int j = 0; j < 2; j++) {
			s->endpoints[j].id = j + 1;
			s->endpoints[j].local = fake_address(address, rtp_port + j);
		}
		return;
	}
	fail_msg("no room for another session");
}

int sf_open(struct sf_client **client)
{
	if (fake.no_module)
		return -ENOENT;
	fake.clients++;
	*client = &fake_client;
	return 0;
}

void sf_close(struct sf_client *client)
{
	assert_ptr_equal(client, &fake_client);
	fake.clients--;
}

const char *sf_error(const struct sf_client *client)
{
	(void)client;
	return "the fake module says so";
}

int sf_status_get(struct sf_client *client, struct sf_status *status, sf_device_cb cb, void *arg)
{
	(void)client;
	(void)cb;
	(void)arg;
	memset(status, 0, sizeof(*status));
	strcpy(status->version, "0.0-fake");
	status->sessions = fake_count();
	return 0;
}

int sf_range_add(struct sf_client *client, const struct sf_range *range)
{
	unsigned int i, free_slot = FAKE_RANGES;

	(void)client;
	for (i = 0; i < FAKE_RANGES; i++) {
		const struct sf_range *r = &fake.ranges[i];

		if (!r->port_max)
			free_slot = i;
		else if (sf_address_equal(&r->addr, &range->addr) &&
			 r->port_min <= range->port_max && range->port_min <= r->port_max)
			return -EEXIST;
	}
	assert_true(free_slot < FAKE_RANGES);
	fake.ranges[free_slot] = *range;
	return 0;
}

int sf_range_del(struct sf_client *client, const struct sf_range *range)
{
	(void)client;
	for (unsigned int i = 0; i < FAKE_SESSIONS; i++) {
		const struct sf_session *s = &fake.sessions[i];

		for (unsigned int j = 0; s->id && j < s->nendpoints; j++) {
			unsigned int port = ntohs(s->endpoints[j].local.port);

			if (fake_same_host(&s->endpoints[j].local, &range->addr) &&
			    port >= range->port_min && port <= range->port_max)
				return -EBUSY;
		}
	}
	for (unsigned int i = 0; i < FAKE_RANGES; i++) {
		struct sf_range *r = &fake.ranges[i];

		if (sf_address_equal(&r->addr, &range->addr) && r->port_min == range->port_min &&
		    r->port_max == range->port_max) {
			memset(r, 0, sizeof(*r));
			return 0;
		}
	}
	return -ENOENT;
}

int sf_range_dump(struct sf_client *client, sf_range_cb cb, void *arg)
{
	(void)client;
	for (unsigned int i = 0; i < FAKE_RANGES; i++) {
		int ret = fake.ranges[i].port_max ? cb(&fake.ranges[i], arg) : 0;

		if (ret)
			return ret;
	}
	return 0;
}

int sf_session_add(struct sf_client *client, const struct sf_session *session)
{
	struct sf_session *s = fake.sessions;
	int err = fake_refused();

	(void)client;
	if (err)
		return err;
	assert_true(session->id);
	assert_null(fake_find(session->id));
	assert_int_equal(session->owner, SF_OWNER_SIPD);
	while (s->id)
		assert_true(++s < fake.sessions + FAKE_SESSIONS);
	memset(s, 0, sizeof(*s));
	for (unsigned int i = 0; i < session->nendpoints; i++) {
		assert_null(fake_endpoint_of(s, session->endpoints[i].id));
		fake_apply(s, &session->endpoints[i]);
	}
	s->id = session->id;
	s->owner = session->owner;
	s->timeout_ms = session->has_timeout ? session->timeout_ms : 0;
	fake_check_forwards(s);
	fake.request = *session;
	fake.adds++;
	return 0;
}

int sf_session_set(struct sf_client *client, const struct sf_session *session)
{
	struct sf_session *s = fake_find(session->id);
	int err = fake_refused();

	(void)client;
	if (err)
		return err;
	if (!s)
		return -ENOENT;
	for (unsigned int i = 0; i < session->nendpoints; i++)
		fake_apply(s, &session->endpoints[i]);
	if (session->has_timeout)
		s->timeout_ms = session->timeout_ms;
	fake_check_forwards(s);
	fake.request = *session;
	fake.sets++;
	return 0;
}

int sf_session_del(struct sf_client *client, uint64_t id, struct sf_session *last)
{
	struct sf_session *s = fake_find(id);
	int err = fake_refused();

	(void)client;
	if (err)
		return err;
	if (!s)
		return -ENOENT;
	if (last)
		*last = *s;
	s->id = 0;
	fake.dels++;
	return 0;
}

/* What is left of @session for who wants to know what has flowed. */
static void fake_make_brief(struct sf_session *session)
{
	struct sf_session brief = { .id = session->id };

	for (unsigned int i = 0; i < session->nendpoints; i++) {
		const struct sf_endpoint *ep = &session->endpoints[i];
		struct sf_endpoint *to = &brief.endpoints[brief.nendpoints];

		if (!ep->rx.packets && !ep->tx.packets)
			continue;
		to->id = ep->id;
		to->has = ep->has & SF_HAS_REMOTE;
		to->remote = ep->remote;
		to->learned = ep->learned;
		to->rx.packets = ep->rx.packets;
		to->rx.octets = ep->rx.octets;
		to->rx.lost = ep->rx.lost;
		to->rx.jitter_us = ep->rx.jitter_us;
		to->tx.packets = ep->tx.packets;
		brief.nendpoints++;
	}
	*session = brief;
}

int sf_session_del_brief(struct sf_client *client, uint64_t id, struct sf_session *last)
{
	int err = sf_session_del(client, id, last);

	if (!err && last)
		fake_make_brief(last);
	return err;
}

int sf_session_get(struct sf_client *client, uint64_t id, struct sf_session *session)
{
	const struct sf_session *s = fake_find(id);

	(void)client;
	if (!s)
		return -ENOENT;
	*session = *s;
	fake.gets++;
	return 0;
}

int sf_session_get_brief(struct sf_client *client, uint64_t id, struct sf_session *session)
{
	int err = sf_session_get(client, id, session);

	if (!err)
		fake_make_brief(session);
	return err;
}

int sf_session_dump(struct sf_client *client, const uint32_t *owner, sf_session_cb cb, void *arg)
{
	(void)client;
	fake.dumps++;
	for (unsigned int i = 0; i < FAKE_SESSIONS; i++) {
		const struct sf_session *s = &fake.sessions[i];
		int ret = s->id && (!owner || *owner == s->owner) ? cb(s, arg) : 0;

		if (ret)
			return ret;
	}
	return 0;
}

int sf_session_del_batch(struct sf_client *client, const uint64_t *ids, size_t n)
{
	int first = 0;

	for (size_t i = 0; i < n; i++) {
		int err = sf_session_del(client, ids[i], NULL);

		if (err && err != -ENOENT && !first)
			first = err;
	}
	return first;
}

int sf_monitor_open(struct sf_monitor **monitor)
{
	struct sf_monitor *m = fake.monitor;

	while (m->open)
		assert_true(++m < fake.monitor + FAKE_MONITORS);
	m->open = true;
	m->seen = fake.nevents;
	m->fd = eventfd(0, EFD_NONBLOCK);
	assert_true(m->fd >= 0);
	fake.monitors++;
	*monitor = m;
	return 0;
}

void sf_monitor_close(struct sf_monitor *monitor)
{
	assert_true(monitor->open);
	close(monitor->fd);
	monitor->open = false;
	fake.monitors--;
}

int sf_monitor_fd(const struct sf_monitor *monitor)
{
	return monitor->fd;
}

/* Once every monitor has seen them. */
static void fake_forget_events(void)
{
	for (unsigned int i = 0; i < FAKE_MONITORS; i++)
		if (fake.monitor[i].open && fake.monitor[i].seen < fake.nevents)
			return;
	for (unsigned int i = 0; i < FAKE_MONITORS; i++)
		fake.monitor[i].seen = 0;
	fake.nevents = 0;
}

int sf_monitor_read(struct sf_monitor *monitor, sf_event_cb cb, void *arg)
{
	unsigned int first = monitor->seen, count = fake.nevents;
	eventfd_t ready;

	eventfd_read(monitor->fd, &ready);
	monitor->seen = count;
	fake_forget_events();
	for (unsigned int i = first; i < count; i++) {
		struct sf_event event = { .type = fake.events[i].type };

		if (event.type != SF_EVENT_OVERRUN)
			event.session = &fake.events[i].session;
		cb(&event, arg);
	}
	return count - first;
}

#endif
