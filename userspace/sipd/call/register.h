/* SPDX-License-Identifier: GPL-2.0-or-later */
/* REGISTER, at the registrar (RFC 3261 s.10.3). */
#ifndef SIPD_CALL_REGISTER_H
#define SIPD_CALL_REGISTER_H

#include "call/engine.h"
#include "call/registrar.h"

struct register_contact {
	struct view text;
	struct sip_uri uri;
	struct view instance; /* with its quotes; empty: none */
	uint32_t reg_id; /* 0: none */
	uint32_t expires; /* s; 0: it goes */
	uint16_t q;
	struct location_binding *fresh; /* that is to be; NULL: none */
	const struct location_binding *old; /* that the store has by the key of @fresh, or NULL */
};

/* Octets. A Contact or an instance that is longer is refused. */
#define REGISTER_MAX_CONTACT 512
#define REGISTER_MAX_INSTANCE 256
#define REGISTER_MAX_PATH 1024
#define REGISTER_MAX_CALL_ID 255

struct register_request {
	const struct sip_msg *msg;
	const struct tp_flow *from;
	struct aor aor;
	bool all; /* Contact is "*" */
	bool supports_path, supports_outbound, supports_gruu;
	const struct gruu_key *gruu_key;
	unsigned int count;
	struct register_contact contact[LOCATION_MAX_BINDINGS];
	char path_text[REGISTER_MAX_PATH];
	struct view path;
};

/*
 * Reads what a REGISTER for @request->aor asks for, from @request->msg: 0 or the status, with
 * headers in @lines.
 */
int register_read(struct register_request *request, struct sip_out *lines);

/* Writes the headers of the 200: all bindings of the user, which are locked. */
void register_answer(const struct register_request *request, const struct location_ref *ref,
		     struct sip_out *out);

/* A REGISTER outside of dialogs; sipd has domains. */
void call_receive_register(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from);

#endif
