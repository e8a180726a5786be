/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A configuration as its file has it, for who writes it another way. */
#ifndef SIPD_CONFIG_WALK_H
#define SIPD_CONFIG_WALK_H

#include "config/config.h"

enum cfg_kind { CFG_TEXT, CFG_NUMBER, CFG_TRUTH };

/* @key is NULL in a list. What is secret comes masked. */
struct cfg_walk {
	void (*value)(void *arg, const char *key, enum cfg_kind kind, const char *text);
	/* What follows until leave() is in it. */
	void (*enter)(void *arg, const char *key, bool list);
	void (*leave)(void *arg);
};

/* In the order of the file. 0 or -ENOMEM. */
int cfg_walk(const struct cfg *cfg, const struct cfg_walk *walk, void *arg);

#endif
