/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users as they are named on the control socket. */
#ifndef SIPD_ADMIN_ACCOUNT_H
#define SIPD_ADMIN_ACCOUNT_H

#include "admin/request.h"
#include "call/registrar.h"

/* What the domains share; NULL: there are none, and it is refused. */
struct registrar *admin_registrar(struct admin_request *request);
/* Reads the argument "user", USER@DOMAIN. NULL: it is none of ours, and refused. */
struct registrar *admin_account(struct admin_request *request, struct aor *aor);

#endif
