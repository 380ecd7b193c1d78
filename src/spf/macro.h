/* Macro strings, RFC 7208 section 7. Internal to the SPF room. */
#ifndef DC_SPF_MACRO_H
#define DC_SPF_MACRO_H

#include "base/arena.h"
#include "spf/spf.h"

enum {
	DC_SPF_NAME_MAX = 253,        /* RFC 7208 7.3: longer expanded names lose labels from the left */
	DC_SPF_EXPANSION_MAX = 32768, /* octets; a record can ask for gigabytes */
};

/* Whether `text` is a <macro-string>; letters c, r and t only when `explanation`, and there spaces too.
 * *ret_bad gets the offending part, *ret_macros whether there is any "%" in it. Both may be NULL. */
bool dc_spf_macro_check(struct dc_slice text, bool explanation, struct dc_slice *ret_bad, bool *ret_macros);

/* What the letters stand for. */
struct dc_spf_values {
	struct dc_slice local;    /* %{l}; %{s} is local@sender_domain */
	struct dc_slice sender_domain;
	struct dc_slice domain;   /* %{d}: the <domain> of this check_host() */
	struct dc_slice helo;
	struct dc_slice receiver;
	struct dc_slice validated; /* %{p} */
	struct dc_ip ip;
	int64_t now_s;
};

enum dc_spf_expanded {
	DC_SPF_EXPANDED,
	DC_SPF_NEVER_MATCHES, /* RFC 8616 section 4: non-ASCII local part in %{s} or %{l} */
	DC_SPF_TOO_LONG,
};

/* `text` must have passed dc_spf_macro_check. */
enum dc_spf_expanded dc_spf_macro_expand(struct dc_arena *arena, struct dc_slice text,
					 const struct dc_spf_values *values, struct dc_slice *ret_text);
/* True when `text` holds %{p} or %{P}. */
bool dc_spf_macro_uses(struct dc_slice text, char letter);
/* Drops labels from the left until the name fits DC_SPF_NAME_MAX, and a trailing dot. */
struct dc_slice dc_spf_name_fit(struct dc_slice name);
/* Canonical form of a name whose octets are what they are (a backslash is no escape). False: cannot be on the wire. */
bool dc_spf_name_canonical(struct dc_arena *arena, struct dc_slice raw, struct dc_slice *ret_name);

#endif
