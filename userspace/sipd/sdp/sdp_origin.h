/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The o= line of what a leg is sent: one ID, a version that rises with the text (RFC 3264 s.8). */
#ifndef SIPD_SDP_SDP_ORIGIN_H
#define SIPD_SDP_SDP_ORIGIN_H

#include "sdp/sdp.h"

/* One for each leg; all zero before the first description. */
struct sdp_origin {
	uint64_t id; /* 0: nothing was written yet */
	uint64_t version;
	uint32_t hash; /* of what was last written, but for its version */
};

/*
 * Fills edit->origin_id and origin_version for @sdp written with the rest of @edit: the version
 * is that of the last time when the text is the same, else one more.
 */
void sdp_origin_stamp(struct sdp_origin *origin, const struct sdp *sdp, struct sdp_edit *edit);

#endif
