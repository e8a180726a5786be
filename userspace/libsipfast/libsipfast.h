/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libsipfast: typed client of the sipfast generic netlink family.
 *
 * The only code in userspace that builds or reads netlink messages of the family. What
 * the objects mean is documented in <linux/sipfast.h>.
 *
 * A client belongs to one thread. Calls are synchronous: the kernel carries a request out
 * before it returns, so a call never waits for anything but the kernel's own locks.
 *
 * Every function returns 0 or a negative errno; then sf_error() tells why in a sentence, the
 * kernel's own when it gave one. -ENOENT from sf_open() means the module is not loaded.
 */
#ifndef LIBSIPFAST_H
#define LIBSIPFAST_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/sipfast.h>

/* Who made a session: 0 an operator by hand, sipd its own. Others choose what they like. */
#define SF_OWNER_OPERATOR 0
#define SF_OWNER_SIPD 0x73697064 /* "sipd" */

struct sf_client;

struct sf_status {
	char version[32];
	uint32_t ranges;
	uint32_t sessions;
	uint32_t endpoints;
};

struct sf_counter {
	const char *name; /* borrowed until the callback returns */
	uint64_t packets;
};

/* Ports in host byte order. */
struct sf_range {
	struct in_addr addr;
	uint16_t port_min;
	uint16_t port_max;
	uint32_t endpoints; /* from the kernel only */
	uint64_t unknown; /* from the kernel only */
};

/* Which optional fields of struct sf_endpoint a request carries. */
enum sf_endpoint_has {
	SF_HAS_LOCAL = 1 << 0,
	SF_HAS_REMOTE = 1 << 1,
	SF_HAS_COMPONENT = 1 << 2,
	SF_HAS_LEARN = 1 << 3,
	SF_HAS_LEARN_FROM = 1 << 4,
	SF_HAS_SOURCE = 1 << 5,
	SF_HAS_DSCP = 1 << 6,
	SF_HAS_TTL = 1 << 7,
	SF_HAS_CLOCK_RATE = 1 << 8,
	SF_HAS_FORWARDS = 1 << 9, /* nforwards == 0: remove them all */
	SF_DELETE = 1 << 10, /* sf_session_set() only */
	/* In what the kernel sends: */
	SF_HAS_SSRC = 1 << 16,
	SF_HAS_PAYLOAD_TYPE = 1 << 17,
	SF_HAS_IDLE = 1 << 18,
};

struct sf_rx {
	uint64_t packets;
	uint64_t octets;
	int64_t lost;
	uint64_t duplicate;
	uint64_t reordered;
	uint32_t jitter_us;
	uint32_t ssrc;
	uint8_t payload_type;
	uint64_t idle_ms;
	uint64_t bad_source;
	uint64_t malformed;
};

struct sf_tx {
	uint64_t packets;
	uint64_t octets;
	uint64_t dropped;
};

/* Addresses and ports in network byte order, as in struct sockaddr_in. */
struct sf_endpoint {
	uint32_t id;
	uint32_t has; /* enum sf_endpoint_has */
	struct sockaddr_in local;
	struct sockaddr_in remote;
	enum sipfast_component component;
	enum sipfast_learn learn;
	struct in_addr learn_addr;
	uint8_t learn_prefix;
	enum sipfast_source source;
	uint8_t dscp;
	uint8_t ttl;
	uint32_t clock_rate; /* Hz */
	uint32_t forwards[SIPFAST_MAX_FORWARDS]; /* endpoint IDs */
	unsigned int nforwards;
	bool learned;
	struct sf_rx rx;
	struct sf_tx tx;
};

struct sf_session {
	uint64_t id;
	uint32_t owner;
	bool has_timeout; /* sf_session_set(): timeout_ms is meant */
	uint32_t timeout_ms;
	uint64_t age_ms;
	uint64_t idle_ms;
	unsigned int nendpoints;
	struct sf_endpoint endpoints[SIPFAST_MAX_ENDPOINTS];
};

/* Opens a client and resolves the family. @client is NULL on failure. */
int sf_open(struct sf_client **client);
void sf_close(struct sf_client *client);

/*
 * The last failure's reason and what it is about, as in "integer out of range, session 17,
 * endpoint 2, dscp"; valid until the next call on @client; never NULL. @client may
 * be NULL: then why the last sf_open() or sf_monitor_open() of this thread failed.
 */
const char *sf_error(const struct sf_client *client);

int sf_status_get(struct sf_client *client, struct sf_status *status);

/*
 * Dumps call @cb for each object; a non-zero return ends the walk and is returned. @cb must not
 * use the same client. An object that exists all the while is delivered exactly once, one that
 * comes or goes meanwhile at most once.
 */
typedef int (*sf_counter_cb)(const struct sf_counter *counter, void *arg);
int sf_counter_dump(struct sf_client *client, sf_counter_cb cb, void *arg);

int sf_range_add(struct sf_client *client, const struct sf_range *range);
int sf_range_del(struct sf_client *client, const struct sf_range *range);
typedef int (*sf_range_cb)(const struct sf_range *range, void *arg);
int sf_range_dump(struct sf_client *client, sf_range_cb cb, void *arg);

int sf_session_add(struct sf_client *client, const struct sf_session *session);
int sf_session_set(struct sf_client *client, const struct sf_session *session);

/* @last, unless NULL, receives the session as it was, with its final statistics. */
int sf_session_del(struct sf_client *client, uint64_t id, struct sf_session *last);

int sf_session_get(struct sf_client *client, uint64_t id, struct sf_session *session);

/* @owner: only that owner's; NULL: all. @session is borrowed until @cb returns. */
typedef int (*sf_session_cb)(const struct sf_session *session, void *arg);
int sf_session_dump(struct sf_client *client, const uint32_t *owner, sf_session_cb cb, void *arg);

/* Deletes all sessions of @owner; NULL: all sessions of the namespace. */
int sf_session_flush(struct sf_client *client, const uint32_t *owner);

/*
 * Deletes @n sessions in as few system calls as possible. Returns 0, or the first error that
 * is not -ENOENT; the others are deleted all the same.
 */
int sf_session_del_batch(struct sf_client *client, const uint64_t *ids, size_t n);

/* Events: a second, non-blocking socket that joined the "media" group. */
struct sf_monitor;

enum sf_event_type {
	SF_EVENT_LEARNED, /* one endpoint with id and remote set */
	SF_EVENT_TIMEOUT, /* the whole session with its final statistics */
	SF_EVENT_OVERRUN, /* events were lost: dump to catch up; session is NULL */
};

typedef void (*sf_event_cb)(enum sf_event_type type, const struct sf_session *session, void *arg);

int sf_monitor_open(struct sf_monitor **monitor);
void sf_monitor_close(struct sf_monitor *monitor);
/* For poll(): readable when events wait. */
int sf_monitor_fd(const struct sf_monitor *monitor);
/*
 * Delivers what waits and returns the number of events, 0 when there was none. @cb must not
 * close the monitor.
 */
int sf_monitor_read(struct sf_monitor *monitor, sf_event_cb cb, void *arg);

#endif /* LIBSIPFAST_H */
