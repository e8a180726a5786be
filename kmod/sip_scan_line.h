/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of one message, read into a summary: what sip_scan() and streams share. */
#ifndef SIP_SCAN_LINE_H
#define SIP_SCAN_LINE_H

#include "sip_scan.h"

struct sip_scan_lines {
	struct sip_scan *scan;
	/* Where the message's first octet would be if all of it lay where its lines are read. */
	uintptr_t origin;
	uint32_t seen; /* of the headers that are looked at, a bit each */
};

struct sip_scan_method_name {
	char text[15]; /* with zeros behind */
	uint8_t len; /* more than there is room for, if it is none */
	uint64_t mask; /* of its octets in a word (sip_scan_word.h) */
};

extern const struct sip_scan_method_name sip_scan_methods[SIP_METHOD_COUNT];

/* A perfect hash of the first three letters, the first of them in the lowest octet. */
#define SIP_SCAN_METHOD_FACTOR 0x9f3246fbU
#define SIP_SCAN_METHOD_SLOT(letters) (((letters) * SIP_SCAN_METHOD_FACTOR) >> 28)
extern const uint8_t sip_scan_method_slots[16];

/* The only method that the octets @word (sip_scan_word.h) may be the beginning of. */
static inline enum sip_method sip_scan_method_guess(uint64_t word)
{
	return sip_scan_method_slots[SIP_SCAN_METHOD_SLOT((uint32_t)word & 0xffffff)];
}

/*
 * By the first octet of a line, and 31: a bit for each second octet, and 31, that a line may have
 * which is looked at, or folds, or is empty. CR is like 'm', HTAB like 'i'.
 */
extern const uint32_t sip_scan_beginnings[32];

/* Does the summary have something of the value, or mind that the header comes again? */
bool sip_scan_is_looked_at(const struct sip_scan_lines *lines, enum sip_hdr_id id);
/* As if a header, of any kind, had come, but absent. False: what is absent is absent anyway. */
bool sip_scan_pass_over(struct sip_scan_lines *lines, enum sip_hdr_id id);
/* Of the header line at @p, by its name; SIP_HDR_OTHER also for what is none. */
enum sip_hdr_id sip_scan_line_id(const char *p, const char *end);
/* Behind the next LF, or NULL. */
const char *sip_scan_skip_line(const char *p, const char *end);

/*
 * The start line or the header line at @p, read with what sipd reads it with. They return what is
 * behind it; NULL: it does not end, and of a header line nothing was read.
 */
const char *sip_scan_read_start(struct sip_scan_lines *lines, const char *p, const char *end);
const char *sip_scan_read_header(struct sip_scan_lines *lines, const char *p, const char *end);

/*
 * Reads the start line at @p, and returns what is behind it; NULL: it has no end. Sets
 * @lines->scan->kind.
 */
const char *sip_scan_start_line(struct sip_scan_lines *lines, const char *p, const char *end);
/*
 * Reads header lines that begin between @p and @stop, up to the empty line, which makes
 * @lines->scan->complete. Returns where the first line begins that was not read, as it does not end
 * before @end: folding shows in the octet behind a line. How a line is read depends on nothing but
 * its octets and that one.
 */
const char *sip_scan_header_lines(struct sip_scan_lines *lines, const char *p, const char *stop,
				  const char *end);

#endif
