/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a DNS server answered (RFC 1035), as far as finding SIP servers needs it: addresses, SRV
 * (RFC 2782), NAPTR (RFC 3403), the aliases in front of them, and how long it holds. Pure: octets
 * in, a copy out.
 */
#ifndef SIPD_DNS_MESSAGE_H
#define SIPD_DNS_MESSAGE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_NAPTR = 35,
};

/* Of a name as text, its NUL included (RFC 1035 s.2.3.4). */
#define DNS_NAME_STRLEN 254
/* Of one answer; more are left out. */
#define DNS_MAX_RECORDS 64
#define DNS_MAX_TEXT 4096
/* Names in a row that each only name the next one. */
#define DNS_MAX_ALIASES 8

enum dns_result {
	DNS_FOUND,
	DNS_ALIAS, /* the only record names where to look further */
	DNS_NO_DATA, /* the name is there, but nothing of that type */
	DNS_NO_NAME,
	/* Of these nothing is known of the name: */
	DNS_REFUSED, /* servers said that they cannot, or none listens */
	DNS_SILENT, /* no server answered in time */
	DNS_GARBAGE, /* what came is no answer */
};

const char *dns_type_name(enum dns_type type); /* "SRV" */
const char *dns_result_name(enum dns_result result); /* for people: "no such name" */

static inline bool dns_result_is_failure(enum dns_result result)
{
	return result >= DNS_REFUSED;
}

struct dns_record {
	union {
		struct in_addr v4; /* A */
		struct in6_addr v6; /* AAAA */
		struct {
			uint16_t order; /* NAPTR; SRV: priority */
			uint16_t preference; /* NAPTR; SRV: weight */
			uint16_t port; /* SRV */
			uint16_t name; /* SRV: target, NAPTR: replacement, alias: of what */
			uint16_t service; /* NAPTR */
			bool terminal; /* NAPTR: flags "s" and no regular expression */
		};
	};
};

struct dns_answer {
	enum dns_result result;
	uint32_t ttl_s; /* the least of what was used; negative: RFC 2308 s.5; 0: not told */
	unsigned int nrecords;
	const char *text; /* what name and service count from; names in lower case */
	struct dns_record records[];
};

static inline const char *dns_record_name(const struct dns_answer *answer,
					  const struct dns_record *record)
{
	return answer->text + record->name;
}

/*
 * Reads a response to the question of @name and @type. 0 with *@answer, of one allocation to be
 * freed by the caller, -EBADMSG, -ENOMEM. A chain of aliases in the answer is followed.
 */
int dns_message_parse(const uint8_t *octets, size_t len, const char *name, enum dns_type type,
		      struct dns_answer **answer);

/* An answer without records; NULL without memory. */
struct dns_answer *dns_answer_empty(enum dns_result result);

/*
 * Writes @name, @len octets long, in lower case and without a dot at the end, to @out. 0 or
 * -EINVAL: it is none to ask DNS for (labels of letters, digits, - and _, of 1 to 63 octets).
 */
int dns_name_normalize(const char *name, size_t len, char out[DNS_NAME_STRLEN]);

#endif
