/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies of several parts (RFC 2046 s.5.1, RFC 5621), taken apart and put together again. */
#ifndef SIPD_SIP_MULTIPART_H
#define SIPD_SIP_MULTIPART_H

#include <stdbool.h>

#include "base/view.h"
#include "sip/out.h"

/* Above, a body is malformed, as far as we are concerned. */
#define SIP_MAX_PARTS 16
/* Octets (RFC 2046 s.5.1.1). */
#define SIP_MAX_BOUNDARY 70

struct sip_part {
	struct view whole; /* from its delimiter line to the next one */
	struct view headers; /* lines, with their ends; may be empty */
	struct view content; /* without the line end that is of the next delimiter */
};

struct sip_multipart {
	struct view body;
	unsigned int nparts; /* at least 1, unless it could not be read */
	struct sip_part parts[SIP_MAX_PARTS];
};

/* Is this Content-Type, parameters and all, that of a multipart of some subtype? */
bool sip_is_multipart(struct view content_type);

/*
 * Takes @body apart at the delimiters that @content_type names (RFC 2046 s.5.1.1). 0, or -EBADMSG
 * with @reason, static text that fits a Warning. Refused is also what others may read otherwise:
 * a delimiter after a bare LF, or with more in its line. Parts of parts stay what they are. Pure:
 * no allocation. @multipart borrows @body.
 */
int sip_multipart_split(struct sip_multipart *multipart, struct view content_type, struct view body,
			const char **reason);

/* The first header of that name (RFC 2045 s.3); false: there is none. May span folded lines. */
bool sip_part_header(const struct sip_part *part, struct view name, struct view *value);

/*
 * Writes @multipart->body with @content in place of what @part, one of its parts, contains; a
 * Content-Length that it has says so. All else goes on octet by octet (RFC 2046 s.5.1.1:
 * preamble and epilogue too). @content must have no line that begins with the delimiter.
 */
void sip_multipart_write(struct sip_out *out, const struct sip_multipart *multipart,
			 const struct sip_part *part, struct view content);
/* The same without @part, which must not be the only one. */
void sip_multipart_write_without(struct sip_out *out, const struct sip_multipart *multipart,
				 const struct sip_part *part);

#endif
