/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a call may be sent on to, as people write it: "bob", "+4420123", "bob@example.com",
 * "sip:bob@example.com", "sip:vm@10.0.2.9", "vm@carrier-a" or "voicemail". A host is one of our
 * domains, or a trunk of the configuration by its name or address: nobody can make sipd call other
 * hosts.
 */
#ifndef SIPD_CONFIG_DESTINATION_H
#define SIPD_CONFIG_DESTINATION_H

#include "config/config.h"

#define CFG_DESTINATION_MAX 255 /* octets of the text */

struct cfg_destination {
	const struct cfg_domain *domain; /* that the user is of; NULL: he is at */
	const struct cfg_trunk *trunk;
	bool voicemail;
	char user[CFG_DESTINATION_MAX + 1];
};

/*
 * What @text means to a user of @domain. 0; -EINVAL: it cannot be read; -ENOENT: its host is
 * neither a domain nor a trunk; -ENODATA: it is "voicemail", which the domain has not.
 */
int cfg_destination_read(struct cfg_destination *destination, const struct cfg *cfg,
			 const struct cfg_domain *domain, const char *text);
/* What to do about such an error, for people: "... cannot be read; write ...". */
const char *cfg_destination_error(int error);

#endif
