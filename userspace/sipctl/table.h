/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aligned columns under a heading. */
#ifndef SIPCTL_TABLE_H
#define SIPCTL_TABLE_H

#include <stdio.h>

struct table {
	const char *const *heads; /* '>' before a name: aligned to the right */
	unsigned int columns;
	char **cells; /* escaped, row by row */
	size_t used;
	size_t size;
};

/* @heads ends with NULL and lives as long as the table. */
void table_init(struct table *table, const char *const *heads);
void table_clean(struct table *table);

/* Fills the next cell; control characters are escaped, nothing becomes "-". */
void table_cell(struct table *table, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same with a string that is freed. */
void table_take(struct table *table, char *text);

void table_print(const struct table *table, FILE *out);

#endif /* SIPCTL_TABLE_H */
