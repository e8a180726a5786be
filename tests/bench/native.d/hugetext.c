// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LD_PRELOAD for a User-Mode Linux kernel: moves its image onto huge pages before it starts, as
 * the image of a kernel on hardware is. On small ones the time a packet takes depends on where in
 * the host's memory the pages of each boot happen to be.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HUGE (2UL << 20)
/* Where it is linked to, and what it surely does not reach. */
#define IMAGE_BEGIN 0x60000000UL
#define IMAGE_LIMIT 0x68000000UL

/* Finds the image; its break area, behind it, stays where it is. */
static void find_image(uintptr_t *begin, uintptr_t *end)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	char line[512];

	*begin = *end = 0;
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx", &from, &to) != 2 || strstr(line, "[heap]"))
			continue;
		if (from < IMAGE_BEGIN || from >= IMAGE_LIMIT)
			continue;
		if (!*begin)
			*begin = from;
		*end = to;
	}
	if (maps)
		fclose(maps);
}

static void __attribute__((constructor)) move_image(void)
{
	uintptr_t begin, end, copy;
	size_t size;
	char *room;

	find_image(&begin, &end);
	size = (end - begin) & ~(HUGE - 1);
	if (!begin || begin % HUGE || !size)
		return;
	room = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED)
		return;
	copy = ((uintptr_t)room + HUGE - 1) & ~(HUGE - 1);
	madvise((void *)copy, size, MADV_HUGEPAGE);
	memcpy((void *)copy, (void *)begin, size);
	/* No function of the image or of a library may run in between: it might be in the image. */
	mremap((void *)copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)begin);
}
