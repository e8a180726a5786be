/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that carry SIP: listeners, and flows between a listener and a peer. Batches in
 * (recvmmsg), batches out (sendmmsg, or one write per connection, at the end of a loop's turn).
 * Knows no SIP beyond where a message begins and ends.
 */
#ifndef SIPD_TRANSPORT_TRANSPORT_H
#define SIPD_TRANSPORT_TRANSPORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/host.h"
#include "base/loop.h"
#include "base/view.h"

/* WebSocket, over TCP and over TLS, is listened on, never connected to (RFC 7118). */
enum tp_proto { TP_UDP, TP_TCP, TP_TLS, TP_WS, TP_WSS };

struct tp_addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

/* Room for "[2001:db8::1]:5060". */
#define TP_ADDR_STRLEN 56

struct transport;
struct mailbox;
struct tp_names;
struct tp_sources;
struct tp_tls;

struct tp_listener {
	struct transport *tp;
	unsigned int index; /* of the transport's, in the order of tp_listen() */
	enum tp_proto proto;
	struct tp_addr local;
	char host[TP_ADDR_STRLEN]; /* of local, as tp_addr_host() writes it */
	/* Host that Via shows; NULL: that of @local. Borrowed, set by the user. */
	const char *advertise;
	/* UDP: the one of TCP that takes what is too large for a datagram; set by the user. */
	struct tp_listener *stream;
	/* TCP: the one of UDP whose stream it is, for who takes no connection; set by the user. */
	struct tp_listener *datagrams;
	void *user; /* the realm */
};

/*
 * Where a message came from, or goes to. A value: copied freely, lives as long as its listener. It
 * may outlive its connection, whose number is never used again.
 */
struct tp_flow {
	struct tp_listener *listener;
	struct tp_addr remote;
	uint32_t name; /* TLS: whom the peer must prove to be, tp_name_id(); 0: @remote's address */
	bool any_proto; /* nobody has said that it must be the listener's transport */
	bool pinned; /* by @conn or not at all (RFC 5626 s.5.3); of a stream */
	uint64_t conn; /* of a stream; 0: none in particular */
};

struct tp_stats {
	uint64_t rx;
	uint64_t tx;
	uint64_t tx_failed; /* refused by the kernel, or the queue was full */
	unsigned long connections; /* open, or being opened */
	uint64_t accepted;
	uint64_t opened;
	uint64_t refused; /* not accepted: too many in all, or of that source */
	uint64_t broken; /* closed because of what the peer did, or did not do in time */
};

/* What connections may take. */
struct tp_limits {
	uint32_t max; /* connections, of all shards together */
	uint32_t per_source; /* accepted from one IPv4 address, or one /64 of IPv6 */
	uint32_t idle_ms; /* without a message */
	uint32_t message_ms; /* from the first octet of a message to its last one; also to write */
	uint32_t connect_ms;
	uint32_t handshake_ms; /* TLS */
};

/*
 * "1.2.3.4:5060", "[2001:db8::1]:5060", "2001:db8::1"; @default_port when the text has none.
 * Numeric only; -EINVAL otherwise.
 */
int tp_addr_parse(struct tp_addr *addr, struct view text, uint16_t default_port);
/* "1.2.3.4:5060" or "[2001:db8::1]:5060"; returns @buf. */
const char *tp_addr_format(const struct tp_addr *addr, char buf[TP_ADDR_STRLEN]);
/* The host alone, as Via and SIP URIs write it; returns @buf. */
const char *tp_addr_host(const struct tp_addr *addr, char buf[TP_ADDR_STRLEN]);
/* Same host, whatever the ports. */
bool tp_addr_same_host(const struct tp_addr *a, const struct tp_addr *b);
/* Without its port; none of what is of no family. */
struct host tp_addr_to_host(const struct tp_addr *addr);
uint16_t tp_addr_port(const struct tp_addr *addr);
void tp_addr_set_port(struct tp_addr *addr, uint16_t port);
bool tp_addr_eq(const struct tp_addr *a, const struct tp_addr *b);
socklen_t tp_addr_len(const struct tp_addr *addr);
const char *tp_proto_name(enum tp_proto proto); /* "UDP" as in Via */
const char *tp_proto_word(enum tp_proto proto); /* "udp" as in the configuration */
const char *tp_proto_param(enum tp_proto proto); /* of transport= in URIs: "ws" for both of them */

/* Of URIs that name none, and of addresses to listen on (RFC 3261 s.19.1.2, RFC 7118 s.5.2). */
static inline uint16_t tp_default_port(enum tp_proto proto)
{
	static const uint16_t ports[] = { 5060, 5060, 5061, 80, 443 };

	return ports[proto];
}

static inline bool tp_is_ws(enum tp_proto proto)
{
	return proto == TP_WS || proto == TP_WSS;
}

static inline bool tp_is_tls(enum tp_proto proto)
{
	return proto == TP_TLS || proto == TP_WSS;
}

/* Messages are delivered whole and in order, or the connection fails. */
static inline bool tp_is_stream(enum tp_proto proto)
{
	return proto != TP_UDP;
}

/*
 * A datagram, or a message of a stream, arrived. @buf is writable, has a spare byte behind @len,
 * and is valid until the callback returns.
 */
typedef void (*tp_recv_cb)(void *arg, const struct tp_flow *from, char *buf, size_t len);

enum tp_refusal {
	TP_NO_LENGTH, /* no Content-Length, or one that cannot be used (RFC 3261 s.18.3) */
	TP_TOO_LARGE, /* above TP_MAX_MESSAGE octets */
};

/* What happens to connections; each may be NULL. @arg is that of tp_alloc(). */
struct tp_stream_handlers {
	/*
	 * The headers of a message that cannot be taken in whole. What is sent to @from within the
	 * callback still goes out, then the connection is closed.
	 */
	void (*refused)(void *arg, const struct tp_flow *from, char *buf, size_t len,
			enum tp_refusal why);
	/*
	 * A connection that tp_send() has used is gone, and what it had not sent yet. @opened: it
	 * was in use before, so another one may work. Never called from within tp_send().
	 */
	void (*failed)(void *arg, uint64_t conn, int err, bool opened);
	/* What was to go to @conn, which is gone, has gone to @to instead. */
	void (*moved)(void *arg, uint64_t conn, uint64_t to);
	/* A connection that tp_watch() was called for is gone; of the connection's transport. */
	void (*closed)(void *arg, uint64_t conn);
};

int tp_alloc(struct transport **tp, struct loop *loop, tp_recv_cb recv, void *arg);
/* Closes every listener and connection; what is queued is sent as far as sockets take it now. */
void tp_free(struct transport *tp);
/* @handlers and @limits are copied. */
void tp_handle_streams(struct transport *tp, const struct tp_stream_handlers *handlers);
void tp_set_limits(struct transport *tp, const struct tp_limits *limits);

/*
 * The transport is that of shard @index of @count, which listen on the same addresses; to be told
 * before tp_listen(). An address must be listened on by shard 0 first, and then in order: the
 * kernel counts the sockets that way.
 */
void tp_share(struct transport *tp, unsigned int index, unsigned int count);

#define TP_MAX_SHARDS 64

/* The transports of all shards; filled before their threads start, constant while they run. */
struct tp_group {
	struct tp_sources *sources; /* these are of shard 0, which is freed last */
	struct tp_names *names;
	/* The threads have ended: who is left may call any of them. */
	bool single;
	struct {
		struct transport *tp;
		struct mailbox *box; /* of the thread's loop */
	} member[TP_MAX_SHARDS];
};

/* After tp_share(): connections of the others can be sent to. @box: of @tp's loop. */
void tp_join(struct transport *tp, struct tp_group *group, struct mailbox *box);

/* Binds and starts to receive. Errors are those of socket() and bind(). */
int tp_listen(struct transport *tp, enum tp_proto proto, const struct tp_addr *local, void *user,
	      struct tp_listener **listener);
/* TLS: what the listener proves itself by, accepted and opened connections alike. Borrowed. */
void tp_listener_tls(struct tp_listener *listener, struct tp_tls *tls);

/* Who may begin a WebSocket. */
struct tp_ws_policy {
	char *path; /* NULL: any */
	char **origins; /* of pages, as browsers write it: "https://phone.example.com" */
	unsigned int norigins; /* 0: any */
};

/* Of WebSocket. Borrowed. */
void tp_listener_ws(struct tp_listener *listener, const struct tp_ws_policy *policy);

/* NULL beyond the last one. */
struct tp_listener *tp_listener_at(const struct transport *tp, unsigned int index);

#define TP_MAX_DATAGRAM 65507
/* Octets of a message that comes by a stream, its headers included. */
#define TP_MAX_MESSAGE 65535

/*
 * A number for @name, a host or domain, in flows of all shards; see names.h. 0: it is none. What
 * has not been asked for in a long time is forgotten: a flow with its number goes by connections
 * that are there, and opens no more.
 */
uint32_t tp_name_id(struct transport *tp, const char *name);

/*
 * Queues a copy of the message for the end of the turn. 0, -EMSGSIZE above TP_MAX_DATAGRAM octets,
 * -ENOBUFS when the queue is full or cannot grow (over UDP, retransmission makes up for it).
 *
 * By a stream: over the connection that @to names, if it is still there; else over another one to
 * the same remote and name, or one that is opened now, which @to names from then on; not if it is
 * pinned, or its name is forgotten, then it is -ENOTCONN. Errors are also those of socket(); those
 * of connect() and after are told to handlers.failed.
 */
int tp_send(struct tp_flow *to, const void *buf, size_t len);

/*
 * Somebody is reached by @flow's connection: its end is told to handlers.closed, also when it has
 * come before, and it is kept as long as no more than @silence_ms (not 0; of several the longest)
 * pass without an octet from there. -ENOMEM, or as the mailbox of another shard has it: nothing
 * will be told.
 */
int tp_watch(const struct tp_flow *flow, uint32_t silence_ms);
/* Sends what is queued now. */
void tp_flush(struct transport *tp);

const struct tp_stats *tp_stats(const struct transport *tp);

#endif
