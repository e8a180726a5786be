/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads SIP messages (RFC 3261) where they lie: every function is bounded by the length it is
 * given, writes nothing to it, allocates nothing, and takes time linear in the length. Pure C,
 * compiled into the kernel, sipd, tests and fuzzers, so that all of them read a message alike.
 *
 * sip_scan() tells what identifies a message. Beneath it are an iterator over the header lines, and
 * readers of the few header values that matter to both sides.
 */
#ifndef SIP_SCAN_H
#define SIP_SCAN_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* RFC 3261 and its extensions; names are case-sensitive. */
enum sip_method {
	SIP_METHOD_OTHER,
	SIP_INVITE,
	SIP_ACK,
	SIP_BYE,
	SIP_CANCEL,
	SIP_OPTIONS,
	SIP_REGISTER,
	SIP_PRACK,
	SIP_UPDATE,
	SIP_INFO,
	SIP_MESSAGE,
	SIP_SUBSCRIBE,
	SIP_NOTIFY,
	SIP_REFER,
	SIP_PUBLISH,
	SIP_METHOD_COUNT
};

/* Headers that are looked up by number; any other is SIP_HDR_OTHER and found by name. */
enum sip_hdr_id {
	SIP_HDR_OTHER,
	SIP_HDR_VIA,
	SIP_HDR_FROM,
	SIP_HDR_TO,
	SIP_HDR_CALL_ID,
	SIP_HDR_CSEQ,
	SIP_HDR_CONTACT,
	SIP_HDR_MAX_FORWARDS,
	SIP_HDR_CONTENT_LENGTH,
	SIP_HDR_CONTENT_TYPE,
	SIP_HDR_CONTENT_DISPOSITION,
	SIP_HDR_CONTENT_ENCODING,
	SIP_HDR_CONTENT_LANGUAGE,
	SIP_HDR_ROUTE,
	SIP_HDR_RECORD_ROUTE,
	SIP_HDR_REQUIRE,
	SIP_HDR_PROXY_REQUIRE,
	SIP_HDR_SUPPORTED,
	SIP_HDR_UNSUPPORTED,
	SIP_HDR_ALLOW,
	SIP_HDR_ACCEPT,
	SIP_HDR_USER_AGENT,
	SIP_HDR_SERVER,
	SIP_HDR_EXPIRES,
	SIP_HDR_REASON,
	SIP_HDR_WARNING,
	SIP_HDR_RETRY_AFTER,
	SIP_HDR_RSEQ,
	SIP_HDR_RACK,
	SIP_HDR_SESSION_EXPIRES,
	SIP_HDR_MIN_SE,
	SIP_HDR_SUBJECT,
	SIP_HDR_DATE,
	SIP_HDR_TIMESTAMP,
	SIP_HDR_REFER_TO,
	SIP_HDR_REFERRED_BY,
	SIP_HDR_REPLACES,
	SIP_HDR_EVENT,
	SIP_HDR_AUTHORIZATION,
	SIP_HDR_PROXY_AUTHORIZATION,
	SIP_HDR_WWW_AUTHENTICATE,
	SIP_HDR_PROXY_AUTHENTICATE,
	SIP_HDR_ALERT_INFO,
	SIP_HDR_PRIVACY,
	SIP_HDR_P_ASSERTED_IDENTITY,
	SIP_HDR_P_PREFERRED_IDENTITY,
	SIP_HDR_COUNT /* at most 64 */
};

/* --- characters (RFC 3261 s.25.1) --- */

enum sip_char {
	SIP_CHAR_TOKEN = 1 << 0,
	SIP_CHAR_WSP = 1 << 1, /* SP, HTAB */
	SIP_CHAR_LINE = 1 << 2, /* CR, LF */
	/* In a value, line ends only come with folding. */
	SIP_CHAR_LWS = SIP_CHAR_WSP | SIP_CHAR_LINE,
	SIP_CHAR_DIGIT = 1 << 3,
	SIP_CHAR_HEX = 1 << 4,
	SIP_CHAR_SCHEME = 1 << 5,
	SIP_CHAR_HOST = 1 << 6, /* of a hostname or IPv4 address, and '_' */
	/* unreserved and user-unreserved, and '#', which phones do not escape */
	SIP_CHAR_USER = 1 << 7,
	SIP_CHAR_PASSWORD = 1 << 8,
	SIP_CHAR_PARAM = 1 << 9, /* paramchar of a URI, less escapes */
	SIP_CHAR_HEADER = 1 << 10, /* of hname and hvalue in a URI, less escapes */
	SIP_CHAR_VALUE = 1 << 11, /* of a header parameter's value: all that does not delimit it */
	SIP_CHAR_QUOTED = 1 << 12, /* qdtext, folding included */
	SIP_CHAR_VISIBLE = 1 << 13, /* %x21-7E */
	SIP_CHAR_HIGH = 1 << 14, /* %x80-FF, the octets of UTF-8 beyond ASCII */
};

extern const uint16_t sip_scan_chars[256];

/* Is @c in any of the classes @set, enum sip_char or-ed? */
static inline bool sip_scan_is(char c, unsigned int set)
{
	return sip_scan_chars[(unsigned char)c] & set;
}

/* --- names --- */

/* A piece of the text that is scanned. @p is NULL for what is not there. */
struct sip_scan_text {
	const char *p;
	size_t len;
};

static inline struct sip_scan_text sip_scan_between(const char *begin, const char *end)
{
	struct sip_scan_text text = { begin, end - begin };

	return text;
}

/* @name consists of token characters only. Long and compact forms, any case. */
enum sip_hdr_id sip_scan_hdr_id(const char *name, size_t len);
/* The long form; "?" for SIP_HDR_OTHER. */
const char *sip_scan_hdr_name(enum sip_hdr_id id);
enum sip_method sip_scan_method(const char *name, size_t len);
/* "?" for SIP_METHOD_OTHER. */
const char *sip_scan_method_name(enum sip_method method);

/* --- start line and header lines --- */

enum sip_scan_kind {
	SIP_SCAN_REQUEST,
	SIP_SCAN_RESPONSE,
	SIP_SCAN_EMPTY, /* nothing but line ends: a keep-alive (RFC 5626 s.3.5.1) */
	SIP_SCAN_PARTIAL, /* the start line does not end */
	SIP_SCAN_NOT_SIP,
};

struct sip_scan_start {
	enum sip_scan_kind kind;
	/* Breaks the grammar of s.7.1 or s.7.2; the parts are a guess then. */
	bool malformed;
	bool version_2_0;
	enum sip_method method; /* request */
	struct sip_scan_text method_name; /* request */
	struct sip_scan_text uri; /* request; not checked */
	int status; /* response: 100..699, or 0 and malformed */
	struct sip_scan_text reason; /* response */
	const char *begin; /* of the start line, behind leading line ends (s.7.5) */
};

struct sip_scan_header {
	enum sip_hdr_id id;
	struct sip_scan_text name;
	struct sip_scan_text value; /* trimmed; may span folded lines */
};

struct sip_scan_iter {
	const char *p;
	const char *end;
};

enum sip_scan_step {
	SIP_SCAN_HEADER,
	/* A line that is no header, or has a bare CR; skipped with what folds onto it. */
	SIP_SCAN_BAD_LINE,
	/* The empty line was read: iter->p is where the body begins. */
	SIP_SCAN_BODY,
	/* The text ends within the headers. Nothing more comes. */
	SIP_SCAN_TRUNCATED,
};

/* Reads the start line. Headers follow that of a request or response. Lines end in CRLF or LF. */
enum sip_scan_kind sip_scan_begin(struct sip_scan_iter *iter, struct sip_scan_start *start,
				  const char *buf, size_t len);
/* Reads the next header line; @header is written for SIP_SCAN_HEADER only. */
enum sip_scan_step sip_scan_next(struct sip_scan_iter *iter, struct sip_scan_header *header);

/* --- values --- */

struct sip_scan_param {
	struct sip_scan_text name;
	struct sip_scan_text value; /* .p NULL: none; a quoted string keeps its quotes */
};

/* name-addr or addr-spec with parameters: To, From, Contact, Route (s.20.10). */
struct sip_scan_nameaddr {
	struct sip_scan_text display; /* a quoted string keeps its quotes */
	struct sip_scan_text uri; /* neither empty nor with white space; not checked further */
	struct sip_scan_text params; /* without the leading ';' */
	struct sip_scan_text tag;
};

/* One element of Via (s.20.42). */
struct sip_scan_via {
	struct sip_scan_text transport;
	struct sip_scan_text sent_by; /* host [: port] */
	struct sip_scan_text host; /* IPv6 with its brackets */
	uint16_t port; /* 0: none given */
	bool rport; /* without a value: asked for (RFC 3581) */
	struct sip_scan_text params; /* without the leading ';' */
	struct sip_scan_text branch;
	struct sip_scan_text received;
};

/* First character at or behind @p that is not LWS, or @end. */
static inline const char *sip_scan_skip_lws(const char *p, const char *end)
{
	while (p < end && sip_scan_is(*p, SIP_CHAR_LWS))
		p++;
	return p;
}

/* The whole of @text as a decimal number of any length; false: no digits only, or above @max. */
bool sip_scan_number(struct sip_scan_text text, uint32_t max, uint32_t *number);
/* Behind the host (name, IPv4, or IPv6 in brackets) at @p; NULL: there is none. */
const char *sip_scan_host(const char *p, const char *end);
/*
 * Takes the next element of a comma-separated value off @rest, trimmed. Quoted strings, angle
 * brackets and comments stay whole; one that does not end takes in all that follows. False at the
 * end.
 */
bool sip_scan_list_next(struct sip_scan_text *rest, struct sip_scan_text *element);
/* Takes the next of "a=b;c" off @params: 1; 0 at the end; -1 when malformed. */
int sip_scan_param_next(struct sip_scan_text *params, struct sip_scan_param *param);
/*
 * Read the whole of @text, one element of a list. False when malformed; what could be read before
 * is filled in even then.
 */
bool sip_scan_nameaddr(struct sip_scan_nameaddr *addr, struct sip_scan_text text);
bool sip_scan_via(struct sip_scan_via *via, struct sip_scan_text text);
/* Sequence number below 2^31 (s.8.1.1.5) and method. */
bool sip_scan_cseq(struct sip_scan_text text, uint32_t *number, struct sip_scan_text *method);
/* Not empty, visible ASCII without white space. */
bool sip_scan_call_id(struct sip_scan_text text);

/* --- summary --- */

/* Octets from the beginning of the buffer; absent: both 0. */
struct sip_scan_span {
	uint32_t off;
	uint32_t len;
};

/*
 * Read lazily: what the summary does not have is passed over. Of a message that sip_msg_parse() of
 * sipd accepts, all is as sipd reads it.
 */
struct sip_scan {
	enum sip_scan_kind kind;
	enum sip_method method; /* request: of the request line; response: of CSeq */
	/* The headers are there to their end. Without it, what follows is of the lines seen. */
	bool complete;
	/*
	 * Something is wrong that no standard allows and sipd refuses: with the start line (s.7.1,
	 * s.7.2); with the value of From, To, Call-ID, CSeq, Max-Forwards or Content-Length, or of
	 * the topmost Via as far as its branch; with From, To, Call-ID, CSeq or Max-Forwards
	 * coming twice, or Content-Length with different values; or, if complete, with Via, From,
	 * To, Call-ID or CSeq not being there. What is malformed is absent, or read up to where it
	 * breaks. Not each offence is seen: other headers, lines that are no header, parameters
	 * and URIs are not looked at, and a message that is not malformed may still be refused.
	 */
	bool malformed;
	bool version_2_0;
	bool has_content_length; /* at least one, and all the same */
	bool has_expires; /* a malformed one is absent, and no offence */
	bool has_credentials; /* an Authorization or Proxy-Authorization header */
	uint16_t status; /* response: 100..699, or 0 */
	int16_t max_forwards; /* -1: absent */
	uint32_t cseq;
	uint32_t content_length;
	uint32_t expires; /* seconds, of the Expires header */
	uint32_t body; /* where it begins, if complete */
	struct sip_scan_span method_name; /* as method */
	struct sip_scan_span uri; /* request */
	struct sip_scan_span call_id;
	struct sip_scan_span via_sent_by; /* of the topmost Via */
	struct sip_scan_span via_branch;
	struct sip_scan_span from_tag;
	struct sip_scan_span to_tag;
	struct sip_scan_span user_agent;
};

/*
 * Of a header that comes twice, the first counts. Looks at 4 GiB at most. Returns @scan->kind. For
 * text in several pieces see sip_scan_stream.h.
 */
enum sip_scan_kind sip_scan(struct sip_scan *scan, const char *buf, size_t len);

#endif
