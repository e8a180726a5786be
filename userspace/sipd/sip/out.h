/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text being written into a buffer of the caller. Running over its end is remembered, not an
 * error at each step: check sip_out_ok() once at the end.
 */
#ifndef SIPD_SIP_OUT_H
#define SIPD_SIP_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

struct sip_out {
	char *p;
	size_t len;
	size_t cap;
	bool overflow;
};

void sip_out_init(struct sip_out *out, char *buf, size_t cap);
void sip_out_view(struct sip_out *out, struct view text);
/* Inline, as the length of most texts is known. */
static inline void sip_out_str(struct sip_out *out, const char *text)
{
	sip_out_view(out, view_str(text));
}
void sip_out_u32(struct sip_out *out, uint32_t number);
void sip_out_printf(struct sip_out *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "Name: value" CRLF; folded values are unfolded. */
void sip_out_header(struct sip_out *out, const char *name, struct view value);
/* Letters, digits and what @plain names as they are, all else as %XX (RFC 3261 s.19.1.2). */
void sip_out_escaped(struct sip_out *out, struct view text, const char *plain);
/* Content-Type (when there is a body), Content-Length, the empty line, and the body. */
void sip_out_body(struct sip_out *out, struct view content_type, struct view body);

static inline bool sip_out_ok(const struct sip_out *out)
{
	return !out->overflow;
}

static inline struct view sip_out_text(const struct sip_out *out)
{
	return (struct view){ out->p, out->len };
}

#endif
