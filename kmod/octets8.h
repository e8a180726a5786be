/* SPDX-License-Identifier: GPL-2.0 */
/* Eight octets in a word, of which some are looked for at once. */
#ifndef SF_OCTETS8_H
#define SF_OCTETS8_H

#include <linux/types.h>

#define SF_OCTETS8_ONES	0x0101010101010101ULL
#define SF_OCTETS8_HIGH	(SF_OCTETS8_ONES << 7)

/* The high bits of all octets that are 0, and perhaps of some above one that is. */
static __always_inline u64 sf_octets8_zero(u64 word)
{
	return (word - SF_OCTETS8_ONES) & ~word & SF_OCTETS8_HIGH;
}

/* The same of those that are @octet. */
static __always_inline u64 sf_octets8_have(u64 word, u8 octet)
{
	return sf_octets8_zero(word ^ SF_OCTETS8_ONES * octet);
}

#endif /* SF_OCTETS8_H */
