/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a message passes to the other side: the table of topology hiding. */
#ifndef SIPD_CALL_HIDE_H
#define SIPD_CALL_HIDE_H

#include "call/identity.h"
#include "sip/msg.h"
#include "sip/out.h"

/*
 * Writes the headers of @msg that are the other side's business. @host takes the place of any host
 * named in them; @body: the message's body goes on as well, and with it what describes it.
 * @identity: what is told of who sends it; NULL: nothing but his Privacy.
 */
void call_hide_headers(struct sip_out *out, const struct sip_msg *msg, struct view host, bool body,
		       struct call_identity *identity);
/*
 * Writes a From or To value, without tag, for the other side: display name and user as they are,
 * @host for the host.
 */
void call_hide_address(struct sip_out *out, const struct sip_nameaddr *addr, struct view host);
/* The user part of a sip URI, escaped as it came, or the number of a tel URI; empty: none. */
struct view call_hide_user(const struct sip_uri *uri);
/*
 * Reason lines out of a Reason value: protocol and cause, the text when it names no host (RFC
 * 3326).
 */
void call_hide_reason(struct sip_out *out, struct view value);
/* Does an extension of this option tag work from end to end? */
bool call_hide_tag_passes(struct view tag);
/* May this text for people be shown: does it name no host? */
bool call_hide_text_ok(struct view text);

#endif
