/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the model's user agents read of messages. Names of headers are looked for as sipd and they
 * write them. What is returned is kept until some more calls.
 */
#ifndef MODEL_TEXT_H
#define MODEL_TEXT_H

#define MODEL_LINE 80

/* The first header of that name; "" if there is none. */
const char *model_header(const char *text, const char *name);
/* Of the topmost Via; "" if there is none. */
const char *model_branch(const char *text);
/* 0: it is a request. */
int model_status(const char *text);
/* That CSeq names; "" if there is none. */
const char *model_method(const char *text);
unsigned int model_cseq(const char *text);
/* The method, or "200 to 1 INVITE". */
void model_first_line(const char *text, char line[MODEL_LINE]);

#endif
