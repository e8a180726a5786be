// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MAX_WORD 64

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

static bool same(char a, char b)
{
	/* "no_answer" is "no-answer" to whoever types it. */
	if (a == '_')
		a = '-';
	if (b == '_')
		b = '-';
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Insertions, deletions, replacements and swaps of neighbours from @a to @b. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[3][MAX_WORD + 1], cost;
	unsigned int *before = row[0], *last = row[1], *now = row[2], *swap;
	size_t alen = strlen(a), blen = strlen(b), i, j;

	if (alen > MAX_WORD || blen > MAX_WORD)
		return MAX_WORD;
	for (j = 0; j <= blen; j++)
		last[j] = j;
	for (i = 1; i <= alen; i++) {
		now[0] = i;
		for (j = 1; j <= blen; j++) {
			cost = !same(a[i - 1], b[j - 1]);
			now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + cost);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				now[j] = min3(now[j], before[j - 2] + 1, now[j]);
		}
		swap = before;
		before = last;
		last = now;
		now = swap;
	}
	return last[blen];
}

void near_init(struct near *near, const char *word)
{
	size_t len = strlen(word);

	near->word = word;
	near->best = NULL;
	/* A third of the word wrong, and it is another word. */
	near->distance = (len < 3 ? 1 : len / 3 + 1) + 1;
}

void near_offer(struct near *near, const char *candidate)
{
	unsigned int d = distance(near->word, candidate);

	if (d >= near->distance || d >= strlen(candidate))
		return;
	near->distance = d;
	near->best = candidate;
}
