/* Domain names as text: A-labels, lower case, no trailing dot, RFC 1035 5.1 escapes for odd octets ("\." "\032");
 * the root is ".". This is the only form that travels between rooms. IDN enters through dc_name_from_input only. */
#ifndef DC_DNS_NAME_H
#define DC_DNS_NAME_H

#include "base/arena.h"
#include "base/status.h"

enum {
	DC_NAME_WIRE_MAX = 255,  /* RFC 1035 2.3.4, octets on the wire */
	DC_LABEL_MAX = 63,
	DC_NAME_TEXT_MAX = 1016, /* every octet escaped as \DDD */
};

/* A name typed by a person: trims, strips one trailing dot, converts U-labels (IDNA2008, UTS 46 non-transitional,
 * libidn2), lower-cases, checks lengths. Rejects addresses, "@", "://", blanks and single labels, each with a line
 * that says how to mend it. Result in `arena`. */
enum dc_status dc_name_from_input(struct dc_arena *arena, struct dc_slice typed, struct dc_slice *ret_name,
				  struct dc_error *err);
/* Canonical form of a name met in a record or made by a macro: lower case, no trailing dot. False when it cannot be
 * a name on the wire (empty label, label > 63, name > 255, bad escape). Octets above 0x7f become \DDD. */
bool dc_name_normalize(struct dc_arena *arena, struct dc_slice text, struct dc_slice *ret_name);
/* Letters, digits, hyphens inside labels (RFC 1123 2.1); underscores allowed when `underscore`. */
bool dc_name_is_host(struct dc_slice name, bool underscore);

/* All below take canonical names and do not allocate unless they say so. */
size_t dc_name_labels(struct dc_slice name);                                 /* "." has 0 */
struct dc_slice dc_name_parent(struct dc_slice name);                        /* one label less; of a TLD: "." */
struct dc_slice dc_name_keep_right(struct dc_slice name, size_t labels);     /* its right-most labels */
struct dc_slice dc_name_first_label(struct dc_slice name);
bool dc_name_eq(struct dc_slice a, struct dc_slice b);
/* True for equal names too. */
bool dc_name_is_below(struct dc_slice name, struct dc_slice ancestor);
/* prefix + "." + name, in `arena`; false when the result is too long for the wire. */
bool dc_name_join(struct dc_arena *arena, struct dc_slice prefix, struct dc_slice name, struct dc_slice *ret_name);

/* Wire form (RFC 1035 3.1, uncompressed). Returns its length, 0 when it does not fit. */
size_t dc_name_to_wire(struct dc_slice name, uint8_t wire[DC_NAME_WIRE_MAX]);
/* Has it a wire form at all? */
bool dc_name_fits_wire(struct dc_slice name);
/* Octets of the uncompressed name that begins at `wire` when it is `name`, compared without case; else 0. */
size_t dc_name_at_wire(struct dc_slice name, const uint8_t *wire, size_t len);
/* From uncompressed wire at `wire`; *ret_used octets were read. Result in `arena`. */
bool dc_name_from_wire(struct dc_arena *arena, const uint8_t *wire, size_t len, struct dc_slice *ret_name,
		       size_t *ret_used);
/* U-label form for people, or the same name when it has none. In `arena`. */
struct dc_slice dc_name_to_unicode(struct dc_arena *arena, struct dc_slice name);

#endif
