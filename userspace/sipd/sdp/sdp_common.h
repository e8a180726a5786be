/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What two descriptions, neither made for the other, have in common. */
#ifndef SIPD_SDP_SDP_COMMON_H
#define SIPD_SDP_SDP_COMMON_H

#include "sdp/sdp.h"

/*
 * Can @b be the answer to @a, and the other way around: as many m= lines, of the same types and
 * transports, and for each that both want a codec that both have (RFC 3264 s.6)? One line must be
 * left. telephone-event and CN are no codecs. Pure.
 */
bool sdp_have_common(const struct sdp *a, const struct sdp *b);

#endif
