// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_scan_line.h"
#include "sip_scan_word.h"

/* Classes of letters and digits, then of what RFC 3261 s.25.1 calls mark and reserved. */
#define ALNUM                                                                                      \
	(SIP_CHAR_TOKEN | SIP_CHAR_SCHEME | SIP_CHAR_HOST | URI_ANY | SIP_CHAR_VALUE | TEXT)
#define URI_ANY (SIP_CHAR_USER | SIP_CHAR_PASSWORD | SIP_CHAR_PARAM | SIP_CHAR_HEADER)
#define TEXT (SIP_CHAR_QUOTED | SIP_CHAR_VISIBLE)
#define VALUE (SIP_CHAR_VALUE | TEXT)
#define HEX (ALNUM | SIP_CHAR_HEX)
#define DIGIT (HEX | SIP_CHAR_DIGIT)
#define MARK (URI_ANY | VALUE)
#define TOKEN_MARK (MARK | SIP_CHAR_TOKEN)

const uint16_t sip_scan_chars[256] = {
	['\t'] = SIP_CHAR_WSP | SIP_CHAR_QUOTED,
	['\n'] = SIP_CHAR_LINE | SIP_CHAR_QUOTED,
	['\r'] = SIP_CHAR_LINE | SIP_CHAR_QUOTED,
	[' '] = SIP_CHAR_WSP | SIP_CHAR_QUOTED,
	['!'] = TOKEN_MARK,
	['"'] = SIP_CHAR_VISIBLE,
	['#'] = VALUE | SIP_CHAR_USER,
	['$'] = MARK,
	['%'] = VALUE | SIP_CHAR_TOKEN,
	['&'] = VALUE | SIP_CHAR_USER | SIP_CHAR_PASSWORD | SIP_CHAR_PARAM,
	['\''] = TOKEN_MARK,
	['('] = MARK,
	[')'] = MARK,
	['*'] = TOKEN_MARK,
	['+'] = TOKEN_MARK | SIP_CHAR_SCHEME,
	[','] = TEXT | SIP_CHAR_USER | SIP_CHAR_PASSWORD,
	['-'] = TOKEN_MARK | SIP_CHAR_SCHEME | SIP_CHAR_HOST,
	['.'] = TOKEN_MARK | SIP_CHAR_SCHEME | SIP_CHAR_HOST,
	['/'] = VALUE | SIP_CHAR_USER | SIP_CHAR_PARAM | SIP_CHAR_HEADER,
	['0' ... '9'] = DIGIT,
	[':'] = VALUE | SIP_CHAR_PARAM | SIP_CHAR_HEADER,
	[';'] = TEXT | SIP_CHAR_USER,
	['<'] = TEXT,
	['='] = VALUE | SIP_CHAR_USER | SIP_CHAR_PASSWORD,
	['>'] = TEXT,
	['?'] = VALUE | SIP_CHAR_USER | SIP_CHAR_HEADER,
	['@'] = VALUE,
	['A' ... 'F'] = HEX,
	['G' ... 'Z'] = ALNUM,
	['['] = VALUE | SIP_CHAR_PARAM | SIP_CHAR_HEADER,
	['\\'] = SIP_CHAR_VALUE | SIP_CHAR_VISIBLE,
	[']'] = VALUE | SIP_CHAR_PARAM | SIP_CHAR_HEADER,
	['^'] = VALUE,
	['_'] = TOKEN_MARK | SIP_CHAR_HOST,
	['`'] = VALUE | SIP_CHAR_TOKEN,
	['a' ... 'f'] = HEX,
	['g' ... 'z'] = ALNUM,
	['{'] = VALUE,
	['|'] = VALUE,
	['}'] = VALUE,
	['~'] = TOKEN_MARK,
	[0x80 ... 0xff] = SIP_CHAR_HIGH | SIP_CHAR_VALUE | SIP_CHAR_QUOTED,
};

struct name {
	const char *text;
	size_t len;
};

#define NAME(literal) { literal, sizeof(literal) - 1 }

static const struct name hdr_names[SIP_HDR_COUNT] = {
	[SIP_HDR_OTHER] = NAME("?"),
	[SIP_HDR_VIA] = NAME("Via"),
	[SIP_HDR_FROM] = NAME("From"),
	[SIP_HDR_TO] = NAME("To"),
	[SIP_HDR_CALL_ID] = NAME("Call-ID"),
	[SIP_HDR_CSEQ] = NAME("CSeq"),
	[SIP_HDR_CONTACT] = NAME("Contact"),
	[SIP_HDR_MAX_FORWARDS] = NAME("Max-Forwards"),
	[SIP_HDR_CONTENT_LENGTH] = NAME("Content-Length"),
	[SIP_HDR_CONTENT_TYPE] = NAME("Content-Type"),
	[SIP_HDR_CONTENT_DISPOSITION] = NAME("Content-Disposition"),
	[SIP_HDR_CONTENT_ENCODING] = NAME("Content-Encoding"),
	[SIP_HDR_CONTENT_LANGUAGE] = NAME("Content-Language"),
	[SIP_HDR_ROUTE] = NAME("Route"),
	[SIP_HDR_RECORD_ROUTE] = NAME("Record-Route"),
	[SIP_HDR_REQUIRE] = NAME("Require"),
	[SIP_HDR_PROXY_REQUIRE] = NAME("Proxy-Require"),
	[SIP_HDR_SUPPORTED] = NAME("Supported"),
	[SIP_HDR_UNSUPPORTED] = NAME("Unsupported"),
	[SIP_HDR_ALLOW] = NAME("Allow"),
	[SIP_HDR_ACCEPT] = NAME("Accept"),
	[SIP_HDR_USER_AGENT] = NAME("User-Agent"),
	[SIP_HDR_SERVER] = NAME("Server"),
	[SIP_HDR_EXPIRES] = NAME("Expires"),
	[SIP_HDR_REASON] = NAME("Reason"),
	[SIP_HDR_WARNING] = NAME("Warning"),
	[SIP_HDR_RETRY_AFTER] = NAME("Retry-After"),
	[SIP_HDR_RSEQ] = NAME("RSeq"),
	[SIP_HDR_RACK] = NAME("RAck"),
	[SIP_HDR_SESSION_EXPIRES] = NAME("Session-Expires"),
	[SIP_HDR_MIN_SE] = NAME("Min-SE"),
	[SIP_HDR_SUBJECT] = NAME("Subject"),
	[SIP_HDR_DATE] = NAME("Date"),
	[SIP_HDR_TIMESTAMP] = NAME("Timestamp"),
	[SIP_HDR_REFER_TO] = NAME("Refer-To"),
	[SIP_HDR_REFERRED_BY] = NAME("Referred-By"),
	[SIP_HDR_REPLACES] = NAME("Replaces"),
	[SIP_HDR_EVENT] = NAME("Event"),
	[SIP_HDR_AUTHORIZATION] = NAME("Authorization"),
	[SIP_HDR_PROXY_AUTHORIZATION] = NAME("Proxy-Authorization"),
	[SIP_HDR_WWW_AUTHENTICATE] = NAME("WWW-Authenticate"),
	[SIP_HDR_PROXY_AUTHENTICATE] = NAME("Proxy-Authenticate"),
	[SIP_HDR_ALERT_INFO] = NAME("Alert-Info"),
	[SIP_HDR_PRIVACY] = NAME("Privacy"),
	[SIP_HDR_P_ASSERTED_IDENTITY] = NAME("P-Asserted-Identity"),
	[SIP_HDR_P_PREFERRED_IDENTITY] = NAME("P-Preferred-Identity"),
};

/* The IANA registry of compact forms, as far as the headers above have one. */
static const uint8_t compact_forms['z' - 'a' + 1] = {
	['b' - 'a'] = SIP_HDR_REFERRED_BY,
	['c' - 'a'] = SIP_HDR_CONTENT_TYPE,
	['e' - 'a'] = SIP_HDR_CONTENT_ENCODING,
	['f' - 'a'] = SIP_HDR_FROM,
	['i' - 'a'] = SIP_HDR_CALL_ID,
	['k' - 'a'] = SIP_HDR_SUPPORTED,
	['l' - 'a'] = SIP_HDR_CONTENT_LENGTH,
	['m' - 'a'] = SIP_HDR_CONTACT,
	['o' - 'a'] = SIP_HDR_EVENT,
	['r' - 'a'] = SIP_HDR_REFER_TO,
	['s' - 'a'] = SIP_HDR_SUBJECT,
	['t' - 'a'] = SIP_HDR_TO,
	['v' - 'a'] = SIP_HDR_VIA,
	['x' - 'a'] = SIP_HDR_SESSION_EXPIRES,
};

/*
 * A perfect hash of the long forms by length, first and middle letter. Or-ing 0x20 makes letters
 * small and leaves '-' alone; no other token character becomes one of these.
 */
#define HASH(len, first, middle) \
	(((len) * HASH_LEN + ((first) | 0x20) * HASH_FIRST + ((middle) | 0x20) * HASH_MIDDLE) & 127)
#define HASH_LEN 5
#define HASH_FIRST 12
#define HASH_MIDDLE 53

static const uint8_t hdr_slots[128] = {
	[HASH(3, 'v', 'i')] = SIP_HDR_VIA,
	[HASH(4, 'f', 'o')] = SIP_HDR_FROM,
	[HASH(2, 't', 'o')] = SIP_HDR_TO,
	[HASH(7, 'c', 'l')] = SIP_HDR_CALL_ID,
	[HASH(4, 'c', 'e')] = SIP_HDR_CSEQ,
	[HASH(7, 'c', 't')] = SIP_HDR_CONTACT,
	[HASH(12, 'm', 'r')] = SIP_HDR_MAX_FORWARDS,
	[HASH(14, 'c', '-')] = SIP_HDR_CONTENT_LENGTH,
	[HASH(12, 'c', 't')] = SIP_HDR_CONTENT_TYPE,
	[HASH(19, 'c', 'i')] = SIP_HDR_CONTENT_DISPOSITION,
	[HASH(16, 'c', 'e')] = SIP_HDR_CONTENT_ENCODING,
	[HASH(16, 'c', 'l')] = SIP_HDR_CONTENT_LANGUAGE,
	[HASH(5, 'r', 'u')] = SIP_HDR_ROUTE,
	[HASH(12, 'r', '-')] = SIP_HDR_RECORD_ROUTE,
	[HASH(7, 'r', 'u')] = SIP_HDR_REQUIRE,
	[HASH(13, 'p', 'r')] = SIP_HDR_PROXY_REQUIRE,
	[HASH(9, 's', 'o')] = SIP_HDR_SUPPORTED,
	[HASH(11, 'u', 'p')] = SIP_HDR_UNSUPPORTED,
	[HASH(5, 'a', 'l')] = SIP_HDR_ALLOW,
	[HASH(6, 'a', 'e')] = SIP_HDR_ACCEPT,
	[HASH(10, 'u', 'a')] = SIP_HDR_USER_AGENT,
	[HASH(6, 's', 'v')] = SIP_HDR_SERVER,
	[HASH(7, 'e', 'i')] = SIP_HDR_EXPIRES,
	[HASH(6, 'r', 's')] = SIP_HDR_REASON,
	[HASH(7, 'w', 'n')] = SIP_HDR_WARNING,
	[HASH(11, 'r', '-')] = SIP_HDR_RETRY_AFTER,
	[HASH(4, 'r', 'e')] = SIP_HDR_RSEQ,
	[HASH(4, 'r', 'c')] = SIP_HDR_RACK,
	[HASH(15, 's', '-')] = SIP_HDR_SESSION_EXPIRES,
	[HASH(6, 'm', '-')] = SIP_HDR_MIN_SE,
	[HASH(7, 's', 'j')] = SIP_HDR_SUBJECT,
	[HASH(4, 'd', 't')] = SIP_HDR_DATE,
	[HASH(9, 't', 's')] = SIP_HDR_TIMESTAMP,
	[HASH(8, 'r', 'r')] = SIP_HDR_REFER_TO,
	[HASH(11, 'r', 'r')] = SIP_HDR_REFERRED_BY,
	[HASH(8, 'r', 'a')] = SIP_HDR_REPLACES,
	[HASH(5, 'e', 'e')] = SIP_HDR_EVENT,
	[HASH(13, 'a', 'i')] = SIP_HDR_AUTHORIZATION,
	[HASH(19, 'p', 'h')] = SIP_HDR_PROXY_AUTHORIZATION,
	[HASH(16, 'w', 'e')] = SIP_HDR_WWW_AUTHENTICATE,
	[HASH(18, 'p', 'h')] = SIP_HDR_PROXY_AUTHENTICATE,
	[HASH(10, 'a', '-')] = SIP_HDR_ALERT_INFO,
	[HASH(7, 'p', 'v')] = SIP_HDR_PRIVACY,
	[HASH(19, 'p', 'd')] = SIP_HDR_P_ASSERTED_IDENTITY,
	[HASH(20, 'p', 'd')] = SIP_HDR_P_PREFERRED_IDENTITY,
};

enum sip_hdr_id sip_scan_hdr_id(const char *name, size_t len)
{
	const struct name *known;
	enum sip_hdr_id id;
	size_t i;

	if (len < 2) {
		char c = len ? *name | 0x20 : 0;

		return c >= 'a' && c <= 'z' ? compact_forms[c - 'a'] : SIP_HDR_OTHER;
	}
	id = hdr_slots[HASH(len, (unsigned char)name[0], (unsigned char)name[len / 2])];
	known = &hdr_names[id];
	if (known->len != len)
		return SIP_HDR_OTHER;
	for (i = 0; i < len; i++)
		if ((name[i] | 0x20) != (known->text[i] | 0x20))
			return SIP_HDR_OTHER;
	return id;
}

const char *sip_scan_hdr_name(enum sip_hdr_id id)
{
	return hdr_names[id < SIP_HDR_COUNT ? id : SIP_HDR_OTHER].text;
}

#define METHOD(literal) { literal, sizeof(literal) - 1, MASK(sizeof(literal) - 1) }
#define MASK(len) ((len) < 8 ? (1ULL << 8 * ((len) & 7)) - 1 : ~0ULL)

const struct sip_scan_method_name sip_scan_methods[SIP_METHOD_COUNT] = {
	[SIP_METHOD_OTHER] = { "?", 0xff, ~0ULL },
	[SIP_INVITE] = METHOD("INVITE"),
	[SIP_ACK] = METHOD("ACK"),
	[SIP_BYE] = METHOD("BYE"),
	[SIP_CANCEL] = METHOD("CANCEL"),
	[SIP_OPTIONS] = METHOD("OPTIONS"),
	[SIP_REGISTER] = METHOD("REGISTER"),
	[SIP_PRACK] = METHOD("PRACK"),
	[SIP_UPDATE] = METHOD("UPDATE"),
	[SIP_INFO] = METHOD("INFO"),
	[SIP_MESSAGE] = METHOD("MESSAGE"),
	[SIP_SUBSCRIBE] = METHOD("SUBSCRIBE"),
	[SIP_NOTIFY] = METHOD("NOTIFY"),
	[SIP_REFER] = METHOD("REFER"),
	[SIP_PUBLISH] = METHOD("PUBLISH"),
};

#define METHOD_SLOT(a, b, c) SIP_SCAN_METHOD_SLOT((a) | (b) << 8 | (c) << 16)

const uint8_t sip_scan_method_slots[16] = {
	[METHOD_SLOT('I', 'N', 'V')] = SIP_INVITE,
	[METHOD_SLOT('A', 'C', 'K')] = SIP_ACK,
	[METHOD_SLOT('B', 'Y', 'E')] = SIP_BYE,
	[METHOD_SLOT('C', 'A', 'N')] = SIP_CANCEL,
	[METHOD_SLOT('O', 'P', 'T')] = SIP_OPTIONS,
	[METHOD_SLOT('R', 'E', 'G')] = SIP_REGISTER,
	[METHOD_SLOT('P', 'R', 'A')] = SIP_PRACK,
	[METHOD_SLOT('U', 'P', 'D')] = SIP_UPDATE,
	[METHOD_SLOT('I', 'N', 'F')] = SIP_INFO,
	[METHOD_SLOT('M', 'E', 'S')] = SIP_MESSAGE,
	[METHOD_SLOT('S', 'U', 'B')] = SIP_SUBSCRIBE,
	[METHOD_SLOT('N', 'O', 'T')] = SIP_NOTIFY,
	[METHOD_SLOT('R', 'E', 'F')] = SIP_REFER,
	[METHOD_SLOT('P', 'U', 'B')] = SIP_PUBLISH,
};

enum sip_method sip_scan_method(const char *name, size_t len)
{
	enum sip_method method = sip_scan_method_guess(word_at(name, name + len));
	const struct sip_scan_method_name *known = &sip_scan_methods[method];
	size_t i;

	if (known->len != len)
		return SIP_METHOD_OTHER;
	for (i = 0; i < len; i++)
		if (known->text[i] != name[i])
			return SIP_METHOD_OTHER;
	return method;
}

const char *sip_scan_method_name(enum sip_method method)
{
	return sip_scan_methods[method < SIP_METHOD_COUNT ? method : SIP_METHOD_OTHER].text;
}

#define BEGINNING(c) ((c) & 31)
#define SECOND(c) (1U << ((c) & 31))
/* Behind a compact form. */
#define COLON (SECOND(':') | SECOND(' ') | SECOND('\t') | SECOND('\r') | SECOND('\n'))

const uint32_t sip_scan_beginnings[32] = {
	[BEGINNING(' ')] = ~0U,
	[BEGINNING('a')] = SECOND('u'),
	[BEGINNING('c')] = SECOND('a') | SECOND('o') | SECOND('s'),
	[BEGINNING('e')] = SECOND('x'),
	[BEGINNING('f')] = SECOND('r') | COLON,
	[BEGINNING('i')] = ~0U,
	[BEGINNING('l')] = COLON,
	[BEGINNING('m')] = SECOND('a') | SECOND('\n'),
	[BEGINNING('p')] = SECOND('r'),
	[BEGINNING('t')] = SECOND('o') | COLON,
	[BEGINNING('u')] = SECOND('s'),
	[BEGINNING('v')] = SECOND('i') | COLON,
};
