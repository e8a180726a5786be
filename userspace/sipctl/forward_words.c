// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/forward_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sipctl/names.h"
#include "sipctl/parse.h"

static int fail(struct forward_fault *fault, const char *what, const char *name, const char *todo)
{
	snprintf(fault->what, sizeof(fault->what), "%s%s%s", what, *name ? " " : "", name);
	snprintf(fault->todo, sizeof(fault->todo), "%s", todo);
	return -EINVAL;
}

static int read_mode(struct sf_forward *forward, const char *value)
{
	int mode = name_find(mode_names, value);

	forward->mode = mode;
	return mode < 0 ? mode : 0;
}

static int read_pt(struct sf_forward *forward, const char *value)
{
	struct sf_payload_type *pt = &forward->payload_types[forward->npayload_types];
	size_t len = strcspn(value, ":");
	uint64_t from, to;
	char word[8];

	if (!value[len] || len >= sizeof(word))
		return -EINVAL;
	memcpy(word, value, len);
	word[len] = '\0';
	if (parse_number(word, 0, 127, &from) || parse_number(value + len + 1, 0, 127, &to))
		return -EINVAL;
	pt->from = from;
	pt->to = to;
	forward->npayload_types++;
	return 0;
}

static int read_ssrc(struct sf_forward *forward, const char *value)
{
	uint64_t ssrc;

	if (parse_number(value, 0, UINT32_MAX, &ssrc))
		return -EINVAL;
	forward->ssrc = ssrc;
	forward->has |= SF_FORWARD_SSRC;
	return 0;
}

static int read_seq(struct sf_forward *forward, const char *value)
{
	uint32_t offset;

	if (parse_offset(value, UINT16_MAX, &offset))
		return -EINVAL;
	forward->seq_offset = offset;
	return 0;
}

static int read_timestamp(struct sf_forward *forward, const char *value)
{
	return parse_offset(value, UINT32_MAX, &forward->timestamp_offset);
}

static int read_dscp(struct sf_forward *forward, const char *value)
{
	uint64_t dscp;

	if (parse_number(value, 0, 63, &dscp))
		return -EINVAL;
	forward->dscp = dscp;
	forward->has |= SF_FORWARD_DSCP;
	return 0;
}

static int read_ttl(struct sf_forward *forward, const char *value)
{
	uint64_t ttl;

	if (parse_number(value, 1, 255, &ttl))
		return -EINVAL;
	forward->ttl = ttl;
	forward->has |= SF_FORWARD_TTL;
	return 0;
}

static const struct option {
	const char *name;
	const char *give;
	int (*read)(struct sf_forward *forward, const char *value);
} options[] = {
	{ "mode", "give mode=pass, mode=silence or mode=block", read_mode },
	{ "pt", "give pt=FROM:TO with payload types from 0 to 127", read_pt },
	{ "ssrc", "give ssrc=NUMBER such as ssrc=0x1234abcd", read_ssrc },
	{ "seq", "give seq=OFFSET such as seq=+100, 65535 at most", read_seq },
	{ "timestamp", "give timestamp=OFFSET such as timestamp=-8000", read_timestamp },
	{ "dscp", "give dscp=NUMBER from 0 to 63", read_dscp },
	{ "ttl", "give ttl=NUMBER from 1 to 255", read_ttl },
};

#define NOPTIONS (sizeof(options) / sizeof(options[0]))

/* @word is "NAME=VALUE"; @given: bits of options[] that stood before. */
static int read_option(struct sf_forward *forward, const char *word, unsigned int *given,
		       struct forward_fault *fault)
{
	size_t len = strcspn(word, "=");
	unsigned int i = 0;

	while (i < NOPTIONS &&
	       (strlen(options[i].name) != len || memcmp(options[i].name, word, len)))
		i++;
	if (i == NOPTIONS)
		return fail(fault, "unknown option", "",
			    "give mode, pt, ssrc, seq, timestamp, dscp or ttl");
	if (!forward)
		return fail(fault, "option of no forward", "",
			    "give the number of an endpoint before it");
	if (options[i].read == read_pt && forward->npayload_types == SF_MAX_PAYLOAD_TYPES)
		return fail(fault, "one too many", "pt", "16 is the most");
	if (options[i].read != read_pt && (*given & 1u << i))
		return fail(fault, "repeated", options[i].name, "give it once");
	*given |= 1u << i;
	if (options[i].read(forward, word + len + 1))
		return fail(fault, "bad", options[i].name, options[i].give);
	return 0;
}

int forward_words_parse(struct sf_endpoint *ep, const char *value, struct forward_fault *fault)
{
	struct sf_forward *forward = NULL;
	unsigned int given = 0;
	size_t len;

	memset(fault, 0, sizeof(*fault));
	for (;; value += len + 1) {
		uint64_t id;

		len = strcspn(value, ",");
		snprintf(fault->word, sizeof(fault->word), "%.*s", (int)len, value);
		if (len >= sizeof(fault->word))
			return -EINVAL;
		if (strchr(fault->word, '=')) {
			if (read_option(forward, fault->word, &given, fault))
				return -EINVAL;
		} else {
			if (parse_number(fault->word, 1, UINT32_MAX, &id))
				return -EINVAL;
			if (ep->nforwards == SIPFAST_MAX_FORWARDS)
				return fail(fault, "one too many", "forward", "8 is the most");
			forward = &ep->forwards[ep->nforwards++];
			forward->to = id;
			given = 0;
		}
		if (!value[len])
			return 0;
	}
}
