/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How to ask for another configuration in the place of the one in force, and what is answered. */
#ifndef SIPD_CONFIG_RELOAD_H
#define SIPD_CONFIG_RELOAD_H

#include "config/config.h"

enum cfg_reload_purpose { CFG_RELOAD_CHECK, CFG_RELOAD_APPLY };

struct cfg_reload_result {
	bool ok; /* the file is right, and in force if that was the purpose */
	const struct cfg *cfg; /* what is in force now */
	const char *const *mistakes; /* lines, each ending with a newline */
	const char *const *changes; /* lines */
	unsigned int nmistakes, nchanges;
};

/* In the first shard's loop; @result is gone after it. NULL: the program ends, nobody knows. */
typedef void (*cfg_reload_cb)(void *arg, const struct cfg_reload_result *result);

/* Who can do it; embedded in what does. */
struct cfg_reloader {
	/*
	 * 0, then @cb will be called; -EBUSY while another one is under way, or certificates are
	 * being read; -EAGAIN: no thread can be had.
	 */
	int (*start)(struct cfg_reloader *reloader, enum cfg_reload_purpose purpose,
		     cfg_reload_cb cb, void *arg);
};

/* More configurations in use at a time, by calls that began with them, are worth a word. */
#define CFG_MANY 16

#endif
