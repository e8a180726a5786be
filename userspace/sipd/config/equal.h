/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the same in two configurations, whatever pointers its parts are behind. */
#ifndef SIPD_CONFIG_EQUAL_H
#define SIPD_CONFIG_EQUAL_H

#include "config/config.h"

/* NULL is equal to NULL only. */
bool cfg_text_equal(const char *a, const char *b);
bool cfg_account_equal(const struct cfg_account *a, const struct cfg_account *b);
bool cfg_peer_equal(const struct cfg_peer *a, const struct cfg_peer *b);
/* Do both listen at the same addresses, in the same order? */
bool cfg_listen_equal(const struct cfg_realm *a, const struct cfg_realm *b);
/*
 * Does a registration made for @a stand for @b, of another configuration, as well: the same place,
 * reached from the same addresses, as the same user with the same credentials?
 */
bool cfg_trunk_registers_as(const struct cfg_trunk *a, const struct cfg_trunk *b);
/* And has it the same times? */
bool cfg_registration_times_equal(const struct cfg_registration *a,
				  const struct cfg_registration *b);
/* Is what OPTIONS say of @a said of @b as well, and are they asked for it as often? */
bool cfg_trunk_asked_as(const struct cfg_trunk *a, const struct cfg_trunk *b);
/* The trunk of that name, or NULL. */
const struct cfg_trunk *cfg_find_trunk(const struct cfg *cfg, const char *name);
/* What takes the place of @realm of another configuration, or NULL. */
struct cfg_realm *cfg_find_realm(const struct cfg *cfg, const char *name);

#endif
