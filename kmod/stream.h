/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said on connections over TCP that are followed: segments become messages, with which is
 * done as with those of UDP, as far as a stream allows.
 */
#ifndef SF_STREAM_H
#define SF_STREAM_H

#include "message.h"
#include "segment.h"

/*
 * NF_ACCEPT, perhaps of less than there was, or NF_DROP for a segment from @m->peer, who is not
 * banned. Called as sf_inspect().
 */
unsigned int sf_stream_receive(struct sf_message *m, struct sf_segment *segment);

/* A segment leaves for @m->peer. Called with RCU read lock held and bottom halves disabled. */
void sf_stream_send(struct sf_message *m, const struct sf_segment *segment);

#endif /* SF_STREAM_H */
