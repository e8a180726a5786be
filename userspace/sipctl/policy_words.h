/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of the policy: their words, for "kernel policy" and "kernel policy set". */
#ifndef SIPCTL_POLICY_WORDS_H
#define SIPCTL_POLICY_WORDS_H

#include <jansson.h>

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/words.h"

/*
 * Reads "unknown source dialog 10/s burst 30 ban-time 10m shed dialogs 50%" and the like. 0 or
 * -EINVAL with @why.
 */
int policy_parse(struct sf_policy *policy, int argc, char **argv, struct why *why);

/* Prints what may follow. */
void policy_complete(int argc, char **argv);

/* One line a setting that @policy has, in the words of "kernel policy set". */
void policy_print_settings(const struct sf_policy *policy);

/* Adds the settings. */
void policy_set_json(json_t *object, const struct sf_policy *policy);

#endif /* SIPCTL_POLICY_WORDS_H */
