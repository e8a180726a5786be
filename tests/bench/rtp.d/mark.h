/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The marks between which icnt counts: "nopl 0x525450NN(%rax,%rax,1)", free without the plugin. */
#ifndef MARK_H
#define MARK_H

#define MARK_BEGIN 0x00
#define MARK_END 0x01
#define MARK_SIZE 8
#define MARK_OCTETS(id) 0x0f, 0x1f, 0x84, 0x00, id, 0x50, 0x54, 0x52

/* clang-format off */
#define MARK_QUOTE(...) #__VA_ARGS__
#define MARK_ASM(...) asm volatile(".byte " MARK_QUOTE(__VA_ARGS__) ::: "memory")
/* clang-format on */
#define mark_begin() MARK_ASM(MARK_OCTETS(MARK_BEGIN))
#define mark_end() MARK_ASM(MARK_OCTETS(MARK_END))

#endif /* MARK_H */
