/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows the word "forward": "2", "2,3" or "2,mode=silence,pt=101:96,3". */
#ifndef SIPCTL_FORWARD_WORDS_H
#define SIPCTL_FORWARD_WORDS_H

#include "libsipfast/libsipfast.h"

/* What is wrong, and what is to be given instead. */
struct forward_fault {
	char what[32]; /* "bad ssrc"; "" when it is the whole of @value */
	char word[64];
	char todo[80];
};

/* Appends to the forwards of @ep. Returns 0, or -EINVAL and @fault. */
int forward_words_parse(struct sf_endpoint *ep, const char *value, struct forward_fault *fault);

#endif /* SIPCTL_FORWARD_WORDS_H */
