// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's own help for SIP behind NAT, nf_conntrack_sip. Where a rule gives connections to it,
 * it changes addresses in messages and drops those that it does not understand.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

/*
 * Connections that the helper expects. One stands on a line, whose last word is the helper that it
 * will get: "sip/signalling", or "sip-5070/signalling" for other ports. 0 also when there is no
 * such list or it may not be read.
 */
static unsigned int count_expected(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned int count = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		const char *last = strrchr(line, ' ');

		count += last && (!strncmp(last, " sip/", 5) || !strncmp(last, " sip-", 5));
	}
	if (file)
		fclose(file);
	return count;
}

static bool exists(const char *root, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/sys/module/nf_conntrack_sip%s", root, name);
	return !access(path, F_OK);
}

bool sf_sip_helper_look(const char *root, char *why, size_t size)
{
	/* What is built in is there without anyone having wanted it. */
	bool loaded = exists(root, "/initstate");
	char path[256], use[64] = "";
	unsigned int count = 0;

	if (exists(root, "")) {
		snprintf(path, sizeof(path), "%s/proc/net/nf_conntrack_expect", root);
		count = count_expected(path);
	}
	if (!loaded && !count)
		return false;
	if (count)
		snprintf(use, sizeof(use), " and expects %u connection%s", count,
			 count == 1 ? "" : "s");
	snprintf(why, size,
		 "the kernel's SIP helper, which changes and drops messages, is there%s, "
		 "nf_conntrack_sip, remove rules with \"ct helper\" (nft) or \"--helper sip\" "
		 "(iptables)%s",
		 use, loaded ? ", then \"rmmod nf_nat_sip nf_conntrack_sip\"" : "");
	return true;
}

bool sf_sip_helper_check(char *why, size_t size)
{
	return sf_sip_helper_look("", why, size);
}
