// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/table.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sipctl/text.h"

void table_init(struct table *table, const char *const *heads)
{
	*table = (struct table){ .heads = heads };
	while (heads[table->columns])
		table->columns++;
}

void table_clean(struct table *table)
{
	for (size_t i = 0; i < table->used; i++)
		free(table->cells[i]);
	free(table->cells);
}

void table_take(struct table *table, char *text)
{
	if (table->used == table->size) {
		table->size = table->size ? 2 * table->size : 64;
		table->cells = realloc(table->cells, table->size * sizeof(*table->cells));
		if (!table->cells) {
			perror("sipctl");
			exit(1);
		}
	}
	table->cells[table->used++] = text_escape(*text ? text : "-");
	free(text);
}

void table_cell(struct table *table, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0) {
		perror("sipctl");
		exit(1);
	}
	va_end(ap);
	table_take(table, text);
}

static const char *head_name(const struct table *table, unsigned int column, bool *right)
{
	const char *head = table->heads[column];

	*right = *head == '>';
	return head + *right;
}

static unsigned int column_width(const struct table *table, unsigned int column)
{
	bool right;
	unsigned int width = text_width(head_name(table, column, &right));

	for (size_t i = column; i < table->used; i += table->columns) {
		unsigned int cell = text_width(table->cells[i]);

		width = cell > width ? cell : width;
	}
	return width;
}

static void print_cell(FILE *out, const char *text, unsigned int width, bool right, bool last)
{
	int pad = width - text_width(text);

	if (right)
		fprintf(out, "%*s", pad, "");
	fputs(text, out);
	/* No blanks at the end of a line. */
	if (last)
		fputc('\n', out);
	else
		fprintf(out, "%*s", (right ? 0 : pad) + 2, "");
}

void table_print(const struct table *table, FILE *out)
{
	unsigned int *widths = calloc(table->columns, sizeof(*widths));
	bool right;

	if (!widths)
		return;
	for (unsigned int c = 0; c < table->columns; c++)
		widths[c] = column_width(table, c);
	for (unsigned int c = 0; c < table->columns; c++) {
		const char *name = head_name(table, c, &right);

		print_cell(out, name, widths[c], right, c + 1 == table->columns);
	}
	for (size_t i = 0; i < table->used; i++) {
		unsigned int c = i % table->columns;

		head_name(table, c, &right);
		print_cell(out, table->cells[i], widths[c], right, c + 1 == table->columns);
	}
	free(widths);
}
