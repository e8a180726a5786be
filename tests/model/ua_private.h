/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of a user agent: its client transactions, its server transactions, its user. */
#ifndef MODEL_UA_PRIVATE_H
#define MODEL_UA_PRIVATE_H

#include "ua.h"

static inline bool is_invite(const char *method)
{
	return !strcmp(method, "INVITE");
}

/* ua_client.c */
struct model_client *ua_client_new(struct model_ua *ua);
struct model_client *ua_client_pending(const struct model_ua *ua, const char *method);
void ua_client_begin(struct model_ua *ua, struct model_client *ct);
void ua_write_request(const struct model_ua *ua, char text[MODEL_TEXT], const char *method,
		      unsigned int cseq, const char *branch, const char *sdp);
void ua_invite(struct model_ua *ua);
void ua_hang_up(struct model_ua *ua);
/* Tag and Contact of the peer. */
void ua_learn_peer(struct model_ua *ua, const char *text, bool response);
void ua_receive_response(struct model_ua *ua, const char *text);

/* ua_server.c */
struct model_server *ua_server_pending(const struct model_ua *ua);
void ua_reply(struct model_ua *ua, struct model_server *st, int status, const char *sdp);
void ua_answer(struct model_ua *ua, struct model_server *st);
void ua_receive_request(struct model_ua *ua, const char *text);

/* ua_sdp.c */
void ua_write_sdp(const struct model_ua *ua, uint16_t port, char sdp[512]);
/* Where the peer wants its media, if @text tells. */
void ua_read_sdp(struct model_ua *ua, const char *text);

#endif
