/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_REJECT_H
#define SF_REJECT_H

#include "message.h"

/*
 * Answers an INVITE with 503 and Retry-After, keeping nothing (RFC 3261 s.21.5.4), with no more
 * octets than it has itself. False: it can't be answered so. Called as sf_inspect().
 */
bool sf_reject(const struct sf_message *m);

#endif /* SF_REJECT_H */
