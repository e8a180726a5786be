/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a response's status says to somebody who looks for a fault. */
#ifndef SIPCTL_SIP_CODE_H
#define SIPCTL_SIP_CODE_H

struct sip_code {
	int code;
	const char *reason; /* RFC 3261 s.21 and its extensions */
	const char *meaning; /* a sentence without its full stop */
	const char *advice; /* the same; NULL: nothing is wrong */
};

/* Of its class (400, 500 ...) when it is not known itself; never NULL. */
const struct sip_code *sip_code_find(int code);
/* ITU-T Q.850, as in a Reason header; NULL: not known. */
const char *sip_cause_meaning(int cause);

#endif /* SIPCTL_SIP_CODE_H */
