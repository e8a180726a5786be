/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for a terminal. Follows LC_CTYPE: outside UTF-8, everything is ASCII. */
#ifndef SIPCTL_TEXT_H
#define SIPCTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Strings returned are the caller's to free(); without memory the program ends. */

bool text_utf8(void);

/*
 * Control characters, what is not UTF-8, and characters that take no column or turn the
 * direction of writing come back as \x1b or \u{202e}: a string from the network can't
 * command the terminal nor look like another.
 */
char *text_escape(const char *text);

/*
 * Reads one character of an escaped @text and its columns (1 or 2); returns its octets, 0 at
 * the end.
 */
size_t text_next(const char *text, uint32_t *character, unsigned int *columns);

/* Columns of an escaped @text. */
unsigned int text_width(const char *text);

/* As UTF-8; @buf has room for 5. */
void text_encode(uint32_t character, char *buf);

/* printf() into memory. */
char *text_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* "20ms", "12.3s", "4m05s", "3h12m", "2d04h". */
char *text_duration(uint64_t ms);

/* Local time of seconds since 1970 as "2026-11-20 10:00:00". */
char *text_time(double seconds);

#endif /* SIPCTL_TEXT_H */
