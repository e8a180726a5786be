/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is the same in two configurations, whatever pointers its parts are behind. */
#ifndef SIPD_CONFIG_EQUAL_H
#define SIPD_CONFIG_EQUAL_H

#include "config/config.h"

/* NULL is equal to NULL only. */
bool cfg_text_equal(const char *a, const char *b);
bool cfg_account_equal(const struct cfg_account *a, const struct cfg_account *b);
bool cfg_peer_equal(const struct cfg_peer *a, const struct cfg_peer *b);
/*
 * Does a trunk stay what it was: the same name, realm, place, credentials and settings? What runs
 * on behalf of it, such as a registration with its Call-ID and CSeq, then goes on untouched.
 */
bool cfg_trunk_equal(const struct cfg_trunk *a, const struct cfg_trunk *b);
/* The trunk of that name, or NULL. */
const struct cfg_trunk *cfg_find_trunk(const struct cfg *cfg, const char *name);
/* What takes the place of @realm of another configuration, or NULL. */
struct cfg_realm *cfg_find_realm(const struct cfg *cfg, const char *name);

#endif
