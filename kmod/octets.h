/* SPDX-License-Identifier: GPL-2.0 */
/* Integers as they stand in packets: network byte order, anywhere. Pure C. */
#ifndef SF_OCTETS_H
#define SF_OCTETS_H

#include <linux/types.h>

static inline __u16 octets_get16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

static inline __u32 octets_get32(const __u8 *p)
{
	return (__u32)octets_get16(p) << 16 | octets_get16(p + 2);
}

static inline void octets_put16(__u8 *p, __u16 value)
{
	p[0] = value >> 8;
	p[1] = value & 0xff;
}

static inline void octets_put32(__u8 *p, __u32 value)
{
	octets_put16(p, value >> 16);
	octets_put16(p + 2, value & 0xffff);
}

#endif /* SF_OCTETS_H */
