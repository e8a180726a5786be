// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/ws_frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wslay/wslay.h>

#include "octets.h"
#include "transport/transport.h"

#define FIRST_SIZE 2048

struct ws_frames {
	wslay_event_context_ptr ctx;
	const struct ws_frames_ops *ops;
	void *arg;
	const char *in; /* what is being fed */
	size_t in_len;
	unsigned int count; /* frames since a message began */
	bool pending; /* a message has begun */
	bool control; /* the present frame is one of control, whose payload is wslay's own */
	char *message;
	size_t len, size; /* of @message; one octet more is to spare */
	int error; /* of ops->write */
	/* Where in a frame the octets end that have come: wslay tells of it when a payload does. */
	uint8_t head[14];
	unsigned int head_len;
	uint64_t left; /* of its payload */
	bool oversize;
};

/* --- of wslay --------------------------------------------------------------------------------- */

static ssize_t on_recv(wslay_event_context_ptr ctx, uint8_t *buf, size_t len, int flags, void *arg)
{
	struct ws_frames *frames = arg;

	(void)flags;
	if (!frames->in_len) {
		wslay_event_set_error(ctx, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	if (len > frames->in_len)
		len = frames->in_len;
	memcpy(buf, frames->in, len);
	frames->in += len;
	frames->in_len -= len;
	return (ssize_t)len;
}

static ssize_t on_send(wslay_event_context_ptr ctx, const uint8_t *data, size_t len, int flags,
		       void *arg)
{
	struct ws_frames *frames = arg;

	(void)flags;
	frames->error = frames->ops->write(frames->arg, data, len);
	if (!frames->error)
		return (ssize_t)len;
	wslay_event_set_error(ctx, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static void end(struct ws_frames *frames, uint16_t code)
{
	wslay_event_queue_close(frames->ctx, code, NULL, 0);
	wslay_event_shutdown_read(frames->ctx);
}

static void on_frame(wslay_event_context_ptr ctx,
		     const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
	struct ws_frames *frames = arg;

	(void)ctx;
	frames->control = wslay_is_ctrl_frame(frame->opcode);
	frames->pending |= !frames->control;
	/* Empty ones would go on for ever; pings between messages may. */
	if (frames->pending && ++frames->count > WS_MAX_FRAMES)
		end(frames, WSLAY_CODE_POLICY_VIOLATION);
}

static int grow(struct ws_frames *frames, size_t more)
{
	size_t size = frames->size ? frames->size : FIRST_SIZE;
	char *message;

	while (size < frames->len + more)
		size *= 2;
	if (size == frames->size)
		return 0;
	message = realloc(frames->message, size + 1);
	if (!message)
		return -ENOMEM;
	frames->message = message;
	frames->size = size;
	return 0;
}

static void on_chunk(wslay_event_context_ptr ctx,
		     const struct wslay_event_on_frame_recv_chunk_arg *chunk, void *arg)
{
	struct ws_frames *frames = arg;

	(void)ctx;
	if (frames->control || !chunk->data_length)
		return;
	if (frames->len + chunk->data_length > TP_MAX_MESSAGE) {
		end(frames, WSLAY_CODE_MESSAGE_TOO_BIG);
	} else if (grow(frames, chunk->data_length)) {
		end(frames, WSLAY_CODE_INTERNAL_SERVER_ERROR);
	} else {
		memcpy(frames->message + frames->len, chunk->data, chunk->data_length);
		frames->len += chunk->data_length;
	}
}

static void forget_message(struct ws_frames *frames)
{
	free(frames->message);
	frames->message = NULL;
	frames->len = frames->size = 0;
	frames->count = 0;
	frames->pending = false;
}

static void on_message(wslay_event_context_ptr ctx,
		       const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
	struct ws_frames *frames = arg;

	if (wslay_is_ctrl_frame(message->opcode))
		return;
	if (frames->len && wslay_event_get_read_enabled(ctx))
		frames->ops->message(frames->arg, frames->message, frames->len);
	forget_message(frames);
}

/* --- */

struct ws_frames *ws_frames_alloc(const struct ws_frames_ops *ops, void *arg)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_recv,
		.send_callback = on_send,
		.on_frame_recv_start_callback = on_frame,
		.on_frame_recv_chunk_callback = on_chunk,
		.on_msg_recv_callback = on_message,
	};
	struct ws_frames *frames = calloc(1, sizeof(*frames));

	if (!frames)
		return NULL;
	frames->ops = ops;
	frames->arg = arg;
	if (wslay_event_context_server_init(&frames->ctx, &callbacks, frames)) {
		free(frames);
		return NULL;
	}
	wslay_event_config_set_no_buffering(frames->ctx, 1);
	wslay_event_config_set_max_recv_msg_length(frames->ctx, TP_MAX_MESSAGE);
	return frames;
}

void ws_frames_free(struct ws_frames *frames)
{
	if (!frames)
		return;
	wslay_event_context_free(frames->ctx);
	free(frames->message);
	free(frames);
}

static int flush(struct ws_frames *frames)
{
	if (frames->error || !wslay_event_want_write(frames->ctx))
		return frames->error;
	if (wslay_event_send(frames->ctx))
		return frames->error ? frames->error : -EPIPE;
	return 0;
}

/* --- */

static unsigned int head_size(const uint8_t *head)
{
	unsigned int length = head[1] & 0x7f;

	return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (head[1] & 0x80 ? 4 : 0);
}

static uint64_t payload_size(const uint8_t *head)
{
	unsigned int length = head[1] & 0x7f;

	if (length < 126)
		return length;
	if (length == 126)
		return octets_get16(head + 2);
	return (uint64_t)octets_get32(head + 2) << 32 | octets_get32(head + 6);
}

static void follow(struct ws_frames *frames, const char *p, size_t len)
{
	while (len) {
		size_t taken = frames->left < len ? (size_t)frames->left : len;

		if (!frames->left) {
			frames->head[frames->head_len++] = (uint8_t)*p;
			taken = 1;
		} else {
			frames->left -= taken;
		}
		p += taken;
		len -= taken;
		if (frames->head_len < 2 || frames->head_len < head_size(frames->head))
			continue;
		frames->left = payload_size(frames->head);
		frames->oversize |= frames->left > TP_MAX_MESSAGE;
		frames->head_len = 0;
	}
}

/* What wslay would say of a frame that is malformed has no code. */
static int fail(struct ws_frames *frames)
{
	static const uint8_t goodbye[] = { 0x88, 2, WSLAY_CODE_PROTOCOL_ERROR >> 8,
					   WSLAY_CODE_PROTOCOL_ERROR & 0xff };

	frames->error = frames->ops->write(frames->arg, goodbye, sizeof(goodbye));
	return frames->error ? frames->error : -ESHUTDOWN;
}

int ws_frames_feed(struct ws_frames *frames, const char *p, size_t len)
{
	int err;

	follow(frames, p, len);
	frames->in = p;
	frames->in_len = len;
	if (wslay_event_recv(frames->ctx))
		return fail(frames);
	if (frames->oversize && wslay_event_get_read_enabled(frames->ctx))
		end(frames, WSLAY_CODE_MESSAGE_TOO_BIG);
	err = flush(frames);
	if (err)
		return err;
	return wslay_event_want_read(frames->ctx) && !wslay_event_get_close_sent(frames->ctx) ?
		       0 :
		       -ESHUTDOWN;
}

bool ws_frames_pending(const struct ws_frames *frames)
{
	return frames->pending || frames->head_len || frames->left;
}

/* Octets of the character at @p, of @len octets; 0: it is none of UTF-8 (RFC 3629 s.4). */
static size_t utf8_len(const uint8_t *p, size_t len)
{
	size_t size = *p < 0x80 ? 1 :
		      *p < 0xc2 ? 0 :
		      *p < 0xe0 ? 2 :
		      *p < 0xf0 ? 3 :
		      *p < 0xf5 ? 4 :
				  0;

	if (!size || size > len)
		return 0;
	for (size_t i = 1; i < size; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) ||
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return size;
}

static bool is_utf8(const uint8_t *p, size_t len)
{
	size_t size;

	for (; len; p += size, len -= size) {
		size = utf8_len(p, len);
		if (!size)
			return false;
	}
	return true;
}

int ws_frames_send(struct ws_frames *frames, const void *buf, size_t len)
{
	const struct wslay_event_msg message = {
		.opcode = is_utf8(buf, len) ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME,
		.msg = buf,
		.msg_length = len,
	};

	switch (wslay_event_queue_msg(frames->ctx, &message)) {
	case 0:
		return flush(frames);
	case WSLAY_ERR_NOMEM:
		return -ENOMEM;
	default:
		return -ENOTCONN;
	}
}

void ws_frames_close(struct ws_frames *frames, uint16_t code)
{
	end(frames, code);
	flush(frames);
}
