/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages as a capture file: pcap with nanoseconds, IP from the first octet on. The headers below
 * SIP are made up, as sipd never sees them: addresses and ports are right, checksums fit, and what
 * came over a stream is one TCP connection for each pair of addresses, segment by segment.
 */
#ifndef SIPCTL_CAPTURE_H
#define SIPCTL_CAPTURE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct capture;

union capture_address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct capture_message {
	uint64_t time_ns; /* since 1970 */
	bool stream; /* TCP, TLS or WebSocket: without what encrypts or frames it */
	union capture_address from, to; /* of one family */
	const char *octets;
	size_t len;
};

/* "-": standard output. The file can be read by its owner only. NULL and errno. */
struct capture *capture_open(const char *path);
/* 0 or -ENOMEM. */
int capture_write(struct capture *capture, const struct capture_message *message);
/* 0 or -errno when not all could be written. */
int capture_close(struct capture *capture);

#endif /* SIPCTL_CAPTURE_H */
