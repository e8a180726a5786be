/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reliable provisional responses and PRACK, as the peers of the call rig say them. */
#ifndef TESTS_UNIT_PRACK_FIXTURE_H
#define TESTS_UNIT_PRACK_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "call_rig.h"

#define SUPPORTED "Supported: 100rel\r\n"
#define REQUIRED "Require: 100rel\r\n"
#define SDP_OF(address, port, more)                                     \
	"v=0\r\no=- 2 2 IN IP4 " address "\r\ns=-\r\nc=IN IP4 " address \
	"\r\nt=0 0\r\nm=audio " port " RTP/AVP 0\r\n" more

/* A provisional response of @peer, reliable if @rseq is not 0. */
static inline void rings(struct call_peer *peer, int status, const char *tag, unsigned int rseq,
			 const char *body)
{
	char lines[64] = "";

	if (rseq)
		snprintf(lines, sizeof(lines), "Require: 100rel\r\nRSeq: %u\r\n", rseq);
	peer_reply_invite(peer, status, tag, lines, body);
}

/* The RSeq of the response that @peer received last; it is reliable. */
static inline unsigned int rseq_of(struct call_peer *peer)
{
	assert_memory_equal(peer->last, "SIP/2.0 1", 9);
	assert_string_equal(peer_header(peer, "Require"), "100rel");
	assert_int_not_equal(atoi(peer_header(peer, "RSeq")), 0);
	return (unsigned int)atoi(peer_header(peer, "RSeq"));
}

static inline void assert_unreliable(struct call_peer *peer)
{
	assert_memory_equal(peer->last, "SIP/2.0 1", 9);
	assert_string_equal(peer_header(peer, "Require"), "");
	assert_string_equal(peer_header(peer, "RSeq"), "");
}

static inline void sends_prack(struct call_peer *peer, unsigned int rseq, const char *body)
{
	char line[64];

	snprintf(line, sizeof(line), "RAck: %u %u INVITE\r\n", rseq, peer->invite_cseq);
	peer_request(peer, "PRACK", line, body);
}

/* For the reliable response that was received last, in its dialog. */
static inline void acknowledges(struct call_peer *peer, const char *body)
{
	unsigned int rseq = rseq_of(peer);

	peer_learn(peer);
	sends_prack(peer, rseq, body);
}

/* What the journal says is not of interest. */
static inline void pass_over(struct call_rig *rig)
{
	rig->journal_len = 0;
	rig->journal[0] = '\0';
}

#endif
