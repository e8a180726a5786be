// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/ladder.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sipctl/text.h"

/* Columns kept for half a column's name, left with the time, and right. */
#define MARGIN_LEFT 14
#define MARGIN_RIGHT 11

struct glyphs {
	uint32_t side;
	uint32_t line;
	uint32_t dashes[2]; /* taken in turn */
	uint32_t media;
	uint32_t left;
	uint32_t right;
};

static const struct glyphs unicode = { 0x2502, 0x2500, { 0x254c, 0x254c }, 0x2550, 0x25c4, 0x25ba };
static const struct glyphs ascii = { '|', '-', { '-', ' ' }, '=', '<', '>' };

/* One line of output being composed. */
struct canvas {
	const struct ladder *ladder;
	const struct glyphs *glyphs;
	FILE *out;
	unsigned int width;
	unsigned int x[LADDER_COLUMNS_MAX]; /* of the vertical lines */
	uint32_t cells[LADDER_WIDTH_MAX + 1]; /* 0: the second half of a wide character */
	const char *time; /* for the next line, or NULL */
};

/* An empty line: the vertical lines, and the time if it is due. */
static void begin(struct canvas *canvas)
{
	for (unsigned int i = 0; i < canvas->width; i++)
		canvas->cells[i] = ' ';
	for (unsigned int i = 0; i < canvas->ladder->ncolumns; i++)
		canvas->cells[canvas->x[i]] = canvas->glyphs->side;
}

static void put(struct canvas *canvas, unsigned int x, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned int columns;
	uint32_t c;

	while (text < end) {
		text += text_next(text, &c, &columns);
		if (x + columns > canvas->width)
			return;
		canvas->cells[x] = c;
		if (columns == 2)
			canvas->cells[x + 1] = 0;
		x += columns;
	}
}

static void print(struct canvas *canvas)
{
	unsigned int end = canvas->width;
	char octets[5];

	if (canvas->time)
		put(canvas, 0, canvas->time, strlen(canvas->time));
	canvas->time = NULL;
	while (end && canvas->cells[end - 1] == ' ')
		end--;
	for (unsigned int i = 0; i < end; i++) {
		if (!canvas->cells[i])
			continue;
		text_encode(canvas->cells[i], octets);
		fputs(octets, canvas->out);
	}
	fputc('\n', canvas->out);
}

/* The octets of @text that fit @room columns, broken at a blank if there is one. */
static size_t fitting(const char *text, unsigned int room)
{
	unsigned int used = 0, columns;
	size_t at = 0, blank = 0, len;
	uint32_t c;

	while ((len = text_next(text + at, &c, &columns))) {
		if (used + columns > room)
			return blank ? blank : at;
		if (c == ' ')
			blank = at;
		used += columns;
		at += len;
	}
	return at;
}

static unsigned int width_of(const char *text, size_t len)
{
	unsigned int width = 0, columns;
	uint32_t c;

	for (size_t at = 0; at < len; width += columns)
		at += text_next(text + at, &c, &columns);
	return width;
}

/* Text centred between two vertical lines, a blank at each side, in as many lines as it needs. */
static void print_text(struct canvas *canvas, unsigned int left, unsigned int right,
		       const char *text)
{
	unsigned int room = right - left - 3;

	while (*text) {
		size_t len = fitting(text, room);
		unsigned int width = width_of(text, len);
		unsigned int x = left + 2 + (room - width) / 2;

		begin(canvas);
		put(canvas, x - 1, " ", 1);
		put(canvas, x, text, len);
		put(canvas, x + width, " ", 1);
		print(canvas);
		text += len;
		text += strspn(text, " ");
	}
}

/* A line from @left to @right, exclusive, with @label in it. */
static void print_line(struct canvas *canvas, const struct ladder_event *event, unsigned int left,
		       unsigned int right, const char *label)
{
	const struct glyphs *glyphs = canvas->glyphs;
	bool media = event->kind == LADDER_MEDIA;
	unsigned int width = text_width(label);
	unsigned int x = left + 1 + (right - left - 1 - width) / 2;

	begin(canvas);
	for (unsigned int i = left + 1; i < right; i++)
		canvas->cells[i] = media		 ? glyphs->media :
				   event->retransmission ? glyphs->dashes[(i - left) % 2] :
							   glyphs->line;
	if (media || event->from > event->to)
		canvas->cells[left + 1] = glyphs->left;
	if (media || event->from < event->to)
		canvas->cells[right - 1] = glyphs->right;
	if (width) {
		put(canvas, x - 1, " ", 1);
		put(canvas, x, label, strlen(label));
		put(canvas, x + width, " ", 1);
	}
	print(canvas);
}

static bool fits(const char *label, unsigned int left, unsigned int right)
{
	/* A blank, a piece of the line and its head at each side. */
	return text_width(label) + 6 <= right - left - 1;
}

static void draw_arrow(struct canvas *canvas, const struct ladder_event *event, unsigned int left,
		       unsigned int right)
{
	static const char mark[] = "(retransmission)";
	char *title = text_format("%s%s%s", event->label, event->retransmission ? " " : "",
				  event->retransmission ? mark : "");

	if (fits(title, left, right)) {
		print_line(canvas, event, left, right, title);
	} else if (fits(event->label, left, right)) {
		print_line(canvas, event, left, right, event->label);
		if (event->retransmission)
			print_text(canvas, left, right, mark);
	} else {
		print_text(canvas, left, right, title);
		print_line(canvas, event, left, right, "");
	}
	free(title);
}

static void draw_event(struct canvas *canvas, const struct ladder_event *event)
{
	unsigned int last = canvas->ladder->ncolumns - 1;
	unsigned int from = event->from < last ? event->from : last;
	unsigned int to = event->to < last ? event->to : last;
	unsigned int left = canvas->x[from < to ? from : to];
	unsigned int right = canvas->x[from < to ? to : from];
	char time[32];

	if (from == to) {
		left = canvas->x[0];
		right = canvas->x[last];
	}
	snprintf(time, sizeof(time), "%5lld.%03lld", event->t_ms / 1000, event->t_ms % 1000);
	canvas->time = time;
	if (event->kind == LADDER_NOTE || from == to)
		print_text(canvas, left, right, event->label);
	else
		draw_arrow(canvas, event, left, right);
	print_text(canvas, left, right, event->detail);
	canvas->time = NULL;
}

static void draw_heads(struct canvas *canvas, bool realms)
{
	for (unsigned int i = 0; i < canvas->width; i++)
		canvas->cells[i] = ' ';
	for (unsigned int i = 0; i < canvas->ladder->ncolumns; i++) {
		const struct ladder_column *column = &canvas->ladder->columns[i];
		const char *text = realms ? column->realm : column->name;
		unsigned int half = text_width(text) / 2;

		put(canvas, canvas->x[i] > half ? canvas->x[i] - half : 0, text, strlen(text));
	}
	print(canvas);
}

unsigned int ladder_width(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 100;
}

void ladder_release(struct ladder *ladder)
{
	for (unsigned int i = 0; i < ladder->ncolumns; i++) {
		free((char *)ladder->columns[i].name);
		free((char *)ladder->columns[i].realm);
	}
	for (size_t i = 0; i < ladder->nevents; i++) {
		free((char *)ladder->events[i].label);
		free((char *)ladder->events[i].detail);
	}
	free(ladder->events);
}

void ladder_draw(const struct ladder *ladder, unsigned int width, FILE *out)
{
	struct canvas canvas = { .ladder = ladder, .out = out };
	unsigned int span;

	canvas.glyphs = text_utf8() ? &unicode : &ascii;
	canvas.width = width < LADDER_WIDTH_MIN ? LADDER_WIDTH_MIN :
		       width > LADDER_WIDTH_MAX ? LADDER_WIDTH_MAX :
						  width;
	span = canvas.width - MARGIN_LEFT - MARGIN_RIGHT;
	for (unsigned int i = 0; i < ladder->ncolumns; i++)
		canvas.x[i] = MARGIN_LEFT + span * i / (ladder->ncolumns - 1);
	draw_heads(&canvas, false);
	draw_heads(&canvas, true);
	begin(&canvas);
	print(&canvas);
	for (size_t i = 0; i < ladder->nevents; i++)
		draw_event(&canvas, &ladder->events[i]);
}
