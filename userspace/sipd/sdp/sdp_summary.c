// SPDX-License-Identifier: GPL-2.0-or-later
/* A session description in one line, for people. */
#include <stdarg.h>
#include <stdio.h>

#include "sdp/sdp_line.h"

struct out {
	char *buf;
	size_t cap, len;
};

/* Appends as much as fits. */
static __attribute__((format(printf, 2, 3))) void put(struct out *out, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out->buf + out->len, out->cap - out->len, format, args);
	va_end(args);
	if (len > 0)
		out->len += len;
	if (out->len >= out->cap)
		out->len = out->cap - 1;
}

static void put_media(struct out *out, const struct sdp *sdp, const struct sdp_media *media)
{
	static const char *const directions[] = {
		[SDP_SENDRECV] = "sendrecv",
		[SDP_SENDONLY] = "sendonly",
		[SDP_RECVONLY] = "recvonly",
		[SDP_INACTIVE] = "inactive",
	};
	struct view rest = media->formats, format, name;
	const char *separator = " ";
	uint32_t clock_rate;

	put(out, "%.*s", VIEW_ARG(media->type));
	if (!media->port) {
		put(out, " rejected");
		return;
	}
	while ((format = sdp_word(&rest)).len) {
		sdp_encoding(sdp, media, format, &name, &clock_rate);
		put(out, "%s%.*s", separator, VIEW_ARG(name));
		separator = ",";
	}
	put(out, " %s", directions[media->direction]);
	if (media->has_address && !media->address.s_addr)
		put(out, " to 0.0.0.0");
}

const char *sdp_summary(const struct sdp *sdp, char *buf, size_t cap)
{
	struct out out = { .buf = buf, .cap = cap };

	buf[0] = '\0';
	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		if (i)
			put(&out, "; ");
		put_media(&out, sdp, &sdp->media[i]);
	}
	return buf;
}
