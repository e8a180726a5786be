/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sip_scan() for who judges many messages and wants little of each: whole messages whose lines are
 * all as they usually are, read in less than an instruction an octet. Pure C.
 */
#ifndef SIP_SCAN_BRIEF_H
#define SIP_SCAN_BRIEF_H

#include "sip_scan.h"

/* All texts are pieces of the message; their .len is 0 when they are absent. */
struct sip_scan_brief {
	enum sip_scan_kind kind; /* request or response, of SIP/2.0 */
	enum sip_method method; /* request: of the request line; response: of CSeq */
	uint16_t status; /* response: 100..699 */
	bool has_credentials; /* an Authorization or Proxy-Authorization header */
	uint32_t body; /* octets from the beginning */
	struct sip_scan_text uri; /* request */
	struct sip_scan_text call_id;
	struct sip_scan_text via_sent_by; /* of the topmost Via */
	struct sip_scan_text via_branch;
	struct sip_scan_text cseq; /* for sip_scan_brief_cseq() */
	struct sip_scan_text to_tag;
	struct sip_scan_text user_agent;

	/* The rest is for sip_scan_brief.c. */
	const char *end;
	const char *next; /* behind what was read to its end: nothing, or the headers */
	uint32_t seen; /* of the headers that are looked at, a bit each */
	uint32_t enough; /* of these, what ends it all when it was seen */
	uint32_t agents;
};

/* How far a message is read. */
struct sip_scan_extent {
	bool all; /* to the end of its headers */
	/*
	 * Else up to where Via, From, To, Call-ID and CSeq have all been, and User-Agent, too,
	 * unless this is 0: the User-Agents that are wanted, a bit for each letter (and 31) that
	 * one begins with.
	 */
	uint32_t agents;
};

#define SIP_SCAN_ALL ((struct sip_scan_extent){ .all = true })
#define SIP_SCAN_MANDATORY ((struct sip_scan_extent){ .agents = 0 })

/*
 * True: the message is complete and, as far as sip_scan() sees, not malformed, and all is in @brief
 * as sip_scan() would have it. False: something about it is unusual, so that nothing is known, or
 * wrong, or missing; @brief is undefined.
 *
 * Unless all is to be read, what follows the last header that is wanted need not be looked at, nor
 * the values of From, Max-Forwards and a request's CSeq: they may be wrong, or not be there;
 * has_credentials is of the lines before it, and @brief->body is 0. A User-Agent that is not wanted
 * may be absent.
 */
bool sip_scan_brief(struct sip_scan_brief *brief, struct sip_scan_extent extent, const char *buf,
		    size_t len);
/* The number of its CSeq, as sip_scan() has it. */
uint32_t sip_scan_brief_cseq(const struct sip_scan_brief *brief);

#endif
