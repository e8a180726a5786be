// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipgen [OPTIONS] DEVICE DESTINATION-MAC MESSAGE... <FLOWS: sends SIP messages of many flows.
 *
 * In the file MESSAGE each run of "#" stands for as many digits, the last of a number that no other
 * packet has: of its number in its flow times the number of flows, plus the flow's, from 0. Of some
 * messages, which have one size, each packet takes the next. For the rest see sender.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sender.h"

#define MAX_MESSAGES 16
#define MAX_BLANKS 16

static struct message {
	char text[SENDER_MAX_PAYLOAD + 1];
	size_t size;
	struct {
		size_t offset;
		size_t size;
	} blanks[MAX_BLANKS];
	unsigned int nblanks;
} messages[MAX_MESSAGES];
static unsigned int nmessages;

static void write_digits(uint8_t *to, size_t count, uint32_t number)
{
	for (; count; count--) {
		to[count - 1] = '0' + number % 10;
		number /= 10;
	}
}

static void write_message(uint8_t *payload, const struct sender_packet *packet)
{
	uint32_t number = packet->number * packet->nflows + packet->flow;
	const struct message *m = &messages[nmessages > 1 ? number % nmessages : 0];
	unsigned int i;

	memcpy(payload, m->text, m->size);
	for (i = 0; i < m->nblanks; i++)
		write_digits(payload + m->blanks[i].offset, m->blanks[i].size, number);
}

static void read_message(struct message *m, const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		sender_die(path);
	m->size = fread(m->text, 1, sizeof(m->text) - 1, f);
	fclose(f);
	if (m->size != messages->size) {
		fprintf(stderr, "%s: %zu octets, but the first message has %zu\n", path, m->size,
			messages->size);
		exit(2);
	}
}

static void find_blanks(struct message *m)
{
	size_t at = 0, length;

	while (m->nblanks < MAX_BLANKS && (at += strcspn(m->text + at, "#")) < m->size) {
		length = strspn(m->text + at, "#");
		m->blanks[m->nblanks].offset = at;
		m->blanks[m->nblanks++].size = length;
		at += length;
	}
}

int main(int argc, char **argv)
{
	static const char usage[] = "sipgen [OPTIONS] DEVICE DESTINATION-MAC MESSAGE... <FLOWS";
	static struct sender_content content = { .write = write_message };
	char **path;

	for (path = sender_options(argc, argv, 1, MAX_MESSAGES, usage); *path; path++) {
		read_message(&messages[nmessages], *path);
		find_blanks(&messages[nmessages++]);
	}
	content.size = messages->size;
	return sender_run(&content);
}
