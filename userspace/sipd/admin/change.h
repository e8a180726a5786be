/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change of a user: first the store, then, when it is on disk, the memory that requests and calls
 * are judged by.
 */
#ifndef SIPD_ADMIN_CHANGE_H
#define SIPD_ADMIN_CHANGE_H

#include "admin/account.h"

enum admin_change_kind {
	ADMIN_PUTS_USER,
	ADMIN_SETS_PASSWORD,
	ADMIN_SETS_ENABLED,
	ADMIN_REMOVES_USER,
	ADMIN_SETS
};

struct admin_change {
	struct store_receipt receipt; /* first */
	struct admin_request *request;
	struct registrar *registrar;
	const struct cfg *cfg; /* a reference: @aor's domain is of it */
	enum admin_change_kind kind;
	struct aor aor;
	struct store_user user; /* what of it is written depends on @kind */
	struct treat_setting setting; /* of ADMIN_SETS; its text is a string of the request's */
};

/* NULL without memory; of @aor, to be filled in. */
struct admin_change *admin_change_alloc(struct admin_request *request, struct registrar *registrar,
					const struct aor *aor);
/* Takes @change, which may be NULL; for handlers to return. */
json_t *admin_change_submit(struct admin_change *change);
/* Of one that is not submitted. */
void admin_change_free(struct admin_change *change);
/* Is there such a user? Else it is refused. @secret may be NULL. */
bool admin_user_exists(struct admin_request *request, const struct registrar *registrar,
		       const struct aor *aor, struct user_secret *secret);

#endif
