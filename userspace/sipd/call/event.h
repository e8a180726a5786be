/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of event notification (RFC 6665 s.8.2). Pure; it knows no dialogs. */
#ifndef SIPD_CALL_EVENT_H
#define SIPD_CALL_EVENT_H

#include "sip/msg.h"

/* The value of the only Event header; empty: there is none, or more than one. */
struct view event_header(const struct sip_msg *msg);
/* Do both name the same package and id (s.8.2.1)? Other parameters do not count. */
bool event_same(struct view a, struct view b);
/* How much of an Event value is compared: package and id. @out: "package" or "package;id=x". */
struct sip_out;
void event_write(struct sip_out *out, struct view event);

enum event_state {
	EVENT_NONE, /* no Subscription-State that can be read */
	EVENT_ACTIVE, /* or pending, or whatever else is not the end */
	EVENT_TERMINATED,
};

/* @expires_s is left alone if it says nothing of that (s.8.2.3). */
enum event_state event_state(const struct sip_msg *notify, uint32_t *expires_s);
/* Of the Expires header; false: it has none that can be read. */
bool event_expires(const struct sip_msg *msg, uint32_t *expires_s);

/* Does a response with @status to a request in it end the subscription (RFC 5057 s.5.1)? */
bool event_ended_by(int status);

#endif
