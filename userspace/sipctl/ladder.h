/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawing who sent what to whom, and when, between vertical lines. */
#ifndef SIPCTL_LADDER_H
#define SIPCTL_LADDER_H

#include <stdbool.h>
#include <stdio.h>

#define LADDER_WIDTH_MIN 80
#define LADDER_WIDTH_MAX 120
#define LADDER_COLUMNS_MAX 6

enum ladder_kind {
	LADDER_MESSAGE, /* an arrow */
	LADDER_MEDIA, /* a double line */
	LADDER_NOTE, /* text only */
};

/* All texts are escaped (text_escape()), none is NULL. */
struct ladder_column {
	const char *name;
	const char *realm;
};

struct ladder_event {
	enum ladder_kind kind;
	bool retransmission;
	unsigned int from; /* columns */
	unsigned int to;
	long long t_ms; /* since the first event */
	const char *label;
	const char *detail;
};

struct ladder {
	unsigned int ncolumns; /* 2..LADDER_COLUMNS_MAX */
	struct ladder_column columns[LADDER_COLUMNS_MAX];
	size_t nevents;
	struct ladder_event *events;
};

/* Columns of the terminal, 100 when there is none. */
unsigned int ladder_width(void);
/* Frees the events and all texts, which are then malloc()ed. */
void ladder_release(struct ladder *ladder);

/*
 * Draws in @width columns, brought between LADDER_WIDTH_MIN and _MAX. Later events only add
 * lines, they never change those before.
 */
void ladder_draw(const struct ladder *ladder, unsigned int width, FILE *out);

#endif /* SIPCTL_LADDER_H */
