// SPDX-License-Identifier: GPL-2.0-or-later
/* CANCEL at the client (RFC 3261 s.9.1). */
#include <errno.h>

#include "sip/ctrans.h"

int ctrans_cancel_send(struct sip_ctrans *ct, struct view headers)
{
	struct sip_stack *stack = ct->stack;
	struct sip_ctrans *cancel;
	struct sip_out out;

	stack_out_init(stack, &out);
	ctrans_write_cancel(&out, ct, headers);
	/* The branch is the INVITE's, and so is the key; the method tells them apart. */
	cancel = ctrans_new(stack, &out, SIP_CANCEL, &ct->to, ct->key, ct);
	if (!cancel)
		return sip_out_ok(&out) ? -ENOMEM : -EMSGSIZE;
	ct->other = cancel;
	ct->cancelled = true;
	ctrans_start(cancel);
	ctrans_invite_await_487(ct);
	return 0;
}

int sip_ctrans_cancel(struct sip_ctrans *ct, struct view headers)
{
	if (ct->method != SIP_INVITE)
		return -EINVAL;
	if (ct->cancelled || ct->cancel_waits || ct->state > CTRANS_PROCEEDING)
		return -EALREADY;
	if (ct->state == CTRANS_PROCEEDING)
		return ctrans_cancel_send(ct, headers);
	if (headers.len) {
		ct->cancel_headers = view_dup(headers);
		if (!ct->cancel_headers)
			return -ENOMEM;
	}
	ct->cancel_waits = true;
	return 0;
}
