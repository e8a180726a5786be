/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dialogs of no call that a 2xx has made and sipd has ended lately. Each is ended once, however
 * often its 2xx comes, and only so many in a while, as who is called may answer with any number of
 * To tags.
 */
#ifndef SIPD_CALL_ORPHAN_H
#define SIPD_CALL_ORPHAN_H

#include <stdint.h>

#include "sip/msg.h"

#define CALL_ORPHANS_MAX 2048

struct call_orphan {
	uint64_t until_ms; /* monotonic; it is free from then on */
	uint32_t dialog; /* keyed hash */
};

/* All zero: none. */
struct call_orphans {
	struct call_orphan at[CALL_ORPHANS_MAX];
};

/*
 * The dialog of @response is to be ended, and to be known until @until_ms. 0; -EALREADY: it was
 * ended; -ENOSPC: there are too many.
 */
int call_orphan_add(struct call_orphans *orphans, const struct sip_msg *response, uint64_t now_ms,
		    uint64_t until_ms);

#endif
