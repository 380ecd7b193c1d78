/* What keeps a receiver from the logo or the certificate, in words. */
#ifndef DC_CHECKS_BIMI_FETCHED_H
#define DC_CHECKS_BIMI_FETCHED_H

#include "checks/fetched.h"

/* NULL: it is there. Only for fetches that are known (NO_HOST, REPLY). */
static inline const char *dc_bimi_obstacle(const struct dc_https_fetch *fetch, int64_t now_s)
{
	const struct dc_https_reply *reply = &fetch->reply;

	if (fetch->state == DC_HTTPS_NO_HOST)
		return "its host has no address";
	if (dc_fetch_certificate(reply, now_s))
		return "the certificate of its host is not valid";
	if (reply->status >= 300 && reply->status <= 399)
		return "the server sends a redirect";
	if (reply->status == 404 || reply->status == 410)
		return "the server does not have it";
	if (reply->status == 401 || reply->status == 403)
		return "the server does not give it to everybody";
	if (reply->status != 200)
		return "the server answers with an error";
	return fetch->cut ? "it is longer than 256 KiB" : NULL;
}

#endif
