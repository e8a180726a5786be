/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "KEYWORD VALUE" again and again, in any order, each keyword once. */
#ifndef SIPCTL_WORDS_H
#define SIPCTL_WORDS_H

#include <stddef.h>

struct keyword {
	const char *name;
	const char *give; /* what its value may be: "a number" */
	const char *const *choices; /* values for completion, or NULL */
	int (*read)(void *object, const char *value); /* 0 or -EINVAL */
};

/* The sentence of a failure: what, where, what to do. */
struct why {
	const char *where; /* "rule 10" */
	char text[320];
};

/* Writes "@what "@word", where, @todo"; returns -EINVAL. */
int why_fail(struct why *why, const char *what, const char *word, const char *todo);

/* Reads all words into @object. @keywords ends with a NULL name and has at most 32. */
int words_read(const struct keyword *keywords, void *object, int argc, char **argv,
	       struct why *why);

/* Prints what may follow. */
void words_complete(const struct keyword *keywords, int argc, char **argv);

#endif /* SIPCTL_WORDS_H */
