/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A user agent as RFC 3261 wants it, over UDP: it repeats what is not answered, answers what is
 * repeated, and does what its user wants when it is told to. It has no socket and no clock of its
 * own: who plays the network hands it what arrives and takes what it sends.
 */
#ifndef MODEL_UA_H
#define MODEL_UA_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_NEVER UINT64_MAX
#define MODEL_TEXT 1800 /* of a message */
#define MODEL_TRANSACTIONS 12 /* of each kind, in one call */

enum model_action {
	MODEL_RING,
	MODEL_ANSWER,
	MODEL_REFUSE, /* 486 to the first INVITE, 488 to others */
	MODEL_CANCEL,
	MODEL_BYE,
	MODEL_REINVITE,
	MODEL_ACTIONS,
};

enum model_state { MODEL_IDLE, MODEL_CALLING, MODEL_CONFIRMED, MODEL_ENDED };

struct model_client {
	char method[12]; /* "": unused */
	char branch[48];
	char text[MODEL_TEXT], ack[MODEL_TEXT];
	unsigned int cseq;
	int status; /* of the last response, 0: none */
	uint64_t again_ms, end_ms;
	unsigned int interval_ms;
	uint16_t port; /* that its SDP offers */
};

struct model_server {
	char method[12];
	char branch[128];
	char request[MODEL_TEXT], reply[MODEL_TEXT];
	unsigned int cseq;
	int status;
	bool acknowledged;
	uint64_t again_ms, end_ms;
	unsigned int interval_ms;
};

struct model_ua {
	const char *name; /* the user part of its Contact */
	const char *callee; /* whom it calls: another user part */
	char address[64], peer[64]; /* its own, and where it sends to */
	const char *media_address;
	uint16_t first_port; /* of its media; others follow */
	unsigned int t1_ms, t2_ms; /* RFC 3261 s.17, table 4 */
	char call_id[64], target[256];
	char local[256], remote[256]; /* From and To of its requests, with tags */
	char tag[32];
	bool has_remote_tag;
	unsigned int cseq, branch;
	enum model_state state;
	bool ends_on_answer; /* it gave up: a 2xx that comes all the same is ended */
	uint16_t next_port;
	uint16_t port; /* where it wants media, 0: nowhere yet */
	uint16_t remote_port; /* where it sends media */
	char remote_media[32];
	struct model_client clients[MODEL_TRANSACTIONS];
	struct model_server servers[MODEL_TRANSACTIONS];
	uint64_t now_ms;
	void (*send)(struct model_ua *ua, const char *text);
	/* Does not return. @text: the message in question, or "". */
	void (*wrong)(const struct model_ua *ua, const char *what, const char *text)
		__attribute__((noreturn));
	void *arg;
};

/* What its owner has set, from name to t2_ms, send, wrong and arg, is left as it was. */
void model_ua_reset(struct model_ua *ua, unsigned int run);
/* Begins the call. */
void model_ua_invite(struct model_ua *ua);
/* May its user do that now? */
bool model_ua_can(const struct model_ua *ua, enum model_action action);
void model_ua_do(struct model_ua *ua, enum model_action action);
void model_ua_receive(struct model_ua *ua, const char *text);
/* When model_ua_tick() has something to do. */
uint64_t model_ua_next(const struct model_ua *ua);
void model_ua_tick(struct model_ua *ua);

#endif
