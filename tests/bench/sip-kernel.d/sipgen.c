// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sipgen [OPTIONS] DEVICE DESTINATION-MAC MESSAGE <FLOWS: sends a SIP message of many flows.
 *
 * In the file MESSAGE each run of "#" stands for as many digits, the last of a number that no other
 * packet has: of its number in its flow times the number of flows, plus the flow's, from 0. For the
 * rest see sender.h.
 */
#include <stdio.h>
#include <string.h>

#include "sender.h"

#define MAX_BLANKS 16

static char text[SENDER_MAX_PAYLOAD + 1];
static size_t size;

static struct blank {
	size_t offset;
	size_t size;
} blanks[MAX_BLANKS];
static unsigned int nblanks;

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
	unsigned int i;

	memcpy(payload, text, size);
	for (i = 0; i < nblanks; i++)
		write_digits(payload + blanks[i].offset, blanks[i].size, number);
}

static void read_message(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		sender_die(path);
	size = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
}

static void find_blanks(void)
{
	size_t at = 0, length;

	while (nblanks < MAX_BLANKS && (at += strcspn(text + at, "#")) < size) {
		length = strspn(text + at, "#");
		blanks[nblanks++] = (struct blank){ at, length };
		at += length;
	}
}

int main(int argc, char **argv)
{
	static const char usage[] = "sipgen [OPTIONS] DEVICE DESTINATION-MAC MESSAGE <FLOWS";
	static struct sender_content content = { .write = write_message };

	read_message(sender_options(argc, argv, 1, usage)[0]);
	find_blanks();
	content.size = size;
	return sender_run(&content);
}
