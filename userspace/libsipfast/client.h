/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of libsipfast share: one request on its way to the kernel and back. */
#ifndef SF_CLIENT_H
#define SF_CLIENT_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "libsipfast.h"
#include "libsipfast_sip.h"

/* Both fit any message of the family: a session of 32 endpoints needs about 30 KiB. */
#define SF_TX_SIZE 65536
#define SF_RX_SIZE 65536

/* A dump that the kernel says was inconsistent is taken again, at most so often in all. */
#define SF_DUMP_PASSES 4

struct sf_client {
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t seq; /* of the last request */
	unsigned int acks_max; /* acknowledgements that surely fit the receive buffer */
	char *tx; /* kept until the answer came: extended acks point into it */
	char *rx;
	char error[512];
};

struct sf_family {
	uint16_t id;
	uint32_t group; /* that was asked for; 0: there is none */
};

/* Handles one answer; a non-zero return ends the walk and is what the request returns. */
typedef int (*sf_reply_cb)(const struct nlmsghdr *nlh, void *arg);

/* Notes why @err happened and returns @err. */
int sf_fail(struct sf_client *client, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What sf_error(NULL) tells in this thread; @why is copied. */
void sf_set_open_error(const char *why);

/* A client without a family: what sf_open() and sf_monitor_open() begin with. */
int sf_client_alloc(struct sf_client **client);

/*
 * Finds the numbers of the family and, unless NULL, of its @group; -ENOENT when the module is not
 * loaded.
 */
int sf_family_get(struct sf_client *client, struct sf_family *family, const char *group);

/*
 * Begins a request at @offset of client->tx. NLM_F_REQUEST and a sequence number are set,
 * @flags are added. The top level attributes follow.
 */
struct nlmsghdr *sf_request(struct sf_client *client, size_t offset, enum sipfast_cmd cmd,
			    uint16_t flags);

/*
 * Sends a request that stands in client->tx and hands each answer to @cb (or NULL) until the
 * acknowledgement or the end of the dump. @interrupted (or NULL) tells that the dump was
 * inconsistent.
 */
int sf_exchange(struct sf_client *client, const struct nlmsghdr *request, sf_reply_cb cb, void *arg,
		bool *interrupted);

/*
 * The same for a request without NLM_F_ACK, which the kernel refuses, or answers with one message
 * if it answers at all: with half the work for the kernel, which says nothing of what it has
 * carried out.
 */
int sf_exchange_quietly(struct sf_client *client, const struct nlmsghdr *request, sf_reply_cb cb,
			void *arg);

/* Sends @len octets of client->tx. */
int sf_send(struct sf_client *client, size_t len);

/* Receives one datagram into client->rx and returns its length; never waits. */
int sf_receive(struct sf_client *client);

/*
 * Reads an acknowledgement of @request or the end of its dump; returns its error, with the
 * reason noted.
 */
int sf_ack_read(struct sf_client *client, const struct nlmsghdr *request,
		const struct nlmsghdr *ack);

/*
 * Reads the attributes of @nest, or of the message when @nest is NULL, into @tb[0..max].
 * -EPROTO when they are cut short.
 */
int sf_attr_table(const struct nlmsghdr *nlh, const struct nlattr *nest, const struct nlattr **tb,
		  unsigned int max);

/*
 * Names the attribute at @offset of @request as in "session 17, endpoint 2, dscp". @missing is
 * the type of an attribute missing in that nest, @offset 0 then being the top level, or 0.
 * Without either, names the session the request is about, if any.
 */
void sf_attr_path(const struct nlmsghdr *request, uint32_t offset, unsigned int missing, char *buf,
		  size_t size);

/* Writes @address as an attribute @v4 or @v6, by its family; none when it has none. */
void sf_address_put(struct nlmsghdr *nlh, unsigned int v4, unsigned int v6,
		    const struct sf_address *address);

/* Reads that of @v4 and @v6 that is there, if any; the port stays. -EPROTO on a wrong length. */
int sf_address_read(const struct nlattr *v4, const struct nlattr *v6, struct sf_address *address);

/* A key, not 0, that tells @address and its port, with @more, from others; see sf_seen_add(). */
uint64_t sf_address_key(const struct sf_address *address, uint32_t more);

/* Where the payload of an attribute goes, octet by octet. */
struct sf_field {
	unsigned int type; /* 0 ends a list */
	size_t size;
	size_t offset;
	uint32_t has; /* to set when it is there, 0: nothing */
};

#define SF_FIELD(attr, type, member, has)                                         \
	{                                                                         \
		attr, sizeof(((type *)NULL)->member), offsetof(type, member), has \
	}

/*
 * Copies the attributes of @tb to the fields of @object; -EPROTO on a wrong length. @has may be
 * NULL when no field sets anything there.
 */
int sf_fields_read(const struct nlattr **tb, const struct sf_field *field, void *object,
		   uint32_t *has);

/*
 * Reads an enumeration of one octet, if it is there, and then sets @flag, if any, in @has. A value
 * beyond what this library knows is passed on as it is: the kernel may be newer.
 */
int sf_choice_read(const struct nlattr *attr, unsigned int *value, uint32_t *has, uint32_t flag);

/* Copies a string, if it is there, as far as it fits. */
void sf_string_read(const struct nlattr *attr, char *buf, size_t size);

/*
 * Calls @cb (or NULL) with each device that an attribute @type of @nest names; returns what it
 * returns, and ends when that is not 0.
 */
int sf_devices_read(const struct nlattr *nest, unsigned int type, sf_device_cb cb, void *arg);

/* -EINVAL when @session overflows its arrays; to be called before sf_session_put(). */
int sf_session_check(struct sf_client *client, const struct sf_session *session);

/* Writes a session as an attribute. @cmd: SIPFAST_CMD_SESSION_ADD or _SET. */
void sf_session_put(struct nlmsghdr *nlh, const struct sf_session *session, enum sipfast_cmd cmd);

/*
 * Reads SIPFAST_A_SESSION of @nlh. @more: @session holds the part that came before; endpoints
 * are appended. Else it is overwritten. -EPROTO on nonsense.
 */
int sf_session_parse(const struct nlmsghdr *nlh, struct sf_session *session, bool more);

/* Reads what @nlh says beside event->session, which is read already. -EPROTO on nonsense. */
int sf_event_parse(const struct nlmsghdr *nlh, struct sf_event *event);

/* The ID a session message is about, 0 when it has none. */
uint64_t sf_session_peek(const struct nlmsghdr *nlh);

/* Reads one object from its attribute. -EPROTO on nonsense. */
int sf_listener_parse(const struct nlattr *nest, struct sf_listener *listener);
int sf_source_parse(const struct nlattr *nest, struct sf_source *source);
int sf_rule_parse(const struct nlattr *nest, struct sf_rule *rule);

/*
 * Asks for a dump with @put's attributes (or NULL) and hands each answer to @cb, again and again
 * while the kernel says that it was inconsistent.
 */
int sf_dump(struct sf_client *client, enum sipfast_cmd cmd,
	    void (*put)(struct nlmsghdr *nlh, const void *what), const void *what, sf_reply_cb cb,
	    void *arg);

/* A client that has joined @group, for sf_events_read(). */
int sf_events_open(struct sf_client **client, const char *group);

/*
 * Hands each event that waits to @deliver, which returns 1, 0 when it knows nothing of it, or a
 * negative errno; and NULL when events were lost. Returns how many it knew.
 */
typedef int (*sf_deliver_cb)(const struct nlmsghdr *nlh, enum sipfast_cmd cmd, void *arg);
int sf_events_read(struct sf_client *client, sf_deliver_cb deliver, void *arg);

/* sf_sip_helper_check() with what is in the directory @root. */
bool sf_sip_helper_look(const char *root, char *why, size_t size);

/* Many requests on their way; see batch.c. */
struct sf_batch {
	struct sf_client *client;
	int ignore; /* this error is none */
	size_t len; /* octets waiting in client->tx */
	unsigned int waiting; /* requests in them */
	int first_error;
	char reason[sizeof(((struct sf_client *)NULL)->error)];
};

/* Begins a request, which sf_batch_end() completes. */
struct nlmsghdr *sf_batch_begin(struct sf_batch *batch, enum sipfast_cmd cmd);
void sf_batch_end(struct sf_batch *batch, const struct nlmsghdr *nlh);

/* Sends what is left. Returns 0 or the first error, with its reason noted. */
int sf_batch_finish(struct sf_batch *batch);

#endif /* SF_CLIENT_H */
