// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading a session description (RFC 8866). */
#include <ctype.h>
#include <errno.h>

#include "sdp/sdp_line.h"

/* What the session level says for media that do not say it themselves. */
struct defaults {
	struct host address;
	enum sdp_direction direction;
};

/* Over UDP, each RTP packet a datagram: what a relay of RTP can carry. */
static const struct profile {
	const char *proto;
	bool dtls;
} profiles[] = {
	{ "RTP/AVP", false },	{ "RTP/AVPF", false },	      { "RTP/SAVP", false },
	{ "RTP/SAVPF", false }, { "UDP/TLS/RTP/SAVP", true }, { "UDP/TLS/RTP/SAVPF", true },
};

static int refuse(struct sdp_error *error, unsigned int index, const char *reason)
{
	error->line = index + 1;
	error->reason = reason;
	return -EBADMSG;
}

/* Takes the next line off @rest, without its end. */
static struct view next_line(struct view *rest)
{
	const char *end = memchr(rest->p, '\n', rest->len);
	struct view line = { rest->p, end ? (size_t)(end - rest->p) : rest->len };
	size_t taken = end ? line.len + 1 : line.len;

	rest->p += taken;
	rest->len -= taken;
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}

static struct view without_empty_end(struct view text)
{
	while (text.len && (text.p[text.len - 1] == '\n' || text.p[text.len - 1] == '\r'))
		text.len--;
	return text;
}

static int split(struct sdp *sdp, struct view text, struct sdp_error *error)
{
	struct view rest = without_empty_end(text);

	sdp->text = text;
	sdp->nlines = 0;
	while (rest.len) {
		struct view line = next_line(&rest);

		if (sdp->nlines == SDP_MAX_LINES)
			return refuse(error, sdp->nlines, "too many lines");
		if (line.len < 2 || line.p[1] != '=' || !isalpha((unsigned char)line.p[0]))
			return refuse(error, sdp->nlines, "not of the form <letter>=<value>");
		if (memchr(line.p, '\0', line.len) || memchr(line.p, '\r', line.len))
			return refuse(error, sdp->nlines, "NUL or CR inside a line");
		sdp->lines[sdp->nlines++] = (struct sdp_line){
			.type = line.p[0],
			.value = { line.p + 2, line.len - 2 },
		};
	}
	return 0;
}

/* The last word of @rest, taken off it. */
static struct view last_word(struct view *rest)
{
	struct view word;

	*rest = view_trim(*rest);
	word = (struct view){ rest->p + rest->len, 0 };
	while (rest->len && word.p[-1] != ' ' && word.p[-1] != '\t') {
		word.p--;
		word.len++;
		rest->len--;
	}
	return word;
}

/* Read from its end: user names with spaces are seen, though they may not be. */
static int read_origin(struct sdp *sdp, unsigned int index, struct sdp_error *error)
{
	struct view rest = sdp->lines[index].value;
	struct view address = last_word(&rest);

	last_word(&rest); /* address type */
	last_word(&rest); /* network type */
	sdp->origin = index;
	sdp->origin_version = last_word(&rest);
	sdp->origin_id = last_word(&rest);
	sdp->origin_user = view_trim(rest);
	if (!address.len || !sdp->origin_user.len)
		return refuse(error, index, "o= has fewer than six fields");
	return 0;
}

static bool read_direction(struct view name, enum sdp_direction *direction)
{
	static const char *const names[] = {
		[SDP_SENDRECV] = "sendrecv",
		[SDP_SENDONLY] = "sendonly",
		[SDP_RECVONLY] = "recvonly",
		[SDP_INACTIVE] = "inactive",
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (view_ieq(name, view_str(names[i]))) {
			*direction = i;
			return true;
		}
	}
	return false;
}

static int read_session(struct sdp *sdp, struct defaults *defaults, struct sdp_error *error)
{
	bool has_origin = false, has_connection = false;
	struct view name, value;
	unsigned int i;

	if (!sdp->nlines || sdp->lines[0].type != 'v' ||
	    !view_eq(view_trim(sdp->lines[0].value), VIEW_LIT("0")))
		return refuse(error, 0, "the first line is not v=0");
	for (i = 1; i < sdp->nlines && sdp->lines[i].type != 'm'; i++) {
		const struct sdp_line *line = &sdp->lines[i];

		if (line->type == 'o') {
			if (has_origin)
				return refuse(error, i, "more than one o= line");
			has_origin = true;
			if (read_origin(sdp, i, error))
				return -EBADMSG;
		} else if (line->type == 'c') {
			struct host address;

			if (!sdp_connection(line->value, &address))
				return refuse(error, i, "c= has fewer than three fields");
			if (!has_connection) {
				has_connection = true;
				defaults->address = address;
			}
		} else if (sdp_attribute(line, &name, &value)) {
			read_direction(name, &defaults->direction);
		}
	}
	return has_origin ? 0 : refuse(error, i, "no o= line before the first m= line");
}

static bool visible(struct view v)
{
	for (size_t i = 0; i < v.len; i++)
		if ((v.p[i] < '!' || v.p[i] > '~') && v.p[i] != ' ')
			return false;
	return v.len;
}

/* "49170", or "49170/2" */
static bool read_port(struct view word, struct sdp_media *media)
{
	const char *slash = memchr(word.p, '/', word.len);
	struct view port = { word.p, slash ? (size_t)(slash - word.p) : word.len };
	uint32_t number, count = 1;

	if (slash &&
	    view_to_u32((struct view){ slash + 1, word.len - port.len - 1 }, UINT16_MAX, &count))
		return false;
	if (view_to_u32(port, UINT16_MAX, &number) || !count)
		return false;
	media->port = number;
	media->port_count = count;
	return true;
}

static const char *read_media_line(struct sdp_media *media, struct view rest)
{
	struct view port;

	media->type = sdp_word(&rest);
	port = sdp_word(&rest);
	media->proto = sdp_word(&rest);
	media->formats = view_trim(rest);
	if (!media->formats.len)
		return "m= has fewer than four fields";
	if (!visible(media->type) || !visible(media->proto) || !visible(media->formats))
		return "m= has other than visible characters";
	if (!read_port(port, media))
		return "the port of m= is not a number of 0 to 65535";
	for (unsigned int i = 0; i < sizeof(profiles) / sizeof(*profiles); i++) {
		if (view_ieq(media->proto, view_str(profiles[i].proto))) {
			media->is_rtp = true;
			media->is_dtls = profiles[i].dtls;
		}
	}
	media->is_udptl = view_ieq(media->proto, VIEW_LIT("udptl"));
	return NULL;
}

/* RFC 3605: "53020", or "53020 IN IP6 2001:db8::1". What cannot be understood is not there. */
static void read_rtcp(struct view value, struct sdp_media *media)
{
	uint32_t port;
	struct host address;

	if (view_to_u32(sdp_word(&value), UINT16_MAX, &port))
		return;
	media->rtcp_port = port;
	if (sdp_connection(value, &address) && address.family)
		media->rtcp_address = address;
}

static int read_connections(struct sdp *sdp, struct sdp_media *media, struct sdp_error *error)
{
	bool seen = false;

	for (unsigned int i = media->first + 1; i < media->first + media->count; i++) {
		struct host address;

		if (sdp->lines[i].type != 'c')
			continue;
		if (!sdp_connection(sdp->lines[i].value, &address))
			return refuse(error, i, "c= has fewer than three fields");
		if (!seen) {
			seen = true;
			media->address = address;
		}
	}
	return 0;
}

static void read_attributes(struct sdp *sdp, struct sdp_media *media)
{
	struct view name, value, formats = media->formats;

	media->has_address = media->address.family;
	media->rtcp_address = media->address;
	media->rtcp_port = media->port && media->port < UINT16_MAX ? media->port + 1 : 0;
	for (unsigned int i = media->first + 1; i < media->first + media->count; i++) {
		if (!sdp_attribute(&sdp->lines[i], &name, &value))
			continue;
		if (view_ieq(name, VIEW_LIT("rtcp")))
			read_rtcp(value, media);
		else if (view_ieq(name, VIEW_LIT("rtcp-mux")))
			media->rtcp_mux = true;
		else
			read_direction(name, &media->direction);
	}
	media->held = media->direction == SDP_SENDONLY || media->direction == SDP_INACTIVE ||
		      (media->has_address && !host_is_set(&media->address));
	sdp_encoding(sdp, media, sdp_word(&formats), &media->codec, &media->clock_rate);
}

static int read_media(struct sdp *sdp, unsigned int first, const struct defaults *defaults,
		      struct sdp_error *error)
{
	struct sdp_media *media;
	const char *reason;

	if (sdp->nmedia == SDP_MAX_MEDIA)
		return refuse(error, first, "too many m= lines");
	media = &sdp->media[sdp->nmedia];
	*media = (struct sdp_media){
		.first = first,
		.count = 1,
		.address = defaults->address,
		.direction = defaults->direction,
	};
	while (first + media->count < sdp->nlines && sdp->lines[first + media->count].type != 'm') {
		if (sdp->lines[first + media->count].type == 'o')
			return refuse(error, first + media->count, "o= after the first m= line");
		media->count++;
	}
	reason = read_media_line(media, sdp->lines[first].value);
	if (reason)
		return refuse(error, first, reason);
	if (read_connections(sdp, media, error))
		return -EBADMSG;
	read_attributes(sdp, media);
	sdp->nmedia++;
	return 0;
}

int sdp_parse(struct sdp *sdp, struct view text, struct sdp_error *error)
{
	struct defaults defaults = { .direction = SDP_SENDRECV };
	int err;

	sdp->nmedia = 0;
	err = split(sdp, text, error);
	if (!err)
		err = read_session(sdp, &defaults, error);
	for (unsigned int i = 0; !err && i < sdp->nlines; i++)
		if (sdp->lines[i].type == 'm')
			err = read_media(sdp, i, &defaults, error);
	return err;
}
