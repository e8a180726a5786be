// SPDX-License-Identifier: GPL-2.0-or-later
#include "sdp/sdp_common.h"

#include "sdp/sdp_line.h"

/* Of each line; more are not looked at. */
#define MAX_FORMATS 64

static bool is_codec(struct view name)
{
	return !view_ieq(name, VIEW_LIT("telephone-event")) && !view_ieq(name, VIEW_LIT("CN"));
}

static bool has(const struct sdp *sdp, const struct sdp_media *media, struct view name,
		uint32_t rate)
{
	struct view rest = media->formats, format, other;
	uint32_t other_rate;

	for (unsigned int i = 0; i < MAX_FORMATS && (format = sdp_word(&rest)).len; i++) {
		sdp_encoding(sdp, media, format, &other, &other_rate);
		if (rate == other_rate && view_ieq(name, other))
			return true;
	}
	return false;
}

static bool share_codec(const struct sdp *a, const struct sdp_media *in_a, const struct sdp *b,
			const struct sdp_media *in_b)
{
	struct view rest = in_a->formats, format, name;
	uint32_t rate;

	for (unsigned int i = 0; i < MAX_FORMATS && (format = sdp_word(&rest)).len; i++) {
		sdp_encoding(a, in_a, format, &name, &rate);
		if (is_codec(name) && has(b, in_b, name, rate))
			return true;
	}
	return false;
}

bool sdp_have_common(const struct sdp *a, const struct sdp *b)
{
	bool any = false;

	if (a->nmedia != b->nmedia)
		return false;
	for (unsigned int i = 0; i < a->nmedia; i++) {
		const struct sdp_media *in_a = &a->media[i], *in_b = &b->media[i];

		if (!view_ieq(in_a->type, in_b->type) || !view_ieq(in_a->proto, in_b->proto))
			return false;
		/* An answer can reject a line, but not accept one that was not offered. */
		if (!in_a->port != !in_b->port)
			return false;
		if (!in_a->port)
			continue;
		if (!share_codec(a, in_a, b, in_b))
			return false;
		any = true;
	}
	return any;
}
