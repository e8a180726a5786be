// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "side.h"

/* Of messages that wait for being read. */
#define RECEIVE_BUFFER (8 << 20)

struct sockaddr_in side_address(const char *host, uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		errx(2, "%s is not an IPv4 address", host);
	return address;
}

/* "192.0.2.1:5060" */
static struct sockaddr_in parse(const char *text, char host[32])
{
	const char *colon = strchr(text, ':');

	if (!colon)
		errx(2, "%s has no port", text);
	snprintf(host, 32, "%.*s", (int)(colon - text), text);
	return side_address(host, (uint16_t)strtoul(colon + 1, NULL, 10));
}

static int bound_socket(const struct side *side, const struct sockaddr_in *address)
{
	int fd;

	if (setns(side->netns, CLONE_NEWNET))
		err(2, "setns");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof(*address)))
		err(2, "socket of port %u", ntohs(address->sin_port));
	return fd;
}

void side_open(struct side *side, const char *netns, const char *own, const char *peer)
{
	int size = RECEIVE_BUFFER;
	char path[128], host[32];

	snprintf(path, sizeof(path), strcmp(netns, "-") ? "/run/netns/%s" : "/proc/self/ns/net",
		 netns);
	side->netns = open(path, O_RDONLY | O_CLOEXEC);
	if (side->netns < 0)
		err(2, "%s", path);
	snprintf(side->own, sizeof(side->own), "%s", own);
	snprintf(side->peer, sizeof(side->peer), "%s", peer);
	side->own_addr = parse(own, side->host);
	side->peer_addr = parse(peer, host);
	side->fd = bound_socket(side, &side->own_addr);
	setsockopt(side->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
}

int side_socket(const struct side *side, uint16_t port)
{
	struct sockaddr_in address = side->own_addr;

	address.sin_port = htons(port);
	return bound_socket(side, &address);
}

void side_send(const struct side *side, const void *data, size_t len)
{
	/* What cannot be sent is lost as on any network. */
	sendto(side->fd, data, len, 0, (const struct sockaddr *)&side->peer_addr,
	       sizeof(side->peer_addr));
}
