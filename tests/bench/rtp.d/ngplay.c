// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ngplay [-m] ADDRESS PORT <REQUESTS: plays requests of the ng protocol to rtpengine.
 *
 * Standard input has requests, each after a line with its size. Each is sent in a datagram when the
 * one before has been answered; the answer must carry the request's cookie and "result" "ok".
 * -m: marks for the instruction counter enclose it all. Prints how many requests were answered.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "mark.h"

#define MAX_DATAGRAM 65536

struct request {
	size_t size;
	size_t cookie; /* size of it, with the space after it */
	char *text;
};

static struct request *requests;
static size_t nrequests;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void read_requests(void)
{
	struct request r;

	while (scanf("%zu", &r.size) == 1 && getchar() == '\n') {
		r.text = malloc(r.size + 1);
		if (!r.text || fread(r.text, 1, r.size, stdin) != r.size)
			die("bad input");
		r.text[r.size] = '\0';
		r.cookie = strcspn(r.text, " ") + 1;
		if (!(nrequests & (nrequests - 1))) {
			requests = realloc(requests,
					   (nrequests ? 2 * nrequests : 1) * sizeof(*requests));
			if (!requests)
				die("realloc");
		}
		requests[nrequests++] = r;
	}
}

static void play(int fd, const struct request *r)
{
	static char answer[MAX_DATAGRAM + 1];
	ssize_t n;

	if (send(fd, r->text, r->size, 0) < 0)
		die("send");
	n = recv(fd, answer, MAX_DATAGRAM, 0);
	if (n < 0)
		die("no answer");
	answer[n] = '\0';
	if (strncmp(answer, r->text, r->cookie) || !strstr(answer, "6:result2:ok")) {
		fprintf(stderr, "ngplay: %s\nanswer: %s\n", r->text, answer);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = 60 };
	bool marks = false;
	int opt, fd;
	size_t i;

	while ((opt = getopt(argc, argv, "m")) != -1) {
		if (opt != 'm')
			return 2;
		marks = true;
	}
	if (argc - optind != 2 || inet_pton(AF_INET, argv[optind], &address.sin_addr) != 1)
		return 2;
	address.sin_port = htons(atoi(argv[optind + 1]));
	read_requests();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("socket");
	if (marks)
		mark_begin();
	for (i = 0; i < nrequests; i++)
		play(fd, &requests[i]);
	if (marks)
		mark_end();
	printf("%zu\n", nrequests);
	return 0;
}
