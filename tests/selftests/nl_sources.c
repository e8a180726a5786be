// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * usage: nl_sources FIRST COUNT CLASS
 *
 * Adds COUNT IPv4 hosts from address FIRST on, each as a source of CLASS (a number). Prints how
 * many were added and, when one was refused, the error and the sentence, and ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>

#include "nl_lib.h"

#define BATCH 128

static struct nlmsghdr *the_request(const char *address, const char *class)
{
	char text[128];

	snprintf(text, sizeof(text), "source{addr=%s class=%s}", address, class);
	return nlmsg_hdr(client_request(&client, SOURCE_ADD, NLM_F_ACK, text, NULL));
}

/* Where the request has @address, to put others in its place. */
static char *place_of(struct nlmsghdr *nlh, in_addr_t address)
{
	char *place = memmem(nlh, nlh->nlmsg_len, &address, sizeof(address));

	if (!place)
		bail_out("no address in the request");
	return place;
}

int main(int argc, char **argv)
{
	static char data[BATCH * 256];
	uint32_t first, count, added = 0;
	struct nlmsghdr *nlh;
	size_t size;
	char *place;

	if (argc != 4)
		return 2;
	first = ntohl(inet_addr(argv[1]));
	count = strtoul(argv[2], NULL, 0);
	client_open(&client);
	nlh = the_request(argv[1], argv[3]);
	place = place_of(nlh, htonl(first));
	size = NLMSG_ALIGN(nlh->nlmsg_len);
	if (size * BATCH > sizeof(data))
		bail_out("the request is too big");
	while (added < count) {
		uint32_t seq = client.seq + 1, n = count - added < BATCH ? count - added : BATCH;

		for (uint32_t i = 0; i < n; i++) {
			in_addr_t address = htonl(first + added + i);

			memcpy(place, &address, sizeof(address));
			nlh->nlmsg_seq = ++client.seq;
			memcpy(data + i * size, nlh, nlh->nlmsg_len);
		}
		if (send(nl_socket_get_fd(client.sk), data, n * size, 0) != (ssize_t)(n * size))
			bail_out("send");
		for (uint32_t i = 0; i < n; i++) {
			static struct reply reply;

			client_reply(&client, seq + i, &reply, NULL, NULL);
			if (reply.err) {
				printf("added %u, then %s: %s\n", added,
				       strerrorname_np(-reply.err), reply.text);
				return 1;
			}
			added++;
		}
	}
	printf("added %u\n", added);
	client_close(&client);
	return 0;
}
