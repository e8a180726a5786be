// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/wire.h"

#include <ares.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"

/* UDP and TCP of each server, and some that are being closed. */
#define MAX_SOCKETS 64
/* What passes nearly every path unfragmented. */
#define EDNS_SIZE 1232
#define CLASS_IN 1

struct dns_wire {
	struct loop *loop;
	ares_channel channel;
	struct timer timer;
	bool closing;
	struct socket {
		struct loop_fd lfd;
		struct dns_wire *wire;
		bool used;
	} sockets[MAX_SOCKETS];
};

struct question {
	struct dns_wire *wire;
	enum dns_type type;
	dns_wire_cb cb;
	void *arg;
	char name[DNS_NAME_STRLEN];
};

static void on_timer(struct timer *timer);

static void arm(struct dns_wire *wire)
{
	struct timeval tv;

	if (!ares_timeout(wire->channel, NULL, &tv)) {
		loop_timer_cancel(wire->loop, &wire->timer);
		return;
	}
	loop_timer_set(wire->loop, &wire->timer,
		       (uint64_t)tv.tv_sec * 1000 + ((uint64_t)tv.tv_usec + 999) / 1000, on_timer);
}

static void on_timer(struct timer *timer)
{
	struct dns_wire *wire = (void *)((char *)timer - offsetof(struct dns_wire, timer));

	ares_process_fd(wire->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	arm(wire);
}

static void on_socket(struct loop_fd *lfd, uint32_t events)
{
	struct socket *sock = (void *)((char *)lfd - offsetof(struct socket, lfd));
	struct dns_wire *wire = sock->wire;
	bool in = events & (EPOLLIN | EPOLLERR | EPOLLHUP), out = events & EPOLLOUT;

	ares_process_fd(wire->channel, in ? lfd->fd : ARES_SOCKET_BAD,
			out ? lfd->fd : ARES_SOCKET_BAD);
	arm(wire);
}

static struct socket *find_socket(struct dns_wire *wire, bool used, ares_socket_t fd)
{
	for (unsigned int i = 0; i < MAX_SOCKETS; i++) {
		struct socket *sock = &wire->sockets[i];

		if (sock->used == used && (!used || sock->lfd.fd == fd))
			return sock;
	}
	return NULL;
}

/* c-ares tells what it waits for at a socket; nothing: it is about to be closed. */
static void watch_socket(void *arg, ares_socket_t fd, int readable, int writable)
{
	uint32_t events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u);
	struct dns_wire *wire = arg;
	struct socket *sock = find_socket(wire, true, fd);

	if (sock && events) {
		loop_fd_mod(wire->loop, &sock->lfd, events);
	} else if (sock) {
		loop_fd_del(wire->loop, &sock->lfd);
		sock->used = false;
	} else if (events) {
		/* Without room the question is answered by its timeout. */
		sock = find_socket(wire, false, fd);
		if (!sock)
			return;
		sock->wire = wire;
		sock->used = !loop_fd_add(wire->loop, &sock->lfd, fd, events, on_socket);
	}
}

static int set_servers(struct dns_wire *wire, const struct dns_wire_config *config)
{
	struct ares_addr_port_node *nodes;
	int ret;

	if (!config->nservers)
		return ARES_SUCCESS;
	nodes = calloc(config->nservers, sizeof(*nodes));
	if (!nodes)
		return ARES_ENOMEM;
	for (unsigned int i = 0; i < config->nservers; i++) {
		const struct tp_addr *server = &config->servers[i];

		nodes[i].next = i + 1 < config->nservers ? &nodes[i + 1] : NULL;
		nodes[i].family = server->sa.sa_family;
		nodes[i].udp_port = nodes[i].tcp_port = tp_addr_port(server);
		if (server->sa.sa_family == AF_INET)
			nodes[i].addr.addr4 = server->in.sin_addr;
		else
			memcpy(&nodes[i].addr.addr6, &server->in6.sin6_addr,
			       sizeof(server->in6.sin6_addr));
	}
	ret = ares_set_servers_ports(wire->channel, nodes);
	free(nodes);
	return ret;
}

static int open_channel(struct dns_wire *wire, const struct dns_wire_config *config)
{
	struct ares_options options = {
		.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
		.ednspsz = EDNS_SIZE,
		.timeout = (int)config->timeout_ms,
		.tries = (int)config->attempts,
		.sock_state_cb = watch_socket,
		.sock_state_cb_data = wire,
	};
	int ret;

	ret = ares_init_options(&wire->channel, &options,
				ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS |
					ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
					ARES_OPT_NOROTATE);
	if (ret != ARES_SUCCESS)
		return ret;
	ret = set_servers(wire, config);
	if (ret != ARES_SUCCESS)
		ares_destroy(wire->channel);
	return ret;
}

int dns_wire_alloc(struct dns_wire **out, struct loop *loop, const struct dns_wire_config *config)
{
	struct dns_wire *wire;
	int ret = ares_library_init(ARES_LIB_INIT_ALL);

	if (ret != ARES_SUCCESS)
		return -ENOMEM;
	wire = calloc(1, sizeof(*wire));
	if (wire) {
		wire->loop = loop;
		ret = open_channel(wire, config);
		if (ret == ARES_SUCCESS) {
			*out = wire;
			return 0;
		}
		log_error("DNS: c-ares cannot be set up: %s", ares_strerror(ret));
		free(wire);
	}
	ares_library_cleanup();
	return ret == ARES_SUCCESS || ret == ARES_ENOMEM ? -ENOMEM : -EINVAL;
}

void dns_wire_free(struct dns_wire *wire)
{
	if (!wire)
		return;
	wire->closing = true;
	ares_destroy(wire->channel);
	ares_library_cleanup();
	loop_timer_cancel(wire->loop, &wire->timer);
	free(wire);
}

static struct dns_answer *parse(const struct question *question, const uint8_t *octets, int len)
{
	struct dns_answer *answer;
	int ret;

	ret = dns_message_parse(octets, (size_t)len, question->name, question->type, &answer);
	if (!ret)
		return answer;
	return ret == -ENOMEM ? NULL : dns_answer_empty(DNS_GARBAGE);
}

static void on_answer(void *arg, int status, int timeouts, unsigned char *octets, int len)
{
	struct question *question = arg;
	struct dns_answer *answer;

	(void)timeouts;
	if (question->wire->closing) {
		free(question);
		return;
	}
	switch (status) {
	case ARES_SUCCESS:
	case ARES_ENODATA:
	case ARES_ENOTFOUND:
		answer = octets ? parse(question, octets, len) : dns_answer_empty(DNS_GARBAGE);
		break;
	case ARES_ETIMEOUT:
		answer = dns_answer_empty(DNS_SILENT);
		break;
	case ARES_EBADRESP:
		answer = dns_answer_empty(DNS_GARBAGE);
		break;
	case ARES_ENOMEM:
		answer = NULL;
		break;
	default:
		answer = dns_answer_empty(DNS_REFUSED);
	}
	question->cb(question->arg, answer);
	free(question);
}

void dns_wire_query(struct dns_wire *wire, const char *name, enum dns_type type, dns_wire_cb cb,
		    void *arg)
{
	struct question *question = malloc(sizeof(*question));

	if (!question) {
		cb(arg, NULL);
		return;
	}
	*question = (struct question){ .wire = wire, .type = type, .cb = cb, .arg = arg };
	memcpy(question->name, name, strlen(name) + 1);
	ares_query(wire->channel, name, CLASS_IN, (int)type, on_answer, question);
	arm(wire);
}
