// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tokens are a keyed pseudo-random function of a counter: as unpredictable as the key, without a
 * system call each.
 */
#include "sip/stack.h"

static uint64_t next_word(struct sip_stack *stack)
{
	uint64_t n = stack->tokens++;

	return siphash(&stack->token_key, &n, sizeof(n));
}

static void hex(uint64_t bits, unsigned int digits, char *p)
{
	for (unsigned int i = 0; i < digits; i++) {
		p[i] = "0123456789abcdef"[bits >> 60];
		bits <<= 4;
	}
}

const char *stack_hex(uint64_t bits, char buf[STACK_HEX_STRLEN])
{
	hex(bits, STACK_HEX_STRLEN - 1, buf);
	buf[STACK_HEX_STRLEN - 1] = '\0';
	return buf;
}

const char *sip_token(struct sip_stack *stack, unsigned int bits, char buf[SIP_TOKEN_STRLEN])
{
	unsigned int digits = bits / 4;

	for (unsigned int i = 0; i < digits; i += 16)
		hex(next_word(stack), digits - i < 16 ? digits - i : 16, buf + i);
	buf[digits] = '\0';
	return buf;
}

const char *sip_loop_write(uint64_t loop, char buf[SIP_LOOP_STRLEN])
{
	buf[0] = '.';
	stack_hex(loop, buf + 1);
	return buf;
}

const char *stack_branch(struct sip_stack *stack, char buf[STACK_BRANCH_STRLEN])
{
	size_t cookie = sizeof(STACK_MAGIC_COOKIE) - 1;
	char token[SIP_TOKEN_STRLEN];

	memcpy(buf, STACK_MAGIC_COOKIE, cookie);
	memcpy(buf + cookie, sip_token(stack, STACK_BRANCH_BITS, token),
	       STACK_BRANCH_STRLEN - cookie);
	return buf;
}
