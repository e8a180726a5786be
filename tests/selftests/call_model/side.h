/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A side of sipd, where all callers or all callees are: their network namespace and sockets. */
#ifndef CALL_MODEL_SIDE_H
#define CALL_MODEL_SIDE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct side {
	char own[64], peer[64]; /* address and port, its own and sipd's */
	char host[32]; /* its own address */
	int fd; /* of its SIP */
	int netns;
	struct sockaddr_in own_addr, peer_addr;
};

/* All exit when they cannot. */
void side_open(struct side *side, const char *netns, const char *own, const char *peer);
/* A socket for media, bound to that port. */
int side_socket(const struct side *side, uint16_t port);
void side_send(const struct side *side, const void *data, size_t len);
struct sockaddr_in side_address(const char *host, uint16_t port);

#endif
