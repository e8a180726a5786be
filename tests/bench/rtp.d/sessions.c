// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sessions [-mr] <SESSIONS: adds media sessions to the kernel.
 *
 * Standard input has a line per session: for each endpoint local address, port, remote address,
 * port. What the first endpoint receives goes to all others, what they receive goes to the first.
 * Sources are checked, learning is off. -m: marks for the instruction counter enclose the making of
 * all requests and what the kernel does with them. -r: what the first endpoint receives leaves with
 * another payload type, SSRC, sequence number and timestamp. Prints how many were added.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libsipfast.h"
#include "mark.h"

#define MAX_PARTIES 5

struct party {
	struct sf_address local;
	struct sf_address remote;
};

struct plan {
	unsigned int nparties;
	struct party parties[MAX_PARTIES];
};

static struct plan *plans;
static size_t nplans;

static void bad_input(void)
{
	fprintf(stderr, "sessions: line %zu is bad\n", nplans + 1);
	exit(2);
}

/* "ADDRESS PORT " at *@text, which moves on; false at the end of the line. */
static int read_address(const char **text, struct sf_address *address)
{
	char name[64];
	unsigned int port;
	int used;

	if (sscanf(*text, "%63s %u %n", name, &port, &used) < 2)
		return 0;
	address->family = strchr(name, ':') ? AF_INET6 : AF_INET;
	address->port = htons(port);
	if (inet_pton(address->family, name, &address->v6) != 1)
		bad_input();
	*text += used;
	return 1;
}

static void read_plans(void)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		struct plan plan = { 0 };
		const char *text = line;

		while (plan.nparties < MAX_PARTIES &&
		       read_address(&text, &plan.parties[plan.nparties].local)) {
			if (!read_address(&text, &plan.parties[plan.nparties].remote))
				bad_input();
			plan.nparties++;
		}
		if (plan.nparties < 2 || *text)
			bad_input();
		if (!(nplans & (nplans - 1))) {
			plans = realloc(plans, (nplans ? 2 * nplans : 1) * sizeof(*plans));
			if (!plans)
				exit(1);
		}
		plans[nplans++] = plan;
	}
	free(line);
}

/* tests/bench/rtp.d/flows.py knows these. */
static void rewrite(struct sf_forward *forward, uint64_t id)
{
	forward->has = SF_FORWARD_SSRC;
	forward->ssrc = 0x22220000 + id - 1;
	forward->seq_offset = 1000;
	forward->timestamp_offset = 1000000;
	forward->npayload_types = 1;
	forward->payload_types[0] = (struct sf_payload_type){ .from = 0, .to = 8 };
}

static void make_session(struct sf_session *s, uint64_t id, const struct plan *plan, bool rewrites)
{
	unsigned int i;

	s->id = id;
	s->nendpoints = plan->nparties;
	for (i = 0; i < plan->nparties; i++) {
		struct sf_endpoint *ep = &s->endpoints[i];

		*ep = (struct sf_endpoint){
			.id = i + 1,
			.has = SF_HAS_LOCAL | SF_HAS_REMOTE | SF_HAS_FORWARDS,
			.local = plan->parties[i].local,
			.remote = plan->parties[i].remote,
			.forwards = { { .to = 1 } },
			.nforwards = 1,
		};
	}
	for (i = 1; i < plan->nparties; i++) {
		struct sf_forward *forward = &s->endpoints[0].forwards[i - 1];

		forward->to = i + 1;
		if (rewrites)
			rewrite(forward, id);
	}
	s->endpoints[0].nforwards = plan->nparties - 1;
}

static void add_session(struct sf_client *client, uint64_t id, const struct plan *plan,
			bool rewrites)
{
	static struct sf_session session;
	int err;

	make_session(&session, id, plan, rewrites);
	err = sf_session_add(client, &session);
	if (err) {
		fprintf(stderr, "sessions: %s: %s\n", strerror(-err), sf_error(client));
		exit(1);
	}
}

int main(int argc, char **argv)
{
	bool marks = false, rewrites = false;
	struct sf_client *client;
	size_t i;
	int opt;

	while ((opt = getopt(argc, argv, "mr")) != -1) {
		switch (opt) {
		case 'm':
			marks = true;
			break;
		case 'r':
			rewrites = true;
			break;
		default:
			return 2;
		}
	}
	read_plans();
	if (sf_open(&client)) {
		fprintf(stderr, "sessions: %s\n", sf_error(NULL));
		return 1;
	}
	if (marks)
		mark_begin();
	for (i = 0; i < nplans; i++)
		add_session(client, i + 1, &plans[i], rewrites);
	if (marks)
		mark_end();
	sf_close(client);
	printf("%zu\n", nplans);
	return 0;
}
