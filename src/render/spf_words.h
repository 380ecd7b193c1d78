/* What the report says about servers that an SPF record does not name: one set of words for every format. */
#ifndef DC_RENDER_SPF_WORDS_H
#define DC_RENDER_SPF_WORDS_H

#include "base/slice.h"

enum { DC_SPF_WORDS_MAX = 200 };

/* Names of results as in the JSON report ("fail" …), over IPv4 and IPv6; empty: not known. `sender`: terms that depend on
 * the sender come before. What decides is to be written in front. In `text`. */
struct dc_slice dc_spf_others_words(struct dc_slice ipv4, struct dc_slice ipv6, bool sender, char text[DC_SPF_WORDS_MAX]);

#endif
