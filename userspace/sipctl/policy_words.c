// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/policy_words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/names.h"
#include "sipctl/parse.h"
#include "sipctl/sip_names.h"
#include "sipctl/sip_parse.h"
#include "sipctl/text.h"

/* How a setting is written. */
enum form {
	NUMBER,
	TIMES, /* a number; 0 is "never" */
	PERCENT,
	RATE,
	DURATION, /* in milliseconds */
	SECONDS, /* a duration, in seconds */
	ABSORB, /* a duration; 0 is "never" */
	PASS_DROP,
};

static const char *const gives[] = {
	[NUMBER] = "a number",
	[TIMES] = "a number, or never",
	[PERCENT] = "a percentage from 1% to 100%",
	[RATE] = "a rate such as 10/s, or off",
	[DURATION] = "a time such as 30s, 10m or 2h",
	[SECONDS] = "a time in whole seconds such as 5s or 1m",
	[ABSORB] = "a time up to 32s, or never",
	[PASS_DROP] = "pass or drop",
};

static const char *const pass_drop[] = { "pass", "drop", NULL };

struct setting {
	const char *words; /* one or two */
	const char *key; /* of JSON */
	uint32_t has;
	enum form form;
	size_t offset;
	size_t size;
	uint64_t min, max;
};

#define FIELD(member) offsetof(struct sf_policy, member), sizeof(((struct sf_policy *)0)->member)

static const struct setting settings[] = {
	{ "prefix4", "prefix4", SF_POLICY_PREFIX4, NUMBER, FIELD(prefix4), 8, 32 },
	{ "prefix6", "prefix6", SF_POLICY_PREFIX6, NUMBER, FIELD(prefix6), 16, 128 },
	{ "max-sources", "sources_max", SF_POLICY_SOURCES_MAX, NUMBER, FIELD(sources_max), 1,
	  1048576 },
	{ "malformed", "malformed", SF_POLICY_MALFORMED_DROP, PASS_DROP, FIELD(malformed_drop), 0,
	  1 },
	{ "ban-malformed", "ban_malformed", SF_POLICY_MALFORMED_MAX, TIMES, FIELD(malformed_max), 0,
	  UINT32_MAX },
	{ "ban-failures", "ban_failures", SF_POLICY_FAILURES_MAX, TIMES, FIELD(failures_max), 0,
	  UINT32_MAX },
	{ "ban-refused", "ban_refused", SF_POLICY_REFUSED_MAX, TIMES, FIELD(refused_max), 0,
	  UINT32_MAX },
	{ "ban-ports", "ban_ports", SF_POLICY_PORTS_MAX, TIMES, FIELD(ports_max), 0, UINT32_MAX },
	{ "window", "window_ms", SF_POLICY_WINDOW_MS, DURATION, FIELD(window_ms), 1000, 3600000 },
	{ "ban-time", "ban_time_ms", SF_POLICY_BAN_MS, DURATION, FIELD(ban_ms), 1000, 1ull << 43 },
	{ "shed dialogs", "shed_dialogs", SF_POLICY_SHED_DIALOGS, PERCENT, FIELD(shed_dialogs), 1,
	  100 },
	{ "shed registers", "shed_registers", SF_POLICY_SHED_REGISTERS, PERCENT,
	  FIELD(shed_registers), 1, 100 },
	{ "shed others", "shed_others", SF_POLICY_SHED_OTHERS, PERCENT, FIELD(shed_others), 1,
	  100 },
	{ "reject", "reject_rate", SF_POLICY_REJECT_RATE, RATE, FIELD(reject_rate), 0, UINT32_MAX },
	{ "retry-after", "retry_after_s", SF_POLICY_RETRY_AFTER, SECONDS, FIELD(retry_after), 1,
	  UINT16_MAX },
	{ "absorb", "absorb_ms", SF_POLICY_ABSORB_MS, ABSORB, FIELD(absorb_ms), 0, 32000 },
	{ "max-connections", "connections_max", SF_POLICY_CONNECTIONS_MAX, NUMBER,
	  FIELD(connections_max), 1, 1048576 },
};

#define NSETTINGS (sizeof(settings) / sizeof(settings[0]))

/* --- values -------------------------------------------------------------------------------- */

static uint64_t load(const struct setting *setting, const struct sf_policy *policy)
{
	const char *from = (const char *)policy + setting->offset;
	uint64_t wide;
	uint32_t word;
	uint16_t half;

	switch (setting->size) {
	case sizeof(uint8_t):
		return *(const uint8_t *)from;
	case sizeof(uint16_t):
		memcpy(&half, from, sizeof(half));
		return half;
	case sizeof(uint32_t):
		memcpy(&word, from, sizeof(word));
		return word;
	default:
		memcpy(&wide, from, sizeof(wide));
		return wide;
	}
}

static void store(const struct setting *setting, struct sf_policy *policy, uint64_t value)
{
	char *to = (char *)policy + setting->offset;
	uint32_t word = value;
	uint16_t half = value;

	policy->has |= setting->has;
	switch (setting->size) {
	case sizeof(uint8_t):
		*(uint8_t *)to = value;
		break;
	case sizeof(uint16_t):
		memcpy(to, &half, sizeof(half));
		break;
	case sizeof(uint32_t):
		memcpy(to, &word, sizeof(word));
		break;
	default:
		memcpy(to, &value, sizeof(value));
		break;
	}
}

static int parse_form(enum form form, const char *word, uint64_t *value)
{
	uint8_t percent = 0;
	uint32_t rate = 0;
	int ret = 0;

	switch (form) {
	case NUMBER:
		return parse_number(word, 0, UINT64_MAX, value);
	case TIMES:
		*value = 0;
		return strcmp(word, "never") ? parse_number(word, 1, UINT64_MAX, value) : 0;
	case PERCENT:
		ret = parse_percent(word, 1, &percent);
		*value = percent;
		return ret;
	case RATE:
		ret = parse_rate(word, &rate);
		*value = rate;
		return ret;
	case SECONDS:
		ret = parse_long_duration(word, UINT64_MAX, value);
		ret = ret || *value % 1000 ? -EINVAL : 0;
		*value /= 1000;
		return ret;
	case PASS_DROP:
		ret = name_find(pass_drop, word);
		*value = ret;
		return ret < 0 ? ret : 0;
	default:
		return parse_long_duration(word, UINT64_MAX, value);
	}
}

static char *value_text(const struct setting *setting, const struct sf_policy *policy)
{
	uint64_t value = load(setting, policy);

	switch (setting->form) {
	case TIMES:
	case ABSORB:
		if (!value)
			return text_format("never");
		if (setting->form == ABSORB)
			return text_duration(value);
		break;
	case PERCENT:
		return text_format("%" PRIu64 "%%", value);
	case RATE:
		return value ? text_format("%" PRIu64 "/s", value) : text_format("off");
	case DURATION:
		return text_duration(value);
	case SECONDS:
		return text_duration(1000 * value);
	case PASS_DROP:
		return text_format("%s", name_of(pass_drop, value));
	default:
		break;
	}
	return text_format("%" PRIu64, value);
}

void policy_print_settings(const struct sf_policy *policy)
{
	for (size_t i = 0; i < NSETTINGS; i++) {
		char *value;

		if (!(policy->has & settings[i].has))
			continue;
		value = value_text(&settings[i], policy);
		printf("%-15s  %s\n", settings[i].words, value);
		free(value);
	}
}

void policy_set_json(json_t *object, const struct sf_policy *policy)
{
	for (size_t i = 0; i < NSETTINGS; i++) {
		uint64_t value = load(&settings[i], policy);

		if (!(policy->has & settings[i].has))
			continue;
		json_object_set_new(object, settings[i].key,
				    settings[i].form == PASS_DROP ?
					    json_string(name_of(pass_drop, value)) :
					    json_integer(value));
	}
}

/* --- words --------------------------------------------------------------------------------- */

struct reading {
	struct sf_policy *policy;
	int argc;
	char **argv;
	struct why *why;
};

static int fail_incomplete(const struct reading *reading, int at, const char *give)
{
	char todo[128];

	snprintf(todo, sizeof(todo), "give %s after it", give);
	return why_fail(reading->why, "incomplete", reading->argv[at], todo);
}

/* The value, a word of a limit, of which one of @names must be. */
static int read_name(const struct reading *reading, int at, const char *what,
		     const char *const *names, const char *give)
{
	char todo[96];
	int value;

	if (at == reading->argc)
		return fail_incomplete(reading, at - 1, give);
	value = name_find(names, reading->argv[at]);
	if (value >= 0)
		return value;
	snprintf(todo, sizeof(todo), "give %s", give);
	return why_fail(reading->why, what, reading->argv[at], todo);
}

/* "burst 30" at @at, if it is there; returns the number of words. */
static int read_burst(const struct reading *reading, int at, struct sf_limit *limit)
{
	uint64_t burst;

	if (at >= reading->argc || strcmp(reading->argv[at], "burst"))
		return 0;
	if (at + 1 == reading->argc)
		return fail_incomplete(reading, at, "a number");
	if (parse_number(reading->argv[at + 1], 1, UINT32_MAX, &burst))
		return why_fail(reading->why, "bad burst", reading->argv[at + 1],
				"give a number from 1 up");
	limit->burst = burst;
	return 2;
}

/* "unknown source dialog 10/s burst 30" from @at on, whose first word is @class. */
static int read_limit(const struct reading *reading, int at, int class)
{
	struct sf_limit *limit;
	int scope, group, more;

	if (class >= SF_LIMITED_CLASSES)
		return why_fail(reading->why, "no limits for", reading->argv[at],
				"give unknown, registered or trusted");
	scope = read_name(reading, at + 1, "bad scope", scope_names, "source, prefix or global");
	if (scope < 0)
		return scope;
	group = read_name(reading, at + 2, "bad group", group_names,
			  "dialog, register, other, in-dialog or connect");
	if (group < 0)
		return group;
	limit = &reading->policy->limits[scope][class][group];
	if (limit->has)
		return why_fail(reading->why, "repeated limit of", reading->argv[at],
				"give it once");
	if (at + 3 == reading->argc)
		return fail_incomplete(reading, at + 2, gives[RATE]);
	if (parse_rate(reading->argv[at + 3], &limit->rate))
		return why_fail(reading->why, "bad limit", reading->argv[at + 3],
				"give a rate such as 10/s, or off");
	limit->has = SF_LIMIT_RATE;
	if (!limit->rate)
		return 4;
	limit->burst = limit->rate;
	limit->has |= SF_LIMIT_BURST;
	more = read_burst(reading, at + 4, limit);
	return more < 0 ? more : 4 + more;
}

/* The setting that the words from @at on begin, and how many words it has. */
static const struct setting *find_setting(const struct reading *reading, int at, int *words)
{
	for (size_t i = 0; i < NSETTINGS; i++) {
		const char *blank = strchr(settings[i].words, ' ');
		size_t len = strcspn(settings[i].words, " ");

		if (strlen(reading->argv[at]) != len ||
		    memcmp(settings[i].words, reading->argv[at], len))
			continue;
		*words = blank ? 2 : 1;
		if (!blank || (at + 1 < reading->argc && !strcmp(blank + 1, reading->argv[at + 1])))
			return &settings[i];
	}
	return NULL;
}

static int fail_unknown(const struct reading *reading, int at)
{
	static const char levels[] = "dialogs, registers or others";
	const char *word = reading->argv[at];

	if (strcmp(word, "shed"))
		return why_fail(reading->why, "unknown word", word,
				"see \"sipctl help kernel policy set\"");
	if (at + 1 == reading->argc)
		return fail_incomplete(reading, at, levels);
	return why_fail(reading->why, "bad shed", reading->argv[at + 1],
			"give dialogs, registers or others");
}

static int fail_bounds(const struct reading *reading, const struct setting *setting,
		       const char *what, const char *word)
{
	struct sf_policy bound = { 0 };
	char *min, *max, todo[128];

	store(setting, &bound, setting->min);
	min = value_text(setting, &bound);
	store(setting, &bound, setting->max);
	max = value_text(setting, &bound);
	snprintf(todo, sizeof(todo), "give %s to %s", min, max);
	free(min);
	free(max);
	return why_fail(reading->why, what, word, todo);
}

static int read_setting(const struct reading *reading, int at)
{
	int words;
	const struct setting *setting = find_setting(reading, at, &words);
	char what[32], todo[128];
	uint64_t value;
	const char *word;

	if (!setting)
		return fail_unknown(reading, at);
	if (reading->policy->has & setting->has)
		return why_fail(reading->why, "repeated word", setting->words, "give it once");
	if (at + words == reading->argc)
		return fail_incomplete(reading, at + words - 1, gives[setting->form]);
	word = reading->argv[at + words];
	snprintf(what, sizeof(what), "bad %s", setting->words);
	snprintf(todo, sizeof(todo), "give %s", gives[setting->form]);
	if (parse_form(setting->form, word, &value))
		return why_fail(reading->why, what, word, todo);
	if (value < setting->min || value > setting->max)
		return fail_bounds(reading, setting, what, word);
	store(setting, reading->policy, value);
	return words + 1;
}

int policy_parse(struct sf_policy *policy, int argc, char **argv, struct why *why)
{
	struct reading reading = { policy, argc, argv, why };
	int ret;

	*policy = (struct sf_policy){ 0 };
	why->where = "policy";
	for (int at = 0; at < argc; at += ret) {
		int class = name_find(class_names, argv[at]);

		ret = class >= 0 ? read_limit(&reading, at, class) : read_setting(&reading, at);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* --- completion ---------------------------------------------------------------------------- */

static void print_names(const char *const *names, unsigned int n)
{
	for (unsigned int i = 0; i < n && names[i]; i++)
		puts(names[i]);
}

void policy_complete(int argc, char **argv)
{
	const char *last = argc ? argv[argc - 1] : "";
	int class = name_find(class_names, last);

	if (class >= 0 && class < SF_LIMITED_CLASSES) {
		print_names(scope_names, SIPFAST_SCOPE_MAX + 1);
	} else if (argc > 1 && name_find(scope_names, last) >= 0) {
		print_names(group_names, SIPFAST_GROUP_MAX + 1);
	} else if (!strcmp(last, "malformed")) {
		print_names(pass_drop, 2);
	} else if (!strcmp(last, "shed")) {
		puts("dialogs\nregisters\nothers");
	} else {
		print_names(class_names, SF_LIMITED_CLASSES);
		for (size_t i = 0; i < NSETTINGS; i++)
			printf("%.*s\n", (int)strcspn(settings[i].words, " "), settings[i].words);
	}
}
