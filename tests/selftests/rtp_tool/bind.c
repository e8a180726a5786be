// SPDX-License-Identifier: GPL-2.0-or-later
/* "rtp_tool bind" */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

static socklen_t make_address(struct sockaddr_storage *storage, int family, const char *text,
			      in_port_t port)
{
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)storage;
	struct sockaddr_in *a4 = (struct sockaddr_in *)storage;

	memset(storage, 0, sizeof(*storage));
	storage->ss_family = family;
	/* The port is at the same place. */
	a4->sin_port = htons(port);
	if (inet_pton(family, text,
		      family == AF_INET6 ? (void *)&a6->sin6_addr : (void *)&a4->sin_addr) != 1)
		fail("bad address \"%s\"", text);
	return family == AF_INET6 ? sizeof(*a6) : sizeof(*a4);
}

/* Returns the port. */
static in_port_t bind_one(struct sockaddr_storage address, socklen_t len, int only6)
{
	int fd = socket(address.ss_family, SOCK_DGRAM, 0);

	if (fd < 0)
		fail("socket: %s", strerror(errno));
	if (address.ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only6, sizeof(only6)))
		fail("IPV6_V6ONLY: %s", strerror(errno));
	if (bind(fd, (struct sockaddr *)&address, len) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		fail("bind: %s", strerror(errno));
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

int bind_main(int argc, char **argv)
{
	struct sockaddr_storage address;
	bool background = false;
	unsigned long count = 1;
	int family = AF_INET;
	int option, only6 = 0;
	socklen_t len;

	while ((option = getopt(argc, argv, "6sbc:")) != -1) {
		switch (option) {
		case '6':
			family = AF_INET6;
			break;
		case 's':
			only6 = 1;
			break;
		case 'b':
			background = true;
			break;
		case 'c':
			count = parse_number(optarg, 60000);
			break;
		default:
			fail("bad option; see \"rtp_tool\"");
		}
	}
	if (argc - optind != 2)
		fail("bind needs an address and a port");
	len = make_address(&address, family, argv[optind], parse_number(argv[optind + 1], 65535));
	for (unsigned long i = 0; i < count; i++) {
		in_port_t port = bind_one(address, len, only6);

		if (!background)
			printf("%d\n", port);
	}
	if (background) {
		signal(SIGTERM, SIG_DFL);
		output_open(NULL, true);
		pause();
	}
	return 0;
}
