// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/words.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int why_fail(struct why *why, const char *what, const char *word, const char *todo)
{
	snprintf(why->text, sizeof(why->text), "%s \"%s\", %s, %s", what, word, why->where, todo);
	return -EINVAL;
}

static const struct keyword *find(const struct keyword *keywords, const char *word)
{
	for (; keywords->name; keywords++)
		if (!strcmp(keywords->name, word))
			return keywords;
	return NULL;
}

static int fail_unknown(struct why *why, const struct keyword *keywords, const char *word)
{
	char todo[160] = "give ";
	size_t used = strlen(todo);

	for (const struct keyword *k = keywords; k->name; k++)
		used += snprintf(todo + used, sizeof(todo) - used, "%s%s",
				 k == keywords ? "" :
				 k[1].name     ? ", " :
						 " or ",
				 k->name);
	return why_fail(why, "unknown word", word, todo);
}

int words_read(const struct keyword *keywords, void *object, int argc, char **argv, struct why *why)
{
	uint32_t given = 0;

	for (int at = 0; at < argc; at += 2) {
		const struct keyword *keyword = find(keywords, argv[at]);
		char what[32], todo[160];
		uint32_t bit;

		if (!keyword)
			return fail_unknown(why, keywords, argv[at]);
		bit = 1u << (keyword - keywords);
		if (given & bit)
			return why_fail(why, "repeated word", argv[at], "give it once");
		given |= bit;
		snprintf(what, sizeof(what), "bad %s", keyword->name);
		snprintf(todo, sizeof(todo), "give %s%s", keyword->give,
			 at + 1 == argc ? " after it" : "");
		if (at + 1 == argc)
			return why_fail(why, "incomplete", argv[at], todo);
		if (keyword->read(object, argv[at + 1]))
			return why_fail(why, what, argv[at + 1], todo);
	}
	return 0;
}

void words_complete(const struct keyword *keywords, int argc, char **argv)
{
	const struct keyword *keyword = argc % 2 ? find(keywords, argv[argc - 1]) : NULL;

	if (argc % 2) {
		for (int i = 0; keyword && keyword->choices && keyword->choices[i]; i++)
			puts(keyword->choices[i]);
		return;
	}
	for (keyword = keywords; keyword->name; keyword++)
		puts(keyword->name);
}
