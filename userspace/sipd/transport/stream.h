/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listeners of streams: they accept connections, and open them from their address. */
#ifndef SIPD_TRANSPORT_STREAM_H
#define SIPD_TRANSPORT_STREAM_H

#include "transport/internal.h"

struct stream_listener {
	struct tp_listener listener;
	struct loop_fd lfd;
	struct timer pause; /* nothing is accepted: there are no descriptors, or no memory */
	struct tp_tls *tls; /* of TLS; borrowed */
	const struct tp_ws_policy *ws_policy; /* of WebSocket; borrowed; NULL: any */
};

static inline struct stream_listener *stream_of(struct tp_listener *listener)
{
	return (void *)((char *)listener - offsetof(struct stream_listener, listener));
}

/* Binds and listens, but is in no list yet. 0 or negative errno. */
int stream_listen(struct transport *tp, const struct tp_addr *local, struct tp_listener **listener);
/* Its connections are closed before. */
void stream_close(struct stream_listener *sl);

/* Does nothing but its connection lead there? */
static inline bool stream_is_pinned(const struct tp_flow *to)
{
	return to->pinned || tp_is_ws(to->listener->proto);
}

/* tp_send() to a listener of a stream. */
int stream_send(struct tp_flow *to, const void *buf, size_t len);
/* A socket that is being connected to @remote from the listener's address, or negative errno. */
int stream_connect(const struct stream_listener *sl, const struct tp_addr *remote);

#endif
