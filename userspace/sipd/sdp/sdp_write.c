// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing a session description that was read, with what a relay must change. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "sdp/sdp_line.h"

/* What stands behind IN, "IP6 2001:db8::1". */
struct place {
	char here[4 + HOST_STRLEN];
	const char *nowhere; /* of the same family: hold */
};

struct out {
	char *buf;
	size_t cap, len;
	bool full;
};

static __attribute__((format(printf, 2, 3))) void put_line(struct out *out, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out->buf + out->len, out->cap - out->len, format, args);
	va_end(args);
	if (len < 0 || (size_t)len + 2 > out->cap - out->len) {
		out->full = true;
		return;
	}
	out->len += len;
	memcpy(out->buf + out->len, "\r\n", 2);
	out->len += 2;
}

static void put_same(struct out *out, const struct sdp_line *line)
{
	size_t len = line->value.len + 4;

	if (len > out->cap - out->len) {
		out->full = true;
		return;
	}
	out->buf[out->len] = line->type;
	out->buf[out->len + 1] = '=';
	memcpy(out->buf + out->len + 2, line->value.p, line->value.len);
	memcpy(out->buf + out->len + len - 2, "\r\n", 2);
	out->len += len;
}

/*
 * Names addresses that media will not have: ICE (RFC 8839), source filters (RFC 4570), MSRP (RFC
 * 4975), another family (RFC 6947); or the sender's equipment.
 */
static bool is_hidden_attribute(struct view attribute)
{
	static const struct view hidden[] = {
		VIEW_LIT("candidate"),
		VIEW_LIT("remote-candidates"),
		VIEW_LIT("end-of-candidates"),
		VIEW_LIT("source-filter"),
		VIEW_LIT("path"),
		VIEW_LIT("altc"),
		VIEW_LIT("tool"),
	};
	static const struct view ice = VIEW_LIT("ice-");

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (view_ieq(attribute, hidden[i]))
			return true;
	return attribute.len > ice.len && !strncasecmp(attribute.p, ice.p, ice.len);
}

/* i=, u=, e= and p= are about the sender, too. */
static bool is_hidden(const struct sdp_line *line)
{
	struct view name, value;

	if (strchr("iuep", line->type))
		return true;
	return sdp_attribute(line, &name, &value) && is_hidden_attribute(name);
}

static void put_connection(struct out *out, const struct sdp_line *line, const struct place *place)
{
	struct host was;
	bool hold = sdp_connection(line->value, &was) && was.family && !host_is_set(&was);

	put_line(out, "c=IN %s", hold ? place->nowhere : place->here);
}

static void put_rtcp(struct out *out, const struct sdp_media_edit *edit, bool with_address,
		     const struct place *place)
{
	unsigned int port = edit->rtcp_port ? edit->rtcp_port : edit->port + 1u;

	if (with_address)
		put_line(out, "a=rtcp:%u IN %s", port, place->here);
	else
		put_line(out, "a=rtcp:%u", port);
}

static void put_session(struct out *out, const struct sdp *sdp, const struct sdp_edit *edit,
			const struct place *place)
{
	unsigned int end = sdp->nmedia ? sdp->media[0].first : sdp->nlines;

	for (unsigned int i = 0; i < end; i++) {
		const struct sdp_line *line = &sdp->lines[i];

		if (i == sdp->origin)
			put_line(out, "o=- %" PRIu64 " %" PRIu64 " IN %s", edit->origin_id,
				 edit->origin_version, place->here);
		else if (line->type == 's')
			put_line(out, "s=-");
		else if (line->type == 'c')
			put_connection(out, line, place);
		else if (!is_hidden(line))
			put_same(out, line);
	}
}

static void put_media(struct out *out, const struct sdp *sdp, const struct sdp_media *media,
		      const struct sdp_media_edit *edit, const struct place *place)
{
	bool rtcp_told = false;
	struct view name, value;

	put_line(out, "m=%.*s %u %.*s %.*s", VIEW_ARG(media->type), edit->port,
		 VIEW_ARG(media->proto), VIEW_ARG(media->formats));
	for (unsigned int i = media->first + 1; i < media->first + media->count; i++) {
		const struct sdp_line *line = &sdp->lines[i];

		if (line->type == 'c') {
			put_connection(out, line, place);
		} else if (sdp_attribute(line, &name, &value) && view_ieq(name, VIEW_LIT("rtcp"))) {
			if (edit->port && !rtcp_told)
				put_rtcp(out, edit, memchr(value.p, ' ', value.len), place);
			rtcp_told = true;
		} else if (!is_hidden(line)) {
			put_same(out, line);
		}
	}
	if (edit->port && !rtcp_told && edit->rtcp_port && edit->rtcp_port != edit->port + 1)
		put_rtcp(out, edit, false, place);
}

static struct place place_of(const struct host *host)
{
	bool ip6 = host->family == AF_INET6;
	struct place place = { .nowhere = ip6 ? "IP6 ::" : "IP4 0.0.0.0" };
	char text[HOST_STRLEN];

	snprintf(place.here, sizeof(place.here), "IP%c %s", ip6 ? '6' : '4',
		 host_format(host, text));
	return place;
}

int sdp_write(const struct sdp *sdp, const struct sdp_edit *edit, char *buf, size_t cap)
{
	struct out out = { .buf = buf, .cap = cap };
	struct place place = place_of(&edit->address);

	if (!edit->media_relayed) {
		if (sdp->text.len > cap)
			return -EMSGSIZE;
		memcpy(buf, sdp->text.p, sdp->text.len);
		return sdp->text.len;
	}
	put_session(&out, sdp, edit, &place);
	for (unsigned int i = 0; i < sdp->nmedia; i++)
		put_media(&out, sdp, &sdp->media[i], &edit->media[i], &place);
	return out.full ? -EMSGSIZE : (int)out.len;
}
