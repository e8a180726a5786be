// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/share.h"

#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include <linux/sipfast.h>

static int join(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ? -errno : 0;
}

/* What is beyond the group, as without a mark, the kernel chooses for by its hash. */
static int attach(int fd)
{
	static const struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_MARK)),
		BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, SIPFAST_SIP_MARK),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	static const struct sock_fprog program = {
		.len = sizeof(code) / sizeof(*code),
		.filter = (struct sock_filter *)code,
	};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)) ?
		       -errno :
		       0;
}

/*
 * The first one is bound as if it were alone, so that an address which another process uses is
 * refused, and opens itself to the others then. It becomes a group, which can have a program, when
 * the second one joins.
 */
int share_bind_stream(int fd, const struct tp_addr *local, const struct tp_share *share)
{
	int err = share->index ? join(fd) : 0;

	if (err)
		return err;
	if (bind(fd, &local->sa, tp_addr_len(local)))
		return -errno;
	return !share->index && share->count > 1 ? join(fd) : 0;
}

int share_bind(int fd, const struct tp_addr *local, const struct tp_share *share)
{
	int err = share_bind_stream(fd, local, share);

	return !err && share->index == 1 ? attach(fd) : err;
}
