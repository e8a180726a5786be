/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of "session add" and "session set". */
#ifndef SIPCTL_SESSION_WORDS_H
#define SIPCTL_SESSION_WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "libsipfast/libsipfast.h"

/*
 * Reads ID and what follows into @session. @change: the words of "session set". On failure
 * returns -EINVAL and writes "what, where, what to do" to @why.
 */
int session_words_parse(struct sf_session *session, bool change, int argc, char **argv, char *why,
			size_t size);

/* Prints the words that may follow @argv, one a line. */
void session_words_complete(bool change, int argc, char **argv, FILE *out);

#endif /* SIPCTL_SESSION_WORDS_H */
