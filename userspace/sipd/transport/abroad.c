// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Connections of other shards. A message for one goes to its shard by mail; when the connection is
 * gone it comes back, and its sender sends it another way. Who has sent by a connection gets mail
 * when it breaks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mailbox.h"
#include "transport/conn.h"

/* A message on its way to the connection's shard, or back. */
struct letter {
	struct mail mail;
	struct tp_group *group;
	struct tp_addr remote;
	unsigned int from, listener;
	uint32_t name;
	bool pinned;
	uint64_t conn;
	size_t len;
	char octets[];
};

struct obituary {
	struct mail mail;
	struct transport *to;
	uint64_t conn;
	int error;
	bool opened;
};

static size_t letter_size(const struct letter *letter)
{
	return sizeof(*letter) + letter->len;
}

/* The connection that the sender knew is gone: his own shard finds another. */
static void come_back(struct mail *mail, bool alive)
{
	struct letter *letter = (struct letter *)mail;
	struct transport *tp = letter->group->member[letter->from].tp;
	struct tp_flow to = {
		.listener = tp_listener_at(tp, letter->listener),
		.remote = letter->remote,
		.name = letter->name,
	};
	int err;

	if (alive) {
		err = letter->pinned ? -ENOTCONN : tp_send(&to, letter->octets, letter->len);
		if (err && tp->streams.failed)
			tp->streams.failed(tp->arg, letter->conn, err, false);
		else if (!err && tp->streams.moved)
			tp->streams.moved(tp->arg, letter->conn, to.conn);
	}
	free(letter);
}

static void deliver(struct mail *mail, bool alive)
{
	struct letter *letter = (struct letter *)mail;
	struct transport *tp = letter->group->member[conn_owner(letter->conn)].tp;
	struct tp_conn *conn = alive ? conn_find(tp, letter->conn) : NULL;

	if (!alive) {
		free(letter);
	} else if (conn) {
		/* Too much for it: it is doomed, and its end is told to all who use it. */
		conn->users |= UINT64_C(1) << letter->from;
		if (!conn_send(conn, letter->octets, letter->len))
			tp->stats.tx++;
		else
			tp->stats.tx_failed++;
		free(letter);
	} else if (mailbox_post(letter->group->member[letter->from].box, &letter->mail,
				letter_size(letter), come_back)) {
		tp->stats.tx_failed++;
		free(letter);
	}
}

/* All threads but one have ended, so mail would lie. */
static int send_single(struct transport *owner, const struct tp_flow *to, const void *buf,
		       size_t len)
{
	struct tp_conn *conn = owner ? conn_find(owner, to->conn) : NULL;
	int err = conn ? conn_send(conn, buf, len) : -ENOTCONN;

	if (!err)
		owner->stats.tx++;
	return err;
}

int conn_send_abroad(struct transport *tp, const struct tp_flow *to, const void *buf, size_t len)
{
	struct tp_group *group = tp->group;
	unsigned int owner = conn_owner(to->conn);
	struct letter *letter;
	int err;

	if (owner >= tp->share.count)
		return -ENOTCONN;
	if (group->single)
		return send_single(group->member[owner].tp, to, buf, len);
	letter = malloc(sizeof(*letter) + len);
	if (!letter)
		return -ENOMEM;
	*letter = (struct letter){
		.group = group,
		.remote = to->remote,
		.from = tp->share.index,
		.listener = to->listener->index,
		.name = to->name,
		.pinned = stream_is_pinned(to),
		.conn = to->conn,
		.len = len,
	};
	memcpy(letter->octets, buf, len);
	err = mailbox_post(group->member[owner].box, &letter->mail, letter_size(letter), deliver);
	if (err)
		free(letter);
	return err;
}

static void tell(struct mail *mail, bool alive)
{
	struct obituary *obituary = (struct obituary *)mail;
	struct transport *tp = obituary->to;

	if (alive && tp->streams.failed)
		tp->streams.failed(tp->arg, obituary->conn, obituary->error, obituary->opened);
	free(obituary);
}

void conn_tell_abroad(struct transport *tp, uint64_t users, uint64_t id, int error, bool opened)
{
	struct obituary *obituary;

	if (!tp->group || tp->group->single)
		return;
	for (unsigned int i = 0; i < tp->share.count; i++) {
		if (i == tp->share.index || !(users >> i & 1))
			continue;
		obituary = malloc(sizeof(*obituary));
		if (!obituary)
			continue;
		*obituary = (struct obituary){
			.to = tp->group->member[i].tp,
			.conn = id,
			.error = error ? error : -ECONNRESET,
			.opened = opened,
		};
		/* Of no size: it is taken, however full the mailbox. */
		mailbox_post(tp->group->member[i].box, &obituary->mail, 0, tell);
	}
}
