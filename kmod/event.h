/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_EVENT_H
#define SF_EVENT_H

#include "session.h"

/* Called from the packet path. */
void sf_event_learned(struct sf_net *sn, const struct sf_endpoint *ep,
		      const struct sf_addr *remote);
/* Called with &sf_net.lock held. */
void sf_event_timeout(const struct sf_session *s);

/* No event is sent before the first and after the second, which sleeps. */
void sf_event_start(void);
void sf_event_stop(void);

#endif /* SF_EVENT_H */
