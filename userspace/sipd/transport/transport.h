/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that carry SIP: listeners, and flows between a listener and a peer. Batches in
 * (recvmmsg), batches out (sendmmsg at the end of a loop's turn). Knows no SIP beyond "here is a
 * datagram".
 */
#ifndef SIPD_TRANSPORT_TRANSPORT_H
#define SIPD_TRANSPORT_TRANSPORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/view.h"

enum tp_proto { TP_UDP };

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

struct tp_listener {
	struct transport *tp;
	unsigned int index; /* of the transport's, in the order of tp_listen() */
	enum tp_proto proto;
	struct tp_addr local;
	char host[TP_ADDR_STRLEN]; /* of local, as tp_addr_host() writes it */
	/* Host that Via shows; NULL: that of @local. Borrowed, set by the user. */
	const char *advertise;
	void *user; /* the realm */
};

/* Where a message came from, or goes to. A value: copied freely, lives as long as its listener. */
struct tp_flow {
	struct tp_listener *listener;
	struct tp_addr remote;
};

struct tp_stats {
	uint64_t rx;
	uint64_t tx;
	uint64_t tx_failed; /* refused by the kernel, or the queue was full */
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
uint16_t tp_addr_port(const struct tp_addr *addr);
void tp_addr_set_port(struct tp_addr *addr, uint16_t port);
bool tp_addr_eq(const struct tp_addr *a, const struct tp_addr *b);
socklen_t tp_addr_len(const struct tp_addr *addr);
const char *tp_proto_name(enum tp_proto proto); /* "UDP" as in Via */

/*
 * A datagram arrived. @buf is writable, has a spare byte behind @len, and is valid until the
 * callback returns.
 */
typedef void (*tp_recv_cb)(void *arg, const struct tp_flow *from, char *buf, size_t len);

int tp_alloc(struct transport **tp, struct loop *loop, tp_recv_cb recv, void *arg);
/* Closes every listener. */
void tp_free(struct transport *tp);

/*
 * The transport is that of shard @index of @count, which listen on the same addresses; to be told
 * before tp_listen(). An address must be listened on by shard 0 first, and then in order: the
 * kernel counts the sockets that way.
 */
void tp_share(struct transport *tp, unsigned int index, unsigned int count);
/* Binds and starts to receive. Errors are those of socket() and bind(). */
int tp_listen(struct transport *tp, enum tp_proto proto, const struct tp_addr *local, void *user,
	      struct tp_listener **listener);

/* NULL beyond the last one. */
struct tp_listener *tp_listener_at(const struct transport *tp, unsigned int index);

#define TP_MAX_DATAGRAM 65507

/*
 * Queues a copy of the message for the end of the turn. 0, -EMSGSIZE above TP_MAX_DATAGRAM octets,
 * -ENOBUFS when the queue is full or cannot grow (retransmission makes up for it).
 */
int tp_send(const struct tp_flow *to, const void *buf, size_t len);
/* Sends what is queued now. */
void tp_flush(struct transport *tp);

const struct tp_stats *tp_stats(const struct transport *tp);

#endif
