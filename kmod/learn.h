/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_LEARN_H
#define SF_LEARN_H

#include "session.h"

/* Latching (RFC 7362): true when @src becomes the remote. Called with &sf_rx.lock held. */
bool sf_learn(const struct sf_endpoint_conf *c, const struct sf_addr *src);

#endif /* SF_LEARN_H */
