/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One address for the sockets of several shards. They form a SO_REUSEPORT group in the order in
 * which they are bound, that of the shards. A program picks the socket by the packet's mark, where
 * the module has put the worker that the Call-ID belongs to; what it has not marked goes where the
 * kernel's hash of the addresses says.
 */
#ifndef SIPD_TRANSPORT_SHARE_H
#define SIPD_TRANSPORT_SHARE_H

#include "transport/transport.h"

struct tp_share {
	unsigned int index, count; /* which shard, of how many */
};

/*
 * Binds @fd to @local, alone or as one of a group. 0 or negative errno; -EADDRINUSE too when the
 * address has a foreign socket that would share it.
 */
int share_bind(int fd, const struct tp_addr *local, const struct tp_share *share);
/* The same for a socket that is to listen, without the program: connections carry no mark. */
int share_bind_stream(int fd, const struct tp_addr *local, const struct tp_share *share);

#endif
