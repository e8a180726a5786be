/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces of a dialog that sipd has begun and that is early (RFC 3891 s.3): somebody answers in
 * the place of a callee who rings, and has told him of the dialog.
 */
#ifndef SIPD_CALL_PICKUP_H
#define SIPD_CALL_PICKUP_H

#include "call/replaces.h"

/*
 * An INVITE with @replaces, that has been admitted. False: it names no such dialog, and nothing has
 * been done. Else it has been answered.
 */
bool call_pickup(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		 const struct tp_flow *from, const struct call_replaces *replaces);

#endif
