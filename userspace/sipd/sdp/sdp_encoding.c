// SPDX-License-Identifier: GPL-2.0-or-later
/* What a payload type means: a=rtpmap (RFC 8866 s.6.6), or the static table of RFC 3551 s.6. */
#include "sdp/sdp_line.h"

static const struct encoding {
	const char *name;
	uint32_t clock_rate;
} assigned[] = {
	[0] = { "PCMU", 8000 },	  [3] = { "GSM", 8000 },    [4] = { "G723", 8000 },
	[5] = { "DVI4", 8000 },	  [6] = { "DVI4", 16000 },  [7] = { "LPC", 8000 },
	[8] = { "PCMA", 8000 },	  [9] = { "G722", 8000 },   [10] = { "L16", 44100 },
	[11] = { "L16", 44100 },  [12] = { "QCELP", 8000 }, [13] = { "CN", 8000 },
	[14] = { "MPA", 90000 },  [15] = { "G728", 8000 },  [16] = { "DVI4", 11025 },
	[17] = { "DVI4", 22050 }, [18] = { "G729", 8000 },  [25] = { "CelB", 90000 },
	[26] = { "JPEG", 90000 }, [28] = { "nv", 90000 },   [31] = { "H261", 90000 },
	[32] = { "MPV", 90000 },  [33] = { "MP2T", 90000 }, [34] = { "H263", 90000 },
};

static bool is_token(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if (v.p[i] <= ' ' || v.p[i] > '~')
			return false;
	return v.len;
}

/* "0 PCMU/8000" or "96 opus/48000/2" */
static bool read_rtpmap(struct view rest, struct view format, struct view *name, uint32_t *rate)
{
	struct view number;
	const char *slash, *end;

	if (!view_eq(sdp_word(&rest), format))
		return false;
	rest = view_trim(rest);
	slash = rest.len ? memchr(rest.p, '/', rest.len) : NULL;
	if (!slash)
		return false;
	*name = (struct view){ rest.p, slash - rest.p };
	number = (struct view){ slash + 1, rest.len - name->len - 1 };
	end = number.len ? memchr(number.p, '/', number.len) : NULL;
	if (end)
		number.len = end - number.p;
	return is_token(*name) && !view_to_u32(number, UINT32_MAX, rate);
}

void sdp_encoding(const struct sdp *sdp, const struct sdp_media *media, struct view format,
		  struct view *name, uint32_t *clock_rate)
{
	struct view attribute, value;
	uint32_t type;

	for (unsigned int i = 1; i < media->count; i++) {
		if (sdp_attribute(&sdp->lines[media->first + i], &attribute, &value) &&
		    view_ieq(attribute, VIEW_LIT("rtpmap")) &&
		    read_rtpmap(value, format, name, clock_rate))
			return;
	}
	if (media->is_rtp &&
	    !view_to_u32(format, sizeof(assigned) / sizeof(*assigned) - 1, &type) &&
	    assigned[type].name) {
		*name = view_str(assigned[type].name);
		*clock_rate = assigned[type].clock_rate;
		return;
	}
	*name = format;
	*clock_rate = 0;
}

/* Is @type one of the formats that the m= line offers? */
static bool is_offered(const struct sdp_media *media, struct view type)
{
	struct view rest = media->formats, word;

	while ((word = sdp_word(&rest)).len)
		if (view_eq(word, type))
			return true;
	return false;
}

uint8_t sdp_event_type(const struct sdp *sdp, const struct sdp_media *media)
{
	struct view attribute, value, rest, type, name;
	uint8_t found = SDP_NO_EVENTS;
	uint32_t rate, number;

	for (unsigned int i = 1; i < media->count; i++) {
		if (!sdp_attribute(&sdp->lines[media->first + i], &attribute, &value) ||
		    !view_ieq(attribute, VIEW_LIT("rtpmap")))
			continue;
		rest = value;
		type = sdp_word(&rest);
		if (!read_rtpmap(value, type, &name, &rate) ||
		    !view_ieq(name, VIEW_LIT("telephone-event")) ||
		    view_to_u32(type, 127, &number) || !is_offered(media, type))
			continue;
		if (rate == media->clock_rate)
			return (uint8_t)number;
		if (found == SDP_NO_EVENTS)
			found = (uint8_t)number;
	}
	return found;
}
