// SPDX-License-Identifier: GPL-2.0-or-later
/* The session commands, one request each. */
#include <errno.h>

#include "client.h"
#include "seen.h"

static struct nlmsghdr *id_request(struct sf_client *client, enum sipfast_cmd cmd, uint16_t flags,
				   uint64_t id, bool brief)
{
	struct nlmsghdr *nlh = sf_request(client, 0, cmd, flags);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION);

	mnl_attr_put_u64(nlh, SIPFAST_A_SESSION_ID, id);
	if (brief)
		mnl_attr_put(nlh, SIPFAST_A_SESSION_BRIEF, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static struct nlmsghdr *owner_request(struct sf_client *client, enum sipfast_cmd cmd,
				      uint16_t flags, const uint32_t *owner)
{
	struct nlmsghdr *nlh = sf_request(client, 0, cmd, flags);
	struct nlattr *nest;

	if (owner) {
		nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION);
		mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_OWNER, *owner);
		mnl_attr_nest_end(nlh, nest);
	}
	return nlh;
}

static int session_write(struct sf_client *client, const struct sf_session *session,
			 enum sipfast_cmd cmd)
{
	struct nlmsghdr *nlh;
	int err;

	err = sf_session_check(client, session);
	if (err)
		return err;
	nlh = sf_request(client, 0, cmd, 0);
	sf_session_put(nlh, session, cmd);
	return sf_exchange_quietly(client, nlh, NULL, NULL);
}

int sf_session_add(struct sf_client *client, const struct sf_session *session)
{
	return session_write(client, session, SIPFAST_CMD_SESSION_ADD);
}

int sf_session_set(struct sf_client *client, const struct sf_session *session)
{
	return session_write(client, session, SIPFAST_CMD_SESSION_SET);
}

struct one_session {
	struct sf_session *session;
	bool found;
};

static int read_one(const struct nlmsghdr *nlh, void *arg)
{
	struct one_session *one = arg;
	int err = sf_session_parse(nlh, one->session, one->found);

	one->found = true;
	return err;
}

static int session_del(struct sf_client *client, uint64_t id, struct sf_session *last, bool brief)
{
	struct one_session one = { last, false };
	struct nlmsghdr *nlh;
	int err;

	nlh = id_request(client, SIPFAST_CMD_SESSION_DEL, last ? NLM_F_ECHO : 0, id, brief);
	err = sf_exchange_quietly(client, nlh, last ? read_one : NULL, &one);
	if (!err && last && !one.found)
		return sf_fail(client, -EPROTO, "the kernel deleted the session silently");
	return err;
}

int sf_session_del(struct sf_client *client, uint64_t id, struct sf_session *last)
{
	return session_del(client, id, last, false);
}

/* What a module of before says that does not know BRIEF. */
static bool is_unknown(int err)
{
	return err == -EINVAL;
}

int sf_session_del_brief(struct sf_client *client, uint64_t id, struct sf_session *last)
{
	int err = session_del(client, id, last, true);

	return is_unknown(err) ? session_del(client, id, last, false) : err;
}

static int session_get(struct sf_client *client, uint64_t id, struct sf_session *session,
		       bool brief)
{
	struct one_session one = { session, false };
	struct nlmsghdr *nlh;
	int err;

	nlh = id_request(client, SIPFAST_CMD_SESSION_GET, 0, id, brief);
	err = sf_exchange_quietly(client, nlh, read_one, &one);
	if (!err && !one.found)
		return sf_fail(client, -EPROTO, "the kernel sent no session");
	return err;
}

int sf_session_get(struct sf_client *client, uint64_t id, struct sf_session *session)
{
	return session_get(client, id, session, false);
}

int sf_session_get_brief(struct sf_client *client, uint64_t id, struct sf_session *session)
{
	int err = session_get(client, id, session, true);

	return is_unknown(err) ? session_get(client, id, session, false) : err;
}

int sf_session_flush(struct sf_client *client, const uint32_t *owner)
{
	struct nlmsghdr *nlh;

	nlh = owner_request(client, SIPFAST_CMD_SESSION_FLUSH, NLM_F_ACK, owner);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

struct session_walk {
	sf_session_cb cb;
	void *arg;
	struct sf_seen seen;
	struct sf_session session; /* being put together, when its id is not 0 */
};

static int deliver(struct session_walk *walk)
{
	int ret;

	if (!walk->session.id)
		return 0;
	ret = sf_seen_add(&walk->seen, walk->session.id);
	if (ret > 0)
		ret = walk->cb(&walk->session, walk->arg);
	walk->session.id = 0;
	return ret;
}

static int read_next(const struct nlmsghdr *nlh, void *arg)
{
	struct session_walk *walk = arg;
	uint64_t id = sf_session_peek(nlh);
	bool more = id && id == walk->session.id;
	int ret;

	if (!more) {
		ret = deliver(walk);
		if (ret)
			return ret;
	}
	return sf_session_parse(nlh, &walk->session, more);
}

int sf_session_dump(struct sf_client *client, const uint32_t *owner, sf_session_cb cb, void *arg)
{
	struct session_walk walk = { .cb = cb, .arg = arg };
	bool interrupted = true;
	struct nlmsghdr *nlh;
	int ret = 0;

	for (int pass = 0; pass < SF_DUMP_PASSES && interrupted && !ret; pass++) {
		interrupted = false;
		walk.session.id = 0;
		nlh = owner_request(client, SIPFAST_CMD_SESSION_GET, NLM_F_DUMP, owner);
		ret = sf_exchange(client, nlh, read_next, &walk, &interrupted);
		if (!ret)
			ret = deliver(&walk);
	}
	sf_seen_clean(&walk.seen);
	return ret;
}

int sf_session_del_batch(struct sf_client *client, const uint64_t *ids, size_t n)
{
	struct sf_batch batch = { .client = client, .ignore = -ENOENT };

	for (size_t i = 0; i < n; i++) {
		struct nlmsghdr *nlh = sf_batch_begin(&batch, SIPFAST_CMD_SESSION_DEL);
		struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION);

		mnl_attr_put_u64(nlh, SIPFAST_A_SESSION_ID, ids[i]);
		mnl_attr_nest_end(nlh, nest);
		sf_batch_end(&batch, nlh);
	}
	return sf_batch_finish(&batch);
}
