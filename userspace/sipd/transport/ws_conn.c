// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/ws_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log_limit.h"
#include "transport/conn.h"
#include "transport/ws_frames.h"
#include "transport/ws_handshake.h"

#define GOING_AWAY 1001

struct ws_conn {
	struct ws_frames *frames; /* NULL: the request has not been answered */
	char *request;
	size_t len; /* of @request, which has room for all that is read of one */
};

/* --- messages --- */

/* RFC 5626 s.3.5.1, in frames: pages cannot send pings of WebSocket (RFC 7118 s.6). */
static bool is_ping(const char *buf, size_t len)
{
	return len == 4 && !memcmp(buf, "\r\n\r\n", 4);
}

static void on_message(void *arg, char *buf, size_t len)
{
	struct tp_conn *conn = arg;

	if (conn->state != CONN_OPEN)
		return;
	if (is_ping(buf, len))
		ws_conn_send(conn, "\r\n", 2);
	else
		conn_hand_on(conn, buf, len);
}

static int on_write(void *arg, const void *octets, size_t len)
{
	return conn_queue(arg, octets, len);
}

static const struct ws_frames_ops frames_ops = { .message = on_message, .write = on_write };

static void take_frames(struct tp_conn *conn, const char *buf, size_t len)
{
	struct ws_conn *ws = conn->ws;
	int err = ws_frames_feed(ws->frames, buf, len);

	if (conn->state != CONN_OPEN)
		return;
	if (err == -ESHUTDOWN)
		conn_linger(conn);
	else if (err)
		conn_doom(conn, err);
	else if (!ws_frames_pending(ws->frames))
		conn->partial_ms = 0;
	else if (!conn->partial_ms)
		conn_start_clock(conn);
}

/* --- the request --- */

static void refuse(struct tp_conn *conn, const struct ws_answer *answer)
{
	char text[TP_ADDR_STRLEN];

	log_info_limited("%s from %s is refused: %d, %s", tp_proto_name(conn->sl->listener.proto),
			 tp_addr_format(&conn->remote, text), answer->status, answer->why);
	conn_tp(conn)->stats.broken++;
	if (!conn_queue(conn, answer->text, answer->len))
		conn_linger(conn);
}

static void open_frames(struct tp_conn *conn, const struct ws_answer *answer)
{
	struct ws_conn *ws = conn->ws;
	char *request = ws->request;
	size_t len = ws->len;

	ws->frames = ws_frames_alloc(&frames_ops, conn);
	if (!ws->frames) {
		conn_doom(conn, -ENOMEM);
		return;
	}
	ws->request = NULL;
	conn_ready(conn);
	if (!conn_queue(conn, answer->text, answer->len) && len > answer->taken)
		take_frames(conn, request + answer->taken, len - answer->taken);
	free(request);
}

static void take_request(struct tp_conn *conn, const char *buf, size_t len)
{
	struct ws_conn *ws = conn->ws;
	struct ws_answer answer;
	char *request = realloc(ws->request, ws->len + len);

	if (!request) {
		conn_doom(conn, -ENOMEM);
		return;
	}
	memcpy(request + ws->len, buf, len);
	ws->request = request;
	ws->len += len;
	switch (ws_handshake(conn->sl->ws_policy, request, ws->len, &answer)) {
	case WS_MORE:
		break;
	case WS_OPEN:
		open_frames(conn, &answer);
		break;
	case WS_REFUSED:
		refuse(conn, &answer);
		break;
	}
}

/* --- */

int ws_conn_start(struct tp_conn *conn)
{
	conn->ws = calloc(1, sizeof(*conn->ws));
	return conn->ws ? 0 : -ENOMEM;
}

void ws_conn_input(struct tp_conn *conn, const char *buf, size_t len)
{
	if (conn->ws->frames)
		take_frames(conn, buf, len);
	else
		take_request(conn, buf, len);
}

int ws_conn_send(struct tp_conn *conn, const void *buf, size_t len)
{
	return conn->ws->frames ? ws_frames_send(conn->ws->frames, buf, len) : -ENOTCONN;
}

void ws_conn_leave(struct tp_conn *conn)
{
	if (conn->ws && conn->ws->frames)
		ws_frames_close(conn->ws->frames, GOING_AWAY);
}

void ws_conn_free(struct ws_conn *ws)
{
	if (!ws)
		return;
	ws_frames_free(ws->frames);
	free(ws->request);
	free(ws);
}
