// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEMU TCG plugin that counts the guest's instructions between two marks.
 *
 * A mark is a NOP of 8 octets that no compiler emits; see mark.h. The count is the same whatever
 * the host does meanwhile. One virtual CPU only: counters are plain additions in translated code.
 *
 * plugin arguments: out=PREFIX [profile=on]. Each pair of marks appends a line to PREFIX.log:
 *
 *	NUMBER INSTRUCTIONS KERNEL REP HOST-NANOSECONDS
 *
 * KERNEL is the part executed in the upper half of the address space, REP the iterations of
 * string instructions, which are not in INSTRUCTIONS: the emulator enters them once for each
 * octet or word, a processor does not. profile=on also writes PREFIX.NUMBER, a line for each block:
 *
 *	ADDRESS INSTRUCTIONS TIMES		(INSTRUCTIONS 0: a string instruction)
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mark.h"
#include "qemu_plugin.h"

#define EXPORT __attribute__((visibility("default")))

/* A translated block of the guest's code. */
struct block {
	uint64_t times; /* executed; counted by translated code */
	uint64_t times_at_begin;
	uint64_t address;
	uint32_t instructions; /* 0: one string instruction */
};

/* Translated code holds addresses of blocks: they never move and are never freed. */
#define CHUNK_BLOCKS 4096
#define MAX_CHUNKS 65536
static struct block *chunks[MAX_CHUNKS];
static unsigned int nblocks;

static const char *prefix;
static FILE *results;
static bool want_profile;
static unsigned int number;
static uint64_t begun_ns;

EXPORT int qemu_plugin_version = 1;

static struct block *block_at(unsigned int i)
{
	return &chunks[i / CHUNK_BLOCKS][i % CHUNK_BLOCKS];
}

static struct block *block_new(void)
{
	struct block **chunk = &chunks[nblocks / CHUNK_BLOCKS];

	if (nblocks / CHUNK_BLOCKS >= MAX_CHUNKS)
		abort();
	if (!*chunk)
		*chunk = calloc(CHUNK_BLOCKS, sizeof(struct block));
	if (!*chunk)
		abort();
	return block_at(nblocks++);
}

static bool is_prefix(uint8_t octet)
{
	return octet == 0xf2 || octet == 0xf3 || octet == 0x66 || octet == 0x67 ||
	       (octet & 0xf0) == 0x40;
}

/* MOVS, CMPS, STOS, LODS or SCAS with a REP prefix. */
static bool is_rep_string(const uint8_t *code, size_t size)
{
	bool rep = false;
	size_t i;

	for (i = 0; i < size && is_prefix(code[i]); i++)
		rep |= code[i] == 0xf2 || code[i] == 0xf3;
	return rep && i < size &&
	       ((code[i] >= 0xa4 && code[i] <= 0xa7) || (code[i] >= 0xaa && code[i] <= 0xaf));
}

static uint64_t host_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

static void write_profile(void)
{
	char path[4096];
	unsigned int i;
	FILE *f;

	snprintf(path, sizeof(path), "%s.%u", prefix, number);
	f = fopen(path, "w");
	if (!f)
		return;
	for (i = 0; i < nblocks; i++) {
		const struct block *b = block_at(i);

		if (b->times != b->times_at_begin)
			fprintf(f, "%" PRIx64 " %" PRIu32 " %" PRIu64 "\n", b->address,
				b->instructions, b->times - b->times_at_begin);
	}
	fclose(f);
}

static void begin(unsigned int cpu, void *arg)
{
	unsigned int i;

	(void)cpu;
	(void)arg;
	for (i = 0; i < nblocks; i++)
		block_at(i)->times_at_begin = block_at(i)->times;
	begun_ns = host_ns();
}

static void end(unsigned int cpu, void *arg)
{
	uint64_t elapsed = host_ns() - begun_ns, all = 0, kernel = 0, rep = 0;
	unsigned int i;

	(void)cpu;
	(void)arg;
	for (i = 0; i < nblocks; i++) {
		const struct block *b = block_at(i);
		uint64_t times = b->times - b->times_at_begin;

		all += times * b->instructions;
		if (b->address >> 63)
			kernel += times * b->instructions;
		if (!b->instructions)
			rep += times;
	}
	fprintf(results, "%u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", ++number, all,
		kernel, rep, elapsed);
	fflush(results);
	if (want_profile)
		write_profile();
}

static void find_mark(struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);

	if (qemu_plugin_insn_size(insn) != MARK_SIZE)
		return;
	if (!memcmp(code, (const uint8_t[]){ MARK_OCTETS(MARK_BEGIN) }, MARK_SIZE))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
	else if (!memcmp(code, (const uint8_t[]){ MARK_OCTETS(MARK_END) }, MARK_SIZE))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, end, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb), i;
	struct qemu_plugin_insn *first = qemu_plugin_tb_get_insn(tb, 0);
	struct block *b = block_new();

	(void)id;
	b->address = qemu_plugin_tb_vaddr(tb);
	b->instructions = n;
	if (n == 1 && is_rep_string(qemu_plugin_insn_data(first), qemu_plugin_insn_size(first)))
		b->instructions = 0;
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &b->times, 1);
	for (i = 0; i < n; i++)
		find_mark(qemu_plugin_tb_get_insn(tb, i));
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	char path[4096];
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			prefix = strdup(argv[i] + 4);
		else if (!strcmp(argv[i], "profile=on"))
			want_profile = true;
	}
	if (!prefix) {
		fputs("icnt: out=PREFIX is missing\n", stderr);
		return -1;
	}
	snprintf(path, sizeof(path), "%s.log", prefix);
	results = fopen(path, "w");
	if (!results) {
		perror(path);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
