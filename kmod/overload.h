/* SPDX-License-Identifier: GPL-2.0 */
/* How much of what comes for a listener must be shed. */
#ifndef SF_OVERLOAD_H
#define SF_OVERLOAD_H

#include "listener.h"
#include "policy.h"

/* enum sipfast_level of now. Called with RCU read lock held, bottom halves disabled. */
u8 sf_overload_level(struct sf_listener *listener, const struct sf_policy *policy);
/* What the server tells of itself. */
void sf_overload_tell(struct sf_listener *listener, u8 percent);

#endif /* SF_OVERLOAD_H */
