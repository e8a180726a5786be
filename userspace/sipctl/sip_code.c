// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/sip_code.h"

#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* By code; a class comes before its members. */
static const struct sip_code codes[] = {
	{ 200, "OK", "it was accepted", NULL },
	{ 300, "Redirect", "it was told to go elsewhere",
	  "give the address that was named as next hop, if it is to be reached" },
	{ 400, "Bad Request", "the message was not understood",
	  "look at the message (flow ladder --messages) and at the Warning, if there is one" },
	{ 401, "Unauthorized", "a user name and password are wanted",
	  "check the credentials of whoever sent it" },
	{ 403, "Forbidden", "it was understood and is not allowed",
	  "ask who refused it: often the source address, the number or the account is barred" },
	{ 404, "Not Found", "nobody has that number or name",
	  "check the number as it was sent on, prefixes included" },
	{ 405, "Method Not Allowed", "requests of that method are not taken there", NULL },
	{ 406, "Not Acceptable", "the answer would be of a kind that the sender does not take",
	  "compare Accept and Content-Type" },
	{ 407, "Proxy Authentication Required", "a user name and password are wanted",
	  "check the credentials of whoever sent it" },
	{ 408, "Request Timeout", "no answer came in time",
	  "check that the next hop is up, and that packets reach it and come back" },
	{ 410, "Gone", "the number is not in use any more", NULL },
	{ 413, "Request Entity Too Large", "the body is too long", NULL },
	{ 415, "Unsupported Media Type", "the body is of a kind that is not understood",
	  "see Accept in the response" },
	{ 416, "Unsupported URI Scheme", "the number was written in a way that is not understood",
	  "see the Request-URI: tel: may have to be sip:, sips: needs TLS" },
	{ 420, "Bad Extension", "an extension was required that is not supported",
	  "see Unsupported in the response, and Require in the request" },
	{ 421, "Extension Required", "an extension is wanted that the sender did not offer",
	  "see Require in the response" },
	{ 422, "Session Interval Too Small", "the session timer is too short",
	  "see Min-SE in the response" },
	{ 423, "Interval Too Brief", "the registration is too short",
	  "see Min-Expires in the response" },
	{ 480, "Temporarily Unavailable", "the callee cannot be reached now",
	  "see whether he is registered" },
	{ 481, "Call/Transaction Does Not Exist", "the other side knows no such call",
	  "one side has ended or restarted before; see the calls before it with this Call-ID" },
	{ 482, "Loop Detected", "it came round to where it had been",
	  "follow the Via headers: two systems send the number to each other" },
	{ 483, "Too Many Hops", "it has gone through too many systems",
	  "follow the Via headers: two systems send the number to each other" },
	{ 484, "Address Incomplete", "digits are missing", "check the number as it was sent on" },
	{ 485, "Ambiguous", "the number is not unique", NULL },
	{ 486, "Busy Here", "the callee is busy", NULL },
	{ 487, "Request Terminated", "it was cancelled before it was answered", NULL },
	{ 488, "Not Acceptable Here", "the SDP offers nothing that can be used",
	  "compare codecs, address families and transports (RTP/AVP, SAVP) of both sides" },
	{ 491, "Request Pending", "both sides changed the session at once",
	  "it is to be tried again, by the sender, after a moment" },
	{ 493, "Undecipherable", "the body could not be decrypted", NULL },
	{ 500, "Server Internal Error", "the server failed", "see its log" },
	{ 501, "Not Implemented", "requests of that method are not known there", NULL },
	{ 502, "Bad Gateway", "what is behind the server gave a response that it cannot use",
	  "see what came from there (flow ladder)" },
	{ 503, "Service Unavailable", "the server is overloaded or being maintained",
	  "see Retry-After, its load and its limits" },
	{ 504, "Server Time-out", "what the server asked did not answer in time",
	  "see its DNS and what is behind it" },
	{ 505, "Version Not Supported", "the version of SIP is not understood", NULL },
	{ 513, "Message Too Large", "the message is too long", NULL },
	{ 600, "Busy Everywhere", "the callee is busy wherever he could be", NULL },
	{ 603, "Decline", "the callee does not want the call", NULL },
	{ 604, "Does Not Exist Anywhere", "nobody has that number or name",
	  "check the number as it was sent on" },
	{ 606, "Not Acceptable", "the SDP offers nothing that the callee can use",
	  "compare codecs and transports of both sides" },
	{ 607, "Unwanted", "the callee does not want calls from there", NULL },
	{ 608, "Rejected", "an intermediary has blocked the call",
	  "ask who did: the response should name it in Call-Info" },
};

const struct sip_code *sip_code_find(int code)
{
	static const struct sip_code unknown = { 0, "", "its meaning is not known", NULL };
	const struct sip_code *found = &unknown;

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].code == code || codes[i].code == code / 100 * 100)
			found = &codes[i];
	return found;
}

const char *sip_cause_meaning(int cause)
{
	static const struct {
		int cause;
		const char *meaning;
	} causes[] = {
		{ 1, "unallocated number" },
		{ 3, "no route to the destination" },
		{ 16, "normal call clearing" },
		{ 17, "user busy" },
		{ 18, "no user responding" },
		{ 19, "no answer from the user" },
		{ 20, "subscriber absent" },
		{ 21, "call rejected" },
		{ 22, "number changed" },
		{ 27, "destination out of order" },
		{ 28, "invalid number format" },
		{ 31, "normal, unspecified" },
		{ 34, "no circuit available" },
		{ 38, "network out of order" },
		{ 41, "temporary failure" },
		{ 42, "switching equipment congestion" },
		{ 47, "resource unavailable" },
		{ 50, "facility not subscribed" },
		{ 55, "incoming calls barred" },
		{ 57, "bearer capability not authorized" },
		{ 58, "bearer capability not available" },
		{ 65, "bearer capability not implemented" },
		{ 79, "service not implemented" },
		{ 88, "incompatible destination" },
		{ 102, "recovery on timer expiry" },
		{ 111, "protocol error" },
		{ 127, "interworking, unspecified" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].cause == cause)
			return causes[i].meaning;
	return NULL;
}
