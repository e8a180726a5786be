// SPDX-License-Identifier: GPL-2.0-or-later
/* Codecs taken out of a description, and put in order. */
#include "sdp/sdp_codecs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "sdp/sdp_line.h"

/* A payload type has 7 bits; more words than that are not read. */
#define MAX_FORMATS 128

/* What a format depends on. */
enum kind {
	KIND_CODEC,
	KIND_WITH_RATE, /* there is for each clock rate */
	KIND_WITH_TYPE, /* there is for another payload type */
};

struct format {
	struct view type; /* "101" */
	struct view name;
	uint32_t clock_rate;
	enum kind kind;
	bool kept;
};

struct formats {
	struct format list[MAX_FORMATS];
	unsigned int count;
	bool changed;
};

struct out {
	char *buf;
	size_t cap, len;
	bool full;
};

static __attribute__((format(printf, 2, 3))) void put(struct out *out, const char *format, ...)
{
	size_t room = out->cap - out->len;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out->buf + out->len, room, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= room)
		out->full = true;
	else
		out->len += (size_t)len;
}

static enum kind kind_of(struct view name)
{
	if (view_ieq(name, VIEW_LIT("telephone-event")) || view_ieq(name, VIEW_LIT("CN")))
		return KIND_WITH_RATE;
	return view_ieq(name, VIEW_LIT("rtx")) ? KIND_WITH_TYPE : KIND_CODEC;
}

/* Its place in @list, or the length of that. */
static unsigned int place_in(const struct sdp_codec_list *list, const struct format *format)
{
	unsigned int i = 0;

	while (i < list->count &&
	       (!view_ieq(format->name, view_str(list->codecs[i].name)) ||
		(list->codecs[i].clock_rate && list->codecs[i].clock_rate != format->clock_rate)))
		i++;
	return i;
}

static bool is_in(const struct sdp_codec_list *list, const struct format *format)
{
	return place_in(list, format) < list->count;
}

static struct format *find(struct formats *formats, struct view type)
{
	for (unsigned int i = 0; i < formats->count; i++)
		if (view_eq(formats->list[i].type, type))
			return &formats->list[i];
	return NULL;
}

static void read_formats(const struct sdp *sdp, const struct sdp_media *media,
			 struct formats *formats)
{
	struct view rest = media->formats, type;

	formats->count = 0;
	formats->changed = false;
	while ((type = sdp_word(&rest)).len) {
		struct format *format = &formats->list[formats->count];

		if (formats->count == MAX_FORMATS || find(formats, type)) {
			formats->changed = true;
			continue;
		}
		*format = (struct format){ .type = type };
		sdp_encoding(sdp, media, type, &format->name, &format->clock_rate);
		format->kind = kind_of(format->name);
		formats->count++;
	}
}

/* Is there, or was there, a codec of the clock rate of @format? */
static bool has_rate(const struct formats *formats, const struct format *format, bool kept)
{
	for (unsigned int i = 0; i < formats->count; i++) {
		const struct format *other = &formats->list[i];

		if (other->kind == KIND_CODEC && other->clock_rate == format->clock_rate &&
		    (other->kept || !kept))
			return true;
	}
	return false;
}

/* The payload type that rtx of @type repeats: a=fmtp:97 apt=96;rtx-time=3000 */
static struct view repeated_type(const struct sdp *sdp, const struct sdp_media *media,
				 struct view type)
{
	static const struct view apt = VIEW_LIT("apt=");
	struct view name, value;

	for (unsigned int i = 1; i < media->count; i++) {
		if (!sdp_attribute(&sdp->lines[media->first + i], &name, &value) ||
		    !view_ieq(name, VIEW_LIT("fmtp")) || !view_eq(sdp_word(&value), type))
			continue;
		value = view_trim(value);
		if (value.len <= apt.len || strncasecmp(value.p, apt.p, apt.len))
			continue;
		value = (struct view){ value.p + apt.len, value.len - apt.len };
		for (size_t end = 0; end < value.len; end++)
			if (value.p[end] == ';')
				value.len = end;
		return view_trim(value);
	}
	return VIEW_NONE;
}

static bool keeps_codec(const struct sdp_codec_rule *rule, enum sdp_role role,
			const struct format *format)
{
	if (!rule->allow.count || is_in(&rule->allow, format))
		return true;
	return role == SDP_ANSWER && !format->clock_rate;
}

static bool keeps_other(const struct sdp *sdp, const struct sdp_media *media,
			struct formats *formats, const struct format *format)
{
	const struct format *repeated;

	/* That of a rate which no codec had before has been a peer's liberty before. */
	if (format->kind == KIND_WITH_RATE)
		return has_rate(formats, format, true) || !has_rate(formats, format, false);
	repeated = find(formats, repeated_type(sdp, media, format->type));
	return !repeated || (repeated != format && repeated->kept);
}

/* Number of codecs that are kept. */
static unsigned int choose(const struct sdp *sdp, const struct sdp_media *media,
			   const struct sdp_codec_rule *rule, enum sdp_role role,
			   struct formats *formats)
{
	unsigned int codecs = 0;

	for (unsigned int i = 0; i < formats->count; i++) {
		struct format *format = &formats->list[i];

		if (format->kind != KIND_CODEC)
			continue;
		format->kept = !is_in(&rule->deny, format) && keeps_codec(rule, role, format);
		codecs += format->kept;
	}
	for (unsigned int i = 0; i < formats->count; i++) {
		struct format *format = &formats->list[i];

		if (format->kind != KIND_CODEC)
			format->kept = !is_in(&rule->deny, format) &&
				       keeps_other(sdp, media, formats, format);
		formats->changed |= !format->kept;
	}
	return codecs;
}

static unsigned int rank(const struct sdp_codec_rule *rule, const struct format *format)
{
	return place_in(&rule->order, format) + (format->kind != KIND_CODEC);
}

/* Stable; what is not named comes behind what is, and what is no codec behind those. */
static void sort(const struct sdp_codec_rule *rule, struct formats *formats)
{
	for (unsigned int i = 1; i < formats->count; i++) {
		struct format format = formats->list[i];
		unsigned int at = i;

		for (; at && rank(rule, &formats->list[at - 1]) > rank(rule, &format); at--)
			formats->list[at] = formats->list[at - 1];
		formats->list[at] = format;
		formats->changed |= at != i;
	}
}

static void tell_removed(const struct formats *formats, struct sdp_codecs_result *result)
{
	struct out out = { .buf = result->removed, .cap = sizeof(result->removed) };

	out.len = strlen(result->removed);
	for (unsigned int i = 0; i < formats->count; i++) {
		const struct format *format = &formats->list[i];
		size_t len = out.len;

		if (format->kept)
			continue;
		put(&out, "%s%.*s", len ? ", " : "", VIEW_ARG(format->name));
		if (format->clock_rate)
			put(&out, "/%u", format->clock_rate);
		if (out.full) {
			result->removed[len] = '\0';
			return;
		}
	}
}

/* Is it about a payload type that is not among those that are kept? */
static bool goes_with_type(const struct sdp_line *line, struct formats *formats)
{
	static const struct view attributes[] = {
		VIEW_LIT("rtpmap"),
		VIEW_LIT("fmtp"),
		VIEW_LIT("rtcp-fb"),
		VIEW_LIT("imageattr"),
	};
	const struct format *format;
	struct view name, value, type;

	if (!sdp_attribute(line, &name, &value))
		return false;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
		if (!view_ieq(name, attributes[i]))
			continue;
		type = sdp_word(&value);
		format = find(formats, type);
		return !view_eq(type, VIEW_LIT("*")) && (!format || !format->kept);
	}
	return false;
}

static void put_lines(struct out *out, const struct sdp *sdp, unsigned int first,
		      unsigned int count)
{
	for (unsigned int i = first; i < first + count; i++)
		put(out, "%c=%.*s\r\n", sdp->lines[i].type, VIEW_ARG(sdp->lines[i].value));
}

static void put_media(struct out *out, const struct sdp *sdp, const struct sdp_media *media,
		      struct formats *formats, bool rejected)
{
	put(out, "m=%.*s %u", VIEW_ARG(media->type), rejected ? 0u : media->port);
	if (media->port_count > 1 && !rejected)
		put(out, "/%u", media->port_count);
	put(out, " %.*s", VIEW_ARG(media->proto));
	/* RFC 8866 s.5.14 wants a format of what is rejected, too. */
	if (rejected)
		put(out, " %.*s", VIEW_ARG(formats->list[0].type));
	for (unsigned int i = 0; !rejected && i < formats->count; i++)
		if (formats->list[i].kept)
			put(out, " %.*s", VIEW_ARG(formats->list[i].type));
	put(out, "\r\n");
	for (unsigned int i = media->first + 1; i < media->first + media->count; i++)
		if (!goes_with_type(&sdp->lines[i], formats))
			put_lines(out, sdp, i, 1);
}

/* T.38 has its place among the audio codecs in @deny alone: it takes the place of all of them. */
static bool denies_t38(const struct sdp_codec_rule *rule)
{
	return is_in(&rule->deny, &(struct format){ .name = VIEW_LIT(SDP_T38) });
}

static const struct sdp_codec_rule *rule_for(const struct sdp_codec_rules *rules,
					     const struct sdp_media *media)
{
	const struct sdp_codec_rule *rule = NULL;

	if (media->is_udptl)
		return media->port && denies_t38(&rules->audio) ? &rules->audio : NULL;
	if (view_ieq(media->type, VIEW_LIT("audio")))
		rule = &rules->audio;
	else if (view_ieq(media->type, VIEW_LIT("video")))
		rule = &rules->video;
	return rule && media->port && media->is_rtp && sdp_codec_rule_is_set(rule) ? rule : NULL;
}

static void write_media(struct out *out, const struct sdp *sdp, const struct sdp_media *media,
			const struct sdp_codec_rule *rule, enum sdp_role role,
			struct sdp_codecs_result *result)
{
	struct formats formats;
	bool rejected;

	read_formats(sdp, media, &formats);
	/* rule_for() has said what becomes of it. */
	rejected = media->is_udptl || !choose(sdp, media, rule, role, &formats);
	for (unsigned int i = 0; rejected && i < formats.count; i++)
		formats.list[i].kept = false;
	tell_removed(&formats, result);
	if (role == SDP_OFFER && !rejected && rule->order.count)
		sort(rule, &formats);
	result->rejected += rejected;
	result->left += !rejected;
	if (!formats.changed && !rejected) {
		put_lines(out, sdp, media->first, media->count);
		return;
	}
	result->changed = true;
	put_media(out, sdp, media, &formats, rejected);
}

int sdp_codecs_write(const struct sdp *sdp, const struct sdp_codec_rules *rules, enum sdp_role role,
		     char *buf, size_t cap, struct sdp_codecs_result *result)
{
	struct out out = { .buf = buf, .cap = cap };

	*result = (struct sdp_codecs_result){ 0 };
	put_lines(&out, sdp, 0, sdp->nmedia ? sdp->media[0].first : sdp->nlines);
	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		const struct sdp_media *media = &sdp->media[i];
		const struct sdp_codec_rule *rule = rule_for(rules, media);

		if (rule) {
			write_media(&out, sdp, media, rule, role, result);
			continue;
		}
		result->left += media->port != 0;
		put_lines(&out, sdp, media->first, media->count);
	}
	if (!result->changed)
		return 0;
	return out.full ? -EMSGSIZE : (int)out.len;
}
