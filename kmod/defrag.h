/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_DEFRAG_H
#define SF_DEFRAG_H

#include <linux/skbuff.h>

#include "net.h"

/*
 * Takes a fragment of UDP. 0: @skb has become the whole packet; -EINPROGRESS: it is kept until
 * the others are there; others: it was dropped. Called with bottom halves disabled.
 */
int sf_defrag(const struct sf_net *sn, struct sk_buff *skb);

#endif /* SF_DEFRAG_H */
