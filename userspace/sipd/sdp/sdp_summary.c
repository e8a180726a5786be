// SPDX-License-Identifier: GPL-2.0-or-later
/* A session description in one line, for people. */
#include "sdp/sdp_line.h"

struct out {
	char *buf;
	size_t cap, len;
};

/* Appends as much as fits. */
static void put(struct out *out, struct view text)
{
	size_t room = out->cap - 1 - out->len;
	size_t len = text.len < room ? text.len : room;

	memcpy(out->buf + out->len, text.p, len);
	out->len += len;
	out->buf[out->len] = '\0';
}

static void put_media(struct out *out, const struct sdp *sdp, const struct sdp_media *media)
{
	static const struct view directions[] = {
		[SDP_SENDRECV] = VIEW_LIT(" sendrecv"),
		[SDP_SENDONLY] = VIEW_LIT(" sendonly"),
		[SDP_RECVONLY] = VIEW_LIT(" recvonly"),
		[SDP_INACTIVE] = VIEW_LIT(" inactive"),
	};
	struct view rest = media->formats, format, name;
	struct view separator = VIEW_LIT(" ");
	uint32_t clock_rate;

	put(out, media->type);
	if (!media->port) {
		put(out, VIEW_LIT(" rejected"));
		return;
	}
	while ((format = sdp_word(&rest)).len) {
		sdp_encoding(sdp, media, format, &name, &clock_rate);
		put(out, separator);
		put(out, name);
		separator = VIEW_LIT(",");
	}
	put(out, directions[media->direction]);
	if (media->has_address && !host_is_set(&media->address))
		put(out, media->address.family == AF_INET6 ? VIEW_LIT(" to ::") :
							     VIEW_LIT(" to 0.0.0.0"));
}

const char *sdp_summary(const struct sdp *sdp, char *buf, size_t cap)
{
	struct out out = { .buf = buf, .cap = cap };

	buf[0] = '\0';
	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		if (i)
			put(&out, VIEW_LIT("; "));
		put_media(&out, sdp, &sdp->media[i]);
	}
	return buf;
}
