// SPDX-License-Identifier: GPL-2.0-or-later
/* The codecs of realms and trunks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"

#define MAX_NAME 32

/* "PCMA" or "L16/44100" */
static bool read_codec(const char *text, struct sdp_codec *codec)
{
	size_t len = strcspn(text, "/");

	if (!len || len > MAX_NAME || text[strcspn(text, " \t")])
		return false;
	if (text[len] && (view_to_u32(view_str(text + len + 1), INT32_MAX, &codec->clock_rate) ||
			  !codec->clock_rate))
		return false;
	codec->name = strndup(text, len);
	return true;
}

static int read_list(struct cfg_check *check, const char *path, const char *key, char **texts,
		     unsigned int count, struct sdp_codec_list *list)
{
	list->codecs = calloc(count ? count : 1, sizeof(*list->codecs));
	if (!list->codecs)
		return -ENOMEM;
	for (unsigned int i = 0; i < count; i++) {
		struct sdp_codec *codec = &list->codecs[list->count];

		if (!read_codec(texts[i], codec)) {
			cfg_mistake(check->report,
				    cfg_tree_pos(check->tree, "%s.%s[%u]", path, key, i),
				    "\"%s\" is no codec; write its name in a=rtpmap, such as PCMA, "
				    "or name and clock rate, such as L16/44100",
				    texts[i]);
			continue;
		}
		if (!codec->name)
			return -ENOMEM;
		list->count++;
	}
	return 0;
}

/* Does an entry of @list stand for all that @codec does? */
static bool covers(const struct sdp_codec_list *list, const struct sdp_codec *codec)
{
	for (unsigned int i = 0; i < list->count; i++)
		if (!strcasecmp(list->codecs[i].name, codec->name) &&
		    (!list->codecs[i].clock_rate ||
		     list->codecs[i].clock_rate == codec->clock_rate))
			return true;
	return false;
}

static void check_contradictions(struct cfg_check *check, const char *path,
				 const struct raw_codecs *raw, const struct sdp_codec_rule *rule)
{
	for (unsigned int i = 0; i < rule->allow.count; i++)
		if (covers(&rule->deny, &rule->allow.codecs[i]))
			cfg_mistake(check->report,
				    cfg_tree_pos(check->tree, "%s.allow[%u]", path, i),
				    "\"%s\" is allowed and denied; take it out of one list",
				    raw->allow[i]);
	for (unsigned int i = 0; i < rule->order.count; i++)
		if (covers(&rule->deny, &rule->order.codecs[i]) ||
		    (rule->allow.count && !covers(&rule->allow, &rule->order.codecs[i])))
			cfg_mistake(
				check->report, cfg_tree_pos(check->tree, "%s.order[%u]", path, i),
				"\"%s\" has a place in the order, but is not allowed; allow it, or "
				"take it out",
				raw->order[i]);
}

/* T.38 takes the place of audio as a whole, so it can be denied with it, and nothing else. */
static void check_t38(struct cfg_check *check, const char *path, const char *key,
		      const struct sdp_codec_list *list, bool is_allowed)
{
	for (unsigned int i = 0; i < list->count; i++)
		if (!strcasecmp(list->codecs[i].name, SDP_T38) &&
		    (!is_allowed || list->codecs[i].clock_rate))
			cfg_mistake(check->report,
				    cfg_tree_pos(check->tree, "%s.%s[%u]", path, key, i),
				    "\"" SDP_T38 "\" is fax, no codec; it passes unless "
				    "codecs.deny has it, without a clock rate");
}

static int check_rule(struct cfg_check *check, const char *path, const struct raw_codecs *raw,
		      bool is_audio, struct sdp_codec_rule *rule)
{
	unsigned int mistakes = check->report->mistakes;
	int ret;

	if (!raw)
		return 0;
	ret = read_list(check, path, "allow", raw->allow, raw->nallow, &rule->allow);
	if (!ret)
		ret = read_list(check, path, "deny", raw->deny, raw->ndeny, &rule->deny);
	if (!ret)
		ret = read_list(check, path, "order", raw->order, raw->norder, &rule->order);
	if (ret || mistakes != check->report->mistakes)
		return ret;
	check_t38(check, path, "allow", &rule->allow, false);
	check_t38(check, path, "deny", &rule->deny, is_audio);
	check_t38(check, path, "order", &rule->order, false);
	if (mistakes == check->report->mistakes)
		check_contradictions(check, path, raw, rule);
	return ret;
}

int cfg_check_codecs(struct cfg_check *check, const char *place, const struct raw_codecs *audio,
		     const struct raw_codecs *video, struct sdp_codec_rules *rules)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), "%s.codecs", place);
	ret = check_rule(check, path, audio, true, &rules->audio);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s.video-codecs", place);
	return check_rule(check, path, video, false, &rules->video);
}

static void clean_list(struct sdp_codec_list *list)
{
	for (unsigned int i = 0; i < list->count; i++)
		free(list->codecs[i].name);
	free(list->codecs);
}

static void clean_rule(struct sdp_codec_rule *rule)
{
	clean_list(&rule->allow);
	clean_list(&rule->deny);
	clean_list(&rule->order);
}

void cfg_codecs_clean(struct sdp_codec_rules *rules)
{
	clean_rule(&rules->audio);
	clean_rule(&rules->video);
}
