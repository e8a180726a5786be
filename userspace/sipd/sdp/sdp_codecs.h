/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which codecs a description may offer, and in which order (RFC 3264 s.5.1). */
#ifndef SIPD_SDP_SDP_CODECS_H
#define SIPD_SDP_SDP_CODECS_H

#include "sdp/sdp.h"

/* By its encoding name, whatever its case. */
struct sdp_codec {
	char *name;
	uint32_t clock_rate; /* Hz; 0: any */
};

struct sdp_codec_list {
	struct sdp_codec *codecs;
	unsigned int count;
};

/* The format of fax over UDPTL (RFC 3362), which a list for audio may deny. */
#define SDP_T38 "t38"

/* For m= lines of one type. All zero: all pass, in their order. */
struct sdp_codec_rule {
	struct sdp_codec_list allow; /* empty: all that @deny does not name */
	struct sdp_codec_list deny;
	struct sdp_codec_list order; /* these come first */
};

struct sdp_codec_rules {
	struct sdp_codec_rule audio, video;
};

enum sdp_role { SDP_OFFER, SDP_ANSWER };

struct sdp_codecs_result {
	bool changed; /* false: nothing was written */
	unsigned int rejected; /* m= lines that no codec is left of */
	unsigned int left; /* m= lines that are not rejected */
	char removed[192]; /* "G729/8000, iLBC/8000", for people, cut if need be */
};

static inline bool sdp_codec_rule_is_set(const struct sdp_codec_rule *rule)
{
	return rule->allow.count || rule->deny.count || rule->order.count;
}

static inline bool sdp_codec_rules_are_set(const struct sdp_codec_rules *rules)
{
	return sdp_codec_rule_is_set(&rules->audio) || sdp_codec_rule_is_set(&rules->video);
}

/*
 * Writes @sdp with the codecs that @rules allow, in m= lines of RTP, and without those of UDPTL if
 * T.38 is denied; what audio is allowed does not say that it is not. telephone-event and CN stay
 * with codecs of their clock rate (RFC 4733 s.2.1, RFC 3389), rtx with the type that it repeats
 * (RFC 4588), unless they are denied; they are no codecs that a line can be left with. a=rtpmap,
 * a=fmtp, a=rtcp-fb and a=imageattr of what goes go, too. A line with nothing left gets port 0 (RFC
 * 3264 s.5.1). In an answer the order stays as it is, and so does a type without a=rtpmap: its
 * meaning is that of the offer. Payload types keep their numbers.
 *
 * Returns the length, 0 when @result says that nothing changes, or -EMSGSIZE. Pure, no allocation.
 */
int sdp_codecs_write(const struct sdp *sdp, const struct sdp_codec_rules *rules, enum sdp_role role,
		     char *buf, size_t cap, struct sdp_codecs_result *result);

#endif
