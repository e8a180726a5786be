/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A message as sipd tells of it: its octets, and what a ladder says of them. */
#ifndef SIPCTL_FLOW_MESSAGE_H
#define SIPCTL_FLOW_MESSAGE_H

#include <jansson.h>
#include <stddef.h>

/* A malloc()ed copy of the octets of @message, with a NUL behind them. */
char *flow_message_octets(const json_t *message, size_t *len);
/* "INVITE", "486 Busy Here", or what else its first line begins with. */
char *flow_message_label(const char *text);
/* "CSeq 1 INVITE, SDP" */
char *flow_message_detail(const char *text);
/* All of a list in full, each headed by when and between whom. */
void flow_messages_print(const json_t *messages);

#endif /* SIPCTL_FLOW_MESSAGE_H */
