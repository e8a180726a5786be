/* SPDX-License-Identifier: GPL-2.0 */
/* What servers of this host send: their answers, their dialogs, whom they refuse. */
#ifndef SF_WATCH_H
#define SF_WATCH_H

#include "message.h"
#include "net.h"

/* Hooks at LOCAL_OUT of the namespace. -ENOMEM. Called with &sf_net.lock held. */
int sf_watch_start(struct sf_net *sn);
void sf_watch_stop(struct sf_net *sn);

/* Takes what @m, which leaves, says of its peer and of dialogs. */
void sf_watch_message(struct sf_message *m);

#endif /* SF_WATCH_H */
