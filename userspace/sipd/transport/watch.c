// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections that somebody is reached by (RFC 5626): how long they may be silent, and who hears of
 * their end. One of another shard is asked by mail, which comes to it behind what was sent before.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/mailbox.h"
#include "transport/conn.h"

struct wish {
	struct mail mail;
	struct transport *owner;
	uint64_t conn;
	uint32_t silence_ms;
};

static void watch(struct transport *tp, uint64_t id, uint32_t silence_ms)
{
	struct tp_conn *conn = conn_find(tp, id);

	if (!conn) {
		if (tp->streams.closed)
			tp->streams.closed(tp->arg, id);
		return;
	}
	if (conn->silence_ms < silence_ms)
		conn->silence_ms = silence_ms;
	conn->heard_ms = loop_now_ms(tp->loop);
	conn_arm(conn);
}

static void grant(struct mail *mail, bool alive)
{
	struct wish *wish = (struct wish *)mail;

	if (alive)
		watch(wish->owner, wish->conn, wish->silence_ms);
	free(wish);
}

int tp_watch(const struct tp_flow *flow, uint32_t silence_ms)
{
	struct transport *tp = flow->listener->tp;
	unsigned int owner = conn_owner(flow->conn);
	struct wish *wish;
	int err;

	if (!tp->group || owner == tp->share.index) {
		watch(tp, flow->conn, silence_ms);
		return 0;
	}
	if (owner >= tp->share.count)
		return -ENOTCONN;
	wish = malloc(sizeof(*wish));
	if (!wish)
		return -ENOMEM;
	*wish = (struct wish){
		.owner = tp->group->member[owner].tp,
		.conn = flow->conn,
		.silence_ms = silence_ms,
	};
	/* Of no size: it is taken, however full the mailbox. */
	err = mailbox_post(tp->group->member[owner].box, &wish->mail, 0, grant);
	if (err)
		free(wish);
	return err;
}
