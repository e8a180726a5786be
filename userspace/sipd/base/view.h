/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A borrowed piece of text: pointer and length, no terminating NUL. */
#ifndef SIPD_BASE_VIEW_H
#define SIPD_BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct view {
	const char *p;
	size_t len;
};

/* printf("%.*s", VIEW_ARG(v)) */
#define VIEW_ARG(v) ((int)(v).len), ((v).p ? (v).p : "")
#define VIEW_LIT(literal) ((struct view){ (literal), sizeof(literal) - 1 })
#define VIEW_NONE ((struct view){ NULL, 0 })

static inline struct view view_str(const char *s)
{
	return (struct view){ s, s ? strlen(s) : 0 };
}

static inline bool view_eq(struct view a, struct view b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

/* Case-insensitive, ASCII. */
static inline bool view_ieq(struct view a, struct view b)
{
	return a.len == b.len && (!a.len || !strncasecmp(a.p, b.p, a.len));
}

/* Without leading and trailing white space, line ends included. */
struct view view_trim(struct view v);

/*
 * The whole of @v as a decimal number of at most @max: 0, -EINVAL when it is not digits only,
 * -ERANGE when it is greater.
 */
int view_to_u32(struct view v, uint32_t max, uint32_t *out);

/* A malloc()ed, NUL-terminated copy, or NULL. */
char *view_dup(struct view v);

/* Of a hexadecimal digit its value, else -1. */
int view_hex_digit(char c);

#endif
