/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of a WebSocket, of the server's side (RFC 6455 s.5, s.7), by wslay: octets in, messages
 * out, and the other way. Knows no sockets.
 */
#ifndef SIPD_TRANSPORT_WS_FRAMES_H
#define SIPD_TRANSPORT_WS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ws_frames;

/* A message comes in so many frames at most, those of control between them counted. */
#define WS_MAX_FRAMES 128

struct ws_frames_ops {
	/* A whole message; @buf is writable and has a spare octet behind @len. */
	void (*message)(void *arg, char *buf, size_t len);
	/* Octets for the peer. 0, or what ends the connection. */
	int (*write)(void *arg, const void *octets, size_t len);
};

/* @ops is borrowed. NULL without memory. */
struct ws_frames *ws_frames_alloc(const struct ws_frames_ops *ops, void *arg);
/* Not within ops. NULL is fine. */
void ws_frames_free(struct ws_frames *frames);

/*
 * What has come. 0; -ESHUTDOWN: the last thing has been said, what follows is for nobody; another
 * negative errno: it is broken. Within ops->message ws_frames_send() and _end() may be called.
 */
int ws_frames_feed(struct ws_frames *frames, const char *p, size_t len);
/* Has a message begun that is not whole yet? */
bool ws_frames_pending(const struct ws_frames *frames);
/* As text if it is UTF-8, else as octets (RFC 7118 s.5). 0 or negative errno. */
int ws_frames_send(struct ws_frames *frames, const void *buf, size_t len);
/* Says goodbye with @code (RFC 6455 s.7.4.1), and nothing afterwards. */
void ws_frames_close(struct ws_frames *frames, uint16_t code);

#endif
