// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing a session description that was read, with what a relay must change. */
#include <errno.h>

#include "base/htab.h"
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

static void put(struct out *out, const char *p, size_t len)
{
	if (len > out->cap - out->len) {
		out->full = true;
		return;
	}
	memcpy(out->buf + out->len, p, len);
	out->len += len;
}

static void put_view(struct out *out, struct view text)
{
	if (text.len)
		put(out, text.p, text.len);
}

static void put_str(struct out *out, const char *text)
{
	put(out, text, strlen(text));
}

static void put_number(struct out *out, uint64_t number)
{
	char digits[20], *p = digits + sizeof(digits);

	do
		*--p = '0' + number % 10;
	while (number /= 10);
	put(out, p, digits + sizeof(digits) - p);
}

static void put_end(struct out *out)
{
	put(out, "\r\n", 2);
}

static void put_same(struct out *out, const struct sdp_line *line)
{
	const char begin[] = { line->type, '=' };

	put(out, begin, sizeof(begin));
	put_view(out, line->value);
	put_end(out);
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

static bool is_hold(const struct sdp_line *line)
{
	struct host was;

	return sdp_connection(line->value, &was) && was.family && !host_is_set(&was);
}

static bool is_rtcp(const struct sdp_line *line, bool *with_address)
{
	struct view name, value;

	if (!sdp_attribute(line, &name, &value) || !view_ieq(name, VIEW_LIT("rtcp")))
		return false;
	*with_address = memchr(value.p, ' ', value.len);
	return true;
}

static void put_connection(struct out *out, const struct sdp_line *line, const struct place *place)
{
	put_str(out, "c=IN ");
	put_str(out, is_hold(line) ? place->nowhere : place->here);
	put_end(out);
}

static void put_rtcp(struct out *out, const struct sdp_media_edit *edit, bool with_address,
		     const struct place *place)
{
	unsigned int port = edit->rtcp_port ? edit->rtcp_port : edit->port + 1u;

	put_str(out, "a=rtcp:");
	put_number(out, port);
	if (with_address) {
		put_str(out, " IN ");
		put_str(out, place->here);
	}
	put_end(out);
}

static void put_origin(struct out *out, const struct sdp_edit *edit, const struct place *place)
{
	put_str(out, "o=- ");
	put_number(out, edit->origin_id);
	put_str(out, " ");
	put_number(out, edit->origin_version);
	put_str(out, " IN ");
	put_str(out, place->here);
	put_end(out);
}

static void put_session(struct out *out, const struct sdp *sdp, const struct sdp_edit *edit,
			const struct place *place)
{
	unsigned int end = sdp->nmedia ? sdp->media[0].first : sdp->nlines;

	for (unsigned int i = 0; i < end; i++) {
		const struct sdp_line *line = &sdp->lines[i];

		if (i == sdp->origin)
			put_origin(out, edit, place);
		else if (line->type == 's')
			put_str(out, "s=-\r\n");
		else if (line->type == 'c')
			put_connection(out, line, place);
		else if (!is_hidden(line))
			put_same(out, line);
	}
}

static void put_media_line(struct out *out, const struct sdp_media *media, uint16_t port)
{
	put_str(out, "m=");
	put_view(out, media->type);
	put_str(out, " ");
	put_number(out, port);
	put_str(out, " ");
	put_view(out, media->proto);
	put_str(out, " ");
	put_view(out, media->formats);
	put_end(out);
}

static void put_media(struct out *out, const struct sdp *sdp, const struct sdp_media *media,
		      const struct sdp_media_edit *edit, const struct place *place)
{
	bool rtcp_told = false, with_address;

	put_media_line(out, media, edit->port);
	for (unsigned int i = media->first + 1; i < media->first + media->count; i++) {
		const struct sdp_line *line = &sdp->lines[i];

		if (line->type == 'c') {
			put_connection(out, line, place);
		} else if (is_rtcp(line, &with_address)) {
			if (edit->port && !rtcp_told)
				put_rtcp(out, edit, with_address, place);
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

	memcpy(place.here, place.nowhere, 4);
	host_format(host, place.here + 4);
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

/* --- */

static uint32_t hash_line(uint32_t hash, const struct sdp_line *line)
{
	bool flag;

	hash += (unsigned char)line->type;
	if (line->type == 's' || is_hidden(line))
		return hash;
	if (line->type == 'c')
		flag = is_hold(line);
	else if (!is_rtcp(line, &flag))
		return htab_hash_more(hash, line->value.p, line->value.len);
	return htab_hash_more(hash, &flag, sizeof(flag));
}

static uint32_t hash_media(uint32_t hash, const struct sdp_media *media,
			   const struct sdp_media_edit *edit)
{
	hash = htab_hash_more(hash, media->type.p, media->type.len);
	hash = htab_hash_more(hash, media->proto.p, media->proto.len);
	hash = htab_hash_more(hash, media->formats.p, media->formats.len);
	return htab_hash_more(hash, edit, sizeof(*edit));
}

uint32_t sdp_write_hash(const struct sdp *sdp, const struct sdp_edit *edit)
{
	struct place place = place_of(&edit->address);
	uint32_t hash = htab_hash(place.here, strlen(place.here));

	for (unsigned int i = 0; i < sdp->nlines; i++)
		if (i != sdp->origin && sdp->lines[i].type != 'm')
			hash = hash_line(hash, &sdp->lines[i]);
	for (unsigned int i = 0; i < sdp->nmedia; i++)
		hash = hash_media(hash, &sdp->media[i], &edit->media[i]);
	return hash;
}
